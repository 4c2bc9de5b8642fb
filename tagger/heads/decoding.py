"""From the scores of single tags to whole sequences, and how probable they are."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tagger.encoding.arrays import Doubles, Floats, Ids, Lengths, Reals
from tagger.heads.chain import Chain
from tagger.heads.lattice import k_best, log_partition, marginals, softmax, viterbi


class Decoder:
    """Decodes batches of logits.

    A sentence of a length for which the known tags make no valid sequence (of one token, where all that train has of
    BIOES is B and E) is decoded as if all were valid.

    Args:
        learned: a CRF's; None: tags are independent of each other, given the logits.
        allowed: see `allowed_chain`; None: all are.
        temperature: that all scores are divided by before they become probabilities (Guo et al., 2017); it leaves
            which sequences are the best as it is.
    """

    def __init__(self, learned: Chain | None = None, allowed: Chain | None = None, *, temperature: float = 1.0) -> None:
        self.temperature = temperature
        self._learned, self._allowed = learned, allowed
        self._both = allowed if learned is None or allowed is None else Chain(*map(np.add, learned, allowed))

    def decode(self, logits: Floats | Doubles, lengths: Lengths) -> Ids:
        """The best sequences (Viterbi, 1967).

        Args:
            logits: (batch, time, tags).
            lengths: (batch,) steps of each sentence, 1 to time.

        Returns:
            (batch, time) ids; steps after a sentence's end are undefined.
        """
        ids: Ids = logits.argmax(-1).astype(np.int32)
        for rows, chain in self._chains(lengths):
            if self._learned is None and chain is not None:  # each step's best are the best sequence where they may
                rows = rows[_is_broken(ids[rows], lengths[rows], chain)]
            if len(rows) and chain is not None:
                ids[rows] = viterbi(logits[rows], lengths[rows], chain)[0]
        return ids

    def probabilities(self, logits: Reals, lengths: Lengths) -> Reals:
        """(batch, time, tags) each tag's probability at each step, whatever stands around it; arguments as above."""
        found = np.empty_like(logits)
        for rows, chain in self._chains(lengths):
            cooled = self._cooled(logits[rows])
            if chain is None:
                found[rows] = softmax(cooled)
            else:
                found[rows] = marginals(cooled, lengths[rows], self._cooled_chain(chain))[0]
        return found

    def best(self, logits: Floats, lengths: Lengths, k: int) -> list[list[tuple[Ids, float]]]:
        """Of each sentence, up to k best sequences, (length,) ids, and their probabilities; arguments as above."""
        n_tags = logits.shape[-1]
        nothing = Chain(*(np.zeros(shape, np.float32) for shape in ((n_tags, n_tags), n_tags, n_tags)))
        ids, logits = self.decode(logits, lengths), self._cooled(logits)
        found: list[list[tuple[Ids, float]]] = [[]] * len(lengths)
        for rows, chain in self._chains(lengths):
            chain = self._cooled_chain(chain) if chain else nothing
            beginnings = viterbi(logits[rows], lengths[rows], chain)[1]
            log_sum = log_partition(logits[rows], lengths[rows], chain)
            for i, row in enumerate(rows):
                n = lengths[row]
                ranked = k_best(ids[row, :n], logits[row, :n], beginnings[:n, i], chain, k)
                found[row] = [(path, math.exp(min(0.0, score - log_sum[i]))) for path, score in ranked]
        return found

    def _cooled(self, scores: Reals) -> Reals:
        return scores if self.temperature == 1 else scores / np.float32(self.temperature)

    def _cooled_chain(self, chain: Chain) -> Chain:
        return Chain(*map(self._cooled, chain))

    def _chains(self, lengths: Lengths) -> Iterator[tuple[npt.NDArray[np.intp], Chain | None]]:
        """The rows that are decoded in one way, and by which chain."""
        if self._allowed is None:
            yield np.arange(len(lengths)), self._learned
            return
        is_possible = _has_sequence(self._allowed, lengths)
        if is_possible.any():
            yield np.flatnonzero(is_possible), self._both
        if not is_possible.all():
            yield np.flatnonzero(~is_possible), self._learned


def _is_broken(ids: Ids, lengths: Lengths, chain: Chain) -> npt.NDArray[np.bool_]:
    """(batch,) whether a sequence of ids, (batch, time), is forbidden."""
    is_pair = np.arange(1, ids.shape[1]) < lengths[:, None]
    last = ids[np.arange(len(ids)), lengths - 1]
    pairs = np.where(is_pair, chain.transitions[ids[:, :-1], ids[:, 1:]], 0)
    is_broken: npt.NDArray[np.bool_] = np.isneginf(chain.starts[ids[:, 0]] + pairs.sum(1) + chain.ends[last])
    return is_broken


def _has_sequence(chain: Chain, lengths: Lengths) -> npt.NDArray[np.bool_]:
    """(batch,) whether a sentence of that length has a sequence that is not forbidden."""
    may_start, may_end, may = np.isfinite(chain.starts), np.isfinite(chain.ends), np.isfinite(chain.transitions)
    if (may_start & may_end & may.diagonal()).any():  # such as O: it can fill a sentence of any length
        return np.ones(len(lengths), bool)
    found = [False]
    for _ in range(int(lengths.max())):
        found.append(bool((may_start & may_end).any()))
        may_start = may_start @ may
    return np.array(found)[lengths]

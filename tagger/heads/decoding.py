"""Decoding: from the logits of each step to the best tag sequences and their probabilities."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tagger.encoding.arrays import Doubles, Floats, Ids, Lengths, Reals
from tagger.heads.chain import Chain
from tagger.heads.lattice import k_best, log_partition, marginals, softmax, viterbi


class Decoder:
    """Decodes batches of logits.

    If the tags form no valid sequence of a sentence's length, all sequences are allowed in that sentence. An example is
    a sentence of one token, with tags of BIOES of which train has only B and E.

    Args:
        learned: scores of a CRF; None: tags are independent, given the logits.
        allowed: constraints of a scheme, see `allowed_chain`; None: all sequences are allowed.
        temperature: all scores are divided by it (> 0) before they become probabilities (Guo et al., 2017); the
            ranking of sequences does not change.
    """

    def __init__(self, learned: Chain | None = None, allowed: Chain | None = None, *, temperature: float = 1.0) -> None:
        self.temperature = temperature
        self._learned, self._allowed = learned, allowed
        self._both = allowed if learned is None or allowed is None else Chain(*map(np.add, learned, allowed))

    def decode(self, logits: Floats | Doubles, lengths: Lengths) -> Ids:
        """The best sequence of each sentence.

        Args:
            logits: (batch, time, tags).
            lengths: (batch,) steps per sentence, 1 to time.

        Returns:
            (batch, time) tag ids; steps after a sentence's end are undefined.

        Source: Viterbi (1967).
        """
        ids: Ids = logits.argmax(-1).astype(np.int32)
        for rows, chain in self._chains(lengths):
            if self._learned is None and chain is not None:  # if allowed, the best tag of each step is the answer
                rows = rows[_is_forbidden(ids[rows], lengths[rows], chain)]
            if len(rows) and chain is not None:
                ids[rows] = viterbi(logits[rows], lengths[rows], chain)[0]
        return ids

    def probabilities(self, logits: Reals, lengths: Lengths) -> Reals:
        """(batch, time, tags) marginal probability of each tag at each step; the arguments are those of `decode`."""
        probabilities = np.empty_like(logits)
        for rows, chain in self._chains(lengths):
            scaled = self._divide_by_temperature(logits[rows])
            if chain is None:
                probabilities[rows] = softmax(scaled)
            else:
                probabilities[rows] = marginals(scaled, lengths[rows], self._divide_chain_by_temperature(chain))[0]
        return probabilities

    def best(self, logits: Floats, lengths: Lengths, k: int) -> list[list[tuple[Ids, float]]]:
        """For each sentence its k best sequences at most, (length,) ids, each with its probability, best first."""
        n_tags = logits.shape[-1]
        zero = Chain(*(np.zeros(shape, np.float32) for shape in ((n_tags, n_tags), n_tags, n_tags)))
        ids, logits = self.decode(logits, lengths), self._divide_by_temperature(logits)
        ranked: list[list[tuple[Ids, float]]] = [[]] * len(lengths)
        for rows, chain in self._chains(lengths):
            chain = self._divide_chain_by_temperature(chain) if chain else zero
            prefixes = viterbi(logits[rows], lengths[rows], chain)[1]
            log_sum = log_partition(logits[rows], lengths[rows], chain)
            for i, row in enumerate(rows):
                n = lengths[row]
                paths = k_best(ids[row, :n], logits[row, :n], prefixes[:n, i], chain, k)
                ranked[row] = [(path, math.exp(min(0.0, score - log_sum[i]))) for path, score in paths]
        return ranked

    def _divide_by_temperature(self, scores: Reals) -> Reals:
        return scores if self.temperature == 1 else scores / np.float32(self.temperature)

    def _divide_chain_by_temperature(self, chain: Chain) -> Chain:
        return Chain(*map(self._divide_by_temperature, chain))

    def _chains(self, lengths: Lengths) -> Iterator[tuple[npt.NDArray[np.intp], Chain | None]]:
        """Rows of the batch that are decoded with the same chain, and that chain."""
        if self._allowed is None:
            yield np.arange(len(lengths)), self._learned
            return
        is_possible = _has_allowed_sequence(self._allowed, lengths)
        if is_possible.any():
            yield np.flatnonzero(is_possible), self._both
        if not is_possible.all():
            yield np.flatnonzero(~is_possible), self._learned


def _is_forbidden(ids: Ids, lengths: Lengths, chain: Chain) -> npt.NDArray[np.bool_]:
    """(batch,) whether the chain forbids a sequence of `ids`, (batch, time)."""
    is_pair = np.arange(1, ids.shape[1]) < lengths[:, None]
    last = ids[np.arange(len(ids)), lengths - 1]
    pairs = np.where(is_pair, chain.transitions[ids[:, :-1], ids[:, 1:]], 0)
    is_forbidden: npt.NDArray[np.bool_] = np.isneginf(chain.starts[ids[:, 0]] + pairs.sum(1) + chain.ends[last])
    return is_forbidden


def _has_allowed_sequence(chain: Chain, lengths: Lengths) -> npt.NDArray[np.bool_]:
    """(batch,) whether the chain allows any sequence of each length."""
    can_start, can_end, can_follow = np.isfinite(chain.starts), np.isfinite(chain.ends), np.isfinite(chain.transitions)
    if (can_start & can_end & can_follow.diagonal()).any():  # such as O: it can fill a sentence of any length
        return np.ones(len(lengths), bool)
    is_possible, can_be_last = [False], can_start
    for _ in range(int(lengths.max())):
        is_possible.append(bool((can_be_last & can_end).any()))
        can_be_last = can_be_last @ can_follow
    return np.array(is_possible)[lengths]

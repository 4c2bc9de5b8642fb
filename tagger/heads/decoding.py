"""Decoding: from the logits of each step to the best tag sequences and their probabilities."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tagger.encoding.arrays import Doubles, Flags, Floats, Ids, Lengths, Reals
from tagger.heads.chain import Chain
from tagger.heads.constraints import Constraints, no_constraints
from tagger.heads.lattice import Pairs, k_best, log_partition, marginals, softmax, viterbi
from tagger.heads.matrix import Matrix

Scores = Chain | Constraints | None
MATRIX_TAGS = 64  # up to so many tags, a matrix of the constraints is faster


class Decoder:
    """Decodes batches of logits.

    If the tags form no valid sequence of a sentence's length, all sequences are allowed in that sentence. An example is
    a sentence of one token, with tags of BIOES of which train has only B and E.

    Args:
        learned: scores of a CRF; None: tags are independent, given the logits.
        allowed: constraints of a scheme; None: all sequences are allowed.
        temperature: all scores are divided by it (> 0) before they become probabilities (Guo et al., 2017); the
            ranking of sequences does not change.
        min_duration: fewest steps of a run of each tag, see `tagger.heads.durations`; empty: 1. It is for tags
            without a scheme, and changes no probability: confidence is that of each step.
    """

    def __init__(
        self,
        learned: Chain | None = None,
        allowed: Constraints | None = None,
        *,
        temperature: float = 1.0,
        min_duration: tuple[int, ...] = (),
    ) -> None:
        self.temperature, self._min_duration = temperature, min_duration
        self._learned, self._allowed = learned, allowed
        self._both: Scores = allowed
        if allowed is not None and (learned is not None or len(allowed.starts) <= MATRIX_TAGS):
            self._both = allowed.with_scores(learned)

    def decode(self, logits: Floats | Doubles, lengths: Lengths) -> Ids:
        """The best sequence of each sentence.

        Args:
            logits: (batch, time, tags).
            lengths: (batch,) steps per sentence, 1 to time.

        Returns:
            (batch, time) tag ids; steps after a sentence's end are undefined.

        Source: Viterbi (1967).
        """
        if self._min_duration:
            from tagger.heads.durations import decode_durations  # seldom needed, and predict starts faster without it

            return decode_durations(logits, lengths, self._learned, self._min_duration)
        ids: Ids = logits.argmax(-1).astype(np.int32)
        for rows, scores in self._scores(lengths):
            if self._learned is None and self._allowed is not None and scores is not None:
                # If it is allowed, the best tag of each step is the answer.
                rows = rows[_is_forbidden(ids[rows], lengths[rows], self._allowed)]
            if len(rows) and scores is not None:
                ids[rows] = viterbi(logits[rows], lengths[rows], _pairs(scores))[0]
        return ids

    def probabilities(self, logits: Reals, lengths: Lengths) -> Reals:
        """(batch, time, tags) marginal probability of each tag at each step; the arguments are those of `decode`."""
        probabilities = np.empty_like(logits)
        for rows, scores in self._scores(lengths):
            scaled = self._divide_by_temperature(logits[rows])
            if scores is None:
                probabilities[rows] = softmax(scaled)
            else:
                probabilities[rows] = marginals(scaled, lengths[rows], self._tempered_pairs(scores))[0]
        return probabilities

    def best(self, logits: Floats, lengths: Lengths, k: int) -> list[list[tuple[Ids, float]]]:
        """For each sentence its k best sequences at most, (length,) ids, each with its probability, best first."""
        unconstrained = no_constraints(logits.shape[-1])
        ids, logits = self.decode(logits, lengths), self._divide_by_temperature(logits)
        ranked: list[list[tuple[Ids, float]]] = [[]] * len(lengths)
        for rows, scores in self._scores(lengths):
            pairs = self._tempered_pairs(scores or unconstrained)
            prefixes = viterbi(logits[rows], lengths[rows], pairs)[1]
            log_sum = log_partition(logits[rows], lengths[rows], pairs)
            for i, row in enumerate(rows):
                n = lengths[row]
                paths = k_best(ids[row, :n], logits[row, :n], prefixes[:n, i], pairs, k)
                ranked[row] = [(path, math.exp(min(0.0, score - log_sum[i]))) for path, score in paths]
        return ranked

    def _divide_by_temperature(self, scores: Reals) -> Reals:
        return scores if self.temperature == 1 else scores / np.float32(self.temperature)

    def _tempered_pairs(self, scores: Chain | Constraints) -> Pairs:
        """The scores divided by the temperature, which changes no constraint."""
        return _pairs(Chain(*map(self._divide_by_temperature, scores)) if isinstance(scores, Chain) else scores)

    def _scores(self, lengths: Lengths) -> Iterator[tuple[npt.NDArray[np.intp], Scores]]:
        """Rows of the batch that are decoded with the same scores of neighbouring tags, and these scores."""
        if self._allowed is None:
            yield np.arange(len(lengths)), self._learned
            return
        is_possible = _has_allowed_sequence(self._allowed, lengths)
        if is_possible.any():
            yield np.flatnonzero(is_possible), self._both
        if not is_possible.all():
            yield np.flatnonzero(~is_possible), self._learned


def _pairs(scores: Chain | Constraints) -> Pairs:
    return Matrix(scores) if isinstance(scores, Chain) else scores


def _is_forbidden(ids: Ids, lengths: Lengths, allowed: Constraints) -> Flags:
    """(batch,) whether a sequence of `ids`, (batch, time), is forbidden."""
    is_pair = np.arange(1, ids.shape[1]) < lengths[:, None]
    last = ids[np.arange(len(ids)), lengths - 1]
    is_broken = (is_pair & ~allowed.allows(ids[:, :-1], ids[:, 1:])).any(1)
    is_forbidden: Flags = is_broken | np.isneginf(allowed.starts[ids[:, 0]] + allowed.ends[last])
    return is_forbidden


def _has_allowed_sequence(allowed: Constraints, lengths: Lengths) -> Flags:
    """(batch,) whether any sequence of each length is allowed."""
    if allowed.fills_any_length:
        return np.ones(len(lengths), bool)
    is_possible, prefixes = [False], allowed.starts[None].astype(np.float64)
    for _ in range(int(lengths.max())):
        is_possible.append(bool(np.isfinite(prefixes + allowed.ends).any()))
        prefixes = allowed.best_before(prefixes)
    return np.array(is_possible)[lengths]

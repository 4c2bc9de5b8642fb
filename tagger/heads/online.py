"""Decoding step by step: the tag of a step is chosen when some later steps are known, and then stays."""

from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Floats, Ids
from tagger.heads.chain import Chain
from tagger.heads.lattice import marginals, softmax, viterbi
from tagger.heads.matrix import Matrix
from tagger.heads.target import TagTarget


class Prefix(NamedTuple):
    """The steps that have their final tags, which come before all others.

    Args:
        last: id of the last tag; None before the first step.
        sums: (tags,) log of the sum of the probabilities of all sequences that end in each tag, up to a constant; None
            before the first step, or if tags are independent.
    """

    last: int | None = None
    sums: Doubles | None = None


NOTHING = Prefix()


class OnlineDecoder:
    """Decodes steps with a fixed lag.

    A final tag is the first one of the best sequence of the steps known so far, after the final tags before it. So the
    sequence is valid where the constraints allow it, and it is that of Viterbi's algorithm if all steps are known.

    Args:
        target: what the head predicts.

    Source: fixed-lag smoothing (Rabiner, 1989; Anderson & Moore, 1979) for probabilities, its maximum for tags.
    """

    def __init__(self, target: TagTarget) -> None:
        self._temperature, allowed, learned = target.temperature, target.allowed, target.chain
        self._chains: list[Chain] = []  # the second one is for steps without a valid tag
        if allowed is not None or learned is not None:
            n = len(target.tags)
            plain = learned or Chain(np.zeros((n, n), np.float32), *np.zeros((2, n), np.float32))
            self._chains = [plain] if allowed is None else [allowed.with_scores(learned), plain]

    def decode(self, logits: Floats, n_final: int, before: Prefix, *, is_end: bool) -> tuple[Ids, Doubles, Prefix]:
        """Decode the known steps after those that have their final tags.

        Args:
            logits: (steps, tags).
            n_final: number of steps that get their final tags.
            before: the steps before.
            is_end: whether no steps follow.

        Returns:
            (steps,) tag ids, of which the first `n_final` are final; their probabilities given all known steps; and the
            final steps so far.
        """
        steps = np.arange(n_final)
        if not self._chains:
            ids = logits.argmax(-1).astype(np.int32)
            return ids, softmax(logits / self._temperature)[steps, ids[:n_final]], Prefix(int(ids[n_final - 1]))
        for chain in self._chains:
            starts = chain.starts if before.last is None else chain.transitions[before.last]
            ends = chain.ends if is_end else np.zeros_like(chain.ends)
            lengths = np.array([len(logits)], np.int32)
            ids, prefixes = viterbi(logits[None], lengths, Matrix(Chain(chain.transitions, starts, ends)))
            if np.isfinite((prefixes[-1, 0] + ends).max()):
                break
        temperature = np.float32(self._temperature)
        scores, transitions = logits.astype(np.float64) / self._temperature, chain.transitions / temperature
        starts = chain.starts / temperature
        if before.sums is not None:
            starts = _next_sums(before.sums, transitions).astype(np.float32)
        pairs = Matrix(Chain(transitions, starts, ends / temperature))
        probabilities = marginals(scores[None], lengths, pairs)[0][0]
        sums: Doubles = starts + scores[0]
        for step in scores[1:n_final]:
            sums = _next_sums(sums, transitions) + step
        final = Prefix(int(ids[0, n_final - 1]), np.asarray(sums - sums.max(), np.float64))
        return ids[0], probabilities[steps, ids[0, :n_final]], final


def _next_sums(sums: Doubles, transitions: Floats | Doubles) -> Doubles:
    """(tags,) log of the sum over the tags before of sums and transitions."""
    paths = sums[:, None] + transitions
    largest = np.maximum(paths.max(0), -1e300)  # a tag that nothing leads to stays at -inf
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(paths - largest).sum(0)) + largest)

"""From the scores of single tags to whole sequences: the best one, the K best ones, and how probable each tag is.

A sequence's score is the sum of its steps' logits and, where there is a chain, of what the chain gives to its first
tag, to each pair of neighbours and to its last tag. Its probability is the exponential of its score, divided by the sum
over all sequences of its length: a linear-chain conditional random field (Lafferty et al., 2001).
"""

import heapq
import itertools
import math
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tagger.encoding.batches import Floats, Ids, Lengths
from tagger.tagging.chain import Chain

Doubles = npt.NDArray[np.float64]
Reals = TypeVar("Reals", Floats, Doubles)

TINY = 1e-290  # sums of exponentials below this have lost digits, or are of what is forbidden
LEAST = float(np.finfo(np.float64).min)
ONE_THREAD = 2**18  # multiplications in one matrix product that OpenBLAS does not share among threads


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
        self._both = allowed if learned is None or allowed is None else _sum(learned, allowed)

    def decode(self, logits: Floats, lengths: Lengths) -> Ids:
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

    def probabilities(self, logits: Floats, lengths: Lengths) -> Floats:
        """(batch, time, tags) each tag's probability at each step, whatever stands around it; arguments as above."""
        found = np.empty_like(logits)
        for rows, chain in self._chains(lengths):
            cooled = self._cooled(logits[rows])
            if chain is None:
                found[rows] = _softmax(cooled)
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
            log_partition = _forward(_steps(logits[rows]), lengths[rows], chain)[1]
            for i, row in enumerate(rows):
                n = lengths[row]
                ranked = k_best(ids[row, :n], logits[row, :n], beginnings[:n, i], chain, k)
                found[row] = [(path, math.exp(min(0.0, score - log_partition[i]))) for path, score in ranked]
        return found

    def _cooled(self, scores: Floats) -> Floats:
        return scores if self.temperature == 1 else scores / np.float32(self.temperature)

    def _cooled_chain(self, chain: Chain) -> Chain:
        return Chain(*(self._cooled(scores) for scores in (chain.transitions, chain.starts, chain.ends)))

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


def viterbi(logits: Floats, lengths: Lengths, chain: Chain) -> tuple[Ids, Doubles]:
    """The best sequence of each sentence (Viterbi, 1967).

    Args:
        logits: (batch, time, tags).
        lengths: (batch,) steps of each sentence, 1 to time.
        chain: what neighbours add.

    Returns:
        (batch, time) ids, and (time, batch, tags) the score of the best beginning that ends in each tag at each step;
        both undefined after a sentence's end.
    """
    n_rows, time, n_tags = logits.shape
    steps = _steps(logits)
    arrivals = np.ascontiguousarray(chain.transitions.T, np.float64)  # (to, from): what is compared stands together
    candidates = np.empty((n_rows, n_tags, n_tags))
    beginnings = np.empty_like(steps)
    beginnings[0] = steps[0] + chain.starts
    came_from = np.empty(steps.shape, np.int32)
    for t in range(1, time):
        np.add(beginnings[t - 1][:, None, :], arrivals, out=candidates)
        came_from[t] = candidates.argmax(-1)
        beginnings[t] = np.take_along_axis(candidates, came_from[t][:, :, None], -1)[:, :, 0] + steps[t]
    rows = np.arange(n_rows)
    best_last = (beginnings[lengths - 1, rows] + chain.ends).argmax(-1)
    ids = np.empty((n_rows, time), np.int32)
    state = best_last
    for t in reversed(range(time)):
        if t < time - 1:
            state = np.where(t + 1 < lengths, came_from[t + 1][rows, state], best_last)
        ids[:, t] = state
    return ids, beginnings


def k_best(ids: Ids, logits: Floats, beginnings: Doubles, chain: Chain, k: int) -> list[tuple[Ids, float]]:
    """The k best sequences of a sentence, best first, each with its score; fewer where there are no more.

    Each next one leaves one of those before at a step, seen from the end, and begins as well as is possible from there:
    the best way to leave that was not yet taken is next (Lawler, 1972).

    Args:
        ids: (length,) the best one.
        logits: (length, tags).
        beginnings: (length, tags) the score of the best beginning that ends in each tag at each step.
        chain: what neighbours add.
        k: how many.
    """
    length = len(logits)
    steps, between, ends = (values.astype(np.float64) for values in (logits, chain.transitions, chain.ends))
    found: list[tuple[Ids, float]] = []
    best = float(beginnings[-1, ids[-1]] + ends[ids[-1]])
    # Of each: what it scores; a number that is never the same, so that no ids are compared; the step from which another
    # sequence goes on as it did, the tag there instead, and that other sequence.
    waiting = [(-best, 0, length, 0, ids)]
    numbers = itertools.count(1)
    while waiting and len(found) < k:
        negative, _, left, tag, ids = heapq.heappop(waiting)
        if left < length:
            ids = ids.copy()
            ids[left] = tag
            for t in reversed(range(left)):
                ids[t] = (beginnings[t] + between[:, ids[t + 1]]).argmax()
        found.append((ids, -negative))
        # What each tag gives to the next one of the sequence, and what comes behind that.
        pairs = np.concatenate([between[:, ids[1:]].T, ends[None]])
        of_steps = steps[range(length), ids] + pairs[range(length), ids]
        behind = np.append(np.cumsum(of_steps[:0:-1])[::-1], 0.0)
        others = (beginnings + pairs + behind[:, None])[:left]
        others[range(left), ids[:left]] = -np.inf
        n_others = min(k - len(found), others.size)
        if not n_others:
            continue
        places = np.argpartition(-others, n_others - 1, axis=None)[:n_others]
        for t, other in zip(*np.unravel_index(places, others.shape), strict=True):
            if np.isfinite(others[t, other]):
                heapq.heappush(waiting, (-float(others[t, other]), next(numbers), int(t), int(other), ids))
    return found


def marginals(logits: Floats, lengths: Lengths, chain: Chain) -> tuple[Doubles, Doubles]:
    """Forward-backward (Baum et al., 1970), in logarithms.

    Args:
        logits: (batch, time, tags).
        lengths: (batch,) steps of each sentence, 1 to time.
        chain: what neighbours add.

    Returns:
        (batch, time, tags) probability of each tag at each step, undefined after a sentence's end; and (batch,) the
        logarithm of the sum of the exponentials of all sequences' scores.
    """
    steps = _steps(logits)
    forward, log_partition = _forward(steps, lengths, chain)
    both = (forward + _backward(steps, lengths, chain)).transpose(1, 0, 2)
    return _softmax(both), log_partition


def _softmax(logits: Reals) -> Reals:
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Reals = weights / weights.sum(-1, keepdims=True)
    return probabilities


def _steps(logits: Floats) -> Doubles:
    """The logits, step by step: (time, batch, tags)."""
    return np.ascontiguousarray(logits.transpose(1, 0, 2), np.float64)


def _forward(steps: Doubles, lengths: Lengths, chain: Chain) -> tuple[Doubles, Doubles]:
    """The logarithm of the sum over all beginnings that end in each tag, less a number for each step of a sentence.

    Args:
        steps: (time, batch, tags) logits.
        lengths: (batch,) steps of each sentence, 1 to time.
        chain: what neighbours add.

    Returns:
        (time, batch, tags), highest 0; and (batch,) the logarithm of the sum over all sequences.
    """
    between, of_pair = _below_highest(chain.transitions)
    weights = np.exp(between)
    forward = np.empty_like(steps)
    forward[0], total = _scaled(steps[0] + chain.starts)
    for t in range(1, len(steps)):
        is_step = t < lengths[:, None]
        state, more = _scaled(_log_product(forward[t - 1], between, weights) + steps[t])
        forward[t] = np.where(is_step, state, forward[t - 1])
        total += np.where(is_step, more + of_pair, 0)
    state, more = _scaled(forward[-1] + chain.ends)
    log_partition: Doubles = (total + more)[:, 0] + np.log(np.exp(state).sum(1))
    return forward, log_partition


def _backward(steps: Doubles, lengths: Lengths, chain: Chain) -> Doubles:
    """(time, batch, tags) the same of all that can come behind each tag, with no highest; arguments as above."""
    between = _below_highest(chain.transitions)[0].T
    weights = np.exp(between)
    backward = np.empty_like(steps)
    backward[-1] = chain.ends
    for t in reversed(range(1, len(steps))):
        state, _ = _scaled(backward[t] + steps[t])
        backward[t - 1] = np.where(t < lengths[:, None], _log_product(state, between, weights), backward[t])
    return backward


def _scaled(scores: Doubles) -> tuple[Doubles, Doubles]:
    """(batch, tags) scores less the highest of their row, and (batch, 1) that."""
    highest = np.maximum(scores.max(1, keepdims=True), LEAST)  # a row may be all -inf behind a sentence's end
    return scores - highest, highest


def _log_product(states: Doubles, between: Doubles, weights: Doubles) -> Doubles:
    """The logarithm of the matrix product of exponentials: of (batch, from) states and of what stands between tags.

    Args:
        states: highest 0.
        between: (from, to), highest 0.
        weights: its exponential.
    """
    sums = _product(np.exp(states), weights)
    found = np.log(np.maximum(sums, TINY))
    if sums.min() < TINY:  # term by term
        rows, tags = np.nonzero(sums < TINY)
        found[rows, tags] = np.logaddexp.reduce(states[rows] + between.T[tags], axis=1)
    return found


def _product(states: Doubles, between: Doubles) -> Doubles:
    """The matrix product, in parts: threads that wait for each other at every step take a hundred times as long."""
    width = max(1, ONE_THREAD // states.size)
    parts = [states @ between[:, start : start + width] for start in range(0, between.shape[1], width)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _below_highest(scores: Floats) -> tuple[Doubles, float]:
    """Scores less the highest of them, and that; 0 where all are forbidden."""
    highest = float(scores.max())
    highest = highest if np.isfinite(highest) else 0.0
    return scores.astype(np.float64) - highest, highest


def _sum(one: Chain, other: Chain) -> Chain:
    return Chain(one.transitions + other.transitions, one.starts + other.starts, one.ends + other.ends)


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

"""Over all sequences of a sentence at once: the best one, the K best ones, how probable each tag is.

A sequence's score is the sum of its steps' logits and of what a chain gives to its first tag, to each pair of
neighbours and to its last tag. Its probability is the exponential of its score, divided by the sum over all sequences
of its length: a linear-chain conditional random field (Lafferty et al., 2001).
"""

import heapq
import itertools

import numpy as np

from tagger.encoding.arrays import Doubles, Floats, Ids, Lengths, Reals
from tagger.heads.chain import Chain

TINY = 1e-290  # sums of exponentials below this have lost digits, or are of what is forbidden
LEAST = float(np.finfo(np.float64).min)
ONE_THREAD = 2**18  # multiplications in one matrix product that OpenBLAS does not share among threads


def viterbi(logits: Floats | Doubles, lengths: Lengths, chain: Chain) -> tuple[Ids, Doubles]:
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


def marginals(logits: Floats | Doubles, lengths: Lengths, chain: Chain) -> tuple[Doubles, Doubles]:
    """Forward-backward (Baum et al., 1970), in logarithms; arguments as for `viterbi`.

    Returns:
        (batch, time, tags) probability of each tag at each step, undefined after a sentence's end; and (batch,) the
        logarithm of the sum of the exponentials of all sequences' scores.
    """
    steps = _steps(logits)
    forward, log_partition = _forward(steps, lengths, chain)
    both = (forward + _backward(steps, lengths, chain)).transpose(1, 0, 2)
    return softmax(both), log_partition


def log_partition(logits: Floats, lengths: Lengths, chain: Chain) -> Doubles:
    """(batch,) the logarithm of the sum of the exponentials of all sequences' scores; arguments as above."""
    return _forward(_steps(logits), lengths, chain)[1]


def softmax(logits: Reals) -> Reals:
    """Of each row along the last axis, numbers from 0 to 1 that sum to 1."""
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Reals = weights / weights.sum(-1, keepdims=True)
    return probabilities


def _steps(logits: Floats | Doubles) -> Doubles:
    """The logits, step by step: (time, batch, tags)."""
    return np.ascontiguousarray(logits.transpose(1, 0, 2), np.float64)


def _forward(steps: Doubles, lengths: Lengths, chain: Chain) -> tuple[Doubles, Doubles]:
    """The logarithm of the sum over all beginnings that end in each tag, less a number for each step of a sentence.

    `steps` are (time, batch, tags) logits; the other arguments are as for `viterbi`.

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
    """The logarithm of the matrix product of exponentials: of (batch, from) states and of (from, to) between tags.

    The highest number of both is 0; `weights` are the exponential of the latter.
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

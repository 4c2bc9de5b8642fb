"""Dynamic programming over all tag sequences of a sentence: the best, the k best, and marginal probabilities.

The score of a sequence is the sum of the logits of its tags and the scores of its first tag, each pair of neighbouring
tags and its last tag. The probability of a sequence is the exponential of its score, divided by the sum of
these exponentials over all sequences of the same length: a linear-chain conditional random field (Lafferty et al.,
2001).
"""

import heapq
import itertools

import numpy as np

from tagger.encoding.arrays import Doubles, Floats, Ids, Lengths, Reals
from tagger.heads.constraints import Constraints
from tagger.heads.matrix import Matrix

Pairs = Constraints | Matrix
LOWEST = float(np.finfo(np.float64).min)


def viterbi(logits: Floats | Doubles, lengths: Lengths, pairs: Pairs) -> tuple[Ids, Doubles]:
    """The best sequence of each sentence.

    Args:
        logits: (batch, time, tags).
        lengths: (batch,) steps per sentence, 1 to time.
        pairs: scores of neighbouring, first and last tags.

    Returns:
        (batch, time) tag ids, and (time, batch, tags) the score of the best prefix that ends in each tag at each step;
        both are undefined after a sentence's end.

    Source: Viterbi (1967).
    """
    n_rows, time, _ = logits.shape
    steps = _time_major(logits)
    prefixes = np.empty_like(steps)
    prefixes[0] = steps[0] + pairs.starts
    for t in range(1, time):
        prefixes[t] = pairs.best_before(prefixes[t - 1]) + steps[t]
    best_last = (prefixes[lengths - 1, np.arange(n_rows)] + pairs.ends).argmax(-1)
    ids = np.empty((n_rows, time), np.int32)
    tag = best_last
    for t in reversed(range(time)):
        if t < time - 1:
            tag = np.where(t + 1 < lengths, (prefixes[t] + pairs.before(tag)).argmax(-1), best_last)
        ids[:, t] = tag
    return ids, prefixes


def k_best(ids: Ids, logits: Floats, prefixes: Doubles, pairs: Pairs, k: int) -> list[tuple[Ids, float]]:
    """The k best sequences of a sentence with their scores, best first; fewer if there are fewer.

    Each sequence after the first deviates from an earlier one: it has another tag at one step, the same tags after that
    step, and the best possible prefix before it. The best deviation not yet taken comes next (Lawler, 1972).

    Args:
        ids: (length,) the best sequence.
        logits: (length, tags).
        prefixes: (length, tags) score of the best prefix that ends in each tag at each step, see `viterbi`.
        pairs: scores of neighbouring, first and last tags.
        k: maximal number of sequences, from 1.
    """
    length = len(logits)
    steps, ends = logits.astype(np.float64), pairs.ends.astype(np.float64)
    ranked: list[tuple[Ids, float]] = []
    best = float(prefixes[-1, ids[-1]] + ends[ids[-1]])
    # Heap of candidates: negative score, tie breaker (so that arrays are never compared), step of the deviation, the
    # tag there, and the sequence that it deviates from.
    candidates = [(-best, 0, length, 0, ids)]
    tie_breaker = itertools.count(1)
    while candidates and len(ranked) < k:
        negative, _, deviation, tag, ids = heapq.heappop(candidates)
        if deviation < length:
            ids = ids.copy()
            ids[deviation] = tag
            for t in reversed(range(deviation)):
                ids[t] = (prefixes[t] + pairs.before(ids[t + 1 : t + 2])[0]).argmax()
        ranked.append((ids, -negative))
        # (length, tags): score of each tag followed by the sequence's next tag; at the last step, of ending in it.
        after = np.concatenate([pairs.before(ids[1:]), ends[None]])
        step_scores = steps[range(length), ids] + after[range(length), ids]
        suffixes = np.append(np.cumsum(step_scores[:0:-1])[::-1], 0.0)  # (length,) score of all that follows a step
        deviations = (prefixes + after + suffixes[:, None])[:deviation]
        deviations[range(deviation), ids[:deviation]] = -np.inf
        n_best = min(k - len(ranked), deviations.size)
        if not n_best:
            continue
        best_deviations = np.argpartition(-deviations, n_best - 1, axis=None)[:n_best]
        for t, other in zip(*np.unravel_index(best_deviations, deviations.shape), strict=True):
            if np.isfinite(deviations[t, other]):
                candidate = (-float(deviations[t, other]), next(tie_breaker), int(t), int(other), ids)
                heapq.heappush(candidates, candidate)
    return ranked


def marginals(logits: Floats | Doubles, lengths: Lengths, pairs: Pairs) -> tuple[Doubles, Doubles]:
    """Marginal probabilities by the forward-backward algorithm, in logarithms; arguments as for `viterbi`.

    Returns:
        (batch, time, tags) probability of each tag at each step, undefined after a sentence's end; and (batch,) the
        logarithm of the sum of exp(score) over all sequences.

    Source: Baum et al. (1970).
    """
    steps = _time_major(logits)
    forward, log_partition = _forward(steps, lengths, pairs)
    both = (forward + _backward(steps, lengths, pairs)).transpose(1, 0, 2)
    return softmax(both), log_partition


def log_partition(logits: Floats, lengths: Lengths, pairs: Pairs) -> Doubles:
    """(batch,) logarithm of the sum of exp(score) over all sequences; arguments as for `viterbi`."""
    return _forward(_time_major(logits), lengths, pairs)[1]


def softmax(logits: Reals) -> Reals:
    """Probabilities, 0 to 1, that sum to 1 along the last axis."""
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Reals = weights / weights.sum(-1, keepdims=True)
    return probabilities


def _time_major(logits: Floats | Doubles) -> Doubles:
    """(batch, time, tags) logits as (time, batch, tags)."""
    return np.ascontiguousarray(logits.transpose(1, 0, 2), np.float64)


def _forward(steps: Doubles, lengths: Lengths, pairs: Pairs) -> tuple[Doubles, Doubles]:
    """Forward scores: logarithm of the sum of exp(score) over all prefixes that end in each tag at each step.

    `steps` is (time, batch, tags) logits; the other arguments are those of `viterbi`.

    Returns:
        (time, batch, tags) forward scores, shifted so that the highest tag of each step has 0; and (batch,) the
        logarithm of the sum over all sequences.
    """
    forward = np.empty_like(steps)
    forward[0], total = _shift_rows_to_zero(steps[0] + pairs.starts)
    for t in range(1, len(steps)):
        is_step = t < lengths[:, None]
        state, highest = _shift_rows_to_zero(pairs.log_sums_before(forward[t - 1]) + steps[t])
        forward[t] = np.where(is_step, state, forward[t - 1])
        total += np.where(is_step, highest, 0)
    state, highest = _shift_rows_to_zero(forward[-1] + pairs.ends)
    log_partition: Doubles = (total + highest)[:, 0] + np.log(np.exp(state).sum(1))
    return forward, log_partition


def _backward(steps: Doubles, lengths: Lengths, pairs: Pairs) -> Doubles:
    """(time, batch, tags) backward scores: the same sum over all suffixes after each tag, up to a constant per step."""
    backward = np.empty_like(steps)
    backward[-1] = pairs.ends
    for t in reversed(range(1, len(steps))):
        state, _ = _shift_rows_to_zero(backward[t] + steps[t])
        backward[t - 1] = np.where(t < lengths[:, None], pairs.log_sums_after(state), backward[t])
    return backward


def _shift_rows_to_zero(scores: Doubles) -> tuple[Doubles, Doubles]:
    """(batch, tags) scores minus the highest of their row, and (batch, 1) the highest of each row."""
    highest = np.maximum(scores.max(1, keepdims=True), LOWEST)  # a row may be all -inf after a sentence's end
    return scores - highest, highest

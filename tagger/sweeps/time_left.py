"""The time that a sweep still takes, estimated from its finished trials."""

import heapq
import statistics
import time

from tagger.sweeps.status import Status


def seconds_left(status: Status, now: float | None = None) -> float | None:
    """Estimate the seconds until the last trial ends; None before a trial has finished, or if none runs.

    Each remaining trial is taken to last as long as the mean of the finished ones, and to start as soon as one of the
    running ones ends: there are as many workers as running trials.

    Args:
        status: progress of the sweep.
        now: seconds since 1970; None: the clock's.
    """
    now = time.time() if now is None else now
    seconds = [trial.seconds for trial in status.in_state("finished") if trial.seconds is not None]
    running = status.in_state("running")
    if not seconds or not running:
        return None
    mean = statistics.fmean(seconds)
    free_at = [max(mean - (now - trial.began), 0.0) for trial in running]
    heapq.heapify(free_at)
    n_waiting = status.total - len(status.trials) - len(status.in_state("pruned")) * (status.n_seeds - 1)
    n_each, n_rest = divmod(max(n_waiting, 0), len(running))  # all trials last equally long
    for _ in range(n_rest):
        heapq.heapreplace(free_at, free_at[0] + mean)
    return max(free_at) + n_each * mean


def format_seconds(seconds: float) -> str:
    """Format an estimate in two units at most.

    >>> [format_seconds(n) for n in (0, 42, 200, 4000, 90000)]
    ['a few s', '40 s', '3 min', '1 h 7 min', '1 d 1 h']
    """
    if seconds < 10:
        return "a few s"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    minutes = round(seconds / 60)
    hours = round(seconds / 3600)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 24 * 60 else f"{hours // 24} d {hours % 24} h"

"""Shared by the measured processes: options, timing, and the line of JSON that they print."""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BATCH_SIZE = 32  # sentences, for all systems
SENTENCE = ["I", "would", "like", "to", "book", "a", "table", "for", "two", "people", "tonight", "."]
Way = Callable[[argparse.Namespace], dict[str, Any]]


def run(**ways: Way) -> None:
    """Run the measurement that the command line names, and print its result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=ways)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the material")
    parser.add_argument("--network", choices=["words", "pos"], default="words")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of training, the first to warm up")
    parser.add_argument("--seconds", type=float, default=5, help="seconds of tagging, after a pass to warm up")
    options = parser.parse_args()
    print(json.dumps(ways[options.way](options)))


def n_cores() -> int:
    """Number of cores available to this process."""
    return len(os.sched_getaffinity(0))


def training_speed(n_tokens: int, epochs: list[float]) -> dict[str, float]:
    """Training speed from the seconds of each epoch; the first epoch's extra seconds are the warm-up."""
    first, *others = epochs
    usual = statistics.median(others)
    return {"tokens_per_second": n_tokens / usual, "warm_up": first - usual}


def speed(work: Callable[[], object], n_tokens: int, seconds: float) -> dict[str, float]:
    """Tokens per second of `work`, which takes `n_tokens` tokens: the median of as many passes as the seconds allow."""
    work()
    passes: list[float] = []
    began = time.perf_counter()
    while not passes or time.perf_counter() - began < seconds:
        start = time.perf_counter()
        work()
        passes.append(time.perf_counter() - start)
    return {"tokens_per_second": n_tokens / statistics.median(passes)}

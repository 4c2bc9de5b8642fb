"""Latency, memory and answers of `tagger predict --stream`.

    python -m tests.benchmarks.steps --steps 1e6 --lines 30 --pause 1

It makes a tagger of one direction (an LSTM of 32 units, random weights) and series of numbers in a temporary folder.

1. A pipe gets a line each `--pause` seconds; printed is the time from a line to its answer, as the reader sees it.
2. A series of `--steps` steps and one of a tenth are tagged from a file: printed are steps per second and peak memory,
   whose ratio should be near 1, and how many tags differ from those of `Tagger.tag` on the whole series.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from tagger.bench.process_cost import process_cost
from tagger.tagging.tagger import Tagger
from tests.bundles import save_steps_bundle

HEADER = "id,x,y\n"
AT_ONCE = 100_000  # rows that are made together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=float, default=1e6, help="of the longest series")
    parser.add_argument("--lines", type=int, default=30, help="that the pipe gets")
    parser.add_argument("--pause", type=float, default=1, help="seconds between them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-steps-") as name:
        folder = Path(name)
        model = save_steps_bundle(folder / "bundle", units=(32,))
        milliseconds = 1e3 * np.array([*latencies(model, options.lines, options.pause)])
        print(
            f"a line each {options.pause:g} s: first {milliseconds[0]:.1f} ms, "
            f"others: median {np.median(milliseconds[1:]):.1f} ms, most {milliseconds[1:].max():.1f} ms"
        )
        costs = [tag_series(model, folder, int(n)) for n in (options.steps / 10, options.steps)]
        print(f"ratio of memory: {costs[1] / costs[0]:.2f}")


def latencies(model: Path, n: int, pause: float) -> Iterator[float]:
    """Seconds from each line to its answer."""
    command = [sys.executable, "-m", "tagger", "predict", str(model), "--stream", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(HEADER)
        process.stdout.readline()
        for row in islice(rows(n), n):
            time.sleep(pause)
            start = time.perf_counter()
            process.stdin.write(row)
            process.stdout.readline()
            yield time.perf_counter() - start
        process.stdin.close()


def tag_series(model: Path, folder: Path, n: int) -> float:
    """Print the cost of a series and the number of tags that differ; return the peak memory in megabytes."""
    source, tagged = folder / "in.csv", folder / "out.csv"
    with source.open("w") as file:
        file.write(HEADER)
        file.writelines(rows(n))
    script = f"{sys.executable} -m tagger predict {model} --stream --input {source} >{tagged}"
    cost = process_cost(["sh", "-c", f"exec {script}"], cwd=Path.cwd())
    numbers = np.concatenate([*blocks(n)])
    (whole,) = Tagger.load(model).tag([numbers], confidence=False)
    with tagged.open() as file:
        tags = [line.rstrip().rpartition(",")[2] for line in islice(file, 1, None)]
    n_changes = sum(before != after for before, after in pairwise(whole.tags))
    n_different = sum(one != other for one, other in zip(tags, whole.tags, strict=True))
    print(
        f"{n:,} steps: {n / cost.seconds:,.0f} steps/s, {cost.megabytes:.0f} MB, "
        f"{n_different:,} tags differ from the whole series, in which {n_changes:,} change"
    )
    return cost.megabytes


def rows(n: int) -> Iterator[str]:
    """Lines of a series."""
    return (f"1,{x:.3f},{y:.3f}\n" for block in blocks(n) for x, y in block.tolist())


def blocks(n: int) -> Iterator[np.ndarray]:
    """The numbers of a series, (steps, 2), rounded as they are written, in blocks."""
    rng = np.random.default_rng(1)
    for start in range(0, n, AT_ONCE):
        yield np.round(rng.normal(1, 2, (min(AT_ONCE, n - start), 2)), 3)


if __name__ == "__main__":
    main()

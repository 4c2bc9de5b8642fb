"""Measures training, tagging, start-up, memory and growth beside other taggers, each time in a fresh process.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.speed --results runs/speed/results.jsonl
    python -m tests.benchmarks.speed --results runs/speed/results.jsonl --parts train --cores one --repeats 3

Systems take turns, A B C A B C, so that a ratio is of two processes that ran one after the other. What is there already
is not measured again: a run that was broken off goes on, and parts can be measured apart. `all` cores are those that
this process may use, so that `taskset` can leave some out; `one` is the last of them. Linux only.
"""

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tagger.bench.process_cost import process_cost, processor
from tests.benchmarks.speed import growth, plan

PACKAGES = ("tensorflow", "keras", "onnxruntime", "torch", "python-crfsuite", "spacy", "numpy")
PARTS = ("train", "tag", "start", "growth")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True, metavar="FILE", help="JSON lines; added to")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--cores", nargs="+", choices=plan.CORES, default=[*plan.CORES])
    parser.add_argument("--repeats", type=int, default=5, help="of each process; growth is measured once")
    parser.add_argument("--sentences", type=int, default=4000, help="to train on, drawn of the English Web Treebank")
    parser.add_argument("--tokens", type=int, default=200_000, help="of the file that whole processes tag")
    parser.add_argument("--epochs", type=int, default=3, help="of training; the first warms up")
    parser.add_argument("--seconds", type=float, default=5, help="of tagging in each process")
    parser.add_argument("--tag-millions", type=float, nargs="*", default=[1, 10, 100], help="growth: tokens to tag")
    parser.add_argument("--train-millions", type=float, nargs="*", default=[0.2, 2, 20], help="growth: to train on")
    parser.add_argument("--growth-networks", nargs="+", choices=plan.NETWORKS, default=["words"])
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    done = check_settings(options)
    for made, command in plan.material(options):
        if not made.exists():
            tell(f"making {made}")
            process_cost(command)
    for part in options.parts:
        for key, process in turns(part, options):
            if key not in done:
                keep(options.results, {**key_json(key), **measured(process)})


def turns(part: str, options: argparse.Namespace) -> Iterator[tuple[tuple[str, str, int], plan.Process]]:
    """Each process as often as it is measured, and what tells the measurement from others."""
    if part == "growth":
        yield from (((process.row, process.system, 0), process) for process in growth.processes(options))
        return
    for repeat in range(options.repeats):
        for process in plan.processes(part, options):
            yield (process.row, process.system, repeat), process


def measured(process: plan.Process) -> dict[str, Any]:
    """What a process took, and what it told of itself."""
    if process.before:
        process_cost(process.before)
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores if process.cores == "all" else cores[-1:])  # which a new process inherits
    try:
        cost = process_cost(process.command)
    finally:
        os.sched_setaffinity(0, cores)
        for path in process.leaves:
            (shutil.rmtree if path.is_dir() else os.unlink)(path)
    found: dict[str, Any] = {"seconds": cost.seconds, "megabytes": cost.megabytes}
    if process.n_tokens:
        found["tokens_per_second"] = process.n_tokens / cost.seconds
    elif cost.output.startswith("{"):
        found |= json.loads(cost.output)
    return found


def check_settings(options: argparse.Namespace) -> set[tuple[str, str, int]]:
    """What was measured already; the first line of the results says on which machine and material.

    It ends the process where results of another material or machine stand there.
    """
    settings = {
        "machine": machine(),
        **{name: getattr(options, name) for name in ("sentences", "tokens", "epochs", "seconds")},
    }
    if not options.results.exists():
        keep(options.results, settings)
    first, *others = map(json.loads, options.results.read_text(encoding="utf-8").splitlines())
    if first != settings:
        sys.exit(f"{options.results} holds other results: {first}, and now it is {settings}")
    return {(found["row"], found["system"], found["repeat"]) for found in others}


def machine() -> str:
    """Cores, processor, system and versions, in a line."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    n_cores = len(os.sched_getaffinity(0))
    return f"{n_cores} cores of {processor()}, Python {platform.python_version()}, {versions}"


def key_json(key: tuple[str, str, int]) -> dict[str, Any]:
    return dict(zip(("row", "system", "repeat"), key, strict=True))


def keep(path: Path, found: dict[str, Any]) -> None:
    line = json.dumps(found, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    tell(line)


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""Measure training, tagging, start-up, memory and growth of this and other taggers, each in a fresh process.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.speed --results runs/speed/results.jsonl
    python -m tests.benchmarks.speed --results runs/speed/results.jsonl --parts train --cores one --repeats 3

Systems take turns, A B C A B C, so that a ratio compares two processes that ran close together. Existing results are
not measured again: an interrupted run can be resumed, and parts can be measured separately. `all` cores are those
available to this process, which `taskset` can restrict; `one` is the last of them. Linux only.
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
    parser.add_argument("--results", type=Path, required=True, metavar="FILE", help="JSON lines; results are appended")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--cores", nargs="+", choices=plan.CORES, default=[*plan.CORES])
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each process; growth is measured once")
    parser.add_argument("--sentences", type=int, default=4000, help="sentences of the English Web Treebank to train on")
    parser.add_argument("--tokens", type=int, default=200_000, help="tokens of the file that whole processes tag")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of training, the first to warm up")
    parser.add_argument("--seconds", type=float, default=5, help="seconds of tagging in each process")
    parser.add_argument("--tag-millions", type=float, nargs="*", default=[1, 10, 100], help="growth: tokens to tag")
    parser.add_argument(
        "--train-millions", type=float, nargs="*", default=[0.2, 2, 20], help="growth: tokens to train on"
    )
    parser.add_argument("--growth-networks", nargs="+", choices=plan.NETWORKS, default=["words"])
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    done = check_settings(options)
    for path, command in plan.material(options):
        if not path.exists():
            log(f"making {path}")
            process_cost(command)
    for part in options.parts:
        for key, process in turns(part, options):
            if key not in done:
                record(options.results, {**key_json(key), **measure(process)})


def turns(part: str, options: argparse.Namespace) -> Iterator[tuple[tuple[str, str, int], plan.Process]]:
    """Each process once per repeat, with the key of the measurement: row, system and repeat."""
    if part == "growth":
        yield from (((process.row, process.system, 0), process) for process in growth.processes(options))
        return
    for repeat in range(options.repeats):
        for process in plan.processes(part, options):
            yield (process.row, process.system, repeat), process


def measure(process: plan.Process) -> dict[str, Any]:
    """Run a process; return its seconds and megabytes, and the measurements that it prints."""
    if process.before:
        process_cost(process.before)
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores if process.cores == "all" else cores[-1:])  # inherited by the new process
    try:
        cost = process_cost(process.command)
    finally:
        os.sched_setaffinity(0, cores)
        for path in process.outputs:
            (shutil.rmtree if path.is_dir() else os.unlink)(path)
    result: dict[str, Any] = {"seconds": cost.seconds, "megabytes": cost.megabytes}
    if process.n_tokens:
        result["tokens_per_second"] = process.n_tokens / cost.seconds
    elif cost.output.startswith("{"):
        result |= json.loads(cost.output)
    return result


def check_settings(options: argparse.Namespace) -> set[tuple[str, str, int]]:
    """Return the keys of existing results, or start a file of results with a line of settings.

    Exits if the existing results have other settings: another machine, or other material.
    """
    settings = {
        "machine": machine(),
        **{name: getattr(options, name) for name in ("sentences", "tokens", "epochs", "seconds")},
    }
    if not options.results.exists():
        record(options.results, settings)
    first, *others = map(json.loads, options.results.read_text(encoding="utf-8").splitlines())
    if first != settings:
        sys.exit(f"{options.results} has results with other settings: {first}; the settings are now {settings}")
    return {(result["row"], result["system"], result["repeat"]) for result in others}


def machine() -> str:
    """Cores, processor and versions in one line."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    n_cores = len(os.sched_getaffinity(0))
    return f"{n_cores} cores of {processor()}, Python {platform.python_version()}, {versions}"


def key_json(key: tuple[str, str, int]) -> dict[str, Any]:
    return dict(zip(("row", "system", "repeat"), key, strict=True))


def record(path: Path, result: dict[str, Any]) -> None:
    line = json.dumps(result, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    log(line)


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

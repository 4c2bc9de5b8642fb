"""Seconds and peak memory of a process, and the processor's name."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.errors import RunError

# A process inherits the memory peak of the one that starts it. So a small one stands in between, of 10 MB; its own
# start is not counted. It writes what it found behind all that the process wrote.
WATCHER = """
import json, os, sys, time
mb = 1 << (20 if sys.platform == "darwin" else 10)  # in what a system reports
began = time.perf_counter()
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
seconds = time.perf_counter() - began
code = os.waitstatus_to_exitcode(status)
print("\\n" + json.dumps({"seconds": seconds, "megabytes": used.ru_maxrss / mb, "code": code}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one process: seconds from its start to its end, and what it wrote to standard output.

    The megabytes are the most that it, or a process that it started, had in memory.
    """

    seconds: float
    megabytes: float
    output: str


def process_cost(command: Sequence[str], *, cwd: Path | None = None, stdin: Path | None = None) -> Cost:
    """Run a command to its end, with a file or nothing as standard input, and measure it.

    Raises:
        RunError: it ended with another code than 0; or this system tells nobody what a process took.
    """
    check_system()
    watcher = [sys.executable, "-I", "-S", "-c", WATCHER, *command]
    with open(stdin or os.devnull, "rb") as input_file:
        done = subprocess.run(watcher, cwd=cwd, stdin=input_file, capture_output=True, text=True)
    output, _, last = done.stdout.removesuffix("\n").rpartition("\n")
    if done.returncode:
        raise RunError(done.stderr)
    used = json.loads(last)
    if used["code"]:
        raise RunError(f"{' '.join(command)}: exit code {used['code']}\n{done.stderr}")
    return Cost(used["seconds"], used["megabytes"], output)


def peak_megabytes() -> float:
    """Peak memory of this process so far, on a system that tells."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << (20 if sys.platform == "darwin" else 10))


def check_system() -> None:
    """Raises RunError where a system tells nobody what a process took."""
    if not hasattr(os, "wait4"):
        raise RunError("memory and start-up of a process are measured on Linux and macOS only")


def processor() -> str:
    """As Linux calls it; elsewhere its kind alone."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())

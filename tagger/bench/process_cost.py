"""Run time and peak memory of a process, and the processor's name."""

import json
import os
import platform
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.errors import RunError
from tagger.terminal_text import command_line

# A process inherits the peak memory of its parent, so a small process of 10 MB starts it. The start of that one is not
# counted. It writes its measurements after the output of the process.
WATCHER = """
import json, os, sys, time
mb = 1 << (20 if sys.platform == "darwin" else 10)  # units of ru_maxrss per MB
began = time.perf_counter()
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
seconds = time.perf_counter() - began
code = os.waitstatus_to_exitcode(status)
print("\\n" + json.dumps({"seconds": seconds, "megabytes": used.ru_maxrss / mb, "code": code}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one process.

    Args:
        seconds: from start to end.
        megabytes: peak memory of the process, or of one that it started if that is larger.
        output: standard output of the process.
    """

    seconds: float
    megabytes: float
    output: str


def process_cost(command: Sequence[str], *, cwd: Path | None = None, stdin: Path | None = None) -> Cost:
    """Run a command to its end, and measure it.

    Args:
        command: program and arguments.
        cwd: its working directory; None: the current one.
        stdin: file for its standard input; None: empty input.

    Raises:
        RunError: its exit code is not 0, or this system does not report the cost of a process.
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
        raise RunError(
            f"{command_line(*command)}: exit code {used['code']}\n{textwrap.indent(done.stderr.rstrip(), '  ')}"
        )
    return Cost(used["seconds"], used["megabytes"], output)


def peak_megabytes() -> float:
    """Peak memory of this process so far, on Linux or macOS."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << (20 if sys.platform == "darwin" else 10))


def check_system() -> None:
    """Check that this system reports the cost of a process.

    Raises:
        RunError: it does not.
    """
    if not hasattr(os, "wait4"):
        raise RunError("memory and start-up time of a process can be measured on Linux and macOS only")


def processor() -> str:
    """Name of the processor on Linux; elsewhere its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())

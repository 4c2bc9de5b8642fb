"""Commands in forked processes under limits of processor time and memory."""

import os
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS = 2
MEMORY = 300_000_000  # bytes that a command may use more than the process it was forked from


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended.

    Args:
        code: exit code; negative: the number of the signal that killed it.
        output: what it printed to standard output and standard error.
        cpu_seconds: processor time of the command and its child processes.
    """

    code: int
    output: str
    cpu_seconds: float


def run_forked(*arguments: str | Path, folder: Path) -> Outcome:
    """Run a command of tagger in a fork of this process, in a folder, under both limits.

    A fork starts at once, because all imports are done, so that thousands of commands can be tried. A command that
    waits without using the processor is killed after 20 times its processor time.
    """
    with tempfile.TemporaryFile() as file:
        process = os.fork()
        if process == 0:
            _run_and_exit([*map(str, arguments)], folder, file.fileno())
        timer = threading.Timer(20 * CPU_SECONDS, os.kill, (process, signal.SIGKILL))
        timer.start()
        _, status, usage = os.wait4(process, 0)
        timer.cancel()
        file.seek(0)
        output = file.read().decode("utf-8", "replace")
    return Outcome(os.waitstatus_to_exitcode(status), output, usage.ru_utime + usage.ru_stime)


def _run_and_exit(arguments: Sequence[str], folder: Path, output: int) -> None:
    """Run a command in a forked process, which ends here in any case."""
    code = 99
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(folder)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        most = _data_size() + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        from tagger.cli import app

        try:
            app(arguments, prog_name="tagger")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 98
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _data_size() -> int:
    """Bytes of this process that are counted for the limit: memory that it may write, shared with no other process."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()

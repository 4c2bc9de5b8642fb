"""`tagger serve` as a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests import ROOT


@contextmanager
def served(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    """Serve at a free port; yield the process, the address of its page and the names of its models."""
    command = [sys.executable, "-m", "tagger", "serve", *arguments, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline() if process.stderr else ""
            begun = re.match(r"(http://\S+/) serves (.*); Ctrl-C stops$", line)
            if begun is None:
                raise RuntimeError(f"tagger serve has not begun: {line}")
            yield process, begun[1], begun[2]
        finally:
            process.kill()

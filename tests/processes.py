"""Run commands in processes of their own."""

import subprocess
import sys

from tests import ROOT

PROBE = """
import sys
from tagger.cli import app
try:
    app(sys.argv[1:], prog_name="tagger")
except SystemExit as end:
    code = end.code
print("MODULES", *sys.modules, file=sys.stderr)
sys.exit(code)
"""


def modules_after(*arguments: str, exit_code: int = 0) -> set[str]:
    """Names of all modules that are loaded after a command."""
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == exit_code, done.stderr
    names = set(done.stderr.rpartition("MODULES ")[2].split())
    assert "typer" in names
    return names

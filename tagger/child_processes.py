"""Python processes that this one starts: none imports a module from the working directory.

Python puts the working directory first on the path of a process that is started with `-m` or `-c`. A `pickle.py` in
a stranger's folder would run there, and `tagger/__init__.py` in place of this package.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = str(Path(__file__).parents[1])  # the folder that holds this package

# The child runs the package that this process runs, even if that is not on its path.
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import tagger; del sys.path[0]; "
    "from tagger.__main__ import main; main()"
)


def tagger_command(*arguments: str) -> list[str]:
    """A command that runs `tagger` with arguments in a process of its own."""
    return [sys.executable, "-P", "-c", START, ROOT, *arguments]


@contextlib.contextmanager
def safe_imports() -> Iterator[None]:
    """Let processes that are started meanwhile, by any library, not import from the working directory."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def forget_working_directory() -> None:
    """Remove the working directory from the path of this process, unless it holds the package that runs.

    It is there after `python -m tagger`, but not after `tagger` or `python -P -m tagger`.
    """
    with contextlib.suppress(OSError):  # the working directory was removed
        if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()] != [ROOT]:
            del sys.path[0]

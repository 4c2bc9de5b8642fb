"""Entry point of the `tagger` command and of `python -m tagger`."""

import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line; Ctrl-C exits with 130, even during imports."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        from tagger.cli import app

        app(prog_name="tagger")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # only Python's own shutdown is left


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C during shutdown would end in a traceback.
    signal.signal(signal.SIGINT, lambda signal_number, frame: os._exit(130))
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

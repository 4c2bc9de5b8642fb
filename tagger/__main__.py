"""Where the `tagger` command and `python -m tagger` begin."""

import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Runs the command line; a Ctrl-C ends it with 130, also while it is still being imported."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        from tagger.cli import app

        app(prog_name="tagger")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done but Python's own end


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    # The second in a row finds the process on its way out, where a KeyboardInterrupt would end in a traceback.
    signal.signal(signal.SIGINT, lambda signal_number, frame: os._exit(130))
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

"""Entry point of the `tagger` command and of `python -m tagger`."""

import sys

from tagger.interrupts import exit_code, only_shutdown_is_left, stop_on_signals


def main() -> None:
    """Run the command line; Ctrl-C exits with 130, SIGTERM with 143, SIGHUP with 129, even during imports."""
    stop_on_signals()
    try:
        from tagger.child_processes import forget_working_directory

        forget_working_directory()
        from tagger.cli import app
        from tagger.console import escaping_messages

        with escaping_messages():
            app(prog_name="tagger")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(exit_code())
    finally:
        only_shutdown_is_left()


if __name__ == "__main__":
    main()

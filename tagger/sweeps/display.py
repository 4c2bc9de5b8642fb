"""The progress of a sweep: a live table on a terminal, elsewhere a log line for each trial that starts."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tagger.sweeps.progress_text import live_lines
from tagger.sweeps.space import format_trial
from tagger.sweeps.status import Status
from tagger.terminal_text import drawing_stream

MAX_PER_SECOND = 4

log = logging.getLogger("tagger")


@contextmanager
def live_table(*, quiet: bool) -> Iterator[Callable[[Status], None]]:
    """Yield a function that draws a sweep's status, or logs new trials if stderr is not a terminal; not if `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield (lambda status: None) if quiet else _new_trials_logger()
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(file=drawing_stream())
    with Live(console=console, auto_refresh=False, transient=True) as live:
        last = 0.0

        def listen(status: Status) -> None:
            nonlocal last
            if time.monotonic() - last >= 1 / MAX_PER_SECOND:
                last = time.monotonic()
                # Brackets are not read as markup in a Text.
                live.update(Text("\n".join(live_lines(status, console.width)), no_wrap=True), refresh=True)

        yield listen


def _new_trials_logger() -> Callable[[Status], None]:
    """A function that logs each trial once, when it first runs."""
    started: set[str] = set()

    def listen(status: Status) -> None:
        for trial in status.in_state("running"):
            if trial.name not in started:
                started.add(trial.name)
                log.info("%s  started  %s", trial.name, format_trial(trial.setting, trial.seed))

    return listen

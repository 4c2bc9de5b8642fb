"""A table on the terminal that follows a sweep."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tagger.sweeps.space import shown_setting
from tagger.sweeps.status import Status

PER_SECOND = 4  # how often it is drawn at most


@contextmanager
def live_table(*, quiet: bool) -> Iterator[Callable[[Status], None]]:
    """A function to tell of each change: it draws the running trials on a terminal, and nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda status: None
        return
    from rich.console import Console, Group
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    def drawn(status: Status) -> Group:
        table = Table("trial", "setting", "seed", "epoch", "dev", "seconds", "MB", box=None, pad_edge=False)
        for trial in status.having("running"):
            table.add_row(
                trial.name,
                Text(shown_setting(trial.setting)),  # brackets in it are no markup
                str(trial.seed),
                f"{trial.epoch}/{trial.epochs}",
                "" if trial.score is None else f"{trial.score:.4f}",
                f"{time.time() - trial.began:.0f}",
                f"{trial.memory / 1e6:,.0f}",
            )
        best = [Text(f"best so far: {status.best[1]:.4f} with {shown_setting(status.best[0])}")] if status.best else []
        return Group(table, Text(status.counts()), *best)

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
        last = 0.0

        def listen(status: Status) -> None:
            nonlocal last
            if time.monotonic() - last >= 1 / PER_SECOND:
                last = time.monotonic()
                live.update(drawn(status), refresh=True)

        yield listen

"""Progress bars on standard error, drawn on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tagger.terminal_text import drawing_stream

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch


@contextmanager
def progress(*, quiet: bool) -> Iterator["Callable[[BatchDone | Epoch], None]"]:
    """A function to call for each batch; draws a progress bar on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  {task.fields[speed]:,.0f} tokens/s"),
        TimeRemainingColumn(),
        console=Console(file=drawing_stream()),
        transient=True,
    )
    with bar:
        task = bar.add_task("training", visible=False, epoch=0, epochs=0, loss=0.0, speed=0.0)

        def listen(event: "BatchDone | Epoch") -> None:
            from tagger.network.events import BatchDone

            if isinstance(event, BatchDone):
                done = (event.epoch - 1) * event.epoch_tokens + event.tokens
                bar.update(
                    task,
                    visible=True,
                    total=event.epochs * event.epoch_tokens,
                    completed=done,
                    epoch=event.epoch,
                    epochs=event.epochs,
                    loss=event.loss,
                    speed=event.tokens_per_second,
                )

        yield listen


@contextmanager
def download_progress(*, quiet: bool) -> Iterator["Callable[[str, int, int], None] | None"]:
    """A function to call with a file's name, bytes received and bytes in all; None if no bar is drawn."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=drawing_stream()), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda name, n_bytes, size: bar.update(
            task, description=name, completed=n_bytes, total=size, visible=n_bytes < size
        )

"""The text that `tagger bench` prints."""

from tagger.bench.tagging import TaggingSpeed
from tagger.bench.training import TrainingSpeed

TableRow = tuple[str, str, str]  # what, how much, and what to know about it


def format_bench(training: TrainingSpeed | None, tagging: TaggingSpeed, machine: str) -> str:
    """Aligned rows, and a last line of the machine."""
    parts = [("training", _training_rows(training))] if training else []
    rows = [row for title, more in [*parts, ("tagging", _tagging_rows(tagging))] for row in [(title, "", ""), *more]]
    names, figures = (max(len(row[i]) for row in rows) for i in (0, 1))
    lines = [f"{name:<{names}}  {figure:>{figures}}  {note}".rstrip() for name, figure, note in rows]
    return "\n".join([*lines, "", machine])


def _training_rows(training: TrainingSpeed) -> list[TableRow]:
    return [
        ("  speed", f"{training.tokens_per_second:,.0f} tokens/s", "after the warm-up"),
        ("  warm-up", duration(training.warm_up), "once, at the beginning: the network is compiled"),
        ("  an epoch", duration(training.epoch), f"{training.tokens:,} tokens of train, then dev if there is one"),
        (f"  all {training.epochs} epochs", duration(training.all_epochs), "at most: it may stop earlier"),
        ("  memory", f"{training.megabytes:,.0f} MB", "at most, with TensorFlow and the data"),
        ("  parameters", f"{training.parameters:,}", "numbers that are learned"),
    ]


def _tagging_rows(tagging: TaggingSpeed) -> list[TableRow]:
    return [
        ("  speed", f"{tagging.tokens_per_second:,.0f} tokens/s", f"{tagging.tokens:,} tokens: {tagging.source}"),
        ("  start-up", duration(tagging.start), f"a whole process that tags {tagging.started_on}, the median of some"),
        ("  memory", f"{tagging.megabytes:,.0f} MB", "of that process, at most"),
        ("  bundle", f"{tagging.bundle_megabytes:,.1f} MB", "on disk"),
    ]


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, as one would say it.

    >>> duration(0.416), duration(75), duration(200), duration(9000)
    ('0.42 s', '75 s', '3.3 min', '2.5 h')
    """
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

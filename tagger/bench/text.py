"""The text and the JSON that `tagger bench` prints."""

from dataclasses import asdict
from typing import Any

from tagger.bench.tagging import TaggingSpeed
from tagger.bench.training import TrainingSpeed
from tagger.terminal_text import one_line

TableRow = tuple[str, str, str]  # name, value and note


def to_json(training: TrainingSpeed | None, tagging: TaggingSpeed, machine: str) -> dict[str, Any]:
    """Return all measurements; the speed of labels only where there are labels."""
    return {"training": training and _known(training), "tagging": _known(tagging), "machine": machine}


def _known(speed: TrainingSpeed | TaggingSpeed) -> dict[str, Any]:
    return {name: value for name, value in asdict(speed).items() if value is not None}


def format_bench(training: TrainingSpeed | None, tagging: TaggingSpeed, machine: str) -> str:
    """Format speeds as aligned rows, followed by a line on the machine."""
    parts = [("training", _training_rows(training))] if training else []
    rows = [row for title, more in [*parts, ("tagging", _tagging_rows(tagging))] for row in [(title, "", ""), *more]]
    name_width, value_width = (max(len(row[i]) for row in rows) for i in (0, 1))
    lines = [one_line(f"{name:<{name_width}}  {value:>{value_width}}  {note}".rstrip()) for name, value, note in rows]
    return "\n".join([*lines, "", machine])


def _training_rows(training: TrainingSpeed) -> list[TableRow]:
    return [
        ("  speed", f"{training.tokens_per_second:,.0f} tokens/s", "after the warm-up"),
        *_label_row(training.labels_per_second, "labels of sentences, in the same time"),
        ("  warm-up", duration(training.warm_up), "once at the start, to compile the network"),
        ("  an epoch", duration(training.epoch), f"{training.tokens:,} tokens of train, then dev if any"),
        (f"  all {training.epochs} epochs", duration(training.all_epochs), "at most; training may stop earlier"),
        ("  memory", f"{training.megabytes:,.0f} MB", "at most, including TensorFlow and the data"),
        ("  parameters", f"{training.parameters:,}", "trainable numbers"),
    ]


def _tagging_rows(tagging: TaggingSpeed) -> list[TableRow]:
    return [
        ("  speed", f"{tagging.tokens_per_second:,.0f} tokens/s", f"{tagging.tokens:,} tokens: {tagging.source}"),
        *_label_row(tagging.labels_per_second, "a label for each sentence, in the same time"),
        ("  start-up", duration(tagging.start), f"median time of a process that tags {tagging.started_on}"),
        ("  memory", f"{tagging.megabytes:,.0f} MB", "at most, in that process"),
        ("  bundle", f"{tagging.bundle_megabytes:,.1f} MB", "on disk"),
    ]


def _label_row(labels_per_second: float | None, note: str) -> list[TableRow]:
    return [] if labels_per_second is None else [("  labels", f"{labels_per_second:,.0f} labels/s", note)]


def duration(seconds: float) -> str:
    """Format a duration in seconds, minutes or hours.

    >>> duration(0.416), duration(75), duration(200), duration(9000)
    ('0.42 s', '75 s', '3.3 min', '2.5 h')
    """
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

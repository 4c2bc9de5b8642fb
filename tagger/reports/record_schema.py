"""Schemas of the files of a run that are read back: `metrics.json`, `data.json`, and the rows of `history.csv`."""

from collections.abc import Callable, Mapping
from typing import Any

from tagger.border.schema import (
    COUNT,
    FLAG,
    NO_KEY,
    RATIO,
    TEXT,
    Parts,
    Schema,
    check,
    list_of,
    mapping_of,
    nullable,
    number,
    one_of,
    record,
    whole,
)
from tagger.evaluation.segments import THRESHOLDS
from tagger.evaluation.steps import WORD_KINDS
from tagger.reports.metric_names import BASELINES, METRIC_NAMES
from tagger.reports.series.columns import MAX_CHANNELS
from tagger.tagging.line import MAX_COLUMNS

MAX_CONFIDENCE = 1.01  # a sum in single precision may be slightly above 1
CONFIDENCE = number(0, MAX_CONFIDENCE)
LOSS = number(-1e12, 1e12)
SECONDS = number(0, 1e12)
INTERVAL = list_of(RATIO, 2, 2)
CHOOSING = ("accuracy", "macro_f1", "span_f1", "segment_f1")  # metrics that can choose an epoch


def _by_key(key: str, with_key: Schema, without: Schema) -> Schema:
    """An object with one of two schemas, by whether it has a key."""
    return Schema(
        "an object",
        lambda value: isinstance(value, dict),
        lambda value: (with_key if key in value else without).parts(value),
    )


def _such_that(schema: Schema, holds: Callable[[Any], bool], expected: str) -> Schema:
    """A value of a schema whose parts, once they are checked, match each other."""

    def parts(value: Any) -> Parts:
        yield from schema.parts(value)
        yield "", value, Schema(expected, holds)

    return schema._replace(parts=parts)


def _is_square(confusion: Mapping[str, Any]) -> bool:
    n = len(confusion["tags"])
    return [len(row) for row in confusion["counts"]] == [n] * n


def _has_known_tags(confusion: Mapping[str, Any]) -> bool:
    cells, tags = confusion["cells"], {*confusion["tags"]}
    return len(tags) == len(confusion["tags"]) and tags >= {*cells, *(tag for row in cells.values() for tag in row)}


SCORES: dict[str, Schema] = dict.fromkeys(("precision", "recall", "f1"), RATIO)
SPAN_SCORES: dict[str, Schema] = dict.fromkeys(("precision", "recall", "f1"), nullable(RATIO))  # null without spans
RANGE: dict[str, Schema] = {"from": COUNT, "to": COUNT, "tokens": COUNT, "accuracy": RATIO}
CONFUSION = _by_key(
    "counts",  # of older versions: a dense matrix
    _such_that(
        record({"tags": list_of(TEXT), "counts": list_of(list_of(COUNT))}),
        _is_square,
        "a row and a column for each tag",
    ),
    _such_that(
        record({"tags": list_of(TEXT), "cells": mapping_of(mapping_of(COUNT))}),
        _has_known_tags,
        "different tags, and cells of these tags only",
    ),
)
CALIBRATION = record(
    {
        "error": CONFIDENCE,
        "bins": list_of(
            record({"from": RATIO, "to": RATIO, "tokens": COUNT, "confidence": CONFIDENCE, "accuracy": RATIO}), 1
        ),
        "coverage": list_of(record({"coverage": RATIO, "accuracy": RATIO, "threshold": CONFIDENCE}), 1),
    }
)
DELAY = record({"segments": COUNT, "median": nullable(number(-1e12, 1e12)), "percentile_90": nullable(number(0, 1e12))})
SEGMENT_SCORES = dict.fromkeys(THRESHOLDS, record({**SCORES, "macro_f1": RATIO}))
STATE_SCORES = dict.fromkeys(THRESHOLDS, record(SCORES))
SEGMENTS = record(
    {
        **dict.fromkeys(("gold", "predicted", "spurious"), COUNT),
        **SEGMENT_SCORES,
        **dict.fromkeys(("onset", "offset"), DELAY),
        "states": mapping_of(
            record({**dict.fromkeys(("gold", "predicted", "shortest", "spurious"), COUNT), **STATE_SCORES})
        ),
    }
)
EVALUATION = record(
    {
        "sentences": COUNT,
        "tokens": COUNT,
        "accuracy": RATIO,
        "baselines": mapping_of(RATIO, low=1, keys=one_of(*BASELINES)),
        "beats_baselines": FLAG,
        "tags": mapping_of(record({"accuracy": RATIO, **SCORES, "support": COUNT})),
        "confusion": CONFUSION,
        "spans": nullable(
            record(
                {
                    **SPAN_SCORES,
                    "types": mapping_of(record({**SCORES, "support": COUNT})),
                    "strict": record(SPAN_SCORES),
                }
            )
        ),
        "by_length": list_of(record({**RANGE, "sentences": COUNT})),
        "by_position": list_of(record(RANGE)),
        "calibration": nullable(CALIBRATION),
    },
    {
        # missing in older versions
        "intervals": record(
            {"accuracy": INTERVAL, "span_f1": nullable(INTERVAL)},
            dict.fromkeys(METRIC_NAMES.keys() - {"accuracy", "span_f1"}, nullable(INTERVAL)),
        ),
        "segments": SEGMENTS,  # only of series
        **{f"{kind}_tokens": nullable(COUNT) for kind in WORD_KINDS},
        **{name: nullable(RATIO) for name in METRIC_NAMES if name not in ("accuracy", "span_f1")},
    },
)
VALUES = list_of(nullable(number()), 1, MAX_COLUMNS)
CHANNELS = record(
    {
        "series": list_of(
            record(
                {
                    **dict.fromkeys(("number", "steps"), whole(1)),
                    "n_channels": COUNT,
                    "channels": list_of(
                        record({"name": TEXT, "missing": COUNT, "low": VALUES, "high": VALUES}), 0, MAX_CHANNELS
                    ),
                }
            ),
            0,
            2,
        )
    }
)
JOINT = record({"sentences": COUNT, "accuracy": RATIO, "interval": INTERVAL})
SPLIT = _by_key("heads", record({"heads": mapping_of(EVALUATION)}, {"joint": nullable(JOINT)}), EVALUATION)
TEMPERATURE = record({"temperature": number(0), "fitted": FLAG, "reason": nullable(TEXT)})
TRAINING = record(
    {
        "epochs": whole(1),
        "best_epoch": whole(1),
        "seconds": SECONDS,
        "tokens_per_second": number(0, 1e15),
        "parameters": COUNT,
    },
    {
        "metric": one_of(*CHOOSING, "mean"),
        "metrics": mapping_of(one_of(*CHOOSING), low=1),
        "dev_loss": nullable(LOSS),
        "confidence": nullable(_by_key("heads", record({"heads": mapping_of(TEMPERATURE)}), TEMPERATURE)),
    },
)
METRICS = record({"dev": nullable(SPLIT), "test": nullable(SPLIT), "training": TRAINING})

COUNTS: dict[str, Schema] = {
    **dict.fromkeys(("sentences", "tokens", "words"), COUNT),
    **dict.fromkeys(("unseen_words", "unseen_tokens"), nullable(COUNT)),
}
LENGTHS: dict[str, Schema] = dict.fromkeys(("median", "percentile_99", "longest"), nullable(COUNT))
OF_TAGS: dict[str, Schema] = {
    "tags": mapping_of(COUNT),
    "ambiguous_words": nullable(COUNT),
    "ambiguous_tokens": nullable(COUNT),
}
OF_A_HEAD = record({"sentences": COUNT, "n_tags": COUNT, **OF_TAGS})


def data_schema(*, is_plain: bool) -> Schema:
    """Schema of `data.json`; `is_plain` says whether the only head is one of tags without a name."""
    splits = record({**COUNTS, **OF_TAGS}, {**LENGTHS, "n_tags": COUNT, "heads": NO_KEY})
    if not is_plain:
        splits = record({**COUNTS, "heads": mapping_of(OF_A_HEAD)}, LENGTHS)
    with_train = _such_that(mapping_of(splits), lambda value: "train" in value, "train among the splits")
    return record({"splits": with_train, "start": nullable(TEXT)})


EPOCH: dict[str, Schema] = {
    "number": whole(1),
    "loss": LOSS,
    "score": nullable(RATIO),
    "is_best": FLAG,
    "learning_rate": number(0, 1e12),
    "seconds": SECONDS,
}
# A history may be that of another version; training resumes from all keys of an epoch.
HISTORY = list_of(record(EPOCH, {"dev_loss": nullable(LOSS)}))
RESUMED = list_of(record({**EPOCH, "training_seconds": SECONDS}, {"dev_loss": nullable(LOSS)}, closed=True))


def check_epochs(epochs: Any, schema: Schema, key: str) -> None:
    """Check the epochs of a training.

    Raises:
        ValueError: a key differs, they are not numbered from 1, only some have a score, or none is the best.
    """
    check(epochs, schema, key)
    for i, epoch in enumerate(epochs):
        if epoch["number"] != i + 1:
            raise ValueError(f"{key}[{i}].number: expected {i + 1}, got {epoch['number']}")
        if (epoch["score"] is None) != (epochs[0]["score"] is None):
            raise ValueError(f"{key}[{i}].score: expected one for each epoch, or none")
    if epochs and not any(epoch["is_best"] for epoch in epochs):
        raise ValueError(f"{key}: expected a best epoch")

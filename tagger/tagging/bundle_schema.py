"""Schemas of a bundle's JSON: `bundle.json` in its current form and in format 3, and the lines of `golden.jsonl`."""

import codecs
from collections.abc import Mapping
from typing import Any, get_args

from tagger.border.schema import (
    FLAG,
    TEXT,
    Schema,
    either,
    list_of,
    mapping_of,
    nullable,
    number,
    one_of,
    record,
    variant,
    whole,
)
from tagger.bounds import MOST_DURATION, MOST_LAYERS, MOST_UNITS
from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Scheme
from tagger.format_names import Format
from tagger.heads.chain import Decode
from tagger.heads.pooling import Pool
from tagger.inputs.affixes import Part
from tagger.inputs.cells import CELLS
from tagger.inputs.recurrent import Merge

WIDTH = whole(1, 2 * MOST_UNITS)
IDS = whole(2)  # padding and the unknown symbol included
MAX_INDEX = 1 << 20  # columns of a file
NAMED_COLUMN = either(TEXT, whole(-MAX_INDEX, MAX_INDEX))
COLUMN = nullable(NAMED_COLUMN)
TEXTS = list_of(TEXT)
PAIRS = list_of(list_of(TEXT, 2, 2))
TEMPERATURES = 1e-6, 1e6  # training fits one from 0.1 to 20


def _is_encoding(name: Any) -> bool:
    try:
        return name == "auto" or (isinstance(codecs.lookup(name), codecs.CodecInfo) and "".encode(name) is not None)
    except (LookupError, TypeError, ValueError):
        return False


def _kind(keys: Mapping[str, Schema], optional: Mapping[str, Schema] = {}) -> Schema:
    """A record with a kind, and no further keys."""
    return record({"kind": TEXT, **keys}, optional, closed=True)


INPUT = variant(
    "kind",
    {
        "words": _kind({"n_ids": IDS, "lowercase": FLAG, "dim": nullable(WIDTH)}),
        "casing": _kind({}),
        "characters": _kind({"n_ids": IDS, "encoder": one_of("lstm", "cnn"), "dim": WIDTH, "units": WIDTH}),
        "affix": _kind({"n_ids": IDS, "part": one_of(*get_args(Part)), "length": whole(0, MOST_UNITS), "dim": WIDTH}),
        "column": _kind({"n_ids": IDS, "number": whole(1, MAX_INDEX), "column": TEXT, "dim": WIDTH}),
        "numbers": _kind(
            {"columns": list_of(TEXT, 1)},
            {
                "mean": nullable(list_of(number())),
                "deviation": nullable(list_of(number(above=0))),
                "missing": one_of("forward", "mean"),
                "fill": list_of(number()),
                "indicators": list_of(whole(0, MAX_INDEX)),
            },
        ),
    },
)
HEAD = variant(
    "kind",
    {
        "softmax": _kind({"n_tags": whole(1)}, {"name": TEXT, "pool": nullable(one_of(*get_args(Pool)))}),
        "crf": _kind({"n_tags": whole(1)}, {"name": TEXT}),
    },
)
LAYERS: dict[str, Schema] = {
    "cell": one_of(*CELLS),
    "units": list_of(whole(1, MOST_UNITS), 1, MOST_LAYERS),
    "bidirectional": FLAG,
    "merge": one_of(*get_args(Merge)),
    "reset_after": FLAG,
}
LAYER_OPTIONS: dict[str, Schema] = {"residual": FLAG, "layer_norm": FLAG}

ANSWER = record(
    {"name": TEXT, "kind": one_of(*get_args(AnswerKind)), "column": COLUMN},
    {"map": PAIRS, "own_key": TEXT},
    closed=True,
)
LAYOUT_KEYS: dict[str, Schema] = {
    "format": one_of(*get_args(Format)),
    "token": COLUMN,
    "tag": COLUMN,
    "numeric": list_of(NAMED_COLUMN),
    "sentence": COLUMN,
    "per_row": one_of("token", "sentence"),
    "comments": FLAG,
    "encoding": Schema("the name of an encoding", _is_encoding),
    "map": PAIRS,
    "columns": list_of(NAMED_COLUMN),
    "group": COLUMN,
    "decimal": one_of(".", ","),
    "bad_rows": one_of("error", "skip"),
    "answers": list_of(ANSWER),
    "missing_numbers": FLAG,
}

SPELLING = record({"letters": TEXT}, {"outside": TEXT, "separator": TEXT, "is_suffix": FLAG}, closed=True)
TARGET_KEYS: dict[str, Schema] = {
    "scheme": one_of(*get_args(Scheme)),
    "spelling": nullable(SPELLING),
    "scheme_train": one_of(*get_args(Scheme)),
    "file_tags": TEXTS,
    "decode": one_of(*get_args(Decode)),
    "temperature": number(*TEMPERATURES),
    "ignore": TEXTS,
    "majority_tag": TEXT,
    "reads_words": FLAG,
}
DURATIONS: dict[str, Schema] = {"min_duration": list_of(whole(1, MOST_DURATION), 1)}  # only in format 7
TARGET = record({"name": TEXT, "kind": one_of(*get_args(AnswerKind)), "column": COLUMN, **TARGET_KEYS}, DURATIONS)
PROVENANCE = record({"data": mapping_of(TEXT), "seed": whole(), "versions": mapping_of(TEXT)})
BUNDLE_KEYS: dict[str, Schema] = {
    "network": record({"inputs": list_of(INPUT, 1), "heads": list_of(HEAD, 1), **LAYERS}, LAYER_OPTIONS, closed=True),
    "layout": record({}, LAYOUT_KEYS, closed=True),
    "provenance": PROVENANCE,
}

FORMATTED = record({"format": whole(0, MAX_INDEX)})
PLAIN_BUNDLE = record({**BUNDLE_KEYS, **TARGET_KEYS}, DURATIONS)
BUNDLE_OF_HEADS = record({**BUNDLE_KEYS, "heads": list_of(TARGET, 1)})
BUNDLE_OF_FORMAT_3 = record(
    {
        "network": record(
            {
                "words": nullable(record({"n_ids": IDS, "dim": nullable(WIDTH)})),
                "casing": FLAG,
                "characters": nullable(
                    record({"kind": one_of("lstm", "cnn"), "n_ids": IDS, "dim": WIDTH, "units": WIDTH}, closed=True)
                ),
                "symbols": list_of(record({"name": TEXT, "n_ids": IDS, "dim": WIDTH})),
                "n_numbers": whole(0, MAX_INDEX),
                "head": one_of("softmax", "crf"),
                "n_tags": whole(1),
                **LAYERS,
            },
            LAYER_OPTIONS,
        ),
        "features": record(
            {
                "lowercase": FLAG,
                "columns": TEXTS,
                "numeric": TEXTS,
                "scaling": nullable(
                    record({"mean": list_of(number()), "deviation": list_of(number(above=0))}, closed=True)
                ),
            }
        ),
    }
)

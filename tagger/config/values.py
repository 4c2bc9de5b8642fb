"""Types of values in a config, and its sections."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tagger.bounds import (
    LEAST_NUMBER,
    LEAST_SHARE,
    MOST,
    MOST_AFFIX,
    MOST_DURATION,
    MOST_NUMBER,
    MOST_TOKENS,
    MOST_UNITS,
)
from tagger.terminal_text import escaped_json


class Section(pydantic.BaseModel):
    """A table of the config; unknown keys and values of the wrong type are problems."""

    model_config = pydantic.ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


@dataclass(frozen=True)
class Values:
    """The values that a type allows, in words for the reference."""

    text: str


PLANNED, REQUIRED = "planned", "required"
MISSING = "missing_train"  # type of the problem that a config names no file to train on
AT_KEYS = "at_keys"  # type of problems that name their keys, see `problems_at`
SHARE_AS_TEXT = re.compile(r"\d*\.?\d+ ?%?")
N_DIGITS = 30  # longer whole numbers are not shown
BARE = r"[A-Za-z0-9_-]+"  # a key that TOML reads without quotes


def planned(default: Any, **rules: Any) -> Any:
    """A field whose value the plan may choose by the data if a config does not set it; `rules` are those of `Field`."""
    return Field(default=default, json_schema_extra={PLANNED: True}, **rules)


def absent(example: Any) -> Any:
    """A field without a default; the example shows in the reference how it is written."""
    return Field(default=None, examples=[example])


def problems_at(problems: Mapping[str, str]) -> PydanticCustomError:
    """The error of a validator with one problem or more, each of a key.

    Args:
        problems: message by key: a full key such as `data.tag`, or `.pool`, a key of the validated table.
    """
    return PydanticCustomError(AT_KEYS, "{problems}", {"problems": dict(problems)})


def shown(value: object) -> str:
    """A value as TOML writes it, on one line; None is written `false`."""
    if isinstance(value, dict):
        pairs = (f"{key if re.fullmatch(BARE, key) else shown(key)} = {shown(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, str):
        return escaped_json(json.dumps(value, ensure_ascii=False))
    if isinstance(value, int) and abs(value) >= 10**N_DIGITS:  # str refuses numbers of thousands of digits
        return f"a number of more than {N_DIGITS} digits"
    return str(value or False).lower() if value is None or isinstance(value, bool) else str(value)


def _column(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"should be a column's name or index, got {shown(value)}")
    if isinstance(value, int) and abs(value) > MOST:
        raise ValueError(f"should be the index of a column, at most {MOST:,}, got {shown(value)}")
    return value


def _file_or_share(value: object) -> object:
    if isinstance(value, str) and SHARE_AS_TEXT.fullmatch(value):
        raise ValueError(f'a share is a number without quotes and "%", such as 0.1, got {shown(value)}')
    if (
        isinstance(value, bool)
        or not isinstance(value, str | float)
        or (isinstance(value, float) and not LEAST_SHARE <= value < 1)
    ):
        expected = "should be a file, or the share of train to split off, between 0 and 1"
        least = f"; the least is {LEAST_SHARE:f}" if isinstance(value, float) and 0 < value < LEAST_SHARE else ""
        raise ValueError(f"{expected}, got {shown(value)}{least}")
    return value


def _class_weights(value: object) -> object:
    if value not in ("none", "balanced", "sqrt") and not isinstance(value, dict):
        expected = 'should be "none", "balanced", "sqrt" or a table { TAG = weight }'
        raise ValueError(f"{expected}, got {shown(value)}")
    for tag, weight in value.items() if isinstance(value, dict) else ():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= MOST_NUMBER:
            most = f", at most {MOST_NUMBER:g}" if isinstance(weight, int | float) and weight > 0 else ""
            raise ValueError(f"the weight of {tag} should be a number greater than 0{most}, got {shown(weight)}")
    return value


def _min_duration(value: object) -> object:
    for name, steps in value.items() if isinstance(value, dict) else [("", value)]:
        if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_DURATION:
            of_state = f" of {name}" if name else ""
            rule = f"should be a whole number of steps from 1 to {MOST_DURATION:,}"
            raise ValueError(f"the duration{of_state} {rule}{'' if name else ', or a table'}, got {shown(steps)}")
    return value


FileOrShare = Annotated[str | float, BeforeValidator(_file_or_share), Values("a file | a share of train, 0 to 1")]
ClassWeights = Annotated[
    str | dict[str, float],
    BeforeValidator(_class_weights),
    Values("none | balanced | sqrt | a table { TAG = weight }"),
]
MinDuration = Annotated[
    int | dict[str, int],
    BeforeValidator(_min_duration),
    Values(f"a whole number from 1 to {MOST_DURATION:,} | a table {{ STATE = steps }}"),
]
Column = Annotated[str | int, BeforeValidator(_column), Values("a column: its name, or its index from 0")]
Tag = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(gt=0, le=MOST), Values(f"a whole number from 1 to {MOST:,}")]
Size = Annotated[int, Field(gt=0, le=MOST_UNITS), Values(f"a whole number from 1 to {MOST_UNITS:,}")]
AffixLength = Annotated[int, Field(gt=0, le=MOST_AFFIX), Values(f"a whole number from 1 to {MOST_AFFIX}")]
Tokens = Annotated[int, Field(gt=0, le=MOST_TOKENS), Values(f"a whole number from 1 to {MOST_TOKENS:,}")]
Positive = Annotated[
    float, Field(gt=0, ge=LEAST_NUMBER, le=MOST_NUMBER), Values(f"a number greater than 0, at most {MOST_NUMBER:g}")
]
Share = Annotated[float, Field(ge=0, lt=1), Values("a number from 0, less than 1")]
Seed = Annotated[int, Field(ge=0, lt=2**32), Values("a whole number from 0")]
Metric = Literal["auto", "accuracy", "macro_f1", "span_f1", "segment_f1"]

"""Types of values in a config, and its sections."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


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
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value or False).lower() if value is None or isinstance(value, bool) else str(value)


def _column(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"should be a column's name or index, got {shown(value)}")
    return value


def _file_or_share(value: object) -> object:
    if isinstance(value, str) and SHARE_AS_TEXT.fullmatch(value):
        raise ValueError(f'a share is a number without quotes and "%", such as 0.1, got {shown(value)}')
    if (
        isinstance(value, bool)
        or not isinstance(value, str | float)
        or (isinstance(value, float) and not 0 < value < 1)
    ):
        raise ValueError(f"should be a file, or the share of train to split off, between 0 and 1, got {shown(value)}")
    return value


def _class_weights(value: object) -> object:
    if value not in ("none", "balanced") and not isinstance(value, dict):
        raise ValueError(f'should be "none", "balanced" or a table {{ TAG = weight }}, got {shown(value)}')
    for tag, weight in value.items() if isinstance(value, dict) else ():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise ValueError(f"the weight of {tag} should be a number greater than 0, got {shown(weight)}")
    return value


FileOrShare = Annotated[str | float, BeforeValidator(_file_or_share), Values("a file | a share of train, 0 to 1")]
ClassWeights = Annotated[
    str | dict[str, float], BeforeValidator(_class_weights), Values("none | balanced | a table { TAG = weight }")
]
Column = Annotated[str | int, BeforeValidator(_column), Values("a column: its name, or its index from 0")]
Tag = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(gt=0), Values("a whole number, at least 1")]
Positive = Annotated[float, Field(gt=0), Values("a number greater than 0")]
Share = Annotated[float, Field(ge=0, lt=1), Values("a number from 0, less than 1")]
Seed = Annotated[int, Field(ge=0, lt=2**32), Values("a whole number from 0")]
Metric = Literal["auto", "accuracy", "macro_f1", "span_f1"]

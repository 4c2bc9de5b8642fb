"""Kinds of values that keys may have, and a section of them."""

from typing import Annotated, Literal

import pydantic
from pydantic import BeforeValidator, Field


class Section(pydantic.BaseModel):
    """A table of the config: unknown keys are problems, and so is a value of another type."""

    model_config = pydantic.ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def shown(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {shown(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _column(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"should be a column's name or index, got {shown(value)}")
    return value


def _file_or_share(value: object) -> object:
    if (
        isinstance(value, bool)
        or not isinstance(value, str | float)
        or (isinstance(value, float) and not 0 < value < 1)
    ):
        raise ValueError(f"should be a file, or the share of train to cut off, between 0 and 1, got {shown(value)}")
    return value


def _class_weights(value: object) -> object:
    if value not in ("none", "balanced") and not isinstance(value, dict):
        raise ValueError(f'should be "none", "balanced" or a table {{ TAG = weight }}, got {shown(value)}')
    for tag, weight in value.items() if isinstance(value, dict) else ():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise ValueError(f"the weight of {tag} should be a number greater than 0, got {shown(weight)}")
    return value


FileOrShare = Annotated[str | float, BeforeValidator(_file_or_share)]
ClassWeights = Annotated[str | dict[str, float], BeforeValidator(_class_weights)]
Column = Annotated[str | int, BeforeValidator(_column)]
Tag = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Metric = Literal["auto", "accuracy", "macro_f1", "span_f1"]  # headlines of an evaluation

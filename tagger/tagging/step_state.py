"""The state of a stepper as JSON, which may come from a stranger."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tagger.border.schema import TEXT, check, list_of, nullable, number, record, whole
from tagger.corpus.sentence import Sentence
from tagger.heads.online import Prefix
from tagger.tagging.step_engine import States, StepEngine

SINGLE = number(-3.4028235e38, 3.4028235e38)


def states_to_json(states: States) -> dict[str, list[float]]:
    """The states of the network by name; a number in single precision is read back exactly."""
    return {name: values[0].tolist() for name, values in states.items()}


def states_of_json(states: Mapping[str, Sequence[float]]) -> States:
    """The reverse of `states_to_json`."""
    return {name: np.array([values], np.float32) for name, values in states.items()}


def numbers_to_json(numbers: Sequence[float] | None) -> list[float | None] | None:
    """The last known number of each column, null where none is known."""
    return None if numbers is None else [None if math.isnan(value) else value for value in numbers]


def numbers_of_json(numbers: Sequence[float | None] | None) -> tuple[float, ...] | None:
    """The reverse of `numbers_to_json`."""
    return None if numbers is None else tuple(math.nan if value is None else value for value in numbers)


def step_to_json(step: Sentence) -> dict[str, Any]:
    """A sentence of one step."""
    numbers = step.numbers and numbers_to_json(step.numbers[0])
    return {"token": step.tokens[0], "numbers": numbers, "columns": step.columns and [*step.columns[0]]}


def step_of_json(step: Mapping[str, Any]) -> Sentence:
    """The reverse of `step_to_json`."""
    numbers, columns = numbers_of_json(step["numbers"]), step["columns"]
    return Sentence(
        (step["token"],),
        numbers=None if numbers is None else (numbers,),
        columns=None if columns is None else (tuple(columns),),
    )


def decoded_to_json(decoded: Prefix) -> dict[str, Any]:
    """The steps that are decoded so far, null for -inf."""
    sums = decoded.sums
    finite = None if sums is None else [value if math.isfinite(value) else None for value in sums.tolist()]
    return {"last": decoded.last, "sums": finite}


def decoded_of_json(decoded: Mapping[str, Any]) -> Prefix:
    """The reverse of `decoded_to_json`."""
    sums = decoded["sums"]
    return Prefix(
        decoded["last"], None if sums is None else np.array([-np.inf if value is None else value for value in sums])
    )


def check_state(state: Mapping[str, Any], engine: StepEngine, *, n_numbers: int, n_tags: Mapping[str, int]) -> None:
    """Check the state of a stepper.

    Args:
        state: as returned by `Stepper.state`, perhaps of another tagger.
        engine: the engine of the tagger.
        n_numbers: number of numeric columns that it reads.
        n_tags: number of tags of each head that tags step by step.

    Raises:
        ValueError: it is of another tagger, or names the key that is wrong.
    """
    check(state, record({"tagger": TEXT}))
    if state["tagger"] != engine.checksum:
        raise ValueError("it was saved by another tagger")
    units = {name: list_of(SINGLE, values.size, values.size) for name, values in engine.start.items()}
    numbers = list_of(nullable(number()), n_numbers, n_numbers)
    decoded = {
        name: record({"last": nullable(whole(0, n - 1)), "sums": nullable(list_of(nullable(number()), n, n))})
        for name, n in n_tags.items()
    }
    step = record({"token": TEXT, "numbers": nullable(numbers), "columns": nullable(list_of(TEXT))})
    parts = {
        "states": record(units, closed=True),
        "numbers": nullable(numbers),
        "decoded": record(decoded, closed=True),
        "held": list_of(step),
    }
    check(state, record(parts))

"""Small networks and datasets for tests with TensorFlow."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tagger.encoding.batches import Batch, CharacterIds, Dataset, Forms
from tagger.heads import KINDS
from tagger.inputs import Input
from tagger.inputs.casing import Casing
from tagger.inputs.characters import Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.fitting import FittedInput
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tests.networks import characters, column, n_ids, numbers, words

N_IDS, N_TAGS, N_FORMS = 12, 4, 5
WORDS, CHARACTERS, COLUMNS = words(N_IDS, 5), characters("lstm", 8, 3, 2), (column(1, 7, 3),)

NOTHING: dict[str, Any] = {"words": None, "casing": False, "n_numbers": 0, "columns": (), "characters": None}


def architecture(
    *,
    words: WordInput | None = WORDS,
    casing: bool = True,
    characters: Characters | None = CHARACTERS,
    columns: Sequence[ColumnInput] = COLUMNS,
    n_numbers: int = 2,
    head: str = "softmax",
    n_tags: int = N_TAGS,
    **changes: Any,
) -> Architecture:
    """A network with most kinds of inputs and one small layer, unless the arguments say otherwise."""
    inputs: list[Input] = [
        *([words] if words else []),
        *([Casing()] if casing else []),
        *([characters] if characters else []),
        *columns,
        *([numbers(n_numbers)] if n_numbers else []),
    ]
    layers = {"cell": "lstm", "units": (4,), "bidirectional": True, "merge": "concat", "reset_after": True, **changes}
    return Architecture(**layers, inputs=tuple(inputs), heads=(KINDS[head](n_tags),))


def fitted(network: Architecture, name: str, unknown_rate: float, counts: Sequence[int]) -> list[FittedInput]:
    """One input of a network with its settings for training."""
    return [FittedInput(each, tuple(counts), unknown_rate) for each in network.inputs if each.name == name]


def dataset(network: Architecture, lengths: Sequence[int] = (5, 1, 3, 9), seed: int = 0) -> Dataset:
    """Random tagged sentences of the given lengths, with all inputs that the network reads."""
    rng = np.random.default_rng(seed)
    n_steps = sum(lengths)
    inputs: dict[str, Any] = {}
    forms = form = None
    for each in network.inputs:
        if isinstance(each, Numbers):
            inputs[each.name] = rng.normal(size=(n_steps, each.width)).astype(np.float32)
        elif isinstance(each, Characters):
            form_lengths = rng.integers(1, 7, N_FORMS).astype(np.int32)
            ids = rng.integers(1, n_ids(each), (N_FORMS, 6)) * (np.arange(6) < form_lengths[:, None])
            form = rng.integers(0, N_FORMS, n_steps).astype(np.int32)
            forms = Forms({}, CharacterIds(ids.astype(np.int32), form_lengths))
        else:
            inputs[each.name] = rng.integers(1, n_ids(each), n_steps).astype(np.int32)
    tags = {head.name: rng.integers(0, head.n_tags, n_steps).astype(np.int32) for head in network.heads}
    return Dataset(inputs, tags, np.cumsum([0, *lengths]), forms, form)


def feed(batch: Batch) -> dict[str, Any]:
    """Inputs of the Keras model for a batch."""
    return {**batch.inputs, "lengths": batch.lengths}


def is_step(batch: Batch) -> np.ndarray[Any, Any]:
    """(batch, time) whether a step is real."""
    width = batch.tags["head"].shape[1] if batch.tags else int(batch.lengths.max())
    mask: np.ndarray[Any, Any] = np.arange(width) < batch.lengths[:, None]
    return mask

"""Small networks and batches that tests with TensorFlow share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tagger.encoding import batches
from tagger.encoding.batches import Batch, Dataset, Forms
from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import Architecture, Characters, Symbols, Words

N_IDS, N_TAGS, N_FORMS = 12, 4, 5

NOTHING: dict[str, Any] = {"words": None, "casing": False, "n_numbers": 0, "symbols": (), "characters": None}


def architecture(**changes: Any) -> Architecture:
    """A network of all kinds of inputs and one small layer, but for what is said otherwise."""
    defaults: dict[str, Any] = {
        "words": Words(N_IDS, 5),
        "casing": True,
        "n_numbers": 2,
        "cell": "lstm",
        "units": (4,),
        "bidirectional": True,
        "merge": "concat",
        "reset_after": True,
        "n_tags": N_TAGS,
        "characters": Characters("lstm", 8, 3, 2),
        "symbols": (Symbols("column_1", 7, 3),),
    }
    return Architecture(**{**defaults, **changes})


def dataset(network: Architecture, lengths: Sequence[int] = (5, 1, 3, 9), seed: int = 0) -> Dataset:
    """Random sentences of given lengths, with what the network reads, and tags."""
    rng = np.random.default_rng(seed)
    n_steps = sum(lengths)
    inputs: dict[str, Any] = {}
    if network.words:
        inputs["words"] = rng.integers(1, network.words.n_ids, n_steps).astype(np.int32)
    if network.casing:
        inputs["casing"] = rng.integers(1, len(CASINGS) + 1, n_steps).astype(np.int32)
    for symbols in network.symbols:
        inputs[symbols.name] = rng.integers(1, symbols.n_ids, n_steps).astype(np.int32)
    forms = form = None
    if network.characters:
        form_lengths = rng.integers(1, 7, N_FORMS).astype(np.int32)
        ids = rng.integers(1, network.characters.n_ids, (N_FORMS, 6)) * (np.arange(6) < form_lengths[:, None])
        form = rng.integers(0, N_FORMS, n_steps).astype(np.int32)
        forms = Forms({}, batches.Characters(ids.astype(np.int32), form_lengths))
    if network.n_numbers:
        inputs["numbers"] = rng.normal(size=(n_steps, network.n_numbers)).astype(np.float32)
    tags = rng.integers(0, network.n_tags, n_steps).astype(np.int32)
    return Dataset(inputs, tags, np.cumsum([0, *lengths]), forms, form)


def feed(batch: Batch) -> dict[str, Any]:
    """What the Keras model takes of a batch."""
    return {**batch.inputs, "lengths": batch.lengths}


def is_step(batch: Batch) -> np.ndarray[Any, Any]:
    """(batch, time) whether a step is real."""
    width = int(batch.lengths.max()) if batch.tags is None else batch.tags.shape[1]
    mask: np.ndarray[Any, Any] = np.arange(width) < batch.lengths[:, None]
    return mask

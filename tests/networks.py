"""Small networks of every kind, and batches for them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tagger.config import Features
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Floats, Reals
from tagger.encoding.batches import Batch
from tagger.encoding.vocabulary import Vocabulary
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs import Input, fit_inputs, is_form_input
from tagger.inputs.affixes import Affix
from tagger.inputs.casing import CASINGS, Casing
from tagger.inputs.characters import Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput, TrainingData
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.engine import Engine, Logits

LENGTHS = (1, 4, 7, 2)


def vocabulary(n_ids: int) -> Vocabulary:
    """A vocabulary of `n_ids` ids, padding and unknown included."""
    return Vocabulary(tuple(f"symbol {i}" for i in range(n_ids - 2)))


def words(n_ids: int, dim: int | None) -> WordInput:
    return WordInput(vocabulary(n_ids), lowercase=True, dim=dim)


def characters(encoder: Any, n_ids: int, dim: int, units: int) -> Characters:
    return Characters(vocabulary(n_ids), encoder, dim, units)


def column(number: int, n_ids: int, dim: int) -> ColumnInput:
    return ColumnInput(vocabulary(n_ids), number, f"column {number}", dim)


def numbers(n: int) -> Numbers:
    return Numbers(tuple(f"number {i}" for i in range(n)))


def n_ids(network_input: Input) -> int:
    """Number of ids of an input, padding included."""
    symbols = network_input.vocabulary
    return len(CASINGS) + 1 if symbols is None else len(symbols)


def ragged_batch(architecture: Architecture, *, extra: int = 0) -> Batch:
    """A batch of sentences of `LENGTHS` steps, with random values as padding and `extra` more steps of it."""
    rng = np.random.default_rng(7)
    shape = (len(LENGTHS), max(LENGTHS) + 64)  # drawn at full width, so that real steps do not depend on `extra`
    inputs: dict[str, Array] = {}
    for each in architecture.inputs:
        if isinstance(each, Numbers):
            inputs[each.name] = rng.normal(0, 1, (*shape, each.width)).astype(np.float32)
        elif isinstance(each, Characters):
            inputs["forms"] = rng.integers(0, 4, shape).astype(np.int32)
        else:
            inputs[each.name] = rng.integers(0, n_ids(each), shape).astype(np.int32)
    width = max(LENGTHS) + extra
    inputs = {name: np.ascontiguousarray(values[:, :width]) for name, values in inputs.items()}
    if "forms" in inputs:
        (character_input,) = (each for each in architecture.inputs if isinstance(each, Characters))
        inputs["characters"] = rng.integers(0, n_ids(character_input), (4, 6)).astype(np.int32)
        inputs["form_lengths"] = np.array([1, 6, 3, 2], np.int32)
    return Batch(
        inputs=inputs,
        lengths=np.array(LENGTHS, np.int32),
        positions=np.arange(len(LENGTHS)),
        tags={},
    )


def sentence_of(batch: Batch, row: int) -> Batch:
    """One sentence of a batch as a batch of its own, without padding."""
    length = batch.lengths[row]
    per_form = ("characters", "form_lengths")
    inputs = {name: x if name in per_form else x[row : row + 1, :length] for name, x in batch.inputs.items()}
    return Batch(inputs, batch.lengths[row : row + 1], batch.positions[row : row + 1], {})


def logits_of(engine: Engine, architecture: Architecture, batch: Batch) -> Floats:
    """The engine's logits of the head of a plain network."""
    return head_logits(engine, architecture, batch)["head"]


def head_logits(engine: Engine, architecture: Architecture, batch: Batch) -> Logits:
    """The engine's logits of each head for a batch; each step counts as a form of its own."""
    inputs, shape = dict(batch.inputs), (len(batch.lengths), next(_widths(batch)))
    form_inputs: dict[str, Array] = {}
    for each in architecture.inputs:
        if isinstance(each, Characters):
            forms = inputs["forms"].ravel()
            form_inputs |= {name: inputs.pop(name)[forms] for name in ("characters", "form_lengths")}
        elif is_form_input(each):
            form_inputs[each.name] = inputs.pop(each.name).ravel()
    rows = None
    if form_inputs:
        inputs["forms"] = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
        batch, rows = replace(batch, inputs=inputs), engine.form_rows(form_inputs)
    (logits,) = engine.logits([batch], rows)
    return logits


def _widths(batch: Batch) -> Iterator[int]:
    return (values.shape[1] for name, values in batch.inputs.items() if name not in ("characters", "form_lengths"))


def real_steps(logits: Reals) -> Reals:
    return np.concatenate([rows[:length] for rows, length in zip(logits, LENGTHS, strict=True)])


def real_logits(logits: Mapping[str, Iterable[Reals]], lengths: Sequence[int] = LENGTHS) -> Reals:
    """All logits of labels and of real steps, head by head, in one row."""
    rows = [row[:length].ravel() for name in sorted(logits) for row, length in zip(logits[name], lengths, strict=True)]
    return np.concatenate(rows)


ALL_INPUTS = Architecture(
    inputs=(words(6, 5), Casing(), numbers(2)),
    cell="lstm",
    units=(4,),
    bidirectional=False,
    merge="concat",
    reset_after=True,
    heads=(Softmax(3),),
)
CELLS = [("simple_rnn", True), ("lstm", True), ("gru", True), ("gru", False)]
DIRECTIONS = [(False, "concat"), (True, "concat"), (True, "sum"), (True, "mul"), (True, "ave")]
RECURRENT = [
    replace(ALL_INPUTS, cell=cell, reset_after=reset_after, bidirectional=bidirectional, merge=merge, units=units)  # type: ignore[arg-type]
    for (cell, reset_after), (bidirectional, merge), units in itertools.product(CELLS, DIRECTIONS, [(4,), (4, 3)])
]
DEEP = [
    replace(ALL_INPUTS, units=(4, 4, 4), bidirectional=True, residual=residual, layer_norm=layer_norm)
    for residual, layer_norm in [(True, False), (False, True), (True, True)]
]
INPUTS = [
    *(
        replace(ALL_INPUTS, inputs=inputs)
        for inputs in (
            (words(6, None),),
            (words(6, None), Casing(), numbers(2)),
            (Casing(),),
            (numbers(2),),
            (words(6, 5), Casing(), characters("lstm", 7, 3, 2), numbers(2)),
            (words(6, 5), Casing(), characters("cnn", 7, 3, 5), numbers(2)),
            (words(6, 5), Casing(), column(1, 5, 3), column(2, 4, 2), numbers(2)),
            (Affix(vocabulary(5), "suffix", 2, 3), Affix(vocabulary(4), "shape", 0, 2), column(1, 5, 3)),
        )
    ),
    replace(ALL_INPUTS, heads=(CRF(3),)),
]
LABEL = Softmax(5, "intent", "last")
# Networks of several heads, or of labels: each pooling in one direction and in two, each merge below another layer and
# at the top, and each kind of layer below a pooling.
HEADS = [
    *(
        replace(ALL_INPUTS, bidirectional=bidirectional, merge=merge, units=(4, 3), heads=(LABEL,))  # type: ignore[arg-type]
        for bidirectional, merge in DIRECTIONS
    ),
    replace(ALL_INPUTS, inputs=(numbers(2),), cell="gru", heads=(LABEL,)),
    replace(
        ALL_INPUTS, inputs=(numbers(8),), cell="simple_rnn", bidirectional=True, heads=(replace(LABEL, pool="max"),)
    ),
    replace(ALL_INPUTS, heads=(Softmax(3, "upos"), replace(LABEL, pool="mean"))),
    replace(ALL_INPUTS, bidirectional=True, merge="sum", heads=(Softmax(3, "upos"), replace(LABEL, pool="max"))),
    replace(ALL_INPUTS, cell="gru", reset_after=False, heads=(Softmax(3, "upos"), CRF(4, "names"))),
    replace(DEEP[2], heads=(Softmax(2, "a", "last"), Softmax(3, "b", "mean"), Softmax(4, "c", "max"), CRF(2, "d"))),
]
# Each cell in one direction and in two, each merge before another layer, and all kinds of inputs.
NETWORKS = [
    *(network for network in RECURRENT if network.merge == "concat" and len(network.units) == 1),
    *(n for n in RECURRENT if n.merge != "concat" and len(n.units) == 2 and n.cell == "lstm"),
    *DEEP,
    *INPUTS,
]


def name_of(architecture: Architecture) -> str:
    directions = architecture.merge if architecture.bidirectional else "forward"
    inputs = "+".join(f"{each.name}{each.width}" for each in architecture.inputs)
    reset = "" if architecture.reset_after else "_reset_before"
    deep = "-residual" * architecture.residual + "-layer_norm" * architecture.layer_norm
    heads = "-".join(head.kind if head.pool is None else head.pool for head in architecture.heads)
    return f"{architecture.cell}{reset}-{directions}-{architecture.units}-{inputs}{deep}-{heads}"


def fit(features: Features, train: list[Sentence], known: Iterable[Input] = (), **data: Any) -> dict[str, FittedInput]:
    """FittedInput inputs of a config's features, by name."""
    return {
        each.input.name: each for each in fit_inputs(features, TrainingData(Sentences.collect(train), **data), known)
    }


def encoder_of(features: Features, train: list[Sentence]) -> Encoder:
    return Encoder(tuple(each.input for each in fit(features, train).values()))

"""The ONNX graph against the equations of the cells, one step of one sentence at a time."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest

from tagger.encoding.batches import Array, Batch, Doubles, Floats, Ids, Reals
from tagger.encoding.casing import CASINGS
from tagger.errors import BundleError
from tagger.tagging.architecture import NORM_EPSILON, Architecture, Characters, Graphs, Recurrent, Symbols, Words
from tagger.tagging.engine import Engine
from tagger.tagging.graph import Weights, build_graphs
from tests.bundles import random_weights

LENGTHS = (1, 4, 7, 2)


def sigmoid(x: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-x)))


def states(layer: Recurrent, steps: Doubles, kernel: Floats, recurrent: Floats, bias: Floats) -> Doubles:
    """(time, inputs) to (time, units) in one direction; weights as Keras orders them.

    LSTM: i, f, c, o of Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000);
    GRU: z, r, h of Cho et al. (2014), the reset gate before or after the recurrent product.
    """
    hidden, cell, found = np.zeros(layer.units), np.zeros(layer.units), []
    for step in steps:
        if layer.cell == "simple_rnn":
            hidden = np.tanh(step @ kernel + hidden @ recurrent + bias)
        elif layer.cell == "lstm":
            i, f, c, o = np.split(step @ kernel + hidden @ recurrent + bias, 4)
            cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
            hidden = sigmoid(o) * np.tanh(cell)
        else:
            of_input, of_recurrent = bias if layer.reset_after else (bias, np.zeros_like(bias))
            z, r, h = np.split(step @ kernel + of_input, 3)
            z_kernel, r_kernel, h_kernel = np.split(recurrent, 3, axis=1)
            z_bias, r_bias, h_bias = np.split(of_recurrent, 3)
            z = sigmoid(z + hidden @ z_kernel + z_bias)
            r = sigmoid(r + hidden @ r_kernel + r_bias)
            if layer.reset_after:
                candidate = np.tanh(h + r * (hidden @ h_kernel + h_bias))
            else:
                candidate = np.tanh(h + (r * hidden) @ h_kernel)
            hidden = z * hidden + (1 - z) * candidate
        found.append(hidden)
    return np.stack(found)


def characters_by_hand(characters: Characters, weights: Weights, ids: Ids) -> Doubles:
    """(width,) of one word."""
    steps = weights["characters"][ids].astype(np.float64)
    if characters.kind == "lstm":
        last = []
        for direction, order in (("forward", 1), ("backward", -1)):
            of_layer = (weights[f"characters/{direction}/{weight}"] for weight in ("kernel", "recurrent", "bias"))
            last.append(states(characters.lstm, steps[::order], *of_layer)[-1])
        return np.concatenate(last)
    padded = np.pad(steps, ((1, 1), (0, 0)))
    filters = [np.einsum("kd,kdu->u", padded[i : i + 3], weights["characters/kernel"]) for i in range(len(ids))]
    return np.asarray(np.maximum(np.stack(filters) + weights["characters/bias"], 0).max(0))


def logits_by_hand(architecture: Architecture, weights: Weights, inputs: dict[str, Array], row: int, length: int):
    """(length, tags) of one sentence of a batch."""
    parts: list[Array] = []
    if architecture.words:
        ids = inputs["words"][row, :length].astype(int)
        one_hot = np.eye(architecture.words.n_ids)[:, 2:]
        parts.append((weights["words"] if architecture.words.dim else one_hot)[ids])
    if architecture.casing:
        parts.append(np.eye(len(CASINGS) + 1)[inputs["casing"][row, :length].astype(int), 1:])
    if architecture.characters:
        lengths = inputs["form_lengths"][inputs["forms"][row, :length]]
        ids = inputs["characters"][inputs["forms"][row, :length]]
        words = zip(ids, lengths, strict=True)
        parts.append(np.stack([characters_by_hand(architecture.characters, weights, i[:n]) for i, n in words]))
    parts += [weights[symbols.name][inputs[symbols.name][row, :length].astype(int)] for symbols in architecture.symbols]
    if architecture.n_numbers:
        parts.append(inputs["numbers"][row, :length])
    steps = np.concatenate(parts, axis=1, dtype=np.float64)
    merges: dict[str, Callable[[Doubles, Doubles], Any]]
    merges = {"sum": np.add, "mul": np.multiply, "ave": lambda a, b: (a + b) / 2, "concat": lambda a, b: np.c_[a, b]}
    for i, layer in enumerate(architecture.layers, 1):
        entering, both = steps, []
        if layer.norm:
            centred = steps - steps.mean(-1, keepdims=True)
            steps = centred / np.sqrt(np.square(centred).mean(-1, keepdims=True) + NORM_EPSILON)
            steps = steps * weights[f"norm_{i}/scale"] + weights[f"norm_{i}/offset"]
        for direction in layer.directions:
            name = f"{layer.cell}_{i}/{direction}"
            order = slice(None, None, -1 if direction == "backward" else None)
            of_layer = (weights[f"{name}/{weight}"] for weight in ("kernel", "recurrent", "bias"))
            both.append(states(layer, steps[order], *of_layer)[order])
        steps = merges[layer.merge](*both) if layer.bidirectional else both[0]
        steps = steps + entering if layer.residual else steps
    return steps @ weights["head/kernel"] + weights["head/bias"]


def ragged_batch(architecture: Architecture, *, extra: int = 0) -> Batch:
    """Sentences of `LENGTHS` steps; behind their ends stands rubbish, and there are `extra` steps of it more."""
    rng = np.random.default_rng(7)
    shape = (len(LENGTHS), max(LENGTHS) + 50)  # drawn at full width, so that what is read is the same for any `extra`
    inputs: dict[str, Array] = {}
    if architecture.words:
        inputs["words"] = rng.integers(0, architecture.words.n_ids, shape).astype(np.int32)
    if architecture.casing:
        inputs["casing"] = rng.integers(0, len(CASINGS) + 1, shape).astype(np.int32)
    if architecture.characters:
        inputs["forms"] = rng.integers(0, 4, shape).astype(np.int32)
    for symbols in architecture.symbols:
        inputs[symbols.name] = rng.integers(0, symbols.n_ids, shape).astype(np.int32)
    if architecture.n_numbers:
        inputs["numbers"] = rng.normal(0, 1, (*shape, architecture.n_numbers)).astype(np.float32)
    width = max(LENGTHS) + extra
    inputs = {name: np.ascontiguousarray(values[:, :width]) for name, values in inputs.items()}
    if architecture.characters:
        inputs["characters"] = rng.integers(0, architecture.characters.n_ids, (4, 6)).astype(np.int32)
        inputs["form_lengths"] = np.array([1, 6, 3, 2], np.int32)
    return Batch(
        inputs=inputs,
        lengths=np.array(LENGTHS, np.int32),
        positions=np.arange(len(LENGTHS)),
        tags=None,
    )


def logits_of(engine: Engine, architecture: Architecture, batch: Batch) -> Floats:
    """The engine's logits of a batch as an encoder makes it, each of whose steps has a row of its own."""
    inputs, shape = dict(batch.inputs), (len(batch.lengths), next(_widths(batch)))
    of_forms: dict[str, Array] = {}
    for name, _, _ in architecture.of_forms:
        if name == "characters":
            forms = inputs["forms"].ravel()
            of_forms |= {each: inputs.pop(each)[forms] for each in ("characters", "form_lengths")}
        else:
            of_forms[name] = inputs.pop(name).ravel()
    rows = None
    if of_forms:
        inputs["forms"] = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
        batch, rows = replace(batch, inputs=inputs), engine.rows(of_forms)
    (found,) = engine.logits([batch], rows)
    return found


def _widths(batch: Batch) -> Iterator[int]:
    return (values.shape[1] for name, values in batch.inputs.items() if name not in ("characters", "form_lengths"))


def real_steps(logits: Reals) -> Reals:
    return np.concatenate([rows[:length] for rows, length in zip(logits, LENGTHS, strict=True)])


ALL_INPUTS = Architecture(
    words=Words(n_ids=6, dim=5),
    casing=True,
    n_numbers=2,
    cell="lstm",
    units=(4,),
    bidirectional=False,
    merge="concat",
    reset_after=True,
    n_tags=3,
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
    replace(ALL_INPUTS, words=Words(n_ids=6, dim=None), casing=False, n_numbers=0),
    replace(ALL_INPUTS, words=Words(n_ids=6, dim=None)),
    replace(ALL_INPUTS, words=None, n_numbers=0),
    replace(ALL_INPUTS, words=None, casing=False),
    replace(ALL_INPUTS, characters=Characters("lstm", n_ids=7, dim=3, units=2)),
    replace(ALL_INPUTS, characters=Characters("cnn", n_ids=7, dim=3, units=5)),
    replace(ALL_INPUTS, symbols=(Symbols("column_1", 5, 3), Symbols("column_2", 4, 2))),
    replace(ALL_INPUTS, head="crf"),
]


def name_of(architecture: Architecture) -> str:
    directions = architecture.merge if architecture.bidirectional else "forward"
    inputs = ("words" if architecture.words else "") + ("casing" if architecture.casing else "")
    reset = "" if architecture.reset_after else "_reset_before"
    inputs += f"characters_{architecture.characters.kind}" if architecture.characters else ""
    inputs += "".join(symbols.name for symbols in architecture.symbols)
    inputs += "-residual" * architecture.residual + "-layer_norm" * architecture.layer_norm
    return f"{architecture.cell}{reset}-{directions}-{architecture.units}-{inputs}{architecture.n_numbers}"


@pytest.mark.parametrize("architecture", RECURRENT + DEEP + INPUTS, ids=name_of)
def test_logits_are_what_the_equations_of_the_cell_give(architecture):
    weights, batch = random_weights(architecture), ragged_batch(architecture)

    found = logits_of(Engine(build_graphs(architecture, weights), threads=1), architecture, batch)

    by_hand = [logits_by_hand(architecture, weights, batch.inputs, i, length) for i, length in enumerate(LENGTHS)]
    assert found.shape == (len(LENGTHS), max(LENGTHS), architecture.n_tags)
    np.testing.assert_allclose(real_steps(found), np.concatenate(by_hand), atol=2e-5)


@pytest.mark.parametrize("architecture", RECURRENT, ids=name_of)
def test_more_padding_changes_nothing_whatever_stands_there(architecture):
    engine = Engine(build_graphs(architecture, random_weights(architecture)), threads=1)

    batches = (ragged_batch(architecture, extra=extra) for extra in (0, 50))
    found, padded = (logits_of(engine, architecture, batch) for batch in batches)

    np.testing.assert_allclose(real_steps(padded), real_steps(found), atol=1e-6)


def test_a_bidirectional_lstm_of_three_units_gives_the_states_of_the_worked_example():
    architecture = replace(ALL_INPUTS, words=None, casing=False, n_numbers=5, units=(3,), bidirectional=True, n_tags=6)
    weights = {"head/kernel": np.eye(6, dtype=np.float32), "head/bias": np.zeros(6, np.float32)}
    for direction in ("forward", "backward"):
        weights[f"lstm_1/{direction}/kernel"] = np.full((5, 12), 0.1, np.float32)
        weights[f"lstm_1/{direction}/recurrent"] = np.full((3, 12), 0.1, np.float32)
        weights[f"lstm_1/{direction}/bias"] = np.repeat(np.array([0, 1, 0, 0], np.float32), 3)
    numbers = [
        [0.1, 4.2, 1.5, 1.1, 2.8],
        [1.0, 3.1, 2.5, 0.7, 1.1],
        [0.3, 2.1, 1.5, 2.1, 0.1],
        [2.2, 1.4, 0.5, 0.9, 1.1],
    ]
    batch = Batch({"numbers": np.array([numbers], np.float32)}, np.array([4], np.int32), np.array([0]), None)

    (found,) = logits_of(Engine(build_graphs(architecture, weights)), architecture, batch)

    forward = [0.35906473, 0.55111325, 0.59115744, 0.6303138]
    backward = [0.7038734, 0.58863586, 0.3951699, 0.21942244]
    np.testing.assert_allclose(found, np.repeat(np.array([forward, backward]).T, 3, axis=1), atol=1e-6)


@pytest.mark.parametrize("architecture", RECURRENT + DEEP + INPUTS, ids=name_of)
def test_equal_weights_give_the_same_bytes(architecture):
    assert build_graphs(architecture, random_weights(architecture)) == build_graphs(
        architecture, dict(reversed(random_weights(architecture).items()))
    )


def test_other_weights_give_other_bytes():
    assert build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS)) != build_graphs(
        ALL_INPUTS, random_weights(ALL_INPUTS, seed=2)
    )


@pytest.mark.parametrize("part", Graphs._fields)
def test_a_graph_that_keeps_data_in_another_file_is_refused(part):
    graphs = build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS))
    model = onnx.load_from_string(getattr(graphs, part))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")

    with pytest.raises(BundleError, match=r"\.onnx keeps data outside the bundle, which is refused"):
        Engine(graphs._replace(**{part: model.SerializeToString()}))


def test_what_is_no_graph_is_told_and_prints_nothing(capfd):
    with pytest.raises(BundleError, match=r"tagger\.onnx cannot be loaded: "):
        Engine(Graphs(None, b"no graph"))

    assert capfd.readouterr() == ("", "")

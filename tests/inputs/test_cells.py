"""Recurrent cells in NumPy against the ONNX engine, and properties of the states of any recurrent layer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.encoding.arrays import Doubles
from tagger.inputs import cells
from tagger.inputs.cells import CellWeights
from tagger.inputs.recurrent import Recurrent, layer_directions, merge_directions
from tagger.inputs.stored import quantized
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs, rebuild_graphs
from tagger.tagging.graph_weights import graph_weights
from tagger.tagging.states import network_states
from tests.bundles import random_weights
from tests.networks import (
    CELLS,
    DIRECTIONS,
    HEADS,
    INPUTS,
    NETWORKS,
    head_logits,
    name_of,
    ragged_batch,
    real_logits,
)

BOTH_DIRECTIONS = st.sampled_from(
    [Recurrent("layer", cell, 3, 4, True, "concat", reset_after) for cell, reset_after in CELLS]
)
LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=4)


def layer_weights(layer: Recurrent, seed: int = 1):
    rng = np.random.default_rng(seed)
    width = layer.gate_width
    bias = (2, width) if layer.cell == "gru" and layer.reset_after else (width,)
    shapes = {"kernel": (layer.inputs, width), "recurrent": (layer.units, width), "bias": bias}
    return {
        f"{layer.name}/{direction}/{part}": rng.normal(0, 0.7, shape).astype(np.float32)
        for direction in layer.directions
        for part, shape in shapes.items()
    }


def column(value: float) -> Doubles:
    """A (1, 1) array."""
    return np.full((1, 1), value, np.float64)


def ragged_steps(lengths, seed=2):
    """Random steps of sentences of the given lengths, with NaN as padding."""
    steps = np.random.default_rng(seed).normal(size=(len(lengths), max(lengths), 3)).astype(np.float32)
    steps[np.arange(max(lengths)) >= np.array(lengths)[:, None]] = np.nan
    return steps


@pytest.mark.parametrize("architecture", NETWORKS + HEADS, ids=name_of)
def test_numpy_and_the_engine_give_the_same_logits_for_any_padding(architecture):
    weights = random_weights(architecture)
    engine = Engine(build_graphs(architecture, weights), threads=1)

    for batch in (ragged_batch(architecture), ragged_batch(architecture, extra=50)):
        _, logits = network_states(architecture, weights, batch)
        by_engine = head_logits(engine, architecture, batch)
        assert {*logits} == {*by_engine} == {head.name for head in architecture.heads}
        np.testing.assert_allclose(real_logits(logits), real_logits(by_engine), atol=1e-5)


@pytest.mark.parametrize("architecture", NETWORKS + HEADS, ids=name_of)
def test_weights_read_from_the_graphs_are_those_written(architecture):
    weights = random_weights(architecture)

    read_back = graph_weights(architecture, build_graphs(architecture, weights))

    chain_names = {f"{head.name}/{part}" for head in architecture.heads for part in ("transitions", "starts", "ends")}
    assert read_back.keys() == weights.keys() - chain_names
    for name, values in read_back.items():
        np.testing.assert_array_equal(values, weights[name])


@pytest.mark.parametrize(("bits", "error"), [(8, 1 / 254), (16, 1 / 4096)])
@pytest.mark.parametrize("architecture", NETWORKS + HEADS, ids=name_of)
def test_graphs_of_fewer_bits_hold_rounded_weights_and_compute_with_them(architecture, bits, error):
    weights = random_weights(architecture)
    graphs = build_graphs(architecture, weights, table_bits=bits)

    rounded = graph_weights(architecture, graphs)

    for name, values in rounded.items():
        largest = np.abs(weights[name]).max(axis=-1, keepdims=True)
        is_table = name in {layer.name for layer in architecture.describe() if layer.kind == "Embedding"} - {
            "characters"
        }
        assert (np.abs(values - weights[name]) <= 1.001 * (error if is_table else 1 / 2048) * largest).all()
    batch = ragged_batch(architecture)
    _, logits = network_states(architecture, weights | rounded, batch)
    by_engine = head_logits(Engine(graphs, threads=1), architecture, batch)
    np.testing.assert_allclose(real_logits(logits), real_logits(by_engine), atol=1e-5)


def test_many_characters_are_multiplied_by_the_kernel_when_they_occur(monkeypatch):
    """A table of all products could be a thousand times as large as the weights."""
    (network,) = (each for each in INPUTS if any(getattr(part, "encoder", "") == "lstm" for part in each.inputs))
    weights, batch = random_weights(network), ragged_batch(network)
    precomputed = build_graphs(network, weights)
    monkeypatch.setattr("tagger.inputs.characters.MAX_PRECOMPUTED", 7 * 8 - 1)  # 7 characters, 4 gates of 2 units

    graphs = build_graphs(network, weights)

    assert graphs.forms != precomputed.forms
    assert rebuild_graphs(network, precomputed, Path("bundle")) == graphs
    logits, expected = (head_logits(Engine(each, threads=1), network, batch) for each in (graphs, precomputed))
    np.testing.assert_allclose(real_logits(logits), real_logits(expected), atol=1e-6)


def test_an_8_bit_table_holds_its_rows_rounded_to_integers():
    table = np.array([[0, 0, 0], [1, -0.5, 0.004], [-127, 63.6, 2]], np.float32)

    stored, scales = quantized(table, 8)

    assert stored.dtype == np.int8
    np.testing.assert_array_equal(stored, [[0, 0, 0], [127, -64, 1], [-127, 64, 2]])
    np.testing.assert_allclose(scales, np.array([[0], [1 / 127], [1]]), rtol=1e-6)


def test_an_lstm_with_an_open_forget_gate_and_a_closed_input_gate_keeps_its_cell_state():
    closed, opened = -50.0, 50.0
    weights = CellWeights(
        kernel=np.zeros((2, 4), np.float32),
        recurrent=np.zeros((1, 4), np.float32),
        bias=np.array([closed, opened, 0, opened], np.float32),  # input, forget, candidate, output
    )

    hidden, cell = cells.CELLS["lstm"].step(np.ones((1, 2)), (column(0), column(0.5)), weights)

    assert cell == 0.5
    np.testing.assert_allclose(hidden, np.tanh(0.5), rtol=1e-6)


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_gru_with_an_open_update_gate_keeps_its_state_for_any_input(reset_after):
    bias = np.array([50, 0, 0], np.float32)  # update, reset, candidate
    weights = CellWeights(
        kernel=np.array([[0, 1, 1]], np.float32),
        recurrent=np.array([[0, 1, 1]], np.float32),
        bias=np.stack([bias, bias]) if reset_after else bias,
    )

    (hidden,) = cells.CELLS["gru"].step(column(7), (column(0.25),), weights)

    assert hidden == 0.25


def test_gates_do_not_overflow_for_huge_inputs_and_weights():
    weights = CellWeights(*(np.full(shape, 1e30, np.float32) for shape in ((1, 4), (1, 4), (4,))))

    for x in (-1e5, 1e5):
        hidden, cell = cells.CELLS["lstm"].step(column(x), (column(0), column(0)), weights)
        assert np.isfinite(hidden).all()
        assert np.isfinite(cell).all()


@given(BOTH_DIRECTIONS, LENGTHS)
def test_the_final_state_of_a_direction_is_that_at_the_last_step_it_reads(layer, lengths):
    directions = layer_directions(layer, ragged_steps(lengths), np.array(lengths, np.int32), layer_weights(layer))

    rows = np.arange(len(lengths))
    for name, direction in directions.items():
        ends = np.zeros(len(lengths), int) if name == "backward" else np.array(lengths) - 1
        np.testing.assert_array_equal(direction.hidden[rows, ends], direction.final[0])
        if direction.cell is not None:
            np.testing.assert_array_equal(direction.cell[rows, ends], direction.final[1])


@given(BOTH_DIRECTIONS, LENGTHS)
def test_a_sentence_has_the_same_states_alone_and_in_a_batch(layer, lengths):
    steps, weights = ragged_steps(lengths), layer_weights(layer)

    together = layer_directions(layer, steps, np.array(lengths, np.int32), weights)

    for row, length in enumerate(lengths):
        alone = layer_directions(layer, steps[row : row + 1, :length], np.array([length], np.int32), weights)
        for name, direction in alone.items():
            np.testing.assert_allclose(together[name].hidden[row, :length], direction.hidden[0], atol=1e-6)
            np.testing.assert_allclose(together[name].final[0][row], direction.final[0][0], atol=1e-6)


@pytest.mark.parametrize(("bidirectional", "merge"), DIRECTIONS)
def test_the_output_without_sequences_is_the_final_hidden_states_merged(bidirectional, merge):
    layer = Recurrent("layer", "lstm", 3, 4, bidirectional, merge, reset_after=True)
    lengths = [2, 5, 1]
    directions = layer_directions(layer, ragged_steps(lengths), np.array(lengths, np.int32), layer_weights(layer))

    parts = [direction.final[0] for direction in directions.values()]

    output = merge_directions(layer, parts)

    merges = {
        "concat": np.concatenate(parts, axis=-1),
        "sum": np.sum(parts, axis=0),
        "mul": np.prod(parts, axis=0),
        "ave": np.mean(parts, axis=0),
    }
    np.testing.assert_array_equal(output, merges[layer.merge])

"""The ONNX graph against the equations of the cells, one step of one sentence at a time."""

from dataclasses import replace

import numpy as np
import pytest

from tagger.encoding.batches import Batch
from tagger.errors import BundleError
from tagger.heads.softmax import Softmax
from tagger.tagging.architecture import Graphs
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs
from tests.bundles import random_weights
from tests.networks import (
    ALL_INPUTS,
    DEEP,
    HEADS,
    INPUTS,
    LENGTHS,
    RECURRENT,
    head_logits,
    logits_of,
    name_of,
    numbers,
    ragged_batch,
    real_logits,
    sentence_of,
)
from tests.oracles import logits_by_hand


@pytest.mark.parametrize("architecture", RECURRENT + DEEP + INPUTS + HEADS, ids=name_of)
def test_logits_equal_those_of_the_equations_of_the_cell(architecture):
    weights, batch = random_weights(architecture), ragged_batch(architecture)

    logits = head_logits(Engine(build_graphs(architecture, weights), threads=1), architecture, batch)

    by_hand = [logits_by_hand(architecture, weights, batch.inputs, i, length) for i, length in enumerate(LENGTHS)]
    assert {name: rows.shape for name, rows in logits.items()} == {
        head.name: (len(LENGTHS), 1 if head.pool else max(LENGTHS), head.n_tags) for head in architecture.heads
    }
    expected = real_logits({name: [rows[name] for rows in by_hand] for name in logits})
    np.testing.assert_allclose(real_logits(logits), expected, atol=2e-5)


@pytest.mark.parametrize("extra", [1, 7, 64])
@pytest.mark.parametrize("architecture", RECURRENT + HEADS, ids=name_of)
def test_padding_does_not_change_logits(architecture, extra):
    engine = Engine(build_graphs(architecture, random_weights(architecture)), threads=1)

    batches = (ragged_batch(architecture, extra=extra) for extra in (0, extra))
    logits, padded = (real_logits(head_logits(engine, architecture, batch)) for batch in batches)

    np.testing.assert_allclose(padded, logits, atol=1e-6)


@pytest.mark.parametrize("architecture", RECURRENT + HEADS, ids=name_of)
def test_a_sentence_has_the_same_logits_alone_and_in_a_batch(architecture):
    engine = Engine(build_graphs(architecture, random_weights(architecture)), threads=1)
    batch = ragged_batch(architecture, extra=3)
    together = head_logits(engine, architecture, batch)

    for row, length in enumerate(LENGTHS):
        alone = head_logits(engine, architecture, sentence_of(batch, row))
        rows = {name: logits[row : row + 1] for name, logits in together.items()}
        np.testing.assert_allclose(real_logits(alone, [length]), real_logits(rows, [length]), atol=1e-6)


def test_bidirectional_lstm_has_the_states_of_a_worked_example():
    architecture = replace(ALL_INPUTS, inputs=(numbers(5),), units=(3,), bidirectional=True, heads=(Softmax(6),))
    weights = {"head/kernel": np.eye(6, dtype=np.float32), "head/bias": np.zeros(6, np.float32)}
    for direction in ("forward", "backward"):
        weights[f"lstm_1/{direction}/kernel"] = np.full((5, 12), 0.1, np.float32)
        weights[f"lstm_1/{direction}/recurrent"] = np.full((3, 12), 0.1, np.float32)
        weights[f"lstm_1/{direction}/bias"] = np.repeat(np.array([0, 1, 0, 0], np.float32), 3)
    series = [
        [0.1, 4.2, 1.5, 1.1, 2.8],
        [1.0, 3.1, 2.5, 0.7, 1.1],
        [0.3, 2.1, 1.5, 2.1, 0.1],
        [2.2, 1.4, 0.5, 0.9, 1.1],
    ]
    batch = Batch({"numbers": np.array([series], np.float32)}, np.array([4], np.int32), np.array([0]), {})

    (logits,) = logits_of(Engine(build_graphs(architecture, weights)), architecture, batch)

    forward = [0.35906473, 0.55111325, 0.59115744, 0.6303138]
    backward = [0.7038734, 0.58863586, 0.3951699, 0.21942244]
    np.testing.assert_allclose(logits, np.repeat(np.array([forward, backward]).T, 3, axis=1), atol=1e-6)


@pytest.mark.parametrize("architecture", RECURRENT + DEEP + INPUTS + HEADS, ids=name_of)
def test_equal_weights_give_equal_bytes(architecture):
    assert build_graphs(architecture, random_weights(architecture)) == build_graphs(
        architecture, dict(reversed(random_weights(architecture).items()))
    )


def test_different_weights_give_different_bytes():
    assert build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS)) != build_graphs(
        ALL_INPUTS, random_weights(ALL_INPUTS, seed=2)
    )


def test_invalid_graph_is_an_error_and_prints_nothing(capfd):
    with pytest.raises(BundleError, match=r"tagger\.onnx cannot be loaded: "):
        Engine(Graphs(None, b"no graph"))

    assert capfd.readouterr() == ("", "")

"""Recurrent cells in NumPy, and descriptions of their outputs, compared with Keras."""

import itertools

import keras
import numpy as np
import pytest

from tagger.inputs.recurrent import Recurrent, layer_directions, merge_directions
from tagger.inspection.layer_outputs import all_layer_outputs
from tagger.inspection.subject import layer_subject

LENGTHS = np.array([5, 1, 3, 2], np.int32)
CELLS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
CELL_KINDS = [("simple_rnn", True), ("lstm", True), ("gru", True), ("gru", False)]
DIRECTIONS = [(False, "concat"), (True, "concat"), (True, "sum"), (True, "mul"), (True, "ave")]


def keras_layer(layer: Recurrent, *, return_sequences: bool, return_state: bool) -> keras.layers.Layer:
    options = {"reset_after": layer.reset_after} if layer.cell == "gru" else {}
    cell = CELLS[layer.cell](
        layer.units, return_sequences=return_sequences, return_state=return_state, bias_initializer="normal", **options
    )
    return keras.layers.Bidirectional(cell, merge_mode=layer.merge) if layer.bidirectional else cell


@pytest.mark.parametrize(("cell", "reset_after"), CELL_KINDS)
@pytest.mark.parametrize(("bidirectional", "merge"), DIRECTIONS)
def test_numpy_and_keras_return_the_same_arrays_for_all_return_options(cell, reset_after, bidirectional, merge):
    layer = Recurrent(cell, cell, 4, 3, bidirectional, merge, reset_after)
    steps = np.random.default_rng(0).normal(size=(len(LENGTHS), LENGTHS.max(), 4)).astype(np.float32)
    is_step = np.arange(LENGTHS.max()) < LENGTHS[:, None]
    described = {
        (returns.return_sequences, returns.return_state): returns.outputs
        for returns in all_layer_outputs(layer, n_steps=int(LENGTHS.max()))
        if returns.layer == layer
    }

    for return_sequences, return_state in itertools.product((False, True), repeat=2):
        model = keras_layer(layer, return_sequences=return_sequences, return_state=return_state)
        expected = model(steps, mask=is_step)
        expected = [np.asarray(array) for array in (expected if return_state else [expected])]
        names = [
            f"{cell}/{direction}/{part}" for direction in layer.directions for part in ("kernel", "recurrent", "bias")
        ]
        weights = dict(zip(names, model.get_weights(), strict=True))

        directions = layer_directions(layer, steps, LENGTHS, weights).values()
        output = merge_directions(layer, [each.hidden if return_sequences else each.final[0] for each in directions])
        computed = [output, *(part for each in directions for part in each.final if return_state)]

        shapes = [shape for _, shape in described[return_sequences, return_state]]
        assert [array.shape for array in computed] == [array.shape for array in expected]
        assert [("batch", *array.shape[1:]) for array in expected] == shapes
        for ours, theirs in zip(computed, expected, strict=True):
            real = is_step if ours.ndim == 3 else slice(None)
            np.testing.assert_allclose(ours[real], theirs[real], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "simple_rnn units=3 inputs=4",
        "lstm units=7 inputs=5",
        "lstm units=512 inputs=256",
        "gru units=6 inputs=9",
        "gru units=6 inputs=9 reset_after=false",
        "lstm units=3 inputs=4 bidirectional=true",
        "gru units=3 inputs=4 bidirectional=true merge=ave",
    ],
)
def test_parameter_counts_and_weight_shapes_equal_those_of_keras(text):
    subject = layer_subject(text)
    (layer,) = subject.recurrent
    model = keras_layer(layer, return_sequences=True, return_state=False)
    model.build((None, None, layer.inputs))

    assert subject.n_parameters == model.count_params()
    assert [weight.shape for weight in subject.layers[0].weights] == [weight.shape for weight in model.get_weights()]

"""Compiled recurrent layers against Keras' layers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tagger.config import Training
from tagger.network import recurrence
from tagger.network.build import build_model, get_weights, set_weights
from tagger.network.events import Epoch
from tagger.network.training import fit
from tests.networks import characters, words

from .networks import N_IDS, NOTHING, architecture
from .test_training import learnable, never

CELLS = ["SimpleRNN", "LSTM", "GRU"]
RNG = np.random.default_rng(1)


def outputs_and_gradients(layer, x, lengths):
    """Outputs of a layer at real steps, and the gradients of the sum of their cubes."""
    mask = tf.sequence_mask(lengths, x.shape[1])

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, mask=mask)
            y = tf.where(mask[:, :, None], y, 0.0) if len(y.shape) == 3 else y
            loss = tf.reduce_sum(y**3)
        return [y, *map(tf.convert_to_tensor, tape.gradient(loss, [x, *layer.trainable_variables]))]

    return run()


@pytest.mark.parametrize(
    ("returns", "in_chunks", "is_bidirectional"),
    [(True, False, True), (True, False, False), (False, False, True), (False, True, True)],
)
@pytest.mark.parametrize("cell", CELLS)
def test_outputs_and_gradients_equal_those_of_keras(cell, returns, in_chunks, is_bidirectional):
    def layer(module, **options):
        made = getattr(module, cell)(6, return_sequences=returns, bias_initializer="normal", **options)
        return keras.layers.Bidirectional(made) if is_bidirectional else made

    stock, compiled = layer(keras.layers), layer(recurrence, in_chunks=in_chunks)
    shapes = [(5, 17), (70, 9)]  # more steps than SIZES[0]; more rows than CHUNK
    for n_rows, time in [*shapes, (70, 1)] if returns and is_bidirectional else shapes:
        x = tf.constant(RNG.normal(size=(n_rows, time, 4)), tf.float32)
        lengths = RNG.integers(1, time + 1, n_rows)
        lengths[0] = time
        for made in (stock, compiled):
            made(x, mask=tf.sequence_mask(lengths, time))
        compiled.set_weights(stock.get_weights())

        results = (outputs_and_gradients(each, x, lengths) for each in (compiled, stock))
        for ours, theirs in zip(*results, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_training_gives_the_same_losses_and_weights_as_keras(cell):
    network = architecture(**{**NOTHING, "words": words(N_IDS, 5), "cell": cell, "units": (4, 3)})
    weights, losses = [], []
    for is_compiled in (False, True):
        model = build_model(network, seed=1, is_compiled=is_compiled)
        events = fit(model, learnable(), None, Training(epochs=3, learning_rate=0.01), stop=never)
        losses.append([event.loss for event in events if isinstance(event, Epoch)])
        weights.append(get_weights(model, network))

    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-4)
    for name, value in weights[0].items():
        np.testing.assert_allclose(weights[1][name], value, rtol=1e-3, atol=1e-4, err_msg=name)


def test_character_models_are_interchangeable_with_keras():
    character_input = characters("lstm", 9, 3, 4)
    network = architecture(**{**NOTHING, "characters": character_input})
    stock, compiled = (build_model(network, seed=1, is_compiled=chosen) for chosen in (False, True))
    set_weights(compiled, network, get_weights(stock, network))
    inputs = {
        "characters": np.array([[2, 3, 0], [4, 5, 6], [7, 0, 0]], np.int32),
        "form_lengths": np.array([2, 3, 1], np.int32),
        "forms": np.array([[0, 1, 2], [2, 2, 0]], np.int32),
        "lengths": np.array([3, 2], np.int32),
    }

    ours, theirs = compiled(inputs)["head"], stock(inputs)["head"]
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours[1, :2], theirs[1, :2], rtol=1e-5, atol=1e-6)

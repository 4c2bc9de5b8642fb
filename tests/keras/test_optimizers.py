"""Our optimizers against Keras' optimizers and their equations."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tagger.network.averaging import DECAY, Average
from tagger.network.optimizers import OPTIMIZERS, LazyAdam, summed_rows

STOCK = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}


@pytest.mark.parametrize("name", STOCK)
def test_weights_equal_those_of_the_keras_optimizer(name: str) -> None:
    rng = np.random.default_rng(1)
    table, bias = rng.normal(size=(7, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    rows = [np.array([1, 4, 1]), np.array([2, 6, 6]), np.array([0, 1, 2])]  # gradients of repeated rows are summed
    gradients = [rng.normal(size=(3, 3)).astype(np.float32) * 10 for _ in rows]

    def trained(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
        variables = [keras.Variable(table, name="table"), keras.Variable(bias, name="bias")]
        optimizer.build(variables)
        for ids, gradient in zip(rows, gradients, strict=True):
            row_gradient = summed_rows(tf.IndexedSlices(gradient, tf.constant(ids), (7, 3)))
            optimizer.apply([row_gradient, gradient[0]], variables)
        return [value.numpy() for value in [*variables, *optimizer.variables]]

    ours = trained(OPTIMIZERS[name](learning_rate=0.1, global_clipnorm=1.0))
    stock = trained(STOCK[name](learning_rate=0.1, global_clipnorm=1.0))
    assert [value.shape for value in ours] == [value.shape for value in stock]
    for mine, theirs in zip(ours, stock, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-7)
    assert not np.allclose(ours[0], table)


ROWS = [[1, 4, 1], [2, 6, 6], [0, 1, 2], [4, 4, 4], [1, 2, 3]]  # row 5 never occurs, row 3 only at the end


def random_gradients() -> tuple[np.ndarray, list[tf.IndexedSlices]]:
    """A random table, and random gradients of some of its rows for each step."""
    rng = np.random.default_rng(1)
    table, *values = (rng.normal(size=(n, 3)).astype(np.float32) for n in (7, *map(len, ROWS)))
    pairs = zip(values, ROWS, strict=True)
    return table, [tf.IndexedSlices(tf.constant(rows), tf.constant(ids), (7, 3)) for rows, ids in pairs]


def test_lazy_adam_updates_only_the_rows_of_a_batch_by_the_equations_of_adam() -> None:
    table, gradients = random_gradients()
    variable = keras.Variable(table, name="table")
    optimizer = LazyAdam(learning_rate=0.1, global_clipnorm=1.0)
    optimizer.build([variable])
    expected, mean, square = table.astype(float), np.zeros((7, 3)), np.zeros((7, 3))
    for step, gradient in enumerate(gradients, 1):
        optimizer.apply([summed_rows(gradient)], [variable])

        whole = tf.convert_to_tensor(gradient).numpy().astype(float)
        whole *= min(1, 1 / np.sqrt(np.sum(whole**2)))
        rows = sorted({*gradient.indices.numpy()})
        mean[rows] = 0.9 * mean[rows] + 0.1 * whole[rows]
        square[rows] = 0.999 * square[rows] + 0.001 * whole[rows] ** 2
        rate = 0.1 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        expected[rows] -= rate * mean[rows] / (np.sqrt(square[rows]) + 1e-7)
        np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-6)


def test_the_average_with_late_row_updates_equals_that_of_the_whole_table() -> None:
    table, gradients = random_gradients()
    variable = keras.Variable(table, name="table")
    optimizer = LazyAdam(learning_rate=0.1)
    optimizer.build([variable])
    average, expected, n = Average([variable]), table.astype(float), 0
    for _ in range(2):  # epochs: `applied` resets the decay counters
        for gradient in map(summed_rows, gradients):
            n += 1
            average.catch_up([gradient])
            optimizer.apply([gradient], [variable])
            average.update(tf.constant(n), [gradient])
            decay = min(DECAY, (n - 1) / (n + 8))
            expected = decay * expected + (1 - decay) * variable.numpy()
        trained = variable.numpy()
        with average.applied():
            np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(variable.numpy(), trained)

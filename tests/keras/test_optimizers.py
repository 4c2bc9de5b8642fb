"""Our optimizers do what Keras' do."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tagger.network.optimizers import OPTIMIZERS

STOCK = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}


@pytest.mark.parametrize("name", STOCK)
def test_weights_are_those_of_the_stock_optimizer(name: str) -> None:
    rng = np.random.default_rng(1)
    table, bias = rng.normal(size=(7, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    rows = [np.array([1, 4, 1]), np.array([2, 6, 6]), np.array([0, 1, 2])]  # rows that repeat add up
    gradients = [rng.normal(size=(3, 3)).astype(np.float32) * 10 for _ in rows]

    def trained(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
        variables = [keras.Variable(table, name="table"), keras.Variable(bias, name="bias")]
        optimizer.build(variables)
        for ids, gradient in zip(rows, gradients, strict=True):
            optimizer.apply([tf.IndexedSlices(gradient, tf.constant(ids), (7, 3)), gradient[0]], variables)
        return [value.numpy() for value in [*variables, *optimizer.variables]]

    ours = trained(OPTIMIZERS[name](learning_rate=0.1, global_clipnorm=1.0))
    stock = trained(STOCK[name](learning_rate=0.1, global_clipnorm=1.0))
    assert [value.shape for value in ours] == [value.shape for value in stock]
    for mine, theirs in zip(ours, stock, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-7)
    assert not np.allclose(ours[0], table)

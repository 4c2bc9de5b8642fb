"""Keras' recurrent layers with a faster loop over the steps on a CPU: the same weights, the same numbers.

What enters is multiplied for all steps at once. Only what one step hands to the next is in the loop, which XLA
compiles, as it does the loop back: that one carries the gradients of the states alone, and every weight's gradient is
one product over all steps after it (Appleyard et al., 2016, "Optimizing performance of recurrent neural networks on
GPUs").
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

Tensors = tuple[tf.Tensor, ...]

# Steps that loops are compiled for, 8, 12, 16, 24, 32, …; they end where the data end.
SIZES = np.sort(np.concatenate([2 ** np.arange(3, 30), 3 * 2 ** np.arange(2, 29)])).astype(np.int32)
CHUNK = 64  # rows that go through the loop together where rows are of many lengths


class Equations(NamedTuple):
    """The equations of a cell, and their derivatives; G gates, each as wide as the units.

    Args:
        n_states: what a step hands to the next, the output first.
        n_gates: G.
        n_kept: how many times the units a step keeps for the way back.
        n_back: how many times the units come out of `back`: G, or more where the product with what enters and the
            product with the output before have different gradients.
        step: (rows, G · units) the product with what enters, the states, (units, G · units) the recurrent weights and
            their bias → the next states, and what is kept.
        back: the gradients of the next states, and what was kept → the gradients of the product with what entered
            and, behind it, those of the other product that differ; all of the other; and of the states before, without
            what comes through it.
    """

    n_states: int
    n_gates: int
    n_kept: int
    n_back: int
    step: Callable[[tf.Tensor, Tensors, tf.Tensor, tf.Tensor], tuple[Tensors, tf.Tensor]]
    back: Callable[[Tensors, tf.Tensor], tuple[tf.Tensor, tf.Tensor, Tensors]]


def _simple_step(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    h = tf.tanh(x + tf.matmul(states[0], weights) + bias)
    return (h,), h


def _simple_back(gradients: Tensors, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    d = gradients[0] * (1 - kept * kept)
    return d, d, (tf.zeros_like(d),)


def _lstm_step(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    h, c = states
    i, f, g, o = tf.split(x + tf.matmul(h, weights) + bias, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    next_c = f * c + i * g
    squashed = tf.tanh(next_c)
    return (o * squashed, next_c), tf.concat([i, f, g, o, c, squashed], axis=-1)


def _lstm_back(gradients: Tensors, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    dh, dc = gradients
    i, f, g, o, c, squashed = tf.split(kept, 6, axis=-1)
    dc += dh * o * (1 - squashed * squashed)
    of_gates = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * squashed * o * (1 - o)]
    d = tf.concat(of_gates, axis=-1)
    return d, d, (tf.zeros_like(dh), dc * f)


def _gru_step(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    (h,) = states
    xz, xr, xg = tf.split(x, 3, axis=-1)
    hz, hr, hg = tf.split(tf.matmul(h, weights) + bias, 3, axis=-1)
    z, r = tf.sigmoid(xz + hz), tf.sigmoid(xr + hr)
    g = tf.tanh(xg + r * hg)
    return (z * h + (1 - z) * g,), tf.concat([z, r, g, hg, h], axis=-1)


def _gru_back(gradients: Tensors, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    (dh,) = gradients
    z, r, g, hg, h = tf.split(kept, 5, axis=-1)
    dz, dg = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g * g)
    dr, d_hg = dg * hg * r * (1 - r), dg * r
    return tf.concat([dz, dr, dg, d_hg], axis=-1), tf.concat([dz, dr, d_hg], axis=-1), (dh * z,)


SIMPLE_RNN_CELL = Equations(1, 1, 1, 1, _simple_step, _simple_back)
LSTM_CELL = Equations(2, 4, 6, 4, _lstm_step, _lstm_back)
GRU_CELL = Equations(1, 3, 5, 4, _gru_step, _gru_back)  # with reset_after


@cache
def _loops(cell: Equations, units: int) -> tuple[Any, Any]:
    """The compiled loops, forward and back, over `n` steps of (steps, rows, …).

    `goes_on` (steps, rows, 1) is 0 where a row's states are not taken over from the step before, else 1. What stands
    behind step n is not read, and is zero in what comes out: one program serves all n up to the steps that it was
    compiled for.
    """

    def array(like: tf.Tensor, width: int) -> tf.TensorArray:
        return tf.TensorArray(tf.float32, tf.shape(like)[0], element_shape=(None, width * units))

    def nothing(like: tf.Tensor) -> Tensors:
        return (tf.zeros((tf.shape(like)[1], units)),) * cell.n_states

    @tf.function(jit_compile=True, autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def forward(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor, goes_on: tf.Tensor, n: tf.Tensor) -> Tensors:
        def step(t: tf.Tensor, states: Tensors, outputs: Any, kept: Any) -> tuple[Any, ...]:
            states, keep = cell.step(x[t], tuple(goes_on[t] * state for state in states), weights, bias)
            return t + 1, states, outputs.write(t, states[0]), kept.write(t, keep)

        start = (0, nothing(x), array(x, 1), array(x, cell.n_kept))
        *_, outputs, kept = tf.while_loop(lambda t, *_: t < n, step, start)
        return outputs.stack(), kept.stack()

    @tf.function(jit_compile=True, autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def back(gradient: tf.Tensor, kept: tf.Tensor, weights: tf.Tensor, goes_on: tf.Tensor, n: tf.Tensor) -> tf.Tensor:
        transposed = tf.transpose(weights)

        def step(t: tf.Tensor, states: Tensors, found: Any) -> tuple[Any, ...]:
            d, of_product, states = cell.back((states[0] + gradient[t], *states[1:]), kept[t])
            states = (states[0] + tf.matmul(of_product, transposed), *states[1:])
            return t - 1, tuple(goes_on[t] * state for state in states), found.write(t, d)

        *_, found = tf.while_loop(lambda t, *_: t >= 0, step, (n - 1, nothing(kept), array(kept, cell.n_back)))
        return found.stack()

    return forward, back


def _recur(
    cell: Equations, x: tf.Tensor, kernel: tf.Tensor, weights: tf.Tensor, biases: tf.Tensor, goes_on: tf.Tensor
) -> tf.Tensor:
    """What enters at each step, (steps, rows, inputs), to outputs, (steps, rows, units).

    Args:
        cell: whose equations.
        x: see above.
        kernel: (inputs, G · units).
        weights: (units, G · units), recurrent.
        biases: (2, G · units), of what enters and of what recurs.
        goes_on: (steps, rows, 1) 0 where a row's states are not taken over from the step before, else 1.
    """
    units = weights.shape[0]
    forward, back = _loops(cell, units)
    n, n_rows = tf.shape(x)[0], tf.shape(x)[1]
    missing = tf.reduce_min(tf.boolean_mask(SIZES, n <= SIZES)) - n
    n_shared = 2 * cell.n_gates - cell.n_back  # gates whose gradient is one for both products

    def padded(values: tf.Tensor) -> tf.Tensor:
        return tf.pad(values, [[0, missing], *[[0, 0]] * (values.shape.rank - 1)])

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(x: tf.Tensor, kernel: tf.Tensor, weights: tf.Tensor, biases: tf.Tensor) -> tuple[tf.Tensor, Any]:
        flat = tf.reshape(x, (-1, kernel.shape[0]))
        product = tf.nn.bias_add(tf.matmul(flat, kernel), biases[0])
        product = padded(tf.reshape(product, (n, n_rows, cell.n_gates * units)))
        outputs, kept = forward(product, weights, biases[1], padded(goes_on), n)
        outputs = outputs[:n]

        def gradient(of_outputs: tf.Tensor) -> Tensors:
            d = back(padded(of_outputs), kept, weights, padded(goes_on), n)[:n]
            recurring = d
            if n_shared < cell.n_gates:
                recurring = tf.concat([d[..., : n_shared * units], d[..., cell.n_gates * units :]], axis=-1)
                d = d[..., : cell.n_gates * units]
            entering = tf.reshape(d, (-1, cell.n_gates * units))
            before = tf.reshape(outputs[:-1] * goes_on[1:], (-1, units))
            later = tf.reshape(recurring[1:], (-1, cell.n_gates * units))
            return (
                tf.reshape(tf.matmul(entering, kernel, transpose_b=True), tf.shape(x)),
                tf.matmul(flat, entering, transpose_a=True),
                tf.matmul(before, later, transpose_a=True),
                tf.stack([tf.reduce_sum(entering, 0), tf.reduce_sum(recurring, (0, 1))]),
            )

        return outputs, gradient

    return run(x, kernel, weights, biases)


class _Compiled:
    """What a recurrent layer of Keras does, its loop compiled; for right-padded rows, undefined on padding.

    Args:
        in_chunks: for rows of many lengths, of which only the last output is asked for: those of like length go through
            the loop together, `CHUNK` at a time.
    """

    equations: Equations
    cell: Any
    go_backwards: bool

    def __init__(self, *arguments: Any, in_chunks: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.in_chunks = in_chunks

    def get_config(self) -> dict[str, Any]:
        """All options; `Bidirectional` makes its two layers by them."""
        return {**super().get_config(), "in_chunks": self.in_chunks}  # type: ignore[misc]

    def inner_loop(self, sequences: tf.Tensor, initial_state: Any, mask: tf.Tensor, training: bool = False) -> Any:
        """(batch, time, inputs) and (batch, time) mask to outputs: (batch, units) of the last steps, and of all.

        As Keras has it, a layer that goes backwards gives its outputs in the order of its steps, the last one first.
        """
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        if self.in_chunks:
            last = self._last_of_chunks(sequences, lengths)
            return last, last, initial_state
        steps = tf.range(tf.shape(sequences)[1])
        outputs = tf.transpose(self._outputs(tf.transpose(sequences, (1, 0, 2)), steps, lengths[None]), (1, 0, 2))
        last = outputs[:, -1] if self.go_backwards else tf.gather(outputs, lengths - 1, batch_dims=1)
        return last, outputs, initial_state

    def _last_of_chunks(self, sequences: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        n_rows, time, width = tf.unstack(tf.shape(sequences))
        order = tf.argsort(lengths)
        missing = -n_rows % CHUNK
        chunks = tf.reshape(
            tf.pad(tf.gather(sequences, order), [[missing, 0], [0, 0], [0, 0]]), (-1, CHUNK, time, width)
        )
        of_rows = tf.reshape(tf.pad(tf.gather(lengths, order), [[missing, 0]]), (-1, CHUNK))
        longest = of_rows[:, -1]
        of_chunk = tf.where(tf.sequence_mask(longest, time))  # (all steps, 2): chunk and step, one after the other
        outputs = self._outputs(
            tf.gather_nd(tf.transpose(chunks, (0, 2, 1, 3)), of_chunk),
            tf.cast(of_chunk[:, 1], tf.int32),
            tf.gather(of_rows, of_chunk[:, 0]),
        )
        places = tf.argsort(order) + missing  # of each row
        first = tf.gather(tf.cumsum(longest, exclusive=True), places // CHUNK)
        last = tf.shape(of_chunk)[0] - 1 - first if self.go_backwards else first + lengths - 1
        return tf.gather_nd(outputs, tf.stack([last, places % CHUNK], axis=1))

    def _outputs(self, x: tf.Tensor, places: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """(steps, rows, inputs) to (steps, rows, units), in the order in which the layer takes the steps.

        Args:
            x: see above.
            places: (steps,) of each step in its rows, from 0.
            lengths: (steps or 1, rows) of all rows; in chunks, at each step of those of its chunk.
        """
        if self.go_backwards:
            x, goes_on = tf.reverse(x, [0]), tf.reverse(places[:, None] + 1 < lengths, [0])
        else:
            goes_on = tf.broadcast_to(places[:, None] > 0, tf.shape(x)[:2])
        of = self.cell
        kernel, weights, bias = map(tf.convert_to_tensor, (of.kernel, of.recurrent_kernel, of.bias))
        biases = bias if bias.shape.rank == 2 else tf.stack([bias, tf.zeros_like(bias)])
        return _recur(self.equations, x, kernel, weights, biases, tf.cast(goes_on, tf.float32)[:, :, None])


@keras.saving.register_keras_serializable("tagger")
class SimpleRNN(_Compiled, keras.layers.SimpleRNN):  # type: ignore[misc]
    """See `_Compiled`."""

    equations = SIMPLE_RNN_CELL


@keras.saving.register_keras_serializable("tagger")
class LSTM(_Compiled, keras.layers.LSTM):  # type: ignore[misc]
    """See `_Compiled`."""

    equations = LSTM_CELL


@keras.saving.register_keras_serializable("tagger")
class GRU(_Compiled, keras.layers.GRU):  # type: ignore[misc]
    """See `_Compiled`; the reset gate is applied after the product, `reset_after`."""

    equations = GRU_CELL

"""Keras' recurrent layers with a faster loop over the steps on a CPU: the same weights and the same results.

The input is multiplied by the kernel for all steps at once, so that the loop holds only what depends on the previous
step. XLA compiles the loop, and that of the backward pass, which computes the gradients of the states only: the
gradient of each weight is one product over all steps after the loop.

Source: Appleyard et al. (2016), "Optimizing performance of recurrent neural networks on GPUs".
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

Tensors = tuple[tf.Tensor, ...]

# Numbers of steps that loops are compiled for: 8, 12, 16, 24, 32, … A loop stops at the last step of its data.
SIZES = np.sort(np.concatenate([2 ** np.arange(3, 30), 3 * 2 ** np.arange(2, 29)])).astype(np.int32)
CHUNK = 64  # rows of similar length that go through a loop together, see `_CompiledLoop`


class Equations(NamedTuple):
    """The equations of a cell and their derivatives. G is the number of gates, each as wide as the units.

    One step computes the next states from two sums: Wx + b (rows, G * units), which is given, and Uh + b' of the same
    shape, where h is the previous output.

    Args:
        n_states: number of states; the first is the output.
        n_gates: G.
        n_saved: width of the values saved for the backward pass, in multiples of the units.
        n_gradients: width of the gradients that `backward` returns first, in multiples of the units: G, or more if the
            gradients of the two sums differ in some gates.
        forward: takes Wx + b, the states, U (units, G * units) and b' (G * units,). Returns the next states, and the
            values to save, (rows, n_saved * units).
        backward: takes the gradients of the next states, and the saved values. Returns the gradients of Wx + b,
            followed by those of the gates in which Uh + b' has another gradient; all gradients of Uh + b'; and the
            gradients of the previous states, without the part that passes through U.
    """

    n_states: int
    n_gates: int
    n_saved: int
    n_gradients: int
    forward: Callable[[tf.Tensor, Tensors, tf.Tensor, tf.Tensor], tuple[Tensors, tf.Tensor]]
    backward: Callable[[Tensors, tf.Tensor], tuple[tf.Tensor, tf.Tensor, Tensors]]


# The equations are those of `inputs/cells.py`; `d` and names that begin with it are gradients.


def _simple_forward(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    h = tf.tanh(x + tf.matmul(states[0], weights) + bias)
    return (h,), h


def _simple_backward(gradients: Tensors, saved: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    d = gradients[0] * (1 - saved * saved)
    return d, d, (tf.zeros_like(d),)


def _lstm_forward(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    h, c = states
    i, f, g, o = tf.split(x + tf.matmul(h, weights) + bias, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    next_c = f * c + i * g
    squashed = tf.tanh(next_c)
    return (o * squashed, next_c), tf.concat([i, f, g, o, c, squashed], axis=-1)


def _lstm_backward(gradients: Tensors, saved: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    dh, dc = gradients
    i, f, g, o, c, squashed = tf.split(saved, 6, axis=-1)
    dc += dh * o * (1 - squashed * squashed)
    d_gates = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * squashed * o * (1 - o)]
    d = tf.concat(d_gates, axis=-1)
    return d, d, (tf.zeros_like(dh), dc * f)


def _gru_forward(x: tf.Tensor, states: Tensors, weights: tf.Tensor, bias: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
    (h,) = states
    xz, xr, xg = tf.split(x, 3, axis=-1)
    hz, hr, hg = tf.split(tf.matmul(h, weights) + bias, 3, axis=-1)
    z, r = tf.sigmoid(xz + hz), tf.sigmoid(xr + hr)
    g = tf.tanh(xg + r * hg)
    return (z * h + (1 - z) * g,), tf.concat([z, r, g, hg, h], axis=-1)


def _gru_backward(gradients: Tensors, saved: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
    (dh,) = gradients
    z, r, g, hg, h = tf.split(saved, 5, axis=-1)
    dz, dg = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g * g)
    dr, d_hg = dg * hg * r * (1 - r), dg * r
    return tf.concat([dz, dr, dg, d_hg], axis=-1), tf.concat([dz, dr, d_hg], axis=-1), (dh * z,)


SIMPLE_RNN_CELL = Equations(1, 1, 1, 1, _simple_forward, _simple_backward)
LSTM_CELL = Equations(2, 4, 6, 4, _lstm_forward, _lstm_backward)
GRU_CELL = Equations(1, 3, 5, 4, _gru_forward, _gru_backward)  # with reset_after


@cache
def _loops(cell: Equations, units: int) -> tuple[Any, Any]:
    """Compile the forward and the backward loop of a cell.

    Their arrays are (steps, rows, …), and they run over the first `n` steps; later steps are ignored, and zero in the
    results. So one program serves any `n` up to the number of steps that it was compiled for. `keeps_state`, (steps,
    rows, 1), is 1 where a row continues from its state after the previous step, and 0 where it starts from zeros.
    """

    def array(like: tf.Tensor, width: int) -> tf.TensorArray:
        return tf.TensorArray(tf.float32, tf.shape(like)[0], element_shape=(None, width * units))

    def zero_states(like: tf.Tensor) -> Tensors:
        return (tf.zeros((tf.shape(like)[1], units)),) * cell.n_states

    @tf.function(jit_compile=True, autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def forward(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor, keeps_state: tf.Tensor, n: tf.Tensor) -> Tensors:
        def step(t: tf.Tensor, states: Tensors, outputs: Any, saved: Any) -> tuple[Any, ...]:
            states = tuple(keeps_state[t] * state for state in states)
            states, to_save = cell.forward(x[t], states, weights, bias)
            return t + 1, states, outputs.write(t, states[0]), saved.write(t, to_save)

        start = (0, zero_states(x), array(x, 1), array(x, cell.n_saved))
        *_, outputs, saved = tf.while_loop(lambda t, *_: t < n, step, start)
        return outputs.stack(), saved.stack()

    @tf.function(jit_compile=True, autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def backward(
        d_outputs: tf.Tensor, saved: tf.Tensor, weights: tf.Tensor, keeps_state: tf.Tensor, n: tf.Tensor
    ) -> tf.Tensor:
        transposed = tf.transpose(weights)

        def step(t: tf.Tensor, d_states: Tensors, gradients: Any) -> tuple[Any, ...]:
            d, d_recurrent, d_states = cell.backward((d_states[0] + d_outputs[t], *d_states[1:]), saved[t])
            d_states = (d_states[0] + tf.matmul(d_recurrent, transposed), *d_states[1:])
            return t - 1, tuple(keeps_state[t] * d_state for d_state in d_states), gradients.write(t, d)

        start = (n - 1, zero_states(saved), array(saved, cell.n_gradients))
        *_, gradients = tf.while_loop(lambda t, *_: t >= 0, step, start)
        return gradients.stack()

    return forward, backward


def _recur(
    cell: Equations, x: tf.Tensor, kernel: tf.Tensor, weights: tf.Tensor, biases: tf.Tensor, keeps_state: tf.Tensor
) -> tf.Tensor:
    """Outputs of a layer, (steps, rows, units), with their gradient.

    Args:
        cell: equations of the cell.
        x: (steps, rows, inputs).
        kernel: W, (inputs, G * units).
        weights: U, (units, G * units).
        biases: b and b', (2, G * units).
        keeps_state: (steps, rows, 1), see `_loops`.
    """
    units = weights.shape[0]
    forward, backward = _loops(cell, units)
    n, n_rows = tf.shape(x)[0], tf.shape(x)[1]
    missing = tf.reduce_min(tf.boolean_mask(SIZES, n <= SIZES)) - n
    n_shared = 2 * cell.n_gates - cell.n_gradients  # gates in which both sums have the same gradient

    def padded(values: tf.Tensor) -> tf.Tensor:
        return tf.pad(values, [[0, missing], *[[0, 0]] * (values.shape.rank - 1)])

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(x: tf.Tensor, kernel: tf.Tensor, weights: tf.Tensor, biases: tf.Tensor) -> tuple[tf.Tensor, Any]:
        flat = tf.reshape(x, (-1, kernel.shape[0]))
        product = tf.nn.bias_add(tf.matmul(flat, kernel), biases[0])
        product = padded(tf.reshape(product, (n, n_rows, cell.n_gates * units)))
        outputs, saved = forward(product, weights, biases[1], padded(keeps_state), n)
        outputs = outputs[:n]

        def gradient(d_outputs: tf.Tensor) -> Tensors:
            d = backward(padded(d_outputs), saved, weights, padded(keeps_state), n)[:n]
            d_recurrent = d  # gradient of Uh + b', (steps, rows, G * units)
            if n_shared < cell.n_gates:
                d_recurrent = tf.concat([d[..., : n_shared * units], d[..., cell.n_gates * units :]], axis=-1)
                d = d[..., : cell.n_gates * units]
            d_input = tf.reshape(d, (-1, cell.n_gates * units))  # gradient of Wx + b, (steps * rows, G * units)
            previous_outputs = tf.reshape(outputs[:-1] * keeps_state[1:], (-1, units))
            d_after_first = tf.reshape(d_recurrent[1:], (-1, cell.n_gates * units))
            return (
                tf.reshape(tf.matmul(d_input, kernel, transpose_b=True), tf.shape(x)),
                tf.matmul(flat, d_input, transpose_a=True),
                tf.matmul(previous_outputs, d_after_first, transpose_a=True),
                tf.stack([tf.reduce_sum(d_input, 0), tf.reduce_sum(d_recurrent, (0, 1))]),
            )

        return outputs, gradient

    return run(x, kernel, weights, biases)


class _CompiledLoop:
    """Mixin that replaces the loop of a Keras recurrent layer by a compiled one.

    Rows are right-padded; the output on padding is undefined.

    Args:
        in_chunks: whether to run rows of similar length together, `CHUNK` at a time. It is for rows of very different
            lengths, and returns only the last output of each.
    """

    equations: Equations
    cell: Any
    go_backwards: bool

    def __init__(self, *arguments: Any, in_chunks: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.in_chunks = in_chunks

    def get_config(self) -> dict[str, Any]:
        """All options; `Bidirectional` creates its two layers from them."""
        return {**super().get_config(), "in_chunks": self.in_chunks}  # type: ignore[misc]

    def inner_loop(self, sequences: tf.Tensor, initial_state: Any, mask: tf.Tensor, training: bool = False) -> Any:
        """Override Keras' loop over the steps.

        Args:
            sequences: (batch, time, inputs).
            initial_state: ignored, as all states start at zero.
            mask: (batch, time) real steps.
            training: ignored.

        Returns:
            (batch, units) last outputs, (batch, time, units) all outputs, and the initial state. As in Keras, a layer
            that goes backwards returns its outputs in the order in which it computes them.
        """
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        if self.in_chunks:
            last = self._last_outputs_in_chunks(sequences, lengths)
            return last, last, initial_state
        steps = tf.range(tf.shape(sequences)[1])
        outputs = tf.transpose(self._outputs(tf.transpose(sequences, (1, 0, 2)), steps, lengths[None]), (1, 0, 2))
        last = outputs[:, -1] if self.go_backwards else tf.gather(outputs, lengths - 1, batch_dims=1)
        return last, outputs, initial_state

    def _last_outputs_in_chunks(self, sequences: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """(batch, units) last outputs. Rows are sorted by length and cut into chunks, which one loop runs in turn."""
        n_rows, time, width = tf.unstack(tf.shape(sequences))
        order = tf.argsort(lengths)
        missing = -n_rows % CHUNK
        chunks = tf.reshape(
            tf.pad(tf.gather(sequences, order), [[missing, 0], [0, 0], [0, 0]]), (-1, CHUNK, time, width)
        )
        chunk_lengths = tf.reshape(tf.pad(tf.gather(lengths, order), [[missing, 0]]), (-1, CHUNK))
        longest = chunk_lengths[:, -1]  # (chunks,)
        chunk_and_step = tf.where(tf.sequence_mask(longest, time))  # (steps of all chunks, 2)
        outputs = self._outputs(
            tf.gather_nd(tf.transpose(chunks, (0, 2, 1, 3)), chunk_and_step),
            tf.cast(chunk_and_step[:, 1], tf.int32),
            tf.gather(chunk_lengths, chunk_and_step[:, 0]),
        )
        sorted_index = tf.argsort(order) + missing  # (batch,) index of each row in the concatenated chunks
        first = tf.gather(tf.cumsum(longest, exclusive=True), sorted_index // CHUNK)
        last = tf.shape(chunk_and_step)[0] - 1 - first if self.go_backwards else first + lengths - 1
        return tf.gather_nd(outputs, tf.stack([last, sorted_index % CHUNK], axis=1))

    def _outputs(self, x: tf.Tensor, steps: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """(loop steps, rows, units) outputs, in the order in which the layer computes them.

        Args:
            x: (loop steps, rows, inputs).
            steps: (loop steps,) index of each in its rows, from 0.
            lengths: (loop steps or 1, rows) length of the row at each of them.
        """
        if self.go_backwards:
            x, keeps_state = tf.reverse(x, [0]), tf.reverse(steps[:, None] + 1 < lengths, [0])
        else:
            keeps_state = tf.broadcast_to(steps[:, None] > 0, tf.shape(x)[:2])
        cell = self.cell
        kernel, weights, bias = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
        biases = bias if bias.shape.rank == 2 else tf.stack([bias, tf.zeros_like(bias)])
        return _recur(self.equations, x, kernel, weights, biases, tf.cast(keeps_state, tf.float32)[:, :, None])


@keras.saving.register_keras_serializable("tagger")
class SimpleRNN(_CompiledLoop, keras.layers.SimpleRNN):  # type: ignore[misc]
    """Keras' SimpleRNN with a compiled loop."""

    equations = SIMPLE_RNN_CELL


@keras.saving.register_keras_serializable("tagger")
class LSTM(_CompiledLoop, keras.layers.LSTM):  # type: ignore[misc]
    """Keras' LSTM with a compiled loop."""

    equations = LSTM_CELL


@keras.saving.register_keras_serializable("tagger")
class GRU(_CompiledLoop, keras.layers.GRU):  # type: ignore[misc]
    """Keras' GRU with a compiled loop; only with `reset_after`."""

    equations = GRU_CELL

"""One training step: gradients of a batch, the adversarial pass, the optimizer's update, and the moving average."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import tensorflow as tf

from tagger.encoding.arrays import Array
from tagger.encoding.batches import Batch
from tagger.network.averaging import Average
from tagger.network.losses import Loss
from tagger.network.optimizers import Adam, LazyAdam, mean_gradient, summed_rows
from tagger.network.prediction import input_signature, tag_signature


def training_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    batch_loss: Loss,
    average: Average | None,
    adversarial: float,
) -> Callable[[Batch], dict[str, tf.Tensor]]:
    """Create a function that trains on a batch and returns the loss of each head.

    It is traced once, at the first batch, for batches of any size.

    Args:
        model: as built by `build_model`.
        optimizer: built for the model's trainable variables.
        batch_loss: training loss.
        average: moving average to update; None: weights are not averaged.
        adversarial: norm of the adversarial perturbation, as a fraction of the norm of a sentence's inputs; 0: none.
    """
    layer = model.get_layer("perturbation")
    # Rows of an embedding that occur several times in a batch must be summed before the gradient's norm is computed.
    without_repeats = summed_rows if isinstance(optimizer, Adam) else tf.convert_to_tensor

    def loss_and_gradients(
        inputs: dict[str, tf.Tensor], tags: dict[str, tf.Tensor]
    ) -> tuple[dict[str, tf.Tensor], list[Any], tf.Tensor]:
        """The losses, the gradients of their sum by the trainable variables, and by the recurrent layers' input."""
        with tf.GradientTape() as tape:
            layer.tape = tape if adversarial else None  # wide one-hot inputs need no gradient otherwise
            losses = batch_loss(model(inputs, training=True), tags, inputs["lengths"])
            layer.tape = None
            scaled = optimizer.scale_loss(tf.add_n([*losses.values()]))
        *gradients, d_input = tape.gradient(scaled, [*model.trainable_variables, layer.latest_input])
        return losses, gradients, d_input

    def step(inputs: dict[str, tf.Tensor], tags: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        layer.perturbation = None
        losses, gradients, d_input = loss_and_gradients(inputs, tags)
        if adversarial:
            layer.perturbation = adversarial * worst_perturbation(layer.latest_input, d_input, inputs["lengths"])
            _, perturbed_gradients, _ = loss_and_gradients(inputs, tags)
            layer.perturbation = None
            gradients = [mean_gradient(*pair) for pair in zip(gradients, perturbed_gradients, strict=True)]
        gradients = [without_repeats(gradient) for gradient in gradients]
        row_gradients = gradients if isinstance(optimizer, LazyAdam) else ()  # other optimizers change whole tables
        if average:
            average.catch_up(row_gradients)
        optimizer.apply(gradients, model.trainable_variables)
        if average:
            average.update(optimizer.iterations, row_gradients)
        return losses

    signature = input_signature(model)

    @cache
    def traced() -> Any:
        return tf.function(step, autograph=False).get_concrete_function(signature, tag_signature(model))

    def train_on(batch: Batch) -> dict[str, tf.Tensor]:
        arrays: dict[str, Array] = {**batch.inputs, "lengths": batch.lengths}
        # TensorFlow does not check tensors of the right type again, which makes a call take 0.4 ms instead of 1.0 ms.
        inputs = {name: tf.constant(arrays[name], spec.dtype) for name, spec in signature.items()}
        losses: dict[str, tf.Tensor] = traced()(inputs, {name: tf.constant(ids) for name, ids in batch.tags.items()})
        return losses

    return train_on


def worst_perturbation(inputs: tf.Tensor, gradient: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Perturbation that raises the loss most, to first order, and has the same norm as the inputs of its sentence.

    Args:
        inputs: (batch, time, width).
        gradient: (batch, time, width) gradient of the loss by the inputs, times any factor.
        lengths: (batch,) steps per sentence.

    Returns:
        (batch, time, width), zero on padding.

    Source: Miyato et al. (2017), equation 5; applied to taggers by Yasunaga et al. (2018).
    """
    is_step = tf.sequence_mask(lengths, tf.shape(inputs)[1])[:, :, None]

    def norm(values: tf.Tensor) -> tf.Tensor:
        return tf.sqrt(tf.reduce_sum(tf.where(is_step, values * values, 0), (1, 2), keepdims=True))

    # In single precision, since squares overflow in half precision.
    values, slope = tf.cast(inputs, tf.float32), tf.cast(gradient, tf.float32)
    perturbation = tf.where(is_step, tf.math.divide_no_nan(norm(values), norm(slope)) * slope, 0)
    return tf.cast(perturbation, inputs.dtype)

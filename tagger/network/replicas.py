"""One batch on several devices at once: each takes some of its sentences, and all make the same step."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.encoding.arrays import Array
from tagger.encoding.batches import NOT_SCORED, Batch
from tagger.network.averaging import Average
from tagger.network.losses import Loss


@cache  # a second one in a process would begin anew to number what its devices exchange, and be taken for the first
def mirrored() -> tf.distribute.Strategy:
    """All GPUs; without one, all devices that TensorFlow makes of the processor."""
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def describe_devices(strategy: tf.distribute.Strategy) -> str:
    """How many devices there are, and of which kind."""
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "processor"
    n = strategy.num_replicas_in_sync
    return f"{n} {kind}{'s' if n > 1 else ''}"


def replicated_step(
    strategy: tf.distribute.Strategy,
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss_of: Loss,
    average: Average | None,
) -> Callable[[Batch], tf.Tensor]:
    """A function that makes one step on a batch, and gives its loss.

    Each device has the loss of its sentences, weighted by how many of the batch's scored steps are theirs, so that loss
    and gradients are those of the whole batch on one device, but for rounding and what dropout draws.

    Args:
        strategy: in whose scope the model and the optimizer were made.
        model: as `build_model` gives it.
        optimizer: its `global_clipnorm` is that of the whole batch's gradient.
        loss_of: of the model's output, the tags and the lengths: a mean over scored steps.
        average: that takes in each step.
    """
    n, norm = strategy.num_replicas_in_sync, optimizer.global_clipnorm
    optimizer.global_clipnorm = None  # it would clip what each device has, before the sum

    def on_device(inputs: dict[str, tf.Tensor], tags: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = share * loss_of(model(inputs, training=True), tags, inputs["lengths"])
        gradients = [tf.convert_to_tensor(found) for found in tape.gradient(loss, model.trainable_variables)]
        gradients = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
        gradients, _ = tf.clip_by_global_norm(gradients, norm)
        optimizer.apply([found / n for found in gradients], model.trainable_variables)  # which sums them once more
        return loss

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(*parts: Any) -> tf.Tensor:
        losses = strategy.run(on_device, args=parts)
        if average:
            average.update(optimizer.iterations)
        return strategy.reduce("SUM", losses, axis=None)

    def on_batch(batch: Batch) -> tf.Tensor:
        of_devices = [*zip(*split(batch, n), strict=True)]  # inputs, tags and shares, each with one for every device
        return step(*(_distributed(strategy, values) for values in of_devices))

    return on_batch


def _distributed(strategy: tf.distribute.Strategy, values: tuple[Any, ...]) -> Any:
    return strategy.experimental_distribute_values_from_function(
        lambda context: tf.nest.map_structure(tf.convert_to_tensor, values[context.replica_id_in_sync_group])
    )


def split(batch: Batch, n: int) -> list[tuple[dict[str, Array], Array, np.float32]]:
    """A batch's sentences dealt into n parts: inputs and tags of each, and its share of the steps that are scored.

    Where there are fewer sentences than parts, a part has one again, and no step of it is scored.
    """
    tags = np.asarray(batch.tags)
    n_scored = np.sum(tags != NOT_SCORED)
    parts = []
    for k in range(n):
        rows = np.arange(k, len(tags), n)
        of_part = tags[rows] if len(rows) else np.full_like(tags[:1], NOT_SCORED)
        inputs = _rows({**batch.inputs, "lengths": batch.lengths}, rows if len(rows) else np.zeros(1, int))
        parts.append((inputs, of_part, np.float32(np.sum(of_part != NOT_SCORED) / n_scored)))
    return parts


def _rows(inputs: dict[str, Array], rows: Array) -> dict[str, Array]:
    """Some sentences' inputs, and of the distinct forms theirs."""
    of_forms = ("characters", "form_lengths")
    found = {name: values[rows] for name, values in inputs.items() if name not in of_forms}
    if "forms" in found:
        used, places = np.unique(found["forms"], return_inverse=True)
        found["forms"] = places.reshape(found["forms"].shape).astype(np.int32)
        found |= {name: inputs[name][used] for name in of_forms}
    return found

"""Predictions and mean loss of a Keras model over a dataset, during training."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tagger.encoding.arrays import Ids
from tagger.encoding.batches import NOT_SCORED, Dataset, batches
from tagger.heads.chain import Chain
from tagger.heads.decoding import Decoder
from tagger.network.crf import learned_chain
from tagger.network.losses import Loss


def input_signature(model: keras.Model) -> dict[str, tf.TensorSpec]:
    """Shapes and types of a model's inputs, by name."""
    return {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in model.input.items()}


def predictor(model: keras.Model, *, allowed: Chain | None = None, batch_size: int = 64) -> Callable[[Dataset], Ids]:
    """Create a function that predicts the tag ids of a dataset, (steps,), decoded as the saved tagger does.

    Each call uses the current weights of the model.

    Args:
        model: as built by `build_model`.
        allowed: constraints of a scheme; None: all sequences are allowed.
        batch_size: sentences per batch.
    """
    forward = tf.function(lambda inputs: model(inputs), input_signature=[input_signature(model)], autograph=False)

    def predict(dataset: Dataset) -> Ids:
        ids = np.empty(dataset.n_steps, np.int32)
        decoder = Decoder(learned_chain(model), allowed)
        for batch in batches(dataset, batch_size):
            logits = forward({**batch.inputs, "lengths": batch.lengths}).numpy()
            rows = decoder.decode(logits, batch.lengths)
            for position, length, row in zip(batch.positions, batch.lengths, rows, strict=True):
                start = dataset.offsets[position]
                ids[start : start + length] = row[:length]
        return ids

    return predict


def mean_loss(model: keras.Model, loss: Loss, *, batch_size: int = 64) -> Callable[[Dataset], float | None]:
    """Create a function that computes the mean loss over a dataset's scored steps, without those of unknown tags.

    It returns None if there are no such steps, or if the loss is not finite.
    """
    n_tags = model.output.shape[-1]

    batch_loss = tf.function(
        lambda inputs, tags: loss(model(inputs), tags, inputs["lengths"]),
        input_signature=[input_signature(model), tf.TensorSpec((None, None), tf.int32)],
        autograph=False,
    )

    def mean(dataset: Dataset) -> float | None:
        total, n_scored = 0.0, 0
        for batch in batches(dataset, batch_size):
            tags = np.asarray(batch.tags)
            tags = np.where(tags < n_tags, tags, NOT_SCORED)
            n = int(np.sum(tags != NOT_SCORED))
            total += n * float(batch_loss({**batch.inputs, "lengths": batch.lengths}, tags))
            n_scored += n
        return total / n_scored if n_scored and np.isfinite(total) else None

    return mean


def accuracy_on(dataset: Dataset) -> Callable[[Ids], float]:
    """Create a function that computes the accuracy, 0 to 1, of the ids predicted for a dataset."""
    tags = dataset.tags
    if tags is None:
        raise ValueError("the dataset has no tags")
    return lambda ids: float(np.mean((ids == tags)[tags != NOT_SCORED]))

"""Predictions and mean loss of a Keras model over a dataset, during training."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from tagger.encoding.arrays import Ids
from tagger.encoding.batches import NOT_SCORED, Dataset, batches
from tagger.heads.constraints import Constraints
from tagger.heads.decoding import Decoder
from tagger.network.crf import learned_chain
from tagger.network.losses import Loss, LossSum

Predicted = dict[str, Ids]  # tag ids by head: (steps,), or (sentences,) for labels


def tag_signature(model: keras.Model) -> dict[str, tf.TensorSpec]:
    """Shapes and types of the tag ids of a batch, by head."""
    return {name: tf.TensorSpec((None, None), tf.int32) for name in model.output}


def input_signature(model: keras.Model) -> dict[str, tf.TensorSpec]:
    """Shapes and types of a model's inputs, by name."""
    return {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in model.input.items()}


def predictor(
    model: keras.Model,
    *,
    allowed: Mapping[str, Constraints | None] = {},
    min_duration: Mapping[str, tuple[int, ...]] = {},
    batch_size: int = 64,
) -> Callable[[Dataset], Predicted]:
    """Create a function that predicts the tag ids of a dataset, decoded as the saved tagger does.

    Each call uses the current weights of the model.

    Args:
        model: as built by `build_model`.
        allowed: constraints of a scheme, by head; default: all sequences are allowed.
        min_duration: fewest steps of a run of each tag, by head; default: 1.
        batch_size: sentences per batch.
    """
    forward = tf.function(lambda inputs: model(inputs), input_signature=[input_signature(model)], autograph=False)

    def predict(dataset: Dataset) -> Predicted:
        n_sentences = len(dataset.lengths)
        ids = {
            name: np.zeros(n_sentences if _is_of_labels(logits) else dataset.n_steps, np.int32)
            for name, logits in model.output.items()
        }
        decoders = {
            name: Decoder(learned_chain(model, name), allowed.get(name), min_duration=min_duration.get(name, ()))
            for name in model.output
        }
        for batch in batches(dataset, batch_size):
            outputs = forward({**batch.inputs, "lengths": batch.lengths})
            for name, decoder in decoders.items():
                logits = outputs[name].numpy()
                if _is_of_labels(model.output[name]):
                    ids[name][batch.positions] = decoder.decode(logits, np.ones_like(batch.lengths))[:, 0]
                    continue
                rows = decoder.decode(logits, batch.lengths)
                for position, length, row in zip(batch.positions, batch.lengths, rows, strict=True):
                    start = dataset.offsets[position]
                    ids[name][start : start + length] = row[:length]
        return ids

    return predict


def _is_of_labels(logits: keras.KerasTensor) -> bool:
    """Whether logits are (batch, 1, labels) rather than (batch, time, tags)."""
    return bool(logits.shape[1] == 1)


def mean_loss(model: keras.Model, loss: Loss, *, batch_size: int = 64) -> Callable[[Dataset], float | None]:
    """Create a function that computes the mean loss over a dataset's scored answers, without those of unknown tags.

    Of several heads, it is the sum of their means. It is None if nothing is scored, or if it is not finite.
    """
    n_tags = {name: logits.shape[-1] for name, logits in model.output.items()}

    batch_loss = tf.function(
        lambda inputs, tags: loss(model(inputs), tags, inputs["lengths"]),
        input_signature=[input_signature(model), tag_signature(model)],
        autograph=False,
    )

    def mean(dataset: Dataset) -> float | None:
        total = LossSum()
        for batch in batches(dataset, batch_size):
            tags = {name: np.where(ids < n_tags[name], ids, NOT_SCORED) for name, ids in batch.tags.items()}
            total.add(batch_loss({**batch.inputs, "lengths": batch.lengths}, tags), tags)
        return total.mean if total.mean is not None and np.isfinite(total.mean) else None

    return mean


def accuracy_on(dataset: Dataset) -> Callable[[Predicted], float]:
    """Create a function that computes the accuracy, 0 to 1, of the ids predicted for a dataset, over all heads."""
    gold = dataset.tags | dataset.labels
    if not gold:
        raise ValueError("the dataset has no tags")

    def accuracy(predicted: Predicted) -> float:
        is_right = [(predicted[name] == ids)[ids != NOT_SCORED] for name, ids in gold.items()]
        return float(np.mean(np.concatenate(is_right)))

    return accuracy

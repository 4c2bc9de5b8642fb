"""The training loop: it yields what happens, others print and save it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED, Batch, Dataset, Ids, batches, windows
from tagger.errors import TrainingError

OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "nadam": keras.optimizers.Nadam,
    "adamw": keras.optimizers.AdamW,
}


@dataclass(frozen=True, slots=True)
class BatchDone:
    """One batch is done.

    Args:
        epoch: from 1.
        tokens: done in this epoch.
        tokens_of_all: in an epoch.
        loss: mean over the scored tokens of this epoch so far, in nats.
        tokens_per_second: of this epoch so far.
    """

    epoch: int
    tokens: int
    tokens_of_all: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch is done.

    Args:
        number: from 1.
        loss: mean over the scored tokens of train, in nats, with dropout as in training.
        score: the metric on dev; None without dev.
        is_best: whether these weights are the best so far.
        learning_rate: at the epoch's end.
        training_seconds: of its training steps.
        seconds: since the first batch of all, evaluation on dev included.
    """

    number: int
    loss: float
    score: float | None
    is_best: bool
    learning_rate: float
    training_seconds: float
    seconds: float


def fit(
    model: keras.Model,
    train: Dataset,
    dev: Dataset | None,
    training: Training,
    *,
    score: Callable[[Ids], float] | None = None,
    stop: Callable[[], bool],
) -> Iterator[BatchDone | Epoch]:
    """Trains a model, and leaves it with the weights of the best epoch by dev, or of the last one without dev.

    Args:
        model: as `build_model` gives it.
        train: tagged sentences; longer ones than `max_steps` are cut into windows.
        dev: tagged sentences that decide which epoch is the best, and when to stop.
        training: the config's section.
        score: the metric, from 0 to 1, of the ids predicted for dev's steps; default: accuracy.
        stop: asked after each batch; training ends there, and the epoch that it breaks off does not count.

    Raises:
        TrainingError: the loss, or a weight, is not a number; nothing of the model is worth keeping then.
    """
    train = windows(train, training.max_steps)
    n_batches = -(-len(train.lengths) // training.batch_size)
    optimizer = _optimizer(training, n_batches * training.epochs)
    train_step, predict = _train_step(model, optimizer), predictor(model)
    rng = np.random.default_rng(training.seed)
    best_score, best_epoch, best_weights = -np.inf, 0, model.get_weights()
    started = time.perf_counter()
    for number in range(1, training.epochs + 1):
        epoch_started = time.perf_counter()
        total, scored, tokens = 0.0, 0, 0
        for batch in batches(train, training.batch_size, rng=rng):
            n_scored = int(np.sum(batch.tags != NOT_SCORED))
            if n_scored:
                try:
                    loss = float(train_step({**batch.inputs, "lengths": batch.lengths}, batch.tags))
                except tf.errors.ResourceExhaustedError:
                    raise _out_of_memory(batch, training) from None
                if not np.isfinite(loss):
                    raise _not_a_number(number, training)
                total += loss * n_scored
                scored += n_scored
            tokens += int(batch.lengths.sum())
            speed = tokens / (time.perf_counter() - epoch_started)
            yield BatchDone(number, tokens, train.n_steps, total / max(1, scored), speed)
            if stop():
                model.set_weights(best_weights)
                return
        training_seconds = time.perf_counter() - epoch_started
        dev_score = None if dev is None else (score or _accuracy(dev))(predict(dev))
        is_best = dev_score is None or dev_score > best_score
        if is_best:
            weights = model.get_weights()
            if not all(np.isfinite(weight).all() for weight in weights):
                raise _not_a_number(number, training)
            best_score, best_epoch, best_weights = dev_score or 0.0, number, weights
        yield Epoch(
            number=number,
            loss=total / max(1, scored),
            score=dev_score,
            is_best=is_best,
            learning_rate=float(optimizer.learning_rate),
            training_seconds=training_seconds,
            seconds=time.perf_counter() - started,
        )
        if number - best_epoch >= training.patience or stop():
            break
    model.set_weights(best_weights)


def _not_a_number(epoch: int, training: Training) -> TrainingError:
    return TrainingError(
        f"the loss is not a number any more, in epoch {epoch}",
        f"try a lower rate, for example --set training.learning_rate={training.learning_rate / 10:g}",
    )


def _out_of_memory(batch: Batch, training: Training) -> TrainingError:
    n_sentences, time = len(batch.lengths), int(batch.lengths.max())
    return TrainingError(
        f"not enough memory for a batch of {n_sentences} sentences of up to {time:,} steps",
        f"try --set training.batch_size={max(1, training.batch_size // 2)}, or a smaller training.max_steps",
    )


def _optimizer(training: Training, n_steps: int) -> keras.optimizers.Optimizer:
    rate: float | keras.optimizers.schedules.LearningRateSchedule = training.learning_rate
    if training.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(training.learning_rate, n_steps)
    return OPTIMIZERS[training.optimizer](learning_rate=rate, global_clipnorm=training.clip_norm)


def masked_loss(logits: tf.Tensor, tags: tf.Tensor) -> tf.Tensor:
    """Sparse categorical cross-entropy: the mean over the steps that are scored, in nats.

    Args:
        logits: (batch, time, tags).
        tags: (batch, time) ids, `NOT_SCORED` where a step does not count.
    """
    is_scored = tags != NOT_SCORED
    losses = keras.losses.sparse_categorical_crossentropy(tf.where(is_scored, tags, 0), logits, from_logits=True)
    return tf.reduce_sum(tf.where(is_scored, losses, 0.0)) / tf.reduce_sum(tf.cast(is_scored, losses.dtype))


def _train_step(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> Any:
    """One traced function that serves every batch, whatever its size and length."""
    optimizer.build(model.trainable_variables)

    def step(inputs: dict[str, tf.Tensor], tags: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = masked_loss(model(inputs, training=True), tags)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    signature = [_signature(model), tf.TensorSpec((None, None), tf.int32)]
    return tf.function(step, input_signature=signature, autograph=False)


def _signature(model: keras.Model) -> dict[str, tf.TensorSpec]:
    return {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in model.input.items()}


def predictor(model: keras.Model, *, batch_size: int = 64) -> Callable[[Dataset], Ids]:
    """A function that gives the id of each step's best tag, (steps,), of a dataset."""
    forward = tf.function(
        lambda inputs: tf.argmax(model(inputs), -1, tf.int32), input_signature=[_signature(model)], autograph=False
    )

    def predict(dataset: Dataset) -> Ids:
        ids = np.empty(dataset.n_steps, np.int32)
        for batch in batches(dataset, batch_size):
            rows = forward({**batch.inputs, "lengths": batch.lengths}).numpy()
            for position, length, row in zip(batch.positions, batch.lengths, rows, strict=True):
                start = dataset.offsets[position]
                ids[start : start + length] = row[:length]
        return ids

    return predict


def _accuracy(dataset: Dataset) -> Callable[[Ids], float]:
    tags = dataset.tags
    if tags is None:
        raise ValueError("dev has no tags")
    return lambda ids: float(np.mean((ids == tags)[tags != NOT_SCORED]))

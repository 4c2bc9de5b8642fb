"""The training loop. It yields events, which others print and save."""

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.config import Training
from tagger.corpus.counted import counted
from tagger.encoding.arrays import Array, Flags
from tagger.encoding.batches import Batch, Dataset, batches, has_scored_answer, windows
from tagger.errors import RunError, TrainingError
from tagger.network.averaging import Average
from tagger.network.events import BatchDone, Epoch, TrainingState, epochs_without_progress
from tagger.network.heads import heads_loss
from tagger.network.losses import Loss, LossSum
from tagger.network.optimizers import OPTIMIZERS
from tagger.network.prediction import Predicted, accuracy_on, mean_loss, predictor
from tagger.network.programs import FLAGS, FOLDER
from tagger.network.schedules import LearningRate, plateau_factor
from tagger.network.training_step import training_step


def fit(
    model: keras.Model,
    train: Dataset,
    dev: Dataset | None,
    training: Training,
    *,
    loss: Loss | None = None,
    predict: Callable[[Dataset], Predicted] | None = None,
    score: Callable[[Predicted], float] | None = None,
    start: TrainingState | None = None,
    stop: Callable[[], bool],
) -> Iterator[BatchDone | TrainingState | Epoch]:
    """Train a model; afterwards it has the weights of the best epoch on dev, or of the last epoch without dev.

    The best epoch has the highest score on dev, and among equal scores the lowest loss on dev. The first `min_epochs`
    epochs are not compared: each of them replaces the previous one as the best. With `averaging`, the averaged weights
    are scored on dev and kept.

    Args:
        model: as built by `build_model`.
        train: tagged sentences; those longer than `max_steps` are cut into windows, which begin after some context.
        dev: tagged sentences that decide which epoch is the best, and when to stop.
        training: the config's section.
        loss: training loss; default: `heads_loss` without class weights.
        predict: function from a dataset to tag ids by head; default: `predictor(model)`.
        score: function from the ids predicted for dev to the metric, 0 to 1; default: accuracy over all heads.
        start: state to resume from, of the same model and data.
        stop: called after each batch and each epoch; if it returns True, training ends, and an incomplete epoch does
            not count.

    Yields:
        A `BatchDone` after each batch; after each epoch a `TrainingState` to resume from, then the `Epoch`.

    Raises:
        TrainingError: the loss or a weight is not finite, or memory runs out; the model then has the weights of the
            best epoch so far, if any.
        RunError: `start` is the state of another model.
    """
    train = windows(train, training.max_steps, training.context)
    has_scored = has_scored_answer(train)
    schedule = LearningRate(training, -(-int(has_scored.sum()) // training.batch_size) * training.epochs)
    optimizer = _new_optimizer(model, training, schedule)
    loss = loss or heads_loss(model, training)
    average = Average(model.trainable_variables) if training.averaging else None
    train_on = training_step(model, optimizer, loss, average, training.adversarial)
    predict, loss_on = predict or predictor(model), mean_loss(model, loss)
    variables = [*model.variables, *optimizer.variables, *(average.values if average else ())]
    best_weights, epochs = model.get_weights(), list(start.epochs if start else ())
    if start:
        best_weights = _restore(variables, best_weights, start)
    began = time.perf_counter() - (epochs[-1].seconds if epochs else 0)
    try:
        while not _is_finished(epochs, training):
            number, epoch_began = len(epochs) + 1, time.perf_counter()
            schedule.factor.assign(plateau_factor(_plateau_values(epochs)) if training.schedule == "plateau" else 1.0)
            train_loss = yield from _train_epoch(number, train, has_scored, training, train_on, stop)
            if train_loss is None:
                break
            training_seconds = time.perf_counter() - epoch_began
            with average.applied() if average else nullcontext():
                dev_score = None if dev is None else (score or accuracy_on(dev))(predict(dev))
                dev_loss = None if dev is None else loss_on(dev)
                weights = model.get_weights()
            epoch = Epoch(
                number=number,
                loss=train_loss,
                score=dev_score,
                is_best=True,
                learning_rate=float(optimizer.learning_rate),
                training_seconds=training_seconds,
                seconds=time.perf_counter() - began,
                dev_loss=dev_loss,
            )
            best = next((epoch for epoch in reversed(epochs) if epoch.is_best), None)
            if number > training.min_epochs and not epoch.is_better(best):
                epoch = replace(epoch, is_best=False)
            elif not all(np.isfinite(weight).all() for weight in weights):
                raise _not_finite(number, training)
            else:
                best_weights = weights
            epochs.append(epoch)
            yield TrainingState(_arrays(variables, best_weights), tuple(epochs))
            yield epoch
            if stop():
                break
    except TrainingError:
        model.set_weights(best_weights)
        raise
    model.set_weights(best_weights)


def _new_optimizer(model: keras.Model, training: Training, schedule: LearningRate) -> keras.optimizers.Optimizer:
    optimizer = OPTIMIZERS[training.optimizer](learning_rate=schedule, global_clipnorm=training.clip_norm)
    if training.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # or small gradients would become zero
    optimizer.build(model.trainable_variables)
    return optimizer


def _train_epoch(
    number: int,
    train: Dataset,
    has_scored: Flags,
    training: Training,
    train_on: Callable[[Batch], dict[str, tf.Tensor]],
    stop: Callable[[], bool],
) -> Generator[BatchDone, None, float | None]:
    """Train for an epoch; return its mean loss, see `LossSum`, or None if it was stopped."""
    began, n_tokens = time.perf_counter(), int(train.lengths[has_scored].sum())
    total, mean, tokens = LossSum(), 0.0, 0
    rng = np.random.default_rng((training.seed, number))
    for batch in batches(train, training.batch_size, rng=rng, among=has_scored):
        try:
            loss = total.add(train_on(batch), batch.tags)
        except tf.errors.ResourceExhaustedError as error:
            raise _exhausted(error, batch, training) from None
        if not np.isfinite(loss):
            raise _not_finite(number, training)
        mean = total.mean or 0.0
        tokens += int(batch.lengths.sum())
        speed = tokens / (time.perf_counter() - began)
        yield BatchDone(number, training.epochs, tokens, n_tokens, mean, speed)
        if stop():
            return None
    return mean


def _is_finished(epochs: Sequence[Epoch], training: Training) -> bool:
    waited = epochs_without_progress(epochs, training.min_epochs)
    return len(epochs) >= training.epochs or waited >= training.patience


def _plateau_values(epochs: Sequence[Epoch]) -> list[float]:
    """Value of each epoch, higher is better: the metric on dev, or the negative training loss without dev."""
    return [-epoch.loss if epoch.score is None else epoch.score for epoch in epochs]


def _arrays(variables: Sequence[Any], best_weights: Sequence[Array]) -> dict[str, Array]:
    values = {f"variable/{i}": variable.numpy() for i, variable in enumerate(variables)}
    return values | {f"best/{i}": weight for i, weight in enumerate(best_weights)}


def _restore(variables: Sequence[Any], weights: Sequence[Array], start: TrainingState) -> list[Array]:
    """Restore the variables from a state; return its best weights, which are like the current ones."""
    names = [f"variable/{i}" for i in range(len(variables))]
    best = [f"best/{i}" for i in range(len(weights))]
    types = [*(_type(variable.numpy()) for variable in variables), *map(_type, weights)]
    expected = dict(zip([*names, *best], types, strict=True))
    if {name: _type(array) for name, array in start.arrays.items()} != expected:
        raise RunError(
            "the checkpoint belongs to another network than the one that this version of tagger builds",
            "--overwrite starts over",
        )
    for name, variable in zip(names, variables, strict=True):
        variable.assign(start.arrays[name])
    return [start.arrays[name] for name in best]


def _type(array: Array) -> tuple[object, ...]:
    """Shape of an array, and the type of its values."""
    return array.shape, array.dtype


def _not_finite(epoch: int, training: Training) -> TrainingError:
    return TrainingError(
        f"epoch {epoch}: the loss is no longer a finite number",
        f"try a lower rate, for example --set training.learning_rate={training.learning_rate / 10:g}",
    )


def _exhausted(error: tf.errors.ResourceExhaustedError, batch: Batch, training: Training) -> TrainingError:
    if full := re.search(r"^(.*); (No space left on device|Disk quota exceeded)", error.message, re.MULTILINE):
        return TrainingError(
            f"{Path(full[1]).parent}: no space left for compiled programs",
            f"free some space there, or set another folder: {FLAGS}={FOLDER}=DIR",
        )
    sentences, steps = counted(len(batch.lengths), "sentence"), counted(int(batch.lengths.max()), "step")
    return TrainingError(
        f"not enough memory for a batch of {sentences} of up to {steps}",
        f"try --set training.batch_size={max(1, training.batch_size // 2)}, or a smaller training.max_steps",
    )

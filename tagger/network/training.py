"""The training loop: it yields what happens, others print and save it."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.arrays import Array, Ids
from tagger.encoding.batches import NOT_SCORED, Batch, Dataset, batches, has_scored_step, windows
from tagger.errors import RunError, TrainingError
from tagger.heads.chain import Chain
from tagger.heads.decoding import Decoder
from tagger.network.averaging import Average
from tagger.network.crf import crf_loss, learned_chain
from tagger.network.events import BatchDone, Epoch, TrainingState
from tagger.network.losses import Loss, token_loss
from tagger.network.optimizers import OPTIMIZERS, Adam, LazyAdam, mean_gradient, summed_rows
from tagger.network.programs import FLAGS, FOLDER
from tagger.network.schedules import LearningRate, plateau_factor


def fit(
    model: keras.Model,
    train: Dataset,
    dev: Dataset | None,
    training: Training,
    *,
    loss: Loss | None = None,
    predict: Callable[[Dataset], Ids] | None = None,
    score: Callable[[Ids], float] | None = None,
    start: TrainingState | None = None,
    stop: Callable[[], bool],
) -> Iterator[BatchDone | TrainingState | Epoch]:
    """Trains a model, and leaves it with the weights of the best epoch by dev, or of the last one without dev.

    The best epoch has the highest score on dev; of several with the same score, the lowest loss on dev. Of the first
    `min_epochs` it is the last.
    With `averaging`, the weights that are scored on dev and left are the averaged ones.

    Args:
        model: as `build_model` gives it.
        train: tagged sentences; longer ones than `max_steps` are cut into windows.
        dev: tagged sentences that decide which epoch is the best, and when to stop.
        training: the config's section.
        loss: of the model's output, the tags and the lengths of a batch; default: that of the model's head as the
            config has it, without class weights.
        predict: the ids of a dataset's steps; default: `predictor(model)`.
        score: the metric, from 0 to 1, of the ids predicted for dev's steps; default: accuracy.
        start: of an earlier training of the same model on the same data, to go on from.
        stop: asked after each batch; training ends there, and the epoch that it breaks off does not count.

    Yields:
        Each batch; after each epoch what going on from there takes, then the epoch.

    Raises:
        TrainingError: the loss, or a weight, is not a number, or memory runs out; the model has the weights of the best
            epoch before, if there was one.
        RunError: `start` is of another model.
    """
    train = windows(train, training.max_steps)
    counts = has_scored_step(train)
    n_steps, n_tokens = int(counts.sum()), int(train.lengths[counts].sum())
    schedule = LearningRate(training, -(-n_steps // training.batch_size) * training.epochs)
    optimizer = OPTIMIZERS[training.optimizer](learning_rate=schedule, global_clipnorm=training.clip_norm)
    if training.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # or small gradients would be zero
    optimizer.build(model.trainable_variables)
    average = Average(model.trainable_variables) if training.averaging else None
    if loss is None:
        loss = crf_loss(model) if learned_chain(model) else token_loss(training)
    train_step = _train_step(model, optimizer, loss, average, training.adversarial)
    predict, mean_loss = predict or predictor(model), _mean_loss(model, loss)
    variables = [*model.variables, *optimizer.variables, *(average.values if average else ())]
    best_weights, epochs = model.get_weights(), list(start.epochs if start else ())
    if start:
        best_weights = _restore(variables, len(best_weights), start)
    began = time.perf_counter() - (epochs[-1].seconds if epochs else 0)
    while not _is_finished(epochs, training):
        number, epoch_began = len(epochs) + 1, time.perf_counter()
        schedule.factor.assign(plateau_factor(_values(epochs)) if training.schedule == "plateau" else 1.0)
        total, scored, tokens = 0.0, 0, 0
        rng = np.random.default_rng((training.seed, number))
        for batch in batches(train, training.batch_size, rng=rng, among=counts):
            n_scored = int(np.sum(batch.tags != NOT_SCORED))
            try:
                of_batch = float(train_step(batch))
            except tf.errors.ResourceExhaustedError as error:
                model.set_weights(best_weights)
                raise _exhausted(error, batch, training) from None
            if not np.isfinite(of_batch):
                model.set_weights(best_weights)
                raise _not_a_number(number, training)
            total += of_batch * n_scored
            scored += n_scored
            tokens += int(batch.lengths.sum())
            speed = tokens / (time.perf_counter() - epoch_began)
            yield BatchDone(number, training.epochs, tokens, n_tokens, total / scored, speed)
            if stop():
                model.set_weights(best_weights)
                return
        training_seconds = time.perf_counter() - epoch_began
        with average.applied() if average else nullcontext():
            dev_score = None if dev is None else (score or _accuracy(dev))(predict(dev))
            dev_loss = None if dev is None else mean_loss(dev)
            weights = model.get_weights()
        epoch = Epoch(
            number=number,
            loss=total / scored,
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
            model.set_weights(best_weights)
            raise _not_a_number(number, training)
        else:
            best_weights = weights
        epochs.append(epoch)
        yield TrainingState(_arrays(variables, best_weights), tuple(epochs))
        yield epoch
        if stop():
            break
    model.set_weights(best_weights)


def _is_finished(epochs: Sequence[Epoch], training: Training) -> bool:
    scores = [epoch.score for epoch in epochs[training.min_epochs - 1 :] if epoch.score is not None]
    waited = len(scores) - 1 - scores.index(max(scores)) if scores else 0
    return len(epochs) >= training.epochs or waited >= training.patience


def _values(epochs: Sequence[Epoch]) -> list[float]:
    """Of each epoch what plateaus are told by, the higher, the better: the metric on dev, or the loss without dev."""
    return [-epoch.loss if epoch.score is None else epoch.score for epoch in epochs]


def _arrays(variables: Sequence[Any], best_weights: Sequence[Array]) -> dict[str, Array]:
    values = {f"variable/{i}": variable.numpy() for i, variable in enumerate(variables)}
    return values | {f"best/{i}": weight for i, weight in enumerate(best_weights)}


def _restore(variables: Sequence[Any], n_weights: int, start: TrainingState) -> list[Array]:
    """Gives variables the values that they had; gives the best weights."""
    found = {name: array.shape for name, array in start.arrays.items()}
    names = [f"variable/{i}" for i in range(len(variables))]
    best = [f"best/{i}" for i in range(n_weights)]
    if {*found} != {*names, *best} or [found[name] for name in names] != [tuple(of.shape) for of in variables]:
        raise RunError(
            "the checkpoint is of another network than this version of tagger builds", "--overwrite starts over"
        )
    for name, variable in zip(names, variables, strict=True):
        variable.assign(start.arrays[name])
    return [start.arrays[name] for name in best]


def _not_a_number(epoch: int, training: Training) -> TrainingError:
    return TrainingError(
        f"the loss is not a number any more, in epoch {epoch}",
        f"try a lower rate, for example --set training.learning_rate={training.learning_rate / 10:g}",
    )


def _exhausted(error: tf.errors.ResourceExhaustedError, batch: Batch, training: Training) -> TrainingError:
    if full := re.search(r"^(.*); (No space left on device|Disk quota exceeded)", error.message, re.MULTILINE):
        return TrainingError(
            f"{Path(full[1]).parent}: no space left to keep what is compiled",
            f"make room there, or name another folder: {FLAGS}={FOLDER}=DIR",
        )
    n_sentences, time = len(batch.lengths), int(batch.lengths.max())
    return TrainingError(
        f"not enough memory for a batch of {n_sentences} sentences of up to {time:,} steps",
        f"try --set training.batch_size={max(1, training.batch_size // 2)}, or a smaller training.max_steps",
    )


def _train_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss_of: Loss,
    average: Average | None,
    adversarial: float,
) -> Callable[[Batch], tf.Tensor]:
    """A function that makes one step on a batch; it is traced once for all, whatever their size, with the first."""
    change = model.get_layer("change")
    # Rows of an embedding that come several times in a batch have to be summed before the norm is taken.
    whole = summed_rows if isinstance(optimizer, Adam) else tf.convert_to_tensor

    def loss_and_gradients(inputs: dict[str, tf.Tensor], tags: tf.Tensor) -> tuple[tf.Tensor, list[Any], tf.Tensor]:
        """The loss, its gradients by the variables, and by what enters the recurrent layers."""
        with tf.GradientTape() as tape:
            change.tape = tape if adversarial else None  # wide one-hot words have no gradient else, and need none
            loss = loss_of(model(inputs, training=True), tags, inputs["lengths"])
            change.tape = None
            scaled = optimizer.scale_loss(loss)
        *gradients, of_entering = tape.gradient(scaled, [*model.trainable_variables, change.entering])
        return loss, gradients, of_entering

    def step(inputs: dict[str, tf.Tensor], tags: tf.Tensor) -> tf.Tensor:
        change.change = None
        loss, gradients, of_entering = loss_and_gradients(inputs, tags)
        if adversarial:
            change.change = adversarial * _worst_change(change.entering, of_entering, inputs["lengths"])
            _, of_changed, _ = loss_and_gradients(inputs, tags)
            change.change = None
            gradients = [mean_gradient(*pair) for pair in zip(gradients, of_changed, strict=True)]
        gradients = [whole(gradient) for gradient in gradients]
        of_rows = gradients if isinstance(optimizer, LazyAdam) else ()  # by which others change the whole table, too
        if average:
            average.catch_up(of_rows)
        optimizer.apply(gradients, model.trainable_variables)
        if average:
            average.update(optimizer.iterations, of_rows)
        return loss

    signature = _signature(model)

    @cache
    def traced() -> Any:
        of_tags = tf.TensorSpec((None, None), tf.int32)
        return tf.function(step, autograph=False).get_concrete_function(signature, of_tags)

    def on_batch(batch: Batch) -> tf.Tensor:
        arrays: dict[str, Array] = {**batch.inputs, "lengths": batch.lengths}
        # Ready tensors of the right type are not looked through at each call: 0.4 ms of it, and not 1.0.
        return traced()(
            {name: tf.constant(arrays[name], of.dtype) for name, of in signature.items()}, tf.constant(batch.tags)
        )

    return on_batch


def _worst_change(entering: tf.Tensor, gradient: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """The change of a sentence's steps, of their own norm, that raises the loss most, to first order.

    Args:
        entering: (batch, time, width).
        gradient: (batch, time, width) of the loss by it, times any factor.
        lengths: (batch,) steps of each sentence.

    Source: Miyato et al. (2017), equation 5; in taggers Yasunaga et al. (2018).
    """
    is_step = tf.sequence_mask(lengths, tf.shape(entering)[1])[:, :, None]

    def norm(values: tf.Tensor) -> tf.Tensor:
        return tf.sqrt(tf.reduce_sum(tf.where(is_step, values * values, 0), (1, 2), keepdims=True))

    # Half precision overflows in squares.
    values, slope = tf.cast(entering, tf.float32), tf.cast(gradient, tf.float32)
    change = tf.where(is_step, tf.math.divide_no_nan(norm(values), norm(slope)) * slope, 0)
    return tf.cast(change, entering.dtype)


def _signature(model: keras.Model) -> dict[str, tf.TensorSpec]:
    return {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in model.input.items()}


def predictor(model: keras.Model, *, allowed: Chain | None = None, batch_size: int = 64) -> Callable[[Dataset], Ids]:
    """A function that gives the id of each step's tag, (steps,), of a dataset, decoded as the saved tagger does it.

    It has the model's weights of each call; only sequences that are allowed come out, any if None.
    """
    forward = tf.function(lambda inputs: model(inputs), input_signature=[_signature(model)], autograph=False)

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


def _mean_loss(model: keras.Model, loss: Loss, *, batch_size: int = 64) -> Callable[[Dataset], float | None]:
    """A function that gives the loss of a dataset, the mean over its scored steps whose tag the model knows.

    It gives None where there is no such step, or the loss is not a number.
    """
    n_tags = model.output.shape[-1]

    of_batch = tf.function(
        lambda inputs, tags: loss(model(inputs), tags, inputs["lengths"]),
        input_signature=[_signature(model), tf.TensorSpec((None, None), tf.int32)],
        autograph=False,
    )

    def mean(dataset: Dataset) -> float | None:
        total, n_scored = 0.0, 0
        for batch in batches(dataset, batch_size):
            tags = np.asarray(batch.tags)
            tags = np.where(tags < n_tags, tags, NOT_SCORED)
            n = int(np.sum(tags != NOT_SCORED))
            total += n * float(of_batch({**batch.inputs, "lengths": batch.lengths}, tags))
            n_scored += n
        return total / n_scored if n_scored and np.isfinite(total) else None

    return mean


def _accuracy(dataset: Dataset) -> Callable[[Ids], float]:
    tags = dataset.tags
    if tags is None:
        raise ValueError("dev has no tags")
    return lambda ids: float(np.mean((ids == tags)[tags != NOT_SCORED]))

"""Build, train and save a network."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentences import Sentences
from tagger.encoding.batches import Dataset
from tagger.errors import TrainingError
from tagger.training.checkpoint import Checkpoint
from tagger.training.class_weights import class_weights, describe_weights
from tagger.training.further import Start
from tagger.training.interrupts import deferred_interrupts
from tagger.training.learner import Learner, begin_with, new_learner
from tagger.training.prepare import Prepared
from tagger.training.record import Record
from tagger.training.saving import save_model

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch, TrainingState

log = logging.getLogger("tagger")


def fit_and_save(
    config: Config,
    prepared: Prepared,
    folder: Path,
    checkpoint: Checkpoint | None,
    start: Start | None,
    threads: int,
    listen: "Callable[[BatchDone | Epoch], None]",
) -> dict[str, Any]:
    """Train a network, and leave the bundle of its best epoch in the run folder; gives `training` of metrics.json.

    Raises:
        TaggerError: training fails before an epoch is whole, or a file cannot be written.
        KeyboardInterrupt: after Ctrl-C; the best epoch so far is saved, if one is whole.
    """
    train = prepared.encode("train")
    learner = _build(config, prepared, train, None if checkpoint else start, threads=threads)
    from tagger.network.events import Epoch, TrainingState
    from tagger.network.training import fit

    dev = prepared.encode("dev") if "dev" in prepared.splits else None
    epochs = tuple(Epoch(**row) for row in checkpoint.epochs) if checkpoint else ()
    state = TrainingState(checkpoint.arrays, epochs) if checkpoint else None
    record = Record(config, prepared, folder, learner.metric, epochs, threads=threads)
    with deferred_interrupts() as interrupted:
        events = fit(
            learner.model, train, dev, config.training,
            loss=learner.loss, predict=learner.predict, score=learner.score, start=state, stop=interrupted,
        )  # fmt: skip
        for event in _up_to_a_failure(events, record):
            record.hear(event)
            if not isinstance(event, TrainingState):
                listen(event)
        if not record.epochs:
            raise KeyboardInterrupt("no epoch was whole yet; nothing is saved")
        temperature = save_model(
            config, prepared, learner.model, folder, learner.metric, learner.score, threads=threads
        )
        best, bundle_dir = record.best, folder / "bundle"
        at = f"epoch {best.number}" + (f" (dev {best.score:.4f})" if best.score is not None else "")
        log.info("the weights of %s are saved in %s", at, bundle_dir)
        if interrupted():
            raise KeyboardInterrupt(f"the best so far, {at}, is saved in {bundle_dir}; --resume goes on")
    parameters = prepared.architecture.n_parameters
    return {**record.metrics(), "parameters": parameters, "confidence": temperature.to_json()}


def _build(config: Config, prepared: Prepared, train: Dataset, start: Start | None, *, threads: int) -> Learner:
    """The network before its first step, and in the log what is worth knowing of its training."""
    tags, architecture = prepared.tags, prepared.architecture
    tag_weights = class_weights(config, tags, train)  # a wrong one is reported before TensorFlow loads
    log.info("loading TensorFlow")
    import tagger.network  # noqa: F401

    layers = ", ".join(f"{name} ({width})" for name, width, _ in architecture.table())
    log.info("%s parameters in %s", f"{architecture.n_parameters:,}", layers)
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    if start:
        begin_with(start, learner.model, architecture)
    _log_windows(prepared.splits["train"], config.training.max_steps)
    if tag_weights:
        log.info("class weights %s", describe_weights(tags, tag_weights))
    return learner


def _log_windows(sentences: Sentences, max_steps: int) -> None:
    if len(long := np.flatnonzero(sentences.lengths > max_steps)):
        log.info(
            "%s sentences of train have more than %s steps and are cut into windows for the loss; the first is at %s",
            len(long), f"{max_steps:,}", sentences[int(long[0])].location,
        )  # fmt: skip


def _up_to_a_failure(
    events: "Iterator[BatchDone | TrainingState | Epoch]", record: Record
) -> "Iterator[BatchDone | TrainingState | Epoch]":
    """The events; a training that fails after a whole epoch ends there, with a warning."""
    try:
        yield from events
    except TrainingError as error:
        if not record.epochs:
            raise
        log.warning("%s; training ends here, with the best of the epochs before", error.message)

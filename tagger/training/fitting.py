"""Building, training and saving of a network."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentences import Sentences
from tagger.corpus.terms import in_terms
from tagger.encoding.batches import Dataset
from tagger.errors import TrainingError
from tagger.interrupts import deferred_interrupts
from tagger.reports.metric_names import metrics_name
from tagger.training.checkpoint import Checkpoint
from tagger.training.class_weights import class_weights, describe_weights
from tagger.training.initial_tagger import InitialTagger
from tagger.training.learner import Learner, new_learner, set_initial_weights
from tagger.training.prepared_data import PreparedData
from tagger.training.record import Record
from tagger.training.saving import save_model

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch, TrainingState

log = logging.getLogger("tagger")


def fit_and_save(
    config: Config,
    prepared: PreparedData,
    folder: Path,
    checkpoint: Checkpoint | None,
    initial: InitialTagger | None,
    threads: int,
    listen: "Callable[[BatchDone | Epoch], None]",
) -> dict[str, Any]:
    """Train a network, save the bundle of its best epoch in the run folder, and return `training` of metrics.json.

    Raises:
        TaggerError: training fails before the end of the first epoch, or a file cannot be written.
        KeyboardInterrupt: after Ctrl-C; the best epoch so far is saved, if one is complete.
    """
    train = prepared.encode("train")
    learner = _build(config, prepared, train, None if checkpoint else initial, threads=threads)
    from tagger.network.events import Epoch, TrainingState
    from tagger.network.training import fit

    dev = prepared.encode("dev") if "dev" in prepared.splits else None
    epochs = tuple(Epoch(**row) for row in checkpoint.epochs) if checkpoint else ()
    state = TrainingState(checkpoint.arrays, epochs) if checkpoint else None
    record = Record(config, prepared, folder, learner.chosen, epochs, threads=threads)
    with deferred_interrupts() as interrupted:
        events = fit(
            learner.model, train, dev, config.training,
            loss=learner.loss, predict=learner.predict, score=learner.score, start=state, stop=interrupted,
        )  # fmt: skip
        for event in _until_failure(events, record):
            record.add(event)
            if not isinstance(event, TrainingState):
                listen(event)
        if not record.epochs:
            raise KeyboardInterrupt("no epoch is complete, so nothing is saved")
        record.log_early_stop()
        temperatures = save_model(
            config, prepared, learner.model, folder, learner.metrics, learner.scores, threads=threads
        )
        best, bundle_dir = record.best, folder / "bundle"
        score = f" (dev {metrics_name(learner.chosen)} {best.score:.4f})" if best.score is not None else ""
        log.info("saved the weights of epoch %s%s in %s", best.number, score, bundle_dir)
        if interrupted():
            best_text = f"the best epoch so far, {best.number}{score}"
            raise KeyboardInterrupt(f"{best_text}, is saved in {bundle_dir}; --resume continues the training")
    parameters = prepared.architecture.n_parameters
    confidence = {name: temperature.to_json() for name, temperature in temperatures.items()}
    is_single = len(confidence) == 1
    return {
        **record.metrics(),
        "parameters": parameters,
        "confidence": next(iter(confidence.values())) if is_single else {"heads": confidence},
    }


def _build(
    config: Config, prepared: PreparedData, train: Dataset, initial: InitialTagger | None, *, threads: int
) -> Learner:
    """Build the network, and log its size, long sentences and class weights."""
    architecture = prepared.architecture
    tag_weights = class_weights(prepared.heads, train)  # reports an unknown tag before TensorFlow is loaded
    log.info("loading TensorFlow")
    import tagger.network  # noqa: F401

    layers = ", ".join(f"{name} ({width})" for name, width, _ in architecture.table())
    log.info("%s parameters in %s", f"{architecture.n_parameters:,}", layers)
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    if initial:
        set_initial_weights(initial, learner.model, architecture)
    _log_windows(prepared.splits["train"], config.training.max_steps, is_series=config.features.reads_series)
    for head in prepared.heads:
        if weights := tag_weights.get(head.target.name):
            log.info("%sclass weights: %s", head.keys.prefix, describe_weights(head.target.spelled_tags, weights))
    return learner


def _log_windows(sentences: Sentences, max_steps: int, *, is_series: bool) -> None:
    if len(long := np.flatnonzero(sentences.lengths > max_steps)):
        log.info(
            "train: %s of more than %s steps are cut into windows for the loss: %s; first at %s",
            in_terms("sentences", is_series=is_series), f"{max_steps:,}", f"{len(long):,}",
            sentences[int(long[0])].location,
        )  # fmt: skip


def _until_failure(
    events: "Iterator[BatchDone | TrainingState | Epoch]", record: Record
) -> "Iterator[BatchDone | TrainingState | Epoch]":
    """Yield events; a failure after the first epoch ends them with a warning instead of an error."""
    try:
        yield from events
    except TrainingError as error:
        if not record.epochs:
            raise
        log.warning("%s; training stops here and keeps the best epoch so far", error.message)

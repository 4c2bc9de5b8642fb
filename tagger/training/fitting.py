"""A network is built, trained and saved."""

import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.config import Config
from tagger.corpus.schemes import convert
from tagger.corpus.sentences import Sentences
from tagger.encoding.batches import Ids
from tagger.errors import TrainingError
from tagger.evaluation.score import metric_meant, score
from tagger.files import write_file
from tagger.training.checkpoint import Checkpoint, origins_of, write_checkpoint
from tagger.training.class_weights import class_weights, describe_weights
from tagger.training.further import Start, extended
from tagger.training.interrupts import deferred_interrupts
from tagger.training.learner import new_learner, save_model
from tagger.training.prepare import Prepared

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

log = logging.getLogger("tagger")


def fit_and_save(
    config: Config,
    prepared: Prepared,
    folder: Path,
    checkpoint: Checkpoint | None,
    start_from: Start | None,
    threads: int,
    listen: "Callable[[BatchDone | Epoch], None]",
) -> dict[str, Any]:
    """Trains, and leaves the bundle in the folder; gives `training` of metrics.json."""
    train = prepared.encode("train")
    tag_weights = class_weights(config, prepared.encoder.tags, train)
    log.info("loading TensorFlow")
    import pandas

    from tagger.network.build import build_model, set_weights, weights_of
    from tagger.network.events import Epoch, State
    from tagger.network.training import fit

    architecture, splits = prepared.architecture, prepared.splits
    log.info("%s parameters in %s", f"{architecture.n_parameters:,}", _layers(prepared))
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    model = learner.model
    if start_from and not checkpoint:
        base = build_model(start_from.bundle.architecture)
        base.load_weights(start_from.weights_path)
        of_base = weights_of(base, start_from.bundle.architecture)
        set_weights(model, architecture, extended(of_base, weights_of(model, architecture)))
        log.info("begins with the weights of %s", start_from.name)
    dev = prepared.encode("dev") if "dev" in splits else None
    metric = metric_meant(config.training.metric, has_spans=prepared.scheme != "none")
    dev_score = _dev_score(metric, prepared) if dev else None
    _tell_windows(splits["train"], config.training.max_steps)
    if tag_weights:
        log.info("class weights %s", describe_weights(prepared.encoder.tags, tag_weights))
    epochs = [Epoch(**row) for row in checkpoint.epochs] if checkpoint else []
    start = State(checkpoint.arrays, tuple(epochs)) if checkpoint else None
    origins, n_tokens = origins_of(prepared), len(splits["train"].tokens)

    def write_history() -> None:
        write_file(folder / "history.csv", pandas.DataFrame(epochs).to_csv(index=False))

    def as_far_as_it_goes(events: "Iterator[BatchDone | State | Epoch]") -> "Iterator[BatchDone | State | Epoch]":
        try:
            yield from events
        except TrainingError as error:
            if not epochs:
                raise
            log.warning("%s; training ends here, with the best of the epochs before", error.message)

    if epochs:
        log.info("going on after epoch %s of %s", epochs[-1].number, config.training.epochs)
        write_history()
    with deferred_interrupts() as interrupted:
        events = fit(
            model, train, dev, config.training,
            loss=learner.loss, predict=learner.predict, score=dev_score, start=start, stop=interrupted,
        )  # fmt: skip
        for event in as_far_as_it_goes(events):
            if isinstance(event, State):
                write_checkpoint(folder, event, config, origins, threads=threads)
                continue
            if isinstance(event, Epoch):
                epochs.append(event)
                log.info(_epoch_line(event, config.training.epochs, metric, n_tokens))
                write_history()
            listen(event)
        if not epochs:
            raise KeyboardInterrupt("no epoch was whole yet; nothing is saved")
        best = [epoch for epoch in epochs if epoch.is_best][-1]
        save_model(config, prepared, model, folder, threads=threads)
        at = f"epoch {best.number}" + (f" (dev {best.score:.4f})" if best.score is not None else "")
        log.info("the weights of %s are saved in %s", at, folder / "bundle")
        if interrupted():
            raise KeyboardInterrupt(f"the best so far, {at}, is saved in {folder / 'bundle'}; --resume goes on")
    seconds = sum(epoch.training_seconds for epoch in epochs)
    return {
        "epochs": len(epochs),
        "best_epoch": best.number,
        "seconds": round(epochs[-1].seconds, 3),
        "tokens_per_second": round(n_tokens * len(epochs) / seconds),
        "parameters": architecture.n_parameters,
    }


def _layers(prepared: Prepared) -> str:
    return ", ".join(f"{name} ({width})" for name, width, _ in prepared.architecture.table())


def _tell_windows(sentences: Sentences, max_steps: int) -> None:
    if len(long := np.flatnonzero(sentences.lengths > max_steps)):
        log.warning(
            "%s sentences of train have more than %s steps and are cut into windows for the loss; the first is at %s",
            len(long), f"{max_steps:,}", sentences[int(long[0])].place,
        )  # fmt: skip


def _dev_score(metric: str, prepared: Prepared) -> Callable[[Ids], float]:
    """The metric of the ids predicted for dev's steps."""
    tags, ignore, scheme = prepared.encoder.tags, prepared.encoder.ignore, prepared.scheme
    gold = [sentence.tags or () for sentence in prepared.splits["dev"]]
    ends = list(itertools.accumulate(map(len, gold)))

    def score_ids(ids: Ids) -> float:
        learned = [[tags[i] for i in ids[end - len(of) : end]] for of, end in zip(gold, ends, strict=True)]
        if scheme != prepared.scheme_train:
            learned = [[*convert(found, prepared.scheme_train, scheme)] for found in learned]
        return score(metric, gold, learned, scheme=scheme, ignore=ignore)

    return score_ids


def _epoch_line(epoch: "Epoch", n_epochs: int, metric: str, n_tokens: int) -> str:
    parts = [f"epoch {epoch.number}/{n_epochs}", f"loss {epoch.loss:.4f}"]
    if epoch.score is not None:
        parts.append(f"dev {metric} {epoch.score:.4f}{' *' if epoch.is_best else '  '}")
    parts.append(f"{n_tokens / epoch.training_seconds:,.0f} tokens/s")
    left = epoch.seconds / epoch.number * (n_epochs - epoch.number)
    return "  ".join([*parts, f"at most {left:.0f} s left"])

"""A config's network, with its loss and its score on dev."""

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config
from tagger.corpus.schemes import read_tag
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import Dataset
from tagger.evaluation.score import resolve_metric, score
from tagger.tagging.architecture import Architecture
from tagger.training.initial_tagger import InitialTagger, extend_weights
from tagger.training.prepared_data import PreparedData

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Learner:
    """A network and the functions that train it, see `network.training.fit`.

    Args:
        model: a Keras model.
        loss: function of logits, tags and lengths.
        predict: function from a dataset to the tag ids of its steps.
        metric: name of the metric on dev that chooses the best epoch.
        score: function from the ids predicted for dev to that metric, 0 to 1; None without dev.
    """

    model: Any
    loss: Any
    predict: Callable[[Dataset], Ids]
    metric: str
    score: Callable[[Ids], float] | None


def new_learner(
    config: Config, prepared: PreparedData, tag_weights: tuple[float, ...] | None, *, threads: int
) -> Learner:
    """Set up TensorFlow for a config, and build its network with random weights."""
    from tagger.network.heads import head_loss
    from tagger.network.prediction import predictor
    from tagger.network.runtime import be_deterministic, grow_gpu_memory, is_long, use_threads

    if is_long(_n_tokens(config, prepared), precision=config.training.precision):
        import pooch

        from tagger.network.programs import cache_programs

        cache_programs(Path(pooch.os_cache("tagger")) / "programs")  # has to come first, see its docstring
    use_threads(threads, bidirectional=config.model.bidirectional)
    grow_gpu_memory()
    if config.training.deterministic:
        be_deterministic()
    model = _new_model(config, prepared)
    loss = head_loss(prepared.architecture.head, model, config.training, tag_weights)
    metric = _dev_metric(config, prepared)
    dev_score = _dev_score(metric, prepared) if "dev" in prepared.splits else None
    return Learner(model, loss, predictor(model, allowed=prepared.target.allowed), metric, dev_score)


def _new_model(config: Config, prepared: PreparedData) -> Any:
    from tagger.network.build import build_model
    from tagger.network.runtime import has_gpu, pays_to_compile

    if config.training.precision != "float32" and not has_gpu():
        log.warning("training.precision = %s is slower on this machine, which has no GPU", config.training.precision)
    training = config.training
    return build_model(
        prepared.architecture,
        fitted=prepared.fitted,
        trainable_vectors=bool(config.features.words and config.features.words.trainable),
        dropout=config.model.dropout,
        seed=training.seed,
        is_compiled=pays_to_compile(_n_tokens(config, prepared), precision=training.precision),
        precision=training.precision,
    )


def _dev_metric(config: Config, prepared: PreparedData) -> str:
    """Return the metric on dev that chooses the best epoch; `auto` is accuracy if dev has no span."""
    chosen, has_scheme = config.training.metric, prepared.target.scheme != "none"
    metric = resolve_metric(chosen, has_spans=has_scheme)
    if metric != "span_f1" or "dev" not in prepared.splits or _has_spans(prepared):
        return metric
    criterion = "accuracy" if chosen == "auto" else "the loss on dev"
    log.warning("dev: there are no spans, so span F1 is undefined; %s chooses the best epoch", criterion)
    return resolve_metric(chosen, has_spans=False)


def _has_spans(prepared: PreparedData) -> bool:
    target = prepared.target
    tags = target.in_scheme(prepared.splits["dev"], target.scheme).tag_counts().keys() - {*target.ignore}
    return any(read_tag(tag)[0] != "O" for tag in tags)


def _dev_score(metric: str, prepared: PreparedData) -> Callable[[Ids], float]:
    """Return a function that scores the ids predicted for dev's steps."""
    target = prepared.target
    gold = [sentence.tags or () for sentence in target.in_scheme(prepared.splits["dev"], target.scheme)]
    ends = list(itertools.accumulate(map(len, gold)))

    def score_ids(ids: Ids) -> float:
        rows = [[target.tags[i] for i in ids[end - len(row) : end]] for row, end in zip(gold, ends, strict=True)]
        predicted = [target.in_file_scheme(row) for row in rows]
        return score(metric, gold, predicted, scheme=target.scheme, ignore=target.ignore)

    return score_ids


def set_initial_weights(initial: InitialTagger, model: Any, architecture: Architecture) -> None:
    """Initialise a network with the weights of the initial tagger, see `extend_weights`."""
    from tagger.network.build import get_weights, set_weights

    set_weights(model, architecture, extend_weights(initial.weights, get_weights(model, architecture)))
    log.info("training starts from the weights of %s", initial.name)


def _n_tokens(config: Config, prepared: PreparedData) -> int:
    """Number of training tokens over all epochs, twice as many with an adversarial pass."""
    passes = 2 if config.training.adversarial else 1
    return passes * config.training.epochs * len(prepared.splits["train"].tokens)

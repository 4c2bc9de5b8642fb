"""A config's network, with its loss and its score on dev."""

import itertools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config
from tagger.corpus.schemes import read_tag
from tagger.encoding.arrays import Ids, Positions
from tagger.encoding.batches import Dataset
from tagger.errors import ConfigError
from tagger.evaluation.score import resolve_metric, score
from tagger.tagging.architecture import Architecture
from tagger.training.crf_memory import check_crf_memory
from tagger.training.head_data import HeadData
from tagger.training.initial_tagger import InitialTagger, extend_weights
from tagger.training.prepared_data import PreparedData
from tagger.training.saving import Score, mean_score

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Learner:
    """A network and the functions that train it, see `network.training.fit`.

    Args:
        model: a Keras model.
        loss: training loss, see `network.losses.Loss`.
        predict: function from a dataset to tag ids by head.
        metrics: names of the metrics on dev by head.
        chosen: names of the metrics, by head, whose mean chooses the best epoch.
        scores: function from the ids predicted for dev to its metric, 0 to 1, by head; empty without dev.
    """

    model: Any
    loss: Any
    predict: Callable[[Dataset], dict[str, Ids]]
    metrics: dict[str, str]
    chosen: dict[str, str]
    scores: dict[str, Score]

    @property
    def score(self) -> Score | None:
        """Function from the ids predicted for dev to the mean of the chosen metrics; None without dev."""
        return mean_score({head: self.scores[head] for head in self.chosen}) if self.scores else None


def new_learner(
    config: Config, prepared: PreparedData, tag_weights: Mapping[str, tuple[float, ...]], *, threads: int
) -> Learner:
    """Set up TensorFlow for a config, and build its network with random weights.

    Raises:
        ConfigError: a CRF has too many tags for the memory.
    """
    check_crf_memory(prepared.architecture.heads)
    from tagger.network.heads import heads_loss
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
    loss = heads_loss(
        model, config.training,
        loss_weights={head.target.name: head.settings.loss_weight for head in prepared.heads}, tag_weights=tag_weights,
    )  # fmt: skip
    metrics = dev_metrics(prepared)
    scores = {
        head.target.name: _head_score(metrics[head.target.name], head, prepared.answer_steps("dev", head))
        for head in prepared.heads
        if head.target.name in metrics and "dev" in prepared.splits
    }
    allowed = {target.name: target.allowed for target in prepared.targets}
    durations = {target.name: target.min_duration for target in prepared.targets}
    predict = predictor(model, allowed=allowed, min_duration=durations)
    return Learner(model, loss, predict, metrics, choosing(config, metrics), scores)


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


def dev_metrics(prepared: PreparedData) -> dict[str, str]:
    """Return the metric on dev of each head that has answers there; without dev, of each head."""
    has_dev = "dev" in prepared.splits
    heads = {head.target.name: head for head in prepared.heads if "dev" in head.views or not has_dev}
    if absent := [head.target.name for head in prepared.heads if head.target.name not in heads]:
        log.warning("dev has no answers of %s: only the other heads choose the best epoch", " and ".join(absent))
    return {name: _dev_metric(head) for name, head in heads.items()}


def choosing(config: Config, metrics: dict[str, str]) -> dict[str, str]:
    """Return the metrics whose mean chooses the best epoch: that of training.best_head, or all.

    Raises:
        ConfigError: training.best_head has no answers in dev.
    """
    best = config.training.best_head
    if best is None:
        return metrics
    if best not in metrics:
        raise ConfigError(f"training.best_head: dev has no answers of the head {best}")
    return {best: metrics[best]}


def _dev_metric(head: HeadData) -> str:
    """Return the metric of a head on dev; `auto` is accuracy if dev has no span."""
    chosen = head.settings.metric
    metric = resolve_metric(chosen, has_spans=head.target.scheme != "none")
    if metric != "span_f1" or "dev" not in head.views or _has_spans(head):
        return metric
    criterion = "accuracy" if chosen == "auto" else "the loss on dev"
    log.warning(
        "%sdev: there are no spans, so span F1 is undefined; %s chooses the best epoch", head.keys.prefix, criterion
    )
    return resolve_metric(chosen, has_spans=False)


def _has_spans(head: HeadData) -> bool:
    target = head.target
    tags = target.in_scheme(head.views["dev"].sentences, target.scheme).tag_counts().keys() - {*target.ignore}
    return any(read_tag(tag)[0] != "O" for tag in tags)


def _head_score(metric: str, head: HeadData, steps: Positions) -> Score:
    """Return a function that scores the ids that a head predicts for dev, where its answers are at some steps."""
    target = head.target
    view = target.in_file_terms(head.views["dev"].sentences)
    gold = [sentence.tags or () for sentence in target.in_scheme(view, target.scheme)]
    ends = list(itertools.accumulate(map(len, gold)))

    def score_ids(predicted: Mapping[str, Ids]) -> float:
        ids = predicted[target.name][steps]
        rows = [[target.tags[i] for i in ids[end - len(row) : end]] for row, end in zip(gold, ends, strict=True)]
        tags = [target.in_file_scheme(row) for row in rows]
        return score(metric, gold, tags, scheme=target.scheme, ignore=target.ignore)

    return score_ids


def set_initial_weights(initial: InitialTagger, model: Any, architecture: Architecture) -> None:
    """Initialise a network with the weights of the initial tagger, see `extend_weights`."""
    from tagger.network.build import get_weights, set_weights

    fresh, heads = get_weights(model, architecture), [head.name for head in architecture.heads]
    set_weights(model, architecture, extend_weights(initial.weights, fresh, heads))
    log.info("training starts from the weights of %s", initial.name)


def _n_tokens(config: Config, prepared: PreparedData) -> int:
    """Number of training tokens over all epochs, twice as many with an adversarial pass."""
    passes = 2 if config.training.adversarial else 1
    return passes * config.training.epochs * len(prepared.splits["train"].tokens)

"""A config's network with its loss and dev score."""

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config
from tagger.corpus.schemes import convert, read_tag
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import Dataset
from tagger.evaluation.score import metric_meant, score
from tagger.heads.chain import allowed_chain
from tagger.tagging.architecture import Architecture
from tagger.training.further import Start, extended
from tagger.training.prepare import Prepared

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Learner:
    """A network with what its training takes by a config; see `network.training.fit`."""

    model: Any
    loss: Any
    predict: Callable[[Dataset], Ids]
    metric: str
    score: Callable[[Ids], float] | None  # the metric of what is predicted for dev; None without dev


def new_learner(config: Config, prepared: Prepared, tag_weights: tuple[float, ...] | None, *, threads: int) -> Learner:
    """The network of a config before it has learned anything, and TensorFlow set as the config says."""
    from tagger.network.heads import head_loss
    from tagger.network.prediction import predictor
    from tagger.network.runtime import be_deterministic, grow_gpu_memory, is_long, use_threads

    if is_long(_n_tokens(config, prepared), precision=config.training.precision):
        import pooch

        from tagger.network.programs import cache_programs

        cache_programs(Path(pooch.os_cache("tagger")) / "programs")  # before all else, see there
    use_threads(threads, bidirectional=config.model.bidirectional)
    grow_gpu_memory()
    if config.training.deterministic:
        be_deterministic()
    model = _new_model(config, prepared)
    loss = head_loss(prepared.architecture.head, model, config.training, tag_weights)
    allowed = allowed_chain(prepared.encoder.tags, prepared.scheme_train, prepared.decode)
    metric = _dev_metric(config, prepared)
    dev_score = _dev_score(metric, prepared) if "dev" in prepared.splits else None
    return Learner(model, loss, predictor(model, allowed=allowed), metric, dev_score)


def _new_model(config: Config, prepared: Prepared) -> Any:
    from tagger.network.build import build_model
    from tagger.network.runtime import has_gpu, pays_to_compile

    if config.training.precision != "float32" and not has_gpu():
        log.warning("training.precision = %s is for GPUs, and there is none: it is slower", config.training.precision)
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


def _dev_metric(config: Config, prepared: Prepared) -> str:
    """The metric of dev that chooses the best epoch; `auto` is accuracy where dev has no span."""
    chosen, has_scheme = config.training.metric, prepared.scheme != "none"
    metric = metric_meant(chosen, has_spans=has_scheme)
    if metric != "span_f1" or "dev" not in prepared.splits or _has_spans(prepared):
        return metric
    decides = "accuracy" if chosen == "auto" else "the loss on dev"
    log.warning("dev: no spans, of which span F1 says nothing: %s chooses the best epoch", decides)
    return metric_meant(chosen, has_spans=False)


def _has_spans(prepared: Prepared) -> bool:
    tags = prepared.respelled("dev").tag_counts().keys() - {*prepared.encoder.ignore}
    return any(read_tag(tag)[0] != "O" for tag in tags)


def _dev_score(metric: str, prepared: Prepared) -> Callable[[Ids], float]:
    """The metric of the ids predicted for dev's steps."""
    tags, ignore, scheme = prepared.encoder.tags, prepared.encoder.ignore, prepared.scheme
    gold = [sentence.tags or () for sentence in prepared.respelled("dev")]
    ends = list(itertools.accumulate(map(len, gold)))

    def score_ids(ids: Ids) -> float:
        predicted = [[tags[i] for i in ids[end - len(row) : end]] for row, end in zip(gold, ends, strict=True)]
        if scheme != prepared.scheme_train:
            predicted = [[*convert(row, prepared.scheme_train, scheme)] for row in predicted]
        return score(metric, gold, predicted, scheme=scheme, ignore=ignore)

    return score_ids


def begin_with(start: Start, model: Any, architecture: Architecture) -> None:
    """Give a network the weights of another tagger, as far as they reach."""
    from tagger.network.build import get_weights, set_weights

    set_weights(model, architecture, extended(start.weights, get_weights(model, architecture)))
    log.info("begins with the weights of %s", start.name)


def _n_tokens(config: Config, prepared: Prepared) -> int:
    """Number of training tokens over all epochs; those of an adversarial pass count, too."""
    passes = 2 if config.training.adversarial else 1
    return passes * config.training.epochs * len(prepared.splits["train"].tokens)

"""The network of a config, with what its training takes; and what is saved of it."""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import Dataset
from tagger.heads.chain import allowed_chain
from tagger.tagging.graph import build_graphs
from tagger.training.prepare import Prepared
from tagger.training.saving import save_tagger

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Learner:
    """A network with what its training takes by a config; see `network.training.fit`."""

    model: Any
    strategy: Any
    loss: Any
    predict: Callable[[Dataset], Ids]


def new_learner(config: Config, prepared: Prepared, tag_weights: tuple[float, ...] | None, *, threads: int) -> Learner:
    """The network of a config before it has learned anything, and TensorFlow set as the config says."""
    from tagger.network.heads import HEADS
    from tagger.network.replicas import describe_devices, mirrored
    from tagger.network.runtime import be_deterministic, grow_gpu_memory, is_long, use_threads
    from tagger.network.training import predictor

    if is_long(_n_tokens(config, prepared), precision=config.training.precision):
        import pooch

        from tagger.network.programs import keep_programs

        keep_programs(Path(pooch.os_cache("tagger")) / "programs")  # before all else, see there
    use_threads(threads)
    grow_gpu_memory()
    if config.training.deterministic:
        be_deterministic()
    strategy = mirrored() if config.training.strategy == "mirrored" else None
    if strategy:
        log.info("each batch is shared by %s", describe_devices(strategy))
    with strategy.scope() if strategy else nullcontext():
        model = _new_model(config, prepared)
    loss = HEADS[prepared.architecture.head.kind].loss(model, config.training, tag_weights)
    allowed = allowed_chain(prepared.encoder.tags, prepared.scheme_train, prepared.decode)
    return Learner(model, strategy, loss, predictor(model, allowed=allowed))


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


def _n_tokens(config: Config, prepared: Prepared) -> int:
    """Of all epochs."""
    return config.training.epochs * len(prepared.splits["train"].tokens)


def save_model(config: Config, prepared: Prepared, model: Any, folder: Path, *, threads: int) -> None:
    """The bundle of a network with the weights that it has, in the folder of a run."""
    from tagger.network.build import build_model, set_weights, weights_of
    from tagger.network.crf import learned_chain

    weights = weights_of(model, prepared.architecture)
    plain = build_model(prepared.architecture)  # without what only training needs, as --from builds it
    set_weights(plain, prepared.architecture, weights)
    save_tagger(
        prepared,
        folder,
        build_graphs(prepared.architecture, weights),
        learned_chain(model),
        plain.save_weights,
        seed=config.training.seed,
        threads=threads,
    )

"""`tagger bench CONFIG`: training speed, then tagging speed."""

import logging
import platform
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tagger.bench.process_cost import check_system, processor
from tagger.bench.tagging import TaggingSpeed, bench_model
from tagger.bench.training import TrainingSpeed, training_speed
from tagger.config import Config
from tagger.errors import DataError
from tagger.tagging.engine import n_cores
from tagger.training.class_weights import class_weights
from tagger.training.prepare import prepare

log = logging.getLogger("tagger")


def bench_config(
    config: Config, *, seconds: float, threads: int, input_path: Path | None = None
) -> tuple[TrainingSpeed, TaggingSpeed]:
    """Trains by a config for some seconds, and tags with what came out; no run and no tagger is kept.

    Both are measured for `seconds` after a warm-up. Sentences are those of `input_path`, else of dev, or of train
    without dev.

    Raises:
        TaggerError: the config or its data cannot be used, or training fails.
    """
    check_system()
    if input_path is not None and not input_path.is_file():
        raise DataError(f"{input_path}: there is no such file")
    prepared = prepare(config)
    config = prepared.config
    log.info("loading TensorFlow")
    from tagger.training.learner import new_learner
    from tagger.training.saving import save_model

    train = prepared.encode("train")
    tag_weights = class_weights(config, prepared.tags, train)
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    training = training_speed(config, prepared, learner, train, seconds)
    split = "dev" if "dev" in prepared.splits else "train"
    with TemporaryDirectory(prefix="tagger-bench-") as folder:
        without_dev = replace(prepared, splits={"train": prepared.splits["train"]})  # on which nothing is fitted here
        save_model(config, without_dev, learner.model, Path(folder), learner.metric, None, threads=threads)
        sentences = prepared.splits[split], split
        tagging = bench_model(
            Path(folder), seconds=seconds, threads=threads, input_path=input_path, sentences=sentences
        )
    return training, tagging


def machine(threads: int) -> str:
    """The processor, its cores and those that computed, in a line."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{processor()}; cores: {n_cores()}, threads: {threads or n_cores()}; {system}"

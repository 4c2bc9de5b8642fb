"""Training speed of a config, then tagging speed of its tagger."""

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
    """Train a config for some seconds, tag with the result, and keep neither run nor tagger.

    Args:
        config: the config to train.
        seconds: duration of each of the two measurements, after a warm-up.
        threads: number of threads; 0: one per core.
        input_path: file of sentences to tag; None: dev, or train without dev.

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
    tag_weights = class_weights(prepared.heads, train)
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    training = training_speed(config, prepared, learner, train, seconds)
    split = "dev" if "dev" in prepared.splits else "train"
    with TemporaryDirectory(prefix="tagger-bench-") as folder:
        without_dev = replace(prepared, splits={"train": prepared.splits["train"]})  # nothing is fitted on dev
        save_model(config, without_dev, learner.model, Path(folder), {}, {}, threads=threads)
        sentences = prepared.splits[split], split
        tagging = bench_model(
            Path(folder), seconds=seconds, threads=threads, input_path=input_path, sentences=sentences
        )
    return training, tagging


def machine(threads: int) -> str:
    """Describe processor, cores, threads, system and Python in a line."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{processor()}; cores: {n_cores()}, threads: {threads or n_cores()}; {system}"

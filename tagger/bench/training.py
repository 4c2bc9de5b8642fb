"""How fast a network trains on this machine, and how much memory that takes."""

import logging
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.bench.process_cost import peak_megabytes
from tagger.config import Config
from tagger.encoding.batches import Dataset, batch_positions, has_scored_step
from tagger.training.prepare import Prepared

if TYPE_CHECKING:
    from tagger.training.learner import Learner

N_BATCHES = 24  # of all lengths, that stand for an epoch
MANY = 10**6  # epochs that nobody waits for

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class TrainingSpeed:
    """The speed of training by a config.

    Args:
        parameters: of the network.
        tokens_per_second: after the warm-up, dev left out.
        warm_up: seconds that the first batches of each length took longer than they do later; less where a training
            has compiled for them before.
        tokens: of train.
        epoch: seconds of one, evaluation on dev included.
        epochs: that the config allows.
        all_epochs: seconds of all of them and the warm-up.
        megabytes: of memory at most, TensorFlow and the data included.
    """

    parameters: int
    tokens_per_second: float
    warm_up: float
    tokens: int
    epoch: float
    epochs: int
    all_epochs: float
    megabytes: float


def training_speed(
    config: Config, prepared: Prepared, learner: "Learner", train: Dataset, seconds: float
) -> TrainingSpeed:
    """Trains by a config, with its learner that has learned nothing yet, for some seconds after the warm-up."""
    from tagger.network.events import Epoch
    from tagger.network.training import fit

    dataset = _of_all_lengths(prepared, train, config)
    training = config.training.model_copy(update={"epochs": MANY, "patience": MANY})
    epochs: list[float] = []  # of the sample; the first is the warm-up, in which loops are compiled
    began = time.perf_counter()
    for event in fit(learner.model, dataset, None, training, loss=learner.loss, stop=lambda: False):
        if isinstance(event, Epoch):
            epochs.append(event.training_seconds)
            if len(epochs) == 1:
                log.info("measuring, after %.1f s of warm-up", time.perf_counter() - began)
            elif sum(epochs[1:]) >= seconds:
                break
    usual = statistics.median(epochs[1:])
    tokens_per_second = dataset.n_steps / usual
    tokens = len(prepared.splits["train"].tokens)
    epoch = tokens / tokens_per_second
    if "dev" in prepared.splits:
        learner.predict(dataset)  # it is traced
        began = time.perf_counter()
        learner.predict(dataset)
        epoch += (time.perf_counter() - began) * len(prepared.splits["dev"].tokens) / dataset.n_steps
    warm_up = max(0.0, epochs[0] - usual)
    return TrainingSpeed(
        parameters=prepared.architecture.n_parameters,
        tokens_per_second=tokens_per_second,
        warm_up=warm_up,
        tokens=tokens,
        epoch=epoch,
        epochs=config.training.epochs,
        all_epochs=warm_up + config.training.epochs * epoch,
        megabytes=peak_megabytes(),
    )


def _of_all_lengths(prepared: Prepared, train: Dataset, config: Config) -> Dataset:
    """Whole batches of train, from the shortest sentences to the longest in even steps."""
    every = batch_positions(train, config.training.batch_size, among=has_scored_step(train))
    n = min(N_BATCHES, len(every))
    chosen = [every[int((i + 0.5) * len(every) / n)] for i in range(n)]
    return prepared.encoder.encode(prepared.learned("train", np.concatenate(chosen).tolist()))

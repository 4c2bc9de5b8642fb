"""Training speed and memory of a network on this machine."""

import logging
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.bench.process_cost import peak_megabytes
from tagger.config import Config
from tagger.encoding.batches import NOT_SCORED, Dataset, batch_positions, has_scored_answer, take
from tagger.training.prepared_data import PreparedData

if TYPE_CHECKING:
    from tagger.training.learner import Learner

N_BATCHES = 24  # a sample of all lengths, in place of an epoch
UNLIMITED = 10**6  # epochs

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class TrainingSpeed:
    """The training speed of a config.

    Args:
        parameters: number of parameters of the network.
        tokens_per_second: after the warm-up, without evaluation on dev.
        warm_up: extra seconds of the first batches of each length, which are compiled; fewer if an earlier training
            has compiled them.
        tokens: number of tokens of train.
        epoch: seconds of an epoch, evaluation on dev included.
        epochs: largest number of epochs, by the config.
        all_epochs: seconds of these epochs and the warm-up.
        megabytes: peak memory, TensorFlow and the data included.
        labels_per_second: labels of sentences that are learned in the same time; None without labels.
    """

    parameters: int
    tokens_per_second: float
    warm_up: float
    tokens: int
    epoch: float
    epochs: int
    all_epochs: float
    megabytes: float
    labels_per_second: float | None = None


def training_speed(
    config: Config, prepared: PreparedData, learner: "Learner", train: Dataset, seconds: float
) -> TrainingSpeed:
    """Train a new network for some seconds after the warm-up, and measure its speed."""
    from tagger.network.events import Epoch
    from tagger.network.training import fit

    dataset = _sample(train, config)
    training = config.training.model_copy(update={"epochs": UNLIMITED, "patience": UNLIMITED})
    epochs: list[float] = []  # seconds per epoch of the sample; the first is the warm-up, which compiles loops
    for event in fit(learner.model, dataset, None, training, loss=learner.loss, stop=lambda: False):
        if isinstance(event, Epoch):
            epochs.append(event.training_seconds)
            if len(epochs) == 1:
                log.info("measuring the speed of training")
            elif sum(epochs[1:]) >= seconds:
                break
    median = statistics.median(epochs[1:])
    tokens_per_second = dataset.n_steps / median
    n_labels = sum(np.count_nonzero(labels != NOT_SCORED) for labels in dataset.labels.values())
    tokens = len(prepared.splits["train"].tokens)
    epoch = tokens / tokens_per_second
    if "dev" in prepared.splits:
        learner.predict(dataset)  # the first call traces the graph
        began = time.perf_counter()
        learner.predict(dataset)
        epoch += (time.perf_counter() - began) * len(prepared.splits["dev"].tokens) / dataset.n_steps
    warm_up = max(0.0, epochs[0] - median)
    return TrainingSpeed(
        parameters=prepared.architecture.n_parameters,
        tokens_per_second=tokens_per_second,
        warm_up=warm_up,
        tokens=tokens,
        epoch=epoch,
        epochs=config.training.epochs,
        all_epochs=warm_up + config.training.epochs * epoch,
        megabytes=peak_megabytes(),
        labels_per_second=n_labels / median if n_labels else None,
    )


def _sample(train: Dataset, config: Config) -> Dataset:
    """Whole batches of train, evenly spaced from the shortest sentences to the longest."""
    batches = batch_positions(train, config.training.batch_size, among=has_scored_answer(train))
    n = min(N_BATCHES, len(batches))
    chosen = [batches[int((i + 0.5) * len(batches) / n)] for i in range(n)]
    return take(train, np.concatenate(chosen))

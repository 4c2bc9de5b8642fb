"""Events of the training loop: batches, epochs, and states to resume from."""

from dataclasses import dataclass

from tagger.encoding.arrays import Array


@dataclass(frozen=True, slots=True)
class BatchDone:
    """One batch is done.

    Args:
        epoch: from 1.
        epochs: at most.
        tokens: done in this epoch.
        epoch_tokens: in an epoch.
        loss: mean over the scored tokens of this epoch so far, in nats.
        tokens_per_second: of this epoch so far.
    """

    epoch: int
    epochs: int
    tokens: int
    epoch_tokens: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch is done.

    Args:
        number: from 1.
        loss: mean over the scored tokens of train, in nats, with dropout as in training.
        score: the metric on dev; None without dev.
        is_best: whether these weights are the best so far, see `is_better`.
        learning_rate: at the epoch's end.
        training_seconds: of its training steps.
        seconds: since the first batch of all, evaluation on dev included.
        dev_loss: mean over the scored tokens of dev whose tag train has, in nats; None without dev, where it is not a
            number, and in epochs of a version that did not compute it.
    """

    number: int
    loss: float
    score: float | None
    is_best: bool
    learning_rate: float
    training_seconds: float
    seconds: float
    dev_loss: float | None = None

    def is_better(self, best: "Epoch | None") -> bool:
        """Whether its weights are better than those of the best epoch before it.

        They are if the score is higher; if it is the same, if the loss on dev is lower; without dev always.
        """
        if best is None or self.score is None or best.score is None or self.score > best.score:
            return True
        if self.score < best.score or self.dev_loss is None or best.dev_loss is None:
            return False
        return self.dev_loss < best.dev_loss


@dataclass(frozen=True, slots=True)
class TrainingState:
    """All that training needs to go on after a whole epoch.

    The order of batches is drawn anew for each epoch from the seed and the epoch's number; when to lower the rate and
    when to stop is told by the epochs so far.

    Args:
        arrays: by name, the variables of the model (the states of its random draws among them), of the optimizer and of
            the average, and the best weights so far.
        epochs: so far.
    """

    arrays: dict[str, Array]
    epochs: tuple[Epoch, ...]

"""Events of the training loop: batches, epochs, and states to resume from."""

from collections.abc import Sequence
from dataclasses import dataclass

from tagger.encoding.arrays import Array


@dataclass(frozen=True, slots=True)
class BatchDone:
    """Progress after a batch.

    Args:
        epoch: number of the current epoch, from 1.
        epochs: maximal number of epochs.
        tokens: tokens of this epoch so far, with those that windows read again as their context.
        epoch_tokens: tokens per epoch.
        loss: mean over the scored tokens of this epoch so far, in nats.
        tokens_per_second: mean speed of this epoch so far.
    """

    epoch: int
    epochs: int
    tokens: int
    epoch_tokens: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """Result of an epoch.

    Args:
        number: from 1.
        loss: mean over the scored tokens of train, in nats, with dropout as in training.
        score: metric on dev; None without dev.
        is_best: whether these weights are the best so far, see `is_better`.
        learning_rate: learning rate at the end of the epoch.
        training_seconds: duration of the training steps of this epoch.
        seconds: time since training started, evaluation on dev included.
        dev_loss: mean over the scored tokens of dev whose tag occurs in train, in nats; None without dev, if it is not
            finite, and in histories of versions that did not compute it.
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
        """Whether it is better than the best epoch before it.

        It is if its score is higher, or equal with a lower loss on dev. Without dev it always is.
        """
        if best is None or self.score is None or best.score is None or self.score > best.score:
            return True
        if self.score < best.score or self.dev_loss is None or best.dev_loss is None:
            return False
        return self.dev_loss < best.dev_loss


def epochs_without_progress(epochs: Sequence[Epoch], min_epochs: int) -> int:
    """Number of epochs since the highest score on dev so far, counted from `min_epochs` on; 0 without dev."""
    scores = [epoch.score for epoch in epochs[min_epochs - 1 :] if epoch.score is not None]
    return len(scores) - 1 - scores.index(max(scores)) if scores else 0


@dataclass(frozen=True, slots=True)
class TrainingState:
    """State after an epoch, from which training can resume.

    The order of batches needs no state: it is drawn from the seed and the number of the epoch. When to lower the
    learning rate and when to stop follows from the epochs so far.

    Args:
        arrays: variables of the model (those of random generators included), of the optimizer and of the average, and
            the best weights so far, by name.
        epochs: epochs so far.
    """

    arrays: dict[str, Array]
    epochs: tuple[Epoch, ...]

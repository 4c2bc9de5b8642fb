"""The record of a training: after each epoch a checkpoint, a console line, a row of `history.csv`."""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.config import Config
from tagger.files import write_file
from tagger.training.checkpoint import origins_of, write_checkpoint
from tagger.training.prepare import Prepared

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch, TrainingState

log = logging.getLogger("tagger")


class Record:
    """A listener of a training that keeps its epochs, after those of a checkpoint, in the run folder."""

    def __init__(
        self, config: Config, prepared: Prepared, folder: Path, metric: str, epochs: "Sequence[Epoch]", *, threads: int
    ) -> None:
        self._folder, self._metric, self.epochs = folder, metric, list(epochs)
        self._n_tokens = len(prepared.splits["train"].tokens)
        self._n_epochs, self._min_epochs = config.training.epochs, config.training.min_epochs
        origins = origins_of(prepared)
        self._keep = partial(write_checkpoint, folder, config=config, origins=origins, threads=threads)
        if epochs:
            log.info("going on after epoch %s of %s", epochs[-1].number, self._n_epochs)
            self._write_history()

    @property
    def best(self) -> "Epoch":
        """The epoch whose weights training leaves; there must be one."""
        return [epoch for epoch in self.epochs if epoch.is_best][-1]

    def hear(self, event: "BatchDone | TrainingState | Epoch") -> None:
        """Write and print what an event adds to the record."""
        from tagger.network.events import Epoch, TrainingState

        if isinstance(event, TrainingState):
            self._keep(event)
        elif isinstance(event, Epoch):
            self.epochs.append(event)
            log.info("%s", self._line(event))
            self._write_history()

    def metrics(self) -> dict[str, Any]:
        """Epochs, seconds and speed, as metrics.json has them."""
        seconds = sum(epoch.training_seconds for epoch in self.epochs)
        return {
            "epochs": len(self.epochs),
            "best_epoch": self.best.number,
            "metric": self._metric,
            "dev_loss": self.best.dev_loss,
            "seconds": round(self.epochs[-1].seconds, 3),
            "tokens_per_second": round(self._n_tokens * len(self.epochs) / seconds),
        }

    def _line(self, epoch: "Epoch") -> str:
        parts = [f"epoch {epoch.number}/{self._n_epochs}", f"loss {epoch.loss:.4f}"]
        if epoch.score is not None:
            # Before `min_epochs`, each epoch replaces the one before, whatever its score.
            is_best_choice = epoch.is_best and epoch.number >= self._min_epochs
            parts.append(f"dev {self._metric} {epoch.score:.4f}{' *' if is_best_choice else '  '}")
        parts.append(f"{self._n_tokens / epoch.training_seconds:,.0f} tokens/s")
        left = epoch.seconds / epoch.number * (self._n_epochs - epoch.number)
        return "  ".join([*parts, f"at most {left:.0f} s left"])

    def _write_history(self) -> None:
        import pandas  # no mistake in data or config should wait for it

        write_file(self._folder / "history.csv", pandas.DataFrame(self.epochs).to_csv(index=False))

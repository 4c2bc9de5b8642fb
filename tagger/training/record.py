"""The record of a training: after each epoch a checkpoint, a log line and a row of `history.csv`."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.config import Config
from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.files import write_file
from tagger.reports.metric_names import metrics_json, metrics_name, metrics_text
from tagger.training.checkpoint import data_hashes, write_checkpoint
from tagger.training.prepared_data import PreparedData

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch, TrainingState

log = logging.getLogger("tagger")


class Record:
    """The epochs of a training, written to the run folder as they end.

    Args:
        config: the run's config.
        prepared: the run's data.
        folder: the run folder.
        metrics: names of the metrics on dev by head; their mean chooses the best epoch.
        epochs: those of the checkpoint that training continues from.
        threads: the value of `--threads`.
    """

    def __init__(
        self,
        config: Config,
        prepared: PreparedData,
        folder: Path,
        metrics: Mapping[str, str],
        epochs: "Sequence[Epoch]",
        *,
        threads: int,
    ) -> None:
        self._folder, self._metrics, self.epochs = folder, metrics, list(epochs)
        self._n_tokens = len(prepared.splits["train"].tokens)
        self._training, self._is_series = config.training, config.features.reads_series
        self._save = partial(write_checkpoint, folder, config=config, hashes=data_hashes(prepared), threads=threads)
        if epochs:
            log.info("resuming after epoch %s of %s", epochs[-1].number, config.training.epochs)
            self._write_history()
        if "dev" in prepared.splits:
            log.info("%s", self._legend())

    @property
    def best(self) -> "Epoch":
        """The epoch whose weights are kept; at least one epoch must be complete."""
        return [epoch for epoch in self.epochs if epoch.is_best][-1]

    def add(self, event: "BatchDone | TrainingState | Epoch") -> None:
        """Write a checkpoint for a training state, a log line and a row of history for an epoch."""
        from tagger.network.events import Epoch, TrainingState

        if isinstance(event, TrainingState):
            self._save(event)
        elif isinstance(event, Epoch):
            self.epochs.append(event)
            log.info("%s", self._line(event))
            self._write_history()

    def log_early_stop(self) -> None:
        """Log the reason if early stopping has ended training."""
        from tagger.network.events import epochs_without_progress

        patience, waited = self._training.patience, epochs_without_progress(self.epochs, self._training.min_epochs)
        if len(self.epochs) < self._training.epochs and waited >= patience:
            n = counted(waited, "epoch")
            log.info("stopped early: %s without a better dev score (training.patience = %s)", n, patience)

    def metrics(self) -> dict[str, Any]:
        """Return epochs, seconds and speed in the form of metrics.json."""
        seconds = sum(epoch.training_seconds for epoch in self.epochs)
        return {
            "epochs": len(self.epochs),
            "best_epoch": self.best.number,
            **metrics_json(self._metrics),
            "dev_loss": self.best.dev_loss,
            "seconds": round(self.epochs[-1].seconds, 3),
            "tokens_per_second": round(self._n_tokens * len(self.epochs) / seconds),
        }

    def _legend(self) -> str:
        legend, first = "* marks the best epoch so far", self._training.min_epochs
        if len(self._metrics) > 1:
            legend = f"{metrics_text(self._metrics)} on dev chooses the best epoch; {legend}"
        if first > self._training.epochs:
            return f"the last epoch is kept: training.min_epochs = {first} is more than training.epochs"
        return legend if first == 1 else f"{legend}; epochs before {first} are not candidates (training.min_epochs)"

    def _line(self, epoch: "Epoch") -> str:
        parts = [f"epoch {epoch.number}/{self._training.epochs}", f"loss {epoch.loss:.4f}"]
        if epoch.score is not None:
            # Before `min_epochs`, each epoch replaces the one before, whatever its score.
            is_best_choice = epoch.is_best and epoch.number >= self._training.min_epochs
            parts.append(f"dev {metrics_name(self._metrics)} {epoch.score:.4f}{' *' if is_best_choice else '  '}")
        per_second = in_terms("tokens/s", is_series=self._is_series)
        parts.append(f"{self._n_tokens / epoch.training_seconds:,.0f} {per_second}")
        left = epoch.seconds / epoch.number * (self._training.epochs - epoch.number)
        return "  ".join([*parts, f"at most {left:.0f} s left"])

    def _write_history(self) -> None:
        import pandas  # slow to import: errors in data or config should come first

        write_file(self._folder / "history.csv", pandas.DataFrame(self.epochs).to_csv(index=False))

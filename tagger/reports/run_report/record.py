"""Content of a run folder, the input of its report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tagger.corpus.layout import AnswerKind
from tagger.corpus.spelling import Notation
from tagger.head_names import PLAIN_HEAD
from tagger.reports.error_analysis import Outcome
from tagger.reports.series.worst_and_best import KeptSeries


@dataclass(frozen=True, slots=True)
class HeadRecord:
    """Results of one head.

    Args:
        name: name of the head.
        kind: kind of its answers.
        evaluated: evaluations on test and dev, in this order, from `metrics.json`.
        outcomes: sentences with gold and predicted answers, by split; a label is the tag of a sentence of one token.
        notation: notation of its tags.
        ignore: gold answers that are not scored.
        kept_series: by split, the channels of its worst and best series, if the run keeps them.
        temperature: how confidence was calibrated, from `metrics.json`; None if the run is older.
    """

    name: str
    kind: AnswerKind
    evaluated: Mapping[str, Mapping[str, Any]]
    outcomes: Mapping[str, Sequence[Outcome]]
    notation: Notation = Notation()
    ignore: Sequence[str] = ()
    temperature: Mapping[str, Any] | None = None
    kept_series: Mapping[str, Sequence[KeptSeries]] = field(default_factory=dict)

    @property
    def split(self) -> str | None:
        """The split that details are shown of: test, or dev if there is no test; None without both."""
        return next(iter(self.evaluated), None)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Content of a run folder.

    Args:
        name: name of the folder.
        config: text of `config.toml`.
        command: command that reproduces the run.
        metrics: metric on dev by head, whose mean selected the saved epoch.
        max_epochs: highest number of epochs, by the config.
        min_epochs: first epoch that may be the best.
        training: numbers of the training, from `metrics.json`.
        data: statistics of each split, from `data.json`.
        history: rows of `history.csv`, one per epoch: number, loss, score (None without dev), is_best, learning_rate,
            seconds.
        network: the network, from `bundle.json`.
        provenance: hashes, seed and versions, from `bundle.json`.
        heads: the heads, at least one.
        joint: joint accuracy of several heads by split, from `metrics.json`.
    """

    name: str
    config: str
    command: str
    metrics: Mapping[str, str]
    max_epochs: int
    min_epochs: int
    training: Mapping[str, Any]
    data: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    network: Mapping[str, Any]
    provenance: Mapping[str, Any]
    heads: Sequence[HeadRecord]
    joint: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def reads_series(self) -> bool:
        """Whether the only inputs are numbers; bundles of format 3 describe their inputs in another way."""
        return all(each["kind"] == "numbers" for each in self.network.get("inputs", [{"kind": "words"}]))

    @property
    def is_plain(self) -> bool:
        """Whether the only head is one of tags without a name."""
        return is_plain(self.heads)


def is_plain(heads: Sequence[HeadRecord]) -> bool:
    """Whether the only head is one of tags without a name."""
    return [(head.name, head.kind) for head in heads] == [(PLAIN_HEAD, "tag")]

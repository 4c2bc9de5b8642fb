"""The settings of a sweep from the best to the worst, by their mean over seeds."""

import csv
import io
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.files import write_file
from tagger.sweeps.space import Setting, shown_value
from tagger.sweeps.trials import Result, Trial

COLUMNS = ("mean", "sd", "n_seeds", "parameters", "seconds", "bundle_bytes", "trials")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A setting, and the results of its finished trials; it has a rank once all its seeds are finished, `is_whole`."""

    setting: Setting
    results: Sequence[Result]
    is_whole: bool

    @property
    def mean(self) -> float:
        """Mean score on dev."""
        return statistics.fmean(result.score for result in self.results)

    @property
    def sd(self) -> float | None:
        """The standard deviation of the scores over seeds, by n - 1; None of one seed."""
        scores = [result.score for result in self.results]
        return statistics.stdev(scores) if len(scores) > 1 else None

    @property
    def best_trial(self) -> Trial:
        """The trial with the best score; of equal ones, with the lowest loss on dev."""
        return max(self.results, key=lambda result: (result.score, -result.dev_loss)).trial


def ranked(rows: Iterable[Ranked]) -> list[Ranked]:
    """The best first; those that are not whole behind all others.

    Of equal ones the smaller network is better, of equally large ones the one with the lower loss on dev.
    """

    def order(row: Ranked) -> tuple[bool, float, int, float, str]:
        parameters = max(result.parameters for result in row.results)
        dev_loss = statistics.fmean(result.dev_loss for result in row.results)
        return not row.is_whole, -row.mean, parameters, dev_loss, row.best_trial.name

    return sorted(rows, key=order)


def write_leaderboard(folder: Path, rows: Sequence[Ranked], metric: str) -> None:
    """Writes ranked rows: `leaderboard.csv` for programs, with a column for each key, and `leaderboard.md` to read."""
    keys = list(dict.fromkeys(key for row in rows for key in row.setting))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["rank", *keys, *COLUMNS])
    for rank, row in _with_ranks(rows):
        settings = [_cell(row.setting.get(key)) for key in keys]
        sd = "" if row.sd is None else round(row.sd, 6)
        trials = " ".join(result.trial.name for result in row.results)
        writer.writerow([rank or "", *settings, round(row.mean, 6), sd, len(row.results), *sizes(row), trials])
    write_file(folder / "leaderboard.csv", table.getvalue())
    write_file(folder / "leaderboard.md", format_leaderboard(rows, metric))


def format_leaderboard(rows: Sequence[Ranked], metric: str) -> str:
    """The ranked rows as a table of Markdown whose columns are in line."""
    keys = list(dict.fromkeys(key for row in rows for key in row.setting))
    head = ["rank", *keys, f"dev {metric}", "seeds", "parameters", "seconds", "size"]
    cells = [head]
    for rank, row in _with_ranks(rows):
        parameters, seconds, n_bytes = sizes(row)
        cells.append(
            [
                str(rank or "-"),
                *(_cell(row.setting.get(key)) for key in keys),
                f"{row.mean:.4f}" + (f" ± {row.sd:.4f}" if row.sd is not None else ""),
                str(len(row.results)),
                f"{parameters:,}",
                f"{seconds:.1f}",
                f"{n_bytes / 1e6:.2f} MB",
            ]
        )
    cells = [[cell.replace("|", "\\|") for cell in line] for line in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def sizes(row: Ranked) -> tuple[int, float, int]:
    """The most parameters, the mean seconds and the most bytes of a bundle over seeds."""
    return (
        max(result.parameters for result in row.results),
        round(statistics.fmean(result.seconds for result in row.results), 3),
        max(result.n_bytes for result in row.results),
    )


def _cell(value: object) -> str:
    """A value of a setting, a text without quotes; nothing where its key does not count."""
    return "" if value is None else value if isinstance(value, str) else shown_value(value)


def _with_ranks(rows: Sequence[Ranked]) -> list[tuple[int | None, Ranked]]:
    return [(rank if row.is_whole else None, row) for rank, row in enumerate(rows, 1)]

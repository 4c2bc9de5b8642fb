"""Leaderboard of a sweep: settings ranked by their mean score over seeds."""

import csv
import io
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.files import write_file
from tagger.reports.metric_names import metric_name
from tagger.reports.neutral_cells import literal, neutral
from tagger.sweeps.space import Setting, format_value
from tagger.sweeps.table import Column, format_table, setting_columns, varying_keys
from tagger.sweeps.trials import Result, Trial
from tagger.terminal_text import one_line

COLUMNS = ("mean", "sd", "n_seeds", "parameters", "seconds", "bundle_bytes", "trials")


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A setting and the results of its finished trials.

    Args:
        setting: value of each varying key.
        results: one per finished trial, at least one.
        is_complete: whether the trials of all seeds are finished; only then does the setting have a rank.
    """

    setting: Setting
    results: Sequence[Result]
    is_complete: bool

    @property
    def mean(self) -> float:
        """Mean score on dev, from 0 to 1."""
        return statistics.fmean(result.score for result in self.results)

    @property
    def heads(self) -> dict[str, float]:
        """Mean score on dev by head and metric; empty if the network has one head."""
        names = dict.fromkeys(name for result in self.results for name in result.heads)
        return {name: statistics.fmean(result.heads.get(name, 0.0) for result in self.results) for name in names}

    @property
    def sd(self) -> float | None:
        """Standard deviation of the scores over seeds, with n - 1 degrees of freedom; None for one seed."""
        scores = [result.score for result in self.results]
        return statistics.stdev(scores) if len(scores) > 1 else None

    @property
    def best_trial(self) -> Trial:
        """The trial with the best score; among equal scores, the one with the lowest loss on dev."""
        return max(self.results, key=lambda result: (result.score, -result.dev_loss)).trial

    @property
    def parameters(self) -> int:
        """Number of parameters of the largest network."""
        return max(result.parameters for result in self.results)

    @property
    def seconds(self) -> float:
        """Mean training time in seconds, to the millisecond."""
        return round(statistics.fmean(result.seconds for result in self.results), 3)

    @property
    def n_bytes(self) -> int:
        """Size of the largest bundle in bytes."""
        return max(result.n_bytes for result in self.results)


def rank_rows(rows: Iterable[LeaderboardRow]) -> list[LeaderboardRow]:
    """Sort rows from the best mean to the worst, incomplete ones last.

    Ties are broken by the smaller network, then by the lower loss on dev.
    """

    def order(row: LeaderboardRow) -> tuple[bool, float, int, float, str]:
        dev_loss = statistics.fmean(result.dev_loss for result in row.results)
        return not row.is_complete, -row.mean, row.parameters, dev_loss, row.best_trial.name

    return sorted(rows, key=order)


def describe_tie(rows: Sequence[LeaderboardRow], metric: str) -> str | None:
    """Say how a tie at the top of ranked rows is broken; None without a tie."""
    tied = [row for row in rows if row.is_complete and row.mean == rows[0].mean]
    if len(tied) < 2:
        return None
    return (
        f"{len(tied)} settings have the best dev {metric_name(metric)}, {tied[0].mean:.4f}; "
        "they are ranked by the smaller network, then by the lower loss on dev"
    )


def write_leaderboard(folder: Path, rows: Sequence[LeaderboardRow], metric: str) -> None:
    """Write ranked rows to `leaderboard.csv`, with a column for each key, and to `leaderboard.md`."""
    keys, heads = _keys(rows), _heads(rows)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["rank", *map(neutral, keys), *COLUMNS, *map(neutral, heads)])
    for rank, row in _with_ranks(rows):
        settings = [neutral(_cell(row.setting.get(key))) for key in keys]
        sd = "" if row.sd is None else round(row.sd, 6)
        sizes = [row.parameters, row.seconds, row.n_bytes]
        trials = " ".join(result.trial.name for result in row.results)
        scores = [round(row.heads[name], 6) if name in row.heads else "" for name in heads]
        writer.writerow([rank or "", *settings, round(row.mean, 6), sd, len(row.results), *sizes, trials, *scores])
    write_file(folder / "leaderboard.csv", table.getvalue())
    write_file(folder / "leaderboard.md", format_leaderboard(rows, metric))


def format_leaderboard(rows: Sequence[LeaderboardRow], metric: str) -> str:
    """Format ranked rows as a Markdown table with aligned columns."""
    keys, heads = _keys(rows), _heads(rows)
    head = ["rank", *keys, f"dev {metric_name(metric)}", *map(metric_name, heads)]
    head += ["seeds", "parameters", "seconds", "size"]
    cells = [head]
    for rank, row in _with_ranks(rows):
        cells.append(
            [
                str(rank or "-"),
                *(_cell(row.setting.get(key)) for key in keys),
                _mean(row),
                *(_head_mean(row, name) for name in heads),
                str(len(row.results)),
                f"{row.parameters:,}",
                f"{row.seconds:.1f}",
                f"{row.n_bytes / 1e6:.2f} MB",
            ]
        )
    cells = [[literal(cell) for cell in line] for line in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def leaderboard_table(rows: Sequence[LeaderboardRow], metric: str, width: int) -> str:
    """Format ranked rows for a terminal: the keys that vary, and no line that is wider than `width` columns."""
    settings = [row.setting for row in rows]
    columns = [
        Column("rank", [str(rank or "-") for rank, _ in _with_ranks(rows)], 4),
        *setting_columns(settings, varying_keys(settings), 2),
        Column(f"dev {metric_name(metric)}", [_mean(row) for row in rows], 4),
        *(Column(one_line(metric_name(name)), [_head_mean(row, name) for row in rows], 1) for name in _heads(rows)),
        Column("seeds", [str(len(row.results)) for row in rows]),
        Column("parameters", [f"{row.parameters:,}" for row in rows], 3),
        Column("seconds", [f"{row.seconds:.1f}" for row in rows], 1),
        Column("MB", [f"{row.n_bytes / 1e6:.2f}" for row in rows]),
    ]
    return "\n".join(format_table(columns, width))


def _mean(row: LeaderboardRow) -> str:
    return f"{row.mean:.4f}" + (f" ± {row.sd:.4f}" if row.sd is not None else "")


def _head_mean(row: LeaderboardRow, name: str) -> str:
    return f"{row.heads[name]:.4f}" if name in row.heads else ""


def _keys(rows: Sequence[LeaderboardRow]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row.setting))


def _heads(rows: Sequence[LeaderboardRow]) -> list[str]:
    """Names of the scores of single heads, such as `intent accuracy`; none if there is only one."""
    names = list(dict.fromkeys(name for row in rows for name in row.heads))
    return names if len(names) > 1 else []


def _cell(value: object) -> str:
    """A value of a setting, strings without quotes; empty if the key does not apply."""
    return "" if value is None else value if isinstance(value, str) else format_value(value)


def _with_ranks(rows: Sequence[LeaderboardRow]) -> list[tuple[int | None, LeaderboardRow]]:
    return [(rank if row.is_complete else None, row) for rank, row in enumerate(rows, 1)]

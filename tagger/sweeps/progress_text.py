"""The progress of a sweep as text: for `--status`, and for the live table on a terminal."""

import time
from pathlib import Path

from tagger.reports.metric_names import metric_name
from tagger.sweeps.lock import is_locked
from tagger.sweeps.space import format_setting, format_value
from tagger.sweeps.status import Status, TrialStatus, read_status
from tagger.sweeps.table import Column, format_table, setting_columns, varying_keys
from tagger.sweeps.time_left import format_seconds, seconds_left
from tagger.terminal_folding import folded
from tagger.terminal_layout import is_number, shortened
from tagger.terminal_text import one_line

KEYS, NAMES, SIZES = 1, 0, -1  # priorities of columns; the score and the epoch have a higher one


def format_status(folder: Path, command: str, width: int | None = None) -> str:
    """Format the progress of the sweep in a folder.

    Args:
        folder: folder of the sweep.
        command: shell command that resumes the sweep; shown if it is neither running nor complete.
        width: number of columns of the terminal, for a table of the running trials; None: a line for each.

    Raises:
        RunError: there is no sweep in the folder.
    """
    status = read_status(folder)
    lines = [one_line(f"{folder}: {format_progress(status)}")]
    lines += map(_running_line, status.in_state("running")) if width is None else running_table(status, width)
    lines += best_line(status, width)
    if not is_locked(folder) and not status.ended:
        lines.append(f"the sweep is not running; {one_line(command)} resumes it")
    return "\n".join(lines)


def live_lines(status: Status, width: int) -> list[str]:
    """The running trials, the progress and the best setting, in lines of at most `width` columns."""
    lines = "\n".join([format_progress(status), *best_line(status, width)])
    return [*running_table(status, width), *folded(lines, width).split("\n")]


def format_progress(status: Status) -> str:
    """Number of trials in each state, and about how much time is left, if that can be estimated."""
    left = seconds_left(status)
    return status.format_counts() + ("" if left is None else f"; about {format_seconds(left)} left")


def best_line(status: Status, width: int | None) -> list[str]:
    """A line on the best setting so far, if there is one.

    Args:
        status: progress of the sweep.
        width: number of columns of a terminal, which shows the keys that vary, in short; None: no terminal.
    """
    if not status.best:
        return []
    setting, mean = status.best
    if width is not None:
        keys = varying_keys(trial.setting for trial in status.trials.values())
        text = ", ".join(_short_item(key, setting[key], width // 2) for key in keys if key in setting)
    else:
        text = format_setting(setting)
    return [one_line(f"best so far: dev {metric_name(status.metric)} {mean:.4f} with {text or 'the base'}")]


def running_table(status: Status, width: int) -> list[str]:
    """A line for each running trial below a line of titles, if any runs: the keys that vary, what it does and takes.

    Args:
        status: progress of the sweep.
        width: number of columns of the terminal.
    """
    trials, now = status.in_state("running"), time.time()
    if not trials:
        return []
    begun = status.trials.values()
    seeds = {trial.seed for trial in begun}
    columns = [
        Column("trial", [trial.name for trial in trials], SIZES),
        *setting_columns([trial.setting for trial in trials], varying_keys(trial.setting for trial in begun), KEYS),
        *([Column("seed", [str(trial.seed) for trial in trials], NAMES)] if len(seeds) > 1 else []),
        Column("epoch", [f"{trial.epoch}/{trial.epochs}" for trial in trials], KEYS + 1),
        Column("dev", [_score(trial) for trial in trials], KEYS + 1),
        Column("seconds", [f"{now - trial.began:,.0f}" for trial in trials], SIZES),
        Column("MB", [f"{trial.memory / 1e6:,.0f}" for trial in trials], SIZES - 1),
    ]
    return format_table(columns, width)


def _running_line(trial: TrialStatus) -> str:
    score = f"  dev {trial.score:.4f}" if trial.score is not None else ""
    return one_line(
        f"{trial.name}  epoch {trial.epoch}/{trial.epochs}{score}  {time.time() - trial.began:.0f} s"
        f"  {trial.memory / 1e6:,.0f} MB  {format_setting(trial.setting)}, seed {trial.seed}"
    )


def _score(trial: TrialStatus) -> str:
    return "" if trial.score is None else f"{trial.score:.4f}"


def _short_item(key: str, value: object, width: int) -> str:
    text = format_value(value)
    return f"{shortened(key, width)} = {text if is_number(text) else shortened(text, width)}"

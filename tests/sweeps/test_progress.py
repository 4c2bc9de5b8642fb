"""The progress of a sweep on a terminal: tables that fit, and the time left."""

import doctest
import re

import pytest

from tagger.sweeps import time_left
from tagger.sweeps.leaderboard import leaderboard_table
from tagger.sweeps.lock import locked
from tagger.sweeps.progress_text import format_progress, format_status, live_lines
from tagger.sweeps.space import Setting
from tagger.sweeps.status import Status, TrialState, TrialStatus, write_status
from tagger.sweeps.table import Column, format_table, varying_keys
from tagger.sweeps.time_left import seconds_left
from tagger.terminal_layout import columns_of
from tests.sweeps.test_outcomes import row

NOW = 1000.0
RATE = 0.0008734512398172


def trial(
    name: str, state: TrialState, setting: Setting | None = None, *, seconds: float | None = None, ago: float = 0.0
) -> TrialStatus:
    keys = {f"model.{key}": value for key, value in (setting or {}).items()}
    return TrialStatus(name, keys, 1, 12, state, began=NOW - ago, seconds=seconds)


def status_of(*trials: TrialStatus, total: int, n_seeds: int = 1) -> Status:
    return Status(total, "accuracy", {each.name: each for each in trials}, n_seeds=n_seeds)


def many_keys() -> Status:
    keys = {
        "cell": "simple_rnn",
        "units": [100, 100],
        "rate": RATE,
        "chars": {"kind": "cnn", "units": 64},
        "same": True,
    }
    changed = {"cell": "東京" * 30, "units": [64], "rate": 0.002, "chars": False}
    status = status_of(trial("a" * 12, "finished", keys), trial("b" * 12, "running", {**keys, **changed}), total=9)
    status.best = (status.trials["a" * 12].setting, 0.9)
    return status


# Time left


def test_the_examples_of_time_are_true():
    assert doctest.testmod(time_left) == (0, 1)


def test_no_time_left_is_known_before_a_trial_has_finished_or_without_running_trials():
    assert seconds_left(status_of(trial("a", "running"), total=4), NOW) is None
    assert seconds_left(status_of(trial("a", "finished", seconds=9), total=4), NOW) is None


def test_waiting_trials_are_shared_among_the_workers():
    done = trial("a", "finished", seconds=10)

    # Six more trials of 10 seconds after the running ones, which have just begun.
    assert seconds_left(status_of(done, trial("b", "running"), total=8), NOW) == 70
    assert seconds_left(status_of(done, trial("b", "running"), trial("c", "running"), total=9), NOW) == 40
    three = [trial(name, "running") for name in "bcd"]
    assert seconds_left(status_of(done, *three, total=10), NOW) == 30


def test_the_seconds_that_a_trial_has_run_are_subtracted_and_the_mean_of_finished_trials_counts():
    finished = [trial("a", "finished", seconds=10), trial("b", "finished", seconds=30)]

    assert seconds_left(status_of(*finished, trial("c", "running", ago=15), total=3), NOW) == 5
    assert seconds_left(status_of(*finished, trial("c", "running", ago=99), total=3), NOW) == 0


def test_the_other_seeds_of_a_pruned_setting_are_not_waited_for():
    trials = [trial("a", "finished", seconds=10), trial("b", "pruned"), trial("c", "running")]

    assert seconds_left(status_of(*trials, total=9, n_seeds=3), NOW) == 50
    assert seconds_left(status_of(*trials, total=9, n_seeds=1), NOW) == 70


def test_the_progress_names_the_time_left_as_an_estimate():
    trials = [trial("a", "finished", seconds=600), trial("b", "running", ago=-1e9)]

    assert re.search(r"; about \d+ .* left$", format_progress(status_of(*trials, total=3)))


# Tables


def test_only_the_keys_that_vary_are_shown():
    settings = [{"a": 1, "b": 2, "c": 1}, {"a": 1, "b": 3}]

    assert varying_keys(settings) == ["b", "c"]
    assert varying_keys(settings[:1]) == ["a", "b", "c"]
    assert "same" not in "\n".join(live_lines(many_keys(), 200))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_of_the_live_table_is_wider_than_the_terminal(width):
    lines = live_lines(many_keys(), width)

    assert max(map(columns_of, lines)) <= width
    assert {"epoch", "dev"} <= {*lines[0].split()}


def test_a_table_shortens_names_in_the_middle_and_no_number():
    columns = [
        Column("training.learning_rate", [str(RATE), "0.002"], 1),
        Column("features.words.file", ["vectors/english/300d.txt", "none"], 2),
        Column("rank", ["1", "2"], 3),
    ]
    for width in range(12, 80):
        lines = format_table(columns, width)
        cells = {cell for line in lines for cell in line.split()}

        assert max(map(columns_of, lines)) <= width
        assert [line.split()[-1] for line in lines] == ["rank", "1", "2"]
        has_rate = width >= len(f"{RATE}  123456  rank")  # names are shortened to six characters
        assert {str(RATE), "0.002"} <= cells if has_rate else not any("0." in cell for cell in cells)
    assert format_table(columns, 40) == [
        "training.…ing_rate  feature…s.file  rank",
        "0.0008734512398172  vectors…0d.txt     1",
        "             0.002  none               2",
    ]


def test_a_value_of_any_length_fits():
    columns = [Column("rank", ["1"]), Column("words", ["a" + "x" * 1_000_000 + "z"])]

    assert format_table(columns, 14) == ["rank  words", "   1  axxx…xxz"]


def test_columns_of_low_priority_are_left_out_first():
    columns = [Column("a", ["11111"], 1), Column("b", ["22222"], 0), Column("c", ["33333"], 2)]

    assert [format_table(columns, width)[1] for width in (19, 18, 12, 11)] == [
        "11111  22222  33333",
        "11111  33333",
        "11111  33333",
        "33333",
    ]


def test_a_status_has_a_table_on_a_terminal_and_a_line_for_each_trial_elsewhere(tmp_path):
    with locked(tmp_path):
        write_status(tmp_path, many_keys())
        shown, plain = (format_status(tmp_path, "tagger sweep a.toml", width) for width in (200, None))

    assert shown.splitlines()[1].split() == ["trial", "cell", "units", "rate", "chars", "epoch", "dev", "seconds", "MB"]
    assert plain.splitlines()[1].startswith(f"{'b' * 12}  epoch 0/12  ")
    assert "model.same" in plain


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_leaderboard_of_a_terminal_fits_it_and_keeps_rank_and_score(width):
    setting = {"model.cell": "gru", "training.learning_rate": RATE, "features.words.file": "vectors/" * 9, "x.same": 1}
    changed = {"model.cell": "lstm", "training.learning_rate": 0.1}
    rows = [row(setting, 0.5, 0.7), row({**setting, **changed}, 0.4)]
    lines = leaderboard_table(rows, "accuracy", width).splitlines()

    assert max(map(columns_of, lines)) <= width
    assert lines[1].startswith("   1  gru")
    assert "0.6000 ± 0.1414" in lines[1]
    assert "same" not in lines[0]

"""Outcomes of a sweep: ranking, failures, lock, status, and the table on a terminal."""

import csv
import io
import math
import multiprocessing
import os
import statistics
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import parse_config
from tagger.errors import RunError, TaggerError
from tagger.sweeps.display import live_table
from tagger.sweeps.failures import NAME as FAILURES
from tagger.sweeps.failures import Failure, read_failures, record_failure
from tagger.sweeps.leaderboard import LeaderboardRow, describe_tie, format_leaderboard, rank_rows, write_leaderboard
from tagger.sweeps.lock import is_locked, locked
from tagger.sweeps.progress_text import format_status
from tagger.sweeps.status import Status, TrialStatus, read_status, write_status
from tagger.sweeps.sweep import SweepResult
from tagger.sweeps.trials import Result, Trial

CONFIG = parse_config({"data": {"train": "train.tsv", "dev": 0.1}})


def row(setting, *scores, parameters=100, is_complete=True, dev_losses=()) -> LeaderboardRow:
    trials = [Trial(Path(f"{scores[0]}-{seed}"), setting, seed, CONFIG) for seed in range(len(scores))]
    results = [
        Result(trial, "accuracy", score, parameters, seconds=2.0, n_bytes=1_500_000, dev_loss=dev_loss)
        for trial, score, dev_loss in zip(trials, scores, dev_losses or [math.inf] * len(scores), strict=True)
    ]
    return LeaderboardRow(setting, results, is_complete)


# Ranking


def test_the_result_of_a_sweep_shows_its_winner_in_a_line():
    rows = rank_rows([row({"model.cell": "gru"}, 0.5, 0.7), row({"model.cell": "lstm"}, 0.9)])
    result = SweepResult(rows, "span_f1", rows[0].best_trial, test=None)

    assert repr(result) == "SweepResult(2 settings, dev span F1 0.9000, winner='0.9-0')"


def test_a_leaderboard_shows_mean_standard_deviation_seeds_and_sizes(tmp_path):
    rows = rank_rows([row({"model.cell": "gru"}, 0.5, 0.7), row({"model.cell": "lstm", "model.units": [4, 4]}, 0.9)])
    write_leaderboard(tmp_path, rows, "accuracy")

    with (tmp_path / "leaderboard.csv").open() as file:
        assert [*csv.DictReader(file)] == [
            {
                "rank": "1", "model.cell": "lstm", "model.units": "[4, 4]", "mean": "0.9", "sd": "", "n_seeds": "1",
                "parameters": "100", "seconds": "2.0", "bundle_bytes": "1500000", "trials": "0.9-0",
            },
            {
                "rank": "2", "model.cell": "gru", "model.units": "", "mean": "0.6", "sd": "0.141421", "n_seeds": "2",
                "parameters": "100", "seconds": "2.0", "bundle_bytes": "1500000", "trials": "0.5-0 0.5-1",
            },
        ]  # fmt: skip
    assert (tmp_path / "leaderboard.md").read_text() == (
        "| rank | model.cell | model.units | dev accuracy    | seeds | parameters | seconds | size    |\n"
        "|------|------------|-------------|-----------------|-------|------------|---------|---------|\n"
        "| 1    | lstm       | [4, 4]      | 0.9000          | 1     | 100        | 2.0     | 1.50 MB |\n"
        "| 2    | gru        |             | 0.6000 ± 0.1414 | 2     | 100        | 2.0     | 1.50 MB |\n"
    )


def test_a_setting_without_all_seeds_comes_last_and_has_no_rank():
    rows = rank_rows([row({"a": 1}, 0.9, is_complete=False), row({"a": 2}, 0.1, 0.2)])

    assert [each.setting["a"] for each in rows] == [2, 1]
    assert "| -    | 1" in format_leaderboard(rows, "accuracy")


def test_a_tie_at_the_top_is_described():
    tied = rank_rows([row({"a": a}, 0.5, 0.7, parameters=a, is_complete=a != 3) for a in (1, 2, 3)])

    assert describe_tie(tied, "span_f1") == (
        "2 settings have the best dev span F1, 0.6000; "
        "they are ranked by the smaller network, then by the lower loss on dev"
    )
    assert describe_tie(rank_rows([row({"a": 1}, 0.9), row({"a": 2}, 0.5), row({"a": 3}, 0.5)]), "accuracy") is None
    assert describe_tie([], "accuracy") is None


def test_a_metric_has_its_name_in_the_leaderboard():
    assert " | dev macro F1 | " in format_leaderboard([row({"a": 1}, 0.5)], "macro_f1")


def test_equal_means_are_ranked_by_the_smaller_network():
    rows = rank_rows([row({"a": 1}, 0.5, parameters=9), row({"a": 2}, 0.5, parameters=8)])

    assert [each.setting["a"] for each in rows] == [2, 1]


def test_equal_scores_and_sizes_are_ranked_by_the_lower_loss_on_dev():
    rows = rank_rows([row({"a": 1}, 0.5, 0.5, dev_losses=[0.3, 0.4]), row({"a": 2}, 0.5, 0.5, dev_losses=[0.4, 0.2])])

    assert [each.setting["a"] for each in rows] == [2, 1]
    assert [each.best_trial.seed for each in rows] == [1, 0]
    assert row({"a": 1}, 0.5, 0.5).best_trial.seed == 0  # losses are unknown


def test_a_vertical_bar_in_a_value_is_escaped_in_the_table():
    assert '["a\\|b"]' in format_leaderboard([row({"data.ignore": ["a|b"]}, 0.5)], "accuracy")


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=1, max_size=6))
def test_ranks_follow_the_mean_and_the_best_trial_has_the_best_score(scores):
    rows = rank_rows([row({"a": i}, *seed_scores) for i, seed_scores in enumerate(scores)])

    assert [each.mean for each in rows] == sorted(
        (statistics.fmean(seed_scores) for seed_scores in scores), reverse=True
    )
    for each in rows:
        best = next(result for result in each.results if result.trial is each.best_trial)
        assert best.score == max(result.score for result in each.results)


# Failures


def test_failures_are_read_as_recorded_and_an_incomplete_line_is_skipped(tmp_path):
    failures = [Failure("abc", {"model.units": [8]}, 1, "why\nso", ["a", "ü"]), Failure("", {}, None, "impossible", [])]
    assert read_failures(tmp_path) == []
    for failure in failures:
        record_failure(tmp_path, failure)
    with (tmp_path / FAILURES).open("a") as file:
        file.write('{"trial": "ab')

    assert read_failures(tmp_path) == failures

    record_failure(tmp_path, failures[0])

    assert read_failures(tmp_path) == [*failures, failures[0]]


def test_a_failure_is_not_appended_to_what_a_link_leads_to(tmp_path):
    (tmp_path / FAILURES).symlink_to("mine")

    with pytest.raises(TaggerError, match=f"{FAILURES}: cannot be written: it is a link, not a regular file"):
        record_failure(tmp_path, Failure("", {}, None, "impossible", []))
    assert not (tmp_path / "mine").exists()


# Lock


def test_one_sweep_at_a_time_runs_in_a_folder(tmp_path):
    folder = tmp_path / "new" / "sweep"
    with locked(folder):
        assert is_locked(folder)
        with (
            pytest.raises(RunError, match=f"a sweep is already running there, as process {os.getpid()}"),
            locked(folder),
        ):
            pass

    assert not is_locked(folder)
    with locked(folder):
        pass


def lock_and_die(folder: Path) -> None:
    with locked(folder):
        os._exit(9)


def test_a_dead_sweep_does_not_lock_its_folder(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=lock_and_die, args=(tmp_path,))
    process.start()
    process.join()

    assert process.exitcode == 9
    assert (tmp_path / "lock").read_text() == str(process.pid)
    with locked(tmp_path):
        pass


# Status


def status_of(**states: str) -> Status:
    trials = {name: TrialStatus(name, {"a": name}, 1, 5, state) for name, state in states.items()}  # type: ignore[arg-type]
    return Status(7, "accuracy", trials, best=({"a": "x"}, 0.5))


def test_the_status_of_a_running_sweep_is_read_as_written(tmp_path):
    status = status_of(x="finished", y="running", z="failed", p="pruned")
    with locked(tmp_path):
        write_status(tmp_path, status)
        lines = format_status(tmp_path, "tagger sweep many.toml").splitlines()

        assert lines[0] == f"{tmp_path}: 1 of 7 trials finished, 1 failed, 1 pruned, 1 running"
        assert lines[1].startswith("y  epoch 0/5  ")
        assert lines[2:] == ['best so far: dev accuracy 0.5000 with a = "x"']


def test_a_metric_has_its_name_in_the_status(tmp_path):
    write_status(tmp_path, replace(status_of(x="finished"), metric="span_f1"))

    assert 'best so far: dev span F1 0.5000 with a = "x"' in format_status(tmp_path, "tagger sweep many.toml")


def test_running_trials_of_a_killed_sweep_are_not_shown_as_running(tmp_path):
    write_status(tmp_path, status_of(x="finished", y="running"))
    lines = format_status(tmp_path, "tagger sweep many.toml").splitlines()

    assert lines[0] == f"{tmp_path}: 1 of 7 trials finished"
    assert lines[-1] == "the sweep is not running; tagger sweep many.toml resumes it"
    assert read_status(tmp_path).in_state("running") == []


def test_the_status_of_an_ended_sweep_does_not_offer_to_resume_it(tmp_path):
    status = status_of(x="finished", p="pruned")
    status.ended = True
    write_status(tmp_path, status)

    assert "resumes" not in format_status(tmp_path, "tagger sweep many.toml")


def test_the_status_of_a_folder_without_a_sweep_is_an_error(tmp_path):
    with pytest.raises(RunError, match="contains no sweep"):
        format_status(tmp_path, "tagger sweep many.toml")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def table_on(monkeypatch, stream: io.StringIO, *, quiet: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with live_table(quiet=quiet) as listen:
        listen(status_of(x="finished", abc="running"))
    return stream.getvalue()


def test_a_terminal_shows_running_trials(monkeypatch):
    shown = table_on(monkeypatch, Terminal())

    best = 'best so far: dev accuracy 0.5000 with a = "x"'
    for text in ("abc    abc    0/5", "1 of 7 trials finished, 1 running", best):
        assert text in shown


def test_without_a_terminal_or_with_quiet_nothing_is_drawn(monkeypatch):
    assert table_on(monkeypatch, io.StringIO()) == ""
    assert table_on(monkeypatch, Terminal(), quiet=True) == ""


def test_a_leaderboard_of_several_heads_has_a_column_for_each(tmp_path):
    first = row({"heads.intent.pool": "mean"}, 0.7, 0.8)
    scored = [
        replace(result, metric="mean", heads={"intent accuracy": score, "slots span_f1": 0.5})
        for result, score in zip(first.results, (0.9, 1.0), strict=True)
    ]
    rows = [replace(first, results=scored)]
    write_leaderboard(tmp_path, rows, "mean")

    with (tmp_path / "leaderboard.csv").open() as file:
        (cells,) = csv.DictReader(file)
    assert (cells["mean"], cells["intent accuracy"], cells["slots span_f1"]) == ("0.75", "0.95", "0.5")
    assert "| dev mean        | intent accuracy | slots span F1 | seeds |" in format_leaderboard(rows, "mean")

"""A sweep's loop with fake workers: running, killing, retrying, pruning and ranking."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.errors import DataError, RunError, TaggerError, TrainingError
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.scores import Golds, Scores
from tagger.sweeps.display import live_table
from tagger.sweeps.failures import read_failures
from tagger.sweeps.plan import load_plan
from tagger.sweeps.status import read_status
from tagger.sweeps.sweep import SweepResult, sweep
from tagger.sweeps.worker import EpochDone, Event, Task, TrialEnded, TrialStarted
from tagger.tagging.tagged import Tagged
from tests import ROOT
from tests.pages import figure, parsed, rows_of, section, text_of

DATA = ROOT / "data" / "svo" / "tiny.tsv"
N_EPOCHS = 3
EVALUATED = evaluate([["S"]], [["S"]], [["John"]], Lexicon("S", None))


class ProcessKilled(BaseException):
    """The sweep's process is killed at this point."""


@dataclass
class FakeWorkers:
    """Workers that train nothing; each poll for events is one step of one trial.

    Args:
        n: number of trials at a time.
        fails: returns the reason for which a trial fails, or None.
        dies_after: number of polls after which the sweep's process is killed; None: never.
        trained: names of finished trials.
        pruned: names of pruned trials.
        tries: number of starts of each trial, by name.
    """

    n: int = 1
    fails: Callable[[Task], str | None] = lambda task: None
    dies_after: int | None = None
    threads: int = 1
    trained: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    tasks: dict[str, tuple[Task, int]] = field(default_factory=dict)
    draw: random.Random = field(default_factory=lambda: random.Random(1))

    @property
    def n_free(self) -> int:
        return self.n - len(self.tasks)

    @property
    def running(self) -> dict[str, int]:
        return dict.fromkeys(self.tasks, 1 << 20)

    def submit(self, task: Task) -> None:
        assert self.n_free
        assert task.folder.name not in self.tasks
        assert not (task.folder / "metrics.json").exists()
        history = task.folder / "history.csv"  # history of an interrupted try
        self.tasks[task.folder.name] = (task, len(history.read_text().split()) - 1 if history.is_file() else 0)
        self.tries[task.folder.name] += 1

    def events(self) -> Iterator[tuple[str, Event]]:
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise ProcessKilled
        name = self.draw.choice(sorted(self.tasks))
        task, epoch = self.tasks[name]
        if epoch == 0:
            yield name, TrialStarted()
        self.tasks[name] = (task, epoch + 1)
        if epoch < N_EPOCHS and not self.fails(task):
            yield name, EpochDone(epoch + 1, score_of(task))
        else:
            del self.tasks[name]
            if reason := self.fails(task):
                yield name, TrialEnded("failed", reason, ("the last line",))
            else:
                finish(task)
                self.trained.append(name)
                yield name, TrialEnded("finished")
        if name in self.pruned and name in self.tasks:
            del self.tasks[name]
            yield name, TrialEnded("pruned")

    def answer(self, name: str, *, should_continue: bool) -> None:
        if not should_continue:
            self.pruned.append(name)

    def close(self) -> None:
        self.tasks.clear()


def score_of(task: Task) -> float:
    """Larger networks score higher; seeds differ a little."""
    return min(1.0, task.config.model.units[0] / 100 + task.config.training.seed / 1000)


def finish(task: Task) -> None:
    """Write the files of a finished run that a sweep reads."""
    (task.folder / "bundle").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests" / "bundles_of_older_formats" / "5" / "bundle.json", task.folder / "bundle")
    write_history(task.folder, [score_of(task)] * N_EPOCHS)
    dev = {**EVALUATED.to_json(), "accuracy": score_of(task)}
    training = {
        "epochs": N_EPOCHS,
        "best_epoch": 1,
        "parameters": task.config.model.units[0] * 10,
        "seconds": 2.0,
        "tokens_per_second": 9,
    }
    (task.folder / "metrics.json").write_text(json.dumps({"dev": dev, "test": None, "training": training}))


def write_history(folder: Path, scores: list[float]) -> None:
    rows = "".join(f"{i},1.5,{score},True,0.001,1.0,2.0\n" for i, score in enumerate(scores, start=1))
    (folder / "history.csv").write_text(f"number,loss,score,is_best,learning_rate,training_seconds,seconds\n{rows}")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., SweepResult]:
    """Write a sweep's file and run it, each time in the same folder."""
    (tmp_path / "base.toml").write_text(f"[data]\ntrain = {json.dumps(str(DATA))}\ndev = {json.dumps(str(DATA))}\n")

    def run(
        space: str, workers: FakeWorkers, options: str = "seeds = [1, 2]", folder: str = "many", **arguments: Any
    ) -> SweepResult:
        path = tmp_path / "many.toml"
        path.write_text(f'base = "base.toml"\n[sweep]\n{options}\n[sweep.space]\n{space}\n')
        return sweep(load_plan(path), tmp_path / folder, workers, **arguments)

    return run


SIZES = '"model.units" = [[8], [16], [4], [32]]'
WIDE = """
"model.units" = [[8], [16], [4], [32]]
"model.dropout" = { low = 0.1, high = 0.5 }
"training.averaging" = { values = [false, true], when = { "model.units" = [[8], [16]] } }
"""


def fails_with_size(*sizes: int) -> Callable[[Task], str | None]:
    return lambda task: "it is impossible" if task.config.model.units[0] in sizes else None


def sizes(result: SweepResult) -> list[int]:
    return [row.setting["model.units"][0] for row in result.rows]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_grid_trains_each_setting_with_each_seed_once_and_ranks_by_the_mean(run, n, tmp_path):
    workers = FakeWorkers(n)
    result = run(SIZES, workers)

    assert len(workers.trained) == len({*workers.trained}) == 8
    assert sizes(result) == [32, 16, 8, 4]
    assert result.rows[0].mean == pytest.approx(0.3215)
    assert result.rows[0].sd == pytest.approx(0.001 / 2**0.5)
    assert result.winner.seed == 2
    assert (tmp_path / "many" / "best").resolve() == result.winner.folder.resolve()
    assert result.test is None


def test_the_log_has_the_number_of_trials_and_each_start_once(run, caplog):
    caplog.set_level("INFO")

    with live_table(quiet=False) as listen:  # standard error of a test is no terminal
        run('"model.units" = [[8], [16], [4]]', FakeWorkers(2), "seeds = [1, 2]", listen=listen)

    assert caplog.messages[0] == "3 settings × 2 seeds = 6 trials"
    started = [message.partition("  started  ")[2] for message in caplog.messages if "started" in message]
    assert started == [f"model.units = [{size}], seed {seed}" for size in (8, 16, 4) for seed in (1, 2)]


def test_a_tie_is_logged_with_the_rule_that_decides_it(run, caplog):
    caplog.set_level("INFO")

    run('"model.dropout" = [0.3, 0.5]', FakeWorkers())
    run(SIZES, FakeWorkers(), folder="others")

    assert [message for message in caplog.messages if "ranked by" in message] == [
        "2 settings have the best dev accuracy, 1.0000; "
        "they are ranked by the smaller network, then by the lower loss on dev"
    ]


def test_a_quiet_sweep_logs_no_start(run, caplog):
    caplog.set_level("INFO")

    with live_table(quiet=True) as listen:
        run(SIZES, FakeWorkers(), listen=listen)

    assert "started" not in caplog.text


@pytest.mark.parametrize(
    ("space", "options", "n_more"),
    [
        (SIZES, "seeds = [1, 2]", 0),
        ('"model.units" = [[4], [8], [16], [32], [64]]', "seeds = [1, 2]", 2),
        (SIZES, "seeds = [3, 2, 1]", 4),
        ('"model.units" = [[8]]', "seeds = [2]", 0),
        (SIZES, 'seeds = [1, 2]\npruner = "median"', 0),
        (SIZES, 'seeds = [1, 2]\nsampler = "tpe"\nsettings = 2', 0),
        ('"model.units" = [[8], [16]]\n"model.dropout" = [0.33, 0.5]', "seeds = [1, 2]", 4),  # 0.5 is the default
    ],
)
def test_a_finished_trial_is_not_repeated_after_changes_to_the_file(run, space, options, n_more):
    first, second = FakeWorkers(2), FakeWorkers(2)
    run(SIZES, first)
    run(space, second, options)

    assert len(second.trained) == n_more
    assert not {*first.trained} & {*second.trained}


def test_a_trial_with_missing_files_is_repeated(run, tmp_path):
    first, second = FakeWorkers(), FakeWorkers()
    run(SIZES, first)
    (tmp_path / "many" / first.trained[3] / "metrics.json").unlink()
    result = run(SIZES, second)

    assert second.trained == [first.trained[3]]
    assert all(row.is_complete for row in result.rows)


@pytest.mark.parametrize("options", ["", 'sampler = "random"\nsettings = 6', 'sampler = "tpe"\nsettings = 6'])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_sweep_that_is_killed_repeatedly_loses_and_repeats_nothing(run, options, seed, tmp_path):
    space, options = (SIZES if not options else WIDE), f"seeds = [1, 2]\n{options}"
    draw, workers, n_kills = random.Random(seed), FakeWorkers(2, draw=random.Random(seed)), 0
    while True:
        workers.dies_after = draw.randint(1, 20)
        try:
            result = run(space, workers, options)
            break
        except ProcessKilled:
            n_kills += 1

    assert n_kills > 1
    assert max(Counter(workers.trained).values()) == 1
    assert len(workers.trained) == 2 * len(result.rows) == (8 if space == SIZES else 12)
    if "tpe" not in options:
        uninterrupted = FakeWorkers(2)
        (tmp_path / "many").rename(tmp_path / "killed")
        run(space, uninterrupted, options)
        assert {*uninterrupted.trained} == {*workers.trained}


def test_a_failed_trial_is_recorded_and_its_setting_gets_no_rank(run, tmp_path):
    result = run(
        SIZES, FakeWorkers(2, fails=lambda task: fails_with_size(32)(task) if task.config.training.seed == 2 else None)
    )
    failures = read_failures(tmp_path / "many")

    assert sizes(result) == [16, 8, 4, 32]
    assert [row.is_complete for row in result.rows] == [True, True, True, False]
    assert [(failure.setting, failure.seed, failure.reason, [*failure.lines]) for failure in failures] == [
        ({"model.units": [32]}, 2, "it is impossible", ["the last line"])
    ]
    assert "| -    | [32]" in (tmp_path / "many" / "leaderboard.md").read_text()


def test_a_failed_trial_is_tried_again_only_with_retry(run):
    workers = FakeWorkers(fails=lambda task: fails_with_size(32)(task) if workers.tries[task.folder.name] < 3 else None)

    assert sizes(run(SIZES, workers)) == [16, 8, 4]
    assert sizes(run(SIZES, workers)) == [16, 8, 4]
    assert sizes(run(SIZES, workers, retry=1)) == [16, 8, 4]
    assert sizes(run(SIZES, workers, retry=1)) == [32, 16, 8, 4]
    assert max(Counter(workers.trained).values()) == 1


def test_a_trial_that_succeeds_at_its_second_try_is_not_a_failure(run, tmp_path):
    workers = FakeWorkers(2, fails=lambda task: "not yet" if workers.tries[task.folder.name] < 2 else None)

    assert all(row.is_complete for row in run(SIZES, workers, retry=1).rows)
    assert read_failures(tmp_path / "many") == []


def test_a_trial_whose_process_dies_after_the_run_is_finished_is_not_a_failure(run, tmp_path):
    def die(task: Task) -> str:
        finish(task)
        return "its process ended"

    assert all(row.is_complete for row in run(SIZES, FakeWorkers(fails=die)).rows)
    assert read_failures(tmp_path / "many") == []


def test_the_first_of_equal_seeds_wins_regardless_of_the_order_in_which_they_end(run, monkeypatch):
    monkeypatch.setattr(f"{__name__}.score_of", lambda task: 0.5)
    winners = [run('"model.units" = [[8]]', FakeWorkers(6), "seeds = [6, 5, 4, 3, 2, 1]").winner for _ in range(2)]

    assert [winner.seed for winner in winners] == [6, 6]


@pytest.mark.parametrize("options", ["", 'sampler = "random"', 'sampler = "tpe"'])
def test_all_missing_files_are_reported_before_any_training(run, tmp_path, options):
    workers = FakeWorkers()
    with pytest.raises(DataError, match=r"2 files cannot be read\n  .*b\.tsv: .*\(data\.train\).*\n  .*c\.tsv: "):
        run(f'"data.train" = [{json.dumps(str(DATA))}, "b.tsv", "c.tsv"]', workers, f"seeds = [1, 2]\n{options}")

    assert not workers.tries
    assert not (tmp_path / "many").exists()


def test_a_file_that_disappears_fails_only_the_settings_that_name_it(run, tmp_path, monkeypatch):
    other = tmp_path / "other.tsv"
    space = f'"data.train" = [{json.dumps(str(other))}, {json.dumps(str(DATA))}]'
    other.write_text(DATA.read_text() + "\nJane\tS\n")
    run(space, FakeWorkers(), "seeds = [1]")
    other.unlink()
    monkeypatch.setattr("tagger.sweeps.sweep.check_files", lambda plan, hashes: None)
    workers = FakeWorkers()

    assert len(run(space, workers, "seeds = [1, 2]").rows) == 1
    assert [failure.trial for failure in read_failures(tmp_path / "many")] == [""]


def test_the_limit_of_failures_stops_the_sweep(run, tmp_path):
    with pytest.raises(TrainingError, match="stopped after 3 failed trials, the limit of --max-failures"):
        run(SIZES, FakeWorkers(fails=fails_with_size(8, 16)), max_failures=3)
    with pytest.raises(TrainingError, match="stopped after 1 failed trial, the limit"):
        run(SIZES, FakeWorkers(fails=fails_with_size(4)), max_failures=1)

    assert not read_status(tmp_path / "many").ended


def test_a_sweep_without_a_complete_setting_has_no_winner(run, tmp_path):
    with pytest.raises(RunError, match="no setting finished"):
        run(SIZES, FakeWorkers(fails=lambda task: "no"))

    assert read_status(tmp_path / "many").format_counts() == "0 of 8 trials finished, 8 failed"


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_a_setting_whose_first_seed_falls_behind_is_pruned(run, pruner, tmp_path):
    space = '"model.units" = [[64], [60], [56], [52], [4], [2], [62]]'
    workers = FakeWorkers()
    result = run(space, workers, f'seeds = [1, 2]\npruner = "{pruner}"')

    assert {4, 2} & {*sizes(result)} == set()
    assert sizes(result)[0] == 64
    assert len(workers.pruned) >= 2
    assert len(workers.trained) == 2 * len(result.rows)
    again = FakeWorkers()
    assert sizes(run(space, again, f'seeds = [1, 2]\npruner = "{pruner}"')) == sizes(result)
    assert again.trained == again.pruned == []
    assert f"{len(workers.pruned)} pruned" in read_status(tmp_path / "many").format_counts()
    assert read_status(tmp_path / "many").ended


def test_a_resumed_trial_is_judged_by_its_earlier_epochs_too(run, tmp_path):
    space, options = '"model.units" = [[64], [60], [56], [52], [4]]', 'seeds = [1]\npruner = "median"'
    workers = FakeWorkers()
    run(space, workers, options)
    (tmp_path / "many" / "study.db").unlink()
    (name,) = workers.pruned
    (tmp_path / "many" / name).mkdir()
    write_history(tmp_path / "many" / name, [0.9, 0.9])
    again = FakeWorkers()
    run(space, again, options)

    assert (again.trained, again.pruned) == ([name], [])


def test_without_a_pruner_a_pruned_setting_is_trained(run):
    space, workers = '"model.units" = [[64], [60], [56], [52], [4]]', FakeWorkers()
    run(space, workers, 'seeds = [1, 2]\npruner = "median"')

    assert len(run(space, FakeWorkers()).rows) == 5


def test_two_settings_with_the_same_config_share_a_trial(run):
    workers = FakeWorkers(4)
    result = run('"features.chars" = [{}, { kind = "lstm" }]', workers)

    assert len(workers.trained) == 2
    assert len(result.rows) == 2


def test_tpe_tries_the_requested_number_of_settings_and_more_if_it_is_raised(run):
    options = 'sampler = "tpe"\nseeds = [1]\nsettings = '
    workers = FakeWorkers()

    assert len(run(WIDE, workers, f"{options}5").rows) == 5
    assert len(run(WIDE, workers, f"{options}8").rows) == 8
    assert len(workers.trained) == 8


def test_tpe_tries_each_setting_once_and_ends_when_the_space_is_exhausted(run):
    options = 'sampler = "tpe"\nseeds = [1]\nsettings = '
    workers = FakeWorkers(fails=fails_with_size(32))

    assert len(run(SIZES, workers, f"{options}4").rows) == 3
    assert len(run(SIZES, workers, f"{options}20").rows) == 3
    assert {*workers.tries.values()} == {1}
    assert len(workers.tries) == 4


def test_tpe_reuses_finished_settings_after_its_space_is_extended(run, tmp_path):
    options = 'sampler = "tpe"\nseeds = [1]\nsettings = 5'
    run(WIDE, FakeWorkers(), options)
    workers = FakeWorkers()
    result = run(WIDE.replace("[4]", "[4], [5]"), workers, options)

    assert len(workers.trained) == 5
    assert len(result.rows) == 10
    run(WIDE.replace("[4]", "[4], [5]"), FakeWorkers(), options)
    assert read_status(tmp_path / "many").format_counts() == "10 of 10 trials finished"


@pytest.mark.parametrize(
    ("test", "n_sentences"),
    [(f"test = {json.dumps(str(DATA))}", 2), ("test = 0.5", 1), ("folds = 2\nfold = 1", 1)],
    ids=["file", "share", "fold"],
)
def test_only_the_winner_is_scored_on_test_and_only_once(run, tmp_path, monkeypatch, test, n_sentences):
    scored: list[tuple[Path, int]] = []

    def score(folder: Path, sentences: list[Sentence], golds: Golds, **options: object) -> tuple[Scores, list[Tagged]]:
        scored.append((folder, len(sentences)))
        return Scores({"head": EVALUATED}), []

    monkeypatch.setattr("tagger.sweeps.winner.Tagger.load", lambda folder: folder)
    monkeypatch.setattr("tagger.training.scoring.evaluate_tagger", score)
    base = tmp_path / "base.toml"
    base.write_text(f"{base.read_text()}{test}\n")
    result = run(SIZES, FakeWorkers())

    again = run(SIZES, FakeWorkers())

    assert result.test == EVALUATED.to_json()
    assert again.test == json.loads(json.dumps(result.test))
    assert scored == [(result.winner.folder, n_sentences)]
    assert json.loads((tmp_path / "many" / "test.json").read_text())["trial"] == result.winner.name


def test_a_winner_and_a_report_exist_even_if_the_test_file_cannot_be_read(run, tmp_path, monkeypatch):
    base, wrong = tmp_path / "base.toml", tmp_path / "test.tsv"
    wrong.write_text("John\n")
    base.write_text(f"{base.read_text()}test = {json.dumps(str(wrong))}\n")
    monkeypatch.setattr("tagger.sweeps.winner.Tagger.load", lambda folder: folder)
    with pytest.raises(DataError, match=r"test\.tsv"):
        run(SIZES, FakeWorkers())

    assert (tmp_path / "many" / "best" / "metrics.json").is_file()
    assert "4 ranked" in text_of(section(report_of(tmp_path), "progress"))


@pytest.mark.parametrize("function", ["restore_outcomes", "score_test"])
def test_ctrl_c_explains_how_to_resume_at_any_point(run, monkeypatch, function):
    def interrupt(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"tagger.sweeps.sweep.{function}", interrupt)
    with pytest.raises(KeyboardInterrupt, match="the same command resumes"):
        run(SIZES, FakeWorkers())


def test_a_folder_with_other_files_is_an_error(run, tmp_path):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "thesis.txt").write_text("mine")

    with pytest.raises(RunError, match="contains files but no sweep"):
        run(SIZES, FakeWorkers())


@pytest.mark.parametrize("name", ["study.db", "5bcdcbece6ae", "workers"])
def test_a_link_in_the_folder_of_a_sweep_is_an_error_but_that_to_the_winner(name, run, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "lock").touch()
    for link in (name, "best", "best.tmp"):
        (folder / link).symlink_to("../mine")

    with pytest.raises(RunError, match=f"many/{name}: is a link, which could lead anywhere"):
        run(SIZES, FakeWorkers())
    assert not (tmp_path / "mine").exists()


def test_a_study_may_be_stored_elsewhere_and_an_unusable_storage_is_reported(run, tmp_path):
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    run(SIZES, FakeWorkers(), f'seeds = [1]\nstorage = "{elsewhere}"')

    assert (tmp_path / "elsewhere.db").is_file()
    assert not (tmp_path / "many" / "study.db").exists()
    with pytest.raises(TaggerError, match="the study cannot be opened"):
        run(SIZES, FakeWorkers(), 'seeds = [1]\nstorage = "nowhere://me:secret@here"')
    assert read_status(tmp_path / "many").format_counts() == "4 of 4 trials finished"


def test_sweeps_of_two_folders_may_share_a_storage_but_not_a_study(run, tmp_path):
    options = f'sampler = "tpe"\nsettings = 4\nseeds = [1]\nstorage = "sqlite:///{tmp_path / "shared.db"}"'
    one, other, again = FakeWorkers(fails=fails_with_size(32)), FakeWorkers(), FakeWorkers()
    run(SIZES, one, options)
    run(SIZES, other, options, folder="other")
    result = run(SIZES, again, options)

    assert (len(one.trained), len(other.trained), len(result.rows)) == (3, 4, 3)
    assert not again.tries


# Report


def report_of(folder: Path) -> Element:
    return parsed((folder / "many" / "report.html").read_text(encoding="utf-8"))


def test_a_sweep_writes_a_report_and_updates_it_when_resumed(run, tmp_path):
    run(SIZES, FakeWorkers(fails=fails_with_size(32)))
    before = report_of(tmp_path)
    run(SIZES, FakeWorkers(), retry=1)
    after = report_of(tmp_path)

    assert "4 settings (grid sampler)" in text_of(section(before, "progress"))
    assert "model.units = [32], seed 2 it is impossible" in text_of(section(before, "failures"))
    assert "4 ranked" in text_of(section(after, "progress"))
    assert "No trial failed." in text_of(section(after, "failures"))
    assert rows_of(figure(after, "curves"))[0] == ["model.units = [32]", *["32.15 %"] * 3]


def test_a_sweep_without_a_winner_writes_a_report_too(run, tmp_path):
    with pytest.raises(RunError, match="no setting finished"):
        run('"model.units" = [[8], [16]]', FakeWorkers(fails=lambda task: "no"))

    assert "4 trials failed" in text_of(section(report_of(tmp_path), "failures"))

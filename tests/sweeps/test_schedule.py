"""A sweep's loop, with workers that pretend: what is run, broken off, tried again, given up and ranked."""

import json
import random
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
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.sweeps.failures import read_failures
from tagger.sweeps.plan import load_plan
from tagger.sweeps.status import read_status
from tagger.sweeps.sweep import Swept, sweep
from tagger.sweeps.worker import Began, Ended, EpochDone, Task
from tagger.tagging.tagged import Tagged
from tests import ROOT
from tests.pages import figure, parsed, rows_of, section, text_of

DATA = ROOT / "data" / "svo" / "tiny.tsv"
N_EPOCHS = 3
EVALUATED = evaluate([["S"]], [["S"]], [["John"]], Lexicon("S", None))


class Killed(BaseException):
    """The sweep's process ends here, whatever it is at."""


@dataclass
class PretendedWorkers:
    """So many trials at a time, which train nothing; each look at the events is one step of one of them.

    Args:
        n: of them.
        fails: why a trial fails, if it does.
        dies_after: steps after which the sweep's process is killed; None: never.
        trained: the names of trials that came to their end.
        given_up: the names of those that were not to go on.
        tries: of each name, how often it was begun.
    """

    n: int = 1
    fails: Callable[[Task], str | None] = lambda task: None
    dies_after: int | None = None
    threads: int = 1
    trained: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
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
        history = task.folder / "history.csv"  # of a try that was broken off
        self.tasks[task.folder.name] = (task, len(history.read_text().split()) - 1 if history.is_file() else 0)
        self.tries[task.folder.name] += 1

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Killed
        name = self.draw.choice(sorted(self.tasks))
        task, epoch = self.tasks[name]
        if epoch == 0:
            yield name, Began()
        self.tasks[name] = (task, epoch + 1)
        if epoch < N_EPOCHS and not self.fails(task):
            yield name, EpochDone(epoch + 1, score_of(task))
        else:
            del self.tasks[name]
            if reason := self.fails(task):
                yield name, Ended("failed", reason, ("the last line",))
            else:
                finish(task)
                self.trained.append(name)
                yield name, Ended("finished")
        if name in self.given_up and name in self.tasks:
            del self.tasks[name]
            yield name, Ended("pruned")

    def answer(self, name: str, *, go_on: bool) -> None:
        if not go_on:
            self.given_up.append(name)

    def close(self) -> None:
        self.tasks.clear()


def score_of(task: Task) -> float:
    """The larger the network, the better; seeds differ a little."""
    return task.config.model.units[0] / 100 + task.config.training.seed / 1000


def finish(task: Task) -> None:
    """Leaves what a finished run does, as far as a sweep reads it."""
    (task.folder / "bundle").mkdir(parents=True, exist_ok=True)
    (task.folder / "bundle" / "bundle.json").write_text('{"provenance": {"data": {}, "versions": {}}}')
    rows = "".join(f"{epoch},{score_of(task)}\n" for epoch in range(1, N_EPOCHS + 1))
    (task.folder / "history.csv").write_text(f"number,score\n{rows}")
    dev = {**EVALUATED.to_json(), "accuracy": score_of(task)}
    training = {"parameters": task.config.model.units[0] * 10, "seconds": 2.0}
    (task.folder / "metrics.json").write_text(json.dumps({"dev": dev, "test": None, "training": training}))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Swept]:
    """Writes a sweep's file, with the space and what else [sweep] says, and runs it in the same folder each time."""
    (tmp_path / "base.toml").write_text(f"[data]\ntrain = {json.dumps(str(DATA))}\ndev = {json.dumps(str(DATA))}\n")

    def run(
        space: str, workers: PretendedWorkers, how: str = "seeds = [1, 2]", folder: str = "many", **options: Any
    ) -> Swept:
        path = tmp_path / "many.toml"
        path.write_text(f'base = "base.toml"\n[sweep]\n{how}\n[sweep.space]\n{space}\n')
        return sweep(load_plan(path), tmp_path / folder, workers, **options)

    return run


SIZES = '"model.units" = [[8], [16], [4], [32]]'
WIDE = """
"model.units" = [[8], [16], [4], [32]]
"model.dropout" = { low = 0.1, high = 0.5 }
"training.averaging" = { values = [false, true], when = { "model.units" = [[8], [16]] } }
"""


def is_of_size(*sizes: int) -> Callable[[Task], str | None]:
    return lambda task: "it is impossible" if task.config.model.units[0] in sizes else None


def sizes(swept: Swept) -> list[int]:
    return [row.setting["model.units"][0] for row in swept.rows]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_grid_runs_each_setting_with_each_seed_once_and_ranks_by_the_mean(run, n, tmp_path):
    workers = PretendedWorkers(n)
    swept = run(SIZES, workers)

    assert len(workers.trained) == len({*workers.trained}) == 8
    assert sizes(swept) == [32, 16, 8, 4]
    assert swept.rows[0].mean == pytest.approx(0.3215)
    assert swept.rows[0].sd == pytest.approx(0.001 / 2**0.5)
    assert swept.winner.seed == 2
    assert (tmp_path / "many" / "best").resolve() == swept.winner.folder.resolve()
    assert swept.test is None


@pytest.mark.parametrize(
    ("space", "how", "n_more"),
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
def test_a_finished_trial_is_not_run_again_whatever_is_changed_in_the_file(run, space, how, n_more):
    first, second = PretendedWorkers(2), PretendedWorkers(2)
    run(SIZES, first)
    run(space, second, how)

    assert len(second.trained) == n_more
    assert not {*first.trained} & {*second.trained}


def test_a_trial_whose_folder_was_taken_away_is_run_again(run, tmp_path):
    first, second = PretendedWorkers(), PretendedWorkers()
    run(SIZES, first)
    (tmp_path / "many" / first.trained[3] / "metrics.json").unlink()
    swept = run(SIZES, second)

    assert second.trained == [first.trained[3]]
    assert all(row.is_whole for row in swept.rows)


@pytest.mark.parametrize("how", ["", 'sampler = "random"\nsettings = 6', 'sampler = "tpe"\nsettings = 6'])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_sweep_that_is_killed_again_and_again_loses_and_repeats_nothing(run, how, seed, tmp_path):
    space, how = (SIZES if not how else WIDE), f"seeds = [1, 2]\n{how}"
    draw, workers, n_kills = random.Random(seed), PretendedWorkers(2, draw=random.Random(seed)), 0
    while True:
        workers.dies_after = draw.randint(1, 20)
        try:
            swept = run(space, workers, how)
            break
        except Killed:
            n_kills += 1

    assert n_kills > 1
    assert max(Counter(workers.trained).values()) == 1
    assert len(workers.trained) == 2 * len(swept.rows) == (8 if space == SIZES else 12)
    if "tpe" not in how:
        unbroken = PretendedWorkers(2)
        (tmp_path / "many").rename(tmp_path / "killed")
        run(space, unbroken, how)
        assert {*unbroken.trained} == {*workers.trained}


def test_a_failed_trial_is_recorded_and_its_setting_gets_no_rank(run, tmp_path):
    swept = run(
        SIZES, PretendedWorkers(2, fails=lambda task: is_of_size(32)(task) if task.config.training.seed == 2 else None)
    )
    failures = read_failures(tmp_path / "many")

    assert sizes(swept) == [16, 8, 4, 32]
    assert [row.is_whole for row in swept.rows] == [True, True, True, False]
    assert [(failure.setting, failure.seed, failure.reason, [*failure.lines]) for failure in failures] == [
        ({"model.units": [32]}, 2, "it is impossible", ["the last line"])
    ]
    assert "| -    | [32]" in (tmp_path / "many" / "leaderboard.md").read_text()


def test_a_failed_trial_is_tried_again_only_when_that_is_asked_for(run):
    workers = PretendedWorkers(fails=lambda task: is_of_size(32)(task) if workers.tries[task.folder.name] < 3 else None)

    assert sizes(run(SIZES, workers)) == [16, 8, 4]
    assert sizes(run(SIZES, workers)) == [16, 8, 4]
    assert sizes(run(SIZES, workers, retry=1)) == [16, 8, 4]
    assert sizes(run(SIZES, workers, retry=1)) == [32, 16, 8, 4]
    assert max(Counter(workers.trained).values()) == 1


def test_a_trial_that_succeeds_with_its_second_try_has_not_failed(run, tmp_path):
    workers = PretendedWorkers(2, fails=lambda task: "not yet" if workers.tries[task.folder.name] < 2 else None)

    assert all(row.is_whole for row in run(SIZES, workers, retry=1).rows)
    assert read_failures(tmp_path / "many") == []


def test_a_trial_whose_process_dies_when_its_run_is_whole_has_not_failed(run, tmp_path):
    def die(task: Task) -> str:
        finish(task)
        return "its process ended"

    assert all(row.is_whole for row in run(SIZES, PretendedWorkers(fails=die)).rows)
    assert read_failures(tmp_path / "many") == []


def test_of_seeds_that_tie_the_first_wins_in_whatever_order_they_end(run, monkeypatch):
    monkeypatch.setattr(f"{__name__}.score_of", lambda task: 0.5)
    winners = [run('"model.units" = [[8]]', PretendedWorkers(6), "seeds = [6, 5, 4, 3, 2, 1]").winner for _ in range(2)]

    assert [winner.seed for winner in winners] == [6, 6]


@pytest.mark.parametrize("how", ["", 'sampler = "random"', 'sampler = "tpe"'])
def test_files_that_are_missing_are_all_told_before_anything_is_trained(run, tmp_path, how):
    workers = PretendedWorkers()
    with pytest.raises(DataError, match=r"2 files cannot be read\n  .*b\.tsv: .*\(data\.train\).*\n  .*c\.tsv: "):
        run(f'"data.train" = [{json.dumps(str(DATA))}, "b.tsv", "c.tsv"]', workers, f"seeds = [1, 2]\n{how}")

    assert not workers.tries
    assert not (tmp_path / "many").exists()


def test_a_file_that_is_gone_since_costs_the_settings_that_name_it_and_no_other(run, tmp_path, monkeypatch):
    other = tmp_path / "other.tsv"
    space = f'"data.train" = [{json.dumps(str(other))}, {json.dumps(str(DATA))}]'
    other.write_text(DATA.read_text() + "\nJane\tS\n")
    run(space, PretendedWorkers(), "seeds = [1]")
    other.unlink()
    monkeypatch.setattr("tagger.sweeps.sweep.check_files", lambda plan, hashes: None)
    workers = PretendedWorkers()

    assert len(run(space, workers, "seeds = [1, 2]").rows) == 1
    assert [failure.trial for failure in read_failures(tmp_path / "many")] == [""]


def test_as_many_failures_as_are_allowed_end_the_sweep(run, tmp_path):
    with pytest.raises(TrainingError, match="3 failed trials end the sweep, as --max-failures has it"):
        run(SIZES, PretendedWorkers(fails=is_of_size(8, 16)), max_failures=3)
    with pytest.raises(TrainingError, match="1 failed trial ends the sweep"):
        run(SIZES, PretendedWorkers(fails=is_of_size(4)), max_failures=1)

    assert not read_status(tmp_path / "many").ended


def test_a_sweep_without_a_whole_setting_has_no_winner(run, tmp_path):
    with pytest.raises(RunError, match="no setting has come to its end"):
        run(SIZES, PretendedWorkers(fails=lambda task: "no"))

    assert read_status(tmp_path / "many").counts() == "0 of 8 trials finished, 8 failed"


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_what_falls_behind_with_its_first_seed_is_given_up(run, pruner, tmp_path):
    space = '"model.units" = [[64], [60], [56], [52], [4], [2], [62]]'
    workers = PretendedWorkers()
    swept = run(space, workers, f'seeds = [1, 2]\npruner = "{pruner}"')

    assert {4, 2} & {*sizes(swept)} == set()
    assert sizes(swept)[0] == 64
    assert len(workers.given_up) >= 2
    assert len(workers.trained) == 2 * len(swept.rows)
    again = PretendedWorkers()
    assert sizes(run(space, again, f'seeds = [1, 2]\npruner = "{pruner}"')) == sizes(swept)
    assert again.trained == again.given_up == []
    assert f"{len(workers.given_up)} pruned" in read_status(tmp_path / "many").counts()
    assert read_status(tmp_path / "many").ended


def test_a_trial_that_is_gone_on_with_is_judged_by_its_earlier_epochs_too(run, tmp_path):
    space, how = '"model.units" = [[64], [60], [56], [52], [4]]', 'seeds = [1]\npruner = "median"'
    workers = PretendedWorkers()
    run(space, workers, how)
    (tmp_path / "many" / "study.db").unlink()
    (given_up,) = workers.given_up
    (tmp_path / "many" / given_up).mkdir()
    (tmp_path / "many" / given_up / "history.csv").write_text("number,score\n1,0.9\n2,0.9\n")
    again = PretendedWorkers()
    run(space, again, how)

    assert (again.trained, again.given_up) == ([given_up], [])


def test_without_a_pruner_what_was_given_up_is_trained(run):
    space, workers = '"model.units" = [[64], [60], [56], [52], [4]]', PretendedWorkers()
    run(space, workers, 'seeds = [1, 2]\npruner = "median"')

    assert len(run(space, PretendedWorkers()).rows) == 5


def test_two_settings_that_come_to_the_same_config_share_a_trial(run):
    workers = PretendedWorkers(4)
    swept = run('"features.chars" = [{}, { kind = "lstm" }]', workers)

    assert len(workers.trained) == 2
    assert len(swept.rows) == 2


def test_tpe_tries_so_many_settings_and_more_when_more_are_asked_for(run):
    how = 'sampler = "tpe"\nseeds = [1]\nsettings = '
    workers = PretendedWorkers()

    assert len(run(WIDE, workers, f"{how}5").rows) == 5
    assert len(run(WIDE, workers, f"{how}8").rows) == 8
    assert len(workers.trained) == 8


def test_tpe_tries_each_setting_once_and_ends_where_the_space_does(run):
    how = 'sampler = "tpe"\nseeds = [1]\nsettings = '
    workers = PretendedWorkers(fails=is_of_size(32))

    assert len(run(SIZES, workers, f"{how}4").rows) == 3
    assert len(run(SIZES, workers, f"{how}20").rows) == 3
    assert {*workers.tries.values()} == {1}
    assert len(workers.tries) == 4


def test_tpe_knows_what_was_finished_before_its_space_was_widened(run, tmp_path):
    how = 'sampler = "tpe"\nseeds = [1]\nsettings = 5'
    run(WIDE, PretendedWorkers(), how)
    workers = PretendedWorkers()
    swept = run(WIDE.replace("[4]", "[4], [5]"), workers, how)

    assert len(workers.trained) == 5
    assert len(swept.rows) == 10
    run(WIDE.replace("[4]", "[4], [5]"), PretendedWorkers(), how)
    assert read_status(tmp_path / "many").counts() == "10 of 10 trials finished"


@pytest.mark.parametrize(
    ("test", "n_sentences"),
    [(f"test = {json.dumps(str(DATA))}", 2), ("test = 0.5", 1), ("folds = 2\nfold = 1", 1)],
    ids=["file", "share", "fold"],
)
def test_the_winner_alone_is_scored_on_test_and_once(run, tmp_path, monkeypatch, test, n_sentences):
    scored: list[tuple[Path, int]] = []

    def score(folder: Path, sentences: list[Sentence]) -> tuple[Evaluation, list[Tagged]]:
        scored.append((folder, len(sentences)))
        return EVALUATED, []

    monkeypatch.setattr("tagger.sweeps.sweep.Tagger.load", lambda folder: folder)
    monkeypatch.setattr("tagger.sweeps.sweep.evaluate_tagger", score)
    base = tmp_path / "base.toml"
    base.write_text(f"{base.read_text()}{test}\n")
    swept = run(SIZES, PretendedWorkers())

    again = run(SIZES, PretendedWorkers())

    assert swept.test == EVALUATED.to_json()
    assert again.test == json.loads(json.dumps(swept.test))
    assert scored == [(swept.winner.folder, n_sentences)]
    assert json.loads((tmp_path / "many" / "test.json").read_text())["trial"] == swept.winner.name


def test_a_test_file_that_cannot_be_read_costs_neither_the_winner_nor_the_report(run, tmp_path, monkeypatch):
    base, wrong = tmp_path / "base.toml", tmp_path / "test.tsv"
    wrong.write_text("John\n")
    base.write_text(f"{base.read_text()}test = {json.dumps(str(wrong))}\n")
    monkeypatch.setattr("tagger.sweeps.sweep.Tagger.load", lambda folder: folder)
    with pytest.raises(DataError, match=r"test\.tsv"):
        run(SIZES, PretendedWorkers())

    assert (tmp_path / "many" / "best" / "metrics.json").is_file()
    assert "4 with a rank." in text_of(section(report_of(tmp_path), "course"))


@pytest.mark.parametrize("where", ["_recall", "_score_test"])
def test_a_ctrl_c_says_how_to_go_on_wherever_it_comes(run, monkeypatch, where):
    def interrupt(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"tagger.sweeps.sweep.{where}", interrupt)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on"):
        run(SIZES, PretendedWorkers())


def test_a_folder_with_files_that_are_no_sweep_is_refused(run, tmp_path):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "thesis.txt").write_text("mine")

    with pytest.raises(RunError, match="holds files, and no sweep"):
        run(SIZES, PretendedWorkers())


def test_a_study_may_lie_elsewhere_and_one_that_cannot_be_opened_is_told(run, tmp_path):
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    run(SIZES, PretendedWorkers(), f'seeds = [1]\nstorage = "{elsewhere}"')

    assert (tmp_path / "elsewhere.db").is_file()
    assert not (tmp_path / "many" / "study.db").exists()
    with pytest.raises(TaggerError, match="the study cannot be opened"):
        run(SIZES, PretendedWorkers(), 'seeds = [1]\nstorage = "nowhere://me:secret@here"')
    assert read_status(tmp_path / "many").counts() == "4 of 4 trials finished"


def test_sweeps_of_two_folders_share_a_storage_and_no_study(run, tmp_path):
    how = f'sampler = "tpe"\nsettings = 4\nseeds = [1]\nstorage = "sqlite:///{tmp_path / "shared.db"}"'
    one, other, again = PretendedWorkers(fails=is_of_size(32)), PretendedWorkers(), PretendedWorkers()
    run(SIZES, one, how)
    run(SIZES, other, how, folder="other")
    swept = run(SIZES, again, how)

    assert (len(one.trained), len(other.trained), len(swept.rows)) == (3, 4, 3)
    assert not again.tries


# The report


def report_of(folder: Path) -> Element:
    return parsed((folder / "many" / "report.html").read_text(encoding="utf-8"))


def test_a_sweep_leaves_a_report_and_writes_it_again_when_it_goes_on(run, tmp_path):
    run(SIZES, PretendedWorkers(fails=is_of_size(32)))
    before = report_of(tmp_path)
    run(SIZES, PretendedWorkers(), retry=1)
    after = report_of(tmp_path)

    assert "4 settings (grid), 3 with a rank, 1 failed." in text_of(section(before, "course"))
    assert "model.units = [32], seed 2 it is impossible" in text_of(section(before, "failures"))
    assert "4 settings (grid), 4 with a rank." in text_of(section(after, "course"))
    assert "No trial has failed." in text_of(section(after, "failures"))
    assert rows_of(figure(after, "curves"))[0] == ["model.units = [32]", *["32.15 %"] * 3]


def test_a_sweep_without_a_winner_leaves_a_report_too(run, tmp_path):
    with pytest.raises(RunError, match="no setting has come to its end"):
        run('"model.units" = [[8], [16]]', PretendedWorkers(fails=lambda task: "no"))

    assert "4 trials have failed" in text_of(section(report_of(tmp_path), "failures"))

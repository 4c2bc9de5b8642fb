"""Trainers on a cluster that is not there: what comes of an error in place of an answer, and what is left behind."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tagger.config import parse_config

ray = pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')

from ray.exceptions import ActorDiedError, ObjectLostError, OutOfMemoryError, RayError  # noqa: E402

from tagger.cluster import workers as ray_workers  # noqa: E402
from tagger.cluster.trainer import Order  # noqa: E402
from tagger.cluster.workers import RayWorkers, _Trainer  # noqa: E402
from tagger.sweeps.limits import Usage  # noqa: E402
from tagger.sweeps.worker import Ended, Task  # noqa: E402


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """What is asked of the cluster, in its order."""
    made: list[str] = []
    monkeypatch.setattr(ray_workers, "_answered", lambda pending: pending)
    monkeypatch.setattr(ray, "wait", lambda pending, **options: made.append("wait"))
    monkeypatch.setattr(ray, "kill", lambda actor: made.append("kill"))
    return made


def workers_with(calls: list[str], folder: Path) -> RayWorkers:
    """Workers with one trainer, which trains."""

    def called(name: str) -> SimpleNamespace:
        return SimpleNamespace(remote=lambda *arguments: calls.append(name))

    task = Task(folder / "trial", parse_config({"data": {"train": "train.tsv"}}), 1)
    workers = RayWorkers(1, 1, 0, folder / "workers")
    actor = SimpleNamespace(watch=called("watch"), leave=called("leave"))
    trainer = _Trainer(actor, "an answer", "a node", Order(1, task, {}), n_orders=1, usage=Usage(is_training=True))
    workers._trainers.append(trainer)
    return workers


def ends(workers: RayWorkers) -> list[Ended]:
    return [event for _, event in workers.events() if isinstance(event, Ended)]


@pytest.mark.parametrize("error", [OutOfMemoryError("too much"), ObjectLostError("12", None, ""), ActorDiedError()])
@pytest.mark.parametrize("node_is_alive", [True, False])
def test_a_process_whose_answer_is_an_error_fails_its_trial_and_a_lost_node_does_not(
    calls, monkeypatch, tmp_path, error, node_is_alive
):
    def get(pending: Any) -> RayError:
        raise error

    monkeypatch.setattr(ray, "get", get)
    monkeypatch.setattr(ray_workers, "is_alive", lambda node: node_is_alive)
    workers = workers_with(calls, tmp_path)

    assert [ended.outcome for ended in ends(workers)] == (["failed"] if node_is_alive else [])
    assert [*workers.running] == ([] if node_is_alive else ["trial"])


def test_a_trainer_that_is_replaced_takes_away_its_files_before(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(Usage, "excess", lambda self, **limits: "it took too long")
    monkeypatch.setattr(ray_workers, "_answered", lambda pending: [])
    workers = workers_with(calls, tmp_path)

    assert [ended.reason for ended in ends(workers)] == ["it took too long"]
    assert calls == ["leave", "wait", "kill"]

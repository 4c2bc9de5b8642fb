"""Trainers on a fake cluster: errors in place of answers, and cleaning up."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tagger.config import parse_config

ray = pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')

from ray.exceptions import ActorDiedError, ObjectLostError, OutOfMemoryError, RayError  # noqa: E402

from tagger.cluster import workers as ray_workers  # noqa: E402
from tagger.cluster.trainer import Assignment  # noqa: E402
from tagger.cluster.workers import RayWorkers, _TrainerHandle  # noqa: E402
from tagger.sweeps.limits import Usage  # noqa: E402
from tagger.sweeps.worker import Task, TrialEnded  # noqa: E402


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """Calls to the cluster, in order."""
    recorded: list[str] = []
    monkeypatch.setattr(ray_workers, "_ready", lambda pending: pending)
    monkeypatch.setattr(ray, "wait", lambda pending, **options: recorded.append("wait"))
    monkeypatch.setattr(ray, "kill", lambda actor: recorded.append("kill"))
    return recorded


def workers_with(calls: list[str], folder: Path) -> RayWorkers:
    """Workers with one busy trainer."""

    def method(name: str) -> SimpleNamespace:
        return SimpleNamespace(remote=lambda *arguments: calls.append(name))

    task = Task(folder / "trial", parse_config({"data": {"train": "train.tsv"}}), 1)
    workers = RayWorkers(1, 1, 0, folder / "workers")
    actor = SimpleNamespace(watch=method("watch"), clean_up=method("clean_up"))
    trainer = _TrainerHandle(
        actor, "an answer", "a node", Assignment(1, task, {}), n_assignments=1, usage=Usage(is_training=True)
    )
    workers._trainers.append(trainer)
    return workers


def ends(workers: RayWorkers) -> list[TrialEnded]:
    return [event for _, event in workers.events() if isinstance(event, TrialEnded)]


@pytest.mark.parametrize("error", [OutOfMemoryError("too much"), ObjectLostError("12", None, ""), ActorDiedError()])
@pytest.mark.parametrize("node_is_alive", [True, False])
def test_an_error_as_answer_fails_the_trial_unless_its_node_is_lost(calls, monkeypatch, tmp_path, error, node_is_alive):
    def get(pending: Any) -> RayError:
        raise error

    monkeypatch.setattr(ray, "get", get)
    monkeypatch.setattr(ray_workers, "is_alive", lambda node: node_is_alive)
    workers = workers_with(calls, tmp_path)

    assert [ended.outcome for ended in ends(workers)] == (["failed"] if node_is_alive else [])
    assert [*workers.running] == ([] if node_is_alive else ["trial"])


def test_a_trainer_removes_its_files_before_it_is_replaced(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(Usage, "exceeded_limit", lambda self, **limits: "it took too long")
    monkeypatch.setattr(ray_workers, "_ready", lambda pending: [])
    workers = workers_with(calls, tmp_path)

    assert [ended.reason for ended in ends(workers)] == ["it took too long"]
    assert calls == ["clean_up", "wait", "kill"]

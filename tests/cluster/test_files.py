"""Files sent between machines that share no folder, and the trainer process; both without a cluster."""

import hashlib
import json
from pathlib import Path

import pytest

from tagger.cluster import trainer as ray_trainer
from tagger.cluster.files import DataFile, data_paths, pack_folder, store_run, with_local_files
from tagger.cluster.trainer import Assignment, Trainer
from tagger.config import dump_config, parse_config
from tagger.sweeps.worker import EpochDone, Event, Task, TrialEnded, TrialStarted

ray = pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')

CONFIG = parse_config(
    {"data": {"train": "/far/train.tsv", "dev": 0.1}, "features": {"words": {"vectors": "/far/v.txt"}}}
)


@pytest.fixture(autouse=True)
def contents_are_their_own_references(monkeypatch):
    monkeypatch.setattr(ray, "get", lambda content: content)


def file(path: str | Path, content: bytes) -> DataFile:
    return DataFile(Path(path), hashlib.sha256(content).hexdigest(), content)


def test_missing_files_are_written_and_named_in_the_config(tmp_path):
    files = {key: file(path, key.encode()) for key, path in data_paths(CONFIG).items()}
    local = with_local_files(CONFIG, files, tmp_path)

    assert {key: path.read_text() for key, path in data_paths(local).items()} == {
        "data.train": "data.train",
        "features.words.vectors": "features.words.vectors",
    }
    assert [path.name for path in data_paths(local).values()] == ["train.tsv", "v.txt"]
    assert CONFIG.data.train == "/far/train.tsv"


def test_files_of_sources_are_written_and_named_in_the_config(tmp_path):
    sources = [{"train": "/far/a.tsv", "dev": 0.1}, {"train": "/far/b.tsv", "dev": "/far/dev.tsv"}]
    config = parse_config({"data": {"sources": sources}, "heads": {"pos": {"tag": 1}}})
    files = {key: file(path, key.encode()) for key, path in data_paths(config).items()}
    local = with_local_files(config, files, tmp_path)

    assert {key: path.read_text() for key, path in data_paths(local).items()} == {key: key for key in files}
    assert [*files] == ["data.sources[0].train", "data.sources[1].train", "data.sources[1].dev"]
    assert local.data.sources[0].dev == 0.1


@pytest.mark.parametrize(("content", "is_same"), [(b"here", True), (b"there", False)])
def test_a_file_at_the_same_path_is_used_only_if_its_content_is_the_same(tmp_path, content, is_same):
    (tmp_path / "train.tsv").write_bytes(b"here")
    config = parse_config({"data": {"train": str(tmp_path / "train.tsv")}})
    local = with_local_files(config, {"data.train": file(tmp_path / "train.tsv", content)}, tmp_path / "new")

    assert (local == config) is is_same
    assert data_paths(local)["data.train"].read_bytes() == content


def test_a_packed_folder_is_stored_unchanged_and_replaces_an_earlier_try(tmp_path):
    trained, run = tmp_path / "made", tmp_path / "run"
    (trained / "bundle").mkdir(parents=True)
    (trained / "bundle" / "tagger.onnx").write_bytes(bytes(range(256)))
    (trained / "config.toml").write_text(dump_config(CONFIG))
    (run / "checkpoint").mkdir(parents=True)
    store_run(Task(run, CONFIG, 1), pack_folder(trained), tmp_path / "temporary")

    assert pack_folder(run) == pack_folder(trained)
    assert not (run / "checkpoint").exists()
    assert not any((tmp_path / "temporary").iterdir())


def train_nothing(send, tasks, answers):
    """Behave as `train_tasks`, but write the path of the data, and the answers after two epochs."""
    while True:
        task = tasks.get()
        send(TrialStarted())
        task.folder.mkdir(parents=True, exist_ok=True)
        received = []
        for number in (1, 2):
            send(EpochDone(number, number / 10))
            received.append(answers.get())
        (task.folder / "received.json").write_text(json.dumps([task.config.data.train, received]))
        send(TrialEnded("finished"))


@pytest.fixture
def assignment(tmp_path) -> Assignment:
    config = parse_config({"data": {"train": "/far/train.tsv"}})
    return Assignment(
        1, Task(tmp_path / "sweep" / "trial", config, 1), {"data.train": file("/far/train.tsv", b"x\ty\n")}
    )


@pytest.mark.parametrize("shares_folder", [True, False])
def test_a_trainer_writes_into_the_sweeps_folder_or_sends_its_files(tmp_path, monkeypatch, assignment, shares_folder):
    monkeypatch.setattr(ray_trainer, "train_tasks", train_nothing)
    (tmp_path / "mark").write_text("this sweep")
    trainer = Trainer(1, tmp_path / "mark", "this sweep" if shares_folder else "another")
    answers: list[bool] = []
    seen: list[Event] = []
    files = None
    while not (seen and isinstance(seen[-1], TrialEnded)):
        # A lost answer is requested again, and nothing happens twice.
        trainer.watch(assignment, answers, len(seen))
        progress = trainer.watch(assignment, answers, len(seen))
        answers += [True for event in progress.events if isinstance(event, EpochDone)]
        seen += progress.events
        files = files or progress.files

    assert seen == [TrialStarted(), EpochDone(1, 0.1), EpochDone(2, 0.2), TrialEnded("finished")]
    assert (assignment.task.folder / "received.json").exists() is shares_folder
    assert (files is None) is shares_folder
    train, received = json.loads(
        (assignment.task.folder / "received.json").read_text() if files is None else files["received.json"]
    )
    assert received == [True, True]
    assert Path(train).read_bytes() == b"x\ty\n"
    trainer.clean_up()
    assert not Path(train).exists()

"""What travels between machines that share no folder, and the process that trains there; both without a cluster."""

import hashlib
import json
from pathlib import Path

import pytest

from tagger.cluster import trainer as ray_trainer
from tagger.cluster.files import DataFile, bring_home, data_paths, packed, with_files_here
from tagger.cluster.trainer import Order, Trainer
from tagger.config import dump_config, parse_config
from tagger.sweeps.worker import Began, Ended, EpochDone, Task

ray = pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')

CONFIG = parse_config(
    {"data": {"train": "/far/train.tsv", "dev": 0.1}, "features": {"words": {"vectors": "/far/v.txt"}}}
)


@pytest.fixture(autouse=True)
def contents_are_their_own_references(monkeypatch):
    monkeypatch.setattr(ray, "get", lambda content: content)


def file(path: str | Path, content: bytes) -> DataFile:
    return DataFile(Path(path), hashlib.sha256(content).hexdigest(), content)


def test_files_that_are_not_here_are_written_and_named_in_the_config(tmp_path):
    files = {key: file(path, key.encode()) for key, path in data_paths(CONFIG).items()}
    here = with_files_here(CONFIG, files, tmp_path)

    assert {key: path.read_text() for key, path in data_paths(here).items()} == {
        "data.train": "data.train",
        "features.words.vectors": "features.words.vectors",
    }
    assert [path.name for path in data_paths(here).values()] == ["train.tsv", "v.txt"]
    assert CONFIG.data.train == "/far/train.tsv"


@pytest.mark.parametrize(("content", "is_same"), [(b"here", True), (b"there", False)])
def test_a_file_at_the_same_path_is_read_only_where_it_is_the_same(tmp_path, content, is_same):
    (tmp_path / "train.tsv").write_bytes(b"here")
    config = parse_config({"data": {"train": str(tmp_path / "train.tsv")}})
    here = with_files_here(config, {"data.train": file(tmp_path / "train.tsv", content)}, tmp_path / "new")

    assert (here == config) is is_same
    assert data_paths(here)["data.train"].read_bytes() == content


def test_a_folder_that_is_packed_and_brought_home_is_the_same_and_replaces_an_earlier_try(tmp_path):
    made, run = tmp_path / "made", tmp_path / "run"
    (made / "bundle").mkdir(parents=True)
    (made / "bundle" / "tagger.onnx").write_bytes(bytes(range(256)))
    (made / "config.toml").write_text(dump_config(CONFIG))
    (run / "checkpoint").mkdir(parents=True)
    bring_home(Task(run, CONFIG, 1), packed(made), tmp_path / "coming")

    assert packed(run) == packed(made)
    assert not (run / "checkpoint").exists()
    assert not any((tmp_path / "coming").iterdir())


def train_nothing(send, tasks, answers):
    """Does what `work` does, but writes what it was given, and asks after two epochs."""
    while True:
        task = tasks.get()
        send(Began())
        task.folder.mkdir(parents=True, exist_ok=True)
        told = []
        for number in (1, 2):
            send(EpochDone(number, number / 10))
            told.append(answers.get())
        (task.folder / "told.json").write_text(json.dumps([task.config.data.train, told]))
        send(Ended("finished"))


@pytest.fixture
def order(tmp_path) -> Order:
    config = parse_config({"data": {"train": "/far/train.tsv"}})
    return Order(1, Task(tmp_path / "sweep" / "trial", config, 1), {"data.train": file("/far/train.tsv", b"x\ty\n")})


@pytest.mark.parametrize("shares_folder", [True, False])
def test_a_trainer_writes_in_the_folder_of_the_sweep_or_sends_what_it_wrote(
    tmp_path, monkeypatch, order, shares_folder
):
    monkeypatch.setattr(ray_trainer, "work", train_nothing)
    (tmp_path / "mark").write_text("this sweep")
    trainer = Trainer(1, tmp_path / "mark", "this sweep" if shares_folder else "another")
    answers: list[bool] = []
    seen: list[Began | EpochDone | Ended] = []
    files = None
    while not (seen and isinstance(seen[-1], Ended)):
        # An answer that is lost on the way is asked for again, and nothing happens twice.
        trainer.watch(order, answers, len(seen))
        report = trainer.watch(order, answers, len(seen))
        answers += [True for event in report.events if isinstance(event, EpochDone)]
        seen += report.events
        files = files or report.files

    assert seen == [Began(), EpochDone(1, 0.1), EpochDone(2, 0.2), Ended("finished")]
    assert (order.task.folder / "told.json").exists() is shares_folder
    assert (files is None) is shares_folder
    train, told = json.loads((order.task.folder / "told.json").read_text() if files is None else files["told.json"])
    assert told == [True, True]
    assert Path(train).read_bytes() == b"x\ty\n"
    trainer.leave()
    assert not Path(train).exists()

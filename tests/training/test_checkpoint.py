"""Checkpoints: atomic, free of pickles, and refused for another config or other data. Run folders. Class weights."""

import dataclasses
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagger.config import Config, dump_config, parse_config
from tagger.encoding.batches import Dataset
from tagger.encoding.lexicon import Lexicon
from tagger.errors import ConfigError, RunError, TaggerError, TrainingError
from tagger.files import swap_in
from tagger.heads.target import TagTarget
from tagger.training.checkpoint import check_resumable, read_checkpoint, write_checkpoint
from tagger.training.class_weights import class_weights, describe_weights
from tagger.training.data_files import head_keys
from tagger.training.head_data import HeadData
from tagger.training.run_folder import is_finished, run_folder

HASHES = {"data.train": "1", "data.dev": "2", "encoder": "3"}


@dataclasses.dataclass
class OneEpoch:
    number: int
    score: float | None
    loss: float = 1.5
    is_best: bool = True
    learning_rate: float = 0.1
    training_seconds: float = 1.0
    seconds: float = 2.0


@dataclasses.dataclass
class State:
    """Stands for `tagger.network.events.TrainingState`, whose import loads TensorFlow."""

    arrays: dict[str, Any]
    epochs: tuple[OneEpoch, ...]


def config(**sections: Any) -> Config:
    data = {"train": "/a/train.tsv", "dev": "/a/dev.tsv", **sections.pop("data", {})}
    training = {"schedule": "cosine", **sections.pop("training", {})}
    return parse_config({"data": data, "training": training, **sections})


def written(run_dir: Path, state: Any = None, like: Config | None = None) -> Path:
    run_dir.mkdir(exist_ok=True)
    state = state or State({"variable/0": np.arange(3.0)}, (OneEpoch(1, 0.1), OneEpoch(2, 0.2)))
    write_checkpoint(run_dir, state, like or config(), HASHES, threads=2)
    return run_dir


def test_reading_a_checkpoint_undoes_writing_it(tmp_path):
    arrays = {
        "variable/0": np.array([[0.1]], np.float32),
        "variable/1": np.array(7),
        "best/0": np.array([9], np.uint32),
    }
    checkpoint = read_checkpoint(written(tmp_path, State(arrays, (OneEpoch(1, 1 / 3),))))

    assert checkpoint.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(checkpoint.arrays[name], array, strict=True)
    assert checkpoint.epochs == [dataclasses.asdict(OneEpoch(1, 1 / 3))]
    assert (checkpoint.config, checkpoint.hashes) == (config(), HASHES)


def test_failed_write_keeps_the_previous_checkpoint(tmp_path, monkeypatch):
    written(tmp_path)

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(TaggerError, match=r"state\.npz: cannot be written: No space left"):
        written(tmp_path, State({}, ()))

    assert [path.name for path in (tmp_path / "checkpoint").iterdir()] == ["state.npz"]
    assert len(read_checkpoint(tmp_path).epochs) == 2


def about_with(**changes: Any) -> np.ndarray:
    about = {"format": 1, "epochs": [], "config": dump_config(config()), "origins": HASHES, "threads": 2}
    return np.array(json.dumps({**about, **changes}))


def header(shape: str, descr: str = "<f4") -> bytes:
    """The header of an array in the format of NumPy, without its values."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


EPOCH = dataclasses.asdict(OneEpoch(1, 0.5))
DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "not an archive of arrays"),
    "half": (lambda path: path.write_bytes(path.read_bytes()[:200]), "not an archive of arrays"),
    "pickle": (
        lambda path: np.savez(path, about=np.array({"an": "object"}, dtype=object), allow_pickle=True),
        "about: .* are not an array of type object",
    ),
    "bomb": (lambda path: np.savez_compressed(path, about=np.zeros(10**6)), "would be larger than the file"),
    "compressed": (
        lambda path: np.savez_compressed(path, about=np.frombuffer(np.random.default_rng(1).bytes(999), np.uint8)),
        "about: is compressed",
    ),
    "other name": (lambda path: np.savez(path, about=about_with(), evil=np.zeros(3)), 'no array is named "evil.npy"'),
    "path": (lambda path: members(path, {"../variable/0.npy": b""}), "no array is named"),
    "not an array": (lambda path: members(path, {"about.npy": b"text"}), "about: has no header of an array"),
    "huge shape": (lambda path: members(path, {"about.npy": header("(10**9,)")}), "about: has no header"),
    "no values": (
        lambda path: members(path, {"about.npy": header("(999999999999,)")}),
        "about: 0 bytes are not an array",
    ),
    "long text": (
        lambda path: members(path, {"about.npy": header("()", "<U99999999")}),
        "about: 0 bytes are not an array",
    ),
    "no about": (lambda path: np.savez(path, variable=np.zeros(3)), 'no array is named "variable.npy"'),
    "not JSON": (lambda path: np.savez(path, about=np.array("x")), "not JSON"),
    "nested": (lambda path: np.savez(path, about=np.array("[" * 10**5)), "brackets are nested too deeply"),
    "other format": (lambda path: np.savez(path, about=about_with(format=2)), "about.format: expected 1, .*got 2"),
    "config": (lambda path: np.savez(path, about=about_with(config="a = [")), "Invalid value"),
    "nested config": (lambda path: np.savez(path, about=about_with(config="a = " + "[" * 10**5)), "nested more than"),
    "dotted config": (lambda path: np.savez(path, about=about_with(config="a." * 9999 + "a = 1")), "nested more than"),
    "epochs": (lambda path: np.savez(path, about=about_with(epochs=3)), "about.epochs: expected a list, got 3"),
    "epoch": (
        lambda path: np.savez(path, about=about_with(epochs=[{**EPOCH, "seconds": "1"}])),
        r"about.epochs\[0\].seconds: expected a finite number .* got \"1\"",
    ),
    "no best": (
        lambda path: np.savez(path, about=about_with(epochs=[{**EPOCH, "is_best": False}])),
        "about.epochs: expected a best epoch",
    ),
    "number": (
        lambda path: np.savez(path, about=about_with(epochs=[{**EPOCH, "number": 10**9}])),
        r"about.epochs\[0\].number: expected 1, got 1000000000",
    ),
}


def members(path: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_checkpoint_is_refused_before_anything_is_unpacked(damage, tmp_path):
    change, problem = DAMAGE[damage]
    change(written(tmp_path) / "checkpoint" / "state.npz")

    with pytest.raises(RunError, match=rf"state\.npz: not a checkpoint that this version can read: .*{problem}"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize(("make", "kind"), [(os.mkfifo, "a named pipe"), (Path.mkdir, "a folder")])
def test_checkpoint_that_is_not_a_file_is_refused(make, kind, tmp_path):
    path = written(tmp_path) / "checkpoint" / "state.npz"
    path.unlink()
    make(path)

    with pytest.raises(RunError, match=rf"state\.npz: cannot be read: it is {kind}, not a regular file"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"data": {"train": "/b/train.tsv", "dev": "/b/dev.tsv"}},  # the same content elsewhere
        {"data": {"test": "/a/test.tsv"}},
        {"training": {"patience": 9}},
    ],
    ids=str,
)
def test_keys_that_no_weight_depends_on_may_change(changes, tmp_path):
    check_resumable(read_checkpoint(written(tmp_path)), config(**changes), HASHES, threads=2)  # raises nothing


def test_checkpoint_of_an_earlier_version_with_strategy_none_can_be_resumed(tmp_path, monkeypatch):
    def with_strategy(config: Config) -> str:
        return dump_config(config) + 'strategy = "none"\n'  # its last table is [training]

    monkeypatch.setattr("tagger.training.checkpoint.dump_config", with_strategy)
    checkpoint = read_checkpoint(written(tmp_path))

    check_resumable(checkpoint, config(), HASHES, threads=2)  # raises nothing
    assert checkpoint.config == config()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"training": {"learning_rate": 0.1}}, "training.learning_rate: now 0.1, was 0.002"),
        ({"training": {"epochs": 60}}, "training.epochs: now 60, was 30"),
        ({"training": {"class_weights": {"O": 0.1}}}, 'training.class_weights: now {"O": 0.1}, was "none"'),
        ({"features": {"words": {"dim": 3}}}, "features.words.dim: now 3, was 100"),
        ({"features": {"words": False, "affixes": {}}}, "features.words: now absent, was {"),
        ({"data": {"dev": 0.1}}, 'data.dev: now 0.1, was "a file"'),
        ({"data": {"test": 0.1}}, 'data.test: now 0.1, was "a file"'),
        ({"data": {"seed": 2}}, "data.seed: now 2, was 1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_changed_config_is_refused_with_its_key(changes, problem, tmp_path):
    with pytest.raises(RunError) as caught:
        check_resumable(read_checkpoint(written(tmp_path)), config(**changes), HASHES, threads=2)

    first, *problems = caught.value.message.split("\n")
    assert first == "--resume: the run was started with another config or other data"
    assert len(problems) == 1
    assert problems[0].startswith(f"  {problem}")


def test_epochs_may_change_if_the_learning_rate_does_not_depend_on_them(tmp_path):
    for schedule in ("constant", "plateau"):
        few, many = (config(training={"schedule": schedule, "epochs": epochs}) for epochs in (10, 20))
        check_resumable(read_checkpoint(written(tmp_path, like=few)), many, HASHES, threads=2)

    warm = {"schedule": "constant", "warm_up": 0.1}
    with pytest.raises(RunError, match=r"training\.epochs: now 20, was 10"):
        check_resumable(
            read_checkpoint(written(tmp_path, like=config(training={**warm, "epochs": 10}))),
            config(training={**warm, "epochs": 20}),
            HASHES,
            threads=2,
        )


def test_changed_data_is_refused_with_its_split(tmp_path):
    with pytest.raises(RunError, match=r"other data\n  data\.train: has changed$"):
        check_resumable(read_checkpoint(written(tmp_path)), config(), {**HASHES, "data.train": "0"}, threads=2)


def test_vocabularies_of_an_earlier_version_are_checked_by_the_hashes_of_files(tmp_path):
    older = {
        **{name: value for name, value in HASHES.items() if name != "encoder"},
        "vocabularies": "hashed otherwise",
    }
    state: Any = State({}, ())
    write_checkpoint(tmp_path, state, config(), older, threads=2)

    check_resumable(read_checkpoint(tmp_path), config(), HASHES, threads=2)  # raises nothing
    with pytest.raises(RunError, match=r"data\.train: has changed"):
        check_resumable(read_checkpoint(tmp_path), config(), {**HASHES, "data.train": "f" * 64}, threads=2)


def test_another_number_of_threads_is_refused_for_deterministic_training(tmp_path):
    check_resumable(read_checkpoint(written(tmp_path)), config(), HASHES, threads=1)

    exact = config(training={"deterministic": True})
    with pytest.raises(RunError, match="--threads: now 1, was 2"):
        check_resumable(read_checkpoint(written(tmp_path, like=exact)), exact, HASHES, threads=1)


# Run folders


def broken_by(error: BaseException, folder: Path, *, resume: bool = False, overwrite: bool = False) -> None:
    """Start a run, write a checkpoint and part of a bundle, and end with an error."""
    with run_folder(folder, overwrite=overwrite, resume=resume):
        if not resume:
            written(folder)
        (folder / "bundle.tmp").mkdir()
        raise error


def test_existing_run_with_a_checkpoint_is_refused_with_a_hint_at_resume(tmp_path):
    with pytest.raises(RunError, match="exists already") as caught, run_folder(written(tmp_path), overwrite=False):
        pass

    assert caught.value.hint == (
        "--resume continues that run, --overwrite replaces that run, --run DIR uses another folder"
    )


@pytest.mark.parametrize("error", [TaggerError("wrong"), TrainingError("no number"), KeyboardInterrupt(), OSError()])
def test_resumed_run_keeps_its_checkpoint_whatever_error_ends_it(error, tmp_path):
    (written(tmp_path) / "log.txt").write_text("before\n")
    with pytest.raises(type(error)):
        broken_by(error, tmp_path, resume=True)

    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint", "log.txt"}
    assert (tmp_path / "log.txt").read_text().startswith("before\n")


@pytest.mark.parametrize("error", [TaggerError("the disk is full"), TrainingError("not enough memory")])
def test_failed_new_run_keeps_its_checkpoint(error, tmp_path):
    with pytest.raises(TaggerError):
        broken_by(error, tmp_path / "run")

    assert {path.name for path in (tmp_path / "run").iterdir()} == {"checkpoint", "log.txt"}


def test_previous_tagger_is_restored_if_its_replacement_fails_with_a_checkpoint(tmp_path):
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "bundle.json").write_text("{}")
    with pytest.raises(TaggerError):
        broken_by(TaggerError("the disk is full"), tmp_path, overwrite=True)

    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_previous_tagger_is_kept_until_the_resumed_replacement_is_finished(tmp_path):
    previous = tmp_path / ".replaced" / "bundle"  # a killed process leaves it like this
    previous.mkdir(parents=True)
    written(tmp_path)
    with pytest.raises(TaggerError):
        broken_by(TaggerError("the config differs"), tmp_path, resume=True)
    assert previous.exists()
    with run_folder(tmp_path, overwrite=False, resume=True):
        pass

    assert not previous.exists()


def test_resume_does_not_replace_a_tagger_without_a_checkpoint(tmp_path):
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "bundle.json").write_text("{}")

    assert not is_finished(tmp_path)
    with (
        pytest.raises(RunError, match="no checkpoint to resume from"),
        run_folder(tmp_path, overwrite=False, resume=True),
    ):
        pass
    (tmp_path / "metrics.json").write_text("{}")
    assert is_finished(tmp_path)


def test_unfinished_files_of_a_killed_process_are_removed(tmp_path):
    (written(tmp_path) / ".history.csv.123.tmp").write_text("half")
    (tmp_path / "bundle.old").mkdir()
    with run_folder(tmp_path, overwrite=False, resume=True) as folder:
        for name in ("bundle", "bundle.old", "bundle.tmp"):
            (folder / name).mkdir(exist_ok=True)
            (folder / name / "tags.txt").write_text(name)
        swap_in(folder / "bundle.tmp", folder / "bundle")

    assert {path.name for path in tmp_path.iterdir()} == {"bundle", "checkpoint", "log.txt"}
    assert (tmp_path / "bundle" / "tags.txt").read_text() == "bundle.tmp"


# Class weights


def weights_of(setting: Config, tags: tuple[str, ...], *ids: int) -> tuple[float, ...] | None:
    """Class weights for steps of train with some tag ids."""
    train = Dataset({}, {"head": np.array(ids, np.int32)}, np.array([0, len(ids)]))
    target = TagTarget(tags, Lexicon(tags[0], None))
    head = HeadData(setting.all_heads()["head"], head_keys(setting)["head"], target, {}, frozenset())
    return class_weights([head], train).get("head")


def test_balanced_weights_give_each_tag_the_same_total_and_have_mean_one():
    train = (0, 0, 0, 0, 0, 0, 1, 1, 2, -1)  # six O, two S, one V, one not scored
    weights = weights_of(config(training={"class_weights": "balanced"}), ("O", "S", "V"), *train)

    assert weights == pytest.approx((0.5, 1.5, 3.0))
    assert describe_weights(("O", "S", "V"), (0.5, 1.5, 3.0)) == "V 3, S 1.5, O 0.5"


def test_sqrt_weights_are_as_the_roots_of_balanced_ones_and_have_mean_one():
    train = (0,) * 9 + (1,)
    weights = weights_of(config(training={"class_weights": "sqrt"}), ("O", "S"), *train)

    assert weights == pytest.approx((10 / 12, 30 / 12))  # 1 to 3, the root of 1 to 9; 9 × 10/12 + 30/12 is 10


def test_tag_that_train_lacks_has_weight_one_and_the_others_stay_balanced():
    weights = weights_of(config(training={"class_weights": "balanced"}), ("O", "S", "V"), 0, 0, 1)

    assert weights == pytest.approx((0.75, 1.5, 1.0))


def test_tag_without_a_weight_has_weight_one():
    weighted = config(training={"class_weights": {"O": 0.1, "V": 2}})

    assert weights_of(weighted, ("O", "S", "V"), 0, 1, 2) == (0.1, 1.0, 2.0)
    assert weights_of(config(), ("O", "S", "V"), 0, 1, 2) is None


def test_weight_of_a_tag_that_the_network_does_not_learn_is_an_error():
    for tag, rest in (("B-PERS", "did you mean `B-PER`?"), ("x", "its tags are O, B-PER")):
        message = f"training.class_weights: the network learns no tag `{tag}`; {rest}"
        with pytest.raises(ConfigError) as caught:
            weights_of(config(training={"class_weights": {tag: 2.0}}), ("O", "B-PER"), 0, 1)
        assert caught.value.message == message

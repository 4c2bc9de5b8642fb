"""References to files of public data sets, such as ewt:train, in configs and commands."""

import hashlib
import json
import logging
import shutil
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tagger.cli import app
from tagger.config import load_config
from tagger.corpus.catalogue import CATALOGUE, DataSet, File
from tagger.errors import DataError
from tagger.training.prepare import prepare
from tests import ROOT
from tests.bundles import save_words_bundle

CONFIGS = ROOT / "configs"
SPLITS = {
    "train": "john\tS\nloves\tV\njane\tO\n\njohn\tS\n\njane\tO\nloves\tV\n",
    "dev": "john\tS\n",
    "test": "john\tS\nloves\tV\n",
}


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path: Path) -> Path:
    """A cache with the files of the data set `tiny`; there is no server, and retries do not wait."""
    folder = tmp_path / "cache"
    (folder / "tiny").mkdir(parents=True)
    files = {}
    for split, text in SPLITS.items():
        (folder / "tiny" / f"{split}.tsv").write_bytes(text.encode())
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        files[split] = File(f"{split}.tsv", len(text), sha256, f"https://example.org/{split}.tsv")
    monkeypatch.setitem(CATALOGUE, "tiny", DataSet("tiny", "three", "CC0 1.0", "https://example.org", files))
    monkeypatch.setenv("TAGGER_DATA_DIR", str(folder))
    monkeypatch.setenv("TAGGER_DATA_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("pooch.core.time", types.SimpleNamespace(sleep=lambda seconds: None))
    return folder


@pytest.fixture(autouse=True)
def log() -> Iterator[logging.Logger]:
    """Restore the logger of the package, which commands set up."""
    log = logging.getLogger("tagger")
    handlers, level = log.handlers[:], log.level
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


def tagger(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="tagger")


def write_config(folder: Path, **data: str) -> Path:
    path = folder / "tiny.toml"
    path.write_text("[data]\n" + "".join(f'{key} = "{value}"\n' for key, value in data.items()))
    return path


# Configs


def test_a_config_may_name_the_files_of_a_data_set(tmp_path, cache):
    config = write_config(tmp_path, train="tiny:train", dev="tiny:dev", test="tiny:test")

    splits = prepare(load_config(config)).splits

    assert {split: len(sentences) for split, sentences in splits.items()} == {"train": 3, "dev": 1, "test": 1}


@pytest.mark.parametrize("name", ["pos", "slots", "ner", "svo-ewt"])
def test_our_configs_name_splits_of_the_catalogue(name):
    data = load_config(CONFIGS / f"{name}.toml").data

    for path in (data.train, data.dev, data.test):
        data_set, split = str(path).split(":")
        assert split in CATALOGUE[data_set].files


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_without_a_network_the_hint_for_our_configs_says_how_to_train_on_own_files(cache, tmp_path, options):
    result = tagger("train", CONFIGS / "pos.toml", "--run", tmp_path / "run", *options)

    assert (result.exit_code, result.stdout) == (1, "")
    expected, hint = result.stderr.split("\n\n")
    assert expected.endswith(
        "error: http://127.0.0.1:1/ewt/en_ewt-ud-train.conllu: cannot be downloaded: Connection refused"
    )
    assert f"put the file at {cache}/ewt/en_ewt-ud-train.conllu by hand" in hint
    assert "or train on your own files: --set data.train=FILE --set data.dev=FILE --set data.test=FILE" in hint
    assert not (tmp_path / "run").exists()


def test_own_files_replace_those_of_our_configs(tmp_path, cache, caplog):
    own = [f"data.{split}={cache}/tiny/{split}.tsv" for split in SPLITS]

    splits = prepare(load_config(CONFIGS / "slots.toml", own)).splits

    assert len(splits["train"]) == 3
    assert not [message for message in caplog.messages if "yours" in message]


def test_an_own_train_without_own_dev_and_test_causes_a_warning(tmp_path, cache, caplog):
    config = write_config(tmp_path, train="tiny:train", dev="tiny:dev", test="tiny:test")

    prepare(load_config(config, [f"data.train={cache}/tiny/train.tsv"]))

    assert (
        "data.train is a file of your own, but data.dev is tiny:dev and data.test is tiny:test; "
        "to score on your own files: "
        "--set data.dev=FILE --set data.test=FILE"
    ) in caplog.messages


def test_an_own_test_file_causes_no_warning(tmp_path, cache, caplog):
    config = write_config(tmp_path, train="tiny:train", test=f"{cache}/tiny/test.tsv")

    prepare(load_config(config))

    assert not [message for message in caplog.messages if "yours" in message]


def test_an_unknown_name_in_a_config_is_reported(tmp_path):
    with pytest.raises(DataError, match="tini: unknown data set; did you mean `tiny`"):
        prepare(load_config(write_config(tmp_path, train="tini:train")))


# Commands


def test_init_guesses_from_names_and_writes_them(tmp_path):
    result = tagger("init", "tiny:train", "tiny:dev", "tiny:test")

    assert result.exit_code == 0
    assert [f'{split} = "tiny:{split}"' in result.stdout for split in SPLITS] == [True] * 3
    (tmp_path / "guessed.toml").write_text(result.stdout)
    assert len(prepare(load_config(tmp_path / "guessed.toml")).splits["train"]) == 3


def test_check_evaluate_and_convert_accept_names(tmp_path):
    model = save_words_bundle(tmp_path / "bundle")

    checked = tagger("check", "tiny:train", "tiny:test", "--format", "json")
    evaluated = tagger("evaluate", model, "tiny:test", "--format", "json")
    converted = tagger("convert", "tiny:test", tmp_path / "test.jsonl")

    assert json.loads(checked.stdout)
    assert json.loads(evaluated.stdout)["accuracy"] == 1.0
    assert converted.exit_code == 0
    assert json.loads((tmp_path / "test.jsonl").read_text()) == {"tokens": ["john", "loves"], "tags": ["S", "V"]}


def test_an_existing_file_takes_precedence_over_a_name(tmp_path, cache, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(cache / "tiny" / "test.tsv", "tiny:train")

    result = tagger("convert", "tiny:train", "-", "--to", "jsonl")

    assert result.stdout.count("\n") == 1


def test_every_command_reports_a_name_that_cannot_be_fetched(cache):
    result = tagger("check", "ewt:train")

    assert result.exit_code == 1
    assert "en_ewt-ud-train.conllu: cannot be downloaded: Connection refused" in result.stderr

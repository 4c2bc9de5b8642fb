"""Imports between rooms, and modules loaded by commands that train nothing."""

import subprocess
import sys

import pytest

from tests import ROOT
from tests.bundles import save_words_bundle
from tests.processes import modules_after


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(save_words_bundle(tmp_path_factory.mktemp("model") / "bundle"))


def test_every_module_imports_only_from_rooms_below_its_own():
    # In a process of its own, as it configures logging and would silence the loggers of later tests.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_a_dry_run_loads_neither_scikit_learn_nor_pandas():
    assert not {"sklearn", "pandas"} & modules_after("train", "configs/svo.toml", "--dry-run")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["predict", "{model}", "John loves Jane"],
        ["predict", "{model}"],
        ["evaluate", "{model}", "data/svo/tiny.tsv"],
        ["compare", "{model}", "{model}", "data/svo/tiny.tsv"],
        ["check", "configs/svo.toml"],
        ["init", "data/svo/tiny.tsv"],
        ["inspect", "configs/svo-tiny.toml"],
        ["bench", "{model}", "--seconds", "0"],
        ["train", "configs/svo.toml", "--dry-run"],
    ],
    ids=" ".join,
)
def test_a_command_that_trains_nothing_loads_no_tensorflow(model, arguments):
    assert not modules_after(*(argument.format(model=model) for argument in arguments)) & {"tensorflow", "keras"}


def test_scores_as_text_load_neither_page_libraries_nor_scikit_learn(model):
    for arguments in (["evaluate", model], ["compare", model, model]):
        assert not {"jinja2", "pandas", "scipy", "sklearn"} & modules_after(*arguments, "data/svo/tiny.tsv")


def test_a_training_that_cannot_start_ends_before_tensorflow_is_loaded(tmp_path):
    (tmp_path / "metrics.json").write_text("{}")

    for arguments in (
        ["configs/svo-tiny.toml", "--run", str(tmp_path)],
        ["configs/svo.toml", "--run", str(tmp_path / "run"), "--set", "data.train=none.tsv"],
        ["configs/svo-tiny.toml", "--run", str(tmp_path / "run"), "--set", "model.units=[0]"],
    ):
        assert not modules_after("train", *arguments, exit_code=1) & {"tensorflow", "keras", "pandas", "jinja2"}


def test_predict_loads_little_more_than_numpy_and_onnxruntime(model):
    for options in ([], ["--format", "conllu", "--confidence"]):
        loaded = modules_after("predict", model, "John loves Jane", *options)

        assert {"numpy", "onnxruntime"} <= loaded
        assert not loaded & {"pandas", "sklearn", "scipy", "onnx", "matplotlib", "tagger.config"}


def test_the_python_interface_loads_little_more_than_numpy_and_onnxruntime(model):
    code = "import sys, tagger; tagger.Tagger.load(sys.argv[1]).tag(['John loves Jane']); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code, model], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert {"numpy", "onnxruntime"} <= loaded
    assert not loaded & {"tensorflow", "keras", "pandas", "sklearn", "scipy", "onnx", "typer", "pydantic", "rich"}


def test_help_and_versions_load_nothing_heavy():
    for option in ("--help", "--version"):
        assert not modules_after(option) & {"numpy", "onnxruntime", "pandas", "sklearn", "pydantic", "onnx"}

"""A stranger's bundle ends in a message, within 2 s of processor time and 300 MB."""

import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tests.bundles import save_words_bundle
from tests.hostile.attacks import (
    Attack,
    apply,
    changed_graphs,
    changed_json,
    hostile_graphs,
    listed_files,
    replaced_files,
)
from tests.hostile.commands import COMMANDS, arguments_of, problem, run_command

if sys.platform != "linux":
    pytest.skip("limits and forks are Linux's", allow_module_level=True)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_words_bundle(tmp_path_factory.mktemp("good") / "bundle")


@pytest.fixture(scope="module", autouse=True)
def imported(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import what the commands import, so that forked processes need not."""
    folder = tmp_path_factory.mktemp("imports")
    (folder / "test.tsv").write_text("john\tS\n\n")
    (folder / "config.toml").write_text('[data]\ntrain = "test.tsv"\n')
    run = apply(lambda attacked: (attacked / "tagger.onnx").unlink(), bundle, folder / "attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in COMMANDS:
            CliRunner().invoke(app, arguments_of(command, run, bundle, folder))


def problems(bundle: Path, attacks: list[tuple[str, Attack]], folder: Path, command: str = "predict") -> list[str]:
    """Attacks that do not end as they should."""
    (folder / "test.tsv").write_text("john\tS\nloves\tV\n\n")
    (folder / "config.toml").write_text('[data]\ntrain = "test.tsv"\n')
    faults = []
    for name, attack in attacks:
        run = apply(attack, bundle, folder / "attacked")
        ended = run_command(command, run, bundle, folder)
        if wrong := problem(ended, may_succeed=True):
            faults.append(f"{name}: {wrong}: {ended.output[-500:]}")
    return faults


def test_an_untouched_bundle_tags_within_the_limits(bundle, tmp_path):
    (tmp_path / "test.tsv").write_text("john\tS\n\n")

    ended = run_command("predict", bundle, bundle, tmp_path)

    assert (ended.code, ended.output) == (0, "John/S loves/V Jane/O\n")


def test_a_file_that_is_replaced_is_reported(bundle, tmp_path):
    assert problems(bundle, [*replaced_files(bundle)], tmp_path) == []


def test_a_file_with_other_content_is_reported(bundle, tmp_path):
    assert problems(bundle, [*listed_files(bundle)], tmp_path) == []


def test_a_changed_description_is_reported_or_harmless(bundle, tmp_path):
    assert problems(bundle, [*changed_json(bundle, "bundle.json", 60)], tmp_path) == []


@pytest.mark.parametrize("name", ["forms.onnx", "tagger.onnx"])
def test_a_changed_graph_is_reported_or_harmless(bundle, tmp_path, name):
    attacks = [*hostile_graphs(name), *changed_graphs(name, 30)]

    assert problems(bundle, attacks, tmp_path) == []


@pytest.mark.parametrize("command", ["evaluate", "compare", "inspect", "bench", "train --from"])
def test_every_command_reports_attacks(bundle, tmp_path, command):
    attacks = [*replaced_files(bundle), *hostile_graphs("tagger.onnx"), *changed_json(bundle, "bundle.json", 20)]

    assert problems(bundle, attacks[::9], tmp_path, command) == []


def test_an_unlisted_file_is_not_read(bundle, tmp_path):
    def add(folder: Path) -> None:
        (folder / "weights.h5").write_bytes(b"not read")
        shutil.copy(folder / "tagger.onnx", folder / "other.onnx")
        (folder / "tagger").mkdir()
        (folder / "tagger" / "__init__.py").write_text("raise SystemExit(7)")

    run = apply(add, bundle, tmp_path / "attacked")

    assert run_command("predict", run, bundle, tmp_path).output == "John/S loves/V Jane/O\n"

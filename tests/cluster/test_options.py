"""Errors of `--on ray` that are reported before anything runs."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tagger.cli import app
from tests.bundles import save_words_bundle


def tagger(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="tagger")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save_words_bundle(tmp_path / "bundle")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--address", "head:6379"], "--address needs --on ray"),
        (["--on", "ray"], "--on ray needs --input FILE"),
        (["--on", "ray", "John"], "--on ray needs --input FILE"),
        (["--on", "ray", "--input", "-"], "--on ray needs --input FILE"),
        (["--input", "-", "--input", "more.txt"], "standard input cannot be combined"),
    ],
)
def test_incompatible_options_are_reported(model, arguments, message):
    result = tagger("predict", model, *arguments)

    assert result.exit_code == 2
    assert message in result.stderr


def test_an_unreachable_cluster_is_reported(model, tmp_path):
    pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')
    (tmp_path / "in.txt").write_text("John loves Jane\n")
    with socket.socket() as unused:  # bound, but not listening
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        result = tagger("predict", model, "--input", tmp_path / "in.txt", "--on", "ray", "--address", address)

    assert result.exit_code == 1
    assert (
        f"error: no Ray cluster answers at {address}: Connection refused\n\nhint: `ray start --head`" in result.stderr
    )


def test_several_files_are_tagged_in_order(model, tmp_path):
    (tmp_path / "a.txt").write_text("John\n")
    (tmp_path / "b.txt").write_text("Jane\n")
    result = tagger("predict", model, "--input", tmp_path / "b.txt", "--input", tmp_path / "a.txt")

    assert [line.partition("/")[0] for line in result.stdout.splitlines()] == ["Jane", "John"]

"""The commands and the Python of the room's README print what it says."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tests import ROOT

README = (ROOT / "tagger/inspection/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(\$ .*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    (command, expected)
    for block in BLOCKS
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]
FILES = {command.split()[1]: content for command, content in COMMANDS if command.startswith("cat ")}
RUN_HERE = [each for each in COMMANDS if each[0].startswith("tagger ") and "runs/" not in each[0]]


@pytest.mark.parametrize(("command", "expected"), RUN_HERE, ids=[command for command, _ in RUN_HERE])
def test_command_prints_what_the_readme_says(tmp_path, monkeypatch, command, expected):
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    for name in ("configs", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, shlex.split(command)[1:], prog_name="tagger")

    assert result.exit_code == 0, result.stderr
    position = 0
    for part in re.split(r"^…\n", expected, flags=re.MULTILINE):
        position = result.stdout.find(part, position)
        assert position >= 0, f"not in the output: {part}"
        position += len(part)


def test_all_numbers_of_the_exercises_are_printed():
    printed = "".join(expected for _, expected in RUN_HERE)

    for number in ("96", "12", "108", "72", "81", "0.630314", "0.703873", "184", "980"):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", printed), number


def test_python_of_the_readme_gives_what_it_says(monkeypatch):
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

    test = doctest.DocTestParser().get_doctest(example, {}, "README", str(Path("README.md")), 0)

    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0

"""Control characters and line ends of strangers do not reach the terminal, whatever prints them."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tagger import terminal_text
from tagger.cli import app
from tagger.console import escaping_messages, output, print_data, print_json, reported
from tagger.errors import TaggerError
from tagger.terminal_text import command_line, escaped, message, one_line
from tests.bundles import save_words_bundle

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "a\x1b[2J\x9b1m\x7f\u202eb\u2066"
ESCAPED = r"a\x1b[2J\x9b1m\x7f\u202eb\u2066"


def tagger(*arguments: object) -> str:
    """All output of a command."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="tagger")
    assert result.exit_code in (0, 1)
    return result.stdout + result.stderr


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch) -> Path:
    """A folder with a bundle, and data and a config with hostile names and content."""
    monkeypatch.chdir(tmp_path)
    save_words_bundle(tmp_path / "bundle")
    rows = [(f"John\nFORGED{HOSTILE}", f"S\nFORGED{HOSTILE}"), ("loves", "V"), (f"{HOSTILE}\tx", "O")]
    tokens, tags = zip(*rows, strict=True)
    lines = [json.dumps({"tokens": tokens, "tags": tags}), json.dumps({"tokens": ["Jane"], "tags": ["V"]})]
    (tmp_path / f"{HOSTILE}.jsonl").write_text("\n".join(lines))
    (tmp_path / f"{HOSTILE}.tsv").write_text(f"John\tS\n{HOSTILE}\n")
    value = json.dumps(f"x\nFORGED{HOSTILE}")
    (tmp_path / f"{HOSTILE}.toml").write_text(
        f"[data]\ntrain = {value}\nformat = {value}\n[model]\n{value} = 1\n".replace("\\u007f", "\x7f"),
    )
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "check {}.jsonl", "check {}.tsv", "check {}.toml", "check {}.jsonl --format json", "init {}.tsv",
        "init {}.jsonl", "evaluate bundle {}.jsonl", "evaluate bundle {}.jsonl --format json",
        "evaluate bundle {}.tsv", "compare bundle bundle {}.jsonl", "compare bundle bundle {}.jsonl --format json",
        "inspect bundle --input {}.jsonl", "inspect bundle --sentence {}", "inspect --layer {}",
        "inspect bundle --input {}.jsonl --format json", "predict bundle --input {}.jsonl",
        "predict bundle --input {}", "predict {} text", "convert {}.tsv -", "convert {}.jsonl {}.csv",
        "train {}.toml", "train {}", "sweep {}.toml", "sweep {} --status", "report {}", "data fetch {}",
        "config {}", "bench {}", "train {}.toml --set model.x={}",
    ],
)  # fmt: skip
def test_no_command_prints_a_control_character_or_a_line_of_a_stranger(command):
    printed = tagger(*command.replace("{}", HOSTILE).split(" "))

    assert not RAW.search(printed)
    assert not re.search("^FORGED", printed, re.MULTILINE)
    assert re.search(r"\\x1b|\\u001b|\?\[2", printed)


def test_the_config_of_init_holds_hostile_names_and_tags_as_values_and_comments():
    result = CliRunner().invoke(app, ["init", f"{HOSTILE}.jsonl"], prog_name="tagger")
    config = tomllib.loads(result.stdout)

    assert config["data"]["train"] == f"{HOSTILE}.jsonl"
    assert set(config) == {"data", "features", "model", "training"}


@pytest.mark.parametrize(
    "arguments", [[f"--{HOSTILE}\nFORGED"], [f"{HOSTILE}\nFORGED"], ["predict", f"--{HOSTILE}\nFORGED"]]
)
def test_usage_errors_are_escaped(arguments, capsys):
    with pytest.raises(SystemExit, match="2"), escaping_messages():
        app(arguments, prog_name="tagger")

    error = capsys.readouterr().err
    assert not RAW.search(error)
    assert not re.search("^FORGED", error, re.MULTILINE)


@pytest.mark.parametrize("option", ["--input", "--output"])
def test_a_file_name_with_a_line_end_is_refused(option):
    assert tagger("predict", "bundle", option, "a\nhint: b") == (
        "error: a\\nhint: b: a file name with a line end cannot be used\n\nhint: rename the file\n"
    )


def test_whatever_writes_to_standard_error_is_escaped_and_a_bar_can_still_draw(capsys):
    with escaping_messages():
        print(f"a\tb {HOSTILE}", file=sys.stderr)
        terminal_text.drawing_stream().write("\x1b[1A")

    assert capsys.readouterr().err == f"a\tb {ESCAPED}\n\x1b[1A"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_data_is_escaped_on_a_terminal_only(monkeypatch, capsys):
    ours, terminal = os.openpty()
    with output(None) as file:
        file.write(f"{HOSTILE}\t1\n")
    assert capsys.readouterr().out == f"{HOSTILE}\t1\n"

    with os.fdopen(terminal, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with output(None) as file:
            file.write(f"{HOSTILE}\u0645\n")
        assert os.read(ours, 999).decode() == f"{ESCAPED}\u0645\r\n"
    os.close(ours)


def test_tables_are_escaped_wherever_they_go_and_json_keeps_its_value(capsys):
    print_data(f"a\t{HOSTILE}\nb")
    assert capsys.readouterr().out == f"a\t{ESCAPED}\nb\n"

    print_json({"a": f"{HOSTILE}\ud800é"})
    printed = capsys.readouterr().out
    assert not RAW.search(printed)
    assert json.loads(printed) == {"a": f"{HOSTILE}\ud800é"}
    assert "é" in printed


def test_the_traceback_of_debug_is_escaped(capsys):
    @reported
    def fail(debug: bool) -> None:
        raise TaggerError(f"{HOSTILE}\nFORGED", f"b\nFORGED{HOSTILE}")

    with pytest.raises(Exception, match="1"):
        fail(debug=True)

    error = capsys.readouterr().err
    assert error.endswith(f"error: {ESCAPED}\\nFORGED\n\nhint: b\\nFORGED{ESCAPED}\n")
    assert not RAW.search(error)


def test_letters_of_all_scripts_tab_and_line_ends_of_a_layout_stay():
    text = "كلب\tשלום\n한국어 é 🦊 zero\u200bwidth \u200f"

    assert escaped(text) == text
    assert one_line("a\tb\nc\r") == r"a\tb\nc\r"
    assert message("2 problems\n  one\ntwo") == "2 problems\n  one\\ntwo"


@pytest.mark.parametrize("name", ["my run", "a'b", '$(touch x)`y`"', "-x;y", "a\nb\t'\\", "\x1b[31m", "*?~", ""])
def test_a_shell_reads_the_words_of_a_command_line_as_they_were(name):
    command = command_line("printf", "%s", name)

    assert not re.search("[\x00-\x1f]", command)
    if RAW.search(name) or "\n" in name:
        words = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
        assert words == name
    else:
        assert shlex.split(command) == ["printf", "%s", name]

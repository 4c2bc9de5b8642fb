"""Every command with every kind of thing in its place: the message, and the command that is right."""

import os
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tagger.cli import app
from tagger.option_names import in_options
from tests.bundles import save_words_bundle

DATA = "John\tS\nloves\tV\n\nJane\tO\n"
CONFIG = '[data]\ntrain = "{}/train.tsv"\ndev = 0.5\ntest = "{}/test.tsv"\n'
INIT = "tagger init {} > mine-2.toml && tagger train mine-2.toml"
FILE = "a data file has a token, a TAB and its tag on each line, and a blank line between sentences"
RESUME = "tagger train runs/broken/config.toml --run runs/broken --resume"
AGAIN = "tagger train runs/good/config.toml --run runs/good-again"
BEST_AGAIN = "tagger train runs/many/best/config.toml --run runs/many/best-again"

# Hints by operand, for each kind that a command expects. `*` is the command as typed, with the operand replaced by what
# follows the star. Operands that are not listed are accepted.
OF_MODELS = {
    "mine.toml": "`tagger train mine.toml` makes one, then `*runs/mine`",
    "many.toml": "*runs/many/best",
    "runs/good/config.toml": "*runs/good",
    "runs/good/bundle/tagger.onnx": "*runs/good",
    "runs/many": "*runs/many/best",
    "runs/broken": RESUME,
    "runs": "*runs/good",
    "texts": "*runs/good",
    "nothing": "*runs/good",
    "runs/god": "*runs/good",
    "god": "*runs/good",
    "absent": "*runs/good",
    "empty.tsv": "*runs/good",
}
OF_DATA = {
    "mine.toml": "*{home}/test.tsv",
    "many.toml": "*{home}/test.tsv",
    "runs/good/config.toml": "*{home}/test.tsv",
    "runs/good": "*{home}/test.tsv",
    "runs/good/bundle": "*{home}/test.tsv",
    "runs/many": "*{home}/test.tsv",
    "runs/broken": "*{home}/test.tsv",
    "texts": "*texts/dev.tsv",
    "nothing": "*test.tsv",
    "runs": "*test.tsv",
    "trian.tsv": "*train.tsv",
    "absent": FILE,
    "empty.tsv": FILE,
}
OF_FILES = {
    "runs/good": "tagger check runs/good/config.toml",
    "runs/good/bundle": "tagger check runs/good/config.toml",
    "runs/many": "tagger check runs/many/best/config.toml",
    "runs/broken": "tagger check runs/broken/config.toml",
    "many.toml": "tagger sweep many.toml --dry-run",
    "texts": "*texts/dev.tsv texts/train.tsv",
    "nothing": "*test.tsv train.tsv",
    "trian.tsv": "*train.tsv",
    "absent": FILE,
    "empty.tsv": FILE,
}
OF_CONFIGS = {
    "train.tsv": INIT.format("train.tsv"),
    "runs/good": AGAIN,
    "runs/good/bundle": AGAIN,
    "runs/good/bundle/tagger.onnx": AGAIN,
    "texts": INIT.format("texts/train.tsv"),
    "nothing": INIT.format("train.tsv"),
    "ewt:train": INIT.format("ewt:train"),
}
COMMANDS = {
    "tagger train X --dry-run": OF_CONFIGS
    | {
        "many.toml": "tagger sweep many.toml",
        "runs/many": BEST_AGAIN,
        "runs/broken": RESUME,
        "mine.tml": "*mine.toml",
        "mine": "*mine.toml",
        "absent": "*mine.toml",
        "empty.toml": "*mine.toml",
    },
    "tagger sweep X --dry-run": OF_CONFIGS
    | {
        "mine.toml": "`tagger train mine.toml` trains it once; "
        'a sweep\'s file has base = "mine.toml" and a [sweep.space]',
        "runs/many": "*many.toml",
        "runs/broken": RESUME,
        "mny.toml": "*many.toml",
        "absent": "*many.toml",
        "empty.toml": "*many.toml",
    },
    "tagger predict X 'John loves' --best 2": OF_MODELS | {"train.tsv": "tagger predict runs/good --input train.tsv"},
    "tagger predict X": {"John loves": "tagger predict runs/good 'John loves'"},
    "tagger predict runs/good --input X": {
        key: hint for key, hint in OF_DATA.items() if not key.endswith((".toml", "empty.tsv"))
    },
    "tagger predict runs/good --input=X": {"texts": "tagger predict runs/good --input=texts/dev.tsv"},
    "tagger evaluate X test.tsv": OF_MODELS | {"train.tsv": "*runs/good"},
    "tagger evaluate X runs/good": {"train.tsv": "tagger evaluate runs/good train.tsv"},
    "tagger evaluate runs/good X": OF_DATA
    | {
        "runs/good": "tagger compare runs/good runs/good test.tsv",
        "runs/good/bundle": "tagger compare runs/good runs/good/bundle test.tsv",
    },
    "tagger compare X runs/good test.tsv": OF_MODELS | {"train.tsv": "*runs/good"},
    "tagger compare runs/good X test.tsv": OF_MODELS,
    "tagger compare runs/good runs/good X": OF_DATA,
    "tagger report X": OF_MODELS
    | {"runs/good/bundle": "*runs/good", "train.tsv": "tagger evaluate runs/good train.tsv"},
    "tagger inspect X": {
        key: hint for key, hint in OF_MODELS.items() if key not in ("mine.toml", "runs/good/config.toml")
    }
    | {"mine.tml": "*mine.toml", "train.tsv": "tagger inspect runs/good --input train.tsv"},
    "tagger bench X": {"train.tsv": "tagger bench runs/good --input train.tsv", "absent": "*runs/good"},
    "tagger check X": OF_FILES | {"mine.tml": "*mine.toml"},
    "tagger init X": OF_FILES
    | {"mine.toml": "tagger check mine.toml", "runs/good/config.toml": "tagger check runs/good/config.toml"},
    "tagger convert X out.tsv": OF_DATA,
    "tagger train mine.toml --from X": OF_MODELS | {"train.tsv": "*runs/good", "mine.toml": OF_MODELS["mine.toml"]},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder with one of each kind."""
    home: Path = tmp_path_factory.mktemp("home").resolve()
    config = CONFIG.format(home, home)
    for name in ("texts/train.tsv", "texts/dev.tsv", "train.tsv", "test.tsv"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(DATA)
    (home / "nothing").mkdir()
    (home / "mine.toml").write_text(config)
    (home / "many.toml").write_text('base = "mine.toml"\n[sweep.space]\n"model.cell" = ["lstm", "gru"]\n')
    (home / "empty.tsv").touch()
    (home / "empty.toml").touch()
    save_words_bundle(home / "runs" / "good" / "bundle")
    for name, content in (("config.toml", config), ("log.txt", "")):
        (home / "runs" / "good" / name).write_text(content)
    (home / "runs" / "many").mkdir()
    (home / "runs" / "many" / "status.json").write_text("{}")
    shutil.copytree(home / "runs" / "good", home / "runs" / "many" / "best")
    shutil.copytree(home / "runs" / "good", home / "runs" / "broken", ignore=shutil.ignore_patterns("bundle"))
    return home


def run(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command)[1:], prog_name="tagger")


@pytest.mark.parametrize(
    ("command", "thing", "hint"),
    [(command, thing, hint) for command, hints in COMMANDS.items() for thing, hint in hints.items()],
)
def test_the_hint_for_a_wrong_operand_is_a_command_that_works(home, monkeypatch, command, thing, hint):
    monkeypatch.chdir(home)
    before, after = command.split("X")

    result = run(f"{before}{shlex.quote(thing)}{after}")

    error, _, suggested = result.stderr.strip().partition("\n\nhint: ")
    assert (result.exit_code, result.stdout) == (1, "")
    assert error.startswith(f"error: {thing}: ")
    assert "\n" not in error
    start, star, meant = hint.format(home=home).partition("*")
    behind = "`" if meant.endswith("`") else ""
    assert suggested == (f"{start}{before}{meant.rstrip('`')}{after}{behind}" if star else start)


def test_the_operand_that_a_hint_suggests_is_accepted(home, monkeypatch):
    """The hints of the table lead to commands that end well, but for those that train or need more."""
    monkeypatch.chdir(home)
    mistaken = (
        *(
            "train mine.tml --dry-run",
            "sweep mny.toml --dry-run",
            "predict runs/many John",
            "evaluate test.tsv runs/good",
        ),
        *(
            "predict runs/good --input texts",
            "evaluate runs/good runs/good",
            "check texts",
            "init texts",
            "inspect god",
        ),
        "convert texts -",
    )
    hints = {run(f"tagger {words}").stderr.strip().partition("\n\nhint: ")[2] for words in mistaken}

    assert {hint: run(hint).exit_code for hint in hints} == dict.fromkeys(hints, 0)


def test_a_hint_says_how_to_train_a_tagger_if_there_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("John loves Jane\n")

    absent, sentence, text = (run(f"tagger predict {words}") for words in ("model", "'John loves'", "in.txt"))

    assert absent.stderr.endswith("\n\nhint: `tagger train CONFIG` makes one in runs/\n")
    makes = ", where MODEL is a run folder; `tagger train CONFIG` makes one in runs/\n"
    assert sentence.stderr.endswith(f"\n\nhint: tagger predict MODEL 'John loves'{makes}")
    assert text.stderr.endswith(f"\n\nhint: tagger predict MODEL --input in.txt{makes}")


def test_a_stream_is_accepted_unchecked(home, monkeypatch):
    monkeypatch.chdir(home)
    os.mkfifo(home / "pipe")

    assert "is a stream" in run("tagger init pipe").stderr


def test_an_impossible_file_name_is_a_missing_file(home, monkeypatch):
    monkeypatch.chdir(home)

    result = run(f"tagger train {'x' * 300}")

    assert (result.exit_code, result.stderr.partition("\n")[0][-24:]) == (1, "x: there is no such file")


def test_a_sentence_that_is_the_name_of_a_file_is_tagged_with_a_warning(home, monkeypatch):
    monkeypatch.chdir(home)

    result = run("tagger predict runs/good John train.tsv")

    assert (result.exit_code, result.stdout.count("\n")) == (0, 2)
    assert result.stderr == (
        "warning: train.tsv is tagged as a sentence, but is also a file; --input train.tsv tags its content\n"
    )


# Keys of a config in messages of commands that have none


def test_options_of_data_files_are_refused_with_a_config(home):
    result = run(f"tagger check {home / 'mine.toml'} --tag 0")

    assert result.exit_code == 2
    assert "a config has data.token instead" in " ".join(result.stderr.split())


def test_keys_are_named_as_options_only_if_the_command_has_them():
    text = 'data.tag in the config says which; data.format = "csv", data.group, runs/data.tag, data.token = 1'

    of_convert = in_options(["token", "tag", "from_format"])
    assert of_convert(text) == "--tag says which; --from csv, data.group, runs/data.tag, --token 1"
    assert in_options(["input_format"])("data.format and data.tag") == "--input-format and data.tag"
    assert in_options(["config", "settings"])(text) == text


def test_the_column_of_a_head_is_named_as_the_option_tag():
    text = "give an index: heads.pos.tag = 3, or set heads.intent.label, not heads.pos"

    assert in_options(["tag"])(text) == "give an index: --tag 3, or set --tag, not heads.pos"
    assert in_options(["tag", "head"])(text) == "give an index: --head pos --tag 3, or set --tag, not heads.pos"
    assert in_options(["tag"])("data.label = 1, not data.labels") == "--tag 1, not data.labels"
    assert in_options(["settings"])(text) == text


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("predict runs/good --input latin.txt --encoding utf-8", "--encoding latin-1"),
        ("predict runs/good --input latin.tsv --encoding utf-8", "--encoding latin-1"),
        ("convert latin.tsv - --encoding utf-8", "--encoding latin-1"),
        ("convert same.tsv - --token 0 --tag 0", "--token 1"),
        ("predict runs/good --input latin.tsv --encoding none", "--encoding: unknown encoding"),
    ],
)
def test_a_message_names_the_options_of_the_command(home, monkeypatch, command, option):
    monkeypatch.chdir(home)
    for name in ("latin.txt", "latin.tsv"):
        (home / name).write_bytes("é\tX\n".encode("latin-1"))
    (home / "same.tsv").write_text(DATA)

    result = run(f"tagger {command}")

    assert result.exit_code == 1
    assert option in result.stderr
    assert "data." not in result.stderr
    for name in ("latin.txt", "latin.tsv", "same.tsv"):
        (home / name).unlink()

"""The commands that train nothing, as a user calls them."""

import gzip
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner, Result

from tagger.cli import app
from tagger.cli.options import complete_data_set, complete_key, complete_setting
from tagger.corpus.layout import Layout
from tagger.tagging import windows
from tagger.tagging.tagger import Tagger
from tests import ROOT
from tests.bundles import save_heads_bundle, save_numbers_bundle, save_words_bundle

CONFIGS = ROOT / "configs"
COMMANDS = [
    *("init", "check", "convert", "data"),
    *("train", "sweep", "config"),
    *("predict", "serve", "evaluate", "compare"),
    *("inspect", "report", "bench"),
]
TAGGER = [sys.executable, "-m", "tagger"]
# Unbuffered output would hide where a flush is missing.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(save_words_bundle(tmp_path_factory.mktemp("model") / "bundle").parent)


@pytest.fixture(scope="module")
def upos_model(tmp_path_factory) -> str:
    return str(save_words_bundle(tmp_path_factory.mktemp("model") / "bundle", Layout(format="conllu")))


@pytest.fixture(scope="module")
def numbers_model(tmp_path_factory) -> str:
    return str(save_numbers_bundle(tmp_path_factory.mktemp("model") / "bundle"))


@pytest.fixture(autouse=True)
def log() -> Iterator[logging.Logger]:
    """The package's logger, which a command sets up for its process, as it was."""
    log = logging.getLogger("tagger")
    handlers, level = log.handlers[:], log.level
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


def tagger(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, prog_name="tagger")


def in_shell(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A shell command in which `tagger` is ours, and $1, $2, … are the arguments."""
    script = f'tagger() {{ "{sys.executable}" -m tagger "$@"; }}; {command}'
    command_line = ["bash", "-c", script, "bash", *arguments]
    return subprocess.run(command_line, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)


@contextmanager
def started(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", IO[str], IO[str]]]:
    """A process with pipes at both ends, which is killed should it hang."""
    with subprocess.Popen(
        [*TAGGER, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            yield process, process.stdin, process.stdout
        finally:
            watchdog.cancel()
            process.kill()


# What goes in


def test_each_argument_is_a_sentence_on_a_line_of_its_own(model):
    result = tagger("predict", model, "John loves Jane", "", "NASA can't")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "John/S loves/V Jane/O\n\nNASA/S ca/O n't/O\n"


def test_standard_input_is_tagged_line_by_line_and_lines_stay_lines(model):
    for arguments in ([], ["--input", "-"]):
        result = tagger("predict", model, *arguments, stdin="John loves Jane\r\n\n  \nloves")

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "John/S loves/V Jane/O\n\n\nloves/V\n"


def test_lines_stay_in_order_over_more_than_one_window(model):
    n_lines = 2 * windows.WINDOW + 7
    lines = ["John " * (i % 4) + str(i) for i in range(n_lines)]

    result = tagger("predict", model, stdin="\n".join(lines))

    assert result.stdout.splitlines() == ["John/S " * (i % 4) + f"{i}/O" for i in range(n_lines)]


def test_a_line_is_tagged_before_the_next_one_arrives(model):
    with started("predict", model) as (process, stdin, stdout):
        for text, tagged in (
            ("John", "John/S\n"),
            ("loves Jane", "loves/V Jane/O\n"),
            ("", "\n"),
            ("NASA", "NASA/S\n"),
        ):
            print(text, file=stdin, flush=True)
            assert stdout.readline() == tagged
        remaining, words = process.communicate()

    assert (process.returncode, remaining, words) == (0, "", "")


def test_a_sentence_of_conllu_is_tagged_before_the_next_one_arrives(model):
    with started("predict", model, "--input", "-", "--input-format", "conllu") as (process, stdin, stdout):
        for _ in range(2):
            stdin.write("1\tJohn\t_\t_\t_\t_\t_\t_\t_\t_\n\n")
            stdin.flush()
            assert stdout.readline() == "John/S\n"
        process.communicate()

    assert process.returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "is_read_as"),
    [
        ("in.txt", "John loves\nJane\n", "text"),
        ("in.tsv", "John\t?\nloves\t?\n\nJane\t?\n", "columns"),
        ("in.csv", "form,tag\nJohn,?\nloves,?\n\nJane,?\n", "csv"),
        (
            "in.conllu",
            "1\tJohn\t_\t_\t_\t_\t_\t_\t_\t_\n2\tloves\t_\t_\t_\t_\t_\t_\t_\t_\n\n1\tJane\t_\t_\t_\t_\t_\t_\t_\t_\n",
            "conllu",
        ),
    ],
)
def test_the_format_of_a_file_is_recognised_and_logged(model, tmp_path, name, content, is_read_as):
    path = tmp_path / name
    path.write_text(content)

    result = tagger("predict", model, "--input", path)
    quiet = tagger("predict", model, "--input", path, "--quiet")

    assert result.stdout == quiet.stdout == "John/S loves/V\nJane/O\n"
    assert result.stderr == f"reading {path} as {is_read_as}; --input-format and --encoding override this\n"
    assert quiet.stderr == ""


def test_pretokenized_text_is_split_at_spaces_only(model):
    assert tagger("predict", model, "can't  stop.", "--pretokenized").stdout == "can't/O stop./O\n"


def test_a_tagger_of_numbers_reads_a_table_from_a_file_or_standard_input(numbers_model, tmp_path):
    table = "x,y,state\n5,0,?\n-5,0,?\n"
    path = tmp_path / "in.csv"
    path.write_text(table)

    from_file = tagger("predict", numbers_model, "--input", path)
    from_stdin = tagger("predict", numbers_model, "--input", "-", "--input-format", "csv", stdin=table)

    assert from_file.stdout == from_stdin.stdout == "5/high -5/low\n"


def test_text_for_a_tagger_of_numbers_is_an_error_with_a_hint(numbers_model):
    result = tagger("predict", numbers_model, "John loves Jane")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: this tagger reads numbers (columns x, y), not text: 'John loves Jane'\n\n"
        "hint: tagger predict MODEL --input FILE.csv\n"
    )


def test_a_file_without_a_sentence_is_a_warning_and_no_error(model, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("token,tag\n")

    result = tagger("predict", model, "--input", path, "--quiet")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"warning: {path}: no sentence found\n")


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_script_without_spaces_gets_one_warning(model, quiet):
    result = tagger("predict", model, *quiet, stdin="John\n我爱北京\n我爱你\n")

    assert result.stdout == "John/S\n我爱北京/O\n我爱你/O\n"
    assert result.stderr.count("warning: ") == 1
    assert ":2: a script without spaces between words" in result.stderr
    assert "--pretokenized" in result.stderr


# What comes out


def test_all_output_formats_hold_the_same_tags(model):
    outputs = {name: tagger("predict", model, "John loves", "--format", name).stdout for name in FORMATS}

    assert "the tags are in MISC, as Tag=TAG" in tagger("predict", model, "John", "--format", "conllu").stderr
    assert outputs["text"] == "John/S loves/V\n"
    assert outputs["tsv"] == "John\tS\nloves\tV\n\n"
    assert outputs["conllu"] == "1\tJohn" + 7 * "\t_" + "\tTag=S\n2\tloves" + 7 * "\t_" + "\tTag=V\n\n"
    assert json.loads(outputs["jsonl"]) == {
        "tokens": ["John", "loves"],
        "tags": ["S", "V"],
        "spans": None,
        "offsets": [[0, 4], [5, 10]],
        "confidence": None,
    }


FORMATS = ("text", "tsv", "jsonl", "conllu")


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_output_format_can_hold_confidence(model, output_format):
    result = tagger("predict", model, "Jane", "--format", output_format, "--confidence")

    assert "0.909" in result.stdout  # 1 / (1 + 2 / e³), as the bias of O is 3, and of S and V 0


def test_the_best_sequences_are_written_with_their_probabilities(model, tmp_path):
    """O of `Jane` has 1 / (1 + 2 / e³); S and V have the same."""
    (tmp_path / "in.txt").write_text("Jane\n\nJane\n")
    one, two = "0.9094\tJane/O\n0.04528\tJane/S\n\n", "1\t\n\n"

    for result in (
        tagger("predict", model, "Jane", "", "Jane", "--best", 2),
        tagger("predict", model, "--best", 2, stdin="Jane\n\nJane\n"),
        tagger("predict", model, "--best", 2, "--input", tmp_path / "in.txt", "--quiet"),
    ):
        assert (result.exit_code, result.stderr, result.stdout) == (0, "", one + two + one)
    as_json = json.loads(tagger("predict", model, "Jane", "--best", 2, "--format", "jsonl").stdout)
    assert [(best["tags"], best["probability"]) for best in as_json["best"]] == [(["O"], 0.9094), (["S"], 0.04528)]


def test_the_best_sequences_do_not_go_into_conllu(model):
    result = tagger("predict", model, "Jane", "--best", 2, "--format", "conllu")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "--best needs --format text, tsv or jsonl; conllu has one tag per token" in " ".join(result.stderr.split())


def test_only_the_tags_of_conllu_change(upos_model, tmp_path):
    text = (
        "# sent_id = 1\n1-2\tJohnloves\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "1\tJohn\tjohn\t?\tNNP\tCase=Nom\t2\tnsubj\t2:nsubj\tA=1|B\n"
        "2\tloves\tlove\t?\tVBZ\t_\t0\troot\t0:root\t_\n"
        "2.1\tthe\tthe\tDET\t_\t_\t_\t_\t_\t_\n\n"
    )
    path = tmp_path / "in.conllu"
    path.write_text(text)

    result = tagger("predict", upos_model, "--input", path, "--format", "conllu")

    assert result.stdout == text.replace("?", "S", 1).replace("?", "V", 1)


def test_output_is_utf_8_in_every_locale(model, tmp_path):
    (tmp_path / "gold.tsv").write_text("Жена\t主\nи\tO\n", encoding="utf-8")
    command = 'export PYTHONIOENCODING=latin-1; tagger predict "$1" "Жена 😀" && tagger evaluate "$1" "$2"'

    done = in_shell(command, model, str(tmp_path / "gold.tsv"))

    assert done.returncode == 0
    assert "tags that train lacks count as errors: \\u4e3b (1)\n" in done.stderr
    assert done.stdout.startswith("Жена/O 😀/O\n")
    assert "\n主" in done.stdout


def test_output_goes_to_a_file_and_nowhere_else(model, tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("before")

    result = tagger("predict", model, "John loves Jane", "--output", path)

    assert (result.exit_code, result.output) == (0, "")
    assert path.read_text() == "John/S loves/V Jane/O\n"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("arguments", [["John loves"], ["--input", "-"]])
def test_output_named_gz_is_compressed_to_the_same_bytes_each_time(model, tmp_path, arguments):
    for name in "one.txt.gz", "two.TXT.GZ":
        assert tagger("predict", model, *arguments, "--output", tmp_path / name, stdin="John loves\n").exit_code == 0

    assert gzip.decompress((tmp_path / "one.txt.gz").read_bytes()) == b"John/S loves/V\n"
    assert (tmp_path / "one.txt.gz").read_bytes() == (tmp_path / "two.TXT.GZ").read_bytes()


def test_tagged_and_untagged_slash_text_is_tagged(model):
    result = tagger("predict", model, "--input-format", "slash", stdin="John/X loves/X\nJane  a/b/X\n")

    assert result.stdout == "John/S loves/V\nJane/O a/b/O\n"


@pytest.mark.parametrize(
    ("name", "text", "tagged"), [("in.txt", "é 主\n", "é/O 主/O\n"), ("in.tsv", "é\n主\n", "é/O 主/O\n")]
)
def test_input_in_another_encoding_is_tagged(model, tmp_path, name, text, tagged):
    path = tmp_path / name
    path.write_text(text, encoding="gb18030")

    assert tagger("predict", model, "--input", path, "--encoding", "gb18030", "--pretokenized").stdout == tagged
    result = tagger("predict", model, "--input", path)
    assert f"{path}: the encoding is not recognised" in result.stderr
    assert "hint: choose the one with the right words: --encoding NAME" in result.stderr


def test_an_unknown_encoding_is_an_error(model):
    result = tagger("predict", model, "--encoding", "utf-9", stdin="John\n")

    assert result.exit_code == 1
    assert "unknown encoding 'utf-9'" in result.stderr


def test_a_file_may_be_its_own_output(model, tmp_path):
    path = tmp_path / "in.txt"
    path.write_text("John loves Jane\n")

    tagger("predict", model, "--input", path, "--output", path)

    assert path.read_text() == "John/S loves/V Jane/O\n"


def test_output_to_a_link_goes_to_its_target(model, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/out.txt")

    tagger("predict", model, "John", "--output", tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "out.txt").read_text() == "John/S\n"
    assert os.listdir(tmp_path / "there") == ["out.txt"]


@pytest.mark.parametrize("is_there", [True, False])
def test_an_error_in_the_input_leaves_the_output_file_unchanged(model, tmp_path, monkeypatch, is_there):
    monkeypatch.setattr(windows, "WINDOW", 1)  # so that the first sentence is written when the error comes
    source, path = tmp_path / "in.conllu", tmp_path / "out.txt"
    source.write_text("1\tJohn\t_\t_\t_\t_\t_\t_\t_\t_\n\n2\tloves\n\n")
    if is_there:
        path.write_text("before")

    result = tagger("predict", model, "--input", source, "--output", path)

    assert result.exit_code == 1
    assert f"error: {source}:3: expected 10 columns" in result.stderr
    assert path.exists() == is_there
    assert not is_there or path.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["in.conllu", "out.txt"][: 1 + is_there]


def test_sentences_before_an_error_in_standard_input_are_printed(model):
    text = "1\tJohn\t_\t_\t_\t_\t_\t_\t_\t_\n\n2\tloves\n\n"

    result = tagger("predict", model, "--input", "-", "--input-format", "conllu", stdin=text)

    assert (result.exit_code, result.stdout) == (1, "John/S\n")
    assert ":3: expected 10 columns" in result.stderr


@pytest.mark.parametrize(("path", "reason"), [("none/out.txt", "No such file or directory"), (".", "Is a directory")])
def test_an_output_that_cannot_be_written_is_named(model, tmp_path, path, reason):
    result = tagger("predict", model, "John", "--output", tmp_path / path)

    assert result.exit_code == 1
    assert result.stderr == f"error: {tmp_path / path}: cannot be written: {reason}\n"


# Streams that end, are full, or are closed


full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@full_device
@pytest.mark.parametrize(
    ("command", "what"),
    [
        ('tagger predict "$1" John >/dev/full', "standard output"),
        ('echo John | tagger predict "$1" >/dev/full', "standard output"),
        ('tagger predict "$1" John --output /dev/full', "/dev/full"),
        ('tagger evaluate "$1" data/svo/tiny.tsv >/dev/full', "standard output"),
        ("tagger train configs/svo.toml --dry-run --quiet >/dev/full", "standard output"),
        ("tagger --version >/dev/full", "standard output"),
    ],
)
def test_a_full_disk_is_an_error_that_names_what_is_full(model, command, what):
    done = in_shell(command, model)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(f"error: {what}: cannot be written: No space left on device\n")


def test_a_closed_pipe_ends_the_command_quietly(model):
    with started("predict", model) as (process, stdin, stdout):
        print("John", file=stdin, flush=True)
        assert stdout.readline() == "John/S\n"
        stdout.close()
        print("Jane", file=stdin)
        stdin.close()
        assert process.stderr
        assert process.stderr.read() == ""

    assert process.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
def test_a_request_to_stop_while_waiting_for_input_exits_with_the_code_of_its_signal(model, number, code):
    with started("predict", model) as (process, stdin, stdout):
        print("John", file=stdin, flush=True)
        assert stdout.readline() == "John/S\n"
        process.send_signal(number)
        assert process.stderr
        assert process.stderr.read() == "interrupted\n"

    assert process.returncode == code


@pytest.mark.parametrize("texts", ["John", ""])
def test_a_closed_standard_input_is_empty(model, texts):
    done = in_shell(f'tagger predict "$1" {texts} <&-', model)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("John/S\n" if texts else "")


def test_a_closed_standard_output_is_no_bug(model, tmp_path):
    done = in_shell(
        'tagger predict "$1" John --output "$2" >&- && tagger predict "$1" John >&-', model, str(tmp_path / "out")
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out").read_text() == "John/S\n"


def test_messages_never_go_to_standard_output_even_if_standard_error_is_closed(model, tmp_path):
    (tmp_path / "in.txt").write_text("John\n")

    done = in_shell(
        'tagger predict "$1" --input "$2" 2>&-; tagger predict none John 2>&-', model, str(tmp_path / "in.txt")
    )

    assert (done.returncode, done.stdout) == (1, "John/S\n")


@pytest.mark.parametrize(("texts", "words"), [(["John"], b""), ([], b"reading sentences from the terminal")])
def test_reading_from_the_terminal_is_logged(model, texts, words):
    ours, its = pty.openpty()
    try:
        os.write(ours, b"\x04")  # Ctrl-D
        command_line = [*TAGGER, "predict", model, *texts]
        done = subprocess.run(command_line, cwd=ROOT, env=ENVIRONMENT, stdin=its, capture_output=True, timeout=60)
    finally:
        os.close(ours)
        os.close(its)

    assert (done.returncode, done.stdout) == (0, b"John/S\n" if texts else b"")
    assert done.stderr.startswith(words)
    assert bool(done.stderr) == bool(words)


# Evaluation


def test_evaluate_counts_what_can_be_counted_by_hand(model, tmp_path):
    path = tmp_path / "gold.tsv"
    path.write_text("John\tS\nloves\tV\nJane\tO\n\nNASA\tO\nwaits\tV\n")

    text, as_json = tagger("evaluate", model, path), tagger("evaluate", model, path, "--format", "json")

    scores = json.loads(as_json.stdout)
    assert (text.exit_code, as_json.exit_code) == (0, 0)
    for done in (text, as_json):
        assert "does not beat a baseline: its accuracy is 0.6000, the baseline's 1.0000 (each word's" in done.stderr
    assert (scores["sentences"], scores["tokens"], scores["accuracy"]) == (2, 5, 3 / 5)
    assert scores["tags"]["V"] == {"accuracy": 0.5, "precision": 1.0, "recall": 0.5, "f1": 2 / 3, "support": 2}
    assert re.search(r"^accuracy +0\.6000  0\.\d{4} to \d\.\d{4}  of 5 tokens$", text.stdout, re.MULTILINE)


# Training that does not begin


def test_a_dry_run_of_the_smallest_config_shows_layers_that_can_be_counted_by_hand():
    result = tagger("train", CONFIGS / "svo-tiny.toml", "--dry-run")

    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["words", "(batch,", "time,", "4)", "0"] in rows
    assert ["lstm_1", "(batch,", "time,", "3)", "96"] in rows
    assert ["head", "(batch,", "time,", "3)", "12"] in rows
    assert ["all", "108"] in rows
    assert "2 sentences         6 tokens" in result.stderr


def test_a_dry_run_adds_up_its_layers_and_makes_no_run_folder(tmp_path):
    result = tagger("train", CONFIGS / "svo.toml", "--dry-run", "--run", tmp_path / "run", "--quiet")

    assert (result.exit_code, result.stderr) == (0, "")
    table = result.stdout.split("parameters\n")[1].split("\n\n")[0].splitlines()
    *layers, total = [int(line.split()[-1].replace(",", "")) for line in table]
    affixes = [f"{kind}_{length}" for length in (1, 2, 3, 4) for kind in ("prefix", "suffix")]
    assert [line.split()[0] for line in table] == ["words", "casing", *affixes, "shape", "lstm_1", "head", "all"]
    assert layers[-2] == 2 * 4 * (100 + 100 + 7 + 9 * 16 + 1) * 100
    assert total == sum(layers)
    megabytes = float(result.stdout.split(" MiB of data")[0].split()[-1])
    assert megabytes >= 28_901 * 2 * 4 / 2**20  # of each step its form and its tag
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_hint_says_how_to_set_the_path_of_missing_data(tmp_path, options):
    config = tmp_path / "mine.toml"
    config.write_text('[data]\ntrain = "train.tsv"\n')

    result = tagger("train", config, "--run", tmp_path / "run", *options)

    assert (result.exit_code, result.stdout) == (1, "")
    error, hint = result.stderr.split("\n\n")
    assert error == f"error: {tmp_path}/train.tsv: there is no such file (data.train)"
    assert "--set data.train=" in hint
    assert not (tmp_path / "run").exists()


def test_an_existing_run_folder_is_kept_and_the_hint_says_how_to_replace_it(tmp_path):
    (tmp_path / "metrics.json").write_text("{}")

    result = tagger("train", CONFIGS / "svo-tiny.toml", "--run", tmp_path)

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {tmp_path}: exists already\n\nhint: --overwrite replaces that run, --run DIR uses another folder\n"
    )
    assert (tmp_path / "metrics.json").read_text() == "{}"


def test_resuming_a_finished_run_is_no_error(tmp_path):
    save_words_bundle(tmp_path / "run" / "bundle")
    (tmp_path / "run" / "metrics.json").write_text("{}")

    result = tagger("train", CONFIGS / "svo-tiny.toml", "--run", tmp_path / "run", "--resume")

    assert (result.exit_code, result.stdout) == (0, "")
    assert f"{tmp_path / 'run'} is finished already; --overwrite trains it again" in result.stderr


def test_resume_and_overwrite_exclude_each_other(tmp_path):
    result = tagger("train", CONFIGS / "svo-tiny.toml", "--run", tmp_path / "run", "--resume", "--overwrite")

    assert result.exit_code == 2
    assert "--resume and --overwrite exclude each other" in result.stderr


def test_a_dry_run_shows_class_weights_and_a_tag_that_train_lacks_is_an_error():
    dry = ("train", CONFIGS / "svo-tiny.toml", "--dry-run", "--set")
    weights, unknown = tagger(*dry, "training.class_weights={ O = 0.5 }"), tagger(*dry, "training.class_weights.X=2")

    assert "weights   S 1, V 1, O 0.5\n" in weights.stdout
    assert unknown.exit_code == 1
    assert unknown.stderr.endswith(
        "error: training.class_weights: the network learns no tag `X`; its tags are O, S, V\n"
    )


# Exit codes, help and versions


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "{none}", "John"], "there is no such folder\n\nhint: `tagger train CONFIG` makes one"),
        (["predict", "{empty}", "John"], "holds no tagger"),
        (["predict", "{model}", "--input", "{none}"], "none: there is no such file\n\nhint: "),
        (["predict", "{model}", "--input", "{empty}"], "is a folder, not a file of sentences\n\nhint: "),
        (["evaluate", "{model}", "{none}"], "none: there is no such file\n\nhint: "),
        (["train", "{none}"], "none"),
    ],
)
def test_an_error_of_the_user_is_one_message_and_exit_code_1(model, tmp_path, arguments, words):
    places = {"none": tmp_path / "none", "empty": tmp_path, "model": model}

    result = tagger(*(argument.format(**places) for argument in arguments))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: " in result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_damaged_model_is_reported(tmp_path):
    (save_words_bundle(tmp_path / "bundle") / "tags.txt").write_text("X\nY\nZ\n")

    result = tagger("predict", tmp_path, "John")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "bundle/tags.txt: differs from its checksum in SHA256SUMS" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["predict"],
        ["predict", "{model}", "John", "--no-such-option"],
        ["predict", "{model}", "John", "--format", "xml"],
        ["predict", "{model}", "--input-format", "xml"],
        ["predict", "{model}", "John", "--threads", "-1"],
        ["predict", "{model}", "John", "--threads", "two"],
        ["evaluate", "{model}"],
        ["train"],
    ],
)
def test_a_wrong_command_line_exits_with_2_and_empty_standard_output(model, arguments):
    result = tagger(*(argument.format(model=model) for argument in arguments))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


@pytest.mark.parametrize("source", ["in.txt", "-"])
def test_sentences_as_arguments_exclude_an_input_file(model, source):
    result = tagger("predict", model, "John", "--input", source)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "TEXT cannot be combined with --input, --input-format, --token, --sentence or" in result.stderr


@pytest.mark.parametrize(("options", "has_traceback"), [([], False), (["--debug"], True)])
def test_our_bug_is_one_line_and_exit_code_70_with_a_traceback_only_with_debug(
    model, monkeypatch, options, has_traceback
):
    def broken(*arguments: object, **options: object) -> Tagger:
        raise RuntimeError("of ours\nand a second line")

    monkeypatch.setattr(Tagger, "load", broken)

    result = tagger("predict", model, "John", *options)

    message = "error: a bug in tagger: RuntimeError: of ours\n\nhint: --debug shows where; please report it\n"
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr.endswith(message)
    assert ("Traceback (most recent call last)" in result.stderr) == has_traceback
    assert has_traceback or result.stderr == message


@pytest.mark.parametrize(
    ("module", "exit_code", "message"),
    [
        ("keras", 1, "error: this command needs packages that are not installed: keras\n\nhint: "),
        ("tagger.inputs", 70, "error: a bug in tagger: ModuleNotFoundError: No module named 'tagger.inputs'\n"),
        ("tagger", 70, "error: a bug in tagger: ModuleNotFoundError: No module named 'tagger'\n"),
        ("taggers", 1, "error: this command needs packages that are not installed: taggers\n\nhint: "),
    ],
)
def test_a_missing_package_is_reported_and_a_missing_module_of_ours_is_a_bug(
    model, monkeypatch, module, exit_code, message
):
    def missing(*arguments: object, **options: object) -> Tagger:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(Tagger, "load", missing)

    result = tagger("predict", model, "John")

    assert result.exit_code == exit_code
    assert result.stderr.startswith(message)


def test_debug_shows_the_traceback_of_a_user_error_too(tmp_path):
    result = tagger("predict", tmp_path, "John", "--debug")

    assert result.exit_code == 1
    assert "TaggerError" in result.stderr
    assert "\nerror: " in result.stderr


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], ["train"], ["predict"], ["evaluate"]])
def test_help_goes_to_standard_output(command, option):
    result = tagger(*command, option)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: {' '.join(['tagger', *command])}")


def test_help_lists_every_command():
    lines = tagger("--help").stdout.splitlines()

    assert [line for line in lines if line and line[0] != " "][2:] == ["Your data:", "Train:", "Use:", "Look inside:"]
    listed = [line.split()[0] for line in lines[lines.index("Your data:") :] if re.match(r"  \w", line)]
    assert listed == COMMANDS
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "command", [*((name,) for name in COMMANDS if name != "data"), ("data", "list"), ("data", "fetch")]
)
def test_help_of_a_command_has_an_example_and_no_long_lines(command):
    lines = tagger(*command, "--help").stdout.splitlines()

    examples = lines[lines.index("Examples:") + 1 :]
    assert examples
    assert all(line.startswith(f"  tagger {' '.join(command)}") for line in examples)
    assert max(map(len, lines)) <= 80


def test_the_config_reference_is_the_one_that_the_command_prints():
    result = tagger("config", "--format", "markdown")

    assert result.exit_code == 0
    assert result.stdout == (ROOT / "configs" / "README.md").read_text(encoding="utf-8"), (
        "tagger config --format markdown > configs/README.md"
    )


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("model.layer_norm", "  Whether the input of each layer is normalised, from the second on."),
        ("layer_norm", "model.layer_norm = false"),
        ("model", "[model]"),
        ("seed", "data.seed = 1"),
        ("seed", "training.seed = 1"),
        ("sweep.sampler", 'sweep.sampler = "grid"'),
    ],
)
def test_a_config_key_is_described(key, line):
    assert line in tagger("config", key).stdout.splitlines()


def test_the_shell_completes_keys_settings_and_data_sets():
    assert complete_key("model.c") == ["model.cell"]
    assert complete_setting("model.u") == ["model.units="]
    assert complete_data_set("ew") == ["ewt"]


def test_a_lone_dash_is_standard_input(model):
    assert tagger("predict", model, "-", stdin="John loves Jane\n").stdout == "John/S loves/V Jane/O\n"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("model.unit", "model.unit: a config has no such key; did you mean `model.units`?"),
        ("lr", "lr: a config has no such key; did you mean `training.learning_rate`?"),
        ("zzz", "zzz: a config has no such key\n"),
    ],
)
def test_an_unknown_config_key_is_an_error_with_the_key_that_is_meant(key, message):
    result = tagger("config", key)

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_versions_are_listed_one_a_line():
    result = tagger("--version")

    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert names == ["tagger", "tensorflow", "keras", "onnxruntime", "numpy"]


def test_versions_are_listed_without_tensorflow(monkeypatch):
    def version(package: str) -> str:
        if package in ("tensorflow", "keras"):
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", version)

    result = tagger("--version")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == ["tagger 1.0", "tensorflow is not installed", "keras is not installed"]


def test_init_names_its_option_for_bad_rows(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("Paul\tPROPN\nsleeps\tVERB\n\n" * 10 + "Mary\n")

    failed, skipped = tagger("init", path), tagger("init", path, "--bad-rows", "skip")

    assert failed.exit_code == 1
    assert failed.stderr.endswith("\n\nhint: for a few such rows, --bad-rows skip skips them\n")
    assert skipped.exit_code == 0
    assert 'bad_rows = "skip"' in skipped.stdout
    assert "rows that cannot be read and are skipped: 1" in skipped.stderr


# Several heads


@pytest.fixture(scope="module")
def heads_model(tmp_path_factory) -> str:
    return str(save_heads_bundle(tmp_path_factory.mktemp("model") / "bundle"))


@pytest.fixture(scope="module")
def label_model(tmp_path_factory) -> str:
    return str(save_heads_bundle(tmp_path_factory.mktemp("model") / "bundle", ["intent"]))


def test_answers_of_all_heads_are_written_at_once(heads_model, tmp_path):
    (tmp_path / "in.txt").write_text("Ada plays\n\nThe end\n")
    lines = "play\tAda/NOUN/B-per/Ada plays/VERB/O/play\n\nother\tThe/X/O/the end/X/O/end\n"

    for result in (
        tagger("predict", heads_model, "Ada plays", "", "The end"),
        tagger("predict", heads_model, stdin="Ada plays\n\nThe end\n"),
        tagger("predict", heads_model, "--input", tmp_path / "in.txt", "--quiet"),
    ):
        assert (result.exit_code, result.stderr, result.stdout) == (0, "", lines)


@pytest.mark.parametrize("output_format", [*FORMATS, "csv"])
def test_label_alone_can_be_written_in_every_format(label_model, output_format):
    result = tagger("predict", label_model, "Ada plays", "--format", output_format, "--confidence")

    assert result.exit_code == 0
    assert "play" in result.stdout
    assert "0.731" in result.stdout  # 1 / (1 + 1 / e)


def test_the_best_sequences_need_a_head_of_tags(heads_model, label_model):
    ranked = tagger("predict", heads_model, "Ada", "--best", 2)
    refused = tagger("predict", label_model, "Ada", "--best", 2)

    assert [line.split("\t")[1:] for line in ranked.stdout.splitlines()[:2]] == [
        ["other", "Ada/NOUN/B-per/Ada"],
        ["other", "Ada/X/B-per/Ada"],
    ]
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--best ranks sequences of tags" in " ".join(refused.stderr.split())


def test_keys_of_misc_are_named_for_answers_that_have_no_field_of_conllu(heads_model):
    result = tagger("predict", heads_model, "Ada", "--format", "conllu")

    assert result.stdout == "# intent = other\n1\tAda\tAda\tNOUN" + 5 * "\t_" + "\tnames=B-per\n\n"
    assert "CoNLL-U: in MISC: names=…" in result.stderr

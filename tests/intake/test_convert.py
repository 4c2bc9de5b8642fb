"""`tagger convert`: from one format or scheme to another."""

import gzip
import io
import os
import subprocess
import sys
import tempfile

import pytest
from typer.testing import CliRunner

from tagger.cli import app

BIO = "Anna\tB-PER\nMaria\tI-PER\nsees\tO\nRome\tB-LOC\n\nParis\tB-LOC\nRome\tB-LOC\n"
TREE = (
    "# text = Dogs chase cats\n"
    "1\tDogs\t_\tNOUN\t_\tNumber=Plur\t2\tnsubj\t_\t_\n"
    "2\tchase\t_\tVERB\t_\t_\t0\troot\t_\t_\n"
    "3\tcats\t_\tNOUN\t_\tNumber=Plur\t2\tobj\t_\t_\n\n"
)


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """Run the command in a folder with `in.tsv`, `in.conllu` and `bar.csv`, and return its result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.tsv").write_text(BIO)
    (tmp_path / "in.conllu").write_text(TREE)
    (tmp_path / "bar.csv").write_text("token,tag\na b,X|Y\n")
    return lambda *arguments, stdin=None: CliRunner().invoke(app, ["convert", *arguments], input=stdin)


@pytest.mark.parametrize("name", ["out.tsv", "out.conllu", "out.jsonl", "out.csv", "out.txt"])
def test_a_round_trip_through_any_format_keeps_the_sentences(convert, tmp_path, name):
    assert convert("in.tsv", name).exit_code == 0
    back = ["--tag", "Tag"] if name == "out.conllu" else []
    assert convert(name, "back.tsv", *back).exit_code == 0
    assert (tmp_path / "back.tsv").read_text() == BIO + "\n"


@pytest.mark.parametrize(("name", "cells"), [("POS", ("PROPN", "_")), ("role", ("_", "role=PROPN"))])
def test_tags_go_to_upos_from_a_column_of_that_name_and_else_to_misc_with_a_message(convert, tmp_path, name, cells):
    (tmp_path / "in.csv").write_text(f"token,{name}\nPaul,PROPN\nsleeps,VERB\n\nAnn,PROPN\n")

    result = convert("in.csv", "-", "--to", "conllu")

    first = result.stdout.split("\n")[0].split("\t")
    assert (first[3], first[9]) == cells
    assert ("the tags are in MISC, as role=TAG" in result.stderr) == (name == "role")


def test_tags_are_written_in_the_requested_scheme(convert):
    result = convert("in.tsv", "-", "--scheme", "bioes")

    assert result.stdout == "Anna\tB-PER\nMaria\tE-PER\nsees\tO\nRome\tS-LOC\n\nParis\tS-LOC\nRome\tS-LOC\n\n"
    assert "scheme bio: 2 types" in result.stderr


@pytest.mark.parametrize(
    ("tags", "scheme", "expected"),
    [
        ("B-P L-P O U-L", "bioes", "B-P E-P O S-L"),
        ("B-P M-P E-P S-L", "bioes", "B-P I-P E-P S-L"),
        ("B-P I-P O I-L", "bio", "B-P I-P O B-L"),  # invalid tags are corrected
        ("I-P E-P O E-L", "bio", "B-P I-P O B-L"),
        ("I-P E-P O E-L", "ioe2", "I-P E-P O E-L"),
        ("P-B P-I O L-B", "bilou", "B-P L-P O U-L"),
        ("b_P i_P o b_L", "bmes", "B-P E-P O S-L"),
        ("BP IP O BL", "ioe1", "I-P I-P O I-L"),
        ("B-P I-P O B-L", "bmewo", "B-P E-P O W-L"),
    ],
)
def test_spans_in_any_notation_are_written_in_the_requested_scheme(convert, tags, scheme, expected):
    result = convert(
        "-", "-", "--scheme", scheme, "--to", "slash", stdin="".join(f"a\t{tag}\n" for tag in tags.split())
    )

    assert result.stdout.split() == [f"a/{tag}" for tag in expected.split()]


def test_trees_become_subjects_verbs_and_objects(convert):
    assert convert("in.conllu", "-", "--tag", "svo").stdout == "Dogs\tS\nchase\tV\ncats\tO\n\n"


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("in.tsv", "B-X\tto\nO\tgo\n", ["--tag", "0", "--token", "1"]),
        ("in.tsv", "1\tto\tB-X\n1\tgo\tO\n", ["--token", "1", "--sentence", "0"]),
        ("in.csv", "id,text,labels\n7,to go,B-X O\n", ["--token", "text", "--tag", "-1", "--per-row", "sentence"]),
        ("in.csv", "n,word,label\nA,to,B-X\n,go,O\n", ["--sentence", "n", "--token", "word", "--tag", "label"]),
    ],
)
def test_columns_are_chosen_as_in_a_config(convert, tmp_path, name, text, options):
    (tmp_path / name).write_text(text)

    assert convert(name, "-", *options).stdout == "to\tB-X\ngo\tO\n\n"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("in.tsv", "-DOCSTART- -X- O O\n\nto A B O\n", "not written: 2 other columns, document marks"),
        ("in.tsv", "to O\n", ""),
        ("in.csv", "token,pos,tag\nto,A,O\n", "not written: 1 other column"),
        ("in.csv", "sentence,token,tag\n1,to,O\n", ""),
        ("in.conllu", TREE, "not written: the other fields of CoNLL-U, its comments"),
        ("in.jsonl", '{"tokens": ["to"], "tags": ["O"]}\n', ""),
    ],
)
def test_content_that_is_not_written_is_logged(convert, tmp_path, name, text, line):
    (tmp_path / name).write_text(text)
    result = convert(name, "-")

    logged = [each for each in result.stderr.splitlines() if each.startswith("not written")]
    assert logged == ([line] if line else [])


def test_conllu_is_written_completely_to_conllu(convert):
    assert "not written" not in convert("in.conllu", "out.conllu").stderr


def test_errors_name_options(convert):
    result = convert("in.tsv", "-", "--token", "0", "--tag", "0")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: in.tsv: --tag and --token are the same column: 0\n\nhint: for example --token 1\n" in result.stderr
    result = convert("in.tsv", "-", "--per-row", "sentence")
    assert "--per-row sentence: only a table can have a sentence per row; --from csv reads one" in result.stderr


def test_a_key_of_feats_becomes_the_tag(convert):
    assert convert("in.conllu", "-", "--tag", "Number").stdout == "Dogs\tPlur\nchase\t_\ncats\tPlur\n\n"


def test_conllu_to_conllu_changes_nothing(convert, tmp_path):
    assert convert("in.conllu", "out.conllu").exit_code == 0
    assert (tmp_path / "out.conllu").read_text() == TREE


def test_conllu_to_conllu_changes_only_line_ends_and_the_byte_order_mark(convert, tmp_path):
    text = (
        "# newdoc id = d1\n\n\n# global.columns = ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC\n\n"
        "# sent_id = 1\n"
        "1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
        "1\tDo\tdo\tAUX\tVB\tMood=Imp\t3\taux\t3:aux\t_\n"
        "2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t3:advmod\tA=1|B|C=x=y\n"
        "# in the middle\n"
        "2.1\tyou\tyou\tPRON\tPRP\t_\t_\t_\t3:nsubj\tCopyOf=-1\n"
        "3\tgo\tgo\tVERB\tVB\t \t0\troot\t0:root\t_\n"
        "# at the end\n\n"
    )  # fmt: skip
    (tmp_path / "in.conllu").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert convert("in.conllu", "out.conllu").exit_code == 0
    assert (tmp_path / "out.conllu").read_bytes() == text.encode()


def test_a_compressed_file_is_read_and_written_by_its_suffix_before_gz(convert, tmp_path):
    with gzip.open("in.conllu.gz", "wt") as file:
        file.write(TREE)

    assert convert("in.conllu.gz", "out.jsonl.gz").exit_code == 0
    with gzip.open("out.jsonl.gz", "rt") as file:
        assert file.read() == '{"tokens": ["Dogs", "chase", "cats"], "tags": ["NOUN", "VERB", "NOUN"]}\n'
    assert sorted(os.listdir(tmp_path)) == ["bar.csv", "in.conllu", "in.conllu.gz", "in.tsv", "out.jsonl.gz"]


def test_compressed_output_has_the_same_bytes_each_time_and_no_file_name(convert, tmp_path, monkeypatch):
    convert("in.tsv", "one.jsonl.gz")
    monkeypatch.setattr("time.time", lambda: 1e9)
    convert("in.tsv", "two.jsonl.gz")

    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()
    assert (tmp_path / "one.jsonl.gz").read_bytes()[:8] == b"\x1f\x8b\x08\0" + 4 * b"\0"


@pytest.mark.parametrize("options", [[], ["--from", "columns"], ["--scheme", "bio"]])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_converted_to_standard_output_compressed_or_not(convert, options, pack):
    result = convert("-", "-", *options, "--to", "slash", stdin=pack(BIO.encode()))

    assert result.stdout == "Anna/B-PER Maria/I-PER sees/O Rome/B-LOC\nParis/B-LOC Rome/B-LOC\n"
    assert result.stderr.splitlines()[-1] == "2 sentences"


def test_format_and_scheme_of_standard_input_are_recognised_and_logged(convert):
    result = convert("-", "-", "--scheme", "iob1", stdin=BIO)

    assert result.stdout == "Anna\tI-PER\nMaria\tI-PER\nsees\tO\nRome\tI-LOC\n\nParis\tI-LOC\nRome\tB-LOC\n\n"
    assert "2 columns delimited by TAB\nscheme bio: 2 types" in result.stderr


@pytest.mark.parametrize("options", [["--from", "columns"], []])
def test_an_error_in_standard_input_names_its_line(convert, options):
    result = convert("-", "-", *options, stdin="a\tX\nc\tY\nb\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert ":3: " in result.stderr
    assert "'b'" in result.stderr


def test_unreadable_rows_are_skipped_on_request_and_logged_once(convert):
    result = convert("-", "-", "--scheme", "bioes", "--bad-rows", "skip", stdin="a\tB-X\nb\n\nc\tO\n")

    assert (result.exit_code, result.stdout) == (0, "a\tS-X\n\nc\tO\n\n")
    assert result.stderr.count("rows that cannot be read and are skipped: 1; first <stream>:2 (expected 2 col") == 1


def test_rows_with_more_cells_than_the_first_are_logged(convert):
    result = convert("-", "-", stdin='said O\n: " O\nto O\n')

    assert (result.exit_code, result.stdout) == (0, 'said\tO\n:\t"\nto\tO\n\n')
    assert "rows with more cells than the first: 1; first <stream>:2" in result.stderr


def test_a_pipe_is_converted_while_it_is_read_if_format_and_scheme_are_known(tmp_path):
    # The writer waits for the first sentence of the output before it continues.
    command = [sys.executable, "-m", "tagger", "convert", "-", "out", "--from", "columns", "--to", "columns"]
    os.mkfifo(tmp_path / "out")
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        with (tmp_path / "out").open("rb") as out:
            process.stdin.write(b"a\tX\n\n" * io.DEFAULT_BUFFER_SIZE * 4)
            process.stdin.flush()
            assert out.read(5) == b"a\tX\n\n"
            process.stdin.write(b"b\tY\n")
            process.stdin.close()
            assert out.read().endswith(b"a\tX\n\nb\tY\n\n")


def test_a_named_pipe_is_read_once_and_no_copy_is_left(convert, tmp_path, monkeypatch):
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "copies"))
    os.mkfifo("pipe")
    with subprocess.Popen(["cp", "in.tsv", "pipe"]):
        result = convert("pipe", "-", "--scheme", "bioes")

    assert result.stdout.startswith("Anna\tB-PER\nMaria\tE-PER\n")
    assert os.listdir("copies") == []


def test_a_file_in_another_encoding_is_read_with_the_option(convert, tmp_path):
    (tmp_path / "in.tsv").write_text("é\tX\n", encoding="latin-1")

    assert convert("in.tsv", "-", "--encoding", "latin-1").stdout == "é\tX\n\n"
    assert "not valid utf-8" in convert("in.tsv", "-", "--encoding", "utf-8").stderr


def test_a_broken_tree_is_an_error_with_its_line(convert, tmp_path):
    (tmp_path / "in.conllu").write_text(TREE.replace("\t2\tobj", "\t7\tobj"))
    result = convert("in.conllu", "out.tsv", "--tag", "svo")

    assert result.exit_code == 1
    assert "in.conllu:2: a broken tree: word 3: HEAD should be a word of the sentence, or 0, got '7'" in result.stderr
    assert not (tmp_path / "out.tsv").exists()


def test_a_scheme_for_tags_without_one_is_refused(convert):
    result = convert("in.conllu", "out.tsv", "--scheme", "bio")

    assert result.exit_code == 1
    assert "--scheme bio: the tags of in.conllu have no scheme" in result.stderr


def test_a_file_is_not_converted_onto_itself(convert, tmp_path):
    result = convert("in.tsv", "in.tsv")

    assert result.exit_code == 1
    assert "is also the input" in result.stderr
    assert (tmp_path / "in.tsv").read_text() == BIO


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in.conllu", "out.tsv", "--tag", "xpos"], "every tag is `_`: no word is tagged"),
        (["none.tsv", "out.tsv"], "none.tsv: there is no such file"),
        (["/dev/null", "out.tsv"], "/dev/null: the file is empty"),
        ([".", "out.tsv.gz"], ".: is a folder, not a file of data"),
        (["in.tsv", "none/out.tsv.gz"], "none/out.tsv.gz: cannot be written: No such file or directory"),
        (["bar.csv", "out.conllu"], "bar.csv:2: CoNLL-U cannot hold the tag 'X|Y' in MISC"),
        (["bar.csv", "out.txt"], "--to jsonl"),
        (["in.tsv", "out.tsv", "--tag", "--1"], "in.tsv:1: there is no column '--1'"),
    ],
)
def test_a_failed_conversion_writes_nothing(convert, tmp_path, arguments, message):
    result = convert(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bar.csv", "in.conllu", "in.tsv"]

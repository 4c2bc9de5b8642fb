"""`tagger convert`: one format or scheme into another."""

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
    """Runs the command in a folder with `in.tsv` and `in.conllu`, and gives its result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.tsv").write_text(BIO)
    (tmp_path / "in.conllu").write_text(TREE)
    return lambda *arguments: CliRunner().invoke(app, ["convert", *arguments])


@pytest.mark.parametrize("name", ["out.tsv", "out.conllu", "out.jsonl", "out.csv", "out.txt"])
def test_every_format_there_and_back_gives_the_same_sentences(convert, tmp_path, name):
    assert convert("in.tsv", name).exit_code == 0
    back = ["--tag", "Tag"] if name == "out.conllu" else []
    assert convert(name, "back.tsv", *back).exit_code == 0
    assert (tmp_path / "back.tsv").read_text() == BIO + "\n"


def test_tags_are_written_in_the_scheme_that_is_asked_for(convert):
    result = convert("in.tsv", "-", "--scheme", "bioes")

    assert result.stdout == "Anna\tB-PER\nMaria\tE-PER\nsees\tO\nRome\tS-LOC\n\nParis\tS-LOC\nRome\tS-LOC\n\n"
    assert "scheme bio: 2 types" in result.stderr


def test_trees_become_subjects_verbs_and_objects(convert):
    assert convert("in.conllu", "-", "--tag", "svo").stdout == "Dogs\tS\nchase\tV\ncats\tO\n\n"


def test_a_key_of_feats_becomes_the_tag(convert):
    assert convert("in.conllu", "-", "--tag", "Number").stdout == "Dogs\tPlur\nchase\t_\ncats\tPlur\n\n"


def test_conllu_is_given_back_as_it_was(convert, tmp_path):
    assert convert("in.conllu", "out.conllu").exit_code == 0
    assert (tmp_path / "out.conllu").read_text() == TREE


def test_trees_of_a_broken_file_are_told_with_their_line(convert, tmp_path):
    (tmp_path / "in.conllu").write_text(TREE.replace("\t2\tobj", "\t7\tobj"))
    result = convert("in.conllu", "out.tsv", "--tag", "svo")

    assert result.exit_code == 1
    assert "in.conllu:2: a broken tree: word 3: HEAD should be a word of the sentence, or 0, got '7'" in result.stderr
    assert not (tmp_path / "out.tsv").exists()


def test_a_scheme_of_tags_that_have_none_is_refused(convert):
    result = convert("in.conllu", "out.tsv", "--scheme", "bio")

    assert result.exit_code == 1
    assert "--scheme bio: the tags of in.conllu have no scheme" in result.stderr


def test_a_file_is_not_converted_onto_itself(convert, tmp_path):
    result = convert("in.tsv", "in.tsv")

    assert result.exit_code == 1
    assert "is the file to read, too" in result.stderr
    assert (tmp_path / "in.tsv").read_text() == BIO


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["in.conllu", "out.tsv", "--tag", "xpos"], "all tags are `_`: no word is tagged"),
        (["none.tsv", "out.tsv"], "none.tsv: cannot be read: No such file or directory"),
        (["/dev/null", "out.tsv"], "/dev/null: is no file, and has to be read more than once"),
        (["in.tsv", "out.tsv.gz"], "is not packed here"),
        (["in.tsv", "out.tsv", "--tag", "--1"], "in.tsv:1: there is no column '--1'"),
    ],
)
def test_what_cannot_be_converted_is_told_and_nothing_is_written(convert, tmp_path, arguments, told):
    result = convert(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.conllu", "in.tsv"]

"""Bounds on what is held of a file: streams without an end, each read in one process."""

import gzip
import re

import pytest

from tagger.corpus import Layout, chunks
from tagger.corpus.layout import AnswerColumn
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.vectors import read_vectors
from tagger.errors import DataError
from tagger.format_names import FormatName
from tagger.reading.guess import guess_layout
from tagger.reading.read import read_sentences
from tagger.tagging.input import InputOptions, read_input
from tests.streams import Endless

MAX_TOKENS = 50
LINE = r"endless:1: a line of more than 250,000 characters"
ENDS = r"endless:\d+: no sentence or series ends in the"
LINES, CHARACTERS = rf"{ENDS} 10,000 l.* above", rf"{ENDS} 250,000 c.* above"
WORD = b"1\ta\t_\tX\tmean=of,several,columns\t_\t_\t_\t_\t_\n"
ENDLESS: dict[str, tuple[FormatName, bytes, bytes, str]] = {
    "a word": ("columns", b"", b"a", LINE),
    "a row": ("columns", b"", b"a\t", LINE),
    "rows": ("columns", b"", b"a\tX\n", LINES),
    "long rows": ("columns", b"", b"a" * 500 + b"\tX\n", CHARACTERS),
    "comments": ("columns", b"a\tX\n\n", b"# a\n", LINES),
    "comments before the first row": ("columns", b"", b"# a\n", LINES),
    "comments and blank lines": ("columns", b"a\tX\n\n", b"# a\n\n", LINES),
    "blank lines": ("columns", b"a\tX\n", b"\n", LINES),
    "carriage returns": ("columns", b"a\tX\n", b"\r", LINES),
    "words": ("conllu", b"", WORD, CHARACTERS),
    "ranges": ("conllu", WORD, b"1-2" + WORD[1:], CHARACTERS),
    "comments of a tree": ("conllu", WORD + b"\n", b"# text = a\n", LINES),
    "a cell": ("csv", b"token,tag\n", b"a", LINE.replace(":1:", ":2:")),
    "a quoted cell": ("csv", b'token,tag\n"', b"a\n", LINES),
    "quoted cells": ("csv", b'token,tag\n"', b'a\n","', LINES),
    "cells": ("csv", b"token,tag\n", b"a,X\n", LINES),
    "blank rows": ("csv", b"token,tag\n", b",\n", LINES),
    "a header": ("csv", b"", b"a,", LINE),
    "a list": ("jsonl", b'{"tokens": [', b'"a",', LINE),
    "brackets": ("jsonl", b'{"tokens": ', b"[", LINE),
    "a text": ("jsonl", b'{"text": "', b"a ", LINE),
    "an array": ("jsonl", b"[\n", b"[1],\n", r"endless:1: not JSON"),
    "pairs": ("slash", b"", b"a/X ", LINE),
}


@pytest.mark.parametrize("keep_rows", [False, True])
@pytest.mark.parametrize("case", ENDLESS)
def test_what_has_no_end_is_an_error_with_its_bound(case, keep_rows):
    format_name, head, piece, problem = ENDLESS[case]
    layout = Layout(format_name, max_tokens=MAX_TOKENS)

    with pytest.raises(DataError, match=f"^{problem}") as caught:
        list(read_sentences(Endless(head, piece), layout, keep_rows=keep_rows))  # type: ignore[arg-type]

    assert case == "an array" or "data.max_tokens = 100" in (caught.value.hint or "")


@pytest.mark.parametrize("answer", [AnswerColumn("a", "label", "intent"), AnswerColumn("a", "label", 2)])
def test_rows_without_a_label_are_not_all_read_to_find_one(answer, monkeypatch):
    monkeypatch.setattr("tagger.corpus.labels.N_CHARACTERS", 1_000)
    layout = Layout("columns", answers=(answer,), max_tokens=MAX_TOKENS)

    with pytest.raises(DataError, match=r"no sentence or series ends|the sentence has no label"):
        list(read_sentences(Endless(b"a\tX\t_\n", b"a\tX\t_\n\n"), layout))  # type: ignore[arg-type]


def test_objects_without_a_label_are_not_all_read_to_find_one(monkeypatch):
    monkeypatch.setattr("tagger.corpus.json_answers.N_CHARACTERS", 1_000)
    layout = Layout("jsonl", answers=(AnswerColumn("a", "label", "intent"),))

    with pytest.raises(DataError, match=r"endless:1: .*there is no key `intent`"):
        list(read_sentences(Endless(b"", b'{"text": "a"}\n'), layout))  # type: ignore[arg-type]


@pytest.mark.parametrize(("piece", "kept"), [(b"a ", False), (b"a", False), (b"a ", True)])
def test_a_text_without_an_end_is_an_error(piece, kept):
    options = InputOptions("text", max_tokens=MAX_TOKENS, pretokenized=kept)

    with pytest.raises(DataError, match=LINE):
        list(read_input(Endless(b"", piece), Layout("columns"), options))  # type: ignore[arg-type]


TOKENS: dict[FormatName, bytes] = {  # a sentence of three tokens in each format
    "columns": b"a\tX\n" * 3,
    "conllu": WORD + WORD.replace(b"1", b"2", 1) + WORD.replace(b"1", b"3", 1),
    "csv": b"token,tag\n" + b"a,X\n" * 3,
    "jsonl": b'{"tokens": ["a", "a", "a"], "tags": ["X", "X", "X"]}\n',
    "slash": b"a/X a/X a/X\n",
}


@pytest.mark.parametrize("format_name", TOKENS)
def test_a_sentence_has_as_many_tokens_as_allowed_and_no_more(tmp_path, format_name):
    path = tmp_path / "train"
    path.write_bytes(TOKENS[format_name])

    (sentence,) = read_sentences(path, Layout(format_name, max_tokens=3))

    assert len(sentence) == 3
    with pytest.raises(DataError, match=r"train:\d: a sentence of more than 2 tokens") as caught:
        list(read_sentences(path, Layout(format_name, max_tokens=2)))
    assert "data.max_tokens = 4" in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["a b c", "我a我 b 我"])
@pytest.mark.parametrize("pretokenized", [False, True])
def test_a_text_has_as_many_tokens_as_allowed_and_no_more(tmp_path, text, pretokenized):
    (path := tmp_path / "in.txt").write_text(f"{text}\n", encoding="utf-8")

    def read(max_tokens: int) -> list[Sentence]:
        options = InputOptions("text", pretokenized=pretokenized, max_tokens=max_tokens)
        return list(read_input(path, Layout("columns"), options))

    assert len(read(3)[0]) == 3
    with pytest.raises(DataError, match=r"in\.txt:1: a sentence of more than 2 tokens"):
        read(2)


def test_sentences_of_any_number_are_read():
    stream = Endless(b"", b"# c\na\tX\na\tX\n\n")
    sentences = read_sentences(stream, Layout("columns", max_tokens=4), keep_rows=True)  # type: ignore[arg-type]

    assert [len(next(sentences)) for _ in range(2_000)] == [2] * 2_000


def test_a_file_that_no_key_bounds_has_a_bound_too():
    with pytest.raises(DataError, match=r"endless:1: a line of more than 20,000,000 characters") as caught:
        list(read_lines(Endless(b"", b"0.1 " * 256)))  # type: ignore[arg-type]

    assert caught.value.hint == "is the file damaged?"


def test_the_first_lines_stay_to_be_read_and_are_bounded(monkeypatch):
    monkeypatch.setattr("tagger.corpus.limits.N_CHARACTERS", 10)
    lines = read_lines(Endless(b"", b"abcd\n"))  # type: ignore[arg-type]

    assert lines.first() == ["abcd"] * 3
    assert lines.first(2) == ["abcd"] * 2
    assert [line for line, _ in zip(lines, range(5), strict=False)] == ["abcd"] * 5


@pytest.mark.parametrize("piece", [b"\0", b" ", b"\n", b"a\tX\n\n"])
def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch, piece):
    monkeypatch.setattr(chunks, "BOMB_BYTES", 100_000)
    path = tmp_path / "train.tsv.gz"
    path.write_bytes(gzip.compress(piece * (1_000_000 // len(piece))) * 2)

    with pytest.raises(DataError, match=r"train\.tsv\.gz: gzip that unpacks to more than 200 times its size") as caught:
        list(chunks.read_chunks(path))

    assert caught.value.hint == "if it is no trap: gunzip -c OLD >NEW"


def test_gzip_of_text_is_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "BOMB_BYTES", 0)
    path = tmp_path / "train.tsv.gz"
    path.write_bytes(gzip.compress(text := "".join(f"word{i % 97}\tTAG{i % 7}\n" for i in range(20_000)).encode()))

    assert b"".join(chunks.read_chunks(path)) == text


def test_numbers_of_thousands_of_digits_are_no_counters():
    rows = [f"{9 * 10**4000 + i}{'0' * 1000}\tword{i % 5}\t{'AB'[i % 2]}" for i in range(50)]

    assert guess_layout(rows, "a").layout.format == "columns"


@pytest.mark.parametrize("text", ["10 99999999999\na 1\n", f"2 {'9' * 5000}\n", "a" + " 1" * 65_537])
def test_vectors_of_too_many_numbers_are_refused(tmp_path, text):
    (path := tmp_path / "vectors.txt").write_text(text)

    with pytest.raises(DataError, match=r"vectors\.txt:1: word vectors of more than 65,536 numbers"):
        read_vectors(path, {"a"})


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_too_many_columns_are_refused(delimiter):
    lines = [delimiter.join(f"{row}c{i}" for i in range(20_001)) for row in "ab"]

    with pytest.raises(DataError, match=r"^a: 20,001 columns, .*at most 20,000"):
        guess_layout(lines, "a")


def test_a_missing_column_of_many_is_a_short_message(tmp_path):
    (path := tmp_path / "a.csv").write_text(",".join(f"c{i}" for i in range(5_000)) + "\n" + "x," * 4_999 + "x\n")

    with pytest.raises(DataError, match=re.escape("c29 and 4,970 more; did you mean `c77`")) as caught:
        list(read_sentences(path, Layout("csv", token="c77 ", tag="c1")))

    assert len(caught.value.message) < 500

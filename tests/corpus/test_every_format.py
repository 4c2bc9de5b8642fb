"""Peculiarities of public data, as in the table in the README of our data, in every format that can hold them."""

import codecs
import gzip
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, Sentence
from tagger.corpus.write import write_sentences
from tagger.errors import DataError
from tagger.format_names import FormatName
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged

Steps = list[tuple[str, str]]

FORMATS: dict[FormatName, Layout] = {
    "conllu": Layout("conllu"),
    "columns": Layout("columns"),
    "csv": Layout("csv", token="token", sentence="sentence"),
    "jsonl": Layout("jsonl"),
    "slash": Layout("slash"),
}
INVISIBLE = ["\u200b", "\u200d", "\u00a0", "\u202f", "\u3000", "\u00ad", "\ufeff"]
NO_LINE_ENDS = ["\u2028", "\u2029", "\x85", "\f", "\v", "\x1c", "\x1d", "\x1e"]


def sentence(steps: Steps) -> Sentence:
    return Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps), path="made.py", line=1)


def written(sentences: list[Steps], to_format: FormatName) -> str:
    return "".join(write_sentences(map(sentence, sentences), to_format, FORMATS[to_format]))


def read(content: bytes, layout: Layout) -> list[Steps]:
    return [
        list(zip(sentence.tokens, sentence.tags or (), strict=True))
        for sentence in read_sentences(io.BytesIO(content), layout)
    ]


in_every_format = pytest.mark.parametrize("to_format", FORMATS)

SENTENCES: list[Steps] = [
    [("_", "PRON"), ("#key", "X"), ("'s", "PART"), ('"', "PUNCT"), ("nan", "N"), ("NA", "N"), ("null", "_")],
    [("one", "NUM")],
    [("x" * 473, "X"), *[("a", "B-x")] * 1237],
]


@in_every_format
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("n_last_ends", [0, 1, 3])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_line_ends_byte_order_marks_and_gzip_do_not_change_tokens_or_tags(
    to_format: FormatName, end: str, mark: bytes, n_last_ends: int, pack: Callable[[bytes], bytes]
) -> None:
    text = written(SENTENCES, to_format).rstrip("\n") + n_last_ends * "\n"

    assert read(pack(mark + text.replace("\n", end).encode()), FORMATS[to_format]) == SENTENCES


@in_every_format
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_other_encodings_are_read_if_the_layout_has_them(to_format, encoding):
    layout = FORMATS[to_format]
    other = Layout(layout.format, token=layout.token, sentence=layout.sentence, encoding=encoding)

    assert read(written([[("é", "X")]], to_format).encode(encoding), other) == [[("é", "X")]]


@in_every_format
@pytest.mark.parametrize("character", INVISIBLE + NO_LINE_ENDS)
def test_unusual_characters_are_kept_and_do_not_end_a_line(to_format, character):
    steps = [(character, "X"), (f"a{character}b", "Y"), ("a", f"{character}Z")]

    assert read(written([steps, steps], to_format).encode(), FORMATS[to_format]) == [steps, steps]


@in_every_format
def test_a_token_that_looks_like_a_byte_order_mark_is_kept_at_the_start_of_a_file(to_format):
    steps = [("\ufeff", "X"), ("\ufeff\ufeffa", "Y")]

    assert read(written([steps, steps], to_format).encode(), FORMATS[to_format]) == [steps, steps]


@pytest.mark.parametrize("to_format", [name for name in FORMATS if name != "slash"])
def test_tokens_with_spaces_and_a_space_token_are_kept(to_format):
    steps = [("New York", "B"), (" ", "O"), (" a ", "O")]

    assert read(written([steps], to_format).encode(), FORMATS[to_format]) == [steps]


@in_every_format
def test_invalid_utf_8_is_reported_with_line_and_offset(to_format):
    text = written([[("fine", "X")], [("odd", "X")]], to_format).encode()
    offset = text.index(b"odd")
    line = 1 + text[:offset].count(b"\n")

    with pytest.raises(DataError, match=rf"<stream>:{line}: not valid utf-8: .*, at byte {offset}$"):
        read(text.replace(b"odd", b"\xff"), FORMATS[to_format])


@in_every_format
@pytest.mark.parametrize("what", ["token", "tag"])
def test_an_empty_token_or_tag_is_reported_with_its_line(to_format, what):
    text = written([[("fine", "X")], [("odd", "Odd")]], to_format).encode()
    gone = b"odd" if what == "token" else b"Odd"
    line = 1 + text[: text.index(gone)].count(b"\n")

    with pytest.raises(DataError, match=rf"<stream>:{line}: .*the {what} (at 0 )?is empty"):
        read(text.replace(gone, b""), FORMATS[to_format])


@in_every_format
def test_a_nul_is_reported_with_its_line(to_format):
    text = written([[("fine", "X")], [("odd", "X")]], to_format)
    nul = json.dumps("\0")[1:-1] if to_format == "jsonl" else "\0"
    line = 1 + text[: text.index("odd")].count("\n")

    for spelled in {nul, "\0"}:
        with pytest.raises(DataError, match=rf"<stream>:{line}: there is a NUL in the text$"):
            read(text.replace("odd", spelled).encode(), FORMATS[to_format])


@in_every_format
def test_a_file_can_be_trained_on_if_half_of_its_tags_are_missing_but_not_if_all_are(tmp_path, to_format):
    path = tmp_path / "train"
    path.write_text(written([[("a", "_"), ("b", "_")]], to_format))
    with pytest.raises(DataError, match=r"train: column .*: every tag is `_`: no word is tagged$"):
        read_tagged(path, FORMATS[to_format])

    path.write_text(written([[("a", "_"), ("b", "X")]], to_format))
    assert [sentence.tags for sentence in read_tagged(path, FORMATS[to_format])] == [("_", "X")]


@in_every_format
@pytest.mark.parametrize("text", ["", "\n\n", " \n"])
def test_a_file_without_tokens_cannot_be_trained_on(tmp_path, to_format, text):
    path = tmp_path / "train"
    path.write_text(text)

    with pytest.raises(DataError, match=r"train(:1)?: (no sentence found|expected a header)"):
        read_tagged(path, FORMATS[to_format])


@in_every_format
@pytest.mark.parametrize("steps", [[("a", "X")], [("a", "X"), ("b", "X")]])
def test_a_file_may_have_one_word_and_one_tag(to_format, steps):
    assert read(written([steps], to_format).encode(), FORMATS[to_format]) == [steps]


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
TAGS = CELLS.map(lambda tag: tag.strip(" ")).filter(bool)  # spaces around a tag are dropped


@in_every_format
@given(st.lists(st.lists(st.tuples(CELLS, TAGS), min_size=1), min_size=1))
def test_reading_undoes_writing_or_the_writer_refuses(to_format, sentences):
    # Users choose the tags: it is enough that a column can hold them.
    sentences = [[(token, tag.translate({9: "-", 10: "-", 13: "-"})) for token, tag in steps] for steps in sentences]
    try:
        text = written(sentences, to_format)
    except DataError as error:
        assert error.message.startswith("made.py:1: ")  # noqa: PT017
        return

    assert read(text.encode(), FORMATS[to_format]) == sentences


@in_every_format
def test_the_public_sets_survive_every_format_that_can_hold_them(shared_data, to_format):
    for file in "wnut17/emerging.dev.conll", "ewt/en_ewt-ud-dev.conllu", "snips/dev.tsv":
        sentences = [list(zip(s.tokens, s.tags or (), strict=True)) for s in read_tagged(shared_data / file, Layout())]

        assert read(written(sentences, to_format).encode(), FORMATS[to_format]) == sentences


@pytest.mark.parametrize("to_format", [name for name in FORMATS if name != "slash"])
def test_spaces_around_a_tag_are_dropped(to_format):
    text = written([[("New York", "B-PER"), (" is ", "O")]], to_format)
    spaced = text.replace("B-PER", " B-PER").replace("O", "O ")

    assert spaced != text
    assert read(spaced.encode(), FORMATS[to_format]) == [[("New York", "B-PER"), (" is ", "O")]]

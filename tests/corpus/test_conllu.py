import io
import re
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, Sentence
from tagger.corpus.conllu_columns import FIELDS, detect_columns
from tagger.corpus.conllu_writer import write_sentence
from tagger.corpus.formats.conllu import write
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged

# After the examples of https://universaldependencies.org/format.html.
TEXT = """\
# newdoc
# sent_id = 1
# text = vámonos al _
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tvamos\tir\tVERB\tV\tMood=Imp|Number=Plur\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\tP\tCase=Acc|Number=Plur\t1\tobj\t_\tSpaceAfter=No|Gloss=us
3-4\tal\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
3\ta\ta\tADP\tE\t_\t5\tcase\t_\t_
4\tel\tel\tDET\tD\tNumber=Sing\t5\tdet\t_\t_
5\t_\t_\tNOUN\tN\t_\t1\tobl\t_\t_
5.1\tvamos\tir\tVERB\t_\t_\t_\t_\t0:root\t_

# sent_id = 2
1\tNew York\tNew York\tPROPN\tN\tNumber=Sing\t0\troot\t_\t_

"""


def row(*cells: str) -> str:
    """A line of ten fields, `_` after the cells."""
    return "\t".join([*cells, *["_"] * (10 - len(cells))]) + "\n"


def test_the_lines_with_a_whole_number_are_the_words(pairs):
    assert pairs(TEXT) == [
        [("vamos", "VERB"), ("nos", "PRON"), ("a", "ADP"), ("el", "DET"), ("_", "NOUN")],
        [("New York", "PROPN")],
    ]


@pytest.mark.parametrize(
    ("column", "tags"),
    [
        ("xpos", ["V", "P", "E", "D", "N"]),
        ("XPOS", ["V", "P", "E", "D", "N"]),
        (4, ["V", "P", "E", "D", "N"]),
        (-3, ["root", "obj", "case", "det", "obl"]),
        ("Number", ["Plur", "Plur", "_", "Sing", "_"]),
        ("Case", ["_", "Acc", "_", "_", "_"]),
        ("Gloss", ["_", "us", "_", "_", "_"]),
    ],
)
def test_a_tag_is_a_field_by_name_or_index_or_a_key_that_words_may_lack(pairs, column, tags):
    assert [tag for _, tag in pairs(TEXT, tag=column)[0]] == tags


def test_a_key_must_match_as_a_whole(pairs):
    text = row("1", "a", "_", "_", "_", "XCase=Nom|Case[psor]=Gen", "_", "_", "_", "case=x|YCase=z")

    assert pairs(text, tag="Case") == [[("a", "_")]]
    assert pairs(text, tag="Case[psor]") == [[("a", "Gen")]]
    assert pairs(text, tag="C.se") == [[("a", "_")]]


def test_the_token_may_be_the_lemma(pairs):
    assert [token for token, _ in pairs(TEXT, token="lemma")[0]] == ["ir", "nosotros", "a", "el", "_"]


def test_a_form_of_one_underscore_is_a_word(pairs):
    assert pairs(row("1", "_", "_", "PUNCT")) == [[("_", "PUNCT")]]


@pytest.mark.parametrize("column", [10, 12, -11])
def test_a_column_beyond_the_tenth_is_an_error(pairs, column):
    with pytest.raises(ConfigError, match=rf"columns of CoNLL-U go by name, or by index from 0 to 9, got {column}$"):
        pairs(TEXT, tag=column)


def test_a_row_without_ten_columns_is_reported_with_file_and_line(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:3: expected 10 columns delimited by TAB, got 1: '2 cat NOUN'$"):
        pairs("# text\n" + row("1", "The", "_", "DET") + "2 cat NOUN\n")


@pytest.mark.parametrize("number", ["", "a", "1-", "1-2-3", ".1", "1.", "-1", "1,2", "_"])
def test_a_row_without_a_word_id_is_reported_with_file_and_line(pairs, number):
    with pytest.raises(DataError, match=rf"train\.tsv:2: expected a word id in the first column, got '{number}'$"):
        pairs(row("1", "The", "_", "DET") + row(number, "cat", "_", "NOUN"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (row("1", "", "_", "DET"), "the token is empty"),
        (row("1", "The", "_", ""), "the tag is empty"),
    ],
)
def test_an_empty_form_or_tag_is_reported_with_file_and_line(pairs, text, what):
    with pytest.raises(DataError, match=rf"train\.tsv:2: {what}: "):
        pairs(row("1", "fine", "_", "ADJ") + text)


def test_a_line_of_a_tab_or_spaces_ends_a_sentence(pairs):
    word = row("1", "a", "_", "X")

    assert pairs(f"{word}\t\n{word} \n \n{word}") == [[("a", "X")]] * 3


def test_comments_ranges_and_empty_nodes_make_no_sentence_by_themselves(pairs):
    text = "# only a comment\n\n" + row("1-2", "du") + row("0.1", "x") + "\n" + row("1", "a", "_", "X")

    assert pairs(text) == [[("a", "X")]]
    assert pairs(text, format="conllu", tag="id") == [[("a", "1")]]


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        (None, "column upos: every tag is `_`: no word is tagged"),
        ("xpos", "column xpos: every tag is `_`: no word is tagged"),
        (4, "column 4: every tag is `_`: no word is tagged"),
        ("pos", "column pos: every tag is `_`: no word has that key"),
        ("Csae", "column Csae: every tag is `_`: no word has that key"),
    ],
)
def test_a_column_without_any_tag_cannot_be_trained_on(tmp_path, tag, message):
    path = tmp_path / "train.conllu"
    path.write_text(row("1", "a") + row("2", "b", "_", "_", "_", "Case=Nom"))

    with pytest.raises(DataError, match=rf"train\.conllu: {re.escape(message)}$") as caught:
        read_tagged(path, Layout("conllu", tag=tag))

    meant = "did you mean `upos` or `xpos`? " if tag == "pos" else ""
    assert caught.value.hint == f"{meant}choose another column with data.tag"


def test_a_key_that_some_word_has_can_be_trained_on(tmp_path):
    path = tmp_path / "train.conllu"
    path.write_text(row("1", "a") + row("2", "b", "_", "_", "_", "Case=Nom"))

    assert [sentence.tags for sentence in read_tagged(path, Layout("conllu", tag="Case"))] == [("_", "Nom")]


def read_with_rows(text: str, tag: str = "upos") -> list[Sentence]:
    return list(read_sentences(io.BytesIO(text.encode()), Layout("conllu", tag=tag), keep_rows=True))


def test_writing_the_same_tags_reproduces_the_file():
    assert "".join(write_sentence(sentence, "upos") for sentence in read_with_rows(TEXT)) == TEXT
    assert "".join(write_sentence(sentence, "Xpos") for sentence in read_with_rows(TEXT, "xpos")) == TEXT


def test_new_tags_change_their_column_only():
    _, sentence = read_with_rows(TEXT)

    written = write_sentence(Sentence(sentence.tokens, ("NOUN",), rows=sentence.rows), "upos")

    assert written == "# sent_id = 2\n1\tNew York\tNew York\tNOUN\tN\tNumber=Sing\t0\troot\t_\t_\n\n"


def test_a_tag_under_a_key_is_written_to_misc_and_replaces_an_older_one():
    (sentence,) = read_with_rows(row("1", "a", *"________")[:-2] + "SpaceAfter=No|Svo=S\n" + row("2", "b"), "Svo")

    assert sentence.tags == ("S", "_")
    assert write_sentence(Sentence(sentence.tokens, ("O", "V"), rows=sentence.rows), "Svo", confidence=[0.5, 1]) == (
        "1\ta\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|Svo=O|Confidence=0.5000\n"
        "2\tb\t_\t_\t_\t_\t_\t_\t_\tSvo=V|Confidence=1.0000\n\n"
    )


def test_a_tag_is_written_to_feats_if_the_word_has_its_key_there():
    line = "1\ta\t_\t_\t_\tCase=Nom|Number=Sing|Person=3\t_\t_\t_\t_\n"
    (sentence,) = read_with_rows(line, "Number")

    assert (
        write_sentence(Sentence(("a",), ("Plur",), rows=sentence.rows), "Number") == line.replace("Sing", "Plur") + "\n"
    )
    assert (
        write_sentence(Sentence(("a",), ("_",), rows=sentence.rows), "Number")
        == line.replace("Number=Sing|", "") + "\n"
    )


def test_a_sentence_of_another_format_is_written_with_its_tag_in_misc():
    assert write_sentence(Sentence(("New York", "a"), ("S", "O")), "Tag") == (
        "1\tNew York\t_\t_\t_\t_\t_\t_\t_\tTag=S\n2\ta\t_\t_\t_\t_\t_\t_\t_\tTag=O\n\n"
    )


@pytest.mark.parametrize("character", ["\t", "\n", "\r"])
def test_a_token_or_tag_that_would_break_a_row_is_refused(character):
    odd = f"a{character}b"

    with pytest.raises(DataError, match=rf"^x:3: CoNLL-U cannot hold {re.escape(repr(odd))}$"):
        write_sentence(Sentence((odd,), ("X",), path="x", line=3), "upos")
    with pytest.raises(DataError, match=rf"^x:3: CoNLL-U cannot hold the tag {re.escape(repr(odd))}$"):
        write_sentence(Sentence(("a",), (odd,), path="x", line=3), "upos")


@pytest.mark.parametrize("key", ["a\tb", "a|b", "a\nb", "a=b"])
def test_a_key_that_misc_cannot_hold_is_written_as_tag(key):
    (line,) = write([Sentence(("a",), ("X",))], Layout("jsonl", tag=key))

    assert line == row("1", "a", *"_______", "Tag=X") + "\n"


# CoNLL-U Plus


PLUS = """\
# global.columns = ID UPOS FORM PARSEME:MWE
# sent_id = 1
1\tPRON\tIl\t*
2-3\t_\tau\t*
2\tADP\tà\t1:LVC
3\tDET\tle\t1
3.1\t_\t_\t*

4\tNOUN\tlac\t_
"""


@pytest.mark.parametrize(
    ("column", "tags"),
    [
        (None, ["PRON", "ADP", "DET"]),
        ("upos", ["PRON", "ADP", "DET"]),
        ("PARSEME:MWE", ["*", "1:LVC", "1"]),
        ("parseme:mwe", ["*", "1:LVC", "1"]),
        (3, ["*", "1:LVC", "1"]),
        (-1, ["*", "1:LVC", "1"]),
    ],
)
def test_conllu_plus_names_its_columns(pairs, column, tags):
    first, second = pairs(PLUS, tag=column)

    assert first == list(zip(["Il", "à", "le"], tags, strict=True))
    assert len(second) == 1


def test_every_row_is_a_word_if_there_is_no_column_of_ids(pairs):
    text = "# global.columns = FORM NER\n1-2\tB-X\n3.1\tO\n"

    assert pairs(text, tag="NER") == [[("1-2", "B-X"), ("3.1", "O")]]


def test_keys_of_conllu_plus_are_read_from_the_columns_that_it_has(pairs):
    text = "# global.columns = FORM MISC\na\tX=1\nb\t_\n"

    assert pairs(text, tag="X") == [[("a", "1"), ("b", "_")]]


@pytest.mark.parametrize("column", ["lemma", "Case"])
def test_a_column_that_conllu_plus_lacks_is_an_error(pairs, column):
    with pytest.raises(DataError, match=rf"there is no column '{column}'; the file has id, upos, form, parseme:mwe$"):
        pairs(PLUS, tag=column)


def test_a_row_that_lacks_a_named_column_is_an_error(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:4: expected 4 columns delimited by TAB, got 3: "):
        pairs(PLUS.replace("\tau\t*", "\tau"))


def test_columns_that_change_within_a_file_are_an_error(pairs):
    with pytest.raises(
        DataError, match=r"train\.tsv:11: the columns differ from those above: '# global\.columns = ID FORM'$"
    ):
        pairs(PLUS + "\n# global.columns = ID FORM\n1\ta\n")
    assert pairs(PLUS + "\n" + PLUS) == pairs(PLUS) * 2


@pytest.mark.parametrize("tag", ["upos", "PARSEME:MWE", 3, -3])
def test_conllu_plus_is_written_unchanged(tag):
    layout = Layout("conllu", tag=tag)
    sentences = read_sentences(io.BytesIO(PLUS.encode()), layout, keep_rows=True)

    assert "".join(write(sentences, layout)) == PLUS + "\n"


def test_new_tags_change_their_column_of_conllu_plus_only():
    _, sentence = read_sentences(io.BytesIO(PLUS.encode()), Layout("conllu"), keep_rows=True)

    assert write_sentence(replace(sentence, tags=("X",)), "PARSEME:MWE") == "4\tNOUN\tlac\tX\n\n"


def test_conllu_plus_without_misc_can_hold_neither_a_key_nor_confidence():
    _, sentence = read_sentences(io.BytesIO(PLUS.encode()), Layout("conllu"), keep_rows=True)

    with pytest.raises(DataError, match=r"<stream>:9: the file has no column MISC for Ner$"):
        write_sentence(sentence, "Ner")
    with pytest.raises(DataError, match=r"<stream>:9: the file has no column MISC for confidence$"):
        write_sentence(sentence, "upos", confidence=[0.5])


def test_subjects_and_objects_are_derived_from_trees_of_conllu_plus(pairs):
    text = "# global.columns = ID FORM DEPREL HEAD UPOS\n1\tDogs\tnsubj\t2\tNOUN\n2\tbark\troot\t0\tVERB\n"

    assert pairs(text, tag="svo") == [[("Dogs", "S"), ("bark", "V")]]
    with pytest.raises(DataError, match="there is no column 'head'; the file has id, form, neck"):
        pairs("# global.columns = ID FORM NECK UPOS\n1\tDogs\t_\tNOUN\n", tag="svo")


# As in Universal Propositions: a sentence has a further column per predicate.
PROPOSITIONS = (
    "1\tOh\toh\tINTJ\t_\t_\t0\troot\t_\t_\n\n"
    "1\tIl\til\tPRON\t_\t_\t2\tnsubj\t_\t_\tA0\n"
    "2\tva\taller\tVERB\t_\t_\t0\troot\tY\tgo.02\t_\n"
    "3-4\tau\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "3\tà\tà\tADP\t_\t_\t2\tcase\t_\t_\tA4\n"
)


def test_rows_may_have_more_than_ten_columns(pairs):
    assert pairs(PROPOSITIONS) == [[("Oh", "INTJ")], [("Il", "PRON"), ("va", "VERB"), ("à", "ADP")]]
    assert pairs(PROPOSITIONS, tag=10) == [[("Oh", "_")], [("Il", "A0"), ("va", "_"), ("à", "A4")]]
    assert pairs(PROPOSITIONS, tag=9)[1] == [("Il", "_"), ("va", "go.02"), ("à", "_")]
    with pytest.raises(ConfigError, match=r"by index from 0 to 10, got 11$"):
        pairs(PROPOSITIONS, tag=11)


def test_columns_after_the_ten_are_written_unchanged():
    layout = Layout("conllu", tag=10)
    sentences = [*read_sentences(io.BytesIO(PROPOSITIONS.encode()), layout, keep_rows=True)]

    assert "".join(write(sentences, layout)) == PROPOSITIONS + "\n"
    assert write_sentence(replace(sentences[0], tags=("A1",)), 11) == PROPOSITIONS.partition("\n")[0] + "\t_\tA1\n\n"


@pytest.mark.parametrize(
    "line",
    [
        row("1", "a", "_", "X").replace("\n", "\t\n"),
        "1\ta\t\ta\tX\t_\t_\t0\troot\t_\t_\n",
        "1\ta\ta\ta\tX\tX\t_\t_\t0\t0\troot\troot\t_\t_\n",
    ],
    ids=["an empty cell at the end", "a TAB too many", "CoNLL-2009"],
)
def test_further_cells_that_shift_the_ten_are_an_error(pairs, line):
    with pytest.raises(DataError, match=r"train\.tsv:2: expected 10 columns delimited by TAB, got 1[14]: "):
        pairs(row("1", "fine", "_", "X") + line)


def test_columns_delimited_by_spaces_are_refused_with_a_command_that_fixes_them(tmp_path):
    text = "# text = a b\n" + row("1-2", "ab") + row("1", "a", "_", "X") + "\n" + row("2", "b", "_", "Y")
    (tmp_path / "OLD").write_text(text.replace("\t", "   ").replace("Y   _", "Y \t _"))

    with pytest.raises(
        DataError, match=r"OLD:2: columns of CoNLL-U are delimited by TAB, got spaces: '1-2   ab "
    ) as caught:
        list(read_sentences(tmp_path / "OLD", Layout()))

    subprocess.run(["sh", "-c", str(caught.value.hint)], cwd=tmp_path, check=True)
    assert (tmp_path / "NEW").read_text() == text


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        (["", "# text", row("1", "a")[:-1]], FIELDS),
        ([row("1-2", "a")[:-1] + "\t_\tA0"], (*FIELDS, 10, 11)),
        (["# global.columns = ID FORM X:Y"], ("id", "form", "x:y")),
        (["# global", "1\ta"], None),
        ([], None),
    ],
)
def test_columns_are_detected_from_the_first_lines(lines, columns):
    assert detect_columns(lines) == columns


def test_the_english_web_treebank_is_written_unchanged(shared_data):
    content = (shared_data / "ewt" / "en_ewt-ud-dev.conllu").read_bytes()

    for column in "upos", "xpos":
        layout = Layout("conllu", tag=column)
        sentences = read_sentences(io.BytesIO(content), layout, keep_rows=True)
        assert "".join(write_sentence(sentence, column) for sentence in sentences).encode() == content


CELLS = st.text(st.characters(exclude_characters="\t\r\n\0", exclude_categories=["Cs"]), min_size=1)
TAGS = CELLS.map(lambda tag: tag.strip(" ")).filter(bool)  # spaces around a tag are dropped
SENTENCES = st.lists(st.lists(st.tuples(CELLS, TAGS), min_size=1))


def written(sentences: list[list[tuple[str, str]]], column: str) -> bytes:
    return "".join(
        write_sentence(Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps)), column)
        for steps in sentences
    ).encode()


@given(SENTENCES, st.sampled_from(["upos", "xpos", "deprel"]))
def test_reading_a_field_undoes_writing_it(sentences, column):
    read_back = read_sentences(io.BytesIO(written(sentences, column)), Layout("conllu", tag=column))

    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read_back] == sentences


@given(SENTENCES)
def test_reading_misc_undoes_writing_it_if_no_tag_holds_a_bar(sentences):
    sentences = [[(token, tag.replace("|", "/")) for token, tag in steps] for steps in sentences]

    read_back = read_sentences(io.BytesIO(written(sentences, "Tag")), Layout("conllu", tag="Tag"))

    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read_back] == sentences

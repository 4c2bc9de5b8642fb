"""Layouts guessed from values alone, and refusals with a command that converts the file."""

import json
import shutil
import subprocess
from itertools import permutations
from pathlib import Path

import pytest

from tagger.corpus.layout import Column, Layout
from tagger.errors import DataError
from tagger.reading.column_profile import ColumnProfile
from tagger.reading.guess import guess_layout
from tagger.reading.tables import Guess
from tests.tagged_text import LEMMA, NAME, SENTENCES, UPOS, XPOS, cells, columns, table

LONG = 12  # copies of the few sentences, so that values repeat as in a corpus


def guess(text: str) -> Guess:
    return guess_layout(text.split("\n"), "data.txt")


def chosen(layout: Layout) -> tuple[Column | None, Column | None]:
    return layout.token, layout.tag


def refused(text: str, message: str) -> str:
    """The hint of the error."""
    with pytest.raises(DataError, match=message) as caught:
        guess(text)
    return str(caught.value.hint)


def run_hint(hint: str, text: str, folder: Path) -> str:
    """The output of the command in a hint."""
    command = hint.partition(": ")[2] if hint.startswith(("convert", "give", "put")) else hint
    if not shutil.which(command.split()[0]):
        pytest.skip(f"there is no {command.split()[0]} here")
    (folder / "OLD").write_text(text)
    name = "NEW.jsonl" if "NEW.jsonl" in command else "NEW"
    subprocess.run(["sh", "-c", command], cwd=folder, check=True)
    return (folder / name).read_text()


# Neighbours


def window(sentence: list[list[str]], pad: str = "_") -> list[list[str]]:
    """The previous word, the word, the next word, the previous name and the name."""
    words, names = [pad, *(row[0] for row in sentence), pad], [pad, *(row[NAME] for row in sentence)]
    return [[*words[i : i + 3], names[i], names[i + 1]] for i in range(len(sentence))]


@pytest.mark.parametrize("order", [*permutations(range(5))][::7])
@pytest.mark.parametrize("kept", [(0, 1, 2, 3, 4), (0, 1, 4), (1, 2, 4), (1, 3, 4)])
def test_the_words_not_their_neighbours_are_the_tokens(kept, order):
    shown = [i for i in order if i in kept]
    rows = [[[row[i] for i in shown] for row in window(sentence)] for sentence in SENTENCES]

    assert chosen(guess(columns(rows * LONG)).layout) == (shown.index(1), shown.index(4))


# Tags among features


@pytest.mark.parametrize("order", [*permutations(range(5))][::7])
def test_a_position_in_a_line_is_not_the_tag(order):
    kinds = {"PROPN": "author", "NOUN": "title", "VERB": "title", "PUNCT": "sign"}
    rows = [
        [
            [row[0], row[0][:2], ("LINESTART", "LINEIN", "LINEIN", "LINEEND")[(i + n) % 4], str((i + n) % 2), tag]
            for i, row in enumerate(sentence)
            for tag in [kinds.get(row[UPOS] if i else "NOUN", "other")]
        ]
        for n, sentence in enumerate(SENTENCES * LONG)
    ]

    layout = guess(columns([[[row[i] for i in order] for row in sentence] for sentence in rows], " ")).layout

    assert chosen(layout) == (order.index(0), order.index(4))


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_sparse_names_are_preferred_to_clauses(order):
    """LST20, with an underscore after the prefix."""
    rows = [
        [
            [row[0], row[NAME].replace("-", "_"), "B_CLS" if i == 0 else "E_CLS" if i == len(s) - 1 else "I_CLS"]
            for i, row in enumerate(s)
        ]
        for s in SENTENCES * LONG
    ]

    layout = guess(columns([[[row[i] for i in order] for row in sentence] for sentence in rows])).layout

    assert chosen(layout) == (order.index(0), order.index(1))


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_features_with_names_are_not_the_tags(order):
    features = [[[w[0], w[XPOS], f"Pos={w[UPOS]}|Case=Nom"] for w in sentence] for sentence in SENTENCES * LONG]

    layout = guess(columns([[[row[i] for i in order] for row in sentence] for sentence in features])).layout

    assert chosen(layout) == (order.index(0), order.index(1))


# Brackets


def in_brackets(tags: list[str]) -> list[str]:
    """Spans in the notation of CoNLL-2005 and OntoNotes."""
    cells = []
    for tag, after in zip(tags, [*tags[1:], "O"], strict=True):
        closes = ")" if tag != "O" and not after.startswith("I") else ""
        cells.append(f"({tag[2:]}{'' if closes else '*'}{closes}" if tag.startswith("B") else f"*{closes}")
    return cells


BRACKETS = [[[r[0], r[XPOS], s] for r, s in zip(s, in_brackets([r[NAME] for r in s]), strict=True)] for s in SENTENCES]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_spans_in_brackets_are_not_the_tags_and_the_config_says_so(order):
    rows = [[[row[i] for i in order] for row in sentence] for sentence in BRACKETS * LONG]

    guessed = guess(columns(rows, " "))

    assert chosen(guessed.layout) == (order.index(0), order.index(1))
    assert f"spans in brackets are not supported: column {order.index(2)} (" in guessed.why["tag"]
    assert f"awk -v k={order.index(2) + 1} " in guessed.why["tag"]


def test_a_file_of_words_and_spans_in_brackets_is_refused_with_a_command_that_makes_bio(tmp_path):
    text = columns([[[row[0], row[2]] for row in sentence] for sentence in BRACKETS], " ")

    hint = refused(text, r"no column of tags: .* column 1 has spans in brackets, such as \(")

    assert run_hint(hint, text, tmp_path) == columns(cells(0, NAME), " ")


# Comments and document marks


def test_lines_that_start_with_a_hash_are_comments_if_no_row_has_their_cells():
    """KLUE: a comment has a TAB, and so as many cells as a row; a token is a space."""
    rows = [[[" " if row[0] in ",." else row[0], row[NAME]] for row in sentence] for sentence in SENTENCES]
    text = "".join(
        f"## set_{i:05}_wiki\t{' '.join(row[0] for row in s)}\n{columns([s])}" for i, s in enumerate(rows * LONG)
    )

    layout = guess(text).layout

    assert layout.comments
    assert chosen(layout) == (0, 1)


def test_hashtags_with_the_tag_of_other_words_are_tokens():
    rows = [[[f"#topic{i}", "O"], *sentence] for i, sentence in enumerate(cells(0, NAME, times=LONG))]

    assert not guess(columns(rows)).layout.comments


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_document_mark_in_any_column_is_not_a_token(order):
    mark = [["-DOCSTART-", "-X-", "O"]]
    rows = [[[row[i] for i in order] for row in s] for s in [mark, *cells(0, XPOS, NAME), mark]]

    assert chosen(guess(columns(rows, " ")).layout) == (order.index(0), order.index(2))


@pytest.mark.parametrize("text", ["# a = b c\n", "# id: 1\tx\n# id: 2\ty\n", "-DOCSTART- -X- O\n\n"])
def test_a_file_of_only_comments_and_document_marks_has_no_rows(text):
    refused(text, "data.txt: (nothing but comments and document marks|one column only)")


# Series


@pytest.mark.parametrize("order", [*permutations(range(4))][::3])
@pytest.mark.parametrize("time", ["{0}", "2015-02-04 17:{0:02}:00", "17/02/2015"])
def test_the_time_of_a_series_is_shown_beside_its_tags_but_is_no_feature(order, time):
    names = ["time", "force", "speed", "state"]
    rows = [[time.format(100 + 3 * i), f"{i * 7 % 11}.5", f"{i * 5 % 13}.25", "ab"[i // 5 % 2]] for i in range(90)]

    guessed = guess(table(",".join(names[p] for p in order), [[row[p] for p in order] for row in rows]))

    assert chosen(guessed.layout) == ("time", "state")
    assert sorted(map(str, guessed.numeric)) == ["force", "speed"]


# Unsupported data


SLASHED = "\n".join(" ".join(f"{row[0]}/{row[XPOS]}" for row in sentence) for sentence in SENTENCES) + "\n"
PAIRS = columns(cells(0, XPOS), "\t")


@pytest.mark.parametrize(
    ("text", "message", "readable"),
    [
        (SLASHED.replace("/", "_"), "words and tags are joined by _, such as 'Ada_NNP'", SLASHED),
        (SLASHED.replace("/", "|"), r"words and tags are joined by \|, such as 'Ada\|NNP'", SLASHED),
        (SLASHED.replace("/", "|N|"), r"words and tags are joined by \|, such as 'Ada\|N\|NNP'", SLASHED),
        (PAIRS.replace("\t", "|"), r"words and tags are joined by \|", PAIRS),
        (PAIRS.replace("\t", "/"), "word/TAG, but one per line", PAIRS),
        (PAIRS.replace("\t", "/").replace("\n\n", "\n=====\n"), "word/TAG, but one per line", PAIRS),
    ],
)
def test_words_joined_with_tags_by_another_character_are_refused_with_a_command_that_converts_them(
    text, message, readable, tmp_path
):
    hint = refused(text, f"data.txt: {message}")

    assert run_hint(hint, text, tmp_path) == readable


def test_phrases_in_brackets_between_slashed_words_are_refused():
    refused(
        "[ The/DT dog/NN ]\nbarks/VBZ ./.\n" * 30,
        r"data\.txt:1: 67% of words and tags are joined by slashes, but not '\['",
    )


LISTS = [[str([row[0] for row in s]), str([row[NAME] for row in s])] for s in SENTENCES]
TEXTS = [[" ".join(row[0] for row in s), str([row[NAME] for row in s])] for s in SENTENCES]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("rows", [LISTS, TEXTS])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_cells_of_lists_are_refused_with_a_command_that_makes_json(rows, order, delimiter, tmp_path):
    names = ("words", "ner tags")
    text = table(",".join(names[p] for p in order), [[row[p] for p in order] for row in rows], delimiter)

    hint = refused(text, "column .* holds lists in the syntax of a program: ")

    objects = [json.loads(line) for line in run_hint(hint, text, tmp_path).splitlines()]
    assert [list(zip(s["tokens"], s["tags"], strict=True)) for s in objects] == [
        [(row[0], row[NAME]) for row in s] for s in SENTENCES
    ]


def test_lists_without_commas_are_refused():
    rows = [[words.replace("',", "'"), tags.replace("',", "'")] for words, tags in LISTS]

    assert "with spaces between" in refused(table("words,tags", rows), "holds lists")


def test_a_table_whose_counter_restarts_is_refused_and_the_hint_adds_blank_lines(tmp_path):
    rows = [row for sentence in cells("#", 0, NAME) for row in sentence if row[1] != ","]

    hint = refused(table("i,word,tag", rows), "column i restarts its count at each sentence")

    layout = guess(run_hint(hint, table("i,word,tag", rows), tmp_path)).layout
    assert (chosen(layout), layout.sentence) == (("word", "tag"), None)


def test_a_header_without_a_name_for_the_first_column_is_an_error_and_the_hint_adds_one(tmp_path):
    """R's write.table: the column of row numbers has no name."""
    text = table("time,force,state", [[str(i), f"{i}s", f"{i * 7 % 11}.5", "ab"[i // 5 % 2]] for i in range(90)])

    hint = refused(text, "a header of 3 names over rows of 4 cells")

    assert guess(run_hint(hint, text, tmp_path)).layout.tag == "state"


def test_rows_of_whole_texts_are_refused():
    rows = [[f"This is text {i} of many.", ("good", "bad")[i % 2]] for i in range(300)]

    refused(
        table("text,label", rows), "a whole text and one label per row, such as 'This is text 0 of many.' and 'good'"
    )


@pytest.mark.parametrize(("text", "jq_filter"), [('[\n {"tokens": []}\n]', "'.[]'"), ('{\n "tokens": []\n}', ".")])
def test_json_over_several_lines_is_refused(text, jq_filter):
    assert f"jq -c {jq_filter} <" in refused(text, "not JSON")


def test_objects_without_tokens_are_refused_with_the_types_of_their_values():
    refused(
        json.dumps({"text": "John sleeps.", "label": {"name": {"John": [[0, 3]]}}}),
        r"got objects with `text` \(a text\), `label` \(an object\)",
    )


# CoNLL-U


def test_columns_of_conllu_in_another_order_without_upos_are_recognised_by_heads():
    """The lemma is in the column of the form, and xpos in that of the head."""
    rows = [
        [[str(i), w[1], "_", "_", "0" if i == 1 else "1", "dep", w[XPOS], "_", "_", w[0]] for i, w in enumerate(s, 1)]
        for s in SENTENCES * LONG
    ]

    assert chosen(guess(columns(rows)).layout) == (9, 6)


def test_conllu_without_blank_lines_is_refused_and_the_hint_adds_them(tmp_path):
    def row(i: str, word: list[str]) -> str:
        return f"{i}\t{word[0]}\t_\t{word[UPOS]}\t_\t_\t0\tdep\t_\t_\n"

    rows = ["".join(row(str(i), word) for i, word in enumerate(s, 1)) for s in SENTENCES]
    before = ["", "# newdoc\n# text = ...\n", "# a\n1-2\tx" + 8 * "\t_" + "\n", "1-3\tx" + 8 * "\t_" + "\n", "", ""]
    sentences = [comment + body for comment, body in zip(before, rows, strict=True)]

    hint = refused("".join(sentences), "data.txt: ids restart at each sentence, but there is no blank line")

    assert run_hint(hint, "".join(sentences), tmp_path) == "\n".join(sentences)


# One sentence per line


INTENTS = "".join(
    f"{' '.join(['BOS', *(w[0] for w in s), 'EOS'])}\t{' '.join(['O', *(w[NAME] for w in s), 'atis_flight'])}\n"
    for s in SENTENCES * LONG
)


def test_a_sentence_and_its_tags_in_the_first_row_are_not_a_header():
    """ATIS, with intents."""
    guessed = guess(INTENTS)

    assert (chosen(guessed.layout), guessed.layout.per_row) == ((0, 1), "sentence")
    assert "looks like data: put a row of names above it, or that row is lost" in guessed.why["format"]


def test_names_of_several_words_are_a_header():
    assert chosen(guess("all tokens\tall tags\n" + INTENTS).layout) == ("all tokens", "all tags")


# Markup


@pytest.mark.parametrize("begin", ["<s>", '<s id="1">', "<text>\n<s>"])
def test_lines_of_markup_between_rows_are_refused_and_the_hint_removes_them(begin, tmp_path):
    """Files of TreeTagger and of the Corpus Workbench."""
    rows = [columns([s]).rstrip() for s in cells(0, XPOS, LEMMA)]
    text = "".join(f"{begin}\n{body}\n</s>\n" for body in rows)

    hint = refused(text, "unsupported format: markup between rows of columns")

    assert chosen(guess(run_hint(hint, text, tmp_path)).layout) == (0, 1)


# Few words


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_tags_with_prefixes_are_tags_even_if_they_hardly_repeat(times, order):
    rows = [[word, f"{mark}-{word[0]}x"] for word in ("ab", "cd", "ef", "gh", "ij") for mark in "BI"] * 2
    rows += [[word, f"B-{word}"] for word in ("kl", "mn", "op", "qr", "st", "uv")]

    layout = guess(columns([[[row[i] for i in order] for row in rows]] * times)).layout

    assert chosen(layout) == (order.index(0), order.index(1))


def test_an_error_names_the_number_of_values_that_is_too_large_for_tags():
    rows = [[[f"word{chr(97 + i)}", f"Thing-{chr(97 + i // 2 * 2)}{i % 7}"] for i in range(26)]]

    refused(
        columns(rows),
        "the words are in column 0, and column 1 has 26 values in 26 rows of 26 distinct words: too many for tags",
    )


def test_an_error_says_that_lemmas_are_not_tags():
    refused(columns(cells(0, LEMMA)), "the words are in column 0, and column 1 is nearly the same, like lemmas")


# Column profiles


def test_kinds_of_columns_are_recognised_by_their_values():
    def column(*values: str) -> ColumnProfile:
        return ColumnProfile(0, [[[value] for value in values]])

    assert column("B-PER", "I-PER", "O").is_tag_like
    assert not column("B-PER", "NOUN", "VERB").is_tag_like
    assert column("(NP*", "*)", "*", "(12|13)", "-").is_bracketed
    assert not column("(", ")", "NN", "*").is_bracketed
    assert column("2015-02-04", "17:51:00").is_date
    assert not column("1.5", "-2").is_date
    assert column("1", "2", "3", "1", "2", "3", "4", "5", "6", "7").n_restarts == 1


def test_predictability_is_1_for_tags_of_words_and_0_for_values_that_words_do_not_decide():
    words = ColumnProfile(0, [[["the"], ["cat"]]] * 10)

    assert ColumnProfile(0, [[["DET"], ["NOUN"]]] * 10).predictability(words) == 1
    assert ColumnProfile(0, [[["a"], ["a"]], [["b"], ["b"]]] * 5).predictability(words) == 0

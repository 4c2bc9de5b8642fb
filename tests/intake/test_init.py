"""`tagger init` on imitations of public data sets, also with shuffled columns, and reading with the guessed config."""

import codecs
import json
import os
import re
import subprocess
import tomllib
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tagger.config import Config, load_config, parse_config
from tagger.corpus.detection import detect_scheme
from tagger.corpus.schemes import convert
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.intake.init import guess_config
from tagger.intake.split_names import name_files
from tagger.reading.guess import guess_layout
from tagger.reading.whole_files import read_tagged
from tagger.training.data_files import layout_of
from tagger.training.plan import plan
from tagger.training.prepare import prepare
from tests import ROOT
from tests.tagged_text import CHUNK, LEMMA, NAME, SENTENCES, UPOS, XPOS, cells, columns, table

Files = dict[str, str | bytes]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: Files) -> list[Path]:
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [Path(name) for name in files]


def guess(files: Files) -> Config:
    """The config that is printed for files, loaded from a file."""
    text = guess_config(write(files), Path())
    Path("guess.toml").write_text(text)
    parse_config(tomllib.loads(text))
    return load_config(Path("guess.toml"))


def read(config: Config, split: str = "train") -> list[Sentence]:
    return [*read_tagged(Path(getattr(config.data, split)), layout_of(config))]


def guess_and_read(content: str | bytes, name: str = "data.txt") -> tuple[Config, list[list[tuple[str, str]]]]:
    config = guess({name: content})
    return config, [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read(config)]


def scheme(content: str | bytes, name: str = "data.txt") -> str:
    return detect_scheme(sentence.tags or () for sentence in read(guess({name: content}))).scheme


def gold(tag: int) -> list[list[tuple[str, str]]]:
    return [[(row[0], row[tag]) for row in sentence] for sentence in SENTENCES]


def conllu(
    order: tuple[int, ...] = tuple(range(10)),
    *,
    upos: bool = True,
    xpos: bool = True,
    feats: bool = True,
    misc: str = "_",
) -> str:
    def row(i: int, word: list[str]) -> str:
        number = "Number=Plur" if word[XPOS] == "NNS" else "Number=Sing" if word[XPOS].startswith("NN") else "_"
        head, relation = ("0", "root") if i == 1 else ("1", "punct" if word[UPOS] == "PUNCT" else "dep")
        line = [str(i), word[0], word[LEMMA], word[UPOS] if upos else "_", word[XPOS] if xpos else "_"]
        line += [number if feats else "_", head, relation, "_", misc.format(word[NAME])]
        return "\t".join(line[i] for i in order)

    blocks = ["".join(f"{row(i, word)}\n" for i, word in enumerate(sentence, 1)) for sentence in SENTENCES]
    return "".join(f"# sent_id = s{i}\n# text = …\n{block}\n" for i, block in enumerate(blocks))


# Which columns


@pytest.mark.parametrize("delimiter", ["\t", " "])
@pytest.mark.parametrize("tag", [UPOS, XPOS, CHUNK, NAME])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_tokens_and_tags_of_two_columns_are_recognised_in_either_order(delimiter, tag, is_reversed):
    config, pairs = guess_and_read(columns(cells(tag, 0) if is_reversed else cells(0, tag), delimiter))

    assert pairs == gold(tag)
    assert (config.data.format, config.data.token, config.data.tag) == (
        "columns",
        int(is_reversed),
        int(not is_reversed),
    )
    assert (config.data.dev, config.data.test) == (0.1, None)


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_names_are_the_tags_of_word_pos_chunk_and_name_in_any_order(order):
    shuffled = [(0, XPOS, CHUNK, NAME)[i] for i in order]

    config, pairs = guess_and_read("-DOCSTART- -X- -X- O\n\n" + columns(cells(*shuffled), " "))

    assert pairs == gold(NAME)
    assert (config.data.token, config.data.tag) == (order.index(0), order.index(3))


@pytest.mark.parametrize("order", [*permutations((0, XPOS, CHUNK))])
def test_chunks_are_the_tags_of_word_pos_and_chunk_in_any_order(order):
    _, pairs = guess_and_read(columns(cells(*order), " "))

    assert pairs == gold(CHUNK)


@pytest.mark.parametrize("order", [*permutations((0, LEMMA, UPOS))])
def test_the_lemma_is_neither_token_nor_tag_in_any_order(order):
    _, pairs = guess_and_read(columns(cells(*order)))

    assert pairs == gold(UPOS)


@pytest.mark.parametrize("order", [*permutations(("#", 0, NAME, "s1"))])
def test_columns_that_count_or_say_the_same_everywhere_are_neither_token_nor_tag(order):
    _, pairs = guess_and_read(columns(cells(*order)))

    assert pairs == gold(NAME)


def test_a_label_of_the_whole_sentence_is_not_the_tag():
    sentences = [
        [[*row, f"intent_{i % 2}", f"id-{i}"] for row in sentence] for i, sentence in enumerate(cells(0, UPOS))
    ]

    _, pairs = guess_and_read(columns(sentences))

    assert pairs == gold(UPOS)


def test_the_outer_of_nested_names_are_the_tags():
    """GermEval 2014: number, token, outer and inner name."""
    sentences = [
        [[*row, "B-LOC" if row[1] == "York" and i == 3 else "O"] for row in sentence]
        for i, sentence in enumerate(cells("#", 0, NAME))
    ]

    config, pairs = guess_and_read(columns(sentences, before="# https://example.org [2009-10-17]\n"))

    assert pairs == gold(NAME)
    assert (config.data.token, config.data.tag) == (1, 2)


@pytest.mark.parametrize(
    ("shown", "delimiter", "comment"),
    [
        (("#", 0, NAME), "\t", "#\thttps://example.org [2009-10-17]\n"),  # GermEval 2014
        (("_", 0, NAME), " ", "# id 5f-a\tdomain=train\n"),  # MultiCoNER
    ],
)
def test_a_comment_with_a_tab_is_not_a_row(shown, delimiter, comment):
    lines = columns(cells(*shown), delimiter, before=comment).split("\n")

    layout = guess_layout(lines, "data.txt").layout

    assert (layout.format, layout.comments, layout.token, layout.tag) == ("columns", True, 1, 2)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    "rows",
    [
        "the 0 cat 1 sat 0 . 0 | a 0 dog 1 saw 0 the 0 cat 1 . 0",  # numbers as tags
        "Ada PER-B Byron PER-I wrote O . O | Bob PER-B saw O Ada PER-B . O",  # the type first
        "我 PN 爱 VV 北京 NR 。 PU | 他 PN 爱 VV 猫 NN 。 PU",
        "यह PRON किताब NOUN है AUX । PUNCT | वह PRON पढ़ता VERB है AUX । PUNCT",
        "اين PRON كتاب NOUN است VERB . PUNCT | او PRON كتاب NOUN دارد VERB . PUNCT",
        "M H K H V E A C G C L H | K H V E V E M C A H L H",  # residues of a protein, and its folding
        "SHOW O ME O FLIGHTS O TO O BOSTON B-city | LIST O FLIGHTS O FROM O DENVER B-city",  # all upper case
    ],
)
def test_tokens_of_any_script_and_odd_tags_are_recognised(rows, is_reversed):
    sentences = [[list(pair) for pair in zip(*[iter(part.split())] * 2, strict=True)] for part in rows.split("|")]
    rows_of = [[pair[::-1] for pair in sentence] for sentence in sentences] if is_reversed else sentences

    _, pairs = guess_and_read(columns(rows_of))

    assert pairs == [[tuple(pair) for pair in sentence] for sentence in sentences]


def test_seventeen_columns_of_features_hide_no_tag():
    """GROBID: prefixes, suffixes, shapes and layout stand between the token and its tag."""

    def row(i: int, word: str, tag: str) -> list[str]:
        parts = [word[:n] for n in (1, 2, 3, 4)] + [word[-n:] for n in (1, 2, 3, 4)]
        shape = ["INITCAP" if word[0].isupper() else "NOCAPS", "ALLDIGIT" if word.isdigit() else "NODIGIT"]
        layout = ["LINESTART" if i == 0 else "LINEIN", "0", "0", "1" if word in "., ?" else "0"]
        return [word, word.lower(), *parts, *shape, *layout, tag]

    sentences = [
        [row(i, word, tag.replace("B-", "I-<").replace("O", "<other>")) for i, (word, tag) in enumerate(sentence)]
        for sentence in gold(NAME)
    ]
    assert len(sentences[0][0]) == 17

    config, _ = guess_and_read(columns(sentences, " "))

    assert (config.data.token, config.data.tag) == (0, 16)


def test_other_columns_that_could_be_the_tag_are_named():
    text = guess_config(write({"data.txt": columns(cells(0, XPOS, CHUNK, NAME), " ")}), Path())

    assert "# other columns that could be the tag: 2 (" in text
    assert "; 1 (" in text


def test_tags_that_are_letters_alone_and_lower_case_tags_are_tags():
    letters = [[[row[0], row[1][0]] for row in sentence] for sentence in cells(0, NAME)]
    lower = [[[row[0].lower(), row[1].lower()] for row in sentence] for sentence in cells(UPOS, 0)]

    assert guess_and_read(columns(letters))[1][0][:3] == [("Ada", "B"), ("met", "O"), ("Bob", "B")]
    assert guess_and_read(columns(lower))[1][0][:2] == [("ada", "propn"), ("met", "verb")]


def test_the_smallest_file_has_tokens_and_tags():
    config, pairs = guess_and_read("John\tS\nloves\tV\nJane\tO\n")

    assert pairs == [[("John", "S"), ("loves", "V"), ("Jane", "O")]]
    assert config.data.dev is None  # there is nothing to split off


def test_a_header_gives_columns_their_names():
    text = "id\tword\tner_tag\n\n" + columns(cells("#", 0, NAME))

    config, pairs = guess_and_read(text)

    assert pairs == gold(NAME)
    assert (config.data.format, config.data.token, config.data.tag) == ("columns", "word", "ner_tag")


# Which format


def test_the_first_of_ten_columns_of_conllu_that_has_tags_is_the_tag():
    for options, tag in [
        ({}, "upos"),
        ({"upos": False}, "xpos"),
        ({"upos": False, "xpos": False}, "Number"),
        ({"upos": False, "xpos": False, "feats": False, "misc": "Entity={}|SpaceAfter=No"}, "Entity"),
        ({"upos": False, "xpos": False, "feats": False}, "deprel"),
        ({"xpos": False}, "upos"),
    ]:
        config, pairs = guess_and_read(conllu(**options))  # type: ignore[arg-type]

        assert (config.data.format, config.data.token, config.data.tag) == ("conllu", "form", tag)
        assert [token for sentence in pairs for token, _ in sentence] == [row[0] for s in SENTENCES for row in s]


@pytest.mark.parametrize(
    "order", [(0, 3, 1, 2, 4, 5, 6, 7, 8, 9), (6, 3, 2, 1, 0, 4, 5, 7, 8, 9), (9, 8, 7, 6, 5, 4, 3, 2, 1, 0)]
)
def test_ten_columns_in_another_order_are_recognised_by_their_values(order):
    config, pairs = guess_and_read(conllu(order))

    assert pairs == gold(UPOS)
    assert (config.data.token, config.data.tag) == (order.index(1), order.index(3))


def test_tokens_of_conllu_may_hold_spaces_and_ranges_are_no_tokens():
    text = (
        "# text = Việt Nam dùng một nghìn đồng .\n1-2\tdudes\t_\t_\t_\t_\t_\t_\t_\t_\n"
        + "".join(
            f"{i}\t{form}\t{form}\t{upos}\t_\t_\t0\tdep\t_\t_\n"
            for i, (form, upos) in enumerate(
                [("Việt Nam", "PROPN"), ("dùng", "VERB"), ("1 000", "NUM"), ("đồng", "NOUN"), (".", "PUNCT")], 1
            )
        )
        + "\n"
    ) * 2

    config, pairs = guess_and_read(text, "vi.conll")

    assert (config.data.format, config.data.tag) == ("conllu", "upos")
    assert [token for token, _ in pairs[0]] == ["Việt Nam", "dùng", "1 000", "đồng", "."]


KAGGLE = [
    [f"Sentence: {i}" if j == 0 else "", *row]
    for i, sentence in enumerate(cells(0, XPOS, NAME), 1)
    for j, row in enumerate(sentence)
]


@pytest.mark.parametrize("order", [*permutations(range(4))])
@pytest.mark.parametrize("name", ["ner_dataset.csv", "data.txt"])
def test_a_table_whose_sentence_column_is_filled_only_at_first_tokens_is_read_in_any_order(order, name):
    """Kaggle's ner_dataset.csv."""
    header = ["Sentence #", "Word", "POS", "Tag"]
    rows = [[row[i] for i in order] for row in KAGGLE]

    config, pairs = guess_and_read(table(",".join(header[i] for i in order), rows), name)

    assert pairs == gold(NAME)
    assert config.data.format == "csv"
    assert (config.data.sentence, config.data.token, config.data.tag) == ("Sentence #", "Word", "Tag")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_of_a_table_are_recognised_by_their_values_not_their_names(delimiter):
    rows = [[str(i), row[1], row[0]] for i, sentence in enumerate(cells(0, XPOS)) for row in sentence]

    config, pairs = guess_and_read(table("tag,word,xyz", rows, delimiter), "data.csv")

    assert pairs == gold(XPOS)
    assert (config.data.sentence, config.data.token, config.data.tag) == ("tag", "xyz", "word")


def test_sentence_numbers_that_restart_in_each_document_separate_sentences():
    rows = [[f"doc{d}", str(i), *row] for d in range(2) for i, s in enumerate(cells(0, UPOS)) for row in s]

    config, pairs = guess_and_read(table("d,s,w,t", rows))

    assert config.data.sentence == "s"
    assert pairs == gold(UPOS) * 2


def test_a_table_with_a_sentence_per_row_is_recognised():
    rows = [[str(i), " ".join(t for _, t in s), " ".join(w for w, _ in s)] for i, s in enumerate(gold(NAME))]

    config, pairs = guess_and_read(table("id,labels,text", rows), "data.csv")

    assert pairs == gold(NAME)
    assert (config.data.per_row, config.data.token, config.data.tag) == ("sentence", "text", "labels")


def test_without_a_header_the_first_of_one_sentence_per_line_is_lost():
    lines = (" ".join(w for w, _ in s) + "\t" + " ".join(t for _, t in s) for s in gold(NAME) * 3)

    _, pairs = guess_and_read("\n".join(lines))

    assert pairs == (gold(NAME) * 3)[1:]


def test_the_config_warns_that_a_table_without_a_header_loses_its_first_row():
    rows = [",".join(row) for sentence in cells(0, UPOS) for row in sentence if row[0] != ","]

    text = guess_config(write({"data.csv": "\n".join(rows)}), Path())

    assert "its first row is read as a header, but looks like data" in " ".join(text.replace("\n# ", " ").split())
    assert load_tables(text)["data"]["token"] == 0


def load_tables(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


@pytest.mark.parametrize("keys", [("tokens", "tags"), ("tokens", "ner_tags"), ("labels", "words"), ("a", "b")])
def test_lists_of_json_are_recognised_by_their_values(keys):
    lines = [
        json.dumps({"id": i, keys[0]: [w for w, _ in s], keys[1]: [t for _, t in s]}) for i, s in enumerate(gold(NAME))
    ]

    config, pairs = guess_and_read("\n".join(lines))

    assert pairs == gold(NAME)
    assert (config.data.format, config.data.token, config.data.tag) == ("jsonl", *keys)


def test_names_are_the_tags_of_json_with_two_lists_of_tags():
    objects = [
        {"ner_tags": [r[NAME] for r in s], "tokens": [r[0] for r in s], "pos_tags": [r[XPOS] for r in s]}
        for s in SENTENCES
    ]

    config, pairs = guess_and_read("\n".join(map(json.dumps, objects)))

    assert pairs == gold(NAME)
    assert (config.data.token, config.data.tag) == ("tokens", "ner_tags")


@pytest.mark.parametrize(
    ("text", "spans", "span"),
    [
        ("text", "label", [8, 11, "PER"]),
        ("data", "labels", [8, 11, "PER"]),
        ("text", "entities", {"id": 1, "label": "PER", "start_offset": 8, "end_offset": 11}),
        ("text", "spans", {"label": "PER", "start": 8, "end": 11, "token_start": 2}),
    ],
)
def test_a_text_with_spans_is_read_as_annotation_tools_write_it(text, spans, span):
    objects = [{"id": 1, text: "Ada met Bob in Paris.", spans: [span]}, {"id": 2, text: "Who?", spans: []}]

    config, pairs = guess_and_read("\n".join(map(json.dumps, objects)))

    assert (config.data.format, config.data.token, config.data.tag) == ("jsonl", text, spans)
    assert pairs[0][2] == ("Bob", "B-PER")


def test_slash_text_is_recognised_by_its_words():
    """Brown: blank lines around, a slash in a token."""
    lines = "\n\n\n\t" + "\n\n\t".join(" ".join(f"{row[0]}/{row[XPOS].lower()}" for row in s) for s in SENTENCES)

    config, pairs = guess_and_read(lines + "\n\n\t1/2/cd percent/nn\n", "ca01")

    assert config.data.format == "slash"
    assert (config.data.token, config.data.tag) == (None, None)
    assert pairs[0][0] == ("Ada", "nnp")
    assert pairs[-1] == [("1/2", "cd"), ("percent", "nn")]


def test_in_rows_with_spaces_comments_are_comments_and_hash_tokens_are_tokens():
    assert guess({"a.txt": columns(cells(0, UPOS), " ", before="# sent_id = 1\n")}).data.comments
    assert guess({"b.txt": columns(cells(0, UPOS), " ", before="# newdoc\n")}).data.comments
    config, pairs = guess_and_read(columns([[["#", "SYM"], *s] for s in cells(0, UPOS)], " "))
    assert not config.data.comments
    assert pairs[0][0] == ("#", "SYM")


def test_a_tweet_that_starts_with_a_hash_is_a_token():
    _, pairs = guess_and_read(columns([[["#topic", "O"], *sentence] for sentence in cells(0, NAME)]))

    assert pairs[0][:2] == [("#topic", "O"), ("Ada", "B-PER")]


def test_a_line_of_only_a_tab_separates_sentences():
    _, pairs = guess_and_read(columns(cells(0, NAME)).replace("\n\n", "\n\t\n"))

    assert pairs == gold(NAME)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_change_the_guess(end):
    assert guess_and_read(columns(cells(0, NAME)).replace("\n", end))[1] == gold(NAME)


@pytest.mark.parametrize("content", [columns(cells(0, NAME)), conllu(), table("s,w,p,t", KAGGLE)])
@pytest.mark.parametrize("name", ["data.csv", "data.jsonl", "data.conllu", "data", "ähre zwei.x"])
def test_the_file_name_does_not_change_the_guess(content, name):
    assert guess_and_read(content, name)[1] in (gold(NAME), gold(UPOS))


# Which encoding


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        ("Žižka\tPER\nläuft\tO\n".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "Žižka\tPER\nläuft\tO\n".encode(), "utf-8"),
        ("Žižka\tPER\nläuft\tO\n".encode("utf-16"), "utf-16"),
        ("Žižka\tPER\nläuft\tO\n".encode("utf-16-le"), "utf-16-le"),
        ("Gößl\tPER\nläuft\tO\n".encode("latin-1"), "latin-1"),
        ("Gößl\tPER\n“läuft”\tO\n".encode("cp1252"), "cp1252"),
        (b"Smith\tPER\nruns\tO\n", "utf-8"),
    ],
)
def test_the_encoding_is_recognised_by_the_bytes(encoded, encoding):
    config, pairs = guess_and_read(encoded)

    assert config.data.encoding == encoding
    assert pairs[0][0] == (encoded.decode("utf-8-sig" if encoding == "utf-8" else encoding).split("\t")[0], "PER")


def test_a_table_in_latin_1_is_read():
    config, pairs = guess_and_read(table("a,b,c,d", KAGGLE).replace("Bob", "Zoë").encode("latin-1"))

    assert config.data.encoding == "latin-1"
    assert pairs[0][2] == ("Zoë", "B-PER")


def test_damaged_utf_8_is_an_error_that_names_the_line():
    with pytest.raises(DataError, match=r"data\.txt:28: not valid utf-8"):
        guess({"data.txt": "ä\tA\nb\tB\nä\tA\n".encode() * 9 + b"\xff\tA\n" + "é\tA\n".encode() * 9})


def test_files_in_different_encodings_are_an_error_that_names_both():
    text = "läuft\tO\n"

    with pytest.raises(DataError, match=r"train\.txt in utf-8, test\.txt in latin-1"):
        guess({"train.txt": text.encode(), "test.txt": text.encode("latin-1")})


# Which task


def test_the_scheme_is_recognised():
    iob1 = columns(cells(0, NAME), " ").replace("B-", "I-")
    bioes = columns(
        [
            [[word, tag] for (word, _), tag in zip(s, convert([tag for _, tag in s], "bio", "bioes"), strict=True)]
            for s in gold(NAME)
        ]
    )

    assert [scheme(text) for text in (columns(cells(0, NAME)), iob1, bioes, columns(cells(0, UPOS)))] == [
        "bio",
        "iob1",
        "bioes",
        "none",
    ]
    assert "# bio: 3 types, 8 B- tags" in guess_config(write({"x": columns(cells(0, NAME))}), Path())


SERIES = [[f"{i}", f"{i * 10 + j}.5", f"{j * j}", ("rest", "rise")[j % 7 > 2]] for i in range(1, 6) for j in range(25)]


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_measured_series_is_recognised_by_its_numbers_in_any_order(order):
    names = ["series", "position", "force", "state"]
    rows = [[row[i] for i in order] for row in SERIES]

    config = guess({"data.txt": table(",".join(names[i] for i in order), rows)})

    assert config.features.words is None
    assert config.features.affixes is None
    assert not config.features.casing
    assert sorted(map(str, config.features.numeric)) == ["force", "position"]
    assert config.data.token in ("force", "position")
    assert (config.data.sentence, config.data.tag) == ("series", "state")
    assert len(read(config)) == 5


def test_a_series_whose_states_are_numbers_has_tags():
    rows = [[*row[:3], str(int(row[3] == "rise"))] for row in SERIES]

    config = guess({"data.csv": table("a,b,c,d", rows)})

    assert (config.data.tag, config.features.numeric) == ("d", ["b", "c"])


@pytest.mark.parametrize(
    "form", ["{:02}:00", "2024-03-01T12:{:02}:00", "2024-03-01T12:{:02}:00.5Z", "2024-03-01 {:02}:00"]
)
@pytest.mark.parametrize("n_times", [125, 25])
def test_a_time_is_shown_as_the_token_of_a_series(form, n_times):
    rows = [[*row, form.format(j % n_times)] for j, row in enumerate(SERIES)]

    config = guess({"data.csv": table("a,b,c,d,e", rows)})

    assert (config.data.token, config.data.tag, config.features.numeric) == ("e", "d", ["b", "c"])


def test_a_series_with_missing_values_is_recognised_and_they_are_proposed_to_be_filled():
    rows = [[row[0], row[1] if i % 5 else "", row[2] if i % 9 else "NA", row[3]] for i, row in enumerate(SERIES)]

    config = guess({"data.csv": table("series,position,force,state", rows)})

    assert (config.features.numeric, config.features.numeric_missing) == (["position", "force"], "forward")
    text = Path("guess.toml").read_text()
    assert "# train: column position: 25 of 125 values missing (20.00%), first line 2" in text
    assert prepare(config).encoder.inputs[0].width == 4
    assert guess({"data.csv": table("series,position,force,state", SERIES)}).features.numeric_missing == "error"


def test_the_shortest_runs_of_states_are_listed_without_those_that_a_series_cuts_off():
    guess({"data.csv": table("series,position,force,state", SERIES)})
    text = Path("guess.toml").read_text()
    assert "# the shortest in train: rise 4, rest 3; " in text
    assert "# shown beside the state: " in text
    assert "# one value per series\n" in text

    guess({"data.csv": table("series,position,force,state", [[*row[:3], "ab"[i % 2]] for i, row in enumerate(SERIES)])})
    assert "# the shortest in train" not in Path("guess.toml").read_text()


def test_a_long_series_is_proposed_to_be_cut_in_time():
    rows = [[f"{i}:00:00", f"{i % 17}.5", f"{i * 7 % 31}.25", ("rest", "rise")[i % 7 > 2]] for i in range(1_000)]

    config = guess({"data.csv": table("time,position,force,state", rows)})

    assert (config.data.split, config.data.dev, config.data.test) == ("time", 0.1, 0.2)
    assert {split: len(each.tokens) for split, each in prepare(config).splits.items()} == {
        "train": 700, "dev": 100, "test": 200
    }  # fmt: skip


def test_a_series_in_columns_without_a_header_is_recognised_by_its_numbers():
    text = "".join("\t".join(row[1:]) + "\n" + "\n" * (i % 25 == 24) for i, row in enumerate(SERIES))

    config = guess({"data.txt": text})

    assert (config.features.numeric, config.data.tag) == ([0, 1], 2)
    assert len(read(config)) == 5


def test_numbers_beside_words_are_named_but_are_no_features():
    sentences = [[[*row, f"0.{j}7"] for j, row in enumerate(sentence)] for sentence in cells(0, UPOS)]

    text = guess_config(write({"data.txt": columns(sentences)}), Path())

    assert load_tables(text)["features"]["numeric"] == []
    assert "# columns of numbers that could be features: 2" in text


# Which file


PART = columns(cells(0, NAME))


@pytest.mark.parametrize(
    "names",
    [
        ("train.tsv", "dev.tsv", "test.tsv"),
        ("eng.train", "eng.testa", "eng.testb"),
        ("en_ewt-ud-train.conllu", "en_ewt-ud-dev.conllu", "en_ewt-ud-test.conllu"),
        ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"),
        ("NER-de-train.tsv", "NER-de-dev.tsv", "NER-de-test.tsv"),
        ("a/training.txt", "a/validation.txt", "a/test.txt"),
        ("train/en.txt", "valid/en.txt", "test/en.txt"),
        ("train.tsv", "devel.tsv", "test.tsv"),
        ("a.trn", "a.val", "a.tst"),
    ],
)
def test_splits_are_recognised_by_names_in_any_order(names, folder):
    for shuffled in permutations(names):
        config = guess(dict.fromkeys(shuffled, PART))

        assert [config.data.train, config.data.dev, config.data.test] == [str(folder / name) for name in names]


def test_without_dev_a_fraction_of_train_is_split_off(folder):
    config = guess({"engtest.bio": PART, "engtrain.bio": PART})

    assert (config.data.train, config.data.dev, config.data.test) == (
        str(folder / "engtrain.bio"),
        0.1,
        str(folder / "engtest.bio"),
    )


def test_without_helpful_names_the_largest_file_is_train(folder):
    config = guess({"a": PART, "b": PART * 5, "c": PART * 2})

    assert [config.data.train, config.data.test, config.data.dev] == [str(folder / name) for name in "bca"]


@pytest.mark.parametrize(
    "files",
    [
        {"a": PART, "b": PART * 5},
        {"b/x": PART, "a/x": PART * 2},
        {"a": PART, "test": PART * 9, "b": PART * 2},
        {"train/a": PART, "train/b": PART * 3, "test/a": PART},
        {"dev/a": PART * 3, "dev/b": PART},
    ],
)
def test_init_and_check_agree_on_train(files):
    paths = write(files)

    train = load_tables(guess_config(paths, Path()))["data"]["train"]

    assert name_files(paths)["train"] == Path(train)


@pytest.mark.parametrize("path", ["/dev/stdin", "dev/data.tsv", "test/data.tsv"])
def test_the_folder_of_a_single_file_does_not_name_its_split(path):
    assert name_files([Path(path)]) == {"train": Path(path)}


def test_the_config_names_unused_files():
    text = guess_config(write(dict.fromkeys(("train.tsv", "train_dev.tsv", "devel.tsv", "test.tsv"), PART)), Path())

    assert "# train_dev.tsv is not used" in text


def test_paths_are_relative_to_the_folder_of_the_config(folder):
    paths = write({"a/train.tsv": PART, "a/b/dev.tsv": PART, "~c/test:1.tsv": PART})

    data = load_tables(guess_config([path.absolute() for path in paths], folder / "a"))["data"]

    assert [data["train"], data["dev"], data["test"]] == ["train.tsv", "b/dev.tsv", "./../~c/test:1.tsv"]


# The text


def test_every_key_of_the_config_is_written():
    text = guess_config(write({"data.txt": PART}), Path())

    for name, section in parse_config(load_tables(text)):
        if name != "heads":
            written = text.partition(f"\n[{name}]\n")[2].partition("\n[")[0]
            keys = [key for key in type(section).model_fields if key != "sources"]  # tables of their own
            assert re.findall(r"^(?:# )?(\w+) = ", written, re.MULTILINE) == keys


def test_keys_that_need_vectors_are_not_written_without():
    words = load_tables(guess_config(write({"data.txt": PART}), Path()))["features"]["words"]

    assert words.keys() == {"kind", "dim", "min_count", "lowercase", "unknown_rate"}


def test_the_config_is_valid_toml_with_odd_tokens_tags_and_names():
    text = guess_config(
        write({'tr"ain\\.tsv': 'a\x0c\u2028\tX"\x1b\nb\tY\\\n\na\tX"\x1b\n' * 30, "test.tsv": "a\tneu\n"}), Path()
    )

    assert load_tables(text)["data"]["train"] == 'tr"ain\\.tsv'
    assert "1 of them not in train" in text


def test_the_plan_is_in_the_config_with_its_reasons():
    files: Files = {"train.txt": "Anna\tB-PER\nsleeps\tO\n\n" * 600, "dev.txt": "Anna\tB-PER\n"}
    text = guess_config(write(files), Path())
    config = parse_config(load_tables(text))

    open_config = parse_config({"data": load_tables(text)["data"]})
    choices = plan(open_config, prepare(config).splits["train"], span_tags={"head": 2})
    tables = config.model_dump()
    for key, value, reason in choices:
        section, name = key.split(".")
        assert tables[section][name] == value
        assert f"# {reason}" in text
    assert config.model.head == "crf"


def test_a_config_of_only_files_gets_the_network_of_init():
    by_init = guess({"train.txt": "a\tX\nb\tY\n\n" * 600, "test.txt": "a\tX\n"})

    by_train = prepare(parse_config({"data": {"train": "train.txt", "dev": 0.1, "test": "test.txt"}})).config

    assert (by_train.features, by_train.model, by_train.training) == (
        by_init.features,
        by_init.model,
        by_init.training,
    )


@pytest.mark.parametrize("content", [PART, conllu(), table("s,w,p,t", KAGGLE), table("a,b,c,d", SERIES)])
def test_no_line_is_too_long(content):
    assert max(map(len, guess_config(write({"data.txt": content}), Path()).split("\n"))) <= 120


# Files without tagged data


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"data\.txt: the file is empty"),
        ("\n\n", r"data\.txt: nothing but blank lines"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, r"data\.txt: not text"),
        (bytes(range(1, 256)) * 9, r"data\.txt: not text"),
        ("John\nloves\n\nJane\n" * 9, r"data\.txt: one column only"),
        ("Who would have thought it?\nNot me.\nNor any one else, I say.\n" * 20, r"data\.txt: 2 to 6 words per line"),
        ("".join(f"word{chr(97 + i)} 0.{i} -1.{i}3 2.5{i}\n" for i in range(26)), r"data\.txt: no column of tags"),
        ("".join(f"{i}.5\t{i}.25\n" for i in range(26)), r"data\.txt: 2 columns of numbers, but none of tags"),
        (columns(cells("#", 0)), r"data\.txt: no column of tags"),
        (columns(cells(0, "_")), r"data\.txt: no column of tags"),
        (columns(cells(0, LEMMA)), r"data\.txt: no column of tags"),
        ("word,tag\n,\n,\n", r"data\.txt: no rows below the header"),
        ('[{"tokens": ["a"], "tags": ["B"]}]', r"data\.txt:1: expected an object"),
        ('[\n  {"tokens": ["a"], "tags": ["B"]}\n]', r"data\.txt:1: "),
        (
            '{"text": "a"}',
            r"data\.txt: expected lists of tokens and tags, or a text and spans, got objects with `text`",
        ),
    ],
)
def test_a_file_without_tagged_data_is_an_error_with_a_hint(content, message):
    with pytest.raises(DataError, match=message) as caught:
        guess({"data.txt": content})
    assert caught.value.hint


@pytest.mark.parametrize("names", [("seq.in", "seq.out"), ("a b", "c"), ("train/seq.in", "train/seq.out")])
def test_tokens_and_tags_in_separate_files_are_refused_with_a_command_that_joins_them(names: tuple[str, str], folder):
    halves = ["".join(" ".join(pair[i] for pair in s) + "\n" for s in gold(NAME)) for i in range(2)]

    both: dict[str, str | bytes] = {names[0]: halves[0], names[1]: halves[1]}
    for files in (both, dict(reversed(both.items()))):
        with pytest.raises(DataError, match=f"^{names[0]}: one sentence per line, and {names[1]} has") as caught:
            guess(files)

    subprocess.run(["sh", "-c", str(caught.value.hint)], cwd=folder, check=True)
    assert guess_and_read(Path("train.tsv").read_text())[1] == gold(NAME)


def test_files_of_plain_text_are_not_taken_for_tokens_and_tags():
    with pytest.raises(DataError, match="words per line"):
        guess({"a": "one two three four\nfive six\n" * 20, "b": "one two three\nfour five six\n" * 20})


def test_a_folder_a_missing_file_and_a_stream_are_errors(folder):
    with pytest.raises(DataError, match="is a folder"):
        guess_config([folder], Path())
    with pytest.raises(DataError, match="there is no such file"):
        guess_config([Path("nowhere.tsv")], Path())
    os.mkfifo("pipe")
    with pytest.raises(DataError, match="pipe: is a stream, but has to be read more than once") as caught:
        guess_config([Path("pipe")], Path())
    assert caught.value.hint == "save it as a file"


def test_a_faulty_row_is_an_error_that_names_its_line():
    with pytest.raises(DataError, match=r"data\.txt:3: the token is empty"):
        guess({"data.txt": columns(cells(0, NAME), before="").replace("Bob\t", "\t", 1)})


# Real data


@pytest.mark.parametrize(
    ("name", "format_", "tag"), [("ewt", "conllu", "upos"), ("snips", "columns", 1), ("wnut17", "columns", 1)]
)
def test_the_public_sets_are_recognised(shared_data, name, format_, tag):
    files = [
        path for path in (shared_data / name).iterdir() if path.suffix not in (".md", ".txt") and path.stem != "LICENSE"
    ]

    text = guess_config(files, Path())

    data = parse_config(tomllib.loads(text)).data
    assert (data.format, data.tag) == (format_, tag)
    assert [("train" in str(data.train)), ("dev" in str(data.dev)), ("test" in str(data.test))] == [True] * 3


def test_word_vectors_are_not_tagged_data(shared_data):
    with pytest.raises(DataError, match="no column of tags") as caught:
        guess_config([shared_data / "vectors" / "glove.6B.50d.top40k.txt"], Path())
    assert "word vectors" in str(caught.value.hint)


def test_the_data_of_the_configs_is_guessed_as_in_the_configs(monkeypatch):
    root = ROOT
    monkeypatch.chdir(root)

    series = guess_config([*Path("data/series").glob("*.csv")], Path())
    svo = guess_config([Path(f"data/svo/{split}.tsv") for split in ("train", "dev", "test")], Path())

    ours, theirs = parse_config(tomllib.loads(series)), load_config(Path("configs/series.toml"))
    assert (ours.features, ours.training, ours.model) == (theirs.features, theirs.training, theirs.model)
    assert (ours.data.sentence, ours.data.token, ours.data.tag) == ("series", "position", "state")
    assert tomllib.loads(svo)["data"]["dev"] == "data/svo/dev.tsv"


def test_the_last_of_several_lists_of_whole_numbers_is_the_tags():
    line = '{"id": "0", "tokens": ["a", "b"], "pos_tags": [3, 4], "ner_tags": [0, 1]}\n'

    config = guess({"train.json": line * 20})

    assert (config.data.format, config.data.token, config.data.tag) == ("jsonl", "tokens", "ner_tags")


HUGGING_FACE: list[dict[str, list[Any]]] = [  # wikiann: each token has a language, and its tag is a number
    {
        "tokens": [row[0] for row in s],
        "ner_tags": [["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"].index(row[NAME]) for row in s],
        "langs": ["en"] * len(s),
        "spans": [f"PER: {s[0][0]}"],
    }
    for s in SENTENCES
]


@pytest.mark.parametrize(
    "lists",
    [
        HUGGING_FACE,
        [{"lemmas": [row[LEMMA] for row in s], **o} for s, o in zip(SENTENCES, HUGGING_FACE, strict=True)],
        [{"tokens": o["tokens"], "lemmas": o["tokens"], "ner_tags": o["ner_tags"]} for o in HUGGING_FACE],
        [{"ner_tags": o["ner_tags"], "tokens": o["tokens"], "split": [0] * len(o["tokens"])} for o in HUGGING_FACE],
    ],
)
def test_whole_numbers_are_the_tags_if_no_list_of_texts_could_be(lists):
    config = guess({"train.jsonl": "\n".join(map(json.dumps, lists * 12))})

    assert (config.data.token, config.data.tag) == ("tokens", "ner_tags")
    assert config.data.scheme == "auto"  # data.map may give them names in a scheme


def test_whole_numbers_beside_tags_in_text_are_named():
    lists = [{"pos": [row[UPOS] for row in s], **o} for s, o in zip(SENTENCES, HUGGING_FACE, strict=True)]

    text = guess_config(write({"train.jsonl": "\n".join(map(json.dumps, lists))}), Path())

    assert load_tables(text)["data"]["tag"] == "pos"
    assert "# whole numbers, as many as tokens: ner_tags" in text


def test_skipped_rows_are_counted_and_the_config_skips_them():
    rows = "Paul\tPROPN\nsleeps\tVERB\n\n"
    paths = write({"train.tsv": rows * 10 + "Mary\n" + rows, "test.tsv": rows + "Mary\n\nAnn\n"})
    text = guess_config(paths, Path(), bad_rows="skip")

    assert "# skipped: 1 row of train, 2 rows of test" in text
    assert tomllib.loads(text)["data"]["bad_rows"] == "skip"
    assert 'bad_rows = "error"' in guess_config(write({"good.tsv": rows}), Path())

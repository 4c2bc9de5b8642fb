import json
import logging
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, Sentence
from tagger.corpus.formats import Source
from tagger.corpus.formats.jsonl import read as read_objects
from tagger.corpus.formats.jsonl import write_sentence
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences

JSONL = Layout("jsonl")
TEXT = "Ada met Bo-Peep."  # Ada met Bo - Peep .


def read(path: Path, *lines: object, layout: Layout = JSONL, tagged: bool = True) -> list[Sentence]:
    path = path / "train.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return list(read_sentences(path, layout, tagged=tagged))


def message(path: Path, *lines: object, layout: Layout = JSONL, tagged: bool = True) -> str:
    with pytest.raises(DataError) as caught:
        read(path, *lines, layout=layout, tagged=tagged)
    return caught.value.message.removeprefix(f"{path}/train.jsonl:")


def test_an_object_has_tokens_and_their_tags(tmp_path):
    lines = {"id": 1, "tokens": ["New York", "\n"], "tags": ["X", "Y Z"]}, "", {"tags": ["O"], "tokens": ["/"]}

    first, second = read(tmp_path, *lines)

    assert (first.tokens, first.tags, first.line) == (("New York", "\n"), ("X", "Y Z"), 1)
    assert (second.tokens, second.tags, second.line) == (("/",), ("O",), 3)


def test_what_predict_writes_can_be_read_again(tmp_path):
    line = '{"tokens": ["John"], "tags": ["S"], "spans": null, "offsets": [[0, 4]], "confidence": [1.0]}'

    (found,) = read(tmp_path, line)

    assert (found.tokens, found.tags) == (("John",), ("S",))


@pytest.mark.parametrize(
    "spans",
    [
        {"spans": [{"start": 0, "end": 3, "label": "per"}, {"start": 8, "end": 15, "label": "per", "id": 7}]},
        {"entities": [{"start_offset": start, "end_offset": end, "label": "per"} for start, end in ((8, 15), (0, 3))]},
        {"label": [[0, 3, "per"], [8, 15, "per"]]},
        {"labels": [[8, 15, "per"], [0, 3, "per"]], "spans": None},
        {"spans": [[0, 3, "per"], {"start": 8, "end": 15, "label": "per"}], "tokens": [{"text": "Ada", "start": 0}]},
        {"label": [{"start": 0, "end": 3, "labels": ["per"]}, {"start": 8, "end": 15, "labels": ["per"], "text": "x"}]},
        {"entities": [{"start": 0, "end": 3, "entity": "per", "value": "x"}, {"start": 8, "end": 15, "entity": "per"}]},
    ],
)  # fmt: skip
def test_an_object_has_a_text_and_spans_that_become_tags_of_our_tokens(tmp_path, spans):
    (found,) = read(tmp_path, {"text": TEXT, **spans})

    assert found.tokens == ("Ada", "met", "Bo", "-", "Peep", ".")
    assert found.tags == ("B-per", "O", "B-per", "I-per", "I-per", "O")
    assert [TEXT[start:end] for start, end in found.offsets or ()] == list(found.tokens)


def test_spans_that_directly_follow_each_other_stay_two(tmp_path):
    (found,) = read(tmp_path, {"text": "Ada Bo", "spans": [[0, 3, "per"], [4, 6, "per"]]})

    assert found.tags == ("B-per", "B-per")


def test_offsets_count_characters_and_not_bytes_or_units_of_utf_16(tmp_path):
    (found,) = read(tmp_path, {"text": "é😀 Bo", "spans": [[3, 5, "per"]]})

    assert found.tags == ("O", "O", "B-per")


def test_the_layout_may_name_the_keys(tmp_path):
    words = {"words": ["a"], "ner": ["X"], "tokens": ["no"], "tags": ["no"]}
    text = {"body": "a", "ner": [[0, 1, "X"]], "spans": []}

    (found,) = read(tmp_path, words, layout=Layout("jsonl", token="words", tag="ner"))
    assert (found.tokens, found.tags) == (("a",), ("X",))
    (found,) = read(tmp_path, text, layout=Layout("jsonl", token="body", tag="ner"))
    assert (found.tokens, found.tags) == (("a",), ("B-X",))
    (found,) = read(tmp_path, {"tokens": ["a"], "ner": ["X"]}, layout=Layout("jsonl", tag="ner"))
    assert found.tags == ("X",)
    assert message(tmp_path, words, layout=Layout("jsonl", tag="pos")).startswith(
        "1: expected `tokens` or `text`, and `pos`, got an object with `words`, `ner`, `tokens`, `tags`"
    )


@pytest.mark.parametrize(
    "line",
    [
        {"tokens": ["Ada", "met"]},
        {"text": "Ada met"},
        {"text": "x", "tokens": ["Ada", "met"]},
        {"text": "Ada met", "tokens": [{"text": "x"}], "spans": 0},
    ],
)
def test_without_tags_an_object_has_tokens_or_a_text(tmp_path, line):
    (found,) = read(tmp_path, line, tagged=False)

    assert (found.tokens, found.tags) == (("Ada", "met"), None)


def test_an_object_without_a_token_is_skipped_where_tags_are_read_and_kept_where_not(tmp_path):
    lines: list[dict[str, Any]] = [
        {"tokens": [], "tags": []},
        {"text": " ", "spans": []},
        {"text": "a", "spans": []},
    ]

    assert [found.tokens for found in read(tmp_path, *lines)] == [("a",)]
    assert [found.tokens for found in read(tmp_path, *lines, tagged=False)] == [(), (), ("a",)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"tokens": ["a"]', "not JSON: Expecting ',' delimiter, in column 17: '{\"tokens\": [\"a\"]'"),
        ("a X", "not JSON: Expecting value, in column 1: 'a X'"),
        ("[", "not JSON: Expecting value, in column 2: '['"),
        ("[]", "expected an object, got a list"),
        ('"a"', "expected an object, got a text"),
        ("1.5", "expected an object, got the number 1.5"),
        ("null", "expected an object, got null"),
        ("{}", "expected `tokens` or `text`, and `tags` or `spans` or `entities` or `label` or `labels` or `annotations`, got an empty object"),  # noqa: E501
        ('{"tokens": ["a"], "tags": null}', "expected `tokens` or `text`, and `tags` or `spans` or `entities` or `label` or `labels` or `annotations`, got an object with `tokens`"),  # noqa: E501
        ('{"tokens": ["a", "b"], "tags": ["X"]}', "2 tokens, but 1 tags"),
        ('{"tokens": [], "tags": ["X"]}', "0 tokens, but 1 tags"),
        ('{"tokens": {}, "tags": ["X"]}', "`tokens`: expected a list of texts, got an object"),
        ('{"tokens": ["a"], "tags": "X"}', "`tags`: expected a list of texts, got a text"),
        ('{"tokens": ["a"], "tags": [3.5]}', "`tags`: expected texts, got the number 3.5 at 0"),
        ('{"tokens": [3], "tags": ["X"]}', "`tokens`: expected texts, got the number 3 at 0"),
        ('{"tokens": ["a", true], "tags": ["X", "X"]}', "`tokens`: expected texts, got true at 1"),
        ('{"tokens": ["a", ""], "tags": ["X", "X"]}', "`tokens`: the token at 1 is empty"),
        ('{"tokens": ["a"], "tags": [""]}', "`tags`: the tag at 0 is empty"),
        ('{"tokens": ["\\u0000"], "tags": ["X"]}', "holds a NUL, which no text does"),
        ('{"tokens": ["a"], "tags": ["\\ud83d"]}', "holds half of a character: '\\ud83d'"),
        ('{"text": "\\udc00", "spans": []}', "holds half of a character: '\\udc00'"),
        ('{"text": "a", "spans": {}}', "`spans`: expected a list of spans, got an object"),
        ('{"text": "a", "label": ["positive"]}', "`label`: span 0: expected start and end, whole numbers, and a label, got 'positive'"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, "X"], [0, 1]]}', "`spans`: span 1: expected start and end, whole numbers, and a label, got [0, 1]"),  # noqa: E501
        ('{"text": "a", "spans": [{"start": 0, "label": "X"}]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got {'start': 0, 'label': 'X'}"),  # noqa: E501
        ('{"text": "a", "spans": [[0, true, "X"]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, True, 'X']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1.0, "X"]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1.0, 'X']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, ""]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1, '']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, true]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1, True]"),  # noqa: E501
        ('{"text": "a", "label": [{"start": 0, "end": 1, "labels": ["X", "Y"]}]}', "`label`: span 0: expected start and end, whole numbers, and a label, got {'start': 0, 'end': 1, 'labels': ['X', 'Y']}"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 2, "X"]]}', "`spans`: span 0: 0 to 2 is no part of a text of 1 characters"),
        ('{"text": "a", "spans": [[-1, 1, "X"]]}', "`spans`: span 0: -1 to 1 is no part of a text of 1 characters"),
        ('{"text": "abc", "spans": [[2, 1, "X"]]}', "`spans`: span 0: 2 to 1 is no part of a text of 3 characters"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_tagged_sentence_is_named_with_file_and_line(tmp_path, line, expected):
    assert message(tmp_path, {"tokens": ["fine"], "tags": ["X"]}, "", line) == f"3: {expected}"


@pytest.mark.parametrize(
    "spans",
    [
        {"label": [[0, 3, 2]]},
        {"annotations": [{"id": 1, "label": 2, "start_offset": 0, "end_offset": 3, "user": 1}]},
        {"spans": [{"start": 0, "end": 3, "labels": [2]}]},
    ],
)
def test_whole_numbers_may_stand_for_the_labels_of_spans(tmp_path, spans):
    (found,) = read(tmp_path, {"text": TEXT, **spans})

    assert found.tags == ("B-2", "O", "O", "O", "O", "O")


def test_examples_that_their_annotator_refused_are_left_out_and_counted_once(tmp_path, caplog):
    lines: list[dict[str, object]] = [
        {"text": name, "spans": [], "answer": answer}
        for name, answer in (("Ada", "accept"), ("Bo", "reject"), ("Cy", "ignore"), ("Di", None), ("Ed", 0))
    ]

    with caplog.at_level(logging.WARNING, "tagger"):
        found = read(tmp_path, *lines)

    assert [(sentence.tokens, sentence.line) for sentence in found] == [(("Ada",), 1), (("Di",), 4), (("Ed",), 5)]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/train.jsonl: 2 of 5 examples are left out: their `answer` is reject or ignore"
    ]


def test_refused_examples_are_read_where_no_tags_are_or_answers_are_the_tags(tmp_path):
    line = {"text": "Ada", "spans": [], "answer": "reject"}
    assert len(read(tmp_path, line, tagged=False)) == 1

    line = {"tokens": ["Ada"], "answer": "reject"}
    assert message(tmp_path, line, layout=Layout("jsonl", tag="answer")) == (
        "1: `answer`: expected a list of texts, got a text"
    )


@pytest.mark.parametrize("line", ["[" * 100_000, '{"tokens": ' * 100_000, "1" * 10_000])
def test_json_that_python_cannot_read_is_named_with_file_and_line(tmp_path, line):
    assert message(tmp_path, line).startswith("1: not JSON that can be read: ")


@pytest.mark.skipif(not shutil.which("jq"), reason="there is no jq here")
@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("is_list", [True, False])
@pytest.mark.parametrize("name", ["OLD", "OLD.json", "OLD.tsv"])
def test_json_that_is_not_an_object_a_line_is_told_with_what_mends_it(tmp_path, indent, is_list, name):
    found = {"tokens": ["a"], "tags": ["X"]}
    text = json.dumps([found] if is_list else found, indent=indent)
    if text == json.dumps(found):
        return
    (tmp_path / name).write_text(text)

    with pytest.raises(DataError, match=rf"{name}:1: (not JSON: Expecting|expected an object, got a list)") as caught:
        list(read_sentences(tmp_path / name))

    command = str(caught.value.hint).removeprefix("one object a line: ").replace("OLD", name)
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    assert [sentence.tags for sentence in read_sentences(tmp_path / "NEW")] == [("X",)]


@pytest.mark.parametrize(
    "options", [{"token": 0}, {"tag": -1}, {"numeric": ("x",)}, {"sentence": "id"}, {"per_row": "sentence"}]
)
def test_what_objects_do_not_have_is_refused(tmp_path, options):
    with pytest.raises(ConfigError, match=r"train\.jsonl: read as jsonl: (data|features)\."):
        read(tmp_path, layout=Layout("jsonl", **options))


def test_spans_that_do_not_fit_are_told_the_first_with_file_and_line_and_all_by_their_number(tmp_path, caplog):
    lines: list[dict[str, Any]] = [
        {"text": TEXT, "spans": [[0, 3, "per"]]},
        {"text": TEXT, "spans": [[8, 12, "per"], [8, 10, "x"], [3, 4, "x"]]},
        {"text": TEXT, "spans": [[9, 10, "per"]]},
        {"text": TEXT, "spans": [[8, 9, "per"], [8, 10, "per"]]},
    ]
    with caplog.at_level(logging.WARNING, "tagger"):
        found = read(tmp_path, *lines)

    path = tmp_path / "train.jsonl"
    assert [sentence.tags for sentence in found] == [
        ("B-per", "O", "O", "O", "O", "O"),
        ("O", "O", "B-per", "I-per", "I-per", "O"),
        ("O", "O", "B-per", "O", "O", "O"),
        ("O", "O", "B-per", "O", "O", "O"),
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}:2: the span 8 to 12 (per: 'Bo-P') cuts a token; widened to the tokens it touches",
        f"{path}:2: the span 8 to 10 (x: 'Bo') overlaps another; left out",
        f"{path}:2: the span 3 to 4 (x: ' ') touches no token; left out",
        f"{path}: 2 spans that begin or end inside a token are widened to the tokens they touch; "
        "2 that overlap a longer one and 1 that touch no token are left out",
    ]


def test_a_script_without_spaces_is_warned_of_once(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "tagger"):
        read(tmp_path, *[{"text": "我爱北京", "spans": []}] * 2)

    (record,) = caplog.records
    assert re.search(r"train\.jsonl:1: a script that is written without spaces: .* list of tokens", record.getMessage())


TOKENS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
TAGS = TOKENS.map(lambda tag: tag.strip(" ")).filter(bool)  # spaces around a tag are not part of it


@given(st.lists(st.lists(st.tuples(TOKENS, TAGS), min_size=1)))
def test_reading_undoes_writing(sentences):
    lines = [
        write_sentence(Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps)))
        for steps in sentences
    ]

    found = read_objects(Source((line.removesuffix("\n") for line in lines), JSONL, ""))

    assert all(line.count("\n") == 1 for line in lines)
    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in found] == sentences


def test_a_sentence_without_tags_is_written_without():
    assert write_sentence(Sentence(("é",))) == '{"tokens": ["é"]}\n'


def test_tags_may_be_whole_numbers(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"tokens": ["a", "b"], "tags": [0, 12]}\n')

    assert [sentence.tags for sentence in read_sentences(path, JSONL)] == [("0", "12")]

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


def test_the_output_of_predict_can_be_read(tmp_path):
    line = '{"tokens": ["John"], "tags": ["S"], "spans": null, "offsets": [[0, 4]], "confidence": [1.0]}'

    (sentence,) = read(tmp_path, line)

    assert (sentence.tokens, sentence.tags) == (("John",), ("S",))


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
def test_spans_of_a_text_become_tags_of_its_tokens(tmp_path, spans):
    (sentence,) = read(tmp_path, {"text": TEXT, **spans})

    assert sentence.tokens == ("Ada", "met", "Bo", "-", "Peep", ".")
    assert sentence.tags == ("B-per", "O", "B-per", "I-per", "I-per", "O")
    assert [TEXT[start:end] for start, end in sentence.offsets or ()] == list(sentence.tokens)


def test_adjacent_spans_are_not_merged(tmp_path):
    (sentence,) = read(tmp_path, {"text": "Ada Bo", "spans": [[0, 3, "per"], [4, 6, "per"]]})

    assert sentence.tags == ("B-per", "B-per")


def test_offsets_are_in_characters_not_in_bytes_or_utf_16_units(tmp_path):
    (sentence,) = read(tmp_path, {"text": "é😀 Bo", "spans": [[3, 5, "per"]]})

    assert sentence.tags == ("O", "O", "B-per")


def test_the_layout_may_name_the_keys(tmp_path):
    words = {"words": ["a"], "ner": ["X"], "tokens": ["no"], "tags": ["no"]}
    text = {"body": "a", "ner": [[0, 1, "X"]], "spans": []}

    (sentence,) = read(tmp_path, words, layout=Layout("jsonl", token="words", tag="ner"))
    assert (sentence.tokens, sentence.tags) == (("a",), ("X",))
    (sentence,) = read(tmp_path, text, layout=Layout("jsonl", token="body", tag="ner"))
    assert (sentence.tokens, sentence.tags) == (("a",), ("B-X",))
    (sentence,) = read(tmp_path, {"tokens": ["a"], "ner": ["X"]}, layout=Layout("jsonl", tag="ner"))
    assert sentence.tags == ("X",)
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
    (sentence,) = read(tmp_path, line, tagged=False)

    assert (sentence.tokens, sentence.tags) == (("Ada", "met"), None)


def test_an_object_without_tokens_is_skipped_only_if_tags_are_read(tmp_path):
    lines: list[dict[str, Any]] = [
        {"tokens": [], "tags": []},
        {"text": " ", "spans": []},
        {"text": "a", "spans": []},
    ]

    assert [sentence.tokens for sentence in read(tmp_path, *lines)] == [("a",)]
    assert [sentence.tokens for sentence in read(tmp_path, *lines, tagged=False)] == [(), (), ("a",)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"tokens": ["a"]', "not JSON: Expecting ',' delimiter, in column 17: '{\"tokens\": [\"a\"]'"),
        ("a X", "not JSON: Expecting value, in column 1: 'a X'"),
        ("[", "not JSON: Expecting value, in column 2: '['"),
        ("[]", "expected an object, got a list"),
        ('"a"', "expected an object, got a string"),
        ("1.5", "expected an object, got the number 1.5"),
        ("null", "expected an object, got null"),
        ("{}", "expected `tokens` or `text`, and `tags` or `spans` or `entities` or `label` or `labels` or `annotations`, got an empty object"),  # noqa: E501
        ('{"tokens": ["a"], "tags": null}', "expected `tokens` or `text`, and `tags` or `spans` or `entities` or `label` or `labels` or `annotations`, got an object with `tokens`"),  # noqa: E501
        ('{"tokens": ["a", "b"], "tags": ["X"]}', "2 tokens, but 1 tag"),
        ('{"tokens": [], "tags": ["X"]}', "0 tokens, but 1 tag"),
        ('{"tokens": {}, "tags": ["X"]}', "`tokens`: expected a list of strings, got an object"),
        ('{"tokens": ["a"], "tags": "X"}', "`tags`: expected a list of strings, got a string"),
        ('{"tokens": ["a"], "tags": [3.5]}', "`tags`: expected strings, got the number 3.5 at 0"),
        ('{"tokens": [3], "tags": ["X"]}', "`tokens`: expected strings, got the number 3 at 0"),
        ('{"tokens": ["a", true], "tags": ["X", "X"]}', "`tokens`: expected strings, got true at 1"),
        ('{"tokens": ["a", ""], "tags": ["X", "X"]}', "`tokens`: the token at 1 is empty"),
        ('{"tokens": ["a"], "tags": [""]}', "`tags`: the tag at 0 is empty"),
        ('{"tokens": ["\\u0000"], "tags": ["X"]}', "there is a NUL in the text"),
        ('{"tokens": ["a"], "tags": ["\\ud83d"]}', "there is half of a surrogate pair in the text: '\\ud83d'"),
        ('{"text": "\\udc00", "spans": []}', "there is half of a surrogate pair in the text: '\\udc00'"),
        ('{"text": "a", "spans": {}}', "`spans`: expected a list of spans, got an object"),
        ('{"text": "a", "label": ["positive"]}', "`label`: span 0: expected start and end, whole numbers, and a label, got 'positive'"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, "X"], [0, 1]]}', "`spans`: span 1: expected start and end, whole numbers, and a label, got [0, 1]"),  # noqa: E501
        ('{"text": "a", "spans": [{"start": 0, "label": "X"}]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got {'start': 0, 'label': 'X'}"),  # noqa: E501
        ('{"text": "a", "spans": [[0, true, "X"]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, True, 'X']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1.0, "X"]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1.0, 'X']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, ""]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1, '']"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 1, true]]}', "`spans`: span 0: expected start and end, whole numbers, and a label, got [0, 1, True]"),  # noqa: E501
        ('{"text": "a", "label": [{"start": 0, "end": 1, "labels": ["X", "Y"]}]}', "`label`: span 0: expected start and end, whole numbers, and a label, got {'start': 0, 'end': 1, 'labels': ['X', 'Y']}"),  # noqa: E501
        ('{"text": "a", "spans": [[0, 2, "X"]]}', "`spans`: span 0: 0 to 2 is outside the text of 1 character"),
        ('{"text": "a", "spans": [[-1, 1, "X"]]}', "`spans`: span 0: -1 to 1 is outside the text of 1 character"),
        ('{"text": "abc", "spans": [[2, 1, "X"]]}', "`spans`: span 0: 2 to 1 is outside the text of 3 characters"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_a_tagged_sentence_is_reported_with_file_and_line(tmp_path, line, expected):
    assert message(tmp_path, {"tokens": ["fine"], "tags": ["X"]}, "", line) == f"3: {expected}"


@pytest.mark.parametrize(
    "spans",
    [
        {"label": [[0, 3, 2]]},
        {"annotations": [{"id": 1, "label": 2, "start_offset": 0, "end_offset": 3, "user": 1}]},
        {"spans": [{"start": 0, "end": 3, "labels": [2]}]},
    ],
)
def test_labels_of_spans_may_be_whole_numbers(tmp_path, spans):
    (sentence,) = read(tmp_path, {"text": TEXT, **spans})

    assert sentence.tags == ("B-2", "O", "O", "O", "O", "O")


def test_rejected_examples_are_skipped_and_counted_once(tmp_path, caplog):
    lines: list[dict[str, object]] = [
        {"text": name, "spans": [], "answer": answer}
        for name, answer in (("Ada", "accept"), ("Bo", "reject"), ("Cy", "ignore"), ("Di", None), ("Ed", 0))
    ]

    with caplog.at_level(logging.WARNING, "tagger"):
        sentences = read(tmp_path, *lines)

    assert [(sentence.tokens, sentence.line) for sentence in sentences] == [(("Ada",), 1), (("Di",), 4), (("Ed",), 5)]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/train.jsonl: 2 of 5 examples are skipped: their `answer` is reject or ignore"
    ]


def test_rejected_examples_are_read_without_tags_or_if_answers_are_the_tags(tmp_path):
    line = {"text": "Ada", "spans": [], "answer": "reject"}
    assert len(read(tmp_path, line, tagged=False)) == 1

    line = {"tokens": ["Ada"], "answer": "reject"}
    assert message(tmp_path, line, layout=Layout("jsonl", tag="answer")) == (
        "1: `answer`: expected a list of strings, got a string"
    )


@pytest.mark.parametrize("line", ["[" * 100_000, '{"tokens": ' * 100_000, "1" * 10_000])
def test_json_that_python_cannot_read_is_reported_with_file_and_line(tmp_path, line):
    assert message(tmp_path, line).startswith("1: JSON that cannot be read: ")


@pytest.mark.skipif(not shutil.which("jq"), reason="there is no jq here")
@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("is_list", [True, False])
@pytest.mark.parametrize("name", ["OLD", "OLD.json", "OLD.tsv"])
def test_json_without_an_object_per_line_is_reported_with_a_command_that_converts_it(tmp_path, indent, is_list, name):
    obj = {"tokens": ["a"], "tags": ["X"]}
    text = json.dumps([obj] if is_list else obj, indent=indent)
    if text == json.dumps(obj):
        return
    (tmp_path / name).write_text(text)

    with pytest.raises(DataError, match=rf"{name}:1: (not JSON: Expecting|expected an object, got a list)") as caught:
        list(read_sentences(tmp_path / name))

    command = str(caught.value.hint).removeprefix("one object per line: ").replace("OLD", name)
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    assert [sentence.tags for sentence in read_sentences(tmp_path / "NEW")] == [("X",)]


@pytest.mark.parametrize("file_format", ["auto", "jsonl"])
@pytest.mark.parametrize(
    "cut", ['{"tokens": ["a"]', '{"tokens": ["a", "b', '{"tokens": [', '{"tokens": ["a"],', '[{"tokens": ["a"]']
)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_line_that_is_cut_off_is_reported_without_a_command_that_needs_whole_json(
    tmp_path, file_format, cut, position
):
    lines = ['{"tokens": ["a"], "tags": ["X"]}'] * 2
    lines.insert(position, cut)
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines))

    with pytest.raises(DataError, match=rf"train\.jsonl:{position + 1}: not JSON: .*, in column \d+: ") as caught:
        list(read_sentences(path, Layout(file_format)))

    assert "jq" not in str(caught.value.hint)


@pytest.mark.parametrize(
    "options", [{"token": 0}, {"tag": -1}, {"numeric": ("x",)}, {"sentence": "id"}, {"per_row": "sentence"}]
)
def test_keys_of_the_layout_without_meaning_in_json_are_refused(tmp_path, options):
    with pytest.raises(ConfigError, match=r"train\.jsonl: read as jsonl: (data|features)\."):
        read(tmp_path, layout=Layout("jsonl", **options))


def test_the_first_spans_that_do_not_fit_are_logged_and_all_are_counted(tmp_path, caplog):
    lines: list[dict[str, Any]] = [
        {"text": TEXT, "spans": [[0, 3, "per"]]},
        {"text": TEXT, "spans": [[8, 12, "per"], [8, 10, "x"], [3, 4, "x"]]},
        {"text": TEXT, "spans": [[9, 10, "per"]]},
        {"text": TEXT, "spans": [[8, 9, "per"], [8, 10, "per"]]},
    ]
    with caplog.at_level(logging.WARNING, "tagger"):
        sentences = read(tmp_path, *lines)

    path = tmp_path / "train.jsonl"
    assert [sentence.tags for sentence in sentences] == [
        ("B-per", "O", "O", "O", "O", "O"),
        ("O", "O", "B-per", "I-per", "I-per", "O"),
        ("O", "O", "B-per", "O", "O", "O"),
        ("O", "O", "B-per", "O", "O", "O"),
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}:2: the span 8 to 12 (per: 'Bo-P') cuts a token; widened to whole tokens",
        f"{path}:2: the span 8 to 10 (x: 'Bo') overlaps another; left out",
        f"{path}:2: the span 3 to 4 (x: ' ') touches no token; left out",
        f"{path}: spans that do not fit the tokens: 2 widened to whole tokens, "
        "2 left out because they overlap a longer one, 1 because they touch no token",
    ]


def test_there_is_one_warning_of_scripts_without_spaces(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "tagger"):
        read(tmp_path, *[{"text": "我爱北京", "spans": []}] * 2)

    (record,) = caplog.records
    assert re.search(r"train\.jsonl:1: a script without spaces between words: .* list of tokens", record.getMessage())


TOKENS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
TAGS = TOKENS.map(lambda tag: tag.strip(" ")).filter(bool)  # spaces around a tag are dropped


@given(st.lists(st.lists(st.tuples(TOKENS, TAGS), min_size=1)))
def test_reading_undoes_writing(sentences):
    lines = [
        write_sentence(Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps)))
        for steps in sentences
    ]

    read_back = read_objects(Source((line.removesuffix("\n") for line in lines), JSONL, ""))

    assert all(line.count("\n") == 1 for line in lines)
    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read_back] == sentences


def test_a_sentence_without_tags_is_written_without_the_key_of_tags():
    assert write_sentence(Sentence(("é",))) == '{"tokens": ["é"]}\n'


def test_tags_may_be_whole_numbers(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"tokens": ["a", "b"], "tags": [0, 12]}\n')

    assert [sentence.tags for sentence in read_sentences(path, JSONL)] == [("0", "12")]

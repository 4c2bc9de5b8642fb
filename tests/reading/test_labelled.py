"""Files of unknown format of which labels are the only answer."""

import io
from dataclasses import replace

import pytest

from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.reading.read import read_sentences

TEXTS = [("play some jazz, please", "music"), ("book a table for two", "food"), ("is it raining?", "weather")]
TOKENS = [
    ("play", "some", "jazz", ",", "please"),
    ("book", "a", "table", "for", "two"),
    ("is", "it", "raining", "?"),
]


def read(text: str, label: Column, *, tagged: bool = True, token: Column | None = None) -> list[Sentence]:
    layout = Layout("auto", token=token, answers=(AnswerColumn("topic", "label", label),))
    return list(read_sentences(io.BytesIO(text.encode()), layout, tagged=tagged))


def joined(delimiter: str, *columns: str) -> str:
    rows = [{"text": f'"{text}"', "topic": topic, "n": str(i), "id": f"x{i}"} for i, (text, topic) in enumerate(TEXTS)]
    return "".join(delimiter.join(row[c] for c in columns) + "\n" for row in [{c: c for c in columns}, *rows])


TABLES = {
    "commas": (joined(",", "text", "topic"), "topic"),
    "TAB, the label first": (joined("\t", "topic", "text"), "topic"),
    "by index": (joined(";", "text", "topic"), 1),
    "further columns": (joined(",", "id", "n", "text", "topic"), "topic"),
    "jsonl": ("".join(f'{{"says": "{text}", "topic": "{topic}"}}\n' for text, topic in TEXTS), "topic"),
}


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize(("text", "label"), TABLES.values(), ids=TABLES)
def test_a_text_and_a_label_in_each_row_are_recognised(text, label, tagged):
    sentences = read(text, label, tagged=tagged)

    assert [sentence.tokens for sentence in sentences] == TOKENS
    assert [sentence.answers for sentence in sentences] == ([(topic,) for _, topic in TEXTS] if tagged else [()] * 3)


def test_a_column_of_texts_that_is_named_is_used():
    text = "title,body,topic\nthe cat sat down,a b,x\nthe dog barks loudly,c d,y\n"

    assert [s.tokens for s in read(text, "topic", token="body")] == [("a", "b"), ("c", "d")]


def test_a_table_with_a_token_a_row_is_not_of_texts():
    text = "token,topic\nplay,music\njazz,music\n\nrain,weather\n"

    first, second = read(text, "topic")

    assert (first.tokens, first.answers) == (("play", "jazz"), ("music",))
    assert (second.tokens, second.answers) == (("rain",), ("weather",))


@pytest.mark.parametrize("n", [1, 3])
def test_labels_in_comments_above_tokens_or_a_tree_are_recognised(n):
    words = "".join(f"{i}\tjazz" + 8 * "\t_" + "\n" for i in range(1, n + 1))
    for rows in (n * "jazz\n", words):
        (sentence,) = read(f"# topic = music\n{rows}\n", "topic")
        assert (sentence.tokens, sentence.answers) == (("jazz",) * n, ("music",))


def test_a_file_is_read_like_another_of_the_same_format(caplog):
    caplog.set_level("INFO")
    text = "title,body,topic\nthe cat sat down,a b,x\nthe dog barks loudly,c d,y\n"
    layout = Layout("auto", answers=(AnswerColumn("topic", "label", "topic"),))
    train = replace(layout, format="csv", token="body", per_row="sentence")

    for reference in (train, replace(train, format="jsonl")):
        first, _ = read_sentences(io.BytesIO(text.encode()), layout, reference_layout=reference, log_format=True)
        assert (first.tokens == ("a", "b")) == (reference is train)
    assert "<stream>: a table delimited by commas, 3 columns under a header, a text in each row" in caplog.text


def test_a_file_without_the_label_is_an_error_that_names_the_head():
    with pytest.raises(DataError, match=r"^<stream>: heads\.topic: no sentence has a comment"):
        read("play some jazz\nbook a table\n", "topic")

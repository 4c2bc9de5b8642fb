"""DataFrames in and out of a tagger."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.tagging.frames import frame_sentences
from tagger.tagging.tagger import Tagger
from tests.bundles import save_heads_bundle, save_numbers_bundle, save_series_bundle, save_words_bundle


@pytest.fixture
def words(tmp_path) -> Tagger:
    return Tagger.load(save_words_bundle(tmp_path / "bundle"))


@pytest.fixture
def numbers(tmp_path) -> Tagger:
    return Tagger.load(save_numbers_bundle(tmp_path / "bundle"))


WORDS = pd.DataFrame(
    {"sentence": [1, 1, 1, 2, 2], "word": ["John", "loves", "Jane", "NASA", "sleeps"]}, index=[9, 8, 7, 9, 5]
)


def test_each_row_gets_the_tag_that_its_token_has_in_its_sentence(words):
    expected = words.tag([["John", "loves", "Jane"], ["NASA", "sleeps"]])
    tagged = words.tag_frame(WORDS)

    assert list(tagged.columns) == ["sentence", "word", "tag", "confidence"]
    assert tagged["tag"].tolist() == [tag for each in expected for tag in each.tags]
    assert tagged["confidence"].tolist() == pytest.approx([value for each in expected for value in each.confidence])
    pd.testing.assert_frame_equal(tagged[["sentence", "word"]], WORDS)
    assert list(WORDS.columns) == ["sentence", "word"]


def test_a_sentence_lasts_until_its_column_changes_and_a_missing_value_continues_it(words):
    columns: list[Any] = [[1, 1, 2, 2, 1], ["a", None, "b", None, "a"], [None, None, "b", "b", "c"]]
    columns += [["a", "", "b", "", "c"], pd.array(["", None, "b", "", "c"], "string")]
    columns += [pd.array([None, None, 2, None, 1], "Int64"), pd.Categorical(["a", None, "b", None, "a"])]
    for column in columns:
        read = frame_sentences(WORDS.assign(sentence=column), words.bundle)

        assert [sentence.tokens for sentence in read] == [("John", "loves"), ("Jane", "NASA"), ("sleeps",)]


def test_a_name_that_the_frame_has_gets_predicted_after_it(words, caplog):
    tagged = words.tag_frame(WORDS.assign(tag="gold"), confidence=False)

    assert list(tagged.columns) == ["sentence", "word", "tag", "tag_predicted"]
    assert caplog.messages == ["the frame has a column tag: the predicted one is written as tag_predicted"]


def test_columns_have_the_names_of_training_or_those_that_are_passed(tmp_path):
    layout = Layout(format="csv", token="mot", sentence="phrase", tag="étiquette")
    tagger = Tagger.load(save_words_bundle(tmp_path / "bundle", layout))
    french = WORDS.set_axis(["phrase", "mot"], axis=1)

    tagged = tagger.tag_frame(french, confidence=False)

    assert list(tagged.columns) == ["phrase", "mot", "étiquette"]
    other = tagger.tag_frame(WORDS.set_axis(["x", "y"], axis=1), sentence="x", token="y")
    assert other["étiquette"].tolist() == tagged["étiquette"].tolist()


def test_several_heads_have_a_column_each_and_a_label_stands_in_each_row(tmp_path):
    tagger = Tagger.load(save_heads_bundle(tmp_path / "bundle"))
    tagged = tagger.tag_frame(pd.DataFrame({"sentence": [1, 1, 2], "token": ["Ada", "plays", "Ada"]}))

    assert list(tagged.columns) == [
        "sentence", "token", "intent", "pos", "names", "lemma",
        "intent_confidence", "pos_confidence", "names_confidence", "lemma_confidence",
    ]  # fmt: skip
    assert tagged["intent"].tolist() == ["play", "play", "other"]
    assert tagged["lemma"].tolist() == ["Ada", "play", "Ada"]


def test_a_series_is_tagged_by_its_channels_and_others_columns_stay(numbers, tmp_path):
    series = pd.DataFrame({"time": ["8:00", "8:01", "8:02"], "y": [0, 0, 0], "x": [0, 9, 9], "series": [1, 1, 2]})

    assert numbers.tag_frame(series)["state"].tolist() == ["low", "high", "high"]
    assert numbers.tag_frame(series.drop(columns="series"))["state"].tolist() == ["low", "high", "high"]
    label = Tagger.load(save_series_bundle(tmp_path / "series"))
    assert label.tag_frame(series)["label"].tolist() == ["high", "high", "high"]


def test_a_missing_number_is_filled_if_the_tagger_fills_them(tmp_path, numbers):
    series = pd.DataFrame({"x": [9, None, 0], "y": [0, 0, 0]})
    fills = Tagger.load(save_numbers_bundle(tmp_path / "fills", fills=True))

    assert fills.tag_frame(series)["state"].tolist() == ["high", "high", "low"]
    with pytest.raises(DataError, match="reads finite numbers only"):
        numbers.tag_frame(series)


def test_symbols_are_read_as_in_a_csv_file():
    frame = pd.DataFrame({"id": [1, 1], "token": ["a", "b"], "p": [None, "x"], "q": [True, False], "r": [1, None]})
    bundle: Any = SimpleNamespace(
        encoder=SimpleNamespace(columns=("p", "q", "r"), numeric=()),
        layout=Layout(token="token", sentence="id"),
        architecture=SimpleNamespace(reads_series=False),
    )

    (sentence,) = frame_sentences(frame, bundle)

    assert sentence.columns == (("", "True", "1.0"), ("x", "False", ""))
    assert frame[["p", "q", "r"]].to_csv(index=False, header=False) == ",True,1.0\nx,False,\n"


def test_a_frame_of_another_library_is_converted(words):
    other = SimpleNamespace(to_pandas=lambda: WORDS)

    pd.testing.assert_frame_equal(words.tag_frame(other), words.tag_frame(WORDS))


def test_a_frame_without_rows_has_the_columns_of_answers(words):
    assert list(words.tag_frame(WORDS[:0]).columns) == ["sentence", "word", "tag", "confidence"]


def test_errors_name_the_column_or_the_row(words, numbers):
    for tagger, frame, error, message in (
        (words, WORDS.drop(columns="sentence"), DataError, "no column of the frame is known to hold sentences: word"),
        (
            words,
            WORDS.assign(word=WORDS["word"].where(WORDS["word"] != "loves")),
            DataError,
            "row 1 of the frame .* has no token",
        ),
        (words, WORDS.set_axis(["x", "x"], axis=1), DataError, "two columns with the name x"),
        (numbers, WORDS, DataError, "the frame has no column x; its columns are sentence, word"),
        (numbers, pd.DataFrame({"x": ["?"], "y": [1]}), DataError, "the column x of the frame should have numbers"),
        (words, ["John"], ValueError, "expected a DataFrame, got"),
    ):
        with pytest.raises(error, match=message):
            tagger.tag_frame(frame)
    with pytest.raises(DataError, match="the frame has no column none"):
        words.tag_frame(WORDS, token="none")


def test_tagged_sentences_become_a_frame(words, tmp_path):
    heads = Tagger.load(save_heads_bundle(tmp_path / "bundle"))

    frame = words.tag(["John loves", "NASA"], confidence=False).to_frame()
    assert frame.to_dict("list") == {
        "sentence": [1, 1, 2], "token": ["John", "loves", "NASA"], "tag": ["S", "V", "S"],
    }  # fmt: skip
    assert list(heads.tag(["Ada"]).to_frame())[:3] == ["sentence", "token", "intent"]
    assert words.tag([]).to_frame().empty
    tagged = words.tag(["John loves", "NASA"])
    assert tagged[1:].to_frame()["token"].tolist() == [*tagged[1].tokens] == ["NASA"]

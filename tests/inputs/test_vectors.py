import gzip
import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import Features, Words
from tagger.corpus.sentence import Sentence
from tagger.corpus.vectors import read_vectors
from tagger.encoding.vocabulary import UNKNOWN
from tagger.errors import ConfigError, DataError, TaggerError
from tagger.inputs.fitting import FittedInput
from tests.networks import fit

GLOVE = "the 0.5 -1\ncat 1 2.5\n. . . 9 9\nParis 3 4\nparis -3 -4\ncat 7 7\n"
TRAIN = [Sentence(("The", "cat", "purrs"), ("D", "N", "V"))]


@pytest.fixture
def glove(tmp_path: Path) -> Path:
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE)
    return path


def words(path: Path, **changes: object) -> Features:
    return Features(words=Words.model_validate({"vectors": str(path), **changes}))


def known_symbols(fitted: FittedInput) -> tuple[str, ...]:
    assert fitted.input.vocabulary is not None
    return fitted.input.vocabulary.symbols


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz"])
@pytest.mark.parametrize("header", ["", "5 2\n"])
def test_only_requested_words_are_read_and_the_first_of_repeated_lines_counts(name, header, tmp_path):
    path = tmp_path / name
    content = (header + GLOVE).encode()
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)

    vectors, dim = read_vectors(path, {"cat", "Paris", "dog"})

    assert dim == 2
    assert {word: row.tolist() for word, row in vectors.items()} == {"cat": [1, 2.5], "Paris": [3, 4]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("cat 1 2\ndog 1\n", r"vectors.txt:2: expected a word and 2 finite numbers, got 'dog 1'"),
        ("cat 1 2\ndog 1 x\n", r"vectors.txt:2: expected a word and 2 numbers, got 'dog 1 x'"),
        ("cat 1 2\ndog 1 nan\n", r"vectors.txt:2: expected a word and 2 finite numbers"),
        ("", r"vectors.txt: there are no word vectors"),
    ],
)
def test_a_line_without_a_vector_is_an_error_with_its_number(content, message, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text(content)

    with pytest.raises(DataError, match=message):
        read_vectors(path, {"cat", "dog"})


@given(content=st.binary(max_size=60) | st.text("a1 .-e\n", max_size=60).map(str.encode))
def test_any_file_gives_vectors_or_an_error(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "vectors.txt"
    path.write_bytes(content)

    try:
        vectors, dim = read_vectors(path, {"a", "1", "-", "."})
    except TaggerError:
        return
    assert all(len(row) == dim for row in vectors.values())


def test_words_of_train_come_first_then_words_of_other_splits_that_have_a_vector(glove):
    others = ("Paris", "purrs", "dog")

    fitted = fit(words(glove), TRAIN, other_forms=others)["words"]

    assert known_symbols(fitted) == ("cat", "purrs", "the", "paris")
    assert fitted.counts == (1, 1, 1, 0)
    assert fitted.vectors is not None
    assert fitted.vectors.is_known.tolist() == [False, False, True, False, True, True]
    assert fitted.vectors.rows[[2, 4, 5]].tolist() == [[1, 2.5], [0.5, -1], [-3, -4]]
    assert np.all(fitted.vectors.rows[UNKNOWN] != 0)


def test_a_word_without_a_vector_gets_that_of_its_lower_case_form(glove):
    train = [Sentence(("Paris", "Cat"), ("N", "N"))]

    fitted = fit(words(glove, lowercase=False), train)["words"]

    assert known_symbols(fitted) == ("Cat", "Paris")
    assert fitted.vectors is not None
    assert fitted.vectors.rows[2:].tolist() == [[1, 2.5], [3, 4]]


def test_words_of_a_word_list_are_known_if_they_have_a_vector(glove, tmp_path):
    (tmp_path / "words.txt").write_text("Paris\n\nunheard\n")

    fitted = fit(words(glove, word_list=str(tmp_path / "words.txt")), TRAIN)["words"]

    assert known_symbols(fitted) == ("cat", "purrs", "the", "paris")


def test_the_log_says_how_many_words_have_a_vector(glove, caplog):
    with caplog.at_level(logging.INFO, "tagger"):
        fit(words(glove), TRAIN)

    message = "vectors: dimension 2, for 2 of 3 words of train (67 % of its tokens), and for 0 other words; glove.txt"
    assert message in caplog.messages


def test_rare_words_count_as_words_of_train_in_the_log(glove, caplog):
    train = [Sentence(("the", "the", "cat", "purrs", "barks", "zips"), ("N",) * 6)]

    with caplog.at_level(logging.INFO, "tagger"):
        fit(words(glove, min_count=2), train)

    assert "for 2 of 5 words of train (50 % of its tokens), and for 0 other words" in caplog.text


def test_words_of_test_do_not_change_vectors_of_train(glove):
    alone, beside = (fit(words(glove), TRAIN, other_forms=others)["words"].vectors for others in ((), ("Paris", ".")))

    assert alone is not None
    assert beside is not None
    assert len(beside.rows) == len(alone.rows) + 1
    np.testing.assert_array_equal(beside.rows[: len(alone.rows)], alone.rows)


def test_vectors_of_another_language_are_refused(glove):
    with pytest.raises(ConfigError, match="has no vector for any word of train"):
        fit(words(glove), [Sentence(("кот",), ("N",))])


def test_the_glove_cut_covers_most_of_what_its_language_says(shared_data):
    train = [Sentence(("the", "of", "Monday", "zzyzx"), ("D", "P", "N", "N"))]
    path = shared_data / "vectors" / "glove.6B.50d.top40k.txt"

    fitted = fit(words(path), train)["words"]

    assert fitted.vectors is not None
    assert fitted.vectors.rows.shape == (6, 50)
    assert fitted.vectors.is_known.sum() == 3


def test_rare_words_of_train_are_known_too_where_they_have_a_vector(glove):
    train = [Sentence(("the", "the", "cat", "purrs"), ("D",) * 4)]

    fitted = fit(words(glove, min_count=2), train)["words"]

    assert known_symbols(fitted) == ("the", "cat")
    assert fitted.counts == (2, 1)

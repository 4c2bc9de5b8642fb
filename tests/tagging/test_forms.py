"""Rows of forms that are kept: what is asked for is what is given, whatever was asked for before."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.encoding.vocabulary import Vocabulary
from tagger.inputs.encoder import Encoder
from tagger.inputs.words import WordInput
from tagger.tagging import forms as forms_module
from tagger.tagging.forms import FormRows
from tagger.tagging.tagger import Tagger
from tests.bundles import save_context_bundle

WORDS = tuple("abcdefgh")
ENCODER = Encoder(("X",), (WordInput(Vocabulary(WORDS), lowercase=False, dim=1),))
ROOM = 3  # rows of one number
TOKENS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=8)


class Made:
    """Gives each form its word's id as its row, and counts."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, inputs):
        self.sizes.append(len(inputs["words"]))
        return inputs["words"][:, None].astype(np.float32)


@pytest.fixture
def small_room(monkeypatch):
    monkeypatch.setattr(forms_module, "KEPT", 4 * ROOM)


def ids(tokens) -> list[int]:
    return [WORDS.index(token) + 2 for token in tokens]


@given(TOKENS)
def test_each_token_gets_its_own_row_whatever_was_asked_for_before(asked):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms_module, "KEPT", 4 * ROOM)
        rows = FormRows(ENCODER, Made(), 1)
    given_before = []
    for tokens in asked:
        given_before.append((tokens, *rows.of(tokens)))
        for earlier, places, values in given_before:  # what was given stays, though the cache begins anew
            assert values[places, 0].tolist() == ids(earlier)


def test_a_row_is_made_once(small_room):
    made = Made()
    rows = FormRows(ENCODER, made, 1)

    for tokens in (["a", "b", "a"], ["b", "a"], ["c", "b"], []):
        rows.of(tokens)

    assert made.sizes == [2, 1]


def test_no_more_is_kept_than_there_is_room_for(small_room):
    made = Made()
    rows = FormRows(ENCODER, made, 1)

    _, first = rows.of(["a", "b", "c"])
    places, second = rows.of(["d", "a"])  # a fourth form: it begins anew, with these two
    rows.of(["c"])

    assert made.sizes == [3, 2, 1]
    assert len(first) == len(second) == ROOM
    assert sorted(places) == [0, 1]


def test_a_sentence_of_more_forms_than_there_is_room_for_gets_them_all(small_room):
    rows = FormRows(ENCODER, Made(), 1)

    places, values = rows.of(WORDS)

    assert values[places, 0].tolist() == ids(WORDS)


def test_a_tagger_tags_the_same_with_no_room_for_rows(tmp_path, monkeypatch):
    folder = save_context_bundle(tmp_path / "bundle")
    sentences = [["The", "cat", "purrs"], ["cat"], ["и", "The", "!"], ["the", "cat", "1,000", "purrs"]]
    expected = Tagger.load(folder).tag(sentences)
    monkeypatch.setattr(forms_module, "KEPT", 0)
    tagger = Tagger.load(folder)

    for sentence, found in zip(sentences, expected, strict=True):
        (alone,) = tagger.tag([sentence])
        assert alone.tags == found.tags
        assert alone.confidence == pytest.approx(found.confidence, abs=1e-5)


def test_confidence_is_empty_where_it_was_not_asked_for(tmp_path):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))

    for best in (0, 2):
        asked = tagger.tag(["the cat"], best=best)
        plain = tagger.tag(["the cat"], best=best, confidence=False)
        assert [found.tags for found in plain] == [found.tags for found in asked]
        assert plain[0].confidence == ()
        assert len(asked[0].confidence) == 2


def test_threads_can_tag_with_one_tagger():
    started = threading.Barrier(2)

    def made(inputs):
        with contextlib.suppress(threading.BrokenBarrierError):
            started.wait(0.2)  # for the other thread, which must not be let in
        return inputs["words"][:, None].astype(np.float32)

    rows = FormRows(ENCODER, made, 1)
    with ThreadPoolExecutor(2) as pool:
        found = [*pool.map(rows.of, (["a", "b"], ["c", "d"]))]

    for tokens, (places, values) in zip((["a", "b"], ["c", "d"]), found, strict=True):
        assert values[places, 0].tolist() == ids(tokens)
    places, values = rows.of(list("abcd"))
    assert values[places, 0].tolist() == ids("abcd")

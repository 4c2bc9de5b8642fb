"""The cache of form rows returns the right rows after any earlier look-ups."""

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
from tagger.tagging import form_cache
from tagger.tagging.form_cache import FormCache
from tagger.tagging.tagger import Tagger
from tests.bundles import save_context_bundle

WORDS = tuple("abcdefgh")
ENCODER = Encoder((WordInput(Vocabulary(WORDS), lowercase=False, dim=1),))
CAPACITY = 3  # rows of one value
TOKENS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=8)


class ComputeIds:
    """Computes the word id of each form as its row, and records the batch sizes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, inputs):
        self.sizes.append(len(inputs["words"]))
        return inputs["words"][:, None].astype(np.float32)


@pytest.fixture
def small_cache(monkeypatch):
    monkeypatch.setattr(form_cache, "CACHE_BYTES", 4 * CAPACITY)


def ids(tokens) -> list[int]:
    return [WORDS.index(token) + 2 for token in tokens]


@given(TOKENS)
def test_each_form_gets_its_own_row_after_any_earlier_look_ups(requests):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(form_cache, "CACHE_BYTES", 4 * CAPACITY)
        cache = FormCache(ENCODER, ComputeIds(), 1)
    results = []
    for tokens in requests:
        results.append((tokens, *cache.look_up(tokens)))
        for earlier, indices, rows in results:  # earlier results stay valid when the cache is emptied
            assert rows[indices, 0].tolist() == ids(earlier)


def test_a_row_is_computed_once(small_cache):
    compute = ComputeIds()
    cache = FormCache(ENCODER, compute, 1)

    for tokens in (["a", "b", "a"], ["b", "a"], ["c", "b"], []):
        cache.look_up(tokens)

    assert compute.sizes == [2, 1]


def test_a_full_cache_is_emptied(small_cache):
    compute = ComputeIds()
    cache = FormCache(ENCODER, compute, 1)

    _, first = cache.look_up(["a", "b", "c"])
    indices, second = cache.look_up(["d", "a"])  # a fourth form: only these two stay
    cache.look_up(["c"])

    assert compute.sizes == [3, 2, 1]
    assert len(first) == len(second) == CAPACITY
    assert sorted(indices) == [0, 1]


def test_more_forms_than_the_cache_holds_all_get_rows(small_cache):
    cache = FormCache(ENCODER, ComputeIds(), 1)

    indices, rows = cache.look_up(WORDS)

    assert rows[indices, 0].tolist() == ids(WORDS)


def test_cache_size_does_not_change_tags(tmp_path, monkeypatch):
    folder = save_context_bundle(tmp_path / "bundle")
    sentences = [["The", "cat", "purrs"], ["cat"], ["и", "The", "!"], ["the", "cat", "1,000", "purrs"]]
    expected = Tagger.load(folder).tag(sentences)
    monkeypatch.setattr(form_cache, "CACHE_BYTES", 0)
    tagger = Tagger.load(folder)

    for sentence, tagged in zip(sentences, expected, strict=True):
        (alone,) = tagger.tag([sentence])
        assert alone.tags == tagged.tags
        assert alone.confidence == pytest.approx(tagged.confidence, abs=1e-5)


def test_confidence_is_empty_if_it_was_not_requested(tmp_path):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))

    for best in (0, 2):
        (tagged,) = tagger.tag(["the cat"], best=best)
        (without,) = tagger.tag(["the cat"], best=best, confidence=False)
        assert without.tags == tagged.tags
        assert without.confidence == ()
        assert len(tagged.confidence) == 2


def test_threads_can_share_a_cache():
    started = threading.Barrier(2)

    def compute(inputs):
        with contextlib.suppress(threading.BrokenBarrierError):
            started.wait(0.2)  # the other thread should not come here meanwhile
        return inputs["words"][:, None].astype(np.float32)

    cache = FormCache(ENCODER, compute, 1)
    with ThreadPoolExecutor(2) as pool:
        results = [*pool.map(cache.look_up, (["a", "b"], ["c", "d"]))]

    for tokens, (indices, rows) in zip((["a", "b"], ["c", "d"]), results, strict=True):
        assert rows[indices, 0].tolist() == ids(tokens)
    indices, rows = cache.look_up(list("abcd"))
    assert rows[indices, 0].tolist() == ids("abcd")

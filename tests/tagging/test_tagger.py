import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.corpus.spelling import Spelling
from tagger.corpus.tokenizer import tokenize
from tagger.encoding.batches import pad
from tagger.errors import DataError
from tagger.tagging import windows
from tagger.tagging.bundle import load_bundle
from tagger.tagging.engine import Engine
from tagger.tagging.tagger import Tagger
from tests.bundles import save_context_bundle, save_numbers_bundle, save_spans_bundle, save_words_bundle
from tests.networks import logits_of


@pytest.fixture(scope="module")
def words_bundle(tmp_path_factory) -> Path:
    return save_words_bundle(tmp_path_factory.mktemp("words") / "bundle")


@pytest.fixture(scope="module")
def words_tagger(words_bundle) -> Tagger:
    return Tagger.load(words_bundle)


@pytest.fixture(scope="module")
def numbers_tagger(tmp_path_factory) -> Tagger:
    return Tagger.load(save_numbers_bundle(tmp_path_factory.mktemp("numbers") / "bundle"))


@pytest.fixture(scope="module")
def context_bundle(tmp_path_factory):
    return save_context_bundle(tmp_path_factory.mktemp("context") / "bundle")


@pytest.fixture(scope="module")
def context_tagger(context_bundle) -> Tagger:
    return Tagger.load(context_bundle)


ANY_TEXT = st.text(st.characters())  # lone surrogates and NUL too
KNOWN_AND_UNKNOWN = st.sampled_from(["the", "The", "cat", "purrs", "CAT", "и", "!", "1,000", "\ud800", "\x00", ""])


def test_known_words_get_the_tags_that_the_weights_were_chosen_for(words_tagger):
    results = words_tagger.tag(["John loves Jane", ["NASA", "loves", "john"], Sentence(("Jane",))])

    assert [tagged.tags for tagged in results] == [("S", "V", "O"), ("S", "V", "S"), ("O",)]
    assert [tagged.tokens for tagged in results] == [("John", "loves", "Jane"), ("NASA", "loves", "john"), ("Jane",)]


@given(ANY_TEXT)
@example("")
@example(" \t\u3000")
@example("\ud800\udc00 a\udfff")
@example("\x00 a\x00b")
@example("x" * 10_000)
@example("don't 我爱北京 🇩🇪👩‍👩‍👧 a\u2028b\r\nc")
def test_each_token_of_any_text_gets_a_tag_and_an_offset(words_tagger, text):
    (tagged,) = words_tagger.tag([text])

    assert tagged.tokens == tuple(token.text for token in tokenize(text))
    assert len(tagged.tags) == len(tagged.confidence) == len(tagged.tokens)
    assert set(tagged.tags) <= {"O", "S", "V"}
    assert all(1 / 3 <= confidence <= 1 for confidence in tagged.confidence)
    assert [text[start:end] for start, end in tagged.offsets] == list(tagged.tokens)


@given(st.lists(ANY_TEXT))
@example([])
@example([""])
@example([" ", "\n"])
@example(["\ud800", "\x00", "y" * 10_000])
def test_any_tokens_get_a_tag_each_and_are_unchanged(words_tagger, tokens):
    variants = [tokens, tuple(tokens), Sentence(tuple(tokens), tags=("S",) * len(tokens))]

    for tagged in words_tagger.tag(variants):
        assert tagged.tokens == tuple(tokens)
        assert len(tagged.tags) == len(tagged.confidence) == len(tokens)
        assert tagged.offsets is None


def test_a_tagger_is_shown_by_its_folder_and_network(tmp_path):
    folder = save_context_bundle(tmp_path / "run" / "bundle")

    assert repr(Tagger.load(folder.parent)) == f"Tagger({folder}: lstm [5, 3], 4 tags)"
    bundle, graphs, _ = load_bundle(folder)
    assert repr(Tagger(bundle, graphs)) == "Tagger(lstm [5, 3], 4 tags)"


def test_text_without_words_has_no_tags(words_tagger):
    for tagged in words_tagger.tag(["", "   ", [], Sentence(())]):
        assert (tagged.tokens, tagged.tags, tagged.confidence) == ((), (), ())
    assert words_tagger.tag([]) == []


def test_tags_of_an_input_sentence_are_ignored(words_tagger):
    right, wrong = Sentence(("John", "loves"), tags=("S", "V")), Sentence(("John", "loves"), tags=("no", "such"))

    results = words_tagger.tag([right, wrong])

    assert [tagged.tags for tagged in results] == [("S", "V")] * 2
    assert [tagged.sentence for tagged in results] == [right, wrong]


@given(st.lists(st.lists(KNOWN_AND_UNKNOWN, max_size=12), max_size=40))
def test_sentences_get_the_same_tags_together_as_alone(context_tagger, sentences):
    together = context_tagger.tag(sentences)

    alone = [context_tagger.tag([sentence])[0] for sentence in sentences]
    assert [tagged.tags for tagged in together] == [tagged.tags for tagged in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-5)


def test_confidence_of_a_word_depends_on_the_whole_sentence(context_tagger):
    """Otherwise the test above would prove little."""
    results = context_tagger.tag([["the", *rest] for rest in ([], ["cat"], ["cat", "purrs"], ["и"])])

    assert len({tagged.confidence[0] for tagged in results}) == 4


@pytest.mark.parametrize("window", [1, 2, 3, 7, 100])
def test_order_is_kept_within_and_across_windows(words_tagger, monkeypatch, window):
    monkeypatch.setattr(windows, "WINDOW", window)
    lengths = [5, 1, 0, 3, 40, 2, 2, 0, 9, 1]
    sentences = [[("john", "loves")[(i + j) % 2] for j in range(length)] for i, length in enumerate(lengths)]

    results = words_tagger.tag(sentences)

    assert [list(tagged.tokens) for tagged in results] == sentences
    expected = [tuple({"john": "S", "loves": "V"}[token] for token in sentence) for sentence in sentences]
    assert [tagged.tags for tagged in results] == expected


@pytest.fixture
def small_windows(monkeypatch) -> None:
    """Windows of three sentences, each of which is a batch."""
    monkeypatch.setattr(windows, "WINDOW", 3)
    monkeypatch.setattr(windows, "BATCH_STEPS", 1)


@pytest.mark.parametrize(("threads", "n_ahead"), [(1, 0), (2, 3)])
def test_stream_is_read_one_window_ahead_with_several_threads_and_none_with_one(
    words_bundle, small_windows, threads, n_ahead
):
    n_read = 0

    def endless() -> Iterator[str]:
        nonlocal n_read
        for text in itertools.cycle(["John", "loves"]):
            n_read += 1
            yield text

    stream = Tagger.load(words_bundle, threads=threads).stream(endless())

    assert n_read == 0
    n_read_at_each = [(next(stream).tags, n_read - n_ahead) for _ in range(4)]
    assert n_read_at_each == [(("S",), 3), (("V",), 3), (("S",), 3), (("V",), 6)]


def test_window_of_long_sentences_has_fewer_sentences(words_bundle, monkeypatch):
    monkeypatch.setattr(windows, "WINDOW_STEPS", 5)
    rest = iter(["John loves"] * 9)

    next(Tagger.load(words_bundle, threads=1).stream(rest))

    assert len(list(rest)) == 6


@pytest.mark.parametrize("threads", [1, 2])
def test_error_in_a_stream_is_raised_after_the_windows_before_it(words_bundle, small_windows, threads):
    def broken() -> Iterator[str]:
        yield from ["John", "loves", "John"] * 2
        raise DataError("line 7")

    stream = Tagger.load(words_bundle, threads=threads).stream(broken())

    assert [next(stream).tags for _ in range(6)] == [("S",), ("V",), ("S",)] * 2
    with pytest.raises(DataError, match="line 7"):
        next(stream)


@pytest.mark.parametrize("threads", [1, 2])
def test_stream_ends_after_an_error(words_bundle, small_windows, monkeypatch, threads):
    tagger = Tagger.load(words_bundle, threads=threads)
    stream = tagger.stream(["John", "loves", "John"] * 3)
    assert next(stream).tags == ("S",)
    monkeypatch.setattr(tagger, "_finish", lambda *_: 1 / 0)

    assert [next(stream).tags for _ in range(2)] == [("V",), ("S",)]
    with pytest.raises(ZeroDivisionError):
        next(stream)
    assert list(stream) == []


def test_closing_a_stream_cancels_pending_batches(words_bundle, small_windows, monkeypatch):
    tagger, gate, batches = Tagger.load(words_bundle, threads=2), threading.Event(), []
    compute = tagger._engine._logits

    def hold(batch, rows):
        batches.append(batch)
        if len(batches) > 3:  # hold the batches of the second window
            gate.wait()
        return compute(batch, rows)

    monkeypatch.setattr(tagger._engine, "_logits", hold)
    stream = tagger.stream(["John"] * 9)
    next(stream)

    stream.close()

    gate.set()
    assert tagger._engine._pool is not None
    tagger._engine._pool[1].shutdown()
    assert len(batches) <= 3 + 2  # one batch per thread had started


@pytest.mark.parametrize("tokens", [["The", "cat", "purrs", "!"], ["cat"], ["и", "1,000", "no-one"]])
def test_confidence_is_the_softmax_probability_of_the_tag(context_bundle, context_tagger, tokens):
    bundle, graphs, _ = load_bundle(context_bundle)
    batch = pad(bundle.encoder.encode([Sentence(tuple(tokens))]), np.array([0]))
    (logits,) = logits_of(Engine(graphs), bundle.architecture, batch)
    exponentials = np.exp(logits.astype(np.float64))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)

    (tagged,) = context_tagger.tag([tokens])

    best = probabilities.argmax(axis=1)
    assert tagged.tags == tuple(bundle.target.tags[i] for i in best)
    assert tagged.confidence == pytest.approx(probabilities[np.arange(len(tokens)), best], abs=1e-6)


SEQUENCES = [  # best sequence of "Ada Byron": any, valid only, any with a CRF, valid only with a CRF
    ({"decode": "free"}, ("I-per", "I-per")),
    ({"decode": "valid"}, ("B-per", "I-per")),
    ({"decode": "free", "crf": True}, ("I-per", "I-per")),
    ({"decode": "valid", "crf": True}, ("B-per", "I-per")),
]


@pytest.mark.parametrize(("options", "tags"), SEQUENCES)
def test_tagger_uses_the_decoding_of_its_bundle(tmp_path, options, tags):
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", **options))

    (tagged,) = tagger.tag([["Ada", "Byron"]])

    assert tagged.tags == tags
    assert (tagged.probability, tagged.best) == (None, ())


def test_probabilities_of_sequences_of_a_softmax_are_products(tmp_path):
    """The probabilities of B, I and O are proportional to e, e² and 1."""
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="free"))
    probabilities = np.exp([1, 2, 0]) / np.exp([1, 2, 0]).sum()

    (tagged,) = tagger.tag([["Ada", "Byron"]], best=3)

    assert [ranked.tags for ranked in tagged.best[:1]] == [("I-per", "I-per")]
    assert {ranked.tags for ranked in tagged.best[1:]} == {("B-per", "I-per"), ("I-per", "B-per")}
    expected = [probabilities[1] ** 2, probabilities[0] * probabilities[1], probabilities[0] * probabilities[1]]
    assert [ranked.probability for ranked in tagged.best] == pytest.approx(expected, rel=1e-5)
    assert tagged.best[0].confidence == tagged.confidence == pytest.approx([probabilities[1]] * 2, rel=1e-5)
    assert (tagged.tags, tagged.probability) == (tagged.best[0].tags, tagged.best[0].probability)


def test_confidence_of_a_crf_is_the_marginal_probability_of_the_tag(tmp_path):
    """The CRF has five valid sequences for two tokens, whose probabilities follow from their scores."""
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid", crf=True))
    scores = {"BI": 3, "BB": 2, "BO": 1, "OB": 1 - 1, "OO": -1}
    total = sum(np.exp(list(scores.values())))

    (tagged,) = tagger.tag([["Ada", "Byron"]], best=99)

    assert ["".join(tag[0] for tag in ranked.tags) for ranked in tagged.best] == list(scores)
    assert [ranked.probability for ranked in tagged.best] == pytest.approx(np.exp([*scores.values()]) / total, rel=1e-5)
    starts_with_b = sum(np.exp(score) for name, score in scores.items() if name[0] == "B") / total
    assert tagged.confidence[0] == pytest.approx(starts_with_b, rel=1e-5)
    assert tagged.best[-1].confidence[0] == pytest.approx(1 - starts_with_b, rel=1e-4)


def test_sequences_that_are_equal_in_the_files_scheme_are_listed_once(tmp_path):
    """For one token, B-per and I-per of BIO both become S-per of BIOES."""
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="free", scheme="bioes"))

    (tagged,) = tagger.tag([["Ada"]], best=3)

    assert [ranked.tags for ranked in tagged.best] == [("S-per",), ("O",)]
    assert [ranked.spans for ranked in tagged.best] == [(Span(0, 1, "per"),), ()]


def test_tags_have_the_spelling_of_the_files_and_spans_do_not_depend_on_it(tmp_path):
    spelling = Spelling("BILU", separator="_", is_suffix=True)
    bundle = save_spans_bundle(tmp_path / "bundle", decode="valid", scheme="bioes", spelling=spelling)

    (tagged,) = Tagger.load(bundle).tag([["Ada", "Byron", "wrote"]], best=2)

    assert tagged.tags == tagged.best[0].tags == ("per_B", "per_L", "O")
    assert tagged.spans == (Span(0, 2, "per"),)
    assert Tagger.load(bundle).bundle.target.known_tags == ("per_B", "per_L", "per_I", "O", "per_U")


def test_sentence_without_tokens_has_one_sequence_of_probability_1(tmp_path):
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid"))

    for tagged in tagger.tag(["", []], best=2):
        assert [(ranked.tags, ranked.probability) for ranked in tagged.best] == [((), 1.0)]


@given(st.lists(st.lists(KNOWN_AND_UNKNOWN, max_size=6), max_size=8), st.integers(1, 4))
def test_requesting_the_best_sequences_changes_neither_tags_nor_confidence(context_tagger, sentences, best):
    for with_best, plain in zip(context_tagger.tag(sentences, best=best), context_tagger.tag(sentences), strict=True):
        assert (with_best.tags, with_best.confidence) == (plain.tags, plain.confidence)
        assert with_best.best[0].tags == plain.tags
        probabilities = [ranked.probability or 0 for ranked in with_best.best]
        assert probabilities == sorted(probabilities, reverse=True)


def test_negative_number_of_best_sequences_is_a_value_error(context_tagger):
    with pytest.raises(ValueError, match=r"best should be 0 or more, got -1"):
        context_tagger.tag(["the cat"], best=-1)


def test_number_of_threads_does_not_change_tags(context_bundle):
    results = [Tagger.load(context_bundle, threads=threads).tag(["The cat purrs !"]) for threads in (0, 1, 3)]

    assert results[0][0].tags == results[1][0].tags == results[2][0].tags


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_each_row_of_an_array_gets_a_tag(numbers_tagger, dtype):
    rows = np.array([[3, 0], [-4, 0], [2, 100], [0, 0]], dtype)

    first, empty, last = numbers_tagger.tag([rows, rows[:0], rows[1:2]])

    assert first.tags == ("high", "low", "high", "low")
    assert first.tokens == tuple(str(float(x)) for x in (3, -4, 2, 0))
    assert (empty.tags, last.tags) == ((), ("low",))


def test_numbers_are_scaled_as_in_training(numbers_tagger):
    """Mean 1 and deviation 2: the logits of x = 5 are ±tanh((5 - 1) / 2)."""
    (tagged,) = numbers_tagger.tag([np.array([[5.0, 0.0]])])

    assert tagged.confidence == pytest.approx([1 / (1 + np.exp(-2 * np.tanh(2)))], abs=1e-6)


@pytest.mark.parametrize("sentence", ["1.5 2.5", ["1.5"], "", [], Sentence(("John",))])
def test_text_for_a_tagger_of_numbers_is_an_error(numbers_tagger, sentence):
    with pytest.raises(DataError, match=r"this tagger reads numbers \(columns x, y\), not text: '") as caught:
        numbers_tagger.tag([sentence])

    assert caught.value.hint == "tagger predict MODEL --input FILE.csv"


@pytest.mark.parametrize("n_columns", [0, 1, 3])
def test_wrong_number_of_columns_is_an_error(numbers_tagger, n_columns):
    with pytest.raises(DataError, match=r"this tagger reads 2 numbers per step: x, y"):
        numbers_tagger.tag([np.zeros((4, 2)), np.zeros((4, n_columns))])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_number_that_is_not_finite_is_an_error(numbers_tagger, number):
    with pytest.raises(DataError, match=r"this tagger reads finite numbers only \(columns x, y\)"):
        numbers_tagger.tag([np.array([[1.0, 2.0], [1.0, number]])])


@pytest.mark.parametrize("shape", [(), (2,), (1, 4, 2)])
def test_array_without_two_dimensions_is_an_error(numbers_tagger, shape):
    with pytest.raises(ValueError, match=r"or an array \(steps, columns\) of numbers, got array"):
        numbers_tagger.tag([np.zeros(shape)])


TOKENS = ["John", "loves"]


@pytest.mark.parametrize(
    "make",
    [
        iter,
        lambda tokens: (token for token in tokens),
        lambda tokens: map(str, tokens),
        lambda tokens: dict.fromkeys(tokens).keys().__iter__(),
        lambda tokens: dict(enumerate(tokens)).values(),
        np.array,
        lambda tokens: np.array(tokens, object),
        lambda tokens: pytest.importorskip("pandas").Series(tokens),
        lambda tokens: pytest.importorskip("pandas").Series(tokens, index=[7, 7], dtype="string"),
    ],
)
def test_tokens_may_be_any_ordered_iterable(words_tagger, make):
    results = [*words_tagger.tag([make(TOKENS)]), *words_tagger.tag_window([make(TOKENS)])]

    assert [(tagged.tokens, tagged.tags) for tagged in results] == [(("John", "loves"), ("S", "V"))] * 2


@pytest.mark.parametrize("make", [iter, np.array, lambda texts: pytest.importorskip("pandas").Series(texts)])
def test_sentences_may_be_any_ordered_iterable(words_tagger, make):
    assert [tagged.tags for tagged in words_tagger.tag(make(["John loves", "Jane"]))] == [("S", "V"), ("O",)]


def test_data_frame_of_numbers_is_tagged_like_an_array(numbers_tagger):
    table = pytest.importorskip("pandas").DataFrame({"x": [3, -4], "y": [0.5, 0]})

    assert [tagged.tags for tagged in numbers_tagger.tag([table])] == [("high", "low")]


@pytest.mark.parametrize(
    "sentence",
    [
        {"tokens": TOKENS},
        {},
        {"John"},
        frozenset(),
        b"John loves",
        b"",
        bytearray(b""),
        None,
        5,
        float("nan"),
        [TOKENS, TOKENS],
        [TOKENS, ["Jane"]],
        ["John", None],
        np.array([]),
        np.array("John loves"),
        np.array(["John", 5], object),
    ],
    ids=repr,
)
def test_invalid_sentence_is_a_value_error(words_tagger, sentence):
    for tag in words_tagger.tag, words_tagger.tag_window:
        with pytest.raises(ValueError, match=r"^expected a text, a list of tokens, or an array .*, got "):
            tag(["John", sentence])


def test_nested_iterators_are_a_value_error(words_tagger):
    with pytest.raises(ValueError, match=r"^expected a text, a list of tokens, or an array"):
        words_tagger.tag([(iter(tokens) for tokens in [TOKENS])])


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("John loves", "a list of sentences, got a single text: put it in a list"),
        (Sentence(("John",)), "a list of sentences, got a single sentence: put it in a list"),
        ({"text": ["John"]}, "a list of sentences, got a dict: convert it to a list"),
        ({"John"}, "a list of sentences, got a set: convert it to a list"),
        (None, "a list of sentences, got None"),
        (5, "a list of sentences, got 5"),
        (np.array("John"), r"a list of sentences, got array\('John'"),
        (b"John", "a text, .*, got 74"),
    ],
)
def test_invalid_list_of_sentences_is_a_value_error(words_tagger, sentences, message):
    for tag in words_tagger.tag, words_tagger.tag_window:
        with pytest.raises(ValueError, match=rf"^expected {message}"):
            tag(sentences)


def test_data_frame_of_texts_is_an_error_that_suggests_a_column(words_tagger):
    table = pytest.importorskip("pandas").DataFrame({"text": ["John loves"], "id": [1]})

    with pytest.raises(ValueError, match=r'got a table: pass one of its columns, for example df\["text"\]$'):
        words_tagger.tag(table)
    with pytest.raises(ValueError, match="expected a text, a list of tokens, or an array"):
        words_tagger.tag([table])
    assert words_tagger.tag(table["text"])[0].tags == ("S", "V")


@pytest.mark.parametrize("sentences", [[["x", 1]], [[1, 2]], ["a", b"b"], [[[1.0, 2.0], [3.0]]]])
def test_invalid_rows_are_a_value_error_for_a_tagger_of_numbers(numbers_tagger, sentences):
    with pytest.raises(ValueError, match=r"expected a text|inhomogeneous"):
        numbers_tagger.tag(sentences)

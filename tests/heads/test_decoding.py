"""Best sequences, marginals and sums over sequences against trying every sequence there is."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.schemes import SCHEME_LETTERS, can_follow, read_tag
from tagger.heads.chain import Chain, allowed_chain, chain_rows, read_chain, resolve_decode
from tagger.heads.decoding import Decoder
from tagger.heads.lattice import marginals, viterbi
from tests.spans import SCHEMES

NEVER = -math.inf


def score_of(ids, logits, chain):
    """What a sequence's score is, term by term."""
    steps = sum(float(logits[t, tag]) for t, tag in enumerate(ids))
    pairs = sum(float(chain.transitions[pair]) for pair in itertools.pairwise(ids))
    return steps + pairs + float(chain.starts[ids[0]]) + float(chain.ends[ids[-1]])


def enumerated(logits, chain):
    """Every sequence of a sentence that is not forbidden, best first, with its score."""
    length, n_tags = logits.shape
    sequences = itertools.product(range(n_tags), repeat=length)
    found = [(ids, score_of(ids, logits, chain)) for ids in sequences]
    return sorted((pair for pair in found if pair[1] > NEVER), key=lambda pair: -pair[1])


def log_sum(scores):
    highest = max(scores)
    return highest + math.log(sum(math.exp(score - highest) for score in scores))


def random_chain(rng, n_tags, size=2.0):
    drawn = (rng.normal(0, size, shape).astype(np.float32) for shape in ((n_tags, n_tags), n_tags, n_tags))
    return Chain(*drawn)


def with_forbidden(chain, rng, share):
    """The chain with some scores forbidden, but for those of the last tag, which may stand everywhere."""
    parts = []
    for scores in (chain.transitions, chain.starts, chain.ends):
        forbidden = rng.random(scores.shape) < share
        forbidden[..., -1] &= scores.ndim == 2
        parts.append(np.where(forbidden, np.float32(NEVER), scores))
    parts[0][-1, -1] = 0
    parts[1][-1] = parts[2][-1] = 0
    return Chain(*parts)


@st.composite
def problems(draw):
    """Logits of a ragged batch, its lengths, and a chain."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_tags, lengths = draw(st.integers(1, 3)), draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    extra = draw(st.integers(0, 3))
    sizes = st.sampled_from([0.1, 2.0, 20.0, 300.0, 3000.0])
    logits = rng.normal(0, draw(sizes), (len(lengths), max(lengths) + extra, n_tags))
    chain = with_forbidden(random_chain(rng, n_tags, draw(sizes)), rng, draw(st.sampled_from([0.0, 0.3, 0.8])))
    return logits.astype(np.float32), np.array(lengths, np.int32), chain


@given(problems())
def test_viterbi_finds_the_best_of_all_sequences(problem):
    logits, lengths, chain = problem
    ids, _ = viterbi(logits, lengths, chain)

    for row, length in enumerate(lengths):
        found = score_of(ids[row, :length].tolist(), logits[row], chain)
        assert found == pytest.approx(enumerated(logits[row, :length], chain)[0][1], abs=1e-4)


@given(problems(), st.integers(1, 12))
def test_the_k_best_are_the_k_best_of_all_sequences_with_their_share_of_all(problem, k):
    logits, lengths, chain = problem

    for row, found in enumerate(Decoder(chain).best(logits, lengths, k)):
        every = enumerated(logits[row, : lengths[row]], chain)
        total = log_sum([score for _, score in every])
        assert len(found) == len({tuple(ids) for ids, _ in found}) == min(k, len(every))
        for (ids, share), (_, score) in zip(found, every, strict=False):
            assert score_of(ids.tolist(), logits[row], chain) == pytest.approx(score, abs=1e-4)
            assert share == pytest.approx(math.exp(score - total), rel=1e-4, abs=1e-12)


@given(problems())
def test_all_sequences_together_have_probability_one(problem):
    logits, lengths, chain = problem

    for found in Decoder(chain).best(logits, lengths, 3**4):
        assert sum(share for _, share in found) == pytest.approx(1)


@given(problems())
def test_marginals_and_the_log_partition_are_those_of_all_sequences(problem):
    logits, lengths, chain = problem
    probabilities, log_partition = marginals(logits, lengths, chain)

    for row, length in enumerate(lengths):
        every = enumerated(logits[row, :length], chain)
        total = log_sum([score for _, score in every])
        expected = np.zeros((length, logits.shape[-1]))
        for ids, score in every:
            expected[np.arange(length), ids] += math.exp(score - total)
        assert log_partition[row] == pytest.approx(total, abs=1e-6)
        np.testing.assert_allclose(probabilities[row, :length], expected, atol=1e-9)


@given(problems())
def test_without_a_chain_tags_are_independent(problem):
    logits, lengths, chain = problem
    zero = Chain(*(np.zeros_like(scores) for scores in (chain.transitions, chain.starts, chain.ends)))
    with_zero, without = marginals(logits, lengths, zero)[0], Decoder().probabilities(logits, lengths)

    for row, length in enumerate(lengths):
        np.testing.assert_allclose(without[row, :length], with_zero[row, :length], atol=1e-6)
        ids, share = Decoder().best(logits, lengths, 1)[row][0]
        assert ids.tolist() == logits[row, :length].argmax(-1).tolist()
        assert share == pytest.approx(without[row, np.arange(length), ids].prod(), rel=1e-4)


@given(problems(), st.integers(0, 2**32 - 1))
def test_a_batch_is_decoded_as_its_sentences_are_alone_whatever_the_padding(problem, seed):
    logits, lengths, chain = problem
    decoder = Decoder(chain)
    is_padding = np.arange(logits.shape[1]) >= lengths[:, None]
    dirty = logits.copy()
    dirty[is_padding] = np.random.default_rng(seed).normal(0, 50, (is_padding.sum(), logits.shape[2]))
    together, probabilities = decoder.decode(dirty, lengths), decoder.probabilities(dirty, lengths)

    for row, length in enumerate(lengths):
        alone = logits[row : row + 1, :length], lengths[row : row + 1]
        np.testing.assert_array_equal(together[row, :length], decoder.decode(*alone)[0])
        np.testing.assert_allclose(probabilities[row, :length], decoder.probabilities(*alone)[0], atol=1e-6)


def test_a_worked_example():
    """Two tags, two steps: logits 1 0, 0 1; staying costs 2. AB 1 + 1, BA 0, AA 1 - 2, BB 1 - 2."""
    chain = Chain(np.array([[-2, 0], [0, -2]], np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))
    logits, lengths = np.array([[[1, 0], [0, 1]]], np.float32), np.array([2], np.int32)
    total = math.exp(2) + math.exp(0) + 2 * math.exp(-1)
    decoder = Decoder(chain)

    best, second = decoder.best(logits, lengths, 2)[0]

    assert (best[0].tolist(), second[0].tolist()) == ([0, 1], [1, 0])
    assert (best[1], second[1]) == pytest.approx((math.exp(2) / total, 1 / total))
    of_a_first = (math.exp(2) + math.exp(-1)) / total
    np.testing.assert_allclose(decoder.probabilities(logits, lengths)[0, 0], [of_a_first, 1 - of_a_first], atol=1e-7)


def test_scores_of_long_sentences_lose_nothing():
    """The second half of 20,000 steps is as sure as the first."""
    logits = np.tile(np.array([[3, 0, 1], [0, 3, 1]], np.float32), (1, 10_000, 1))
    lengths = np.array([20_000], np.int32)
    chain = random_chain(np.random.default_rng(0), 3, size=0.1)
    decoder = Decoder(chain)

    assert (decoder.decode(logits, lengths)[0] == np.tile([0, 1], 10_000)).all()
    probabilities = decoder.probabilities(logits, lengths)[0]
    np.testing.assert_allclose(probabilities[10:9_990], probabilities[10_010:19_990], atol=1e-7)


def test_probabilities_hold_for_logits_of_any_size():
    logits, lengths = np.array([[[1000, -1000, 0], [-1e30, 0, 0], [5, 5, 5]]], np.float32), np.array([3], np.int32)
    zero = Chain(np.zeros((3, 3), np.float32), np.zeros(3, np.float32), np.zeros(3, np.float32))

    for chain in (None, zero):
        expected = np.array([[1, 0, 0], [0, 1 / 2, 1 / 2], [1 / 3, 1 / 3, 1 / 3]])
        np.testing.assert_allclose(Decoder(chain).probabilities(logits, lengths)[0], expected, atol=1e-6)


def test_no_score_is_too_low_to_count():
    """To change costs 300: 0 1 1 has 400 - 300, 0 0 0 has 400 - 400, and all others have less."""
    chain = Chain(np.array([[0, -300], [-300, 0]], np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))
    logits = np.array([[[400, 0], [-400, 0], [0, 0]]], np.float32)

    probabilities, log_partition = marginals(logits, np.array([3], np.int32), chain)

    assert log_partition[0] == pytest.approx(100)
    np.testing.assert_allclose(probabilities[0], [[1, 0], [0, 1], [0, 1]], atol=1e-9)


@pytest.mark.parametrize("temperature", [1.0, 0.101, 0.001])
def test_at_a_low_temperature_the_best_valid_sequence_is_sure(temperature):
    """The middle's I-y is the highest by far, and no B-y can be before it."""
    allowed = allowed_chain(("B-x", "I-x", "I-y", "O"), "bio", "valid")
    decoder = Decoder(None, allowed, temperature=temperature)
    logits = np.array([[[0, 0, 0, 30], [0, -25, 30, -28], [0, 0, 0, 30]]], np.float32)
    lengths = np.array([3], np.int32)

    ids, share = decoder.best(logits, lengths, 1)[0][0]

    assert ids.tolist() == decoder.decode(logits, lengths)[0].tolist() == [3, 0, 3]
    assert share == pytest.approx(1, abs=1e-4)
    assert decoder.probabilities(logits, lengths)[0, range(3), ids] == pytest.approx(1, abs=1e-4)


def test_a_last_tag_that_nothing_can_follow_is_no_reason_to_warn():
    """All sentences are 0 ... 0 1: behind the first one's end, where the other goes on, no tag is possible."""
    never = np.float32(NEVER)
    chain = Chain(np.array([[0, 0], [never, never]]), np.array([0, never]), np.array([never, 0]))
    logits, lengths = np.zeros((2, 4, 2), np.float32), np.array([2, 4], np.int32)

    probabilities, log_partition = marginals(logits, lengths, chain)

    assert probabilities[0, :2].tolist() == [[1, 0], [0, 1]]
    assert probabilities[1].tolist() == [[1, 0], [1, 0], [1, 0], [0, 1]]
    assert log_partition.tolist() == [0, 0]


# Valid sequences

TAGS = {
    "iob1": ("B-x", "B-y", "I-x", "I-y", "O"),
    "bio": ("B-x", "B-y", "I-x", "I-y", "O"),
    "ioe1": ("E-x", "E-y", "I-x", "I-y", "O"),
    "ioe2": ("E-x", "E-y", "I-x", "I-y", "O"),
    "bioes": ("B-x", "E-x", "I-x", "O", "S-y", "B-y", "E-y"),
}


def is_valid(tags, scheme):
    return all(can_follow(before, tag, scheme) for before, tag in itertools.pairwise((None, *tags, None)))


@pytest.mark.parametrize("decode", ["valid", "strict"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_allowed_is_what_the_scheme_says_of_each_pair_of_tags_that_it_knows(scheme, decode):
    tags = (*TAGS[scheme], "B-x", "E-x", "U-x", "L-x", "M-x", "B", "I", "E", "_", "X-x", "B-", "I-x-y")
    chain = allowed_chain(tags, scheme, decode)
    assert chain is not None

    def may(before: str | None, tag: str | None) -> bool:
        letters = {read_tag(before)[0], read_tag(tag)[0]}
        is_known = decode == "strict" or letters <= {*SCHEME_LETTERS[scheme]}
        return not is_known or can_follow(before, tag, scheme)

    for i, tag in enumerate(tags):
        assert np.isfinite(chain.starts[i]) == may(None, tag)
        assert np.isfinite(chain.ends[i]) == may(tag, None)
        for j, behind in enumerate(tags):
            assert np.isfinite(chain.transitions[i, j]) == may(tag, behind), (tag, behind)


def test_a_tag_that_the_scheme_does_not_know_is_never_forbidden():
    """All that is likely are tags of BIOES, in a network that is said to have learned IOB1."""
    tags = ("E-x", "I-x", "O", "S-x")
    logits = np.array([[[9, 0, 0, 0], [0, 0, 0, 9], [0, 9, 0, 0], [9, 0, 0, 0]]], np.float32)
    ids = Decoder(None, allowed_chain(tags, "iob1", "valid")).decode(logits, np.array([4], np.int32))

    assert [tags[i] for i in ids[0]] == ["E-x", "S-x", "I-x", "E-x"]


def test_nothing_is_forbidden_where_there_is_no_scheme_or_it_is_not_asked_for():
    assert allowed_chain(("S", "V"), "none", "valid") is None
    assert allowed_chain(("B-x", "O"), "bio", "free") is None
    assert resolve_decode("valid", "none") == resolve_decode("auto", "none") == "free"
    assert resolve_decode("free", "bio") == "free"
    assert resolve_decode("valid", "bio") == "valid"


@pytest.mark.parametrize("has_crf", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_best_valid_sequence_is_the_best_of_those_that_are_valid(scheme, has_crf):
    rng, tags = np.random.default_rng(3), TAGS[scheme]
    n_tags, lengths = len(tags), np.array([1, 2, 3, 4] * 10, np.int32)
    logits = rng.normal(0, 2, (len(lengths), 4, n_tags)).astype(np.float32)
    zero = Chain(np.zeros((n_tags, n_tags), np.float32), np.zeros(n_tags, np.float32), np.zeros(n_tags, np.float32))
    learned = random_chain(rng, n_tags) if has_crf else None
    decoder = Decoder(learned, allowed_chain(tags, scheme, "valid"))
    ids, probabilities = decoder.decode(logits, lengths), decoder.probabilities(logits, lengths)
    ranked = decoder.best(logits, lengths, 3)
    n_broken = 0

    for row, length in enumerate(lengths):
        every = enumerated(logits[row, :length], learned or zero)
        valid = [(found, score) for found, score in every if is_valid([tags[i] for i in found], scheme)]
        total = log_sum([score for _, score in valid])
        n_broken += every[0] != valid[0]
        assert tuple(ids[row, :length]) == valid[0][0]
        assert [tuple(found) for found, _ in ranked[row]] == [found for found, _ in valid[:3]]
        assert ranked[row][0][1] == pytest.approx(math.exp(valid[0][1] - total), rel=1e-5)
        share = sum(math.exp(score - total) for found, score in valid if found[0] == ids[row, 0])
        assert probabilities[row, 0, ids[row, 0]] == pytest.approx(share, rel=1e-5)
    assert n_broken > 5  # or nothing was tried


@pytest.mark.parametrize("has_crf", [False, True])
def test_where_no_valid_sequence_is_possible_all_are(has_crf):
    """B and E of BIOES make pairs only: sentences of 1 and 3 tokens are decoded freely, those of 2 and 4 are valid."""
    tags, lengths = ("B-x", "E-x"), np.array([1, 2, 3, 4], np.int32)
    logits = np.tile(np.array([0, 1], np.float32), (4, 4, 1))
    learned = random_chain(np.random.default_rng(0), 2, size=0.01) if has_crf else None
    decoder = Decoder(learned, allowed_chain(tags, "bioes", "valid"))

    found = [
        [tags[i] for i in row[:length]] for row, length in zip(decoder.decode(logits, lengths), lengths, strict=True)
    ]

    assert found == [["E-x"], ["B-x", "E-x"], ["E-x"] * 3, ["B-x", "E-x"] * 2]
    assert [len(ranked) for ranked in decoder.best(logits, lengths, 9)] == [2, 1, 8, 1]
    probabilities = decoder.probabilities(logits, lengths)
    for row, length in enumerate(lengths):
        np.testing.assert_allclose(probabilities[row, :length].sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize("tags", [("I-x", "S-x"), ("B-x", "I-x"), ("I-x",), ("E-x", "I-y")])
def test_tags_of_bioes_that_cannot_close_a_span_are_no_reason_to_fail(tags):
    lengths = np.array([1, 2, 5], np.int32)
    logits = np.random.default_rng(1).normal(size=(3, 5, len(tags))).astype(np.float32)
    decoder = Decoder(None, allowed_chain(tags, "bioes", "valid"))

    expected = np.full((3, 5), 1) if "S-x" in tags else logits.argmax(-1)
    for row, length in enumerate(lengths):
        assert decoder.decode(logits, lengths)[row, :length].tolist() == expected[row, :length].tolist()
        assert decoder.best(logits, lengths, 3)[row][0][0].tolist() == expected[row, :length].tolist()


# On disk


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_a_chain_is_read_as_it_was_written_to_the_last_bit(seed, n_tags):
    rng = np.random.default_rng(seed)
    chain = random_chain(rng, n_tags, size=10.0 ** rng.integers(-30, 30))
    found = read_chain(chain_rows(chain, [f"tag {i}" for i in range(n_tags)]))

    for name in ("transitions", "starts", "ends"):
        np.testing.assert_array_equal(getattr(found, name), getattr(chain, name))
        assert getattr(found, name).dtype == np.float32


def test_a_chain_is_a_table_with_the_names_of_its_tags():
    chain = Chain(np.array([[0.1, 2], [3, 4]], np.float32), np.array([5, 6], np.float32), np.array([7, 8], np.float32))

    assert chain_rows(chain, ("N", "V")) == [
        ("", "N", "V", "end"),
        ("start", "5.0", "6.0", ""),
        ("N", "0.1", "2.0", "7.0"),
        ("V", "3.0", "4.0", "8.0"),
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows[:-1],
        lambda rows: [row[:-1] for row in rows],
        lambda rows: [*rows[:-1], rows[-1][:-1]],
        lambda rows: [*rows[:-1], (*rows[-1][:-1], "nan")],
        lambda rows: [*rows[:-1], (*rows[-1][:-1], "-inf")],
        lambda rows: [*rows[:-1], (*rows[-1][:-1], "x")],
        lambda rows: [],
    ],
)
def test_what_is_no_such_table_is_an_error(spoil):
    rows = chain_rows(random_chain(np.random.default_rng(0), 2), ("N", "V"))

    with pytest.raises(ValueError, match=r"."):
        read_chain(spoil(rows))

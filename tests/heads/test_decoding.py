"""Best sequences, marginals and sums over sequences, compared with enumerating all sequences."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.schemes import SCHEME_LETTERS, can_follow, read_tag
from tagger.heads.chain import Chain, chain_rows, read_chain, resolve_decode
from tagger.heads.constraints import scheme_constraints
from tagger.heads.decoding import Decoder
from tagger.heads.lattice import marginals, viterbi
from tagger.heads.matrix import Matrix
from tests.spans import SCHEMES

FORBIDDEN = -math.inf


def score_of(ids, logits, chain):
    """Score of a sequence, term by term."""
    steps = sum(float(logits[t, tag]) for t, tag in enumerate(ids))
    pairs = sum(float(chain.transitions[pair]) for pair in itertools.pairwise(ids))
    return steps + pairs + float(chain.starts[ids[0]]) + float(chain.ends[ids[-1]])


def enumerated(logits, chain):
    """All allowed sequences of a sentence with their scores, best first."""
    length, n_tags = logits.shape
    sequences = itertools.product(range(n_tags), repeat=length)
    scored = [(ids, score_of(ids, logits, chain)) for ids in sequences]
    return sorted((pair for pair in scored if pair[1] > FORBIDDEN), key=lambda pair: -pair[1])


def log_sum(scores):
    highest = max(scores)
    return highest + math.log(sum(math.exp(score - highest) for score in scores))


def random_chain(rng, n_tags, size=2.0):
    drawn = (rng.normal(0, size, shape).astype(np.float32) for shape in ((n_tags, n_tags), n_tags, n_tags))
    return Chain(*drawn)


def with_forbidden(chain, rng, fraction):
    """The chain with a fraction of its scores forbidden; a sequence of the last tag alone stays allowed."""
    parts = []
    for scores in (chain.transitions, chain.starts, chain.ends):
        forbidden = rng.random(scores.shape) < fraction
        forbidden[..., -1] &= scores.ndim == 2
        parts.append(np.where(forbidden, np.float32(FORBIDDEN), scores))
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
def test_viterbi_returns_the_best_of_all_sequences(problem):
    logits, lengths, chain = problem
    ids, _ = viterbi(logits, lengths, Matrix(chain))

    for row, length in enumerate(lengths):
        score = score_of(ids[row, :length].tolist(), logits[row], chain)
        assert score == pytest.approx(enumerated(logits[row, :length], chain)[0][1], abs=1e-4)


@given(problems(), st.integers(1, 12))
def test_the_k_best_are_the_best_k_of_all_sequences_with_their_probabilities(problem, k):
    logits, lengths, chain = problem

    for row, best in enumerate(Decoder(chain).best(logits, lengths, k)):
        every = enumerated(logits[row, : lengths[row]], chain)
        total = log_sum([score for _, score in every])
        assert len(best) == len({tuple(ids) for ids, _ in best}) == min(k, len(every))
        for (ids, probability), (_, score) in zip(best, every, strict=False):
            assert score_of(ids.tolist(), logits[row], chain) == pytest.approx(score, abs=1e-4)
            assert probability == pytest.approx(math.exp(score - total), rel=1e-4, abs=1e-12)


@given(problems())
def test_the_probabilities_of_all_sequences_sum_to_one(problem):
    logits, lengths, chain = problem

    for ranked in Decoder(chain).best(logits, lengths, 3**4):
        assert sum(probability for _, probability in ranked) == pytest.approx(1)


@given(problems())
def test_marginals_and_the_log_partition_are_sums_over_all_sequences(problem):
    logits, lengths, chain = problem
    probabilities, log_partition = marginals(logits, lengths, Matrix(chain))

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
    with_zero, without = marginals(logits, lengths, Matrix(zero))[0], Decoder().probabilities(logits, lengths)

    for row, length in enumerate(lengths):
        np.testing.assert_allclose(without[row, :length], with_zero[row, :length], atol=1e-6)
        ids, probability = Decoder().best(logits, lengths, 1)[row][0]
        assert ids.tolist() == logits[row, :length].argmax(-1).tolist()
        assert probability == pytest.approx(without[row, np.arange(length), ids].prod(), rel=1e-4)


@given(problems(), st.integers(0, 2**32 - 1))
def test_a_sentence_is_decoded_the_same_alone_and_in_a_batch_with_any_padding(problem, seed):
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


def test_best_sequences_and_marginals_of_a_worked_example():
    """Two tags, two steps; logits 1 0, 0 1; repeating a tag costs 2. Scores: AB 1 + 1, BA 0, AA 1 - 2, BB 1 - 2."""
    chain = Chain(np.array([[-2, 0], [0, -2]], np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))
    logits, lengths = np.array([[[1, 0], [0, 1]]], np.float32), np.array([2], np.int32)
    total = math.exp(2) + math.exp(0) + 2 * math.exp(-1)
    decoder = Decoder(chain)

    best, second = decoder.best(logits, lengths, 2)[0]

    assert (best[0].tolist(), second[0].tolist()) == ([0, 1], [1, 0])
    assert (best[1], second[1]) == pytest.approx((math.exp(2) / total, 1 / total))
    a_first = (math.exp(2) + math.exp(-1)) / total
    np.testing.assert_allclose(decoder.probabilities(logits, lengths)[0, 0], [a_first, 1 - a_first], atol=1e-7)


def test_long_sentences_are_decoded_as_exactly_as_short_ones():
    """The second half of 20,000 steps has the same probabilities as the first."""
    logits = np.tile(np.array([[3, 0, 1], [0, 3, 1]], np.float32), (1, 10_000, 1))
    lengths = np.array([20_000], np.int32)
    chain = random_chain(np.random.default_rng(0), 3, size=0.1)
    decoder = Decoder(chain)

    assert (decoder.decode(logits, lengths)[0] == np.tile([0, 1], 10_000)).all()
    probabilities = decoder.probabilities(logits, lengths)[0]
    np.testing.assert_allclose(probabilities[10:9_990], probabilities[10_010:19_990], atol=1e-7)


def test_probabilities_are_right_for_huge_logits():
    logits, lengths = np.array([[[1000, -1000, 0], [-1e30, 0, 0], [5, 5, 5]]], np.float32), np.array([3], np.int32)
    zero = Chain(np.zeros((3, 3), np.float32), np.zeros(3, np.float32), np.zeros(3, np.float32))

    for chain in (None, zero):
        expected = np.array([[1, 0, 0], [0, 1 / 2, 1 / 2], [1 / 3, 1 / 3, 1 / 3]])
        np.testing.assert_allclose(Decoder(chain).probabilities(logits, lengths)[0], expected, atol=1e-6)


def test_very_low_scores_are_not_lost():
    """Changing the tag costs 300: 0 1 1 scores 400 - 300, 0 0 0 scores 400 - 400, and all others less."""
    chain = Chain(np.array([[0, -300], [-300, 0]], np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))
    logits = np.array([[[400, 0], [-400, 0], [0, 0]]], np.float32)

    probabilities, log_partition = marginals(logits, np.array([3], np.int32), Matrix(chain))

    assert log_partition[0] == pytest.approx(100)
    np.testing.assert_allclose(probabilities[0], [[1, 0], [0, 1], [0, 1]], atol=1e-9)


@pytest.mark.parametrize("temperature", [1.0, 0.101, 0.001])
def test_at_a_low_temperature_the_best_valid_sequence_has_probability_one(temperature):
    """I-y has by far the highest logit in the middle, but there is no B-y to come before it."""
    allowed = scheme_constraints(("B-x", "I-x", "I-y", "O"), "bio", "valid")
    decoder = Decoder(None, allowed, temperature=temperature)
    logits = np.array([[[0, 0, 0, 30], [0, -25, 30, -28], [0, 0, 0, 30]]], np.float32)
    lengths = np.array([3], np.int32)

    ids, probability = decoder.best(logits, lengths, 1)[0][0]

    assert ids.tolist() == decoder.decode(logits, lengths)[0].tolist() == [3, 0, 3]
    assert probability == pytest.approx(1, abs=1e-4)
    assert decoder.probabilities(logits, lengths)[0, range(3), ids] == pytest.approx(1, abs=1e-4)


def test_a_tag_that_no_tag_can_follow_causes_no_warning():
    """All sentences are 0 ... 0 1: after the end of the shorter one no tag is possible."""
    never = np.float32(FORBIDDEN)
    chain = Chain(np.array([[0, 0], [never, never]]), np.array([0, never]), np.array([never, 0]))
    logits, lengths = np.zeros((2, 4, 2), np.float32), np.array([2, 4], np.int32)

    probabilities, log_partition = marginals(logits, lengths, Matrix(chain))

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
def test_a_pair_of_known_tags_is_allowed_if_the_scheme_allows_it(scheme, decode):
    tags = (*TAGS[scheme], "B-x", "E-x", "U-x", "L-x", "M-x", "B", "I", "E", "_", "X-x", "B-", "I-x-y")
    chain = scheme_constraints(tags, scheme, decode)
    assert chain is not None

    def is_allowed(before: str | None, tag: str | None) -> bool:
        letters = {read_tag(before)[0], read_tag(tag)[0]}
        is_known = decode == "strict" or letters <= {*SCHEME_LETTERS[scheme]}
        return not is_known or can_follow(before, tag, scheme)

    for i, tag in enumerate(tags):
        assert np.isfinite(chain.starts[i]) == is_allowed(None, tag)
        assert np.isfinite(chain.ends[i]) == is_allowed(tag, None)
        for j, after in enumerate(tags):
            assert chain.allows(np.array(i), np.array(j)) == is_allowed(tag, after), (tag, after)


def test_a_tag_whose_letter_is_not_in_the_scheme_is_never_forbidden():
    """The likely tags have letters of BIOES, and the scheme is IOB1."""
    tags = ("E-x", "I-x", "O", "S-x")
    logits = np.array([[[9, 0, 0, 0], [0, 0, 0, 9], [0, 9, 0, 0], [9, 0, 0, 0]]], np.float32)
    ids = Decoder(None, scheme_constraints(tags, "iob1", "valid")).decode(logits, np.array([4], np.int32))

    assert [tags[i] for i in ids[0]] == ["E-x", "S-x", "I-x", "E-x"]


def test_without_a_scheme_or_with_free_decoding_nothing_is_forbidden():
    assert scheme_constraints(("S", "V"), "none", "valid") is None
    assert scheme_constraints(("B-x", "O"), "bio", "free") is None
    assert resolve_decode("valid", "none") == resolve_decode("auto", "none") == "free"
    assert resolve_decode("free", "bio") == "free"
    assert resolve_decode("valid", "bio") == "valid"


@pytest.mark.parametrize("has_crf", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_valid_decoding_returns_the_best_of_all_valid_sequences(scheme, has_crf):
    rng, tags = np.random.default_rng(3), TAGS[scheme]
    n_tags, lengths = len(tags), np.array([1, 2, 3, 4] * 10, np.int32)
    logits = rng.normal(0, 2, (len(lengths), 4, n_tags)).astype(np.float32)
    zero = Chain(np.zeros((n_tags, n_tags), np.float32), np.zeros(n_tags, np.float32), np.zeros(n_tags, np.float32))
    learned = random_chain(rng, n_tags) if has_crf else None
    decoder = Decoder(learned, scheme_constraints(tags, scheme, "valid"))
    ids, probabilities = decoder.decode(logits, lengths), decoder.probabilities(logits, lengths)
    ranked = decoder.best(logits, lengths, 3)
    n_invalid = 0

    for row, length in enumerate(lengths):
        every = enumerated(logits[row, :length], learned or zero)
        valid = [(path, score) for path, score in every if is_valid([tags[i] for i in path], scheme)]
        total = log_sum([score for _, score in valid])
        n_invalid += every[0] != valid[0]
        assert tuple(ids[row, :length]) == valid[0][0]
        assert [tuple(path) for path, _ in ranked[row]] == [path for path, _ in valid[:3]]
        assert ranked[row][0][1] == pytest.approx(math.exp(valid[0][1] - total), rel=1e-5)
        marginal = sum(math.exp(score - total) for path, score in valid if path[0] == ids[row, 0])
        assert probabilities[row, 0, ids[row, 0]] == pytest.approx(marginal, rel=1e-5)
    assert n_invalid > 5  # otherwise the constraint was not tested


@pytest.mark.parametrize("has_crf", [False, True])
def test_if_no_valid_sequence_has_the_length_of_a_sentence_all_are_allowed(has_crf):
    """B and E of BIOES come in pairs only: sentences of 1 and 3 tokens are decoded freely, those of 2 and 4 validly."""
    tags, lengths = ("B-x", "E-x"), np.array([1, 2, 3, 4], np.int32)
    logits = np.tile(np.array([0, 1], np.float32), (4, 4, 1))
    learned = random_chain(np.random.default_rng(0), 2, size=0.01) if has_crf else None
    decoder = Decoder(learned, scheme_constraints(tags, "bioes", "valid"))

    decoded = [
        [tags[i] for i in row[:length]] for row, length in zip(decoder.decode(logits, lengths), lengths, strict=True)
    ]

    assert decoded == [["E-x"], ["B-x", "E-x"], ["E-x"] * 3, ["B-x", "E-x"] * 2]
    assert [len(ranked) for ranked in decoder.best(logits, lengths, 9)] == [2, 1, 8, 1]
    probabilities = decoder.probabilities(logits, lengths)
    for row, length in enumerate(lengths):
        np.testing.assert_allclose(probabilities[row, :length].sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize("tags", [("I-x", "S-x"), ("B-x", "I-x"), ("I-x",), ("E-x", "I-y")])
def test_tags_of_bioes_that_cannot_close_a_span_do_not_fail(tags):
    lengths = np.array([1, 2, 5], np.int32)
    logits = np.random.default_rng(1).normal(size=(3, 5, len(tags))).astype(np.float32)
    decoder = Decoder(None, scheme_constraints(tags, "bioes", "valid"))

    expected = np.full((3, 5), 1) if "S-x" in tags else logits.argmax(-1)
    for row, length in enumerate(lengths):
        assert decoder.decode(logits, lengths)[row, :length].tolist() == expected[row, :length].tolist()
        assert decoder.best(logits, lengths, 3)[row][0][0].tolist() == expected[row, :length].tolist()


# As a table


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_reading_a_written_chain_restores_it_exactly(seed, n_tags):
    rng = np.random.default_rng(seed)
    chain = random_chain(rng, n_tags, size=10.0 ** rng.integers(-30, 30))
    restored = read_chain(chain_rows(chain, [f"tag {i}" for i in range(n_tags)]))

    for name in ("transitions", "starts", "ends"):
        np.testing.assert_array_equal(getattr(restored, name), getattr(chain, name))
        assert getattr(restored, name).dtype == np.float32


def test_a_chain_is_written_as_a_table_with_tag_names():
    chain = Chain(np.array([[0.1, 2], [3, 4]], np.float32), np.array([5, 6], np.float32), np.array([7, 8], np.float32))

    assert chain_rows(chain, ("N", "V")) == [
        ("", "N", "V", "end"),
        ("start", "5.0", "6.0", ""),
        ("N", "0.1", "2.0", "7.0"),
        ("V", "3.0", "4.0", "8.0"),
    ]


@pytest.mark.parametrize(
    "damage",
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
def test_a_malformed_table_is_an_error(damage):
    rows = chain_rows(random_chain(np.random.default_rng(0), 2), ("N", "V"))

    with pytest.raises(ValueError, match=r"."):
        read_chain(damage(rows))

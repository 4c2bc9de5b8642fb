"""Constraints of a scheme compared with the same constraints as a matrix of all pairs of tags."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tagger.heads.constraints import LETTERS, Constraints, no_constraints, scheme_constraints
from tagger.heads.decoding import Decoder
from tagger.heads.lattice import k_best, log_partition, marginals, viterbi
from tagger.heads.matrix import Matrix
from tests.spans import SCHEMES

TAGS = ["O", "_", *(f"{letter}{span}" for letter in "BIESMU" for span in ("", "-", "-x", "-y", "-z"))]


def as_matrix(constraints: Constraints) -> Matrix:
    """The constraints as scores of all pairs."""
    return Matrix(constraints.with_scores(None))


@st.composite
def problems(draw):
    """Logits of a ragged batch, with ties, its lengths, and constraints."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tags = draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=12, unique=True))
    constraints = scheme_constraints(tags, draw(st.sampled_from(SCHEMES)), draw(st.sampled_from(["valid", "strict"])))
    lengths = np.array(draw(st.lists(st.integers(1, 6), min_size=1, max_size=3)), np.int32)
    logits = rng.normal(0, draw(st.sampled_from([0.5, 5.0, 500.0])), (len(lengths), 7, len(tags)))
    return (np.round(logits) if draw(st.booleans()) else logits).astype(np.float32), lengths, constraints


@given(problems())
def test_the_best_sequences_are_exactly_those_of_the_matrix(problem):
    logits, lengths, constraints = problem

    ids, prefixes = viterbi(logits, lengths, constraints)
    expected_ids, expected_prefixes = viterbi(logits, lengths, as_matrix(constraints))

    np.testing.assert_array_equal(prefixes, expected_prefixes)
    for row, length in enumerate(lengths):
        np.testing.assert_array_equal(ids[row, :length], expected_ids[row, :length])
        ranked, expected = (
            k_best(ids[row, :length], logits[row, :length], prefixes[:length, row], pairs, 5)
            for pairs in (constraints, as_matrix(constraints))
        )
        assert [(path.tolist(), score) for path, score in ranked] == [(path.tolist(), s) for path, s in expected]


@given(problems())
def test_marginals_and_log_partitions_are_those_of_the_matrix(problem):
    logits, lengths, constraints = problem
    _, prefixes = viterbi(logits, lengths, constraints)
    is_possible = np.isfinite(prefixes[lengths - 1, np.arange(len(lengths))] + constraints.ends).any(1)
    assume(is_possible.any())
    logits, lengths = logits[is_possible], lengths[is_possible]

    probabilities, totals = marginals(logits, lengths, constraints)
    expected, expected_totals = marginals(logits, lengths, as_matrix(constraints))

    np.testing.assert_allclose(totals, expected_totals, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(log_partition(logits, lengths, constraints), totals, rtol=1e-12, atol=1e-9)
    for row, length in enumerate(lengths):
        np.testing.assert_allclose(probabilities[row, :length], expected[row, :length], atol=1e-9)


@pytest.mark.parametrize("decode", ["valid", "strict"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_may_follow_a_tag_of_another_type_may_follow_one_of_the_same_type(scheme, decode):
    constraints = scheme_constraints(("O",), scheme, decode)

    assert constraints is not None
    for before, after in itertools.product(range(len(LETTERS)), repeat=2):
        other, same = constraints.table[before, after]
        assert same or not other


def test_no_constraints_allow_everything():
    logits, lengths = np.random.default_rng(0).normal(0, 1, (2, 3, 4)), np.array([3, 2], np.int32)

    np.testing.assert_array_equal(viterbi(logits, lengths, no_constraints(4))[0][0], logits[0].argmax(-1))
    assert no_constraints(4).fills_any_length


def test_decoding_20_000_tags_takes_memory_in_proportion_to_their_number():
    """The best tag of each step is an I that no B precedes; a matrix of all pairs of tags would have 3 GB."""
    tags = ("O", *(f"{letter}-{i}" for i in range(10_000) for letter in "BI"))
    logits = np.zeros((1, 4, len(tags)), np.float32)
    logits[0, :, 2], logits[0, 1, 1], logits[0, 0, 0] = 4, 3, 1  # I-0, B-0, O
    tracemalloc.start()
    decoder = Decoder(None, scheme_constraints(tags, "bio", "valid"))

    ids = decoder.decode(logits, np.array([4], np.int32))[0]
    probabilities = decoder.probabilities(logits, np.array([4], np.int32))[0]
    (best,) = decoder.best(logits, np.array([4], np.int32), 2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [tags[i] for i in ids] == ["O", "B-0", "I-0", "I-0"]
    np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-6)
    assert best[0][0].tolist() == ids.tolist()
    assert peak < 100e6

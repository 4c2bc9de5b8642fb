"""Tags that are chosen step by step, against all sequences counted one by one."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest

from tagger.corpus.schemes import spans_of
from tagger.encoding.arrays import Floats
from tagger.encoding.lexicon import Lexicon
from tagger.heads.chain import Chain
from tagger.heads.online import NOTHING, OnlineDecoder
from tagger.heads.target import TagTarget

TAGS = ("B-per", "I-per", "O")
RNG = np.random.default_rng(2)
LOGITS = RNG.normal(0, 1.5, (6, 3)).astype(np.float32)
CHAIN = Chain(*(RNG.normal(0, 1, shape).astype(np.float32) for shape in ((3, 3), 3, 3)))
TARGETS = {
    "independent": TagTarget(TAGS, Lexicon("O", None), temperature=1.5),
    "a CRF": TagTarget(TAGS, Lexicon("O", None), temperature=1.5, chain=CHAIN),
    "constraints": TagTarget(TAGS, Lexicon("O", None), scheme="bio", scheme_train="bio", decode="valid"),
    "both": TagTarget(
        TAGS, Lexicon("O", None), scheme="bio", scheme_train="bio", decode="valid", chain=CHAIN, temperature=0.7
    ),
}


def decoded(target: TagTarget, logits: Floats, look_ahead: int) -> Iterator[tuple[int, float]]:
    """Ids and probabilities of all steps, one by one."""
    decoder, before = OnlineDecoder(target), NOTHING
    for t in range(len(logits)):
        known = logits[t : t + look_ahead + 1]
        ids, probabilities, before = decoder.decode(known, 1, before, is_end=t + look_ahead + 1 >= len(logits))
        yield int(ids[0]), float(probabilities[0])


def by_counting(target: TagTarget, logits: Floats, look_ahead: int) -> Iterator[tuple[int, float]]:
    """The same from the scores of all sequences."""
    final: list[int] = []
    for t in range(len(logits)):
        n = min(t + look_ahead + 1, len(logits))
        scores = {
            ids: score(target, ids, logits, is_end=n == len(logits)) for ids in itertools.product(range(3), repeat=n)
        }
        after_final = {ids: value for ids, value in scores.items() if ids[:t] == tuple(final)}
        final.append(max(after_final, key=after_final.__getitem__)[t])
        weights = {ids: math.exp(value / target.temperature) for ids, value in scores.items()}
        yield final[t], sum(w for ids, w in weights.items() if ids[t] == final[t]) / sum(weights.values())


def score(target: TagTarget, ids: tuple[int, ...], logits: Floats, *, is_end: bool) -> float:
    total = sum(float(logits[t, tag]) for t, tag in enumerate(ids))
    if target.chain is not None:
        total += float(target.chain.starts[ids[0]]) + (float(target.chain.ends[ids[-1]]) if is_end else 0)
        total += sum(float(target.chain.transitions[pair]) for pair in itertools.pairwise(ids))
    forbidden = any(after == 1 and before == 2 for before, after in itertools.pairwise((2, *ids)))
    return -math.inf if target.decode == "valid" and forbidden else total


@pytest.mark.parametrize("look_ahead", [0, 1, 3, 5, 9])
@pytest.mark.parametrize("name", TARGETS)
def test_a_step_gets_the_best_tag_after_the_final_ones_and_its_probability_given_the_known_steps(name, look_ahead):
    ids, probabilities = zip(*decoded(TARGETS[name], LOGITS, look_ahead), strict=True)
    best, expected = zip(*by_counting(TARGETS[name], LOGITS, look_ahead), strict=True)

    assert ids == best
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", TARGETS)
def test_if_all_steps_are_known_the_answers_are_those_of_the_decoder(name):
    target, lengths = TARGETS[name], np.array([len(LOGITS)], np.int32)
    ids = target.decoder().decode(LOGITS[None], lengths)[0]
    probabilities = target.decoder().probabilities(LOGITS[None], lengths)[0]

    steps = [*decoded(target, LOGITS, len(LOGITS))]

    assert [tag for tag, _ in steps] == ids.tolist()
    np.testing.assert_allclose([p for _, p in steps], probabilities[np.arange(len(ids)), ids], rtol=0, atol=1e-6)


def test_the_sequence_is_valid_whatever_is_known():
    logits = np.random.default_rng(4).normal(0, 3, (200, 3)).astype(np.float32)
    for look_ahead in (0, 1, 4):
        tags = [TAGS[tag] for tag, _ in decoded(TARGETS["constraints"], logits, look_ahead)]

        assert all(after != "I-per" or before != "O" for before, after in itertools.pairwise(("O", *tags)))
        assert spans_of(tags, "bio")


def test_a_step_without_a_valid_tag_gets_the_best_of_all():
    target = TagTarget(("I-per",), Lexicon("I-per", None), scheme="bio", scheme_train="bio", decode="valid")

    ids, probabilities = zip(*decoded(target, np.zeros((3, 1), np.float32), 1), strict=True)

    assert ids == (0, 0, 0)
    assert probabilities == pytest.approx((1, 1, 1))


def test_log_sums_stay_finite_over_many_steps():
    logits = np.tile(np.array([[40, -40, 0]], np.float32), (3000, 1))

    probabilities = [p for _, p in decoded(TARGETS["both"], logits, 1)]

    assert np.isfinite(probabilities).all()
    assert max(probabilities) <= 1 + 1e-9

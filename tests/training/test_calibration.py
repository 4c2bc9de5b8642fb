import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.sentence import Sentence
from tagger.evaluation.calibration import calibration_bins, calibration_error, coverage
from tagger.heads.chain import Chain
from tagger.heads.decoding import Decoder
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperatures
from tests.bundles import save_context_bundle

SCORED = st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.5001]) | st.floats(0, 1), st.booleans()), min_size=1)
WORDS = ("the", "cat", "purrs", "и", "!", "other")


def fit_temperature(tagger: Tagger, dev: list[Sentence]) -> Temperature:
    """Fit the temperature of the only head."""
    ids = tagger.bundle.target.ids(dev)
    assert ids is not None
    return fit_temperatures(tagger, dev, {"head": ids})["head"]


def test_calibration_error_is_zero_if_confidence_equals_accuracy():
    confidence = np.repeat([0.25, 0.5, 1.0], [4, 2, 3])
    is_right = np.array([True, False, False, False, True, False, True, True, True])

    assert calibration_error(confidence, is_right) == 0


def test_calibration_error_is_the_mean_gap_of_bins_weighted_by_tokens():
    confidence, is_right = np.array([0.91, 0.99, 0.1]), np.array([True, False, False])

    assert calibration_error(confidence, is_right, n_bins=10) == pytest.approx((abs(1.9 - 1) + 0.1) / 3)


def test_temperature_divides_all_scores_and_changes_no_tag():
    rng = np.random.default_rng(0)
    logits, lengths = rng.normal(size=(3, 4, 3)).astype(np.float32), np.array([4, 1, 3], np.int32)
    chain = Chain(*(rng.normal(size=shape).astype(np.float32) for shape in ((3, 3), 3, 3)))
    two = np.float32(2)
    half = Chain(chain.transitions / two, chain.starts / two, chain.ends / two)

    for learned, halved in ((None, None), (chain, half)):
        cooled, by_hand = Decoder(learned, temperature=2.0), Decoder(halved)
        np.testing.assert_allclose(
            cooled.probabilities(logits, lengths), by_hand.probabilities(logits / two, lengths), rtol=1e-5
        )
        for actual, expected in zip(
            cooled.best(logits, lengths, 3), by_hand.best(logits / two, lengths, 3), strict=True
        ):
            assert [p for _, p in actual] == pytest.approx([p for _, p in expected], rel=1e-5)
        np.testing.assert_array_equal(cooled.decode(logits, lengths), Decoder(learned).decode(logits, lengths))


@given(SCORED)
def test_calibration_error_agrees_with_the_bins(scored):
    confidence, is_right = (np.array(column) for column in zip(*scored, strict=True))
    bins = calibration_bins(confidence, is_right)
    gaps = sum(row["tokens"] * abs(row["confidence"] - row["accuracy"]) for row in bins)

    assert sum(row["tokens"] for row in bins) == len(scored)
    assert all(row["from"] - 1e-9 <= row["confidence"] <= row["to"] + 1e-9 for row in bins)
    assert gaps / len(scored) == pytest.approx(calibration_error(confidence, is_right), abs=1e-9)


@given(SCORED, st.randoms())
def test_coverage_grows_to_all_tokens_whatever_their_order(scored, random):
    confidence, is_right = (np.array(column) for column in zip(*scored, strict=True))
    rows = coverage(confidence, is_right)
    random.shuffle(scored)

    assert [row["coverage"] for row in rows] == sorted({row["coverage"] for row in rows})
    assert rows[-1] == {"coverage": 1.0, "accuracy": pytest.approx(is_right.mean()), "threshold": confidence.min()}
    assert rows == coverage(*(np.array(column) for column in zip(*scored, strict=True)))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_fit_recovers_the_temperature_that_tags_were_drawn_with(temperature, tmp_path, caplog):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))
    rng, tags = np.random.default_rng(0), tagger.bundle.target.tags
    sentences = [Sentence(tuple(rng.choice(WORDS, 5).tolist())) for _ in range(2000)]
    decoder, drawn = tagger.bundle.target.decoder(temperature), []
    for sentence in sentences:
        ((batch, logits),) = tagger.logits([sentence])
        (rows,) = decoder.probabilities(logits["head"], batch.lengths)
        drawn.append(Sentence(sentence.tokens, tuple(tags[rng.choice(4, p=row / row.sum())] for row in rows)))

    with caplog.at_level(logging.INFO, "tagger"):
        fitted = fit_temperature(tagger, drawn)

    assert fitted.value == pytest.approx(temperature, rel=0.1)
    assert fitted.to_json() == {"temperature": fitted.value, "fitted": True, "reason": None}
    assert f"confidence: logits are divided by temperature {fitted.value}, fitted on dev" in caplog.text


def test_temperature_is_not_fitted_without_a_scored_step(tmp_path):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))

    assert fit_temperature(tagger, [Sentence(("the",), ("UNHEARD",))]) == Temperature(reason="no tag of dev is scored")


def test_temperature_is_not_fitted_on_a_dev_without_errors(tmp_path, caplog):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))
    dev = [Sentence(tagged.tokens, tagged.tags) for tagged in tagger.tag([["the", "cat", "purrs"], ["cat"]])]

    with caplog.at_level(logging.INFO, "tagger"):
        temperature = fit_temperature(tagger, dev)

    reason = "no tag of dev is wrong (4 scored)"
    assert temperature == Temperature(1.0, reason)
    assert temperature.to_json() == {"temperature": 1.0, "fitted": False, "reason": reason}
    assert f"confidence: no temperature is fitted, because {reason}" in caplog.text


def test_temperature_at_a_bound_of_the_search_is_not_used(tmp_path):
    tagger = Tagger.load(save_context_bundle(tmp_path / "bundle"))
    probabilities = tagger.bundle.target.decoder(1.0).probabilities
    ((batch, logits),) = tagger.logits([Sentence(WORDS)])
    (rows,) = probabilities(logits["head"], batch.lengths)
    # With the least likely tags as gold, a higher temperature is always better.
    worst = tuple(tagger.bundle.target.tags[i] for i in rows.argmin(-1))

    temperature = fit_temperature(tagger, [Sentence(WORDS, worst)])

    assert temperature == Temperature(1.0, "the best temperature on dev is at a bound of the search, 20")

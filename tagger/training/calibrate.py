"""Confidence that is what it says: one temperature, fitted on dev."""

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Floats
from tagger.encoding.batches import NOT_SCORED
from tagger.evaluation.calibration import calibration_error
from tagger.tagging.tagger import Tagger

STEPS = 50_000  # of dev that are looked at, at most
BOUNDS = (0.1, 20.0)
NEAR = 0.05  # to a bound, as logarithms: the search does not reach it
LEAST = 1e-12  # the probability that a gold tag is taken to have where no valid sequence has it

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature that scores are divided by.

    Args:
        value: above 1 where the network is surer than it should be.
        reason: why it is 1 and not fitted; empty where it is fitted.
    """

    value: float = 1.0
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """The temperature as `metrics.json` has it."""
        return {"temperature": self.value, "fitted": not self.reason, "reason": self.reason or None}


def fit_temperature(tagger: Tagger, dev: Iterable[Sentence]) -> Temperature:
    """The temperature under which the gold tags of dev are the most probable (Guo et al., 2017).

    It changes no tag, only how sure the tagger says it is. It stays 1 where dev cannot show how sure a wrong tag should
    be: where all its tags are right, and where the best temperature lies at a bound, so that none is the best.

    Args:
        tagger: any temperature of its own does not count.
        dev: tagged sentences, in the scheme that it learned.
    """
    temperature = _fitted(tagger, Sentences.collect(dev))
    if temperature.reason:
        log.info("confidence: scores are left as they are (temperature 1): %s", temperature.reason)
    return temperature


def _fitted(tagger: Tagger, dev: Sentences) -> Temperature:
    scored, n_steps, n_right = [], 0, 0
    drawn = np.random.default_rng(0).permutation(len(dev))
    enough = int(np.searchsorted(np.cumsum(dev.lengths[drawn]), STEPS)) + 1
    for batch, logits in tagger.scores(dev.take(drawn[:enough].tolist())):
        if batch.tags is not None:
            is_scored = (batch.tags != NOT_SCORED) & (batch.tags < len(tagger.bundle.encoder.tags))
            scored.append((logits, batch, is_scored))
            n_steps += int(is_scored.sum())
            n_right += int((tagger.decoder(1.0).decode(logits, batch.lengths) == batch.tags)[is_scored].sum())
    if not n_steps:
        return Temperature(reason="no tag of dev is scored")
    if n_right == n_steps:
        return Temperature(reason=f"all {n_steps:,} tags of dev are right, which shows nothing of wrong ones")

    def probabilities(temperature: float) -> list[Floats]:
        """(steps, tags) of each batch's scored steps."""
        decoder = tagger.decoder(temperature)
        return [decoder.probabilities(logits, batch.lengths)[is_scored] for logits, batch, is_scored in scored]

    gold = [batch.tags[is_scored] for _, batch, is_scored in scored if batch.tags is not None]

    def loss(log_temperature: float) -> float:
        pairs = zip(probabilities(math.exp(log_temperature)), gold, strict=True)
        of_gold = np.concatenate([rows[np.arange(len(tags)), tags] for rows, tags in pairs])
        return -float(np.log(np.maximum(of_gold, LEAST)).mean())

    bounds = [math.log(bound) for bound in BOUNDS]
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.01})
    temperature = round(math.exp(float(best.x)), 3)
    for bound in BOUNDS:
        if abs(float(best.x) - math.log(bound)) < NEAR:
            return Temperature(reason=f"the best one for dev lies at a bound of those that are tried, {bound:g}")
    errors = [_error(probabilities(each), gold) for each in (1.0, temperature)]
    log.info(
        "confidence: scores are divided by %s, fitted on dev; calibration error of likeliest tags %.4f, before %.4f",
        temperature, errors[1], errors[0],
    )  # fmt: skip
    return Temperature(temperature)


def _error(probabilities: list[Floats], gold: list[npt.NDArray[np.int32]]) -> float:
    rows, tags = np.concatenate(probabilities), np.concatenate(gold)
    return calibration_error(rows.max(-1), rows.argmax(-1) == tags)

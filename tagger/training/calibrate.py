"""Calibration of confidence: one temperature, fitted on dev."""

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

MAX_STEPS = 50_000  # steps of dev at most; more would not change the fit
BOUNDS = (0.1, 20.0)
BOUND_MARGIN = 0.05  # margin of log temperature: the search never quite reaches a bound
MIN_PROBABILITY = 1e-12  # minimum probability of a gold tag, because no valid sequence may have it

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature that logits are divided by.

    Args:
        value: above 1 for an overconfident network.
        reason: why it is 1 instead of fitted; empty if it is fitted.
    """

    value: float = 1.0
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the temperature in the form of `metrics.json`."""
        return {"temperature": self.value, "fitted": not self.reason, "reason": self.reason or None}


def fit_temperature(tagger: Tagger, dev: Iterable[Sentence]) -> Temperature:
    """Fit the temperature that makes the gold tags of dev most probable.

    It changes confidence, and no tag. It stays 1 if dev cannot show how confident wrong tags should be: if no tag of
    dev is wrong, or the best temperature is at a bound of the search.

    Args:
        tagger: its own temperature is ignored.
        dev: tagged sentences, in the scheme that the tagger learned.

    Source: Guo et al. (2017).
    """
    temperature = _fit(tagger, Sentences.collect(dev))
    if temperature.reason:
        log.info("confidence: no temperature is fitted, because %s", temperature.reason)
    return temperature


def _fit(tagger: Tagger, dev: Sentences) -> Temperature:
    target, batches, n_steps, n_right = tagger.bundle.target, [], 0, 0
    order = np.random.default_rng(0).permutation(len(dev))
    n_sentences = int(np.searchsorted(np.cumsum(dev.lengths[order]), MAX_STEPS)) + 1
    for batch, logits in tagger.logits(dev.take(order[:n_sentences].tolist())):
        if batch.tags is not None:
            is_scored = (batch.tags != NOT_SCORED) & (batch.tags < len(target.tags))
            batches.append((logits, batch, is_scored))
            n_steps += int(is_scored.sum())
            n_right += int((target.decoder(1.0).decode(logits, batch.lengths) == batch.tags)[is_scored].sum())
    if not n_steps:
        return Temperature(reason="no tag of dev is scored")
    if n_right == n_steps:
        return Temperature(reason=f"no tag of dev is wrong ({n_steps:,} scored)")

    def probabilities(temperature: float) -> list[Floats]:
        """(steps, tags) of each batch's scored steps."""
        decoder = target.decoder(temperature)
        return [decoder.probabilities(logits, batch.lengths)[is_scored] for logits, batch, is_scored in batches]

    gold = [batch.tags[is_scored] for _, batch, is_scored in batches if batch.tags is not None]

    def loss(log_temperature: float) -> float:
        pairs = zip(probabilities(math.exp(log_temperature)), gold, strict=True)
        gold_probabilities = np.concatenate([rows[np.arange(len(tags)), tags] for rows, tags in pairs])
        return -float(np.log(np.maximum(gold_probabilities, MIN_PROBABILITY)).mean())

    bounds = [math.log(bound) for bound in BOUNDS]
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.01})
    temperature = round(math.exp(float(best.x)), 3)
    for bound in BOUNDS:
        if abs(float(best.x) - math.log(bound)) < BOUND_MARGIN:
            return Temperature(reason=f"the best temperature on dev is at a bound of the search, {bound:g}")
    before, after = (_error(probabilities(each), gold) for each in (1.0, temperature))
    log.info(
        "confidence: logits are divided by temperature %s, fitted on dev (calibration error %.4f before, %.4f after)",
        temperature, before, after,
    )  # fmt: skip
    return Temperature(temperature)


def _error(probabilities: list[Floats], gold: list[npt.NDArray[np.int32]]) -> float:
    rows, tags = np.concatenate(probabilities), np.concatenate(gold)
    return calibration_error(rows.max(-1), rows.argmax(-1) == tags)

"""Calibration of confidence: a temperature for each head, fitted on dev."""

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Floats, Ids
from tagger.encoding.batches import NOT_SCORED, Batch
from tagger.evaluation.calibration import calibration_error
from tagger.head_names import PLAIN_HEAD
from tagger.heads.target import TagTarget
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


def fit_temperatures(tagger: Tagger, dev: Iterable[Sentence], answers: Mapping[str, Ids]) -> dict[str, Temperature]:
    """Fit the temperature of each head that makes the gold tags of dev most probable.

    It changes confidence, and no tag. It stays 1 if dev cannot show how confident wrong tags should be: if no tag of
    dev is wrong, or the best temperature is at a bound of the search.

    Args:
        tagger: its own temperatures are ignored.
        dev: sentences of dev.
        answers: ids of the gold tags by head: (steps,), or (sentences,) for labels.

    Source: Guo et al. (2017).
    """
    sentences = Sentences.collect(dev)
    order = np.random.default_rng(0).permutation(len(sentences))
    n_sentences = int(np.searchsorted(np.cumsum(sentences.lengths[order]), MAX_STEPS)) + 1
    chosen = order[:n_sentences]
    steps = np.concatenate([np.arange(*sentences.starts[i : i + 2]) for i in chosen])
    labels = {target.name for target in tagger.bundle.targets if target.kind == "label"}
    gold = {name: ids[chosen if name in labels else steps] for name, ids in answers.items()}
    scored = [*tagger.logits(sentences.take(chosen.tolist()), gold)]
    temperatures = {}
    for target in tagger.bundle.targets:
        temperature = temperatures[target.name] = _fit(
            target, [(batch, logits[target.name]) for batch, logits in scored]
        )
        if temperature.reason:
            log.info("%sconfidence: no temperature is fitted, because %s", _prefix(target), temperature.reason)
    return temperatures


def _prefix(target: TagTarget) -> str:
    return "" if target.name == PLAIN_HEAD else f"{target.name}: "


def _fit(target: TagTarget, scored: Iterable[tuple[Batch, Floats]]) -> Temperature:
    """Fit the temperature of a head on batches with their gold tags and their logits."""
    batches, gold, n_steps, n_right = [], [], 0, 0
    for batch, logits in scored:
        tags, lengths = batch.tags[target.name], np.minimum(batch.lengths, logits.shape[1])  # 1 for labels
        is_scored = (tags != NOT_SCORED) & (tags < len(target.tags))
        batches.append((logits, lengths, is_scored))
        gold.append(tags[is_scored])
        n_steps += int(is_scored.sum())
        n_right += int((target.decoder(1.0).decode(logits, lengths) == tags)[is_scored].sum())
    if not n_steps:
        return Temperature(reason=f"no {target.kind} of dev is scored")
    if n_right == n_steps:
        return Temperature(reason=f"no {target.kind} of dev is wrong ({n_steps:,} scored)")

    def probabilities(temperature: float) -> list[Floats]:
        """(steps, tags) of each batch's scored steps."""
        decoder = target.decoder(temperature)
        return [decoder.probabilities(logits, lengths)[is_scored] for logits, lengths, is_scored in batches]

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
        "%sconfidence: logits are divided by temperature %s, fitted on dev (calibration error %.4f before, %.4f after)",
        _prefix(target), temperature, before, after,
    )  # fmt: skip
    return Temperature(temperature)


def _error(probabilities: list[Floats], gold: list[npt.NDArray[np.int32]]) -> float:
    rows, tags = np.concatenate(probabilities), np.concatenate(gold)
    return calibration_error(rows.max(-1), rows.argmax(-1) == tags)

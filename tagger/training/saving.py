"""Saving of a trained network as a bundle, and choice of temperature, shift of O and number of bits on dev."""

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Floats, Ids, TableBits, Weights
from tagger.encoding.batches import Batch
from tagger.files import swap_in
from tagger.packages import DISTRIBUTION
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperature
from tagger.training.prepared_data import PreparedData

OUTSIDE = "O"
N_SHIFTS = 9  # evenly spaced from 0 to the bound
TABLE_BITS: tuple[TableBits, ...] = (8, 16)  # tried before 32

Score = Callable[[Ids], float]

log = logging.getLogger("tagger")


def save_model(
    config: Config, prepared: PreparedData, model: Any, folder: Path, metric: str, score: Score | None, *, threads: int
) -> Temperature:
    """Write the bundle of a Keras model into a run folder, and return its fitted temperature.

    The bundle replaces the one in the folder only after it has tagged its golden sentences.

    Args:
        config: the run's config.
        prepared: the run's data.
        model: the trained Keras model.
        folder: the run folder.
        metric: name of the metric on dev.
        score: function from predicted ids to the metric, 0 to 1; None without dev.
        threads: number of threads to tag dev with; 0: one per core.
    """
    from tagger.network.build import get_weights
    from tagger.network.crf import learned_chain

    packages = ("tensorflow", "keras", "numpy", "onnx", "onnxruntime")
    versions = {"tagger": version(DISTRIBUTION), **{package: version(package) for package in packages}}
    provenance = {"data": prepared.hashes, "seed": config.training.seed, "versions": versions}
    bundle = prepared.bundle(provenance).with_target(chain=learned_chain(model))
    weights = get_weights(model, prepared.architecture)
    if score is not None and metric == "span_f1" and OUTSIDE in prepared.target.tags:
        tagger = Tagger(bundle, build_graphs(prepared.architecture, weights), threads=threads)
        shift = outside_shift(tagger, prepared.in_training_scheme("dev"), score)
        weights[f"{prepared.architecture.head.name}/bias"][prepared.target.tags.index(OUTSIDE)] += shift
    temperature = Temperature(reason="there is no dev split")
    if score is None:
        graphs = build_graphs(prepared.architecture, weights, table_bits=16)  # 16 bits hardly change a score
    else:
        dev = prepared.in_training_scheme("dev")
        graphs = _smallest_graphs(bundle, weights, dev, score, threads)
        temperature = fit_temperature(Tagger(bundle, graphs, threads=threads), dev)
        bundle = bundle.with_target(temperature=temperature.value)
    unfinished = folder / "bundle.tmp"
    sentences = prepared.splits.get("dev", prepared.splits["train"])
    golden = golden_lines(sentences, Tagger(bundle, graphs, threads=threads).tag_window)
    save_bundle(bundle, unfinished, graphs, golden)
    Tagger.load(unfinished, threads=threads)
    swap_in(unfinished, folder / "bundle")
    return temperature


def outside_shift(tagger: Tagger, dev: Sequence[Sentence], score: Score) -> float:
    """Return the shift of the logits of O, 0 or below, with the highest span F1 on dev.

    Training maximises the probability that each tag is right. For F1, predicting a span pays if its probability is at
    least half of the best F1 that can be reached (Lipton et al., 2014); the log-odds of that probability are the bound
    of the search.

    Args:
        tagger: the trained network.
        dev: tagged sentences, in the scheme that the tagger learned.
        score: function from the ids predicted for dev to span F1, 0 to 1.
    """
    scored = [*tagger.logits(dev)]
    outside = tagger.bundle.target.tags.index(OUTSIDE)

    def f1(shift: float) -> float:
        column = np.where(np.arange(len(tagger.bundle.target.tags)) == outside, np.float32(shift), np.float32(0))
        return score(_predicted_ids(tagger, ((batch, logits + column) for batch, logits in scored), len(dev)))

    as_trained = f1(0.0)
    if not 0 < as_trained < 1:
        return 0.0
    probability = as_trained / 2
    shifts = np.linspace(0, math.log(probability / (1 - probability)), N_SHIFTS).tolist()
    scores = [as_trained, *map(f1, shifts[1:])]
    best = scores.index(max(scores))
    if best:
        log.info(
            "logits of O are lowered by %.2f, which raises span F1 on dev from %.4f to %.4f",
            -shifts[best], as_trained, scores[best],
        )  # fmt: skip
    return float(shifts[best])


def _smallest_graphs(bundle: Bundle, weights: Weights, dev: Sequence[Sentence], score: Score, threads: int) -> Graphs:
    """Build the graphs with the fewest bits that do not lower the score on dev."""
    full = build_graphs(bundle.architecture, weights)

    def dev_score(graphs: Graphs) -> float:
        tagger = Tagger(bundle, graphs, threads=threads)
        return score(_predicted_ids(tagger, tagger.logits(dev), len(dev)))

    full_score = dev_score(full)
    for bits in TABLE_BITS:
        graphs = build_graphs(bundle.architecture, weights, table_bits=bits)
        if dev_score(graphs) >= full_score:
            log.info("saving weights in 16 bits and embedding tables in %d, which does not lower the dev score", bits)
            return graphs
    log.info("saving weights in 32 bits, because fewer bits lower the dev score")
    return full


def _predicted_ids(tagger: Tagger, scored: Iterable[tuple[Batch, Floats]], n_sentences: int) -> Ids:
    """(steps,) tag ids of all sentences in order, decoded from the logits of their batches."""
    rows: list[Ids] = [np.empty(0, np.int32)] * n_sentences
    decoder = tagger.bundle.target.decoder(1.0)
    for batch, logits in scored:
        ids = decoder.decode(logits, batch.lengths)
        for position, length, row in zip(batch.positions, batch.lengths, ids, strict=True):
            rows[position] = row[:length]
    return np.concatenate(rows)

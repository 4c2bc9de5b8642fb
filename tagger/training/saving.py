"""A trained network saved as a bundle, after a trial of it."""

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Floats, Ids, TableBits, Weights
from tagger.encoding.batches import Batch
from tagger.files import swap_in
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperature
from tagger.training.prepare import Prepared

OUTSIDE = "O"
N_SHIFTS = 9  # that are tried, evenly from 0 to the bound
FEWER_BITS: tuple[TableBits, ...] = (8, 16)

Score = Callable[[Ids], float]

log = logging.getLogger("tagger")


def save_model(
    config: Config, prepared: Prepared, model: Any, folder: Path, metric: str, score: Score | None, *, threads: int
) -> Temperature:
    """Write the bundle of a Keras model, with the weights that it has, into the folder of a run; give its temperature.

    Its temperature is fitted, it is written beside its place, tried with its golden sentences, and swapped in.

    Args:
        config: of the run.
        prepared: its data.
        model: the trained network.
        folder: of the run.
        metric: of dev.
        score: that metric of the ids predicted for dev's steps; None without dev.
        threads: to tag dev with; 0: as many as there are cores.
    """
    from tagger.network.build import get_weights
    from tagger.network.crf import learned_chain

    packages = ("tagger", "tensorflow", "keras", "numpy", "onnx", "onnxruntime")
    versions = {package: version(package) for package in packages}
    provenance = {"data": prepared.hashes, "seed": config.training.seed, "versions": versions}
    bundle = replace(prepared.bundle(provenance), chain=learned_chain(model))
    weights = get_weights(model, prepared.architecture)
    if score is not None and metric == "span_f1" and OUTSIDE in prepared.encoder.tags:
        tagger = Tagger(bundle, build_graphs(prepared.architecture, weights), threads=threads)
        shift = outside_shift(tagger, prepared.learned("dev"), score)
        weights[f"{prepared.architecture.head.name}/bias"][prepared.encoder.tags.index(OUTSIDE)] += shift
    temperature = Temperature(reason="there is no dev split")
    if score is None:
        graphs = build_graphs(prepared.architecture, weights, table_bits=16)  # which changes next to nothing
    else:
        dev = prepared.learned("dev")
        graphs = _smallest_graphs(bundle, weights, dev, score, threads)
        temperature = fit_temperature(Tagger(bundle, graphs, threads=threads), dev)
        bundle = replace(bundle, temperature=temperature.value)
    unfinished = folder / "bundle.tmp"
    sentences = prepared.splits.get("dev", prepared.splits["train"])
    golden = golden_lines(sentences, Tagger(bundle, graphs, threads=threads).tag_window)
    save_bundle(bundle, unfinished, graphs, golden)
    Tagger.load(unfinished, threads=threads)
    swap_in(unfinished, folder / "bundle")
    return temperature


def outside_shift(tagger: Tagger, dev: Sequence[Sentence], score: Score) -> float:
    """The shift of the scores of O under which the span F1 of dev is highest, from 0 down to a bound.

    Training makes each token's tag as likely to be right as it can; for F1, a span is worth its risk where its
    probability is half of the best F1 that can be reached, or more (Lipton et al., 2014). The log-odds of that are the
    bound.

    Args:
        tagger: of the trained network.
        dev: tagged sentences, in the scheme that it learned.
        score: the span F1 of the ids predicted for dev's steps.
    """
    scored = [*tagger.scores(dev)]
    outside = tagger.bundle.encoder.tags.index(OUTSIDE)

    def f1(shift: float) -> float:
        column = np.where(np.arange(len(tagger.bundle.encoder.tags)) == outside, np.float32(shift), np.float32(0))
        return score(_predicted(tagger, ((batch, logits + column) for batch, logits in scored), len(dev)))

    as_trained = f1(0.0)
    if not 0 < as_trained < 1:
        return 0.0
    probability = as_trained / 2
    shifts = np.linspace(0, math.log(probability / (1 - probability)), N_SHIFTS).tolist()
    found = [as_trained, *map(f1, shifts[1:])]
    best = found.index(max(found))
    if best:
        change = f"span F1 on dev {as_trained:.4f} -> {found[best]:.4f}"
        log.info("scores of O are lowered by %.2f: F1 asks for more spans than accuracy; %s", -shifts[best], change)
    return float(shifts[best])


def _smallest_graphs(bundle: Bundle, weights: Weights, dev: Sequence[Sentence], score: Score, threads: int) -> Graphs:
    """The graphs whose tables have the fewest bits with which the metric on dev does not fall."""
    whole = build_graphs(bundle.architecture, weights)

    def on_dev(graphs: Graphs) -> float:
        tagger = Tagger(bundle, graphs, threads=threads)
        return score(_predicted(tagger, tagger.scores(dev), len(dev)))

    least = on_dev(whole)
    for bits in FEWER_BITS:
        graphs = build_graphs(bundle.architecture, weights, table_bits=bits)
        if on_dev(graphs) >= least:
            log.info("weights are saved with 16 bits, tables of vectors with %d: the score on dev does not fall", bits)
            return graphs
    log.info("all weights are saved with 32 bits: with fewer the score on dev falls")
    return whole


def _predicted(tagger: Tagger, scored: Iterable[tuple[Batch, Floats]], n_sentences: int) -> Ids:
    """(steps,) the ids of the tags of all steps of all sentences, decoded from the logits of their batches."""
    rows: list[Ids] = [np.empty(0, np.int32)] * n_sentences
    decoder = tagger.decoder(1.0)
    for batch, logits in scored:
        ids = decoder.decode(logits, batch.lengths)
        for position, length, row in zip(batch.positions, batch.lengths, ids, strict=True):
            rows[position] = row[:length]
    return np.concatenate(rows)

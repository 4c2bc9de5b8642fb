"""A trained network saved as a bundle, after a trial of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Ids, TableBits, Weights
from tagger.files import swap_in
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperature
from tagger.training.prepare import Prepared

FEWER_BITS: tuple[TableBits, ...] = (8, 16)

Score = Callable[[Ids], float]

log = logging.getLogger("tagger")


def save_model(
    config: Config, prepared: Prepared, model: Any, folder: Path, score: Score | None, *, threads: int
) -> Temperature:
    """Write the bundle of a Keras model, with the weights that it has, into the folder of a run; give its temperature.

    Its temperature is fitted, it is written beside its place, tried with its golden sentences, and swapped in.

    Args:
        config: of the run.
        prepared: its data.
        model: the trained network.
        folder: of the run.
        score: the metric of the ids predicted for dev's steps; None without dev.
        threads: to tag dev with; 0: as many as there are cores.
    """
    from tagger.network.build import weights_of
    from tagger.network.crf import learned_chain

    packages = ("tagger", "tensorflow", "keras", "numpy", "onnx", "onnxruntime")
    versions = {package: version(package) for package in packages}
    provenance = {"data": prepared.hashes, "seed": config.training.seed, "versions": versions}
    bundle = replace(prepared.bundle(provenance), chain=learned_chain(model))
    weights = weights_of(model, prepared.architecture)
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


def _smallest_graphs(bundle: Bundle, weights: Weights, dev: Sequence[Sentence], score: Score, threads: int) -> Graphs:
    """The graphs whose tables have the fewest bits with which the metric on dev does not fall."""
    whole = build_graphs(bundle.architecture, weights)
    if build_graphs(bundle.architecture, weights, table_bits=8) == whole:  # there is no table
        return whole
    least = score(_predicted(Tagger(bundle, whole, threads=threads), dev))
    for bits in FEWER_BITS:
        graphs = build_graphs(bundle.architecture, weights, table_bits=bits)
        if score(_predicted(Tagger(bundle, graphs, threads=threads), dev)) >= least:
            log.info("tables of vectors are saved with %d bits a number: the score on dev does not fall", bits)
            return graphs
    log.info("tables of vectors are saved with 32 bits a number: with fewer the score on dev falls")
    return whole


def _predicted(tagger: Tagger, sentences: Sequence[Sentence]) -> Ids:
    """(steps,) the ids of the tags of all steps of all sentences."""
    rows: list[Ids] = [np.empty(0, np.int32)] * len(sentences)
    decoder = tagger.decoder(1.0)
    for batch, logits in tagger.scores(sentences):
        ids = decoder.decode(logits, batch.lengths)
        for position, length, row in zip(batch.positions, batch.lengths, ids, strict=True):
            rows[position] = row[:length]
    return np.concatenate(rows)

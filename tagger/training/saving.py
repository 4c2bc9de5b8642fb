"""Saving of a trained network as a bundle, and choice of temperatures, shifts of O and number of bits on dev."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tagger.config import Config
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Ids, TableBits, Weights
from tagger.encoding.batches import Batch
from tagger.files import swap_in
from tagger.packages import DISTRIBUTION
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.engine import Logits
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperatures
from tagger.training.prepared_data import PreparedData

OUTSIDE = "O"
N_SHIFTS = 9  # evenly spaced from 0 to the bound
TABLE_BITS: tuple[TableBits, ...] = (8, 16)  # tried before 32

Score = Callable[[Mapping[str, Ids]], float]  # from ids predicted for dev by head to a score, 0 to 1

log = logging.getLogger("tagger")


def save_model(
    config: Config,
    prepared: PreparedData,
    model: Any,
    folder: Path,
    metrics: Mapping[str, str],
    scores: Mapping[str, Score],
    *,
    threads: int,
) -> dict[str, Temperature]:
    """Write the bundle of a Keras model into a run folder, and return the fitted temperature of each head.

    The bundle replaces the one in the folder only after it has tagged its golden sentences.

    Args:
        config: the run's config.
        prepared: the run's data.
        model: the trained Keras model.
        folder: the run folder.
        metrics: name of the metric on dev by head.
        scores: function from predicted ids to that metric, by head; empty without dev.
        threads: number of threads to tag dev with; 0: one per core.
    """
    from tagger.network.build import get_weights
    from tagger.network.crf import learned_chain

    packages = ("tensorflow", "keras", "numpy", "onnxruntime")
    versions = {"tagger": version(DISTRIBUTION), **{package: version(package) for package in packages}}
    provenance = {"data": prepared.hashes, "seed": config.training.seed, "versions": versions}
    chains = {target.name: learned_chain(model, target.name) for target in prepared.targets}
    bundle = prepared.bundle(provenance).with_targets("chain", chains)
    weights = get_weights(model, prepared.architecture)
    for target in prepared.targets:
        if target.name in scores and metrics[target.name] == "span_f1" and OUTSIDE in target.tags:
            tagger = Tagger(bundle, build_graphs(prepared.architecture, weights), threads=threads)
            shift = outside_shift(tagger, target.name, prepared.read("dev"), scores[target.name])
            weights[f"{target.name}/bias"][target.tags.index(OUTSIDE)] += shift
    if scores:
        graphs = _smallest_graphs(bundle, weights, prepared.read("dev"), mean_score(scores), threads)
        tagger = Tagger(bundle, graphs, threads=threads)
        temperatures = fit_temperatures(tagger, prepared.read("dev"), prepared.answer_ids("dev"))
        bundle = bundle.with_targets("temperature", {name: each.value for name, each in temperatures.items()})
    else:
        graphs = build_graphs(prepared.architecture, weights, table_bits=16)  # 16 bits hardly change a score
        temperatures = {target.name: Temperature(reason="there is no dev split") for target in prepared.targets}
    unfinished = folder / "bundle.tmp"
    sentences = prepared.splits.get("dev", prepared.splits["train"])
    golden = golden_lines(sentences, Tagger(bundle, graphs, threads=threads).tag_window)
    save_bundle(bundle, unfinished, graphs, golden)
    Tagger.load(unfinished, threads=threads)
    swap_in(unfinished, folder / "bundle")
    return temperatures


def mean_score(scores: Mapping[str, Score]) -> Score:
    """The mean of the scores of several heads."""
    return lambda ids: sum(score(ids) for score in scores.values()) / len(scores)


def outside_shift(tagger: Tagger, head: str, dev: Sequence[Sentence], score: Score) -> float:
    """Return the shift of a head's logits of O, 0 or below, with the highest span F1 on dev.

    Training maximises the probability that each tag is right. For F1, predicting a span pays if its probability is at
    least half of the best F1 that can be reached (Lipton et al., 2014); the log-odds of that probability are the bound
    of the search.

    Args:
        tagger: the trained network.
        head: name of the head.
        dev: sentences of dev.
        score: function from the ids predicted for dev to span F1, 0 to 1.
    """
    (target,) = (each for each in tagger.bundle.targets if each.name == head)
    scored = [(batch, {head: logits[head]}) for batch, logits in tagger.logits(dev)]
    is_outside = np.arange(len(target.tags)) == target.tags.index(OUTSIDE)

    def f1(shift: float) -> float:
        column = np.where(is_outside, np.float32(shift), np.float32(0))
        shifted = ((batch, {head: logits[head] + column}) for batch, logits in scored)
        return score(_predicted_ids(tagger, shifted, len(dev)))

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


def _predicted_ids(tagger: Tagger, scored: Iterable[tuple[Batch, Logits]], n_sentences: int) -> dict[str, Ids]:
    """Ids of all sentences in order by head, decoded from the logits of their batches, see `Predicted`."""
    rows, decoders = dict[str, list[Ids]](), {}
    for target in tagger.bundle.targets:
        decoders[target.name] = target.decoder(1.0)
        # Sentences without a step are in no batch; the first label stands for theirs, as in training.
        rows[target.name] = [np.zeros(int(target.kind == "label"), np.int32)] * n_sentences
    for batch, outputs in scored:
        for head, logits in outputs.items():
            lengths = np.minimum(batch.lengths, logits.shape[1])  # 1 for labels
            ids = decoders[head].decode(logits, lengths)
            for position, length, row in zip(batch.positions, lengths, ids, strict=True):
                rows[head][position] = row[:length]
    return {head: np.concatenate(by_sentence) for head, by_sentence in rows.items()}

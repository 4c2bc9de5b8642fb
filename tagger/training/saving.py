"""A trained network saved as a bundle, after a trial of it."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tagger.config import Config
from tagger.files import swap_in
from tagger.tagging.bundle import save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import Temperature, fit_temperature
from tagger.training.prepare import Prepared


def save_model(config: Config, prepared: Prepared, model: Any, folder: Path, *, threads: int) -> Temperature:
    """Write the bundle of a Keras model, with the weights that it has, into the folder of a run; give its temperature.

    Its temperature is fitted, it is written beside its place, tried with its golden sentences, and swapped in.
    """
    from tagger.network.build import build_model, set_weights, weights_of
    from tagger.network.crf import learned_chain

    weights = weights_of(model, prepared.architecture)
    plain = build_model(prepared.architecture)  # without what only training needs, as --from builds it
    set_weights(plain, prepared.architecture, weights)
    graphs = build_graphs(prepared.architecture, weights)
    packages = ("tagger", "tensorflow", "keras", "numpy", "onnx", "onnxruntime")
    versions = {package: version(package) for package in packages}
    provenance = {"data": prepared.hashes, "seed": config.training.seed, "versions": versions}
    bundle = replace(prepared.bundle(provenance), chain=learned_chain(model))
    temperature = Temperature(reason="there is no dev split")
    if "dev" in prepared.splits:
        temperature = fit_temperature(Tagger(bundle, graphs, threads=threads), prepared.learned("dev"))
        bundle = replace(bundle, temperature=temperature.value)
    unfinished = folder / "bundle.tmp"
    sentences = prepared.splits.get("dev", prepared.splits["train"])
    golden = golden_lines(sentences, Tagger(bundle, graphs, threads=threads).tag_window)
    save_bundle(bundle, unfinished, graphs, golden, plain.save_weights)
    Tagger.load(unfinished, threads=threads)
    swap_in(unfinished, folder / "bundle")
    return temperature

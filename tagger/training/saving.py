"""A trained network saved as a bundle, after a trial of it."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from tagger.files import swap_in
from tagger.heads.chain import Chain
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.tagger import Tagger
from tagger.training.calibrate import fit_temperature
from tagger.training.prepare import Prepared


def save_tagger(
    prepared: Prepared,
    folder: Path,
    graphs: Graphs,
    chain: Chain | None,
    save_weights: Callable[[Path], None],
    *,
    seed: int,
    threads: int,
) -> None:
    """Fits its temperature, writes the bundle beside its place, tries it with its golden sentences, and swaps it in.

    Args:
        prepared: what training started from.
        folder: of the run.
        graphs: the network as ONNX.
        chain: of its CRF.
        save_weights: writes the Keras weights to a path.
        seed: of the training.
        threads: to compute with.
    """
    packages = ("tagger", "tensorflow", "keras", "numpy", "onnx", "onnxruntime")
    bundle = Bundle(
        architecture=prepared.architecture,
        encoder=prepared.encoder,
        lexicon=prepared.lexicon,
        layout=prepared.layout,
        scheme=prepared.scheme,
        spelling=prepared.spelling,
        scheme_train=prepared.scheme_train,
        file_tags=prepared.file_tags,
        decode=prepared.decode,
        chain=chain,
        provenance={
            "data": prepared.hashes,
            "seed": seed,
            "versions": {package: version(package) for package in packages},
        },
    )
    if "dev" in prepared.splits:
        temperature = fit_temperature(Tagger(bundle, graphs, threads=threads), prepared.learned("dev"))
        bundle = replace(bundle, temperature=temperature)
    unfinished = folder / "bundle.tmp"
    sentences = prepared.splits.get("dev", prepared.splits["train"])
    golden = golden_lines(sentences, Tagger(bundle, graphs, threads=threads).tag_window)
    save_bundle(bundle, unfinished, graphs, golden, save_weights)
    Tagger.load(unfinished, threads=threads)
    swap_in(unfinished, folder / "bundle")

"""Processes to measure, by part: each has a row and a column of the table, and a command."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.speed.process import SENTENCE, n_cores

OURS, PYTORCH, KERAS, NOTEBOOK, CRFSUITE, SPACY = SYSTEMS = (
    "tagger",
    "PyTorch",
    "Keras, batches of like length",
    "Keras, padded to the longest",
    "CRFsuite",
    "spaCy",
)
NETWORKS = {"words": "words + BiLSTM(100)", "pos": "`configs/pos.toml`"}
CORES = {"one": "one core", "all": "all cores"}
MODULES = {PYTORCH: "pytorch", KERAS: "stock_keras", CRFSUITE: "crfsuite", SPACY: "spacy_pipeline"}
BARE = {
    "tagger --help": ["-m", "tagger", "--help"],
    "python -c pass": ["-c", "pass"],
    "import numpy, onnxruntime, typer": ["-c", "import numpy, onnxruntime, typer"],
}


@dataclass(frozen=True, slots=True)
class Process:
    """A process to measure.

    Args:
        row: row of the table.
        system: column of the table.
        command: program and arguments.
        cores: one or all.
        n_tokens: number of tokens that it tags or trains on; None if it prints its speed, or has none.
        before: command that creates its input.
        outputs: files and folders to remove after it.
    """

    row: str
    system: str
    command: list[str]
    cores: str
    n_tokens: int | None = None
    before: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()


def module(name: str, way: str, options: argparse.Namespace, network: str = "words") -> list[str]:
    """Command that runs a module of this package."""
    return [
        *(sys.executable, "-m", f"tests.benchmarks.speed.{name}", way, "--folder", str(folder(options))),
        *("--network", network, "--epochs", str(options.epochs), "--seconds", str(options.seconds)),
    ]


def tagger(*arguments: object, cores: str) -> list[str]:
    """Command that runs `tagger`."""
    threads = 1 if cores == "one" else n_cores()
    return [sys.executable, "-m", "tagger", *map(str, arguments), "--threads", str(threads)]


def folder(options: argparse.Namespace) -> Path:
    """Folder of the material, next to the results."""
    return Path(options.results).parent / "material"


def material(options: argparse.Namespace) -> Iterator[tuple[Path, list[str]]]:
    """Material to create first: for each part of it, a path that exists at the end, and the command."""
    from tests.benchmarks.speed.material import CONFIGS, TOKENS, TRAIN

    here = folder(options)
    counts = ["--sentences", str(options.sentences), "--tokens", str(options.tokens)]
    yield here / TOKENS, [sys.executable, "-m", "tests.benchmarks.speed.material", str(here), *counts]
    for network, config in CONFIGS.items():
        settings = (f"data.train={here / TRAIN}", "data.dev=ewt:dev", "data.test=", "training.epochs=1")
        sets = [part for setting in settings for part in ("--set", setting)]
        yield (
            here / network / "bundle",
            tagger("train", config, "--run", here / network, "--overwrite", *sets, cores="all"),
        )
        yield here / network / "pytorch.pt", module("pytorch", "convert", options, network)
    yield here / "crfsuite", module("crfsuite", "train", options)
    yield here / "spacy", module("spacy_pipeline", "train", options)


def processes(part: str, options: argparse.Namespace) -> Iterator[Process]:
    """Processes of a part; the systems of a row follow each other."""
    if part == "start":
        yield from starts(options)
        return
    for cores in options.cores:
        for network in NETWORKS:
            yield from (training if part == "train" else tagging)(network, cores, options)
        if part == "train":
            row = f"training, models of their own, {CORES[cores]}, tokens/s"
            yield Process(row, CRFSUITE, module("crfsuite", "train", options), cores)
            yield Process(row, SPACY, module("spacy_pipeline", "train", options), cores)


def training(network: str, cores: str, options: argparse.Namespace) -> Iterator[Process]:
    row = f"training, {NETWORKS[network]}, {CORES[cores]}, tokens/s"
    yield Process(row, OURS, module("ours", "train", options, network), cores)
    yield Process(row, PYTORCH, module("pytorch", "train", options, network), cores)
    yield Process(row, KERAS, module("stock_keras", "like_length", options, network), cores)
    yield Process(row, NOTEBOOK, module("stock_keras", "notebook", options, network), cores)


def tagging(network: str, cores: str, options: argparse.Namespace) -> Iterator[Process]:
    for way, text in (("tag", "tagging, tokens to tags"), ("logits", "tagging, arrays to scores")):
        row = f"{text}, {NETWORKS[network]}, {CORES[cores]}, tokens/s"
        yield Process(row, OURS, module("ours", way, options, network), cores)
        yield Process(row, PYTORCH, module("pytorch", way, options, network), cores)
        yield Process(row, KERAS, module("stock_keras", way, options, network), cores)
        if way == "tag":
            yield Process(row, CRFSUITE, module("crfsuite", way, options), cores)
            yield Process(row, SPACY, module("spacy_pipeline", way, options), cores)
    here = folder(options)
    row = f"tagging, whole process from file to file, {NETWORKS[network]}, {CORES[cores]}, tokens/s"
    files = ("--input", here / "tokens.tsv", "--output", here / "tagged.tsv", "--format", "tsv", "--quiet")
    yield Process(row, OURS, tagger("predict", here / network, *files, cores=cores), cores, options.tokens)
    yield Process(row, CRFSUITE, module("crfsuite", "file", options), cores, options.tokens)


def starts(options: argparse.Namespace) -> Iterator[Process]:
    for network in NETWORKS:
        row = f"start-up, a whole process that tags one sentence, {NETWORKS[network]}, seconds"
        predict = tagger("predict", folder(options) / network, "--pretokenized", " ".join(SENTENCE), cores="all")
        yield Process(row, OURS, predict, "all")
        for system, name in MODULES.items():
            yield Process(row, system, module(name, "one", options, network), "all")
    for name, command in BARE.items():
        yield Process(f"start-up, `{name}`, seconds", OURS, [sys.executable, *command], "all")

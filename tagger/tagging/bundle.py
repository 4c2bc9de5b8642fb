"""A bundle: a saved tagger as a folder that can be copied anywhere; loading one runs no code from it."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tagger.corpus.layout import Layout
from tagger.encoding.arrays import Hashes
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError
from tagger.files import writing
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle_json import network_from_json, network_to_json, read_description
from tagger.tagging.checksums import CHECKSUMS, read_listed_files, write_checksums
from tagger.tagging.symbol_files import read_symbols, write_rows
from tagger.tagging.target_files import check_target, read_target, target_to_json, write_target

FORMAT, OLDEST_FORMAT = 6, 3
PLAIN_FORMAT = 5  # written for the only head of tags, so that older versions load it
FORMS_GRAPH, SENTENCES_GRAPH = "forms.onnx", "tagger.onnx"
TRAINED_ON = "trained_on.bin"  # 8 bytes per sentence, little-endian; missing in bundles of older versions


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a saved tagger consists of, except its network's graphs.

    Args:
        architecture: the network.
        encoder: converts sentences to arrays.
        targets: the tags or labels that the network predicts, one for each of its heads.
        layout: layout of the training files.
        provenance: hashes of the data, seed and versions; no time and no path.
        trained_on: (sentences,) distinct hashes of the sentences of train, see `Sentences.hashes`; None if unknown.
    """

    architecture: Architecture
    encoder: Encoder
    targets: tuple[TagTarget, ...]
    layout: Layout
    provenance: dict[str, Any]
    trained_on: Hashes | None = field(default=None, compare=False)

    @property
    def target(self) -> TagTarget:
        """The target of the first head."""
        return self.targets[0]

    def with_targets(self, field_name: str, values: Mapping[str, Any]) -> "Bundle":
        """Copy with a field of the targets changed, by name of the head."""
        changed = (
            replace(each, **{field_name: values.get(each.name, getattr(each, field_name))}) for each in self.targets
        )
        return replace(self, targets=tuple(changed))


def find_bundle(model: Path) -> Path:
    """Return the path of the bundle for a run folder or a bundle folder.

    Raises:
        BundleError: there is no bundle.
    """
    for folder in (model, model / "bundle"):
        if (folder / "bundle.json").is_file():
            return folder
    if not model.exists():
        raise BundleError(f"{model}: there is no such folder", "tagger train CONFIG makes one, under runs/")
    raise BundleError(f"{model}: holds no tagger: there is no bundle.json in it or in its bundle/")


def save_bundle(bundle: Bundle, folder: Path, graphs: Graphs, golden: str) -> None:
    """Write a bundle into a new folder, which replaces any folder of this name."""
    is_plain = bundle.architecture.is_plain
    shutil.rmtree(folder, ignore_errors=True)
    with writing(folder):
        folder.mkdir(parents=True)
        (folder / "bundle.json").write_text(_bundle_json(bundle), encoding="utf-8")
        for target in bundle.targets:
            write_target(target, folder, None if is_plain else target.name)
        for each in bundle.encoder.inputs:
            if each.vocabulary is not None:
                write_rows(folder / f"{each.name}.txt", [(symbol,) for symbol in each.vocabulary.symbols])
        if bundle.trained_on is not None:
            (folder / TRAINED_ON).write_bytes(bundle.trained_on.astype("<u8").tobytes())
        if graphs.forms is not None:
            (folder / FORMS_GRAPH).write_bytes(graphs.forms)
        (folder / SENTENCES_GRAPH).write_bytes(graphs.sentences)
        (folder / "golden.jsonl").write_text(golden, encoding="utf-8")
        write_checksums(folder)


def _bundle_json(bundle: Bundle) -> str:
    is_plain = bundle.architecture.is_plain
    heads = [
        {"name": target.name, "kind": target.kind, "column": target.column, **target_to_json(target)}
        for target in bundle.targets
    ]
    description = {
        "format": PLAIN_FORMAT if is_plain else FORMAT,
        "network": network_to_json(bundle.architecture),
        **(target_to_json(bundle.target) if is_plain else {"heads": heads}),
        "layout": _layout_to_json(bundle.layout),
        "provenance": bundle.provenance,
    }
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"


def _layout_to_json(layout: Layout) -> dict[str, Any]:
    """A layout without what the plain case does not have, nor keys of a config, which a bundle has not."""
    settings = asdict(layout)
    answers = [{key: value for key, value in each.items() if key != "own_key"} for each in settings.pop("answers")]
    return settings | ({"answers": answers} if answers else {})


def load_bundle(folder: Path) -> tuple[Bundle, Graphs, str]:
    """Load a bundle, its ONNX graphs and its golden sentences.

    Raises:
        BundleError: a file is missing or differs from its checksum, or the format is too old or too new.
    """
    files = read_listed_files(folder)

    def content(name: str) -> bytes:
        if name not in files:
            raise BundleError(f"{folder}: {name} is missing, or not listed in {CHECKSUMS}")
        return files[name]

    def text(name: str) -> str:
        return content(name).decode("utf-8")

    def read_vocabulary(name: str) -> Vocabulary:
        return Vocabulary(read_symbols(text(f"{name}.txt")))

    try:
        description = read_description(text("bundle.json"))
        _check_format(description["format"], folder)
        architecture = network_from_json(description["network"], read_vocabulary)
        is_plain = architecture.is_plain
        if is_plain != (description["format"] < FORMAT):
            raise ValueError(f"format {description['format']} is not for this number or kind of heads")
        parts = [description] if is_plain else description["heads"]
        targets = tuple(
            read_target(part, head, text, files, is_only=is_plain)
            for part, head in zip(parts, architecture.heads, strict=True)
        )
        bundle = Bundle(
            architecture=architecture,
            encoder=Encoder(architecture.inputs),
            targets=targets,
            layout=Layout(**description["layout"]),
            provenance=description["provenance"],
            trained_on=np.frombuffer(content(TRAINED_ON), "<u8") if TRAINED_ON in files else None,
        )
        graphs = Graphs(content(FORMS_GRAPH) if architecture.form_inputs else None, content(SENTENCES_GRAPH))
        for name in (FORMS_GRAPH, SENTENCES_GRAPH):
            check_self_contained(files.get(name, b""), name)
        golden = text("golden.jsonl")
        _check_parts(bundle, golden)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise BundleError(f"{folder}: not a valid bundle: {type(error).__name__}: {error}") from None
    return bundle, graphs, golden


def check_self_contained(graph: bytes, name: str) -> None:
    """Check that a graph keeps all tensors in its own file: it could name any other file.

    Raises:
        BundleError: it keeps some in other files.
    """
    if b"location" in graph:  # the key of the other file's name
        raise BundleError(f"{name} keeps data outside the bundle, which is not allowed")


def _check_format(number: int, folder: Path) -> None:
    if number > FORMAT:
        raise BundleError(
            f"{folder}: the bundle has format {number}, and this version of tagger reads formats up to {FORMAT}",
            "install a newer version of tagger",
        )
    if number < OLDEST_FORMAT:
        raise BundleError(
            f"{folder}: the bundle has format {number}, and this version of tagger reads formats from {OLDEST_FORMAT}",
            "train the tagger again",
        )


def _check_parts(bundle: Bundle, golden: str) -> None:
    """Raise ValueError if a setting is not valid or parts do not match."""
    for target, head in zip(bundle.targets, bundle.architecture.heads, strict=True):
        check_target(target, head, is_only=bundle.architecture.is_plain)
    if not golden.strip():
        raise ValueError("golden.jsonl is empty")

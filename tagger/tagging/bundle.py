"""A bundle: a saved tagger as a folder that can be copied anywhere; loading one runs no code from it."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tagger.corpus.layout import Layout
from tagger.encoding.arrays import Hashes
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError
from tagger.files import MOVING, REPLACED, remove, writing
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.tagging.architecture import FORMS_GRAPH, SENTENCES_GRAPH, Architecture, Graphs
from tagger.tagging.bundle_json import (
    FORMAT,
    FORMAT_OF_HEADS,
    PLAIN_FORMAT,
    is_of_one_head,
    network_from_json,
    network_to_json,
    read_description,
)
from tagger.tagging.checksums import BundleFiles, write_checksums
from tagger.tagging.golden import parse_golden
from tagger.tagging.graph import rebuild_graphs
from tagger.tagging.symbol_files import read_symbols, write_rows
from tagger.tagging.target_files import read_target, target_to_json, write_target

GOLDEN = "golden.jsonl"
TRAINED_ON = "trained_on.bin"  # 8 bytes per sentence, little-endian; missing in bundles of older versions

log = logging.getLogger("tagger")


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

    While a run is replaced, and if this was interrupted, the bundle is that of the run before.

    Raises:
        BundleError: there is no bundle.
    """
    for folder in (model, model / "bundle"):
        if (folder / "bundle.json").exists():
            return folder
    for folder in (model / name / "bundle" for name in (REPLACED, MOVING)):
        if (folder / "bundle.json").exists():
            log.warning("%s: its training has no tagger yet; this is the one that it replaces", model)
            return folder
    if not model.exists():
        raise BundleError(f"{model}: there is no such folder", "tagger train CONFIG makes one, under runs/")
    raise BundleError(f"{model}: holds no tagger: there is no bundle.json in it or in its bundle/")


def save_bundle(bundle: Bundle, folder: Path, graphs: Graphs, golden: str) -> None:
    """Write a bundle into a new folder, which replaces any folder of this name."""
    is_plain = bundle.architecture.is_plain
    with writing(folder):
        remove(folder)
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
        (folder / GOLDEN).write_text(golden, encoding="utf-8")
        write_checksums(folder)


def _bundle_json(bundle: Bundle) -> str:
    is_plain = bundle.architecture.is_plain
    heads = [
        {"name": target.name, "kind": target.kind, "column": target.column, **target_to_json(target)}
        for target in bundle.targets
    ]
    has_durations = any(target.min_duration for target in bundle.targets)
    description = {
        "format": FORMAT if has_durations else PLAIN_FORMAT if is_plain else FORMAT_OF_HEADS,
        "network": network_to_json(bundle.architecture),
        **(target_to_json(bundle.target) if is_plain else {"heads": heads}),
        "layout": _layout_to_json(bundle.layout),
        "provenance": bundle.provenance,
    }
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"


def _layout_to_json(layout: Layout) -> dict[str, Any]:
    """A layout without what the plain case does not have, nor keys of a config, which a bundle has not."""
    settings = asdict(layout)
    del settings["max_tokens"]  # a bound on the files of whoever reads them
    answers = [{key: value for key, value in each.items() if key != "own_key"} for each in settings.pop("answers")]
    missing_numbers = settings.pop("missing_numbers")
    settings |= {"answers": answers} if answers else {}
    return settings | ({"missing_numbers": True} if missing_numbers else {})


def load_bundle(folder: Path, saved: Mapping[str, bytes] | None = None) -> tuple[Bundle, Graphs, str]:
    """Load a bundle, its ONNX graphs, built anew from their weights, and its golden sentences.

    Args:
        folder: the bundle.
        saved: its `needed_files`, which are then loaded instead of those in the folder.

    Raises:
        BundleError: a file is missing, differs from its checksum or is not as tagger writes it, the format is too old
            or too new, or the weights are not those of the network.
    """
    return _load(BundleFiles(folder, saved))


def needed_files(folder: Path) -> dict[str, bytes]:
    """Content of the files of a bundle that are read to load it, by name; errors as for `load_bundle`."""
    files = BundleFiles(folder)
    _load(files)
    return files.content


def _load(files: BundleFiles) -> tuple[Bundle, Graphs, str]:
    folder = files.folder
    description = files.parse("bundle.json", partial(read_description, folder=folder))
    try:
        architecture = network_from_json(
            description["network"], lambda name: Vocabulary(files.parse(f"{name}.txt", read_symbols))
        )
        is_plain = architecture.is_plain
        if is_plain != is_of_one_head(description):
            raise ValueError(f"format {description['format']} is not for this number or kind of heads")
        parts = [description] if is_plain else description["heads"]
        if len(parts) != len(architecture.heads):
            raise ValueError(f"{len(architecture.heads)} heads in the network, {len(parts)} in `heads`")
        targets = tuple(
            read_target(part, head, files, is_only=is_plain)
            for part, head in zip(parts, architecture.heads, strict=True)
        )
        bundle = Bundle(
            architecture=architecture,
            encoder=Encoder(architecture.inputs),
            targets=targets,
            layout=Layout(**description["layout"]),
            provenance=description["provenance"],
            trained_on=_hashes(files.read(TRAINED_ON)) if TRAINED_ON in files else None,
        )
    except ValueError as error:
        raise BundleError(f"{folder}: not a valid bundle: {error}") from None
    files.parse(GOLDEN, partial(parse_golden, encoder=bundle.encoder, targets=targets, is_plain=is_plain))
    saved = Graphs(files.read(FORMS_GRAPH) if architecture.form_inputs else None, files.read(SENTENCES_GRAPH))
    return bundle, rebuild_graphs(architecture, saved, folder), files.read(GOLDEN).decode("utf-8")


def _hashes(content: bytes) -> Hashes:
    if len(content) % 8:
        raise ValueError(f"{TRAINED_ON} has {len(content):,} bytes, which are no hashes of 8 bytes each")
    return np.frombuffer(content, "<u8")

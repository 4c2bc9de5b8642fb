"""A bundle: a saved tagger as a folder that can be copied anywhere; loading one runs no code from it."""

import json
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.encoding.arrays import Hashes
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError
from tagger.files import writing
from tagger.heads.chain import Decode, chain_rows, read_chain
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle_json import network_from_json, network_to_json, read_description, spelling_and_tags
from tagger.tagging.checksums import CHECKSUMS, read_listed_files, write_checksums
from tagger.tagging.symbol_files import read_rows, read_symbols, write_rows

FORMAT, OLDEST_FORMAT = 5, 3
FORMS_GRAPH, SENTENCES_GRAPH = "forms.onnx", "tagger.onnx"
TRANSITIONS = "transitions.tsv"  # scores of a CRF
TRAINED_ON = "trained_on.bin"  # 8 bytes per sentence, little-endian; missing in bundles of older versions
AMBIGUOUS = "ambiguous.txt"  # missing in bundles without words, and of older versions


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a saved tagger consists of, except its network's graphs.

    Args:
        architecture: the network.
        encoder: converts sentences to arrays.
        target: the tags that the network predicts.
        layout: layout of the training files.
        provenance: hashes of the data, seed and versions; no time and no path.
        trained_on: (sentences,) distinct hashes of the sentences of train, see `Sentences.hashes`; None if unknown.
    """

    architecture: Architecture
    encoder: Encoder
    target: TagTarget
    layout: Layout
    provenance: dict[str, Any]
    trained_on: Hashes | None = field(default=None, compare=False)

    def with_target(self, **changes: Any) -> "Bundle":
        """Copy with some fields of the target changed."""
        return replace(self, target=replace(self.target, **changes))


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
    target = bundle.target
    shutil.rmtree(folder, ignore_errors=True)
    with writing(folder):
        folder.mkdir(parents=True)
        (folder / "bundle.json").write_text(_bundle_json(bundle), encoding="utf-8")
        write_rows(folder / "tags.txt", [(tag,) for tag in target.tags])
        for each in bundle.encoder.inputs:
            if each.vocabulary is not None:
                write_rows(folder / f"{each.name}.txt", [(symbol,) for symbol in each.vocabulary.symbols])
        if target.chain is not None:
            write_rows(folder / TRANSITIONS, [*chain_rows(target.chain, target.tags)])
        if target.lexicon.forms is not None:
            write_rows(folder / "forms.txt", list(target.lexicon.forms.items()))
        if target.lexicon.ambiguous is not None:
            write_rows(folder / AMBIGUOUS, [(form,) for form in sorted(target.lexicon.ambiguous)])
        if bundle.trained_on is not None:
            (folder / TRAINED_ON).write_bytes(bundle.trained_on.astype("<u8").tobytes())
        if graphs.forms is not None:
            (folder / FORMS_GRAPH).write_bytes(graphs.forms)
        (folder / SENTENCES_GRAPH).write_bytes(graphs.sentences)
        (folder / "golden.jsonl").write_text(golden, encoding="utf-8")
        write_checksums(folder)


def _bundle_json(bundle: Bundle) -> str:
    target = bundle.target
    description = {
        "format": FORMAT,
        "network": network_to_json(bundle.architecture),
        "scheme": target.scheme,
        "spelling": asdict(target.spelling),
        "scheme_train": target.scheme_train,
        "file_tags": target.file_tags,
        "decode": target.decode,
        "temperature": target.temperature,
        "ignore": target.ignore,
        "majority_tag": target.lexicon.majority,
        "reads_words": target.lexicon.forms is not None,
        "layout": asdict(bundle.layout),
        "provenance": bundle.provenance,
    }
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"


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
        spelling, tags = spelling_and_tags(description, read_symbols(text("tags.txt")))
        target = TagTarget(
            tags=tags,
            lexicon=Lexicon(
                majority=description["majority_tag"],
                forms={row[0]: row[1] for row in read_rows(text("forms.txt"))} if description["reads_words"] else None,
                ambiguous=frozenset(read_symbols(text(AMBIGUOUS))) if AMBIGUOUS in files else None,
            ),
            ignore=tuple(description["ignore"]),
            scheme=description["scheme"],
            spelling=spelling,
            scheme_train=description["scheme_train"],
            file_tags=tuple(description["file_tags"]),
            decode=description["decode"],
            temperature=description["temperature"],
            chain=read_chain(read_rows(text(TRANSITIONS))) if architecture.head.kind == "crf" else None,
        )
        bundle = Bundle(
            architecture=architecture,
            encoder=Encoder(architecture.inputs),
            target=target,
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
    target, n_tags = bundle.target, bundle.architecture.head.n_tags
    if n_tags != len(target.tags):
        raise ValueError(f"{n_tags} tags in the network, {len(target.tags)} in tags.txt")
    if target.chain is not None and len(target.chain.starts) != n_tags:
        raise ValueError(f"{n_tags} tags in the network, {len(target.chain.starts)} in {TRANSITIONS}")
    for scheme in (target.scheme, target.scheme_train):
        if scheme not in get_args(Scheme):
            raise ValueError(f"unknown scheme {scheme!r}")
    letters = target.spelling.letters
    if not (isinstance(letters, str) and len(set(letters)) == len(letters) == 4):
        raise ValueError(f"spelling.letters should be 4 distinct letters, got {letters!r}")
    if target.decode not in get_args(Decode):
        raise ValueError(f"unknown decode {target.decode!r}")
    if not 0 < target.temperature < float("inf"):
        raise ValueError(f"temperature should be finite and greater than 0, got {target.temperature}")
    if not golden.strip():
        raise ValueError("golden.jsonl is empty")

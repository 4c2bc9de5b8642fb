"""A tagger on disk: a folder that can be copied anywhere, and from a stranger loads without running any code."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import NAMED_LETTERS, PLAIN, Notation, Spelling
from tagger.encoding.arrays import Hashes
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError
from tagger.files import writing
from tagger.heads import KINDS
from tagger.heads.chain import Chain, Decode, chain_rows, read_chain
from tagger.inputs import input_from_settings, input_settings
from tagger.inputs.cells import CELLS
from tagger.inputs.encoder import Encoder
from tagger.inputs.recurrent import Merge
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.format_3 import upgraded
from tagger.tagging.symbol_files import read_rows, read_symbols, write_rows

FORMAT, OLDEST = 5, 3
SUMS = "SHA256SUMS"
FORMS_GRAPH, SENTENCES_GRAPH = "forms.onnx", "tagger.onnx"
WIDEST = 1 << 16  # units of a layer; more are no network, but a mistake or an attack on memory
TRANSITIONS = "transitions.tsv"  # of a CRF
TRAINED_ON = "trained_on.bin"  # 8 bytes a sentence, little-endian; bundles of before it was kept have none
AMBIGUOUS = "ambiguous.txt"  # only where a lexicon knows; bundles of before it was noted have none


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that a tagger knows beside its network's graph.

    Args:
        architecture: of its network.
        encoder: how it reads sentences.
        lexicon: its training words, for unseen words and baselines.
        layout: of the files that it was trained on.
        provenance: what it was made from: hashes of data, seed, versions. No time and no path.
        scheme: of the files' tags, and so of the tags that it gives.
        spelling: of the same.
        scheme_train: of the tags that the network gives.
        file_tags: of train, in the files' scheme; needed where the network learned another.
        decode: whether any sequence of tags may come out, or only what is valid in `scheme_train`.
        temperature: that scores are divided by before they become confidence, see `Decoder`.
        chain: of a CRF; None where the head is a softmax.
        trained_on: (sentences,) hashes of those of train, see `Sentences.hashes`, each once; None where not known.
    """

    architecture: Architecture
    encoder: Encoder
    lexicon: Lexicon
    layout: Layout
    provenance: dict[str, Any]
    scheme: Scheme = "none"
    spelling: Spelling = PLAIN
    scheme_train: Scheme = "none"
    file_tags: tuple[str, ...] = ()
    decode: Decode = "free"
    temperature: float = 1.0
    chain: Chain | None = field(default=None, compare=False)
    trained_on: Hashes | None = field(default=None, compare=False)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of train, as the files have them."""
        if self.scheme != self.scheme_train:
            return self.file_tags
        return tuple(map(self.spelling.write, self.encoder.tags))

    @property
    def notation(self) -> Notation:
        """The scheme of the files' tags as it is spelled."""
        return Notation(self.scheme, self.spelling)


def find_bundle(model: Path) -> Path:
    """The bundle folder that a run folder or a bundle folder means.

    Raises:
        BundleError: there is none.
    """
    for folder in (model, model / "bundle"):
        if (folder / "bundle.json").is_file():
            return folder
    if not model.exists():
        raise BundleError(f"{model}: there is no such folder", "tagger train CONFIG makes one, under runs/")
    raise BundleError(f"{model}: holds no tagger: there is no bundle.json in it or in its bundle/")


def save_bundle(bundle: Bundle, folder: Path, graphs: Graphs, golden: str) -> None:
    """Write all files of a bundle into a new folder, `SHA256SUMS` last."""
    encoder = bundle.encoder
    description = {
        "format": FORMAT,
        "network": _network_settings(bundle.architecture),
        "scheme": bundle.scheme,
        "spelling": asdict(bundle.spelling),
        "scheme_train": bundle.scheme_train,
        "file_tags": bundle.file_tags,
        "decode": bundle.decode,
        "temperature": bundle.temperature,
        "ignore": encoder.ignore,
        "majority_tag": bundle.lexicon.majority,
        "reads_words": bundle.lexicon.forms is not None,
        "layout": asdict(bundle.layout),
        "provenance": bundle.provenance,
    }
    shutil.rmtree(folder, ignore_errors=True)
    with writing(folder):
        folder.mkdir(parents=True)
        (folder / "bundle.json").write_text(
            json.dumps(description, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        write_rows(folder / "tags.txt", [(tag,) for tag in encoder.tags])
        for each in encoder.inputs:
            if each.vocabulary is not None:
                write_rows(folder / f"{each.name}.txt", [(symbol,) for symbol in each.vocabulary.symbols])
        if bundle.chain is not None:
            write_rows(folder / TRANSITIONS, [*chain_rows(bundle.chain, encoder.tags)])
        if bundle.lexicon.forms is not None:
            write_rows(folder / "forms.txt", list(bundle.lexicon.forms.items()))
        if bundle.lexicon.ambiguous is not None:
            write_rows(folder / AMBIGUOUS, [(form,) for form in sorted(bundle.lexicon.ambiguous)])
        if bundle.trained_on is not None:
            (folder / TRAINED_ON).write_bytes(bundle.trained_on.astype("<u8").tobytes())
        if graphs.forms is not None:
            (folder / FORMS_GRAPH).write_bytes(graphs.forms)
        (folder / SENTENCES_GRAPH).write_bytes(graphs.sentences)
        (folder / "golden.jsonl").write_text(golden, encoding="utf-8")
        files = sorted(path for path in folder.iterdir())
        sums = "".join(f"{_sha256(path.read_bytes())}  {path.name}\n" for path in files)
        (folder / SUMS).write_text(sums, encoding="utf-8")


def load_bundle(folder: Path) -> tuple[Bundle, Graphs, str]:
    """A bundle, its ONNX graphs and its golden sentences.

    Raises:
        BundleError: a file differs from its checksum or is missing, or the format is older or newer than this version.
    """
    files = _verified(folder)

    def content(name: str) -> bytes:
        if name not in files:
            raise BundleError(f"{folder}: {name} is missing, or not listed in {SUMS}")
        return files[name]

    def text(name: str) -> str:
        return content(name).decode("utf-8")

    try:
        description = read_description(text("bundle.json"))
        if description["format"] > FORMAT:
            raise BundleError(
                f"{folder}: its format is {description['format']}, this version of tagger reads up to {FORMAT}",
                "a newer version of tagger reads it",
            )
        if description["format"] < OLDEST:
            raise BundleError(f"{folder}: written by an older version of tagger", "train the tagger again")
        architecture = _architecture(description["network"], lambda name: Vocabulary(read_symbols(text(f"{name}.txt"))))
        spelling, tags = _spelled(description, read_symbols(text("tags.txt")))
        bundle = Bundle(
            architecture=architecture,
            encoder=Encoder(tags, architecture.inputs, tuple(description["ignore"])),
            lexicon=Lexicon(
                majority=description["majority_tag"],
                forms={row[0]: row[1] for row in read_rows(text("forms.txt"))} if description["reads_words"] else None,
                ambiguous=frozenset(read_symbols(text(AMBIGUOUS))) if AMBIGUOUS in files else None,
            ),
            layout=Layout(**description["layout"]),
            scheme=description["scheme"],
            spelling=spelling,
            scheme_train=description["scheme_train"],
            file_tags=tuple(description["file_tags"]),
            decode=description["decode"],
            temperature=description["temperature"],
            chain=read_chain(read_rows(text(TRANSITIONS))) if architecture.head.kind == "crf" else None,
            provenance=description["provenance"],
            trained_on=np.frombuffer(content(TRAINED_ON), "<u8") if TRAINED_ON in files else None,
        )
        graphs = Graphs(content(FORMS_GRAPH) if bundle.architecture.of_forms else None, content(SENTENCES_GRAPH))
        for name in (FORMS_GRAPH, SENTENCES_GRAPH):
            check_self_contained(files.get(name, b""), name)
        golden = text("golden.jsonl")
        _check_parts(bundle, golden)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise BundleError(
            f"{folder}: not a bundle that this version of tagger writes: {type(error).__name__}: {error}"
        ) from None
    return bundle, graphs, golden


def check_self_contained(graph: bytes, name: str) -> None:
    """Refuse a graph that keeps tensors in other files, which it could name anywhere.

    Raises:
        BundleError: names the graph.
    """
    if b"location" in graph:  # the key under which the other file would stand
        raise BundleError(f"{name} keeps data outside the bundle, which is refused")


def read_description(text: str) -> dict[str, Any]:
    """The content of `bundle.json`, of an older format as today's has it.

    Raises:
        LookupError, TypeError, ValueError: it is no such file.
    """
    description: dict[str, Any] = json.loads(text)
    if description["format"] == 3:
        description = upgraded(description)
    if "spelling" not in description:  # of before there were any
        decode = "strict" if description["decode"] == "valid" else description["decode"]
        description |= {"spelling": None, "decode": decode}
    return description


def _spelled(description: dict[str, Any], tags: tuple[str, ...]) -> tuple[Spelling, tuple[str, ...]]:
    """How files spell a network's tags, and the tags; in bundles of before there were spellings they are the files'."""
    if description["spelling"] is not None:
        return Spelling(**description["spelling"]), tags
    if description["scheme"] == description["scheme_train"] == "bioes":
        for spelling in map(Spelling, NAMED_LETTERS.values()):
            read = tuple(map(spelling.read, tags))
            if read != tags == tuple(map(spelling.write, read)):
                return spelling, read
    return PLAIN, tags


def _check_parts(bundle: Bundle, golden: str) -> None:
    """Raises ValueError where parts do not go together."""
    network, tags = bundle.architecture, bundle.encoder.tags
    if network.cell not in CELLS:
        raise ValueError(f"no cell is called {network.cell!r}")
    if not network.units or not all(isinstance(units, int) and 0 < units <= WIDEST for units in network.units):
        raise ValueError(f"layers of {network.units} units")
    if network.merge not in get_args(Merge):
        raise ValueError(f"no way to merge is called {network.merge!r}")
    flags = (network.bidirectional, network.reset_after, network.residual, network.layer_norm)
    if not all(isinstance(flag, bool) for flag in flags):
        raise ValueError(f"switches of a layer that are neither true nor false: {flags}")
    if network.residual and len(set(network.units)) > 1:
        raise ValueError(f"residual layers of {network.units} units")
    for layer in network.describe():
        sizes = [layer.output[-1], *(size for weight in layer.weights for size in weight.shape)]
        widest = 2 * WIDEST if layer.weights else float("inf")  # one-hot words may be more
        if not all(type(size) is int and size > 0 for size in sizes) or float(sizes[0]) > widest:
            raise ValueError(f"a layer {layer.name} of sizes {sizes}")
    if network.head.n_tags != len(tags):
        raise ValueError(f"{network.head.n_tags} tags in the network, {len(tags)} in tags.txt")
    if bundle.chain is not None and len(bundle.chain.starts) != network.head.n_tags:
        raise ValueError(f"{network.head.n_tags} tags in the network, {len(bundle.chain.starts)} in {TRANSITIONS}")
    if not network.inputs or len({each.name for each in network.inputs}) < len(network.inputs):
        raise ValueError("a network has inputs, each once")
    for scheme in (bundle.scheme, bundle.scheme_train):
        if scheme not in get_args(Scheme):
            raise ValueError(f"no scheme is called {scheme!r}")
    letters = bundle.spelling.letters
    if not (isinstance(letters, str) and len(set(letters)) == len(letters) == 4):
        raise ValueError(f"letters of spans {letters!r}")
    if bundle.decode not in get_args(Decode):
        raise ValueError(f"no way to decode is called {bundle.decode!r}")
    if not 0 < bundle.temperature < float("inf"):
        raise ValueError(f"a temperature of {bundle.temperature}")
    if not golden.strip():
        raise ValueError("golden.jsonl is empty")


def _network_settings(network: Architecture) -> dict[str, Any]:
    return {
        **{field.name: getattr(network, field.name) for field in fields(network)},
        "inputs": [input_settings(each) for each in network.inputs],
        "heads": [{"kind": head.kind, **asdict(cast(Any, head))} for head in network.heads],
    }


def _architecture(settings: dict[str, Any], vocabulary_named: Callable[[str], Vocabulary]) -> Architecture:
    heads = [dict(head) for head in settings["heads"]]
    parts = {
        "units": tuple(settings["units"]),
        "inputs": tuple(input_from_settings(each, vocabulary_named) for each in settings["inputs"]),
        "heads": tuple(KINDS[head.pop("kind")](**head) for head in heads),
    }
    return Architecture(**{**settings, **parts})


def _verified(folder: Path) -> dict[str, bytes]:
    """The content of every listed file; a file that is not listed is not read."""
    files: dict[str, bytes] = {}
    try:
        for line in _content(folder, SUMS).decode("utf-8").splitlines():
            expected, _, name = line.partition("  ")
            files[name] = _content(folder, name)
            if _sha256(files[name]) != expected:
                raise BundleError(
                    f"{folder / name}: differs from its checksum in {SUMS}: changed or damaged",
                    "copy or train the tagger again",
                )
    except OSError as error:
        raise BundleError(f"{error.filename}: cannot be read: {error.strerror}") from None
    except ValueError:  # of bytes that are no text, or a name that no file can have
        raise BundleError(f"{folder / SUMS}: not a list of checksums") from None
    return files


def _content(folder: Path, name: str) -> bytes:
    path = folder / name
    # A name or a link that leads out of the folder could make a stranger's bundle read any file.
    if Path(name).name != name or path.is_symlink() or (path.exists() and not path.is_file()):
        raise BundleError(f"{folder}: {name} is not a file of the bundle itself, which is refused")
    return path.read_bytes()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

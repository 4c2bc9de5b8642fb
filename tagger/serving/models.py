"""The models of a server: saved taggers by name, and a description of each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tagger.border.regular import MB, read_regular
from tagger.border.sizes import SIZES
from tagger.border.strict_json import parse_json, read_lines, read_text
from tagger.errors import BundleError, TaggerError
from tagger.heads.target import TagTarget
from tagger.packages import DISTRIBUTION
from tagger.serving.batches import BatchTagger
from tagger.serving.refusals import Refusal
from tagger.serving.sentences import reads_words
from tagger.tagging.bundle import GOLDEN, Bundle, find_bundle
from tagger.tagging.tagger import Tagger

CARD = "README.md"  # of a bundle


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model of a server.

    Args:
        name: its name in requests.
        folder: folder of its bundle.
        batches: its tagger.
        info: its description, see `ModelInfo`.
        inspector: thread that computes states, one request at a time.
    """

    name: str
    folder: Path
    batches: BatchTagger
    info: dict[str, Any]
    inspector: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1), compare=False)

    @property
    def bundle(self) -> Bundle:
        """Its network, encoder and heads."""
        return self.batches.tagger.bundle

    def close(self) -> None:
        """End its threads, when they have done what waits."""
        self.batches.close()
        self.inspector.shutdown()


Models = dict[str, ServedModel]


def load_models(operands: Sequence[str], *, threads: int = 0) -> Models:
    """Load models.

    Args:
        operands: paths of runs or bundles, each perhaps with a name before it: `NAME=PATH`.
        threads: number of threads of each; 0: one per core.

    Raises:
        TaggerError: two have the same name, or a name cannot be used.
        BundleError: there is no bundle, or it cannot be loaded.
    """
    paths: dict[str, Path] = {}
    for operand in operands:
        name, path = _named(operand)
        if name in paths:
            raise TaggerError(f"two models are called {name}: {paths[name]} and {path}", f"OTHER={path} renames one")
        paths[name] = path
    return {name: load_model(name, path, threads=threads) for name, path in paths.items()}


def _named(operand: str) -> tuple[str, Path]:
    name, equals, rest = operand.partition("=")
    path = Path(rest if equals and not Path(operand).exists() else operand)
    if path == Path(operand):
        folder = path.resolve()
        name = folder.parent.name if folder.name == "bundle" else folder.name
    if not name or "/" in name or not name.isprintable():
        raise TaggerError(f"{operand}: a model cannot be called {name!r}", f"NAME={path} names it")
    return name, path


def load_model(name: str, path: Path, *, threads: int = 0) -> ServedModel:
    """Load a model; errors as for `Tagger.load`."""
    tagger, folder = Tagger.load(path, threads=threads), find_bundle(path)
    return ServedModel(name, folder, BatchTagger(tagger), model_info(name, tagger.bundle, folder))


def model_info(name: str, bundle: Bundle, folder: Path) -> dict[str, Any]:
    """The description of a model, see `ModelInfo`."""
    encoder = bundle.encoder
    golden = [parse_json(line) for line in read_lines(folder / GOLDEN, BundleError, limit=SIZES[GOLDEN])]
    is_plain_text = reads_words(encoder) and not (encoder.numeric or encoder.columns)
    names = [*encoder.columns, *encoder.numeric]
    return {
        "name": name,
        "heads": [_head_info(target) for target in bundle.targets],
        "series": bool(encoder.numeric),
        "channels": list(encoder.numeric),
        "fills_missing": encoder.fills_missing,
        "columns": list(encoder.columns),
        "words": reads_words(encoder),
        "can_inspect": True,
        "best": any(target.kind == "tag" for target in bundle.targets),
        "versions": {
            "tagger": installed_version(),
            "bundle_format": parse_json(read_text(folder / "bundle.json", BundleError))["format"],
        },
        "card": _card(folder),
        "examples": [" ".join(line["tokens"]) for line in golden if line["tokens"]] if is_plain_text else [],
        "series_examples": [_columns_of(line, names) for line in golden if line["tokens"]] if names else [],
    }


def _head_info(target: TagTarget) -> dict[str, Any]:
    has_spans = target.kind == "tag" and target.scheme != "none"
    return {
        "name": target.name,
        "kind": "spans" if has_spans else {"tag": "tags", "string": "strings", "label": "label"}[target.kind],
        "tags": [] if target.kind == "string" else list(target.known_tags),
        "scheme": target.scheme if has_spans else None,
    }


def _columns_of(line: dict[str, Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """A golden sentence as an object of lists."""
    steps = [
        [*(line["columns"][i] if line["columns"] else ()), *(line["numbers"][i] if line["numbers"] else ())]
        for i in range(len(line["tokens"]))
    ]
    columns = {name: [step[i] for step in steps] for i, name in enumerate(names)}
    return {"tokens": line["tokens"], **columns}


def installed_version() -> str:
    """Version of this package."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from its folder
        return "unknown"


def _card(folder: Path) -> str | None:
    """The model card of a bundle; None without one that can be read."""
    try:
        return read_regular(folder / CARD, limit=MB, within=folder).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def chosen_model(models: Models, name: str | None) -> ServedModel:
    """The model of a name, or the only one.

    Raises:
        Refusal: there is no such model, or no name and several models.
    """
    if name is None and len(models) == 1:
        return next(iter(models.values()))
    names = ", ".join(models)
    if name is None:
        raise Refusal(422, f"model: missing; this server has {names}")
    if name not in models:
        raise Refusal(404, f"there is no model {name[:80]!r}; this server has {names}")
    return models[name]

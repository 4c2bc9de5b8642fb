"""A config guessed from tagged files: which is train, how they are read, and a network of a fitting size."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from textwrap import wrap
from typing import Any

import pydantic
import tomli_w

from tagger.config import Config, Data, parse_config
from tagger.corpus.chunks import read_chunks
from tagger.corpus.layout import Layout
from tagger.corpus.lines import MARKS, read_lines
from tagger.corpus.read import read_tagged
from tagger.corpus.schemes import detect_scheme
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.experiments.columns_guess import guess_columns

WIDTH, BESIDE = 120, 30  # of a line; where comments beside values begin
TINY, SMALL, LARGE = 200, 2_000, 20_000  # sentences of train
NAMES = {  # of splits, in files' names; what stands first is looked for first
    "test": r"test[ab]?|tst|eval|evaluation|gold|heldout",
    "dev": r"dev|devel|development|valid|validation|val|testa",
    "train": r"train|training|trn",
}
ABOUT = {  # what a key means, where its value does not say so
    "data.train": "paths are relative to this file",
    "data.dev": "or a share of train; absent: all epochs run, the last weights are kept",
    "data.test": "may be absent",
    "data.format": "auto | conllu | columns | csv | jsonl | slash",
    "data.token": "column, by name or by index from 0",
    "data.tag": "column, by name or by index from 0",
    "data.sentence": "the column that tells sentences apart",
    "data.per_row": "token | sentence: what a row of a table is",
    "data.map": 'tags that are merged or renamed: { OLD = "new" }',
    "data.scheme": "none | iob1 | bio | bioes: what the files use",
    "data.scheme_train": "what the network learns",
    "data.ignore": "tags whose tokens are neither trained on nor scored",
    "data.comments": "whether lines that start with # are comments, where nothing else tells",
    "features.words": 'false: no words; kind = "onehot" has no dim',
    "features.casing": "lower, upper, title, mixed, number, alphanumeric or other",
    "features.numeric": "columns of numbers that enter as they are",
    "features.standardize": "numeric columns by train's mean and deviation",
    "model.cell": "simple_rnn | lstm | gru",
    "model.units": "one entry per stacked layer",
    "model.merge": "concat | sum | mul | ave: of both directions",
    "model.reset_after": "GRU only",
    "model.dropout": "before each layer and before the head",
    "training.optimizer": "sgd | rmsprop | adam | nadam | adamw",
    "training.schedule": "constant | cosine",
    "training.metric": "of dev: accuracy | macro_f1; auto: accuracy",
    "training.patience": "epochs without a better dev before training stops",
    "training.max_steps": "longer sentences are cut into windows for the loss only",
}
ABSENT = {"dev": "0.1", "test": '"test.tsv"', "sentence": '"id"', "token": "0", "tag": "1"}  # examples


@dataclass(frozen=True, slots=True)
class _Splits:
    """Which file is what, by split, why, and the files that are nothing."""

    paths: dict[str, Path]
    why: str
    unused: list[Path]


def guess_config(paths: list[Path], output_dir: Path) -> str:
    """A whole config as TOML, in comments what it was guessed from.

    Args:
        paths: tagged files; which is train, dev and test goes by their names, else by their sizes.
        output_dir: where the config will stand: paths in it are relative to this.

    Raises:
        DataError: a file cannot be read, holds no tagged sentences, or none that the others' layout can read.
    """
    splits = _guess_splits(paths)
    encoding, told = _guess_encoding([*splits.paths.values()])
    train = splits.paths["train"]
    guess = guess_columns(read_lines(train, encoding=encoding), str(train))
    options = {field.name: getattr(guess.layout, field.name) for field in fields(Layout)} | {"encoding": encoding}
    sentences = {split: read_tagged(path, Layout(**options)) for split, path in splits.paths.items()}

    numeric = list(options.pop("numeric"))
    detection = detect_scheme(sentence.tags or () for sentence in sentences["train"])
    options |= {"scheme": detection.scheme, "map": {}}
    data = {key: value for key, value in options.items() if value is not None and key in Data.model_fields}
    data |= {split: _path_from(path, output_dir) for split, path in splits.paths.items()}
    if "dev" not in splits.paths and len(sentences["train"]) > 1:
        data["dev"] = 0.1
    sized, size = _sizes(len(sentences["train"]), is_series=bool(numeric))
    if numeric:
        sized["features"] = {"words": False, "casing": False, "numeric": numeric}
    config = parse_config({"data": data, **sized}, "the guess")

    why = {f"data.{key}": text for key, text in guess.why.items()} | {"data.encoding": told}
    why["features.numeric"] = why.pop("data.numeric", "")
    why["data.train"] = "\n".join([splits.why, *(f"{path} is not used" for path in splits.unused)])
    why["data.token"] = why.get("data.token", _about_words(sentences["train"]))
    why["data.tag"] = "\n".join([*_about_tags(sentences["train"]), why.get("data.tag", "")]).strip()
    why["data.scheme"] = detection.evidence
    why["model"] = size
    return "\n".join([*_head(sentences, splits), *_lines(config, why)]) + "\n"


# Files


def _guess_splits(paths: list[Path]) -> _Splits:
    paths = list({path.resolve(): path for path in paths}.values())
    for path in paths:
        if path.is_dir():
            raise DataError(f"{path}: is a folder", f"name the files in it: tagger init {path / '*'}")
        if not path.is_file():
            raise DataError(f"{path}: there is no such file")
    if len(paths) == 1:
        return _Splits({"train": paths[0]}, "the only file; a share of it is cut off as dev", [])
    by_size = sorted(paths, key=lambda path: -path.stat().st_size)
    named: dict[str, list[Path]] = {"train": [], "dev": [], "test": [], "": []}
    for path in by_size:
        named[_split_in(path.name)].append(path)
    if len(named[""]) == len(paths) and len({path.parent.name for path in paths}) == len(paths):
        named[""] = []
        for path in by_size:
            named[_split_in(path.parent.name)].append(path)
    found: dict[str, Path] = {split: named[split][0] for split in NAMES if named[split]}
    if not found:
        rest = dict(zip(("test", "dev") if len(paths) > 2 else ("test",), by_size[1:], strict=False))
        found, why = {"train": by_size[0], **rest}, "names do not tell which is which; the largest file is train"
    elif "train" in found:
        why = "told by the names of the files"
    else:
        largest = (named[""] or by_size)[0]
        found = {split: path for split, path in found.items() if path != largest} | {"train": largest}
        why = "no name says train; the largest file " + ("of the others is" if named[""] else "is")
    ordered: dict[str, Path] = {split: found[split] for split in ("train", "dev", "test") if split in found}
    return _Splits(ordered, why, [path for path in by_size if path not in found.values()])


def _split_in(name: str) -> str:
    """The split that a file's name tells, or nothing: whole words first, then words that begin or end so."""
    words = re.findall(r"[a-z]+", name.lower())
    if {"train", "dev"} <= set(words):
        return ""  # both in one file, as some sets publish them
    order = ("dev", "test", "train")
    for test in (re.fullmatch, re.match):
        for split in order:
            for word in words:
                if test(NAMES[split], word) or (test is re.match and re.search(rf"({NAMES[split]})$", word)):
                    return split
    return ""


def _path_from(path: Path, folder: Path) -> str:
    absolute, folder = path.absolute(), folder.absolute()
    if not absolute.is_relative_to(folder):
        absolute, folder = path.resolve(), folder.resolve()
    try:
        text = Path(os.path.relpath(absolute, folder)).as_posix()
    except ValueError:  # another drive
        text = absolute.as_posix()
    return f"./{text}" if text[0] == "~" or ":" in text else text  # no home folder, no data set of the catalogue


def _guess_encoding(paths: list[Path]) -> tuple[str, str]:
    """The encoding of all files, and in words what it was told by."""
    found = {path: _encoding_of(path) for path in paths}
    encodings = set(found.values()) - {("ascii", "")}
    if not encodings:
        return "utf-8", ""
    names = {name for name, _ in encodings}
    if names == {"latin-1", "cp1252"}:
        return "latin-1", "not UTF-8: one byte a letter"
    if len(names) > 1 or (names & {"utf-16", "utf-32", "utf-16-le", "utf-16-be"} and ("ascii", "") in found.values()):
        each = ", ".join(f"{path} in {name}" for path, (name, _) in found.items())
        raise DataError(
            f"files are in different encodings: {each}", "bring them into one: iconv -f latin1 -t utf-8 OLD >NEW"
        )
    return min(encodings)[0], "; ".join(sorted({why for _, why in encodings if why}))


def _encoding_of(path: Path) -> tuple[str, str]:
    """An encoding, and what told so; of what is damaged, the encoding whose reader names the place.

    Raises:
        DataError: the file holds no text.
    """
    content = b"".join(read_chunks(path))
    mark = next((mark for mark in MARKS if content.startswith(mark)), None)
    if mark:
        return MARKS[mark], "the file's first bytes are its mark"
    if b"\0" in content:
        for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if content[offset::2].count(0) > 0.5 * len(content) / 2 and not content[1 - offset :: 2].count(0):
                return name, "every other byte is 0"
        raise DataError(f"{path}: no text: it holds bytes of 0, as binary files do", "name files of tokens and tags")
    if content.isascii():
        if _controls(content.decode("ascii")) > 0.05:
            raise DataError(f"{path}: no text: it is full of control characters", "name files of tokens and tags")
        return "ascii", ""
    text = content.decode("utf-8", errors="replace")
    n_bad = text.count("\ufffd")
    if n_bad <= 0.1 * len(re.findall(r"[^\x00-\x7f]", text)):  # damaged UTF-8 is still UTF-8
        return "utf-8", "it begins with a byte order mark, which is dropped" if text.startswith("\ufeff") else ""
    if _controls(content.decode("latin-1")) > 0.05:
        raise DataError(f"{path}: no text: it is full of control characters", "name files of tokens and tags")
    if re.search(rb"[\x80-\x9f]", content):
        try:
            content.decode("cp1252")
            return "cp1252", "not UTF-8: one byte a letter, and quotation marks as Windows writes them"
        except UnicodeDecodeError:
            pass
    return "latin-1", "not UTF-8: one byte a letter"


def _controls(text: str) -> float:
    """The share of control characters."""
    return len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f]", text)) / max(1, len(text))


# Sizes


def _sizes(n_sentences: int, *, is_series: bool) -> tuple[dict[str, Any], str]:
    """Tables of [features], [model] and [training] for a corpus of a size, and why they are so."""
    n, smaller = f"{n_sentences:,}", "smaller layers, smaller batches, more epochs than the defaults"
    if is_series:
        few = n_sentences < SMALL
        training = {"epochs": 60, "batch_size": 8, "patience": 10} if few else {}
        model = {"units": [32 if few else 64], "dropout": 0.0}
        told = f"{n} series are {'few: small batches, and' if few else 'many:'} a high rate for a small network"
        return {"model": model, "training": {**training, "learning_rate": 1e-2}}, told
    if n_sentences < TINY:
        sized = _sized(dim=50, units=50, epochs=100, batch_size=4, patience=20)
        return sized, f"{n} sentences are hardly any: {smaller}"
    if n_sentences < SMALL:
        return _sized(dim=50, units=64, epochs=60, batch_size=8, patience=10), f"{n} sentences are few: {smaller}"
    if n_sentences < LARGE:
        return {}, f"{n} sentences: the defaults"
    sized = _sized(dim=100, units=200, epochs=15, batch_size=64, patience=3)
    sized["features"]["words"]["min_count"] = 2
    return sized, f"{n} sentences are many: larger layers, larger batches, fewer epochs than the defaults"


def _sized(*, dim: int, units: int, epochs: int, batch_size: int, patience: int) -> dict[str, Any]:
    return {
        "features": {"words": {"dim": dim}},
        "model": {"units": [units]},
        "training": {"epochs": epochs, "batch_size": batch_size, "patience": patience},
    }


# Comments and TOML


def _head(sentences: dict[str, list[Sentence]], splits: _Splits) -> Iterator[str]:
    yield "# tagger train CONFIG, where CONFIG is the name of this file"
    yield "#"
    yield "# Guessed by `tagger init` from what is in the files. All keys are here; comments say why, or what they do."
    yield "# Paths are relative to this file: it belongs into the folder where `tagger init` was run."
    yield "#"
    known = {tag for sentence in sentences["train"] for tag in sentence.tags or ()}
    for split, found in sentences.items():
        tags = {tag for sentence in found for tag in sentence.tags or ()}
        new = f", {len(tags - known):,} of them not in train" if tags - known else ""
        yield _comment(
            f"{split:<5} {len(found):>9,} sentences {sum(map(len, found)):>11,} tokens {len(tags):>6,} tags{new}"
        )


def _about_words(sentences: list[Sentence]) -> str:
    words = Counter(token for sentence in sentences for token in sentence.tokens)
    return f"{len(words):,} different words, most often {' '.join(word for word, _ in words.most_common(6))}"


def _about_tags(sentences: list[Sentence]) -> Iterator[str]:
    tags = Counter(tag for sentence in sentences for tag in sentence.tags or ())
    usual = ", ".join(f"{tag} {n / tags.total():.1%}" for tag, n in tags.most_common(6))
    yield (
        f"{len(tags):,} tags, most often {usual}"
        if len(tags) > 1
        else f"one tag only: {usual}; there is nothing to learn"
    )
    if 0 < tags["_"] < tags.total():
        yield f'`_` is learned as a tag; ignore = ["_"] leaves its {tags["_"]:,} tokens out'


def _lines(config: Config, why: dict[str, str]) -> Iterator[str]:
    for name, section in config:
        yield ""
        yield from _reasons(why.get(name, ""))
        yield f"[{name}]"
        for i, key in enumerate(type(section).model_fields):
            dotted, value = f"{name}.{key}", getattr(section, key)
            if i and why.get(dotted):
                yield ""
            yield from _reasons(why.get(dotted, ""))
            if value is None and name == "data":
                yield from _beside(f"# {key} = {ABSENT.get(key, '…')}", ABOUT.get(dotted, "absent"))
            else:
                yield from _beside(f"{key} = {_toml(value)}", ABOUT.get(dotted, ""))


def _reasons(text: str) -> Iterator[str]:
    for paragraph in text.split("\n") if text else ():
        yield from (f"# {line}" for line in wrap(_printable(paragraph), WIDTH - 2, break_on_hyphens=False))


def _comment(text: str) -> str:
    return f"# {_printable(text)}"


def _printable(text: str) -> str:
    """The text without what a comment of TOML cannot hold, and without what moves the cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _beside(line: str, comment: str) -> Iterator[str]:
    whole = f"{line:<{BESIDE - 2}}  # {comment}" if comment else line
    yield from [whole] if len(whole) <= WIDTH else [f"# {comment}", line]


def _toml(value: object) -> str:
    if isinstance(value, pydantic.BaseModel):
        shown = value.model_dump(exclude={"dim"} if getattr(value, "kind", "") == "onehot" else None)
        return _toml(shown)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomli_w.dumps({"_": False if value is None else value}).removeprefix("_ = ").rstrip("\n")

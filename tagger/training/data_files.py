"""Data files of a config, their layout, and the tags that its keys name."""

import difflib
from collections.abc import Collection, Iterable
from typing import NamedTuple

from tagger.config import Config, Data
from tagger.corpus.download import resolve
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import expand_types, rename_type, span_types
from tagger.errors import ConfigError


def files_of(data: Data) -> dict[str, str]:
    """Return the path of each split that has a file of its own, by split."""
    files = {"train": data.train, "dev": data.dev, "test": data.test}
    return {split: path for split, path in files.items() if isinstance(path, str)}


def word_files_of(config: Config) -> dict[str, str]:
    """Return the paths of word vectors and word lists by config key, names of public sets resolved to local paths."""
    words = config.features.words
    files = {"vectors": words.vectors, "word_list": words.word_list} if words else {}
    return {f"features.words.{key}": str(resolve(path) or path) for key, path in files.items() if path}


def layout_of(config: Config) -> Layout:
    """Return the layout of a config's files: their format and columns."""
    data = config.data
    return Layout(
        format=data.format,
        token=data.token,
        tag=data.tag,
        numeric=tuple(config.features.numeric),
        sentence=data.sentence,
        per_row=data.per_row,
        comments=data.comments,
        encoding=data.encoding,
        map=tuple(data.map.items()),
        decimal=data.decimal,
        bad_rows=data.bad_rows,
        columns=tuple(config.features.columns.names) if config.features.columns else (),
    )


def check_scheme(config: Config, scheme: Scheme) -> None:
    """Check that a config requires BIO-style tags only if the files have them.

    Raises:
        ConfigError: a key needs BIO-style tags, and the tags have no scheme; names the key.
    """
    for key, value, needs_scheme in (
        ("training.metric", config.training.metric, config.training.metric == "span_f1"),
        ("model.decode", config.model.decode, config.model.decode == "valid"),
        ("data.scheme_train", config.data.scheme_train, config.data.scheme_train != "same"),
    ):
        if needs_scheme and scheme == "none":
            raise ConfigError(f'{key}: "{value}" needs BIO-style tags, and these tags have no scheme')


class TagNames(NamedTuple):
    """Tags and span types that the names in `data.map` and `data.ignore` stand for.

    Args:
        types: new span type by old span type, from `data.map`.
        ignore: all tags that `data.ignore` covers.
        unused: a message for each name that no file has, by key and name.
    """

    types: dict[str, str]
    ignore: tuple[str, ...]
    unused: dict[tuple[str, str], str]


def tag_names(data: Data, notation: Notation, tags: Iterable[str], mapped: Collection[str]) -> TagNames:
    """Resolve the names in `data.map` and `data.ignore`, each either a tag or a span type.

    Args:
        data: the config's section.
        notation: scheme and spelling of the tags.
        tags: tags of all files, whole tags already renamed by `data.map`.
        mapped: names in `data.map` that files have as whole tags.
    """
    types = span_types(tags, notation)
    renamed = {old: new for old, new in data.map.items() if old in types}
    tags = {notation.spelling.write(rename_type(notation.spelling.read(tag), renamed)) for tag in tags}
    new_types = span_types(tags, notation)
    unused = {}
    for key, names, known in (
        ("data.map", data.map, {*mapped, *types}),
        ("data.ignore", data.ignore, {*tags, *new_types}),
    ):
        for name in (name for name in names if name not in known):
            close = difflib.get_close_matches(name, sorted({*tags, *new_types}), n=1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            unused[key, name] = f"{key}: no file has the tag {name}{hint}"
    return TagNames(renamed, expand_types(data.ignore, new_types, notation), unused)

"""The data of a config: its files, their layout, and the scheme that its keys ask for."""

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
    """The file of each split that has one of its own."""
    files = {"train": data.train, "dev": data.dev, "test": data.test}
    return {split: path for split, path in files.items() if isinstance(path, str)}


def word_files_of(config: Config) -> dict[str, str]:
    """The files of word vectors and of more words, by key; those of public sets as they are here."""
    words = config.features.words
    files = {"vectors": words.vectors, "word_list": words.word_list} if words else {}
    return {f"features.words.{key}": str(resolve(path) or path) for key, path in files.items() if path}


def layout_of(config: Config) -> Layout:
    """Where a config says that tokens, tags and numbers stand."""
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
    """Refuses what only tags of spans can have, where the files' tags have no scheme.

    Raises:
        ConfigError: names the key.
    """
    if scheme == "none" and config.training.metric == "span_f1":
        raise ConfigError('training.metric: "span_f1" needs tags of spans, and these have no scheme')
    if scheme == "none" and config.model.decode == "valid":
        raise ConfigError('model.decode: "valid" needs tags of spans, and these have no scheme')
    if scheme == "none" and config.data.scheme_train != "same":
        wanted = config.data.scheme_train
        raise ConfigError(f'data.scheme_train: "{wanted}" needs tags of spans, and these have no scheme')


class TagNames(NamedTuple):
    """The tags that names of tags and types in a config mean.

    Args:
        types: renamed by `data.map`.
        ignore: all tags that `data.ignore` means.
        unused: a line for each name that no file has, by key and name.
    """

    types: dict[str, str]
    ignore: tuple[str, ...]
    unused: dict[tuple[str, str], str]


def tag_names(data: Data, notation: Notation, tags: Iterable[str], mapped: Collection[str]) -> TagNames:
    """The tags that `data.map` and `data.ignore` name: a tag of that very name, or all tags of a type of spans.

    Args:
        data: the names.
        notation: of the tags.
        tags: of all files, those of the very names in `data.map` as it renames them.
        mapped: tags of these very names that files have.
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

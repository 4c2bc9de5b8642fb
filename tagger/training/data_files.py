"""Data files of a config, their layout, and the tags that its keys name."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tagger.config import Config, Data, HeadConfig, Source
from tagger.corpus.download import resolve
from tagger.corpus.layout import AnswerColumn, Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import expand_types, rename_type, span_types
from tagger.errors import ConfigError

SECTIONS = {  # section of each key of a head in a config without [heads]
    "map": "data", "ignore": "data", "scheme_train": "data", "decode": "model", "metric": "training",
    "min_duration": "model",
    "class_weights": "training",
}  # fmt: skip


def files_of(data: Data | Source) -> dict[str, str]:
    """Return the path of each split that has a file of its own, by split."""
    files = {"train": data.train, "dev": data.dev, "test": data.test}
    return {split: path for split, path in files.items() if path and isinstance(path, str)}


def data_files_of(data: Data) -> dict[str, str]:
    """Return the path of each data file by its key: `data.train`, or `data.sources[0].train`."""
    if not data.sources:
        return {f"data.{split}": path for split, path in files_of(data).items()}
    return {
        f"data.sources[{i}].{split}": path
        for i, source in enumerate(data.sources)
        for split, path in files_of(source).items()
    }


def with_data_files(data: Data, paths: Mapping[str, str]) -> Data:
    """Replace the paths of data files, by the keys of `data_files_of`."""
    tables: dict[str, dict[str, str]] = {}
    for key, path in paths.items():
        table, _, split = key.rpartition(".")
        tables.setdefault(table, {})[split] = path
    sources = [source.model_copy(update=tables.get(f"data.sources[{i}]", {})) for i, source in enumerate(data.sources)]
    return data.model_copy(update=tables.get("data", {}) | ({"sources": sources} if sources else {}))


def without_test_files(data: Data) -> Data:
    """Remove the files of test; a test split that is split off train stays."""
    sources = [
        source.model_copy(update={"test": None}) if isinstance(source.test, str) else source for source in data.sources
    ]
    update: dict[str, Any] = {"sources": sources} if sources else {}
    return data.model_copy(update=update | ({"test": None} if isinstance(data.test, str) else {}))


def word_files_of(config: Config) -> dict[str, str]:
    """Return the paths of word vectors and word lists by config key, names of public sets resolved to local paths."""
    words = config.features.words
    files = {"vectors": words.vectors, "word_list": words.word_list} if words else {}
    return {f"features.words.{key}": str(resolve(path) or path) for key, path in files.items() if path}


def layout_of(config: Config) -> Layout:
    """Return the layout of a config's files: their format and columns."""
    data, answers = config.data, tuple[AnswerColumn, ...]()
    if not config.is_plain:
        answers = tuple(
            AnswerColumn(
                name, head.kind, head.column, tuple(head.map.items()), "" if config.heads else f"data.{head.kind}"
            )
            for name, head in config.all_heads().items()
        )
    return Layout(
        format=data.format,
        token=data.token,
        tag=None if answers else data.tag,
        numeric=tuple(config.features.numeric),
        sentence=data.sentence,
        per_row=data.per_row,
        comments=data.comments,
        encoding=data.encoding,
        map=() if answers else tuple(data.map.items()),
        decimal=data.decimal,
        bad_rows=data.bad_rows,
        missing_numbers=config.features.numeric_missing != "error",
        max_tokens=data.max_tokens,
        columns=tuple(config.features.columns.names) if config.features.columns else (),
        answers=answers,
    )


def sources_of(data: Data, layout: Layout) -> list[tuple[Data, Layout]]:
    """The files of each source with their layout; a config without [[data.sources]] has one source.

    Args:
        data: the config's section.
        layout: layout of the config's files.
    """
    if not data.sources:
        return [(data, layout)]
    sources = []
    for i, source in enumerate(data.sources):
        own = source.model_dump(exclude={"heads", "dev", "test", "train"})
        files = data.model_copy(update={"train": source.train, "dev": source.dev, "test": source.test, "sources": []})
        answers = tuple(replace(each, own_key=f"data.sources[{i}].heads.{each.name}") for each in layout.answers)
        if source.heads:
            answers = tuple(replace(each, column=source.heads.get(each.name)) for each in answers)
        sources.append((files, replace(layout, **own, answers=answers)))
    return sources


@dataclass(frozen=True, slots=True)
class HeadKeys:
    """The names of a head's keys, for messages: those of [heads], or those of a config without it.

    Args:
        name: name of the head.
        table: the head's table, `heads.NAME`; empty if the config has no [heads].
        train: the file, or files, to train on.
    """

    name: str
    table: str
    train: str

    @property
    def prefix(self) -> str:
        """The beginning of a log line about the head; empty if the config has no [heads]."""
        return f"{self.name}: " if self.table else ""

    def key(self, name: str) -> str:
        """The full name of one of its keys."""
        return f"{self.table}.{name}" if self.table else f"{SECTIONS[name]}.{name}"

    @property
    def ignore(self) -> str:
        """The full name of the key with tags to ignore."""
        return self.key("ignore")


def head_keys(config: Config) -> dict[str, HeadKeys]:
    """The names of the keys of each head."""
    train = config.data.train or ", ".join(source.train for source in config.data.sources)
    return {name: HeadKeys(name, f"heads.{name}" if config.heads else "", train) for name in config.all_heads()}


def check_scheme(settings: HeadConfig, keys: HeadKeys, scheme: Scheme) -> None:
    """Check that a config requires BIO-style tags only if the files have them, and segments only if they have not.

    Raises:
        ConfigError: a key does not match the scheme of the tags; names the key.
    """
    for key, value, needs_scheme in (
        ("metric", settings.metric, settings.metric == "span_f1"),
        ("decode", settings.decode, settings.decode == "valid"),
        ("scheme_train", settings.scheme_train, settings.scheme_train != "same"),
    ):
        if needs_scheme and scheme == "none":
            raise ConfigError(f'{keys.key(key)}: "{value}" needs BIO-style tags, and these tags have no scheme')
    if settings.min_duration != 1 and scheme != "none":
        raise ConfigError(f"{keys.key('min_duration')}: is for states, and these tags mark spans; remove it")
    if settings.metric == "segment_f1" and scheme != "none":
        raise ConfigError(f'{keys.key("metric")}: "segment_f1" is for states, and these tags mark spans; use "span_f1"')


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


def tag_names(
    settings: HeadConfig, keys: HeadKeys, notation: Notation, tags: Iterable[str], mapped: Collection[str]
) -> TagNames:
    """Resolve the names in `map` and `ignore` of a head, each either a tag or a span type.

    Args:
        settings: the head's section of the config.
        keys: names of its keys.
        notation: scheme and spelling of the tags.
        tags: tags of all files, whole tags already renamed by `data.map`.
        mapped: names in `data.map` that files have as whole tags.
    """
    types = span_types(tags, notation)
    renamed = {old: new for old, new in settings.map.items() if old in types}
    tags = {notation.spelling.write(rename_type(notation.spelling.read(tag), renamed)) for tag in tags}
    new_types = span_types(tags, notation)
    unused = {}
    for key, names, known in (
        (keys.key("map"), settings.map, {*mapped, *types}),
        (keys.key("ignore"), settings.ignore, {*tags, *new_types}),
    ):
        for name in (name for name in names if name not in known):
            close = difflib.get_close_matches(name, sorted({*tags, *new_types}), n=1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            unused[key, name] = f"{key}: no file has the {settings.kind} {name}{hint}"
    return TagNames(renamed, expand_types(settings.ignore, new_types, notation), unused)

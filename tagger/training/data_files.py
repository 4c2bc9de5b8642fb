"""The data of a config: its files, their layout, and the scheme that its keys ask for."""

from tagger.config import Config, Data
from tagger.corpus.download import resolve
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
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

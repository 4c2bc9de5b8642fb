"""One format or scheme of tags into another."""

import logging
from collections.abc import Iterator
from pathlib import Path

from tagger.corpus.conllu import tag_column
from tagger.corpus.layout import Format, Layout
from tagger.corpus.read import read_sentences, resolve_format
from tagger.corpus.schemes import Scheme, detect_scheme
from tagger.corpus.sentence import Sentence
from tagger.corpus.tags import in_scheme
from tagger.corpus.write import write_sentences
from tagger.errors import ConfigError, DataError

BY_SUFFIX: dict[str, Format] = {
    ".conllu": "conllu", ".tsv": "columns", ".conll": "columns", ".csv": "csv", ".jsonl": "jsonl", ".txt": "slash",
}  # fmt: skip

log = logging.getLogger("tagger")


def converted(
    source: Path, target: Path, layout: Layout, *, scheme: Scheme | None, to_format: Format = "auto"
) -> Iterator[str]:
    """The text of a tagged file in another format or scheme, piece by piece, in constant memory.

    Args:
        source: a file, read twice where the scheme of its tags has to be found first.
        target: what the text is for; its name tells the format where `to_format` is auto.
        layout: of the source.
        scheme: of the tags that are written; None: as they are.
        to_format: what to write; auto: by the target's name, columns where that does not tell.

    Raises:
        DataError: the file cannot be read, or holds what the format cannot say; names file and line.
        ConfigError: a scheme is asked of tags that have none.
    """
    if target.exists() and source.samefile(target):
        raise ConfigError(f"{target}: is the file to read, too", "write to another one")
    if target.suffix == ".gz":
        raise ConfigError(f"{target}: is not packed here", "tagger convert IN - --to FORMAT | gzip > OUT")
    if source.exists() and not source.is_file():
        raise ConfigError(f"{source}: is no file, and has to be read more than once", "write it to a file first")
    layout = resolve_format(source, layout, tell=True)
    if to_format == "auto":
        to_format = BY_SUFFIX.get(target.suffix.lower(), "columns")
    sentences = read_sentences(source, layout, keep_rows=to_format == layout.format == "conllu")
    if scheme is not None:
        detected = detect_scheme(sentence.tags or () for sentence in read_sentences(source, layout))
        log.info("scheme %s", detected.evidence)
        if detected.scheme == "none":
            raise ConfigError(f"--scheme {scheme}: the tags of {source} have no scheme", "leave --scheme away")
        sentences = (in_scheme(sentence, detected.scheme, scheme) for sentence in sentences)
    yield from write_sentences(_counted(sentences, source), to_format, tag=tag_column(layout))


def _counted(sentences: Iterator[Sentence], source: Path) -> Iterator[Sentence]:
    n_sentences, is_tagged = 0, False
    for sentence in sentences:
        n_sentences += 1
        is_tagged = is_tagged or any(tag != "_" for tag in sentence.tags or ())
        yield sentence
    if n_sentences and not is_tagged:
        raise DataError(f"{source}: all tags are `_`: no word is tagged", "choose another column with --tag")
    if not n_sentences:
        raise DataError(f"{source}: no sentence found", "is it empty, or all comments?")
    log.info("%s sentences", f"{n_sentences:,}")

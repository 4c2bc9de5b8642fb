"""Files → sentences, and what is wrong on the way."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from tagger.checks import Finding, Place, byte_findings, row_findings
from tagger.corpus.chunks import display_path
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError, TaggerError
from tagger.intake.check.config_lines import line_of
from tagger.reading.read import no_sentence, read_sentences


@dataclass(slots=True)
class Read:
    """Sentences that could be read, by split, findings on the way, and tags that were renamed."""

    splits: dict[str, list[Sentence]] = field(default_factory=dict)
    layouts: dict[str, Layout] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    mapped: set[str] = field(default_factory=set)


def read_files(files: Mapping[str, str], layouts: Mapping[str, Layout], config_path: Path | None = None) -> Read:
    """Reads what can be read; a file that cannot is a finding, and so is one that was read already.

    Args:
        files: by split, paths or references to public data sets.
        layouts: of each.
        config_path: that names them, if one does.
    """
    read = Read()
    like: Layout | None = None  # of the first file
    seen: dict[Path, str] = {}
    told: set[str] = set()
    for split, file in files.items():
        path, notes = Path(file), FileNotes()
        try:
            path = _local(file, is_of_config=config_path is not None)
            if path.exists() and (first := seen.setdefault(path.resolve(), split)) != split:
                read.findings.append(_same_file(split, first, path))
                continue
            sentences = _read_file(path, layouts[split], notes, like)
        except (TaggerError, OSError) as error:
            if not isinstance(error, TaggerError):
                error = DataError(f"{path}: cannot be read: {error.strerror or error}")
            read.findings += byte_findings(split, notes)
            if error.message not in told:
                read.findings.append(unreadable(split, path, error, config_path))
            told.add(error.message)
            continue
        read.splits[split], read.layouts[split] = sentences, notes.layout
        like = like or replace(notes.layout, group=None)
        read.mapped |= notes.mapped
        tags = set(chain.from_iterable(sentence.tags or () for sentence in sentences))
        read.findings += [*byte_findings(split, notes), *row_findings(split, notes, tags)]
    return read


def _local(file: str, *, is_of_config: bool) -> Path:
    """The path as one would type it here; of a public data set's file that a config names, the path of that."""
    if Path(file).is_absolute():
        return Path(display_path(file))
    if not is_of_config:  # and of what is typed, the command has made a path already
        return Path(file)
    from tagger.corpus.download import resolve

    return resolve(file) or Path(file)


def _read_file(path: Path, layout: Layout, notes: FileNotes, like: Layout | None) -> list[Sentence]:
    """All sentences, which know their tokens' lines, and notes on the file, also on one whose sentences have errors."""
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if path.is_dir():
        raise DataError(f"{path}: is a folder", f"name the files in it: tagger check {path / '*'}")
    try:
        sentences = list(read_sentences(path, layout, keep_rows=True, notes=notes, like=like))
    except TaggerError:
        if path.is_file():  # a pipe may have no end
            notes.finish()
        raise
    if not sentences:
        raise no_sentence(notes)
    return sentences


def _same_file(split: str, first: str, path: Path) -> Finding:
    what = f"{split}: is the same file as {first}"
    advice = "It is looked at once. A score on what was trained on shows memory: give each split a file of its own."
    return Finding("same-file", "warning", split, 1, what, advice, (Place(str(path)),))


def unreadable(split: str, path: Path, error: TaggerError, config_path: Path | None) -> Finding:
    """A file that cannot be read or used, at its line, or where the config is wrong about it, at the config's."""
    place, what = _placed(path, error.message)
    advice = error.hint or "Is the path right?"
    advice = advice if advice.startswith("data.") else f"{advice[0].upper()}{advice[1:]}"  # a key stays as it is
    if place.line is not None:
        advice = f"The file is looked at once this is mended{f': {error.hint}' if error.hint else '.'}"
    key = re.search(r"\b(?:data|features|model|training)\.\w+", error.message)
    if config_path is not None and key and isinstance(error, ConfigError):
        place = Place(str(config_path), line_of(config_path, key[0]))
        advice = f"Training would stop at this{f': {error.hint}' if error.hint else '.'}"
    elif config_path is not None and not os.path.exists(path):  # which raises nothing
        place = Place(str(config_path), line_of(config_path, f"data.{split}"), str(path))
        advice = error.hint or f"data.{split} names it; paths in a config are relative to the config."
    kind = "unreadable" if isinstance(error, DataError) else "config"
    return Finding(kind, "error", split, 1, f"{split}: {what}", advice, (place,))


def _placed(path: Path, message: str) -> tuple[Place, str]:
    """The place that a message begins with, and the rest of it."""
    found = re.fullmatch(rf"{re.escape(str(path))}(?::(\d+))?: (.*)", message, flags=re.DOTALL)
    if found is None:
        return Place(str(path)), message
    return Place(str(path), int(found[1]) if found[1] else None), found[2]

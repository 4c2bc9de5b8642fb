"""Read files as sentences, and collect findings about the files."""

import contextlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.checks import Finding, Location, byte_findings, row_findings
from tagger.corpus.chunks import display_path
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Answer, Sentence
from tagger.errors import ConfigError, DataError, TaggerError
from tagger.intake.check.config_lines import line_of
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import no_sentences, refuse_blank_answers
from tagger.terminal_text import command_line

if TYPE_CHECKING:
    from tagger.config import Data

ORDER = ("train", "dev", "test")


@dataclass(slots=True)
class ReadingResult:
    """Readable splits, with findings about all files.

    Args:
        splits: sentences by split.
        layouts: layout of the file of each split.
        findings: findings about the files.
        mapped: tags that were renamed by data.map.
        mapped_by_head: if the layout has answers, those of each head.
    """

    splits: dict[str, list[Sentence]] = field(default_factory=dict)
    layouts: dict[str, Layout] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    mapped: set[str] = field(default_factory=set)
    mapped_by_head: dict[str, set[str]] = field(default_factory=dict)

    def add(self, other: "ReadingResult") -> None:
        """Add the sentences and findings of another source."""
        for split, sentences in other.splits.items():
            self.splits[split] = [*self.splits.get(split, ()), *sentences]
            self.layouts.setdefault(split, other.layouts[split])
        self.splits = {split: self.splits[split] for split in ORDER if split in self.splits}
        self.findings += other.findings
        for head, mapped in other.mapped_by_head.items():
            self.mapped_by_head.setdefault(head, set()).update(mapped)


def with_missing(layout: Layout) -> Layout:
    """The layout with missing numbers, which are then counted instead of the first being an error."""
    return replace(layout, missing_numbers=layout.missing_numbers or layout.bad_rows == "error")


def read_files(
    files: Mapping[str, str], layouts: Mapping[str, Layout], config_path: Path | None = None
) -> ReadingResult:
    """Read all files that can be read; an unreadable file and one that was already read are findings.

    Args:
        files: by split, paths or references to public data sets.
        layouts: by split, the layout of its file.
        config_path: path of the config that names the files, if any.
    """
    result = ReadingResult()
    reference_layout: Layout | None = None  # layout of the first file
    first_split: dict[Path, str] = {}
    reported: set[str] = set()
    for split, file in files.items():
        path, notes = Path(file), FileNotes()
        try:
            path = _local(file, is_from_config=config_path is not None)
            if path.exists() and (first := first_split.setdefault(path.resolve(), split)) != split:
                result.findings.append(_same_file(split, first, path))
                continue
            sentences = _read_file(path, layouts[split], notes, reference_layout)
        except (TaggerError, OSError) as error:
            if not isinstance(error, TaggerError):
                error = DataError(f"{path}: cannot be read: {error.strerror or error}")
            result.findings += byte_findings(split, notes)
            if error.message not in reported:
                result.findings.append(unreadable(split, path, error, config_path))
            reported.add(error.message)
            continue
        result.splits[split], result.layouts[split] = sentences, notes.layout
        reference_layout = reference_layout or replace(notes.layout, group=None)
        result.mapped |= notes.mapped
        for head, mapped in notes.mapped_by_head.items():
            result.mapped_by_head.setdefault(head, set()).update(mapped)
        tags = set(chain.from_iterable(sentence.tags or () for sentence in sentences))
        for answer in chain.from_iterable(sentence.answers for sentence in sentences):
            tags.update((answer,) if isinstance(answer, str) else answer or ())
        result.findings += [*byte_findings(split, notes), *row_findings(split, notes, tags)]
    return result


def _local(file: str, *, is_from_config: bool) -> Path:
    """The path of a file relative to the working directory; the downloaded file for a reference in a config."""
    if Path(file).is_absolute():
        return Path(display_path(file))
    if not is_from_config:  # the command has already resolved references
        return Path(file)
    from tagger.corpus.download import resolve

    return resolve(file) or Path(file)


def _read_file(path: Path, layout: Layout, notes: FileNotes, reference_layout: Layout | None) -> list[Sentence]:
    """All sentences; notes are complete even if a sentence is wrong."""
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if path.is_dir():
        raise DataError(f"{path}: is a folder", f"name the files in it: {command_line('tagger', 'check', path)}/*")
    try:
        sentences = list(read_sentences(path, layout, notes=notes, reference_layout=reference_layout))
    except TaggerError:
        if path.is_file():  # a pipe may have no end
            with contextlib.suppress(TaggerError):  # the first error is the one to report
                notes.finish()
        raise
    if not sentences:
        raise no_sentences(notes)
    if not all(token == "_" for sentence in sentences for token in sentence.tokens):
        answers = zip(*(sentence.answers for sentence in sentences), strict=True)
        refuse_blank_answers(path, notes.layout, map(_is_blank, answers))
    return sentences


def _is_blank(values: Iterable[Answer]) -> bool:
    """Whether the values of an answer in all sentences are `_` for every token."""
    lists = [value for value in values if value is not None]
    return bool(lists) and all(isinstance(value, tuple) and set(value) == {"_"} for value in lists)


def _same_file(split: str, first: str, path: Path) -> Finding:
    message = f"{split}: is the same file as {first}"
    advice = "It is checked once. A tagger knows the sentences it was trained on: each split needs a file of its own."
    return Finding("same-file", "warning", split, 1, message, advice, (Location(str(path)),))


def unreadable(split: str, path: Path, error: TaggerError, config_path: Path | None) -> Finding:
    """The finding for a file that cannot be read or used, at its own line or at the config's line that causes it."""
    location, message = _split_location(path, error.message)
    advice = error.hint or "Is the path right?"
    if location.line is not None:
        advice = f"The file is checked once this is corrected{_after(error.hint)}"
    key = re.search(r"\b(?:data|features|model|training)\.\w+|\bheads\.[\w-]+(\.\w+)?", error.message)
    if config_path is not None and key and isinstance(error, ConfigError):
        location = Location(str(config_path), line_of(config_path, key[0]))
        advice = f"Training would stop here{_after(error.hint)}"
    elif config_path is not None and not os.path.exists(path):  # unlike Path.exists, raises nothing
        location = Location(str(config_path), line_of(config_path, f"data.{split}"), str(path))
        advice = error.hint or f"data.{split} names it; paths in a config are relative to the config."
    kind = "unreadable" if isinstance(error, DataError) else "config"
    return Finding(kind, "error", split, 1, f"{split}: {message}", advice, (location,))


def _after(hint: str | None) -> str:
    """A hint after a sentence: a command after a colon, else a sentence of its own.

    >>> _after("sed 1d OLD >NEW"), _after("for a few such rows, skip them"), _after("one per line: jq . <OLD >NEW")
    (': sed 1d OLD >NEW', '. For a few such rows, skip them.', '. One per line: jq . <OLD >NEW')
    """
    if not hint:
        return "."
    if ">NEW" in hint.partition(": ")[0]:
        return f": {hint}"
    end = "" if ">NEW" in hint or hint[-1] in ".?" else "."
    return f". {hint[0].upper()}{hint[1:]}{end}"


def _split_location(path: Path, message: str) -> tuple[Location, str]:
    """Split a message into the location at its start and the rest."""
    match = re.fullmatch(rf"{re.escape(str(path))}(?::(\d+))?: (.*)", message, flags=re.DOTALL)
    if match is None:
        return Location(str(path)), message
    return Location(str(path), int(match[1]) if match[1] else None), match[2]


def split_train_of(reading: ReadingResult, data: "Data", config_path: Path) -> list[str]:
    """Split dev and test off train as training does, if the config says so, and return notes on it."""
    from tagger.training.splits import SPLITS, UNUSED_GROUP, describe_splits, needs_split, split_train
    from tagger.training.time_cuts import cut_in_time

    if not needs_split(data):
        return [] if data.group is None else [UNUSED_GROUP]
    train = reading.splits.get("train")
    if train is None:
        return []
    try:
        if data.split == "time":
            new_splits = {split: [*series] for split, series in cut_in_time(train, data, max_context=0).splits.items()}
        else:
            new_splits = {split: [train[i] for i in indices] for split, indices in split_train(train, data).items()}
    except ConfigError as error:
        reading.findings.append(unreadable("train", Path(data.train), error, config_path))
        return []
    splits = reading.splits | new_splits
    reading.splits = {split: splits[split] for split in SPLITS if split in splits}
    reading.layouts = dict.fromkeys(new_splits, reading.layouts["train"]) | reading.layouts
    return [describe_splits(new_splits, data)]

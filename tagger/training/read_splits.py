"""The sentences of train, dev and test, read from the files of a config."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tagger.config import REFERENCE, Data
from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.download import resolve
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.corpus.terms import in_terms
from tagger.errors import DataError
from tagger.reading.whole_files import read_tagged
from tagger.terminal_text import command_line
from tagger.training.data_files import files_of, sources_of
from tagger.training.splits import SPLITS, UNUSED_GROUP, describe_splits, layout_of_train, needs_split, split_train
from tagger.training.time_cuts import MAX_CONTEXT, cut_in_time

log = logging.getLogger("tagger")


class ReadSplits(NamedTuple):
    """The splits of a config, and notes on their files.

    Args:
        splits: sentences of train, and of dev and test if the config has them.
        whole_train: all sentences of train's file, including those split off for dev or test; of all sources.
        layout: layout of the files, with the format of train's; with several sources, that of the first.
        notes: notes on each file, by split: `dev`; with several sources, by source and split: `sources[0].dev`.
        in_context: the series of splits that are cut in time, each after its context, see `time_cuts`.
    """

    splits: dict[str, Sentences]
    whole_train: Sentences
    layout: Layout
    notes: dict[str, FileNotes]
    in_context: dict[str, Sentences]


def split_of(name: str) -> str:
    """The split of a file.

    >>> split_of("dev"), split_of("sources[0].dev")
    ('dev', 'dev')
    """
    return name.rpartition(".")[2]


def read_splits(data: Data, layout: Layout, *, is_series: bool = False, max_context: int = MAX_CONTEXT) -> ReadSplits:
    """Read the files of a config, and split dev and test off train's file if the config says so.

    The sentences of several sources are joined, split by split, in the order of the sources. Files of public data sets
    are downloaded if they are not here yet.

    Args:
        data: the config's section.
        layout: layout of the files.
        is_series: whether the log speaks of series.
        max_context: most steps of a context, see `time_cuts`.

    Raises:
        DataError: a file cannot be read; names file and line.
        ConfigError: train's file cannot be split as the config says.
    """
    tables = [f"data.sources[{i}]" for i in range(len(data.sources))] or ["data"]
    sources = [
        (table, _with_local_files(files, table), each)
        for table, (files, each) in zip(tables, sources_of(data, layout), strict=True)
    ]
    for table, files, _ in sources:
        _check_files(files_of(files), table)
    parts = [_read_files(*source, max_context) for source in sources]
    for part in parts:
        for split, sentences in part.splits.items():
            _log_size(split, sentences, display_path(sentences[0].path), is_series)
    if not data.sources:
        return parts[0]
    joined = _joined(parts)
    for split, sentences in joined.splits.items():
        _log_size(split, sentences, "all sources", is_series)
    return joined


def _read_files(table: str, data: Data, layout: Layout, max_context: int) -> ReadSplits:
    """Read the files of one source, and split dev and test off train's if the source says so.

    Args:
        table: name of the source's table in the config, for messages.
        data: its files, which exist.
        layout: layout of its files.
        max_context: as for `read_splits`.
    """
    files = files_of(data)
    notes = {split: FileNotes() for split in files}
    train = read_tagged(Path(files["train"]), layout_of_train(layout, data), notes=notes["train"], log_format=True)
    layout_read = replace(notes["train"].layout, group=None)
    splits, in_context = {"train": train}, dict[str, Sentences]()
    for split, path in files.items():
        if split != "train":
            splits[split] = read_tagged(Path(path), layout, notes=notes[split], reference_layout=layout_read)
    if needs_split(data):
        if data.split == "time":
            new_splits, in_context = cut_in_time(train, data, table, max_context=max_context)
        else:
            new_splits = {split: train.take(positions) for split, positions in split_train(train, data, table).items()}
        log.info("%s", describe_splits(new_splits, data))
        splits |= new_splits
    elif data.group is not None:
        log.warning("%s", UNUSED_GROUP)
    splits = {split: splits[split] for split in SPLITS if split in splits}
    return ReadSplits(splits, train, layout_read, notes, in_context)


def _joined(sources: Sequence[ReadSplits]) -> ReadSplits:
    """Join the sentences of sources, split by split."""
    per_sentence = [not is_per_token(answer) for answer in sources[0].layout.answers]

    def join(parts: Iterable[Sentences]) -> Sentences:
        return Sentences.collect(chain.from_iterable(parts), per_sentence=per_sentence)

    splits = {
        split: join(source.splits[split] for source in sources if split in source.splits)
        for split in SPLITS
        if any(split in source.splits for source in sources)
    }
    cut_splits = {split for source in sources for split in source.in_context}
    is_split = any(source.whole_train is not source.splits["train"] for source in sources)
    return ReadSplits(
        splits=splits,
        whole_train=join(source.whole_train for source in sources) if is_split else splits["train"],
        layout=sources[0].layout,
        notes={
            f"sources[{i}].{split}": notes for i, source in enumerate(sources) for split, notes in source.notes.items()
        },
        in_context={
            split: Sentences.collect(
                chain.from_iterable(
                    source.in_context.get(split, source.splits[split]) for source in sources if split in source.splits
                )
            )
            for split in splits
            if split in cut_splits
        },
    )


def _with_local_files(data: Data, table: str) -> Data:
    """Replace names of public data sets by paths, downloading files that are not here yet."""
    files = files_of(data)
    public = {split: path for split, path in files.items() if REFERENCE.fullmatch(path)}
    if public and "train" not in public:
        names = " and ".join(f"{table}.{split} is {path}" for split, path in public.items())
        options = " ".join(_set_file(table, split) for split in public)
        log.warning("%s.train is a file of your own, but %s; to score on your own files: %s", table, names, options)
    try:
        local = {split: str(resolve(path)) for split, path in public.items()}
    except DataError as error:
        own = "or train on your own files: " + " ".join(_set_file(table, split) for split in files)
        raise DataError(error.message, "\n  ".join(filter(None, (error.hint, own)))) from error
    return data.model_copy(update=local)


def _check_files(files: dict[str, str], table: str) -> None:
    for split, path in files.items():
        if Path(path).is_dir():
            hint = f"name a file in it: {_set_file(table, split)}"
            raise DataError(f"{path}: is a folder ({table}.{split})", hint)
        if not Path(path).is_file():
            leave_out = f"; or train without {split}: {_set_file(table, split, '')}" if split != "train" else ""
            hint = f"name a file: {_set_file(table, split)}{leave_out}"
            raise DataError(f"{path}: there is no such file ({table}.{split})", hint)


def _set_file(table: str, split: str, file: str = "FILE") -> str:
    """An option that names the file of a split."""
    return command_line("--set", f"{table}.{split}={file}")


def _log_size(split: str, sentences: Sentences, name: str, is_series: bool) -> None:
    n_sentences, n_tokens = (
        in_terms(_count(n, noun), is_series=is_series)
        for n, noun in ((len(sentences), "sentence"), (len(sentences.tokens), "token"))
    )
    log.info("%-5s %17s %16s  %s", split, n_sentences, n_tokens, name)


def _count(number: int, noun: str) -> str:
    """A count in a column; the space in place of a plural s keeps it aligned."""
    return counted(number, noun) + " " * (number == 1)

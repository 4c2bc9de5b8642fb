"""The sentences of train, dev and test, read from the files of a config."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tagger.config import REFERENCE, Data
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.download import resolve
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.errors import DataError
from tagger.reading.read import read_tagged
from tagger.training.data_files import files_of
from tagger.training.splits import SPLITS, UNUSED_GROUP, describe_splits, layout_of_train, needs_split, split_train

log = logging.getLogger("tagger")


class ReadSplits(NamedTuple):
    """The splits of a config, and notes on their files.

    Args:
        splits: sentences of train, and of dev and test if the config has them.
        whole_train: all sentences of train's file, including those split off for dev or test.
        layout: layout of the files, with the format of train's.
        notes: notes on each file, by split.
    """

    splits: dict[str, Sentences]
    whole_train: Sentences
    layout: Layout
    notes: dict[str, FileNotes]


def read_splits(data: Data, layout: Layout) -> ReadSplits:
    """Read the files of a config, and split dev and test off train's file if the config says so.

    Files of public data sets are downloaded if they are not here yet.

    Raises:
        DataError: a file cannot be read; names file and line.
        ConfigError: train's file cannot be split as the config says.
    """
    data = _with_local_files(data)
    files = files_of(data)
    _check_files(files)
    notes = {split: FileNotes() for split in files}
    train = read_tagged(Path(files["train"]), layout_of_train(layout, data), notes=notes["train"], log_format=True)
    layout_read = replace(notes["train"].layout, group=None)
    splits = {"train": train}
    for split, path in files.items():
        if split != "train":
            splits[split] = read_tagged(Path(path), layout, notes=notes[split], reference_layout=layout_read)
    if needs_split(data):
        new_splits = {split: train.take(positions) for split, positions in split_train(train, data).items()}
        log.info("%s", describe_splits(new_splits, data))
        splits |= new_splits
    elif data.group is not None:
        log.warning("%s", UNUSED_GROUP)
    splits = {split: splits[split] for split in SPLITS if split in splits}
    for split, sentences in splits.items():
        n_sentences, n_tokens = _count(len(sentences), "sentence"), _count(len(sentences.tokens), "token")
        log.info("%-5s %17s %16s  %s", split, n_sentences, n_tokens, display_path(sentences[0].path))
    return ReadSplits(splits, train, layout_read, notes)


def _with_local_files(data: Data) -> Data:
    """Replace names of public data sets by paths, downloading files that are not here yet."""
    files = files_of(data)
    public = {split: path for split, path in files.items() if REFERENCE.fullmatch(path)}
    if public and "train" not in public:
        names = " and ".join(f"data.{split} is {path}" for split, path in public.items())
        options = " ".join(f"--set data.{split}=FILE" for split in public)
        log.warning("data.train is a file of your own, but %s; to score on your own files: %s", names, options)
    try:
        local = {split: str(resolve(path)) for split, path in public.items()}
    except DataError as error:
        own = "or train on your own files: " + " ".join(f"--set data.{split}=FILE" for split in files)
        raise DataError(error.message, "\n".join(filter(None, (error.hint, own)))) from error
    return data.model_copy(update=local)


def _check_files(files: dict[str, str]) -> None:
    for split, path in files.items():
        if Path(path).is_dir():
            raise DataError(f"{path}: is a folder (data.{split})", f"name a file in it: --set data.{split}=FILE")
        if not Path(path).is_file():
            leave_out = f"; or train without {split}: --set data.{split}=" if split != "train" else ""
            raise DataError(
                f"{path}: there is no such file (data.{split})", f"name a file: --set data.{split}=FILE{leave_out}"
            )


def _count(number: int, noun: str) -> str:
    """A count in a column; the space in place of a plural s keeps it aligned."""
    return counted(number, noun) + " " * (number == 1)

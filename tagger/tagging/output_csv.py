"""Tagged sentences as rows of a table: all columns of the input, where it is one, then those of the answers."""

import csv
import io
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from tagger.corpus.chunks import display_path
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.tagging.tagged import Tagged
from tagger.tagging.written_answers import answers_by_name, confidence_name, refuse

COMMON = ",;\t|"  # delimiters that are recognised without a line such as sep=:

log = logging.getLogger("tagger")


def csv_formatter(*, confidence: bool, layout: Layout) -> Callable[[Tagged], str]:
    """Return a function that formats a tagged sentence as rows, with a header above those of the first.

    If the sentences keep the rows of a table, all of its columns are written as they were, with its delimiter, then a
    column for each answer, named like the column of training or the head. A name that the table already has gets
    `_predicted` after it, which is logged. A blank line stands where sentences have one between them.

    Else there are columns of the number of the sentence, from 1, and of the token.

    Args:
        confidence: whether there is a column with the probability of each answer.
        layout: layout of the training files, whose column of tags gives the only head of tags its name.
    """
    numbers = itertools.count(1)
    own_name = layout.tag if isinstance(layout.tag, str) else "tag"
    before: list[Sentence] = []  # the first sentence of a table, and the one before this

    def to_rows(tagged: Tagged) -> str:
        number, sentence = next(numbers), tagged.sentence
        if number == 1 and sentence.row_delimiter:
            before.extend([sentence, sentence])
            names = free_names(sentence.path, sentence.row_columns, _names(tagged, confidence, own_name))
            header = _table([[*sentence.row_columns, *names]], sentence.row_delimiter)
            mark = "" if sentence.row_delimiter in COMMON else f"sep={sentence.row_delimiter}\n"
            return f"{mark}{header}{_input_rows(tagged, confidence)}"
        if before:
            first, last = before
            before[1] = sentence
            _check_columns(first, sentence)
            return _break_between(last, sentence) + _input_rows(tagged, confidence)
        rows: list[Sequence[str]] = []
        if number == 1:
            rows = [["sentence", "token", *_names(tagged, confidence, "tag")]]
        ids = [str(number)] * len(tagged.tokens)
        rows += zip(ids, tagged.tokens, *_values(tagged, confidence), strict=True)
        return _table(rows, ",", tagged)

    return to_rows


def _names(tagged: Tagged, confidence: bool, own_name: str) -> list[str]:
    """Names of the columns of the answers, and of their confidences."""
    if not tagged.answers:
        return [own_name, "confidence"] if confidence else [own_name]
    return [*tagged.answers, *(map(confidence_name, tagged.answers) if confidence else ())]


def _values(tagged: Tagged, confidence: bool) -> list[tuple[str, ...]]:
    """Each column of the answers, then of their confidences, with a value for each step."""
    n, answers = len(tagged.tokens), answers_by_name(tagged).values()
    columns = [answer.values * (n if answer.kind == "label" else 1) for answer in answers]
    for answer in answers if confidence else ():
        confidences = tuple(f"{value:.4f}" for value in answer.confidence)
        columns.append(confidences * (n if answer.kind == "label" else 1))
    return columns


def free_names(path: str, header: Iterable[str], names: Sequence[str]) -> Iterator[str]:
    """The names of new columns of the table at a path, changed where its header has them already."""
    taken = {*header}
    for name in names:
        free = name
        if name in taken:
            candidates = itertools.chain([f"{name}_predicted"], (f"{name}_predicted_{i}" for i in itertools.count(2)))
            free = next(candidate for candidate in candidates if candidate not in taken)
            log.warning("%s has a column %s: the predicted one is written as %s", display_path(path), name, free)
        taken.add(free)
        yield free


def _check_columns(first: Sentence, sentence: Sentence) -> None:
    """Refuse a table with other columns than the first.

    Raises:
        DataError: the columns or their delimiter differ; names both files.
    """
    if (sentence.row_columns, sentence.row_delimiter) != (first.row_columns, first.row_delimiter):
        raise DataError(
            f"{sentence.path}: has other columns than {first.path}, and the output is one table",
            "tag each file alone, or with --format jsonl",
        )


def _break_between(last: Sentence, sentence: Sentence) -> str:
    """A blank line, if there is one between two sentences, or they are from different files."""
    end = last.token_lines[-1] if last.token_lines else last.line
    return "" if sentence.path == last.path and sentence.line <= end + 1 else "\n"


def _input_rows(tagged: Tagged, confidence: bool) -> str:
    """The rows of a sentence as they were, with its answers."""
    sentence = tagged.sentence
    width, delimiter = len(sentence.row_columns), sentence.row_delimiter
    added = zip(*_values(tagged, confidence), strict=True)
    cells = (_cells(line, delimiter) for line, is_token in sentence.rows or () if is_token)
    rows = [[*row[:width], *[""] * (width - len(row)), *values] for row, values in zip(cells, added, strict=True)]
    return _table(rows, delimiter, tagged)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])


def _table(rows: Sequence[Sequence[str]], delimiter: str, tagged: Tagged | None = None) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    table = text.getvalue()
    if "\r" in table and tagged is not None:
        refuse(tagged, "a table", "\r", [tuple(row) for row in rows])
    return table

"""Labels of sentences in files with a row per token: in a comment before the rows, or in a column that they share."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from tagger.corpus.cell_pickers import LabelPicker
from tagger.corpus.column_names import did_you_mean
from tagger.corpus.layout import Row, Rows
from tagger.corpus.limits import N_CHARACTERS
from tagger.errors import DataError

SKIP_SENTENCES = 'for a few such sentences, data.bad_rows = "skip" skips them'
MAX_SHOWN = 6  # keys of comments in a message
BLANK = ("", "_")  # cells that hold no label


def parse_comment(line: str) -> tuple[str, str] | None:
    """Parse a comment into key and value; None if it has none.

    >>> parse_comment("# intent = PlayMusic"), parse_comment("#a=b=c"), parse_comment("# text")
    (('intent', 'PlayMusic'), ('a', 'b=c'), None)
    """
    key, equals, value = line.removeprefix("#").partition("=")
    return (key.strip(), value.strip()) if equals and line.startswith("#") else None


def comment_keys(rows: Iterable[Row | None]) -> set[str]:
    """Keys of all comments among some rows."""
    lines = (row[1] for row in rows if row is not None and row[2] is None)
    return {comment[0] for comment in map(parse_comment, lines) if comment}


def require_labels(rows: Rows, pickers: Sequence[LabelPicker], path: str) -> Rows:
    """Refuse a file that has a label nowhere: its key or column is the wrong one.

    Rows are read ahead up to the first of each label, or up to `N_CHARACTERS`.

    Args:
        rows: all rows of the file.
        pickers: where the labels are.
        path: path of the file, for messages.

    Raises:
        DataError: no sentence has one of the labels; names the keys of the comments that there are.
    """
    ahead: list[Row | None] = []
    n_characters = 0
    for picker in pickers:
        if not any(_has_label(row, picker) for row in ahead):
            for row in rows:
                ahead.append(row)
                n_characters += 1 if row is None else len(row[1])
                if _has_label(row, picker) or n_characters > N_CHARACTERS:
                    break
            else:
                if any(row and row[2] for row in ahead):  # else there is no sentence either
                    raise _no_labels(ahead, picker, path)
    return chain(ahead, rows)


def _has_label(row: Row | None, picker: LabelPicker) -> bool:
    """Whether a row or comment has a label, or an empty one or too few cells, which the reader reports."""
    if row is None:
        return False
    _, line, cells, _ = row
    if cells is None:
        comment = parse_comment(line) if picker.key is not None else None
        return comment is not None and comment[0] == picker.key
    try:
        return bool(cells) and picker.pick is not None and picker.pick(cells).strip() not in BLANK
    except IndexError:
        return True


def _no_labels(rows: Sequence[Row | None], picker: LabelPicker, path: str) -> DataError:
    """The error for a label that no sentence has."""
    title = picker.answer.title
    if picker.key is None:
        problem = f"{path}: {title}: column {picker.answer.column}: no sentence has a label"
        return DataError(problem, _other_column(picker))
    lines = (row[1] for row in rows if row is not None and (row[2] is None or "\t" not in row[1]))
    keys = [*dict.fromkeys(comment[0] for comment in map(parse_comment, lines) if comment)]
    shown = ", ".join(f"`{key}`" for key in keys[:MAX_SHOWN]) + (", …" if len(keys) > MAX_SHOWN else "")
    there = f"the comments have {shown}" if keys else "there are no comments of this kind"
    meant = did_you_mean(picker.key, {*picker.names, *keys})
    return DataError(
        f"{path}: {title}: no sentence has a comment `# {picker.key} = …` before it; {there}{meant}",
        f"set {picker.answer.key} to the key of such comments, or to a column",
    )


def find_label(
    block: Sequence[Row], picker: LabelPicker, path: str, skip_row: Callable[[int, DataError], None]
) -> str | None:
    """Find the label of a sentence; None if it has none or two, and the sentence is skipped.

    Args:
        block: rows and comments of the sentence; what precedes a blank line is not part of it.
        picker: where the label is.
        path: path of the file, for messages.
        skip_row: function that raises an error, or notes it with its line to skip the sentence.

    Raises:
        DataError: the sentence has no label or two; names the line.
    """
    title, label = picker.answer.title, ""
    where = "" if picker.key else f"column {picker.answer.column}: "
    for number, value in _values(block, picker):
        if value in BLANK:
            continue
        label = label or value
        if value != label:
            problem = f"{title}: {where}the sentence has two labels, {label!r} and {value!r}"
            hint = "put a blank line after each sentence" if picker.key else _other_column(picker)
            skip_row(number, DataError(f"{path}:{number}: {problem}", f"{hint}; {SKIP_SENTENCES}"))
            return None
    if not label:
        first = next(number for number, _, cells, _ in block if cells)
        skip_row(first, _no_label(block, picker, f"{path}:{first}: {title}: {where}the sentence has no label"))
    return label or None


def _values(block: Sequence[Row], picker: LabelPicker) -> Iterator[tuple[int, str]]:
    """Yield the number of its line and each value of a label: those of comments, or else those of rows."""
    values: list[tuple[int, str]] = []
    if picker.key is not None:
        for number, line, cells, _ in block:
            if cells is None:
                comment = parse_comment(line)
                if comment and comment[0] == picker.key:
                    values.append((number, comment[1]))
                elif not line:
                    values.clear()
    if picker.pick is not None and not any(value not in BLANK for _, value in values):
        values = [(number, picker.pick(cells).strip()) for number, _, cells, _ in block if cells]
    yield from values


def _no_label(block: Sequence[Row], picker: LabelPicker, problem: str) -> DataError:
    if picker.key is None:
        return DataError(problem, f"{_other_column(picker)}; {SKIP_SENTENCES}")
    meant = did_you_mean(picker.key, {*picker.names, *comment_keys(block)} - {picker.key})
    return DataError(
        f"{problem}: there is no comment `# {picker.key} = …` before it{meant}",
        f"write its label in the line above: # {picker.key} = LABEL; {SKIP_SENTENCES}",
    )


def _other_column(picker: LabelPicker) -> str:
    return f"set {picker.answer.key} to another column"

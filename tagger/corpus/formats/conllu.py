"""CoNLL-U, the format of Universal Dependencies, and its variants with other columns: see `conllu_columns`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from operator import itemgetter

from tagger.corpus.answer_columns import is_per_token, named_location, refuse_answers_as_inputs, requested_answers
from tagger.corpus.cell_pickers import CellPicker, CellPickers, LabelPicker, TagPicker
from tagger.corpus.conllu_columns import (
    FIELDS,
    canonical_column,
    detect_columns,
    has_further_cells,
    is_id,
    is_key,
    is_word_line,
    missing_column,
    out_of_range,
    pair_indices,
    parse_global_columns,
    picker,
)
from tagger.corpus.conllu_writer import tag_column, write_sentence
from tagger.corpus.formats import FileFormat, Source
from tagger.corpus.layout import DOCUMENT, AnswerColumn, Column, Layout, Rows
from tagger.corpus.rows import sentences_of_tokens
from tagger.corpus.sentence import Sentence
from tagger.corpus.svo import Extent, rows_with_svo
from tagger.errors import DataError

SVO_EXTENTS: dict[str, Extent] = {"svo": "head", "svo-subtree": "subtree"}  # columns of tags derived from the trees
DOCUMENT_MARK = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*?))?\s*")
SPACES_TO_TABS = r"sed -E '/^#/!{s/[ \t]+$//; s/[ \t]+/\t/g}' OLD >NEW"
AS_COLUMNS = 'a file of other columns is read with data.format = "columns"'


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentences of a CoNLL-U file.

    Raises:
        DataError: as for `read_rows`; the file lacks a column, or a token or tag is empty.
        ConfigError: the index of a column is out of range, or the column of tags is also an input.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    source.end_sentence()
    ahead: list[str] = []
    lines = iter(source.lines)
    columns = detect_columns(_copied(lines, ahead)) or FIELDS
    names = tuple(column for column in columns if isinstance(column, str))
    token: Column = "form" if layout.token is None else layout.token
    answers = requested_answers(layout, "upos", tagged=tagged)
    refuse_answers_as_inputs(
        layout, path, token=token, answers=answers, identify=partial(canonical_column, names=names)
    )
    rows = read_rows(chain(ahead, lines), path, skip_row=source.skip_row)
    requested = [token, *layout.numeric, *layout.columns, *(answer.column for answer in answers)]
    last = max((column for column in requested if isinstance(column, int)), default=0)
    if names == FIELDS and last >= len(FIELDS):
        rows = _require_column(rows, last)
    derived = [name for name in SVO_EXTENTS if any(a.column == name and is_per_token(a) for a in answers)]
    for name in derived:  # their tags become the last cells of each row
        rows = rows_with_svo(rows, path, extent=SVO_EXTENTS[name], fields=_fields(names, path))

    def picker_of(column: Column, answer: AnswerColumn | None = None) -> CellPicker:
        if derived and isinstance(column, int) and -len(names) <= column < 0:
            column += len(names)
        return picker(column, names, named_location(path, answer))

    def named_picker(column: Column) -> tuple[str, CellPicker]:
        return str(column), picker_of(column)

    def tag_picker(answer: AnswerColumn, column: Column) -> TagPicker:
        if column in derived:
            return TagPicker(answer, itemgetter(derived.index(str(column)) - len(derived)))
        return TagPicker(answer, picker_of(column, answer))

    def label_picker(answer: AnswerColumn, column: Column) -> LabelPicker:
        if isinstance(column, int) or column.lower() in names:
            return LabelPicker(answer, pick=picker_of(column, answer))
        has_keys = is_key(column) and pair_indices(names)
        return LabelPicker(answer, column, picker_of(column) if has_keys else None, names)

    pickers = CellPickers(
        token=picker_of(token),
        tags=tuple(tag_picker(a, a.column) for a in answers if is_per_token(a) and a.column is not None),
        numeric=tuple(map(named_picker, layout.numeric)),
        columns=tuple(map(named_picker, layout.columns)),
        group=None if layout.group is None or layout.group == DOCUMENT else named_picker(layout.group),
        labels=tuple(label_picker(a, a.column) for a in answers if not is_per_token(a) and a.column is not None),
        by_document=layout.group == DOCUMENT,
        width=len(names),
        n_cells=0 if derived or columns != FIELDS else len(FIELDS),
    )
    sentences = sentences_of_tokens(rows, pickers, source)
    return sentences if names == FIELDS else (replace(sentence, row_columns=names) for sentence in sentences)


def _copied(lines: Iterable[str], copy: list[str]) -> Iterator[str]:
    """Yield lines, and append each to a list."""
    for line in lines:
        copy.append(line)
        yield line


def read_rows(lines: Iterable[str], path: str, *, skip_row: Callable[[int, DataError], None] | None = None) -> Rows:
    """Read the rows of a CoNLL-U file; only words are tokens, not ranges (`1-2`), empty nodes (`8.1`) and comments.

    Args:
        lines: lines of the file.
        path: path of the file, for messages.
        skip_row: called for a row that cannot be read, with its line number and the error; may raise the error. None:
            the error is raised.

    Raises:
        DataError: a row lacks a column, of the ten or of `# global.columns`, or a word id; names the line.
    """
    columns, has_rows = None, False
    width, id_index = len(FIELDS), 0
    for number, line in enumerate(lines, 1):
        if not line.strip("\t "):
            yield None
        elif line[0] == "#":
            if names := parse_global_columns(line):
                if has_rows and names != columns:
                    raise DataError(
                        f"{path}:{number}: the columns differ from those above: {line[:80]!r}", "split the file here"
                    )
                columns, width = names, len(names)
                id_index = names.index("id") if "id" in names else -1
            mark = DOCUMENT_MARK.fullmatch(line) if "newdoc" in line else None
            yield number, line, None, mark and (mark[1] or "")
        else:
            cells = line.split("\t")
            error = None
            word_id = cells[id_index] if 0 <= id_index < len(cells) else "1"
            if len(cells) != width and (columns or not has_further_cells(cells)):
                error = _wrong_width(line, width, f"{path}:{number}", is_first=not has_rows)
            elif not is_id(word_id):
                where = "column ID" if columns else "the first column"
                error = DataError(f"{path}:{number}: expected a word id in {where}, got {word_id!r}")
            if error:
                if skip_row is None:
                    raise error
                skip_row(number, error)
                yield number, line, [], None
                continue
            has_rows, is_word = True, word_id.isdecimal()
            yield number, line, cells if is_word else None, None


def _wrong_width(line: str, width: int, location: str, *, is_first: bool) -> DataError:
    cells = line.split()
    if "\t" not in line and len(cells) == width and is_id(cells[0]):
        return DataError(
            f"{location}: columns of CoNLL-U are delimited by TAB, got spaces: {line[:80]!r}", SPACES_TO_TABS
        )
    n_cells = line.count("\t") + 1
    return DataError(
        f"{location}: expected {width} columns delimited by TAB, got {n_cells}: {line[:80]!r}",
        AS_COLUMNS if is_first else None,
    )


def _require_column(rows: Rows, column: int) -> Rows:
    """Pass rows on, and check that one of them has a column after the ten.

    Raises:
        ConfigError: none has it.
    """
    widest = len(FIELDS)
    for row in rows:
        if row and row[2]:
            widest = max(widest, len(row[2]))
        yield row
    if column >= widest:
        raise out_of_range(column, widest)


def _fields(names: Sequence[str], path: str) -> Callable[[list[str]], list[str]]:
    """Function from the cells of a row to the ten fields, `_` for those that the file lacks."""
    for name in ("id", "upos", "head", "deprel"):
        if name not in names:
            raise missing_column(name, names, path)
    indices = [names.index(name) if name in names else None for name in FIELDS]
    return lambda cells: ["_" if index is None else cells[index] for index in indices]


def _recognises(line: str) -> bool:
    """Whether a line names columns or is a row; also with spaces between the ten fields, which `read_rows` refuses."""
    cells = line.split() if "\t" not in line else []
    is_spaced_row = len(cells) == len(FIELDS) and is_word_line("\t".join(cells))
    return bool(parse_global_columns(line)) or is_word_line(line) or is_spaced_row


def write(tagged: Iterable[Sentence], layout: Layout) -> Iterator[str]:
    """Write sentences with their tags in the column of `tag_column`."""
    column = tag_column(layout)
    return (write_sentence(sentence, column) for sentence in tagged)


FORMAT = FileFormat(
    read=read,
    write=write,
    suffixes=(".conllu", ".conllup", ".cupt"),
    recognises=_recognises,
    keys=frozenset({"token", "tag", "numeric", "columns", "group", "answers"}),
    tag="upos",
    is_optional=is_key,
    keeps_rows=True,
    not_converted=lambda *_: ["the other fields of CoNLL-U", "its comments"],
)

"""CoNLL-U, the format of Universal Dependencies, and its kin with other columns.

CoNLL-U Plus, such as PARSEME's `.cupt`, names its columns in `# global.columns`. Universal Propositions have further
columns behind the ten, in each sentence as many as it has predicates.

Source: https://universaldependencies.org/format.html and https://universaldependencies.org/ext-format.html.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter

from tagger.corpus.formats import FileFormat, Source
from tagger.corpus.layout import DOCUMENT, SAID_BY_JSONL, Column, Layout, Rows, refuse_tag_as_input
from tagger.corpus.rows import Choice, Choose, sentences
from tagger.corpus.sentence import Sentence
from tagger.corpus.svo import Extent, rows_with_svo
from tagger.errors import ConfigError, DataError

# Tags that are no column of a file, but told by its trees.
SVO_EXTENTS: dict[str, Extent] = {"svo": "head", "svo-subtree": "subtree"}
FIELDS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
DOCUMENT_MARK = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*?))?\s*")
COLUMNS_MARK = re.compile(r"#\s*global\.columns\s*=\s*(\S.*)")
NO_WORD = re.compile(r"\d+-\d+|\d+\.\d+")  # a range of words written as one, an empty node
CELL_END = re.compile(r"[\t\r\n]")
SPACES_TO_TABS = r"sed -E '/^#/!{s/[ \t]+$//; s/[ \t]+/\t/g}' OLD >NEW"
AS_COLUMNS = 'a file of other columns is read with data.format = "columns"'


def read(source: Source) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file.

    Raises:
        DataError: as `read_rows`; also where the file lacks a column, or a token or tag is empty.
        ConfigError: there is no such index, or the column of tags is an input, too.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    ahead: list[str] = []
    lines = iter(source.lines)
    columns = columns_of(_kept(lines, ahead)) or FIELDS
    names = tuple(column for column in columns if isinstance(column, str))
    token_name: Column = "form" if layout.token is None else layout.token
    tag_name: Column = "upos" if layout.tag is None else layout.tag

    def choose(column: Column) -> Choose:
        return chooser(column, names, path)

    def field(column: Column) -> str:
        """The column that a name or an index means; a key as it is."""
        if isinstance(column, int):
            return names[column] if -len(names) <= column < len(names) else str(column)
        return column.lower() if column.lower() in names else column

    if tagged:
        refuse_tag_as_input(layout, path, token=token_name, tag=tag_name, place_of=field)
    rows = read_rows(chain(ahead, lines), path, leave_out=source.leave_out)
    chosen = [token_name, *layout.numeric, *layout.columns, *([tag_name] if tagged else [])]
    if names == FIELDS and (beyond := max((c for c in chosen if isinstance(c, int)), default=0)) >= len(FIELDS):
        rows = _reaching(rows, beyond)
    extent = SVO_EXTENTS.get(tag_name) if tagged and isinstance(tag_name, str) else None
    if extent:
        rows = rows_with_svo(rows, path, extent=extent, fields=_fields(names, path))
    choice = Choice(
        token=choose(token_name),
        tag=None if not tagged else itemgetter(-1) if extent else choose(tag_name),
        numeric=tuple((str(name), choose(name)) for name in layout.numeric),
        columns=tuple((str(name), choose(name)) for name in layout.columns),
        group=None if layout.group in (None, DOCUMENT) else (str(layout.group), choose(layout.group)),
        by_document=layout.group == DOCUMENT,
        width=len(names),
        n_cells=0 if extent or columns != FIELDS else len(FIELDS),
    )
    found = sentences(rows, choice, source)
    return found if names == FIELDS else (replace(sentence, row_columns=names) for sentence in found)


def _kept(lines: Iterable[str], ahead: list[str]) -> Iterator[str]:
    for line in lines:
        ahead.append(line)
        yield line


def columns_of(lines: Iterable[str]) -> tuple[Column, ...] | None:
    """The columns of CoNLL-U, told by `# global.columns` or the first row; no line behind these is read.

    Columns have their names in lower case, those behind the ten that have none their index. None where the lines are
    of no such file.
    """
    for line in lines:
        if names := named_columns(line):
            return names
        if line.strip("\t ") and line[0] != "#":
            return (*FIELDS, *range(len(FIELDS), line.count("\t") + 1)) if is_word_line(line) else None
    return None


def named_columns(line: str) -> tuple[str, ...] | None:
    """The columns that a comment of CoNLL-U Plus names, in lower case; None where the line is no such comment."""
    mark = COLUMNS_MARK.fullmatch(line) if "global.columns" in line else None
    return tuple(mark[1].lower().split()) if mark else None


def read_rows(lines: Iterable[str], path: str, *, leave_out: Callable[[int, DataError], None] | None = None) -> Rows:
    """The word lines of a CoNLL-U file; ranges (`1-2`), empty nodes (`8.1`) and comments are no tokens.

    Args:
        lines: of the file.
        path: for messages.
        leave_out: what to do about the line of a row that cannot be read; it may raise the error. None: raise it.

    Raises:
        DataError: names the line that has not the columns, ten or those of `# global.columns`, or no word id.
    """
    columns, is_begun = None, False
    width, id_place = len(FIELDS), 0
    for number, line in enumerate(lines, 1):
        if not line.strip("\t "):
            yield None
        elif line[0] == "#":
            if names := named_columns(line):
                if is_begun and names != columns:
                    raise DataError(f"{path}:{number}: other columns than above: {line[:80]!r}", "split the file here")
                columns, width = names, len(names)
                id_place = names.index("id") if "id" in names else -1
            mark = DOCUMENT_MARK.fullmatch(line) if "newdoc" in line else None
            yield number, line, None, mark and (mark[1] or "")
        else:
            cells = line.split("\t")
            error = None
            word_id = cells[id_place] if 0 <= id_place < len(cells) else "1"
            if len(cells) != width and (columns or not _has_more(cells)):
                error = _not_as_many(line, width, f"{path}:{number}", is_first=not is_begun)
            elif not _is_id(word_id):
                where = "column ID" if columns else "the first column"
                error = DataError(f"{path}:{number}: expected a word id in {where}, got {word_id!r}")
            if error:
                if leave_out is None:
                    raise error
                leave_out(number, error)
                yield number, line, [], None
                continue
            is_begun, is_word = True, word_id.isdecimal()
            yield number, line, cells if is_word else None, None


def _not_as_many(line: str, width: int, place: str, *, is_first: bool) -> DataError:
    cells = line.split()
    if "\t" not in line and len(cells) == width and _is_id(cells[0]):
        return DataError(f"{place}: CoNLL-U has TAB between its columns, got spaces: {line[:80]!r}", SPACES_TO_TABS)
    n_cells = line.count("\t") + 1
    return DataError(
        f"{place}: expected {width} columns parted by TAB, got {n_cells}: {line[:80]!r}",
        AS_COLUMNS if is_first else None,
    )


def _has_more(cells: Sequence[str]) -> bool:
    """Whether cells are the ten, HEAD and DEPREL in their places, and more of which none is empty."""
    if len(cells) <= len(FIELDS) or not all(cells[len(FIELDS) :]):
        return False
    return (cells[6].isdecimal() or cells[6] == "_") and not (cells[7].isdecimal() or cells[8].isdecimal())


def _reaching(rows: Rows, column: int) -> Rows:
    """The rows, some of which should have a column behind the ten.

    Raises:
        ConfigError: none has it.
    """
    widest = len(FIELDS)
    for row in rows:
        if row and row[2]:
            widest = max(widest, len(row[2]))
        yield row
    if column >= widest:
        raise _no_index(column, widest)


def _no_index(column: int, n_columns: int) -> ConfigError:
    return ConfigError(f"columns of CoNLL-U go by name, or by index from 0 to {n_columns - 1}, got {column}")


def _fields(names: Sequence[str], path: str) -> Callable[[list[str]], list[str]]:
    """The ten fields of a row, `_` for those that the file lacks."""
    for name in ("id", "upos", "head", "deprel"):
        if name not in names:
            raise _no_column(name, names, path)
    places = [names.index(name) if name in names else -1 for name in FIELDS]
    return lambda cells: [cells[place] if place >= 0 else "_" for place in places]


def _no_column(name: str, names: Sequence[str], path: str) -> DataError:
    return DataError(f"{path}: there is no column {name!r}; the file has {', '.join(names)}")


def chooser(column: Column, names: Sequence[str], path: str) -> Choose:
    """Picks a column by name or index; any other name is a key of FEATS or MISC, `_` where a word lacks it.

    So is a column behind the ten where a row has fewer.

    Raises:
        ConfigError: there is no such index.
        DataError: the file has no such column.
    """
    if isinstance(column, int):
        if names == FIELDS and column >= len(FIELDS):
            return lambda cells: cells[column] if column < len(cells) else "_"
        if not -len(names) <= column < len(names):
            raise _no_index(column, len(names))
        return itemgetter(column)
    if column.lower() in names:
        return itemgetter(names.index(column.lower()))
    pairs = _pair_places(names)
    if not is_key(column) or not pairs:
        raise _no_column(column, names, path)
    value_of = re.compile(rf"(?:^|\|){re.escape(column)}=([^|]*)").search

    def choose(cells: list[str]) -> str:
        found = next(filter(None, (value_of(cells[place]) for place in pairs)), None)
        return found[1] if found else "_"

    return choose


def is_word_line(line: str) -> bool:
    """Whether a line has the ten columns, or more, the first of them the id of a word, a range or an empty node."""
    cells = line.split("\t")
    return _is_id(cells[0]) and (len(cells) == len(FIELDS) or _has_more(cells))


def _is_id(cell: str) -> bool:
    return bool(cell.isdecimal() or NO_WORD.fullmatch(cell))


def _recognises(line: str) -> bool:
    """Whether a line names columns, or is a word's; also where spaces delimit the ten, which the reader refuses."""
    cells = line.split() if "\t" not in line else []
    return bool(named_columns(line)) or is_word_line(line) or (is_word_line("\t".join(cells)) and len(cells) == 10)


def is_key(column: Column) -> bool:
    """Whether a column is a key of FEATS or MISC, which not every word has."""
    return isinstance(column, str) and column.lower() not in FIELDS


def tag_column(layout: Layout) -> Column:
    """Where CoNLL-U gets tags that were read so: where they stood, or under a key of MISC."""
    if layout.format == "conllu":
        return "upos" if layout.tag is None else layout.tag
    is_own_key = isinstance(layout.tag, str) and is_key(layout.tag) and not re.search(r"[\t\r\n|=]", layout.tag)
    return str(layout.tag) if is_own_key else "Tag"


def write(tagged: Iterable[Sentence], layout: Layout) -> Iterator[str]:
    """The sentences with their tags in the column that they were read from, see `tag_column`."""
    column = tag_column(layout)
    return (write_sentence(sentence, column) for sentence in tagged)


def write_sentence(sentence: Sentence, column: Column, *, confidence: Sequence[float] | None = None) -> str:
    """The lines of a sentence, with its tags in a column; all else as it was read, or `_`.

    Args:
        sentence: tagged.
        column: by name or index; any other name is a key, which is set in FEATS where a word has it there, else in
            MISC.
        confidence: per token, goes to MISC.

    Raises:
        DataError: a token or tag holds a TAB or a line end, or a tag that goes to MISC `|`; or the file has no MISC.
    """
    rows, names, tags = sentence.rows, sentence.row_columns or FIELDS, sentence.tags or ()
    if rows is None:
        if token := next(filter(CELL_END.search, sentence.tokens), None):
            raise DataError(f"{sentence.place}: CoNLL-U cannot say {token!r}", SAID_BY_JSONL)
        rows = tuple(("\t".join((str(i), token, *"________")), True) for i, token in enumerate(sentence.tokens, 1))
    place = column if isinstance(column, int) else None
    if isinstance(column, str) and column.lower() in names:
        place = names.index(column.lower())
    pairs = _pair_places(names)
    for tag in dict.fromkeys(tags):
        if CELL_END.search(tag) or (place is None and "|" in tag):
            where = " in MISC" if place is None else ""
            raise DataError(f"{sentence.place}: CoNLL-U cannot say the tag {tag!r}{where}", SAID_BY_JSONL)
    if not pairs and (place is None or confidence is not None):
        raise DataError(
            f"{sentence.place}: the file has no column MISC, where {'confidence' if confidence else column} goes",
            SAID_BY_JSONL,
        )
    scores: Sequence[float | None] = [None] * len(sentence) if confidence is None else confidence
    steps = iter(zip(tags, scores, strict=True))
    lines = []
    for line, is_token in rows:
        if is_token is None:
            continue
        if is_token:
            tag, score = next(steps)
            cells = line.split("\t")
            if place is None:
                _set_pair(cells, pairs, str(column), tag)
            elif place < len(cells):
                cells[place] = tag
            elif tag != "_":
                cells += [*["_"] * (place - len(cells)), tag]
            if score is not None:
                _set_pair(cells, pairs[-1:], "Confidence", f"{score:.4f}")
            line = "\t".join(cells)
        lines.append(f"{line}\n")
    return "".join(lines) + "\n"


def _pair_places(names: Sequence[str]) -> list[int]:
    """The places of FEATS and MISC."""
    return [names.index(name) for name in ("feats", "misc") if name in names]


def _set_pair(cells: list[str], places: Sequence[int], key: str, value: str) -> None:
    """Sets a key's value where the key stands, or at the end of the last of some cells; `_` takes it away."""
    place = next((place for place in places if f"|{key}=" in f"|{cells[place]}"), places[-1])
    pairs = [pair for pair in cells[place].split("|") if pair != "_"]
    at = next((i for i, pair in enumerate(pairs) if pair.partition("=")[0] == key), len(pairs))
    pairs[at : at + 1] = [] if value == "_" else [f"{key}={value}"]
    cells[place] = "|".join(pairs) or "_"


FORMAT = FileFormat(
    read=read,
    write=write,
    suffixes=(".conllu", ".conllup", ".cupt"),
    recognises=_recognises,
    keys=frozenset({"token", "tag", "numeric", "columns", "group"}),
    tag="upos",
    is_optional=is_key,
    keeps_rows=True,
    left_out=lambda *_: ["the other fields of CoNLL-U", "its comments"],
)

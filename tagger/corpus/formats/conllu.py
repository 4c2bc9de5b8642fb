"""CoNLL-U, the format of Universal Dependencies: https://universaldependencies.org/format.html."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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
NO_WORD = re.compile(r"\d+-\d+|\d+\.\d+")  # a range of words written as one, an empty node


def read(source: Source) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file.

    Raises:
        DataError: names the line that has not ten columns or no word id, or a token or tag that is empty.
        ConfigError: there is no such column, or that of tags is an input, too.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    token_name: Column = "form" if layout.token is None else layout.token
    tag_name: Column = "upos" if layout.tag is None else layout.tag
    rows, tag = read_rows(source.lines, path, leave_out=source.leave_out), chooser(tag_name)
    if tagged:
        refuse_tag_as_input(layout, path, token=token_name, tag=tag_name, place_of=_field)
    if tagged and isinstance(layout.tag, str) and layout.tag in SVO_EXTENTS:
        rows, tag = rows_with_svo(rows, path, extent=SVO_EXTENTS[layout.tag]), itemgetter(len(FIELDS))
    choice = Choice(
        token=chooser(token_name),
        tag=tag if tagged else None,
        numeric=tuple((str(name), chooser(name)) for name in layout.numeric),
        columns=tuple((str(name), chooser(name)) for name in layout.columns),
        group=None if layout.group in (None, DOCUMENT) else (str(layout.group), chooser(layout.group)),
        by_document=layout.group == DOCUMENT,
        width=len(FIELDS),
    )
    return sentences(rows, choice, source)


def read_rows(lines: Iterable[str], path: str, *, leave_out: Callable[[int, DataError], None] | None = None) -> Rows:
    """The word lines of a CoNLL-U file; ranges (`1-2`), empty nodes (`8.1`) and comments are no tokens.

    Args:
        lines: of the file.
        path: for messages.
        leave_out: what to do about the line of a row that cannot be read; it may raise the error. None: raise it.

    Raises:
        DataError: names the line that has not ten columns or no word id.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip("\t "):
            yield None
        elif line[0] == "#":
            mark = DOCUMENT_MARK.fullmatch(line) if "newdoc" in line else None
            yield number, line, None, mark and (mark[1] or "")
        else:
            cells = line.split("\t")
            is_word = cells[0].isdecimal()
            if len(cells) != len(FIELDS) or not (is_word or NO_WORD.fullmatch(cells[0])):
                is_short = f"expected 10 columns parted by TAB, got {len(cells)}: {line[:80]!r}"
                has_no_id = f"expected a word id in the first column, got {cells[0]!r}"
                error = DataError(f"{path}:{number}: {is_short if len(cells) != len(FIELDS) else has_no_id}")
                if leave_out is None:
                    raise error
                leave_out(number, error)
                yield number, line, [], None
                continue
            yield number, line, cells if is_word else None, None


def chooser(column: Column) -> Choose:
    """Picks a field by name or index; any other name is a key of FEATS or MISC, `_` where a word lacks it.

    Raises:
        ConfigError: there is no such index.
    """
    if isinstance(column, str) and column.lower() not in FIELDS:
        value_of = re.compile(rf"(?:^|\|){re.escape(column)}=([^|]*)").search

        def choose(cells: list[str]) -> str:
            found = value_of(cells[5]) or value_of(cells[9])
            return found[1] if found else "_"

        return choose
    if isinstance(column, int) and not -len(FIELDS) <= column < len(FIELDS):
        raise ConfigError(f"columns of CoNLL-U go by name, or by index from 0 to {len(FIELDS) - 1}, got {column}")
    return itemgetter(column if isinstance(column, int) else FIELDS.index(column.lower()))


def _field(column: Column) -> str:
    """The field that a name or an index means; a key as it is."""
    if isinstance(column, int):
        return FIELDS[column] if -len(FIELDS) <= column < len(FIELDS) else str(column)
    return column if is_key(column) else column.lower()


def is_word_line(line: str) -> bool:
    """Whether a line has ten columns, the first of them the id of a word, a range or an empty node."""
    cells = line.split("\t")
    return len(cells) == len(FIELDS) and bool(cells[0].isdecimal() or NO_WORD.fullmatch(cells[0]))


def is_key(column: Column) -> bool:
    """Whether a column is a key of FEATS or MISC, which not every word has."""
    return isinstance(column, str) and column.lower() not in FIELDS


def tag_column(layout: Layout) -> str:
    """Where CoNLL-U gets tags that were read so: where they stood, or under a key of MISC."""
    if layout.format == "conllu":
        return FIELDS[layout.tag] if isinstance(layout.tag, int) else layout.tag or "upos"
    is_own_key = isinstance(layout.tag, str) and layout.tag.lower() not in FIELDS
    return str(layout.tag) if is_own_key else "Tag"


def write(tagged: Iterable[Sentence], layout: Layout) -> Iterator[str]:
    """The sentences with their tags in the column that they were read from, see `tag_column`."""
    column = tag_column(layout)
    return (write_sentence(sentence, column) for sentence in tagged)


def write_sentence(sentence: Sentence, column: str, *, confidence: Sequence[float] | None = None) -> str:
    """The lines of a sentence, with its tags in a column; all else as it was read, or `_`.

    Args:
        sentence: tagged.
        column: a field; any other name is a key, which is set in FEATS where a word has it there, else in MISC.
        confidence: per token, goes to MISC.

    Raises:
        DataError: a tag holds a TAB or a line end, or goes to MISC and holds `|`.
    """
    rows = sentence.rows or tuple(
        ("\t".join((str(i), re.sub(r"[\t\r\n]", " ", token), *"________")), True)
        for i, token in enumerate(sentence.tokens, 1)
    )
    tags = sentence.tags or ()
    field = FIELDS.index(column.lower()) if column.lower() in FIELDS else None
    for tag in dict.fromkeys(tags):
        if re.search(r"[\t\r\n|]" if field is None else r"[\t\r\n]", tag):
            where = " in MISC" if field is None else ""
            raise DataError(f"{sentence.place}: CoNLL-U cannot say the tag {tag!r}{where}", SAID_BY_JSONL)
    scores: Sequence[float | None] = [None] * len(sentence) if confidence is None else confidence
    steps = iter(zip(tags, scores, strict=True))
    lines = []
    for line, is_token in rows:
        if is_token is None:
            continue
        if is_token:
            tag, score = next(steps)
            line = _with_tag(line, tag, field, column)
            line = line if score is None else _with_confidence(line, score)
        lines.append(f"{line}\n")
    return "".join(lines) + "\n"


def _with_tag(line: str, tag: str, field: int | None, column: str) -> str:
    """The line with a tag in a field, or under a key: in FEATS if the word has it there, else in MISC."""
    if field is not None:
        cells = line.split("\t", field + 1)
        cells[field] = tag
    else:
        cells = line.split("\t")
        cell = 5 if f"|{column}=" in f"|{cells[5]}" else 9
        cells[cell] = _with_pair(cells[cell], column, tag)
    return "\t".join(cells)


def _with_confidence(line: str, confidence: float) -> str:
    others, _, misc = line.rpartition("\t")
    return f"{others}\t{_with_pair(misc, 'Confidence', f'{confidence:.4f}')}"


def _with_pair(cell: str, key: str, value: str) -> str:
    """The cell of FEATS or MISC with a key's value set where the key stands, or at the end; `_` takes it away."""
    pairs = [pair for pair in cell.split("|") if pair != "_"]
    place = next((i for i, pair in enumerate(pairs) if pair.partition("=")[0] == key), len(pairs))
    pairs[place : place + 1] = [] if value == "_" else [f"{key}={value}"]
    return "|".join(pairs) or "_"


FORMAT = FileFormat(
    read=read,
    write=write,
    suffixes=(".conllu",),
    recognises=is_word_line,
    describe=lambda _: "CoNLL-U, ten columns and the first a word id",
    keys=frozenset({"token", "tag", "numeric", "columns", "group"}),
    tag="upos",
    is_optional=is_key,
    keeps_rows=True,
    left_out=lambda *_: ["the other fields of CoNLL-U", "its comments"],
)

"""Sentences to lines of CoNLL-U, with their tags in a column or under a key of FEATS or MISC."""

import logging
import re
from collections.abc import Mapping, Sequence

from tagger.corpus.conllu_columns import FIELDS, is_key, pair_indices
from tagger.corpus.labels import parse_comment
from tagger.corpus.layout import JSONL_HINT, AnswerColumn, Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

UPOS_NAMES = ("upos", "pos")  # columns of other formats that are written to UPOS, in lower case
OWN_FIELDS = ("lemma", "xpos", "feats")  # columns of answers of other formats that are written to the same field
TAG_KEY = "Tag"  # key of MISC for tags of a column whose name cannot be a key
CELL_END, LINE_END = re.compile(r"[\t\r\n]"), re.compile(r"[\r\n]")

Rows = tuple[tuple[str, bool | None], ...]  # as in `Sentence.rows`

log = logging.getLogger("tagger")


def tag_column(layout: Layout) -> Column:
    """Column to write the tags to: the one they were read from, if it was CoNLL-U, UPOS for a column of that name.

    The tags of any other column get a key of MISC.
    """
    if layout.format == "conllu":
        return "upos" if layout.tag is None else layout.tag
    if str(layout.tag).lower() in UPOS_NAMES:
        return "upos"
    return str(layout.tag) if _is_valid_key(layout.tag) else TAG_KEY


def answer_fields(layout: Layout, answers: Sequence[AnswerColumn]) -> dict[str, Column]:
    """Column to write each answer per token to, by name of its head.

    An answer that was read from CoNLL-U has its own column. Any other has LEMMA, UPOS, XPOS or FEATS if its column or
    its head has this name, else a key of MISC. No two answers have the same column.

    Args:
        layout: layout of the files that the answers were read from.
        answers: all answers, with their columns in any files.
    """
    own = {answer.name: answer.column for answer in layout.answers} if layout.format == "conllu" else {}
    columns: dict[str, Column] = {}
    for answer in answers:
        if answer.kind != "label":
            candidates = [own.get(answer.name), *map(_field, (answer.column, answer.name))]
            candidates += [column for column in (answer.column, answer.name) if _is_valid_key(column)]
            candidates += [f"{TAG_KEY}_{answer.name}"]
            columns[answer.name] = next(c for c in candidates if c is not None and c not in columns.values())
    return columns


def label_key(answer: AnswerColumn) -> str:
    """Key of the comment that holds a label: the name of its column, if a comment can hold it, else of its head."""
    column = answer.column
    return column if isinstance(column, str) and not re.search(r"[\t\r\n=]", column) else answer.name


def _field(column: Column | None) -> str | None:
    """The field of CoNLL-U for answers of other formats with a name; None if there is none."""
    name = str(column).lower()
    return "upos" if name in UPOS_NAMES else name if name in OWN_FIELDS else None


def _is_valid_key(column: Column | None) -> bool:
    return isinstance(column, str) and is_key(column) and not re.search(r"[\t\r\n|=]", column)


def log_tag_column(layout: Layout) -> None:
    """Log the key of MISC that the tags of another format are written to, if they are."""
    column = tag_column(layout)
    if layout.format != "conllu" and is_key(column):
        log.info("CoNLL-U: the tags are in MISC, as %s=TAG: only a column named upos or pos is written to UPOS", column)


def log_answer_fields(layout: Layout, answers: Sequence[AnswerColumn]) -> None:
    """Log the keys of MISC that answers of another format are written to, if any are."""
    columns = answer_fields(layout, answers)
    own = {answer.name for answer in layout.answers if answer.column is not None} if layout.format == "conllu" else ()
    keys = [f"{column}=…" for name, column in columns.items() if name not in own and is_key(column)]
    if keys:
        log.info(
            "CoNLL-U: in MISC: %s; only columns or heads named lemma, upos, xpos or feats have a field", ", ".join(keys)
        )


def write_sentence(sentence: Sentence, column: Column, *, confidence: Sequence[float] | None = None) -> str:
    """Write the lines of a sentence with its tags in a column; see `write_answers`.

    Raises:
        DataError: as for `write_answers`.
    """
    return write_answers(sentence, {column: sentence.tags or ()}, confidence=confidence)


def write_answers(
    sentence: Sentence,
    columns: Mapping[Column, Sequence[str]],
    comments: Sequence[str] = (),
    *,
    confidence: Sequence[float] | None = None,
) -> str:
    """Write the lines of a sentence with values in some columns and comments before them.

    All else is unchanged, or `_` if no rows were kept.

    Args:
        sentence: the sentence.
        columns: one value per token for each column, by name or index; any other name is a key, which is set in FEATS
            if a word has it there, else in MISC, after whole columns are written.
        comments: lines such as `# intent = PlayMusic`. Each replaces the comments of the sentence with its key, or else
            is put after them, before the rows.
        confidence: one value per token, written to MISC.

    Raises:
        DataError: a token or value holds a TAB or a line end, a value for MISC holds `|`, a comment holds a line end,
            or the file has no MISC.
    """
    rows, names = sentence.rows, sentence.row_columns or FIELDS
    if rows is None:
        if token := next(filter(CELL_END.search, sentence.tokens), None):
            raise DataError(f"{sentence.location}: CoNLL-U cannot hold {token!r}", JSONL_HINT)
        rows = tuple(("\t".join((str(i), token, *"________")), True) for i, token in enumerate(sentence.tokens, 1))
    indices = {column: _index(column, names) for column in columns}
    pairs = pair_indices(names)
    for column, index in indices.items():
        for tag in dict.fromkeys(columns[column]):
            if CELL_END.search(tag) or (index is None and "|" in tag):
                where = " in MISC" if index is None else ""
                raise DataError(f"{sentence.location}: CoNLL-U cannot hold the tag {tag!r}{where}", JSONL_HINT)
        if not pairs and (index is None or confidence is not None):
            raise DataError(
                f"{sentence.location}: the file has no column MISC for {'confidence' if confidence else column}",
                JSONL_HINT,
            )
    if any(
        len(values) != len(sentence) for values in (*columns.values(), *([] if confidence is None else [confidence]))
    ):
        raise ValueError("expected a value in each column, and a confidence if any, for each token")
    whole = [(index, columns[column]) for column, index in indices.items() if index is not None]
    keyed = [(str(column), columns[column]) for column, index in indices.items() if index is None]
    lines, step = [], 0
    for line, is_token in _with_comments(rows, comments, sentence.location):
        if is_token is None:
            continue
        if is_token:
            cells = line.split("\t")
            for index, values in whole:
                if index < len(cells):
                    cells[index] = values[step]
                elif values[step] != "_":
                    cells += [*["_"] * (index - len(cells)), values[step]]
            for key, values in keyed:
                _set_pair(cells, pairs, key, values[step])
            if confidence is not None:
                _set_pair(cells, pairs[-1:], "Confidence", f"{confidence[step]:.4f}")
            line = "\t".join(cells)
            step += 1
        lines.append(f"{line}\n")
    return "".join(lines) + "\n"


def _index(column: Column, names: Sequence[str]) -> int | None:
    """Index of a column; None for a key of FEATS or MISC."""
    if isinstance(column, int):
        return column
    return names.index(column.lower()) if column.lower() in names else None


def _with_comments(rows: Rows, comments: Sequence[str], location: str) -> Rows:
    """Rows of a sentence with further comments; what precedes a blank line is not part of the sentence."""
    if not comments:
        return rows
    if broken := next(filter(LINE_END.search, comments), None):
        raise DataError(f"{location}: a comment of CoNLL-U cannot hold {broken!r}", JSONL_HINT)
    start = max((i for i, (line, _) in enumerate(rows, 1) if not line), default=0)
    new = {_comment_key(line): line for line in comments}
    kept, left = [*rows[:start]], dict(new)
    for line, is_token in rows[start:]:
        is_comment = is_token is False and line.startswith("#")
        if not is_comment:
            kept += [(comment_line, False) for comment_line in left.values()]
            left = {}
        key = _comment_key(line)
        if not is_comment or key not in new:
            kept.append((line, is_token))
        elif key in left:
            kept.append((left.pop(key), False))
    return tuple(kept)


def _comment_key(line: str) -> str:
    """Key of a comment; the whole line if it has none."""
    comment = parse_comment(line)
    return comment[0] if comment else line


def _set_pair(cells: list[str], indices: Sequence[int], key: str, value: str) -> None:
    """Set `key=value` in the cell that has the key, else at the end of the last one; `_` removes the key.

    Args:
        cells: cells of a row, changed in place.
        indices: indices of the cells of pairs.
        key: key to set.
        value: new value.
    """
    index = next((index for index in indices if f"|{key}=" in f"|{cells[index]}"), indices[-1])
    pairs = [pair for pair in cells[index].split("|") if pair != "_"]
    at = next((i for i, pair in enumerate(pairs) if pair.partition("=")[0] == key), len(pairs))
    pairs[at : at + 1] = [] if value == "_" else [f"{key}={value}"]
    cells[index] = "|".join(pairs) or "_"

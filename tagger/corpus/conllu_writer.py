"""Sentences to lines of CoNLL-U, with their tags in a column or under a key of FEATS or MISC."""

import logging
import re
from collections.abc import Sequence

from tagger.corpus.conllu_columns import FIELDS, is_key, pair_indices
from tagger.corpus.layout import JSONL_HINT, Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

UPOS_NAMES = ("upos", "pos")  # columns of other formats that are written to UPOS, in lower case
CELL_END = re.compile(r"[\t\r\n]")

log = logging.getLogger("tagger")


def tag_column(layout: Layout) -> Column:
    """Column to write the tags to: the one they were read from, if it was CoNLL-U, UPOS for a column of that name.

    The tags of any other column get a key of MISC.
    """
    if layout.format == "conllu":
        return "upos" if layout.tag is None else layout.tag
    if str(layout.tag).lower() in UPOS_NAMES:
        return "upos"
    is_valid_key = isinstance(layout.tag, str) and is_key(layout.tag) and not re.search(r"[\t\r\n|=]", layout.tag)
    return str(layout.tag) if is_valid_key else "Tag"


def log_tag_column(layout: Layout) -> None:
    """Log the key of MISC that the tags of another format are written to, if they are."""
    column = tag_column(layout)
    if layout.format != "conllu" and is_key(column):
        log.info("CoNLL-U: the tags are in MISC, as %s=TAG: only a column named upos or pos is written to UPOS", column)


def write_sentence(sentence: Sentence, column: Column, *, confidence: Sequence[float] | None = None) -> str:
    """Write the lines of a sentence with its tags in a column; all else is unchanged, or `_` if no rows were kept.

    Args:
        sentence: tagged sentence.
        column: name or index; any other name is a key, which is set in FEATS if a word has it there, else in MISC.
        confidence: one value per token, written to MISC.

    Raises:
        DataError: a token or tag holds a TAB or a line end, a tag for MISC holds `|`, or the file has no MISC.
    """
    rows, names, tags = sentence.rows, sentence.row_columns or FIELDS, sentence.tags or ()
    if rows is None:
        if token := next(filter(CELL_END.search, sentence.tokens), None):
            raise DataError(f"{sentence.location}: CoNLL-U cannot hold {token!r}", JSONL_HINT)
        rows = tuple(("\t".join((str(i), token, *"________")), True) for i, token in enumerate(sentence.tokens, 1))
    index = column if isinstance(column, int) else None
    if isinstance(column, str) and column.lower() in names:
        index = names.index(column.lower())
    pairs = pair_indices(names)
    for tag in dict.fromkeys(tags):
        if CELL_END.search(tag) or (index is None and "|" in tag):
            where = " in MISC" if index is None else ""
            raise DataError(f"{sentence.location}: CoNLL-U cannot hold the tag {tag!r}{where}", JSONL_HINT)
    if not pairs and (index is None or confidence is not None):
        raise DataError(
            f"{sentence.location}: the file has no column MISC for {'confidence' if confidence else column}", JSONL_HINT
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
            if index is None:
                _set_pair(cells, pairs, str(column), tag)
            elif index < len(cells):
                cells[index] = tag
            elif tag != "_":
                cells += [*["_"] * (index - len(cells)), tag]
            if score is not None:
                _set_pair(cells, pairs[-1:], "Confidence", f"{score:.4f}")
            line = "\t".join(cells)
        lines.append(f"{line}\n")
    return "".join(lines) + "\n"


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

"""Names in the first lines of a file: columns of its header, keys of its JSON, keys of its comments."""

import csv
import re
from collections.abc import Sequence

from tagger.corpus.column_names import list_indices
from tagger.corpus.conllu_columns import FIELDS
from tagger.corpus.json_values import looks_like_json, parse_object
from tagger.corpus.labels import parse_comment
from tagger.corpus.layout import Layout
from tagger.errors import TaggerError
from tagger.format_names import Format

DELIMITER = re.compile(r"[\t,;|]")
N_SHOWN = 12  # names in a message
WRITTEN_CSV = ["sentence", "token"]  # first columns of the tables that `tagger predict` writes
WRITTEN_JSON = "tokens"


def header_names(lines: Sequence[str]) -> list[str]:
    """Cells of the first row, which may be a header, or keys of the first JSON object.

    >>> header_names(["# a = b", "sentence,token,label"]), header_names(['{"tokens": [], "tags": []}'])
    (['sentence', 'token', 'label'], ['tokens', 'tags'])
    """
    content = [line for line in lines if line.strip() and not line.startswith("#")]
    if not content:
        return []
    if looks_like_json(content[0]):
        try:
            return [*parse_object(content[0], "")]
        except TaggerError:
            return []
    delimiter = DELIMITER.search(content[0])
    return next(csv.reader(content[:1], delimiter=delimiter[0])) if delimiter else content[:1]


def comment_keys(lines: Sequence[str]) -> set[str]:
    """Keys of comments such as `# intent = play`."""
    return {comment[0] for comment in map(parse_comment, lines) if comment}


def columns_text(lines: Sequence[str], format_name: Format) -> str:
    """List the columns, or keys, and the keys of the comments of a file.

    >>> columns_text(["word,tag", "a,b"], "csv"), columns_text(["# id = 1", "a\\tb"], "columns")
    ('the file has word, tag', 'the file has 2 columns, 0 and 1; comments id')
    """
    names, comments = header_names(lines), sorted(comment_keys(lines))
    if format_name == "conllu":
        names = [*FIELDS]
    listed = list_indices(len(names)) if format_name == "columns" else ", ".join(names[:N_SHOWN])
    return f"the file has {listed}{'; comments ' if comments else ''}{', '.join(comments[:N_SHOWN])}"


def is_written(names: Sequence[str]) -> bool:
    """Whether a file whose first row or object has these names is like output of `tagger predict`."""
    return [*names[:2]] == WRITTEN_CSV or WRITTEN_JSON in names[:1]


def is_written_otherwise(lines: Sequence[str], reference: Layout) -> bool:
    """Whether a file is like output of `tagger predict`, with tokens in another column than that of a layout."""
    names = header_names(lines)
    token = reference.token
    if token is None and reference.format == "jsonl":
        return False
    return is_written(names) and token not in names

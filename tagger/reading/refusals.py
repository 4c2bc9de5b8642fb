"""Kinds of tagged data that are not supported: each is refused with a command that converts it."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

from tagger.corpus.layout import Column
from tagger.corpus.lines import read_lines
from tagger.errors import DataError
from tagger.reading.column_profile import NEARLY_ALL, PIECE, fraction
from tagger.terminal_text import command_line

NAME = re.compile(r"[\w #.-]+")  # column name that is safe in a shell
SLASH_TO_TABS = """awk -F/ 'NF<2 {print ""; next} {t=$NF; sub("/[^/]*$", ""); print $0 "\\t" t}' OLD >NEW"""
COUNT_TO_BLANK_LINES = (  # comments, empty nodes and ranges belong to the word below
    "awk '/^(#|0[.]|1[-\t])/ && NR > 1 && !p {print \"\"} {p = /^(#|0[.]|1-)/; print}' OLD >NEW"
)
UNDERSCORES_TO_SLASHES = "sed -E 's,_([^_ ]+)( |$),/\\1\\2,g' OLD >NEW"
PIPES_TO_SLASHES = "sed -E 's,([^ |]+)[^ ]*[|]([^ |]+),\\1/\\2,g' OLD >NEW"
BRACKETS_TO_BIO = (
    'convert them to BIO: awk -v k={} \'NF {{if (match($k, /[^(*)]+/)) {{t=substr($k, RSTART, RLENGTH); p="B-"}}; '
    's=$k; $k=t ? p t : "O"; p="I-"; if (s ~ /\\)/) t=""}} 1\' OLD >NEW'
)
TOKEN_PER_ROW = "each row should hold one token and its tag, or tokens and as many tags with spaces between them"
LISTS_TO_JSON = (
    'python3 -c "import ast, csv, json, sys; csv.field_size_limit(10**9); '
    "[print(json.dumps({{'tokens': {}, 'tags': {}}})) for r in csv.DictReader(sys.stdin, delimiter='{}')]\" "
    "<OLD >NEW.jsonl"
)
LABELS_TO_JSON = (
    'python3 -c "import json, sys; '
    "[print(json.dumps(dict(zip(('label', 'text'), line.rstrip('\\n').split('\\t', 1))))) for line in sys.stdin]\" "
    "<OLD >NEW.jsonl"
)


def refuse_joined_words(lines: Sequence[str], path: str, *, is_one_per_line: bool) -> None:
    """Refuse words and tags joined in another way than in slash text.

    Args:
        lines: first lines of the file.
        path: path of the file, for errors.
        is_one_per_line: whether each line is one word.

    Raises:
        DataError: words and tags are joined; names the character.
    """
    numbered = [(i, piece) for i, line in enumerate(lines[:4_000], 1) for piece in PIECE.findall(line)]
    pieces = [piece for _, piece in numbered]
    joined = {character: fraction(character in piece[1:-1] for piece in pieces) for character in "/|_"}
    if joined["/"] > 0.8 and is_one_per_line:
        raise DataError(f"{path}: word/TAG, but one per line: slash text has one sentence per line", SLASH_TO_TABS)
    if 0.6 < joined["/"] <= NEARLY_ALL:
        line, odd = next((i, piece) for i, piece in numbered if "/" not in piece[1:-1])
        raise DataError(
            f"{path}:{line}: {joined['/']:.0%} of words and tags are joined by slashes, but not {odd[:40]!r}",
            "slash text has word/TAG throughout, one sentence per line; remove everything else",
        )
    pipe_hint = "tr '|' '\\t' <OLD >NEW" if is_one_per_line else PIPES_TO_SLASHES
    for character, hint in (("|", pipe_hint), ("_", UNDERSCORES_TO_SLASHES)):
        if joined[character] > NEARLY_ALL:
            raise DataError(
                f"{path}: words and tags are joined by {character}, such as {pieces[0][:40]!r}; this is not supported",
                hint,
            )


def refuse_labels(texts: Sequence[str], labels: Sequence[str], path: str) -> None:
    """Refuse rows of a whole text and one label each, if neither blank lines nor a column end sentences.

    Args:
        texts: the text of each row.
        labels: the label of each row.
        path: path of the file, for errors.

    Raises:
        DataError: rows are texts with labels; shows one.
    """
    sizes = [len(PIECE.findall(text)) for text in texts]
    if len(texts) > 1 and sum(sizes) > 2 * len(sizes) and fraction(size > 1 for size in sizes) > 0.5:
        raise DataError(
            f"{path}: a whole text and one label per row, such as {texts[0][:40]!r} and {labels[0][:40]!r}: "
            "no token has a tag",
            "data.label names the column of labels, to learn one for each text; `tagger init` writes such a config",
        )


def texts_with_quotes(path: str) -> DataError:
    """The error for lines `LABEL TAB TEXT` whose quotation marks quote no cells."""
    problem = f"{path}: labels and texts with quotation marks that quote no cells: this cannot be read as a table"
    return DataError(problem, f"write JSON lines, here from LABEL TAB TEXT: {LABELS_TO_JSON}")


def refuse_parallel(path: Path, others: Iterable[Path], encoding: str) -> None:
    """Refuse a file of sentences, one per line, whose tags are in the same lines of another file, or vice versa.

    Args:
        path: path of the file.
        others: paths of other files, one of which may have the tags.
        encoding: encoding of all files.

    Raises:
        DataError: another file has the same numbers of words in its lines; names both.
    """
    mine = _first_lines(path, encoding)
    if fraction(len(pieces) > 2 for pieces in mine) <= 0.5:
        return
    for other in others:
        theirs = _first_lines(other, encoding)
        if fraction(len(a) == len(b) for a, b in zip_longest(mine, theirs, fillvalue=())) > NEARLY_ALL:
            is_tokens = len({piece for line in mine for piece in line}) >= len({p for line in theirs for p in line})
            tokens, tags = (path, other) if is_tokens else (other, path)
            raise DataError(
                f"{tokens}: one sentence per line, and {tags} has a line of tags for each; join them into one table",
                f"(printf 'tokens\\ttags\\n'; {command_line('paste', tokens, tags)}) >train.tsv",
            )


def _first_lines(path: Path, encoding: str) -> list[Sequence[str]]:
    return [PIECE.findall(line) for line in read_lines(path, encoding=encoding).first()]


def conllu_without_blank_lines(path: str) -> DataError:
    """The error for CoNLL-U in which only the ids show where sentences begin."""
    return DataError(
        f"{path}: ids restart at each sentence, but there is no blank line between sentences",
        f"put a blank line where the count restarts: {COUNT_TO_BLANK_LINES}",
    )


def table_without_blank_lines(path: str, delimiter: str, name: Column, index: int) -> DataError:
    """The error for rows in which only a counter that restarts shows where sentences begin.

    Args:
        path: path of the file.
        delimiter: delimiter of cells.
        name: name of the counting column.
        index: index of that column, from 0.
    """
    return DataError(
        f"{path}: column {name} restarts its count at each sentence, but neither a blank line nor a column separates "
        "sentences",
        f"put a blank line where the count restarts: awk -F'{_escaped(delimiter)}' "
        f"'NR > 1 && ${index + 1} <= last {{print \"\"}} {{last = ${index + 1}; print}}' OLD >NEW",
    )


def lists_in_cells(path: str, delimiter: str, token: Column, tag: Column, lists: dict[Column, str]) -> DataError:
    """The error for a table whose cells hold lists.

    Args:
        path: path of the file.
        delimiter: delimiter of cells.
        token: column of tokens.
        tag: column of tags.
        lists: columns of lists, each with an example cell.
    """
    name, cell = next(item for item in lists.items() if item[0] in (token, tag))
    problem = f"{path}: column {name} holds lists in the syntax of a program: {cell[:40]!r}; this is not supported"
    is_plain = all(isinstance(column, str) and NAME.fullmatch(column) for column in (token, tag))
    if not is_plain or any("," not in cell for cell in lists.values()):
        return DataError(problem, "write tokens, and tags, with spaces between them, without brackets and quotes")

    def python(column: Column) -> str:
        return f"ast.literal_eval(r['{column}'])" if column in lists else f"r['{column}'].split()"

    return DataError(problem, LISTS_TO_JSON.format(python(token), python(tag), _escaped(delimiter)))


def _escaped(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter

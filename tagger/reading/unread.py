"""Kinds of tagged data that are not read: each is refused with a command that converts it."""

import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import islice, zip_longest
from pathlib import Path

from tagger.corpus.layout import Column
from tagger.corpus.lines import read_lines
from tagger.errors import DataError
from tagger.reading.cells import MOST, N_ROWS, PIECE, share

NAME = re.compile(r"[\w #.-]+")  # of a column, that a shell leaves as it is
SLASH_TO_TABS = """awk -F/ 'NF<2 {print ""; next} {t=$NF; sub("/[^/]*$", ""); print $0 "\\t" t}' OLD >NEW"""
COUNT_TO_BLANK_LINES = (  # comments, empty nodes and ranges go with the word below
    "awk '/^(#|0[.]|1[-\t])/ && NR > 1 && !p {print \"\"} {p = /^(#|0[.]|1-)/; print}' OLD >NEW"
)
UNDERSCORES_TO_SLASHES = "sed -E 's,_([^_ ]+)( |$),/\\1\\2,g' OLD >NEW"
PIPES_TO_SLASHES = "sed -E 's,([^ |]+)[^ ]*[|]([^ |]+),\\1/\\2,g' OLD >NEW"
BRACKETS_TO_BIO = (
    'bring them into BIO: awk -v k={} \'NF {{if (match($k, /[^(*)]+/)) {{t=substr($k, RSTART, RLENGTH); p="B-"}}; '
    's=$k; $k=t ? p t : "O"; p="I-"; if (s ~ /\\)/) t=""}} 1\' OLD >NEW'
)
LISTS_TO_JSON = (
    'python3 -c "import ast, csv, json, sys; csv.field_size_limit(10**9); '
    "[print(json.dumps({{'tokens': {}, 'tags': {}}})) for r in csv.DictReader(sys.stdin, delimiter='{}')]\" "
    "<OLD >NEW.jsonl"
)


def refuse_joined_words(lines: Sequence[str], path: str, *, is_one_a_line: bool) -> None:
    """Refuses words and tags that are joined in a way that slash text is not.

    Args:
        lines: the first of the file.
        path: the file, for errors.
        is_one_a_line: whether a line is a word.

    Raises:
        DataError: says how they are joined.
    """
    places = [(i, piece) for i, line in enumerate(lines[:4_000], 1) for piece in PIECE.findall(line)]
    pieces = [piece for _, piece in places]
    joined = {sign: share(sign in piece[1:-1] for piece in pieces) for sign in "/|_"}
    if joined["/"] > 0.8 and is_one_a_line:
        raise DataError(f"{path}: word/TAG, but one a line: where sentences end is lost in slash text", SLASH_TO_TABS)
    if 0.6 < joined["/"] <= MOST:
        line, odd = next(place for place in places if "/" not in place[1][1:-1])
        raise DataError(
            f"{path}:{line}: {joined['/']:.0%} of words and tags are joined by slashes, but not {odd[:40]!r}",
            "slash text has word/TAG throughout, a sentence a line; take all else out",
        )
    if joined["|"] > MOST:
        hint = "tr '|' '\\t' <OLD >NEW" if is_one_a_line else PIPES_TO_SLASHES
        raise DataError(f"{path}: words and tags are joined by |, such as {pieces[0][:40]!r}; that is not read", hint)
    if joined["_"] > MOST:
        hint = UNDERSCORES_TO_SLASHES
        raise DataError(f"{path}: words and tags are joined by _, such as {pieces[0][:40]!r}; that is not read", hint)


def refuse_labels(texts: Sequence[str], labels: Sequence[str], path: str) -> None:
    """Refuse rows of a whole text and one label each, among which no blank line and no column ends a sentence.

    Args:
        texts: cell of the text in each row.
        labels: cell of the label.
        path: the file, for errors.

    Raises:
        DataError: shows a row.
    """
    sizes = [len(PIECE.findall(text)) for text in texts]
    if len(texts) > 1 and sum(sizes) > 2 * len(sizes) and share(size > 1 for size in sizes) > 0.5:
        raise DataError(
            f"{path}: a whole text and one label a row, such as {texts[0][:40]!r} and {labels[0][:40]!r}: "
            "tags are of tokens",
            "each row should hold one token and its tag, or tokens and as many tags with spaces between them",
        )


def refuse_parallel(path: Path, others: Iterable[Path], encoding: str) -> None:
    """Refuses a file of sentences, one a line, beside one that has their tags, or the other way round.

    Args:
        path: the file.
        others: files that were given with it, of which one may be the other half.
        encoding: of all.

    Raises:
        DataError: names both.
    """
    mine = _first_lines(path, encoding)
    if share(len(pieces) > 2 for pieces in mine) <= 0.5:
        return
    for other in others:
        theirs = _first_lines(other, encoding)
        if share(len(a) == len(b) for a, b in zip_longest(mine, theirs, fillvalue=())) > MOST:
            is_tokens = len({piece for line in mine for piece in line}) >= len({p for line in theirs for p in line})
            tokens, tags = (path, other) if is_tokens else (other, path)
            raise DataError(
                f"{tokens}: a sentence a line, and in {tags} a line of as many tags; they are read as one table",
                f"(printf 'tokens\\ttags\\n'; paste {shlex.quote(str(tokens))} {shlex.quote(str(tags))}) >train.tsv",
            )


def _first_lines(path: Path, encoding: str) -> list[Sequence[str]]:
    return [PIECE.findall(line) for line in islice(read_lines(path, encoding=encoding), N_ROWS)]


def no_conllu_sentence_ends(path: str) -> DataError:
    """The error for CoNLL-U in which nothing but the ids tells where sentences begin."""
    return DataError(
        f"{path}: ids count words anew in each sentence, but no blank line parts them",
        f"put a blank line where the count begins anew: {COUNT_TO_BLANK_LINES}",
    )


def no_sentence_ends(path: str, sign: str, name: Column, place: int) -> DataError:
    """The error for rows in which nothing but a count that begins anew tells where sentences begin.

    Args:
        path: the file.
        sign: what parts the cells.
        name: what the column of the count is called.
        place: of the column, from 0.
    """
    return DataError(
        f"{path}: column {name} counts words anew in each sentence, but no blank line and no column parts them",
        f"put a blank line where the count begins anew: awk -F'{_shown(sign)}' "
        f"'NR > 1 && ${place + 1} <= last {{print \"\"}} {{last = ${place + 1}; print}}' OLD >NEW",
    )


def lists_in_cells(path: str, sign: str, token: Column, tag: Column, lists: dict[Column, str]) -> DataError:
    """The error for a table whose cells hold lists.

    Args:
        path: the file.
        sign: what parts the cells.
        token: the column of tokens.
        tag: the column of tags.
        lists: columns of lists, each with a cell of it.
    """
    name, cell = next(item for item in lists.items() if item[0] in (token, tag))
    problem = f"{path}: column {name} holds lists as a program writes them: {cell[:40]!r}; they are not read"
    is_plain = all(isinstance(column, str) and NAME.fullmatch(column) for column in (token, tag))
    if not is_plain or any("," not in cell for cell in lists.values()):
        return DataError(problem, "write them with spaces between tokens and between tags, without brackets and quotes")

    def python(column: Column) -> str:
        return f"ast.literal_eval(r['{column}'])" if column in lists else f"r['{column}'].split()"

    return DataError(problem, LISTS_TO_JSON.format(python(token), python(tag), _shown(sign)))


def _shown(sign: str) -> str:
    return "\\t" if sign == "\t" else sign

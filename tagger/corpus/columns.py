"""Column files: one token a line, cells parted by TAB or by spaces, sentences parted by a blank line."""

from collections.abc import Iterable

from tagger.corpus.layout import Column
from tagger.corpus.rows import Row, Rows
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError

DOCUMENT_MARK = "-DOCSTART-"


def read_rows(lines: Iterable[str], *, comments: bool = False) -> Rows:
    """The rows of a column file.

    The first line decides whether cells are parted by TAB, aside from blank lines, document marks and such as start
    with # and have no TAB. Where they are, a line that starts with # and has no TAB is a comment, and spaces are part
    of a cell. Where they are not, any run of spaces parts cells, and a line that starts with # is a token's unless
    `comments`.
    A line of nothing but TABs and spaces ends a sentence, a document mark does too.
    """
    undecided: list[tuple[int, str]] = []
    by_tab: bool | None = None
    for number, line in enumerate(lines, 1):
        if by_tab is None:
            undecided.append((number, line))
            if not line.strip(" \t") or ("\t" not in line and (line[0] == "#" or line == DOCUMENT_MARK)):
                continue
            by_tab = "\t" in line
            yield from (_row(*past, by_tab, comments) for past in undecided)
        else:
            yield _row(number, line, by_tab, comments)
    if by_tab is None:
        yield from (_row(*past, False, comments) for past in undecided)


def _row(number: int, line: str, by_tab: bool, comments: bool) -> Row | None:
    if not line.strip(" \t"):
        return None
    if line[0] == "#" and ("\t" not in line if by_tab else comments):
        return Row(number, line, None)
    cells = line.split("\t") if by_tab else [cell for cell in line.split(" ") if cell]
    return None if cells[0] == DOCUMENT_MARK else Row(number, line, cells)


def index(column: Column, n_columns: int) -> int:
    """A column's index from 0 in a file of so many columns; one that the file lacks stays out of its reach.

    Raises:
        ConfigError: the column is a name, which a file without a header does not have.
    """
    if isinstance(column, str):
        raise ConfigError(f"column {column!r}: a file of columns has no header; its columns go by index from 0")
    if column >= 0:
        return column
    return column + n_columns if -column <= n_columns else -column - 1


def write_sentence(sentence: Sentence) -> str:
    """One line `token TAB tag` per token, and a blank line.

    Raises:
        DataError: a token holds a TAB or a line end, which this format cannot say.
    """
    for token in sentence.tokens:
        if "\t" in token or "\n" in token or "\r" in token:
            raise DataError(
                f"{sentence.place}: the token {token!r} holds a TAB or a line end, which a column file cannot say",
                "use --format jsonl",
            )
    return "".join(f"{token}\t{tag}\n" for token, tag in zip(sentence.tokens, sentence.tags or (), strict=True)) + "\n"

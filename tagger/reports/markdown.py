"""Text of files as Markdown: nothing in it is read as a mark, and a table of it stays a table."""

import re
from collections.abc import Sequence

from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable

MARKS = re.compile(r"([\\`*_{}\[\]<>#+!|~$&:@^]|(?<=www)\.)", re.IGNORECASE)


def escaped_markdown(text: str) -> str:
    r"""A text with its marks escaped, in one line and as a page shows it.

    >>> escaped_markdown("<b>*x*|y")
    '\\<b\\>\\*x\\*\\|y'
    """
    return MARKS.sub(r"\\\1", visible(re.sub(r"[\r\n]+", " ", text)))


def markdown_table(table: FigureTable) -> str:
    """A table with its caption above it."""
    header, rule = _row(table.header), _row(["---", *["---:"] * (len(table.header) - 1)])
    rows = "\n".join(
        _row([escaped_markdown(name), *(escaped_markdown(cell.replace("\N{NO-BREAK SPACE}", " ")) for cell in cells)])
        for name, *cells in table.rows
    )
    return f"{escaped_markdown(table.caption)}\n\n{header}\n{rule}\n{rows}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

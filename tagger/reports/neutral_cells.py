"""Text in the cells of CSV and Markdown tables, where a spreadsheet or a viewer could run or follow it."""

import re

from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable
from tagger.terminal_text import one_line

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# Without a meaning in Markdown or HTML, no link, and no underscore that begins or ends emphasis.
PLAIN = re.compile(r'(?!.*(www\.|\b_\w|\w_\b))[\w .,+\-–±"\[\]%/]*', re.IGNORECASE)


def neutral(text: str) -> str:
    """A cell of CSV that no spreadsheet reads as a formula: it gets an apostrophe; a number stays a number.

    >>> neutral("=1+1"), neutral("-0.5"), neutral("gru")
    ("'=1+1", '-0.5', 'gru')
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def literal(text: str) -> str:
    """A cell of a Markdown table that shows the text as it is: anything but plain words is in a code span.

    >>> literal("gru"), literal("<b>[a](http://b)|`"), literal("a_b, [1, 2]"), literal("_x_")
    ('gru', '`` <b>[a](http://b)\\\\|` ``', 'a_b, [1, 2]', '`_x_`')
    """
    text = one_line(text)
    if PLAIN.fullmatch(text):
        return text
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def markdown_table(table: FigureTable) -> str:
    """A table as Markdown, with its caption above it; names of tags or words are shown as they are."""
    rows = [[literal(visible(row[0])) if table.is_user_text else row[0], *row[1:]] for row in table.rows]
    lines = [table.header, ["---", *["---:"] * (len(table.header) - 1)], *rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table.caption}\n\n{text}".replace("\N{NO-BREAK SPACE}", " ")

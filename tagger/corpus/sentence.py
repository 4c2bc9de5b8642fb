"""A sentence: a sequence of tokens as read from a file, with tags if it is tagged."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Answer = tuple[str, ...] | str | None  # a string for each token, a label of the sentence, or missing


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sequence of steps: words of a text, or rows of a measured series.

    Args:
        tokens: one per step; for a series, the cell that is shown for it.
        tags: one per token; None if the sentence is not tagged.
        numbers: per step, the values of the numeric columns; None if none were requested.
        columns: per step, the values of further columns, used as symbols; None if none were requested.
        group: document, speaker or other group that the sentence belongs to; empty if none was requested.
        offsets: per token, start and end in the text, in characters.
        rows: lines of the file, if the reader keeps them, as (line, whether it holds a token); None instead of the
            latter marks a skipped row.
        row_columns: names of the columns of `rows`, if the file names them.
        row_delimiter: delimiter of the cells of `rows` in a table; else empty.
        path: path of the file.
        line: number of its first line in the file, from 1.
        token_lines: number of each token's line; empty if all are in the first one. Equal sentences may differ in it.
        answers: parallel to the answers of the layout: one tag or string per token, or the label of the sentence; None
            where the sentence lacks the answer. Empty in the plain case, whose only answer is `tags`.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None = None
    numbers: tuple[tuple[float, ...], ...] | None = None
    columns: tuple[tuple[str, ...], ...] | None = None
    group: str = ""
    offsets: tuple[tuple[int, int], ...] | None = None
    rows: tuple[tuple[str, bool | None], ...] | None = None
    row_columns: tuple[str, ...] = ()
    row_delimiter: str = ""
    path: str = ""
    line: int = 0
    token_lines: Sequence[int] = field(default=(), compare=False)
    answers: tuple[Answer, ...] = ()

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def location(self) -> str:
        """`file:line`, as in error messages."""
        return f"{self.path}:{self.line}"

"""The sentence: what files hold and what is tagged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sequence of steps: words of a text, or rows of a measured series.

    Args:
        tokens: one per step; of a series, the cell that is shown for it.
        tags: one per token, or None where the sentence is not tagged.
        numbers: per step, the values of the numeric columns; None where none were asked for.
        columns: per step, the values of the columns that enter as symbols; None where none were asked for.
        group: the document, speaker or other whole that it is a part of; empty where none was asked for.
        offsets: per token, where it starts and ends in the text that it was cut from, in characters.
        rows: the file's own lines, where the reader was asked to keep them: (line, is it a token's); None in place of
            whether it is where the row is left out.
        row_columns: the names of the columns of these, where the file has named them.
        path: the file that it came from.
        line: where it begins in that file, from 1.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None = None
    numbers: tuple[tuple[float, ...], ...] | None = None
    columns: tuple[tuple[str, ...], ...] | None = None
    group: str = ""
    offsets: tuple[tuple[int, int], ...] | None = None
    rows: tuple[tuple[str, bool | None], ...] | None = None
    row_columns: tuple[str, ...] = ()
    path: str = ""
    line: int = 0

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def place(self) -> str:
        """`file:line`, as error messages name it."""
        return f"{self.path}:{self.line}"

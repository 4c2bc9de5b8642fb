"""A laid-out text folded to the width of a terminal: lines at spaces, tables between columns."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tagger.terminal_layout import columns_of

MIN_GAPS = 3  # between the columns of a table: two lines of text have fewer in common
ENDLESS = 10**9
_CELLS = re.compile(r"(?<=\S) {2,}(?=\S)")
_WORD = re.compile(r" *(?:\[[^\[\]→]+ → [^\[\]→]+\]|[^ ]+)")  # an error such as `[a X → Y]` stays in one piece
_COMMAND = re.compile(
    r"\btagger (?:init|check|convert|data|train|sweep|config|predict|evaluate|compare|inspect|report|bench|serve)\b"
    "|>NEW"
)


class Gap(NamedTuple):
    """Spaces between two columns of a table.

    Args:
        start: index of the first space.
        end: index after the last one.
    """

    start: int
    end: int


def folded(text: str, width: int) -> str:
    """Fold lines that are wider than `width`; a command stays on one line, so that it can be copied.

    The columns of a table that do not fit come below it, each part with the first column. Any other line is folded at
    spaces; a longer word, such as a path, stays whole. Further lines begin below the last cell of their line, or two
    columns to the right of its first word.

    >>> print(folded("accuracy  0.98  of 5,108 tokens in dev", 28))
    accuracy  0.98  of 5,108
                    tokens in
                    dev
    """
    lines = text.split("\n")
    if all(columns_of(line) <= width for line in lines):
        return text
    return "\n".join(part for block, gaps in _blocks(lines) for part in _fold_block(block, gaps, width))


def _blocks(lines: Sequence[str]) -> Iterator[tuple[list[str], list[Gap]]]:
    """Split lines into tables, each with the gaps that its lines have in common, and single lines, without gaps."""
    block: list[str] = []
    common: list[Gap] = []
    for line in lines:
        shared = _in_common(common, _spaces(line))
        if len(_inner(shared)) >= MIN_GAPS:
            block.append(line)
            common = shared
            continue
        if block:
            yield block, _inner(common) if len(block) > 1 else []
        block, common = [line], _spaces(line)
    yield block, _inner(common) if len(block) > 1 else []


def _spaces(line: str) -> list[Gap]:
    """All spaces of a line with several cells, which has no end of them; none of another line."""
    if not _CELLS.search(line):
        return []
    n = len(line.rstrip(" "))
    return [*(Gap(*match.span()) for match in re.finditer(" +", line[:n])), Gap(n, ENDLESS)]


def _in_common(first: Sequence[Gap], second: Sequence[Gap]) -> list[Gap]:
    """Gaps of at least two spaces that both lines have."""
    shared, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        gap = Gap(max(first[i].start, second[j].start), min(first[i].end, second[j].end))
        if gap.end - gap.start >= 2:
            shared.append(gap)
        if first[i].end < second[j].end:
            i += 1
        else:
            j += 1
    return shared


def _inner(gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps between two columns: not before the first, nor after the last."""
    return [gap for gap in gaps if gap.start and gap.end < ENDLESS]


def _fold_block(lines: list[str], gaps: list[Gap], width: int) -> Iterator[str]:
    if all(columns_of(line) <= width for line in lines):
        yield from lines
    elif not gaps or gaps[-1].end <= width * 2 // 3:  # a text, or a table whose last column is one
        for line in lines:
            yield from _fold_line(line, width)
    else:
        for i, part in enumerate(_parts(lines, gaps, width)):
            yield from [""] * (i > 0)
            for line in part:
                yield from _fold_line(line, width)


def _parts(lines: list[str], gaps: list[Gap], width: int) -> Iterator[list[str]]:
    """Parts of a table, of as many columns as fit, each with the first column."""
    starts, ends = [0, *(gap.end for gap in gaps)], [*(gap.start for gap in gaps), max(map(len, lines))]
    first, *others = (
        [line[start:end].ljust(end - start) for line in lines] for start, end in zip(starts, ends, strict=True)
    )
    part, is_empty = first, True
    for column in others:
        if not is_empty and len(part[0]) + 2 + len(column[0]) > width:
            yield [line.rstrip() for line in part]
            part = first
        part, is_empty = [f"{line}  {cell}" for line, cell in zip(part, column, strict=True)], False
    yield [line.rstrip() for line in part]


def _fold_line(line: str, width: int) -> list[str]:
    if columns_of(line) <= width or _COMMAND.search(line):
        return [line]
    cells = [
        end
        for match in _CELLS.finditer(line, 0, 2 * width)
        if columns_of(line[: (end := match.end())]) <= width * 2 // 3
    ]
    start = len(line) - len(line.lstrip(" "))
    indent = " " * (columns_of(line[: cells[-1]]) if cells else min(start + 2, width // 3))
    lines, current, n = [], "", 0  # n: columns of the current line
    for word in _WORD.findall(line.rstrip(" ")):
        n += columns_of(word)
        if current.strip() and n > width:
            lines.append(current)
            current, word = "", indent + word.lstrip(" ")
            n = columns_of(word)
        current += word
    return [*lines, current]

"""Findings on a file beside its sentences: its bytes, its header, rows and cells that are not read."""

import logging
from collections.abc import Collection, Iterator
from itertools import islice

from tagger.checks.characters import shown
from tagger.checks.findings import Finding, Place, brief
from tagger.corpus.file_notes import CR, CRLF, LF, MAX_LISTED, FileNotes, NotedRows

log = logging.getLogger("tagger")

NAMES = {CRLF: "CRLF", LF: "LF", CR: "a lone CR"}


def byte_findings(split: str, notes: FileNotes) -> Iterator[Finding]:
    """A byte order mark, and line ends of different kinds.

    Nothing is reported of a file that is no text or cannot be read to its end, nor where its encoding writes line ends
    otherwise than ASCII.
    """
    if notes.has_nul or not (notes.is_complete and notes.is_like_ascii):
        return
    if notes.has_mark:
        yield Finding(
            "bom", "warning", split, 1, f"{split}: the file begins with a byte order mark",
            "It is dropped here, so nothing has to be done; other programs may take it for a part of the first token.",
            (Place(notes.path, 1),),
        )  # fmt: skip
    _, *others = notes.n_line_ends.most_common()
    if n_odd := sum(n for _, n in others):
        told = ", ".join(f"{n:,} by {NAMES[end]}" for end, n in notes.n_line_ends.most_common() if n)
        odd = sorted((line, end) for end, _ in others for line in notes.line_ends[end])
        yield Finding(
            "line-ends", "warning", split, n_odd, f"{split}: lines end in different ways: {told}",
            "Each of them ends a line here. Editors may number lines otherwise, and a CR inside a token cuts it in "
            'two: take out what is not meant (tr -d "\\r" <OLD >NEW makes CRLF LF).',
            tuple(Place(notes.path, line, f"ends with {NAMES[end]}") for line, end in islice(odd, MAX_LISTED)),
        )  # fmt: skip


def warn_of_rows(notes: FileNotes, tags: Collection[str]) -> None:
    """Log the findings of `row_findings`, where no check does."""
    for line in brief(row_findings(None, notes, tags)):
        log.warning("%s", line)


def row_findings(split: str | None, notes: FileNotes, tags: Collection[str]) -> Iterator[Finding]:
    """Rows that are left out, a header that seems to be data, cells beyond the first row's, cells of several lines,
    objects that their annotator refused.

    Args:
        split: its name; None where the file is no split.
        notes: on its file, which was read to its end.
        tags: of the split.
    """
    layout = notes.layout
    if notes.bad.n:
        yield _of_rows(
            "bad-rows", split, notes, notes.bad, "rows that cannot be read and are left out",
            'data.bad_rows = "skip" leaves them out. If they are many, the format or a column may be another one.',
        )  # fmt: skip
    if notes.header is not None and not isinstance(layout.tag, str):
        name = notes.header[-1 if layout.tag is None else layout.tag]
        if name in tags:
            yield Finding(
                "header", "warning", split, 1, _told(split, f"the header looks like data: {shown(name)} is a tag, too"),
                "The first row of a table names its columns and is not read as data: put such a row on top, for "
                "example token,tag.",
                (Place(notes.path, 1, shown(", ".join(notes.header))),),
            )  # fmt: skip
    if notes.surplus.n:
        yield _of_rows(
            "extra-cells", split, notes, notes.surplus, "rows with more cells than the first",
            f"The first has {notes.n_cells}; the rest of each is not read. Is there a cell with a space in it? Delimit "
            "cells by TAB.",
        )  # fmt: skip
    if notes.refused.n:
        yield _of_rows(
            "refused", split, notes, notes.refused, "examples whose `answer` is reject or ignore",
            "They are left out: their annotator called them wrong, or skipped them.",
        )  # fmt: skip
    if notes.broken.n:
        yield _of_rows(
            "broken-cells", split, notes, notes.broken, "rows with a line end or TAB in a quoted cell",
            "Is it meant? A line end is read as LF, also where it is CR or CRLF. If a token is a quotation mark that "
            'quotes nothing, the rows behind it are lost: data.format = "columns" reads it as it is.',
        )  # fmt: skip


def _of_rows(key: str, split: str | None, notes: FileNotes, rows: NotedRows, what: str, advice: str) -> Finding:
    is_told = key in ("bad-rows", "refused")
    places = tuple(Place(notes.path, number, text if is_told else shown(text)) for number, text in sorted(rows.first))
    return Finding(key, "warning", split, rows.n, _told(split, f"{what}: {rows.n:,}"), advice, places)


def _told(split: str | None, what: str) -> str:
    return f"{split}: {what}" if split else what

"""Findings about a file rather than its sentences: line ends, header, ignored rows and cells."""

import logging
from collections.abc import Collection, Iterator
from itertools import islice

from tagger.checks.characters import quoted
from tagger.checks.findings import Finding, Location, summary_lines, with_split
from tagger.corpus.file_notes import CR, CRLF, LF, MAX_LISTED, FileNotes, NotedRows

log = logging.getLogger("tagger")

NAMES = {CRLF: "CRLF", LF: "LF", CR: "a lone CR"}


def byte_findings(split: str, notes: FileNotes) -> Iterator[Finding]:
    """Report a byte order mark, and line ends of different kinds.

    Nothing is reported for a file that is binary or cannot be read to its end, or whose encoding writes line ends in
    other bytes than ASCII.
    """
    if notes.has_nul or not (notes.is_complete and notes.is_like_ascii):
        return
    if notes.has_mark:
        yield Finding(
            "bom", "warning", split, 1, f"{split}: the file begins with a byte order mark",
            "It is ignored here, so there is nothing to do; other programs may read it as part of the first token.",
            (Location(notes.path, 1),),
        )  # fmt: skip
    _, *rarer = notes.n_line_ends.most_common()
    if n_odd := sum(n for _, n in rarer):
        kinds = ", ".join(f"{n:,} with {NAMES[end]}" for end, n in notes.n_line_ends.most_common() if n)
        odd = sorted((line, end) for end, _ in rarer for line in notes.line_ends[end])
        yield Finding(
            "line-ends", "warning", split, n_odd, f"{split}: lines end in different ways: {kinds}",
            "Each of these ends a line here. Editors may number lines differently, and a CR inside a token splits it: "
            'remove line ends that are not intended (tr -d "\\r" <OLD >NEW turns CRLF into LF).',
            tuple(Location(notes.path, line, f"ends with {NAMES[end]}") for line, end in islice(odd, MAX_LISTED)),
        )  # fmt: skip


def log_row_findings(notes: FileNotes, tags: Collection[str]) -> None:
    """Log the findings of `row_findings`, for commands that do not report findings otherwise."""
    for line in summary_lines(row_findings(None, notes, tags)):
        log.warning("%s", line)


def row_findings(split: str | None, notes: FileNotes, tags: Collection[str]) -> Iterator[Finding]:
    """Report skipped rows, a header that looks like data, surplus cells, multi-line cells and rejected examples.

    Args:
        split: name of the split; None if the file belongs to none.
        notes: notes on its file, taken while it was read to its end.
        tags: all tags of the file.
    """
    layout = notes.layout
    if notes.bad.n:
        yield _row_finding(
            "bad-rows", split, notes, notes.bad, "rows that cannot be read and are skipped",
            'data.bad_rows = "skip" skips them. If there are many, the file may have another format, or other '
            "columns.",
        )  # fmt: skip
    columns = [a.column for a in layout.answers] if layout.answers else [-1 if layout.tag is None else layout.tag]
    header = notes.header or []
    for column in columns if header else ():
        name = header[column] if isinstance(column, int) else ""
        if name in tags:
            noun = "an answer" if layout.answers else "a tag"
            message = with_split(split, f"the header looks like data: {quoted(name)} is also {noun}")
            yield Finding(
                "header", "warning", split, 1, message,
                "The first row of a table names its columns and is not read as data: add a row of names above it, for "
                "example token,tag.",
                (Location(notes.path, 1, quoted(", ".join(header))),),
            )  # fmt: skip
    if notes.surplus.n:
        yield _row_finding(
            "extra-cells", split, notes, notes.surplus, "rows with more cells than the first",
            f"The first row has {notes.n_cells}; further cells of a row are ignored. If a cell contains a space, "
            "delimit cells by TAB.",
        )  # fmt: skip
    if notes.refused.n:
        yield _row_finding(
            "refused", split, notes, notes.refused, "examples whose `answer` is reject or ignore",
            "They are skipped: the annotator rejected or ignored them.",
        )  # fmt: skip
    if notes.broken.n:
        yield _row_finding(
            "broken-cells", split, notes, notes.broken, "rows with a line end or TAB in a quoted cell",
            "Is this intended? A CR or CRLF inside a cell is read as LF. If a token is a quotation mark that quotes "
            'nothing, the rows after it are lost: data.format = "columns" reads quotation marks like other characters.',
        )  # fmt: skip


def _row_finding(key: str, split: str | None, notes: FileNotes, rows: NotedRows, what: str, advice: str) -> Finding:
    is_reason = key in ("bad-rows", "refused")  # else a line of the file
    locations = tuple(
        Location(notes.path, number, text if is_reason else quoted(text)) for number, text in sorted(rows.first)
    )
    return Finding(key, "warning", split, rows.n, with_split(split, f"{what}: {rows.n:,}"), advice, locations)

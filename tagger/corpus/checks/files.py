"""What is or may be wrong with a file beside its sentences: its bytes, a table's header, cells that are not read."""

from collections.abc import Collection, Iterator
from itertools import islice

from tagger.corpus.checks.characters import shown
from tagger.corpus.checks.findings import Finding, Place
from tagger.corpus.file_notes import CR, CRLF, LF, N_PLACES, FileNotes
from tagger.corpus.formats import format_of

NAMES = {CRLF: "CRLF", LF: "LF", CR: "a lone CR"}


def byte_findings(split: str, notes: FileNotes) -> Iterator[Finding]:
    """A byte order mark, and line ends of different kinds.

    Nothing is reported of a file that is no text or cannot be read to its end, nor where its encoding writes line ends
    otherwise than ASCII.
    """
    if notes.has_nul or not (notes.is_whole and notes.is_like_ascii):
        return
    if notes.has_mark:
        yield Finding(
            "bom", "warning", split, 1, f"{split}: the file begins with a byte order mark",
            "It is dropped here, so nothing has to be done; other programs may take it for a part of the first token.",
            (Place(notes.path, 1),),
        )  # fmt: skip
    _, *others = notes.n_ends.most_common()
    if n_odd := sum(n for _, n in others):
        told = ", ".join(f"{n:,} by {NAMES[end]}" for end, n in notes.n_ends.most_common() if n)
        odd = sorted((line, end) for end, _ in others for line in notes.ends[end])
        yield Finding(
            "line-ends", "warning", split, n_odd, f"{split}: lines end in different ways: {told}",
            "Each of them ends a line here. Editors may number lines otherwise, and a CR inside a token cuts it in "
            'two: take out what is not meant (tr -d "\\r" <OLD >NEW makes CRLF LF).',
            tuple(Place(notes.path, line, f"ends with {NAMES[end]}") for line, end in islice(odd, N_PLACES)),
        )  # fmt: skip


def row_findings(split: str, notes: FileNotes, tags: Collection[str]) -> Iterator[Finding]:
    """What of a file is not read: a first row that seems to be data, cells that the first row does not have, objects
    that their annotator refused.

    Args:
        split: its name.
        notes: on its file, which was read to its end.
        tags: of the split.
    """
    layout = notes.layout
    if notes.header is not None and not isinstance(layout.tag, str):
        name = notes.header[-1 if layout.tag is None else layout.tag]
        if name in tags:
            yield Finding(
                "header", "warning", split, 1, f"{split}: the header looks like data: {shown(name)} is a tag, too",
                "The first row of a table names its columns and is not read as data: put such a row on top, for "
                "example token,tag.",
                (Place(notes.path, 1, shown(", ".join(notes.header))),),
            )  # fmt: skip
    if notes.n_surplus:
        yield Finding(
            "extra-cells", "warning", split, notes.n_surplus,
            f"{split}: rows with more cells than the first: {notes.n_surplus:,}",
            f"The first has {notes.n_cells}; the rest of each is not read. {format_of(layout).surplus_advice}",
            tuple(Place(notes.path, number, shown(line)) for number, line in notes.surplus),
        )  # fmt: skip
    if notes.n_refused:
        yield Finding(
            "refused", "warning", split, notes.n_refused,
            f"{split}: examples whose `answer` is reject or ignore: {notes.n_refused:,}",
            "They are left out: their annotator called them wrong, or skipped them.",
            tuple(Place(notes.path, number, answer) for number, answer in notes.refused),
        )  # fmt: skip

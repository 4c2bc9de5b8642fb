"""The encoding of files, told by their bytes."""

import re
from pathlib import Path

from tagger.corpus.chunks import read_chunks
from tagger.corpus.lines import MARKS
from tagger.errors import DataError


def guess_encoding(paths: list[Path]) -> tuple[str, str]:
    """The encoding of all files, and in words what it was told by.

    Raises:
        DataError: a file holds no text, or they are in different encodings.
    """
    found = {path: _encoding_of(path) for path in paths}
    encodings = set(found.values()) - {("ascii", "")}
    if not encodings:
        return "utf-8", ""
    names = {name for name, _ in encodings}
    if names == {"latin-1", "cp1252"}:
        return "latin-1", "not UTF-8: one byte a letter"
    if len(names) > 1 or (names & {"utf-16", "utf-32", "utf-16-le", "utf-16-be"} and ("ascii", "") in found.values()):
        each = ", ".join(f"{path} in {name}" for path, (name, _) in found.items())
        raise DataError(
            f"files are in different encodings: {each}", "bring them into one: iconv -f latin1 -t utf-8 OLD >NEW"
        )
    return min(encodings)[0], "; ".join(sorted({why for _, why in encodings if why}))


def _encoding_of(path: Path) -> tuple[str, str]:
    """An encoding, and what told so; of what is damaged, the encoding whose reader names the place.

    Raises:
        DataError: the file holds no text.
    """
    content = b"".join(read_chunks(path))
    mark = next((mark for mark in MARKS if content.startswith(mark)), None)
    if mark:
        return MARKS[mark], "the file's first bytes are its mark"
    if b"\0" in content:
        for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if content[offset::2].count(0) > 0.5 * len(content) / 2 and not content[1 - offset :: 2].count(0):
                return name, "every other byte is 0"
        raise DataError(f"{path}: no text: it holds bytes of 0, as binary files do", "name files of tokens and tags")
    if content.isascii():
        if _controls(content.decode("ascii")) > 0.05:
            raise DataError(f"{path}: no text: it is full of control characters", "name files of tokens and tags")
        return "ascii", ""
    text = content.decode("utf-8", errors="replace")
    n_bad = text.count("\ufffd")
    if n_bad <= 0.1 * len(re.findall(r"[^\x00-\x7f]", text)):  # damaged UTF-8 is still UTF-8
        return "utf-8", "it begins with a byte order mark, which is dropped" if text.startswith("\ufeff") else ""
    if _controls(content.decode("latin-1")) > 0.05:
        raise DataError(f"{path}: no text: it is full of control characters", "name files of tokens and tags")
    if re.search(rb"[\x80-\x9f]", content):
        try:
            content.decode("cp1252")
            return "cp1252", "not UTF-8: one byte a letter, and quotation marks as Windows writes them"
        except UnicodeDecodeError:
            pass
    return "latin-1", "not UTF-8: one byte a letter"


def _controls(text: str) -> float:
    """The share of control characters."""
    return len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f]", text)) / max(1, len(text))

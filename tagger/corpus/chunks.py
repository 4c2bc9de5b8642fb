"""Files and streams to bytes, piece by piece as they come; gzip is unpacked on the way."""

import itertools
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tagger.errors import DataError

CHUNK = 1 << 18  # bytes
GZIP = b"\x1f\x8b\x08"  # how gzip begins, and no text does


def read_chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    """The bytes of a file or stream in pieces, none of them empty; see `unpacked`.

    From a stream, a piece is given as soon as it is there.

    Raises:
        DataError: the file cannot be opened or read, or is broken gzip.
    """
    return unpacked(stored_chunks(source), source_name(source))


def unpacked(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Bytes as they are, or what gzip holds, which is recognised by its first bytes.

    Args:
        chunks: as they are stored.
        name: of the file, for messages.

    Raises:
        DataError: the gzip is broken.
    """
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(GZIP) or not GZIP.startswith(head):
            break
    rest = itertools.chain([head] if head else [], chunks)
    yield from _members(rest, name) if head.startswith(GZIP) else rest


def stored_chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    """The bytes of a file or stream as they are stored, packed or not.

    Raises:
        DataError: the file cannot be opened or read.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        else:
            read = getattr(source, "read1", source.read)  # read1 gives what is there instead of waiting for more
            while chunk := read(CHUNK):
                yield chunk
    except IsADirectoryError:
        raise DataError(f"{source_name(source)}: is a folder", "name a file in it") from None
    except OSError as error:
        raise DataError(f"{source_name(source)}: cannot be read: {error.strerror or error}") from None


def source_name(source: Path | BinaryIO) -> str:
    """How messages name a file or a stream."""
    return str(source) if isinstance(source, Path) else str(getattr(source, "name", "<stream>"))


def near(path: Path | str) -> str:
    """A path as one would type it here: relative, if it is not above the working directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _members(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The content of gzip, a chunk at most at a time; files of several members go on, as in gzip itself."""
    hint = "is the file cut short or damaged? gzip -t tells"
    member = _new_member()
    n_bytes = 0
    for chunk in chunks:
        n_bytes += len(chunk)
        packed, text = chunk, b""
        while packed or len(text) == CHUNK:  # after a full piece zlib may hold back more, though it has read all
            if member.eof:
                packed, text = packed.lstrip(b"\0"), b""  # a member may be padded
                member = _new_member() if packed else member
                continue
            try:
                text = member.decompress(packed, CHUNK)
            except zlib.error as error:
                what = str(error).partition(": ")[2] or error
                raise DataError(f"{name}: broken gzip: {what}, before byte {n_bytes}", hint) from None
            packed = member.unused_data if member.eof else member.unconsumed_tail
            if text:
                yield text
    if not member.eof:
        raise DataError(f"{name}: broken gzip: it ends in the middle, at byte {n_bytes}", hint)


def _new_member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # with a header and a checksum of gzip

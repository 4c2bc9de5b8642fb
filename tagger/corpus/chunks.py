"""Bytes of files and streams in chunks, as they arrive; gzip is decompressed."""

import itertools
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tagger.errors import DataError

CHUNK = 1 << 18  # bytes
BOMB_BYTES, BOMB_RATIO = 1 << 24, 200  # gzip that unpacks to more, and to so many times its size, is refused
GZIP = b"\x1f\x8b\x08"  # the first bytes of gzip; no text starts with them


def read_chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file or stream in non-empty chunks, decompressed if they are gzip.

    A chunk of a stream is yielded as soon as it arrives.

    Raises:
        DataError: the file cannot be opened or read, or is broken gzip.
    """
    return decompress(read_raw_chunks(source), source_name(source))


def decompress(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Decompress gzip, which is recognised by its first bytes; other bytes pass unchanged.

    Args:
        chunks: bytes of the file.
        name: name of the file, for messages.

    Raises:
        DataError: the gzip is broken, or tiny for what it unpacks to.
    """
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(GZIP) or not GZIP.startswith(head):
            break
    rest = itertools.chain([head] if head else [], chunks)
    yield from _decompress_members(rest, name) if head.startswith(GZIP) else rest


def read_raw_chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file or stream in chunks; gzip stays compressed.

    Raises:
        DataError: the file cannot be opened or read.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        else:
            read = getattr(source, "read1", source.read)  # read1 returns what has arrived instead of waiting for more
            while chunk := read(CHUNK):
                yield chunk
    except IsADirectoryError:
        raise DataError(f"{source_name(source)}: is a folder", "name a file in it") from None
    except OSError as error:
        raise DataError(f"{source_name(source)}: cannot be read: {error.strerror or error}") from None


def source_name(source: Path | BinaryIO) -> str:
    """Name of a file or stream in messages."""
    return str(source) if isinstance(source, Path) else str(getattr(source, "name", "<stream>"))


def display_path(path: Path | str) -> str:
    """Path to show to the user: relative to the working directory if it is inside it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _decompress_members(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Decompress all members of a gzip file, at most `CHUNK` bytes at a time."""
    hint = "is the file cut off or damaged? gzip -t checks it"
    member = _new_member()
    n_bytes = n_unpacked = 0
    for chunk in chunks:
        n_bytes += len(chunk)
        packed, text = chunk, b""
        while packed or len(text) == CHUNK:  # after a full piece, zlib may hold back more although it has read all
            if member.eof:
                packed, text = packed.lstrip(b"\0"), b""  # a member may be padded
                member = _new_member() if packed else member
                continue
            try:
                text = member.decompress(packed, CHUNK)
            except zlib.error as error:
                reason = str(error).partition(": ")[2] or error
                raise DataError(f"{name}: broken gzip: {reason}, before byte {n_bytes}", hint) from None
            packed = member.unused_data if member.eof else member.unconsumed_tail
            n_unpacked += len(text)
            if n_unpacked > max(BOMB_BYTES, BOMB_RATIO * n_bytes):
                problem = f"gzip that unpacks to more than {BOMB_RATIO} times its size, beyond {n_unpacked >> 20} MB"
                raise DataError(f"{name}: {problem}", "if it is no trap: gunzip -c OLD >NEW")
            if text:
                yield text
    if not member.eof:
        raise DataError(f"{name}: broken gzip: it is cut off at byte {n_bytes}", hint)


def _new_member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # expects gzip's header and checksum

"""Bytes to lines: any line end, any encoding, as they come in."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tagger.errors import ConfigError, DataError

CHUNK = 1 << 18  # bytes
HINT = 'tell the encoding of the file, for example --set data.encoding="latin-1"'


def read_lines(source: Path | BinaryIO, *, encoding: str = "utf-8") -> Iterator[str]:
    r"""Lines without their ends: LF, CRLF or a lone CR, and nothing else (a form feed or U+2028 is part of a line).

    A byte order mark is dropped. From a stream, a line is given as soon as it is whole.

    Raises:
        DataError: the file cannot be opened or read, or is not in the encoding; names the line and the byte offset.
        ConfigError: no such encoding.
    """
    name = source_name(source)
    try:
        codec = codecs.lookup("utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding)
        "".encode(encoding)  # a codec of something else than text, such as hex, raises LookupError
    except LookupError:
        raise ConfigError(
            f"data.encoding: unknown encoding {encoding!r}", "for example utf-8, utf-16, latin-1"
        ) from None
    decode = codec.incrementaldecoder(errors="strict").decode
    with_lf = io.IncrementalNewlineDecoder(None, translate=True).decode
    n_lines, n_bytes, unfinished = 0, 0, [""]
    for chunk in _chunks(source):
        try:
            text = with_lf(decode(chunk, final=not chunk), final=not chunk)
        except UnicodeDecodeError as error:
            # `error.object` is the chunk with what the decoder had held back before it.
            offset = n_bytes - (len(error.object) - len(chunk)) + error.start
            before = with_lf(error.object[: error.start].decode(error.encoding, errors="replace"), final=True)
            line = n_lines + 1 + before.count("\n")
            raise DataError(f"{name}:{line}: not valid {encoding}: {error.reason}, at byte {offset}", HINT) from None
        except UnicodeError as error:  # of a codec that tells no place
            raise DataError(f"{name}: not valid {encoding}: {error}", HINT) from None
        n_bytes += len(chunk)
        first, *rest = text.split("\n")
        unfinished.append(first)
        if rest:
            yield "".join(unfinished)
            yield from rest[:-1]
            unfinished = [rest[-1]]
            n_lines += len(rest)
    if last := "".join(unfinished):
        yield last


def source_name(source: Path | BinaryIO) -> str:
    """How messages name a file or a stream."""
    return str(source) if isinstance(source, Path) else str(getattr(source, "name", "<stream>"))


def _chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    """The bytes of a file or stream, then an empty chunk."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        else:
            read = getattr(source, "read1", source.read)  # read1 gives what is there instead of waiting for more
            while chunk := read(CHUNK):
                yield chunk
    except OSError as error:
        raise DataError(f"{source_name(source)}: cannot be read: {error.strerror or error}") from None
    yield b""

"""Bytes to lines: any line end, any encoding, as they come in."""

import codecs
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import read_chunks, source_name
from tagger.errors import ConfigError, DataError
from tagger.format_names import MARKS

HINT = 'tell the encoding, for example data.encoding = "latin-1", or convert: iconv -f latin-1 -t utf-8 OLD >NEW'
UTF_8 = ("utf-8", "utf8")
HALF = re.compile(rb"\xed[\xa0-\xbf]")  # how UTF-8 would write a surrogate, if it might


def read_lines(source: Path | BinaryIO, *, encoding: str = "utf-8") -> Iterator[str]:
    r"""Lines without their ends: LF, CRLF or a lone CR, and nothing else (a form feed or U+2028 is part of a line).

    A byte order mark is dropped, gzip is unpacked. From a stream, a line is given as soon as it is whole. A NUL is an
    error: where one is met, the file is no text, or in another encoding.

    Raises:
        DataError: the file cannot be opened or read, is not in the encoding, or holds a NUL; names the line and the
            byte offset (in what gzip holds).
        ConfigError: no such encoding.
    """
    return decoded_lines(read_chunks(source), source_name(source), encoding=encoding)


def decoded_lines(chunks: Iterable[bytes], name: str, *, encoding: str) -> Iterator[str]:
    """The lines in the bytes of a file, see `read_lines`.

    Args:
        chunks: bytes, in pieces that may end anywhere.
        name: of the file, for messages.
        encoding: of the bytes.
    """
    is_utf_8 = encoding.lower().replace("_", "-") in UTF_8
    try:
        codec = codecs.lookup("utf-8-sig" if is_utf_8 else encoding)
        "".encode(encoding)  # a codec of something else than text, such as hex, raises LookupError
    except LookupError:
        raise ConfigError(
            f"data.encoding: unknown encoding {encoding!r}", "for example utf-8, utf-16, latin-1"
        ) from None
    decode = codec.incrementaldecoder(errors="strict").decode
    with_lf = io.IncrementalNewlineDecoder(None, translate=True).decode
    n_lines, n_bytes, unfinished = 0, 0, [""]
    for chunk in itertools.chain(chunks, [b""]):
        try:
            text = with_lf(decode(chunk, final=not chunk), final=not chunk)
        except UnicodeDecodeError as error:
            # `error.object` is the chunk with what the decoder had held back before it.
            offset = n_bytes - (len(error.object) - len(chunk)) + error.start
            before = with_lf(error.object[: error.start].decode(error.encoding, errors="replace"), final=True)
            line = n_lines + 1 + before.count("\n")
            found, hint = _reason(error, offset) if is_utf_8 else (error.reason, HINT)
            raise DataError(f"{name}:{line}: not valid {encoding}: {found}, at byte {offset}", hint) from None
        except UnicodeError as error:  # of a codec that tells no place
            raise DataError(f"{name}:{n_lines + 1}: not valid {encoding}: {error}, near byte {n_bytes}", HINT) from None
        if "\0" in text:
            line = n_lines + 1 + text.count("\n", 0, text.index("\0"))
            raise DataError(
                f"{name}:{line}: holds a NUL, which no text does",
                'is it UTF-16 without a mark? data.encoding = "utf-16-le" tells so; if it is text, take it out: '
                'tr -d "\\0" <OLD >NEW',
            )
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


def _reason(error: UnicodeDecodeError, offset: int) -> tuple[str, str]:
    """Why bytes are not UTF-8, and what to do."""
    found = error.object[error.start :]
    if HALF.match(found):
        return (
            "half of a character (CESU-8, as some databases and Java write it)",
            'make it UTF-8: python3 -c "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode('
            "'utf-8', 'surrogatepass').encode('utf-16', 'surrogatepass').decode('utf-16').encode())\" <OLD >NEW",
        )
    mark = next((mark for mark in MARKS if offset == 0 and found.startswith(mark)), None)
    if mark:
        name = MARKS[mark]
        return (
            f"the mark of {name.upper()}",
            f'tell so, data.encoding = "{name}", or convert: iconv -f {name} -t utf-8 OLD >NEW',
        )
    if b"\0" in found:
        return f"{error.reason}; there are NULs too", "is it a text file at all?"
    return error.reason, HINT

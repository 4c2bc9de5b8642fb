"""Lines from bytes, as they arrive: any line end, any encoding."""

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

HINT = 'set the encoding, for example data.encoding = "latin-1", or convert: iconv -f latin-1 -t utf-8 OLD >NEW'
UTF_8 = ("utf-8", "utf8")
SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")  # half of a surrogate pair, encoded as if it were a character
CESU_8_TO_UTF_8 = (
    'convert to UTF-8: python3 -c "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode('
    "'utf-8', 'surrogatepass').encode('utf-16', 'surrogatepass').decode('utf-16').encode())\" <OLD >NEW"
)
NUL_HINT = (
    'is it UTF-16 without a byte order mark? set data.encoding = "utf-16-le"; '
    'otherwise remove the NULs: tr -d "\\0" <OLD >NEW'
)


def read_lines(source: Path | BinaryIO, *, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield lines without line ends, which are LF, CRLF or a lone CR; not a form feed or U+2028.

    A byte order mark is dropped, gzip is decompressed. A line of a stream is yielded as soon as it is complete. A NUL
    is an error: the file is not text, or in another encoding.

    Raises:
        DataError: the file cannot be opened or read, is not in the encoding, or holds a NUL; names the line and the
            byte offset (after decompression).
        ConfigError: the encoding is unknown.
    """
    return decoded_lines(read_chunks(source), source_name(source), encoding=encoding)


def decoded_lines(chunks: Iterable[bytes], name: str, *, encoding: str) -> Iterator[str]:
    """Decode the bytes of a file into lines, see `read_lines`.

    Args:
        chunks: bytes, cut anywhere.
        name: name of the file, for messages.
        encoding: encoding of the bytes.
    """
    is_utf_8 = encoding.lower().replace("_", "-") in UTF_8
    try:
        codec = codecs.lookup("utf-8-sig" if is_utf_8 else encoding)
        "".encode(encoding)  # raises LookupError for a codec that does not encode text, such as hex
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
            # `error.object` is the chunk, after the bytes that the decoder had held back.
            offset = n_bytes - (len(error.object) - len(chunk)) + error.start
            before = with_lf(error.object[: error.start].decode(error.encoding, errors="replace"), final=True)
            line = n_lines + 1 + before.count("\n")
            reason, hint = _explain(error, offset) if is_utf_8 else (error.reason, HINT)
            raise DataError(f"{name}:{line}: not valid {encoding}: {reason}, at byte {offset}", hint) from None
        except UnicodeError as error:  # some codecs do not report an offset
            raise DataError(f"{name}:{n_lines + 1}: not valid {encoding}: {error}, near byte {n_bytes}", HINT) from None
        if "\0" in text:
            line = n_lines + 1 + text.count("\n", 0, text.index("\0"))
            raise DataError(f"{name}:{line}: there is a NUL in the text", NUL_HINT)
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


def _explain(error: UnicodeDecodeError, offset: int) -> tuple[str, str]:
    """Why bytes are not UTF-8, and a hint."""
    rest = error.object[error.start :]
    if SURROGATE.match(rest):
        return "half of a surrogate pair (CESU-8, as some databases and Java write it)", CESU_8_TO_UTF_8
    mark = next((mark for mark in MARKS if offset == 0 and rest.startswith(mark)), None)
    if mark:
        name = MARKS[mark]
        return (
            f"the byte order mark of {name.upper()}",
            f'set data.encoding = "{name}", or convert: iconv -f {name} -t utf-8 OLD >NEW',
        )
    if b"\0" in rest:
        return f"{error.reason}; there are NULs too", "is it a text file?"
    return error.reason, HINT

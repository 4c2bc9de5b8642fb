"""Lines from bytes, as they arrive: any line end, any encoding."""

import codecs
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tagger.bounds import MAX_TOKENS
from tagger.corpus.chunks import read_chunks, source_name
from tagger.corpus.limits import CHARACTERS, FEW, LINES, N_LINES, first_lines, too_large
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


class Lines(Iterator[str]):
    r"""Lines of a file or stream, read once, as they arrive; without line ends, which are LF, CRLF or a lone CR.

    What is held of a file is bounded: the characters of a line and, for readers of sentences of several lines, the
    lines and characters between two calls of `end_sentence`. Bounds follow from the most tokens of a sentence, see
    `limits`. They are checked once for each chunk of bytes.

    Args:
        chunks: bytes of the file, cut anywhere.
        name: name of the file, for messages.
        encoding: encoding of the bytes.
        max_tokens: the most tokens of a sentence, the value of data.max_tokens; None: the default, and no key of the
            config raises it.
    """

    def __init__(
        self, chunks: Iterable[bytes], name: str, *, encoding: str = "utf-8", max_tokens: int | None = None
    ) -> None:
        self.name = name
        self._max_tokens = max_tokens
        self._max_lines = LINES * max(max_tokens or MAX_TOKENS, FEW)
        self._max_characters = CHARACTERS * max(max_tokens or MAX_TOKENS, FEW)
        self._n_lines = self._n_characters = 0  # in the chunks so far
        self._n_lines_at_end = self._n_characters_at_end = 0  # the same at the last end of a sentence
        self._has_sentences = False
        self._lines = self._decoded(chunks, encoding)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def __next__(self) -> str:
        return next(self._lines)

    def first(self, n: int = N_LINES) -> list[str]:
        """The first of the lines that are left, see `first_lines`; they stay to be read."""
        taken = [*first_lines(self._lines, n)]
        self._lines = itertools.chain(taken, self._lines)
        return taken

    def end_sentence(self) -> None:
        """End a sentence, or begin the first one, where the lines are read."""
        self._has_sentences = True
        self._n_lines_at_end, self._n_characters_at_end = self._n_lines, self._n_characters

    def _decoded(self, chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
        name, is_utf_8 = self.name, encoding.lower().replace("_", "-") in UTF_8
        decode = _codec(encoding, is_utf_8=is_utf_8).incrementaldecoder(errors="strict").decode
        with_lf = io.IncrementalNewlineDecoder(None, translate=True).decode
        n_bytes, unfinished, n_unfinished = 0, [""], 0
        for chunk in itertools.chain(chunks, [b""]):
            try:
                text = with_lf(decode(chunk, final=not chunk), final=not chunk)
            except UnicodeDecodeError as error:
                # `error.object` is the chunk, after the bytes that the decoder had held back.
                offset = n_bytes - (len(error.object) - len(chunk)) + error.start
                before = with_lf(error.object[: error.start].decode(error.encoding, errors="replace"), final=True)
                line = self._n_lines + 1 + before.count("\n")
                reason, hint = _explain(error, offset) if is_utf_8 else (error.reason, HINT)
                raise DataError(f"{name}:{line}: not valid {encoding}: {reason}, at byte {offset}", hint) from None
            except UnicodeError as error:  # some codecs do not report an offset
                problem = f"not valid {encoding}: {error}, near byte {n_bytes}"
                raise DataError(f"{name}:{self._n_lines + 1}: {problem}", HINT) from None
            if "\0" in text:
                line = self._n_lines + 1 + text.count("\n", 0, text.index("\0"))
                raise DataError(f"{name}:{line}: there is a NUL in the text", NUL_HINT)
            first, *rest = text.split("\n")
            unfinished.append(first)
            n_unfinished += len(first)
            self._check(n_unfinished)
            n_bytes += len(chunk)
            self._n_lines += len(rest)
            self._n_characters += len(text)
            if rest:
                yield "".join(unfinished)
                yield from rest[:-1]
                unfinished, n_unfinished = [rest[-1]], len(rest[-1])
        if last := "".join(unfinished):
            yield last

    def _check(self, n_characters: int) -> None:
        """Raise DataError if the unfinished line of `n_characters`, or the sentence before this chunk, is too long."""
        n_lines_above = self._n_lines - self._n_lines_at_end if self._has_sentences else 0
        n_above = self._n_characters - self._n_characters_at_end if self._has_sentences else 0
        if n_characters > self._max_characters:
            problem = f"a line of more than {self._max_characters:,} characters"
        elif n_lines_above > self._max_lines:
            problem = f"no sentence or series ends in the {self._max_lines:,} lines above"
        elif n_above > self._max_characters:
            problem = f"no sentence or series ends in the {self._max_characters:,} characters above"
        else:
            return
        raise too_large(f"{self.name}:{self._n_lines + 1}", problem, self._max_tokens)


def read_lines(source: Path | BinaryIO, *, encoding: str = "utf-8", max_tokens: int | None = None) -> Lines:
    r"""The lines of a file or stream, see `Lines`.

    A byte order mark is dropped, gzip is decompressed. A line of a stream is yielded as soon as it is complete. A NUL
    is an error: the file is not text, or in another encoding.

    Raises, when lines are read:
        DataError: the file cannot be opened or read, is not in the encoding, holds a NUL, or a line without an end;
            names the line and the byte offset (after decompression).
        ConfigError: the encoding is unknown.
    """
    return Lines(read_chunks(source), source_name(source), encoding=encoding, max_tokens=max_tokens)


def _codec(encoding: str, *, is_utf_8: bool) -> codecs.CodecInfo:
    try:
        "".encode(encoding)  # raises LookupError for a codec that does not encode text, such as hex
        return codecs.lookup("utf-8-sig" if is_utf_8 else encoding)
    except (LookupError, ValueError):  # ValueError: there is a NUL in the name
        raise ConfigError(
            f"data.encoding: unknown encoding {encoding!r:.80}", "for example utf-8, utf-16, latin-1"
        ) from None


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

"""Text of strangers for a terminal: control characters are shown as escapes, and words are quoted for the shell.

A control character in a file, a file's name, a bundle or a server's answer could otherwise rewrite what a terminal
shows, or hide the end of a line. Letters of all scripts stay as they are, those written from right to left included.
"""

import io
import re
import shlex
import sys
from typing import TextIO

# C0 but TAB and the line end, DEL, C1, overrides and isolates of the writing direction, and lone surrogates.
_UNSAFE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
CONTROL = re.compile(f"[{_UNSAFE}]")
CONTROL_OR_LAYOUT = re.compile(f"[{_UNSAFE}\t\n]")
FOREIGN_LINE_END = re.compile(r"\n(?!  )")
_NAMES = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def escaped(text: str) -> str:
    r"""Show control characters as escapes; TAB and line ends, which lay a text out, stay.

    >>> escaped("a\tred \x1b[31m\u202e\n")
    'a\tred \\x1b[31m\\u202e\n'
    """
    return CONTROL.sub(_escape, text)


def one_line(text: object) -> str:
    r"""Show all control characters as escapes, TAB and line ends included: a cell, or a name in a message.

    >>> one_line("a\tb\nhint: \x9b")
    'a\\tb\\nhint: \\x9b'
    """
    return CONTROL_OR_LAYOUT.sub(_escape, str(text))


def message(text: str) -> str:
    r"""A message of ours, whose further lines are indented; any other line end is part of a name or a value.

    >>> message("2 problems\n  first\n  second a\nhint: b")
    '2 problems\n  first\n  second a\\nhint: b'
    """
    return escaped(FOREIGN_LINE_END.sub(r"\\n", text))


def escaped_json(text: str) -> str:
    r"""JSON with the escapes of JSON for control characters in its strings: the same value.

    >>> escaped_json('"\x7f\u202e"')
    '"\\u007f\\u202e"'
    """
    return CONTROL.sub(lambda character: f"\\u{ord(character[0]):04x}", text)


def command_line(*words: object) -> str:
    r"""A command that can be typed: its words quoted for the shell.

    >>> command_line("tagger", "predict", "my run"), command_line("rm", "a\nb", "caf\udce9")
    ("tagger predict 'my run'", "rm $'a\\nb' $'caf\\xe9'")
    """
    return " ".join(map(_quoted, map(str, words)))


def _escape(character: re.Match[str]) -> str:
    code = ord(character[0])
    return _NAMES.get(character[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _quoted(word: str) -> str:
    if not CONTROL_OR_LAYOUT.search(word):
        return shlex.quote(word)
    return "$'" + CONTROL_OR_LAYOUT.sub(_bytes, word.replace("\\", r"\\").replace("'", r"\'")) + "'"


def _bytes(character: re.Match[str]) -> str:
    """Escapes of a character's bytes in UTF-8, or of the byte that it stands for in a file's name."""
    is_byte = 0xDC80 <= ord(character[0]) <= 0xDCFF
    content = character[0].encode("utf-8", "surrogateescape" if is_byte else "surrogatepass")
    return _NAMES.get(character[0]) or "".join(f"\\x{byte:02x}" for byte in content)


class ColouredText(str):
    """Text that is escaped already, in which the control characters are our own colours; whatever is added is not."""

    __slots__ = ()


class EscapingStream(io.TextIOBase):
    """A text stream that escapes control characters on their way to another stream, but for those of `ColouredText`.

    Args:
        target: the other stream; a progress bar, which draws with control characters, writes to it directly.
    """

    def __init__(self, target: TextIO) -> None:
        self.target = target

    def write(self, text: str) -> int:
        """Write a text, its control characters as escapes unless it is coloured."""
        self.target.write(text if isinstance(text, ColouredText) else escaped(text))
        return len(text)

    def flush(self) -> None:
        """Flush the other stream."""
        self.target.flush()

    def isatty(self) -> bool:
        """Whether the other stream is a terminal."""
        return self.target.isatty()

    def fileno(self) -> int:
        """File descriptor of the other stream."""
        return self.target.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Encoding of the other stream."""
        return self.target.encoding


def drawing_stream() -> TextIO:
    """Standard error for a progress bar or a live table, which draw with control characters."""
    return sys.stderr.target if isinstance(sys.stderr, EscapingStream) else sys.stderr

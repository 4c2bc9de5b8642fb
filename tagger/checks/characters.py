"""Unintended characters in a word: invisible, lost or garbled ones."""

import re
import unicodedata
from collections.abc import Iterator

MAX_SHOWN = 60  # characters of a word or sentence in a message
INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\xa0\u2007\u202f"  # spaces without a line break
    "\xad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb"  # zero width
    "]|^[\u200c\u200d]|[\u200c\u200d]$"  # joiners, which inside a word are spelling (Persian, Hindi, emoji)
)
SPACE = re.compile(r"(?![\x0b\x0c\x1c-\x1f\x85\xa0\u2007\u2028\u2029\u202f])\s")
NAMES = {"\ufeff": "BYTE ORDER MARK"}  # better known than its Unicode name, ZERO WIDTH NO-BREAK SPACE
# Text of another script read as Latin-1: no Western word consists of these letters and signs only.
ANOTHER_SCRIPT = re.compile(r"(?![«»°¿¡·§]+$)([\x80-\xff]{3,}|(?=.*[\x80-\xbf×÷])[\x80-\xff]{2})")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")

ODDITIES = {
    "spaces": (
        "spaces",
        "Some languages have spaces inside words, and so have numbers such as 10 000. Otherwise remove them, or check "
        "whether cells have another delimiter.",
    ),
    "invisible": (
        "invisible characters",
        "Nobody sees them, but to a tagger a word with such a character is a different word. Remove them from the "
        "file unless they are intended.",
    ),
    "lost-characters": (
        "\N{REPLACEMENT CHARACTER}, which stands for a lost character",
        "The program that wrote the file read its source in the wrong encoding: write the file again from its source.",
    ),
    "mojibake": (
        "letters that look garbled",
        "Text was read in the wrong encoding. If the file itself has the garbled letters, write it again from its "
        "source; otherwise set data.encoding to the encoding of the file (`iconv -l` lists encodings).",
    ),
}


def odd_characters(word: str) -> Iterator[tuple[str, str]]:
    """Oddities of a word: keys of `ODDITIES`, each with a remark to append to the word."""
    if SPACE.search(word):
        yield (
            "spaces",
            " is only spaces" if not word.strip() else "" if word == word.strip() else " has a space at an end",
        )
    if invisible := INVISIBLE.findall(word):
        names = dict.fromkeys(
            NAMES.get(character, unicodedata.name(character, f"U+{ord(character):04X}")) for character in invisible
        )
        yield "invisible", f" contains {', '.join(names)}"
    if "\N{REPLACEMENT CHARACTER}" in word:
        yield "lost-characters", ""
    if (repaired := BEYOND_ASCII.sub(_ungarbled, word)) != word:
        yield "mojibake", f", probably {quoted(repaired)}"
    elif ANOTHER_SCRIPT.fullmatch(word):
        yield "mojibake", " has only accented letters and signs"


def _ungarbled(letters: re.Match[str]) -> str:
    """The original letters, if these are UTF-8 read as Windows-1252 or Latin-1."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return letters[0].encode(encoding).decode()
        except UnicodeError:
            continue
    return letters[0]


def quoted(text: str) -> str:
    """A text in quotation marks, shortened if it is long, with escapes for invisible characters."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…")

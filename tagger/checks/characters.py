"""Characters in a word that nobody meant: invisible, lost or garbled ones."""

import re
import unicodedata
from collections.abc import Iterator

N_SHOWN = 60  # characters of a word or sentence
INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\xa0\u2007\u202f"  # spaces at which no line breaks
    "\xad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb"  # of no width
    "]|^[\u200c\u200d]|[\u200c\u200d]$"  # joiners, which inside a word are spelling (Persian, Hindi, emoji)
)
SPACE = re.compile(r"(?![\x0b\x0c\x1c-\x1f\x85\xa0\u2007\u2028\u2029\u202f])\s")
NAMES = {"\ufeff": "BYTE ORDER MARK"}  # what ZERO WIDTH NO-BREAK SPACE is known as
# As Latin-1 reads other scripts: no Western word is of such letters and signs alone.
ANOTHER_SCRIPT = re.compile(r"(?![«»°¿¡·§]+$)([\x80-\xff]{3,}|(?=.*[\x80-\xbf×÷])[\x80-\xff]{2})")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")

ODDITIES = {
    "spaces": (
        "spaces",
        "Right inside words of some languages, and for numbers such as 10 000. If not: take them out; are cells parted "
        "by something else?",
    ),
    "invisible": (
        "invisible characters",
        "Nobody sees them, and to a tagger each makes another word, unlike those that it will meet. Take them out of "
        "the file, unless they are meant.",
    ),
    "lost-characters": (
        "\N{REPLACEMENT CHARACTER}, which stands for a lost character",
        "Whoever made the file read another encoding than it was in: make it again.",
    ),
    "mojibake": (
        "letters that look garbled",
        "The file was read as another encoding than it is in: by whoever made it, who has to make it again, or here: "
        "data.encoding in the config, `iconv -l` lists some.",
    ),
}


def oddities(word: str) -> Iterator[tuple[str, str]]:
    """What is odd in a word: keys of `ODDITIES`, each with a remark that goes behind the word."""
    if SPACE.search(word):
        yield "spaces", " is nothing else" if not word.strip() else " at an end" if word != word.strip() else ""
    if found := INVISIBLE.findall(word):
        names = dict.fromkeys(NAMES.get(sign, unicodedata.name(sign, f"U+{ord(sign):04X}")) for sign in found)
        yield "invisible", f" has {', '.join(names)}"
    if "\N{REPLACEMENT CHARACTER}" in word:
        yield "lost-characters", ""
    if (meant := BEYOND_ASCII.sub(_ungarbled, word)) != word:
        yield "mojibake", f", meant {shown(meant)}?"
    elif ANOTHER_SCRIPT.fullmatch(word):
        yield "mojibake", " is of accented letters and signs alone"


def _ungarbled(letters: re.Match[str]) -> str:
    """What the letters were, if they are UTF-8 that was read as Windows-1252 or Latin-1."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return letters[0].encode(encoding).decode()
        except UnicodeError:
            continue
    return letters[0]


def shown(text: str) -> str:
    """A text in quotation marks, with escapes for what cannot be seen, cut where it is long."""
    return repr(text if len(text) <= N_SHOWN else f"{text[: N_SHOWN - 1]}…")

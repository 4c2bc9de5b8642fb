"""Spelling of tags in files; the plain spelling, used internally, is `B-TYPE`, `I-TYPE`, `E-TYPE`, `S-TYPE`, `O`."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from tagger.corpus.schemes import Scheme

SchemeName = Literal["iob1", "bio", "ioe1", "ioe2", "bioes", "bilou", "bmes", "bmewo"]

BIES = "BIES"
# The letters of B, I, E and S.
NAMED_LETTERS: dict[str, str] = {"bioes": BIES, "bilou": "BILU", "bmes": "BMES", "bmewo": "BMEW"}
OUTSIDE = (
    "O",
    "o",
    "0",
    "\uff2f",
    "\u039f",
    "\u041e",
    "\u043e",
)  # spellings of O; also full-width, Greek, Cyrillic


@dataclass(frozen=True, slots=True)
class Spelling:
    """Spelling of the tags of a file; tags that do not follow it are read and written unchanged.

    Args:
        letters: the four letters for B, I, E and S.
        outside: the tag for O.
        separator: text between the letter and the type, may be empty.
        is_suffix: whether the letter comes after the type.

    >>> bilou = Spelling("BILU", separator="_", is_suffix=True)
    >>> bilou.write("E-PER"), bilou.read("PER_L")
    ('PER_L', 'E-PER')
    """

    letters: str = BIES
    outside: str = "O"
    separator: str = "-"
    is_suffix: bool = False

    def read(self, tag: str) -> str:
        """Convert a tag of the file to the plain spelling."""
        if tag == self.outside:
            return "O"
        letter, *span_type = self.parts(tag)
        if len(letter) != 1 or letter not in self.letters:
            return tag
        return "-".join([BIES[self.letters.index(letter)], *span_type])

    def write(self, tag: str) -> str:
        """Convert a tag in the plain spelling to that of the file."""
        if tag == "O":
            return self.outside
        letter, *span_type = tag.split("-", 1)
        if len(letter) != 1 or letter not in BIES:
            return tag
        file_letter = self.letters[BIES.index(letter)]
        return self.separator.join([*span_type, file_letter] if self.is_suffix else [file_letter, *span_type])

    def parts(self, tag: str) -> list[str]:
        """Split a tag into its letter and, if any, its type."""
        if not self.separator:
            return [tag[:1], tag[1:]] if len(tag) > 1 else [tag]
        return tag.rsplit(self.separator, 1)[::-1] if self.is_suffix else tag.split(self.separator, 1)


PLAIN = Spelling()


class Notation(NamedTuple):
    """A scheme and its spelling."""

    scheme: Scheme = "none"
    spelling: Spelling = PLAIN

    @property
    def name(self) -> str:
        """Name of the scheme with these letters, as for `notation_named`."""
        names = (name for name, letters in NAMED_LETTERS.items() if letters == self.spelling.letters.upper())
        return next(names, self.scheme) if self.scheme == "bioes" else self.scheme


def notation_named(name: SchemeName) -> Notation:
    """Return the notation with a name, such as bilou: bioes with the letters of BILOU."""
    return Notation("bioes", Spelling(NAMED_LETTERS[name])) if name in NAMED_LETTERS else Notation(cast(Scheme, name))

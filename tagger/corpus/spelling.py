"""How files spell the tags of a scheme: inside, they are `B-TYPE`, `I-TYPE`, `E-TYPE`, `S-TYPE` and `O`."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from tagger.corpus.schemes import Scheme

SchemeName = Literal["iob1", "bio", "ioe1", "ioe2", "bioes", "bilou", "bmes", "bmewo"]

BIES = "BIES"
NAMED_LETTERS: dict[str, str] = {"bioes": BIES, "bilou": "BILU", "bmes": "BMES", "bmewo": "BMEW"}  # for B, I, E and S
OUTSIDE = ("O", "o", "0", "\uff2f", "\u039f", "\u041e", "\u043e")  # for O; full-width, Greek and Cyrillic ones, too


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a file spells tags.

    Tags that are not spelled so are read and written as they are.

    Args:
        letters: for B, I, E and S.
        outside: for O.
        separator: of the letter and the type; empty where nothing stands between them.
        is_suffix: whether the letter stands behind the type.

    >>> bilou = Spelling("BILU", separator="_", is_suffix=True)
    >>> bilou.write("E-PER"), bilou.read("PER_L")
    ('PER_L', 'E-PER')
    """

    letters: str = BIES
    outside: str = "O"
    separator: str = "-"
    is_suffix: bool = False

    def read(self, tag: str) -> str:
        """A file's tag as it is inside."""
        if tag == self.outside:
            return "O"
        letter, *span_type = self.parts(tag)
        if len(letter) != 1 or letter not in self.letters:
            return tag
        return "-".join([BIES[self.letters.index(letter)], *span_type])

    def write(self, tag: str) -> str:
        """A tag from inside as the file spells it."""
        if tag == "O":
            return self.outside
        letter, *span_type = tag.split("-", 1)
        if len(letter) != 1 or letter not in BIES:
            return tag
        spelled = self.letters[BIES.index(letter)]
        return self.separator.join([*span_type, spelled] if self.is_suffix else [spelled, *span_type])

    def parts(self, tag: str) -> list[str]:
        """A tag cut into its letter and, where it has one, its type."""
        if not self.separator:
            return [tag[:1], tag[1:]] if len(tag) > 1 else [tag]
        return tag.rsplit(self.separator, 1)[::-1] if self.is_suffix else tag.split(self.separator, 1)


PLAIN = Spelling()


class Notation(NamedTuple):
    """A scheme, and how it is spelled."""

    scheme: Scheme = "none"
    spelling: Spelling = PLAIN

    @property
    def name(self) -> str:
        """The name under which `notation_named` gives the scheme with these letters."""
        names = (name for name, letters in NAMED_LETTERS.items() if letters == self.spelling.letters.upper())
        return next(names, self.scheme) if self.scheme == "bioes" else self.scheme


def notation_named(name: SchemeName) -> Notation:
    """A scheme in the letters of its name."""
    return Notation("bioes", Spelling(NAMED_LETTERS[name])) if name in NAMED_LETTERS else Notation(cast(Scheme, name))

"""Tokenizer: one regular expression that follows the words of Universal Dependencies, with character offsets.

It tokenizes like the English Web Treebank (Silveira et al., 2014), as far as that is possible without a dictionary:
"don't" is do + n't, but "dont" and "its" stay whole. It should do no harm in other languages: letters of any script
keep their vowel signs and accents, and elisions (l'homme, dell'arte) stay whole.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A word, and its start and end in the text, in characters."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a sentence into words, in order; only white space is dropped.

    In a script without spaces between words, see `has_unspaced_script`, all letters up to the next space, symbol or
    punctuation mark are one token.

    >>> [token.text for token in tokenize("I can't pay $1,000.50, Mr. Lee: e-mail me@ex.org!!")]
    ['I', 'ca', "n't", 'pay', '$', '1,000.50', ',', 'Mr.', 'Lee', ':', 'e-mail', 'me@ex.org', '!!']
    """
    return [Token(text[slice(*match.span())], *match.span()) for match in token_matches(text)]


def token_matches(text: str) -> Iterator[re.Match[str]]:
    """Find the words of a sentence one by one, see `tokenize`; use the start and end of a match, not its characters."""
    return _TOKEN.finditer(_with_marks_as_letters(text))


def has_unspaced_script(text: str) -> bool:
    """Whether a text has letters of a script without spaces between words, which `tokenize` cannot split.

    The scripts are Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar. Korean (Hangul) has spaces.
    """
    return _UNSPACED.search(text) is not None


_LETTER = r"[^\W\d_]"
_END = r"(?!\w)"
_CLITIC = rf"['’`](?i:s|m|d|re|ve|ll){_END}"
_NOT = rf"(?i:n['’]t){_END}"
_MARK, _JOINER = "\u0640", "\u07fa"  # letters without case, of other scripts; see `_with_marks_as_letters`
_EMOJI = "[\u2600-\u27bf\U0001f000-\U0001faff]"

_FILE_ENDS = "com|org|net|edu|gov|docx?|xlsx?|pptx?|pdf|html?|txt|csv|jpe?g|png|gif|zip"
_UNITS = "[ap]m|[kmbx]|[mck]m|kg|ft|lbs?|hz|bn|hrs?"
_ABBREVIATIONS = r"""
    [MD]rs?|Ms|Prof|St|Ft|[JS]r|Gen|Col|Lt|Capt|Sgt|Gov|Sen|Reps?|Rev|Hon|Inc|Corp|Co|Ltd|vs|etc|[Nn]o(?=\.\s*\d)
    |Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun
"""
_PREFIXES = "e|non|anti|pre|re|mid|post|over|co|pro|multi|ex|semi|sub|neo|counter|micro|intra|inter|un"

# The first alternative that matches wins. To keep the time linear in the length of the text, each alternative must
# consume all that it scans, or scan a bounded length: hence the {1,64}, and the possessive {1,15}+ and *+.
_TOKEN = re.compile(
    rf"""
    # Most words, up to the next space: the rules below give the same, but take longer
      (?!(?i:cannot|gonna|wanna|gotta){_END})[A-Za-z]++(?!\S)

    # Addresses: URLs, e-mail (at most 64 characters before the @: RFC 5321), file names, @names and #topics
    | (?i:https?://|ftp://|mailto:|www\.)[^\s<>"]*[^\s<>".,;:!?')\]]
    | [\w.+%-]{{1,64}}@{_LETTER}[\w-]{{,62}}(?:\.\w[\w-]{{,62}})*
    | [\w#-][\w#.-]{{,63}}\.(?i:{_FILE_ENDS}){_END}
    | [@\#]{_LETTER}\w*(?:\.\w+)*

    # Emoticons and emoji
    | (?<!\w)[:;=]['o^-]?(?:[)(\]\[|\\/*]+|[DPpOo]{_END}) | \^_+\^ | <3{_END}
    | [\U0001f1e6-\U0001f1ff]{{2}} | {_EMOJI}(?:{_JOINER}{_EMOJI}|{_MARK}|[\U0001f3fb-\U0001f3ff])*

    # Numbers: telephone numbers, postcodes, dates, years, amounts and times; am, pm and units are words
    | (?:\d{{3}}[/-])?(?:\d|\d{{3}}|\d{{5}})-\d{{4}}{_END} | \d+(?:-\d+){{2,}}{_END}
    | \d{{1,2}}/\d{{1,2}}/\d{{2,4}}{_END} | \d{{1,2}}/\d\d{_END} | (?<!\w)['’]\d\ds?{_END} | \d+['’]s{_END}
    | (?:(?<!\w)\+)?(?:\d+|\.\d+)(?:[.,:]\d+)*+
      (?:(?=(?i:{_UNITS}){_END}) | \w*)

    # Abbreviations: U.S., e.g., a.k.a; Mr., etc., but not the last full stop of the text; initials, as in J. S. Bach
    | (?:{_LETTER}\.){{1,15}}+(?:{_LETTER}|(?<=\w\.\w\.)){_END}
    | Ph\.?D\.{_END} | (?:{_ABBREVIATIONS})\.(?!\w|\.|\s*\Z)
    | {_LETTER}\.(?=\s+\w)

    # Words: can not, gon na; do n't, I 'm, John 's; prefixes with their hyphen; PG&E; o'clock, alt.animals.cat
    | (?i:can(?=not{_END})|(?:gon|wan)(?=na{_END})|got(?=ta{_END}))
    | {_NOT} | {_CLITIC} | (?<!\w)['’](?:em|n|til|cause){_END} | \w+?(?={_NOT})
    | (?i:{_PREFIXES})-(?:(?:{_LETTER}\.){{2,15}}+{_END}|\w+)
    | [A-Za-z]{{1,3}}&[A-Za-z]{{1,2}}{_END}
    | \w+(?:(?!{_CLITIC})['’·׳״]\w+ | (?<=[א-ת])"[א-ת]\w* | \.(?![A-Z])\w+ | (?<=[A-Z])\.\w+)*+

    # Punctuation: runs of ? ! and . or of one character; brackets and quotation marks one by one
    | [.!?]+ | ([^\s()\[\]{{}}"“”„«»])\1*{_MARK}* | \S
    """,
    re.VERBOSE,
)

_UNSPACED = re.compile(
    "["
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai, but for its digits and signs
    "\u0e81-\u0ece\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17d3"  # Khmer
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Hiragana and Katakana
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)


def _with_marks_as_letters(text: str) -> str:
    """Replace combining marks, joiners and soft hyphens by letters, since `\\w` does not match them."""
    return text if text.isascii() else text.translate(_LETTERS)


class _LetterForMark(dict[int, int]):
    """The letter that stands for each character, by their numbers; filled as characters occur."""

    def __missing__(self, number: int) -> int:
        character = chr(number)
        letter = _MARK if unicodedata.category(character).startswith("M") else character
        if character in "\u00ad\u200c\u200d":  # soft hyphen, zero width non-joiner and joiner
            letter = _JOINER
        self[number] = ord(letter)
        return self[number]


_LETTERS = _LetterForMark()

"""Colours on a terminal: whether to use them, and the text that they mark.

Meaning is never carried by colour alone: what is coloured is also written. The 8 colours of every terminal are used, in
the shades that the user has chosen for its background.
"""

import re
from collections.abc import Mapping

from tagger.terminal_text import ColouredText, escaped, one_line

COLOURS = (36, 35, 32, 33, 34, 31)  # cyan, magenta, green, yellow, blue, red: codes of ANSI
STYLES = tuple(f"{weight}{colour}" for weight in ("", "1;", "4;") for colour in COLOURS)  # plain, bold, underlined
WRONG, WARNING, STRONG, REVERSE = "1;31", "1;33", "1", "7"  # bold red, bold yellow, bold, reverse

_MARKED = (
    r"(?m)(?P<wrong>\[[^\[\]→\n]* → [^\[\]→\n]*\]|^(?:error:|[1-9][\d,]* errors?\b))"
    r"|(?P<warning>^warning:)|(?P<strong>^hint:|(?<= )\*\d\.\d+)"
)


def shows_colour(environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether text is coloured, by the rules of rich: never with NO_COLOR, always with FORCE_COLOR, else on a terminal.

    Args:
        environment: variables of the environment; an empty one counts as absent.
        is_terminal: whether the text goes to a terminal.

    >>> shows_colour({}, is_terminal=True), shows_colour({"NO_COLOR": "1"}, is_terminal=True)
    (True, False)
    """
    if environment.get("NO_COLOR") or environment.get("TERM", "").lower() in ("dumb", "unknown"):
        return False
    return is_terminal or bool(environment.get("FORCE_COLOR"))


def paint(text: str, style: str) -> ColouredText:
    r"""A name or a value in a style, its own control characters as escapes; as it is if the style is empty.

    >>> paint("PER\n", "36")
    '\x1b[36mPER\\n\x1b[0m'
    """
    return ColouredText(f"\x1b[{style}m{one_line(text)}\x1b[0m" if style and text else one_line(text))


def emphasised(text: str) -> ColouredText:
    r"""A report or a message with its marks in colour: `error:`, `warning:`, `hint:`, errors as `[a X → Y]`, `*0.9`.

    >>> emphasised("warning: a\nb [c X → Y]")
    '\x1b[1;33mwarning:\x1b[0m a\nb \x1b[1;31m[c X → Y]\x1b[0m'
    """
    styles = {"wrong": WRONG, "warning": WARNING, "strong": STRONG}
    return ColouredText(re.sub(_MARKED, lambda mark: paint(mark[0], styles[str(mark.lastgroup)]), escaped(text)))

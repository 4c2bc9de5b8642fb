"""Tokens and tags as text for display: hidden characters made visible, long ones cut."""

import re

from tagger.checks.characters import INVISIBLE
from tagger.heads.edit_scripts import apply_script

MAX_TOKEN = 120  # characters of a token or tag that a page shows
MAX_WORDS = 25  # words of a sentence that a line shows: a long series would fill the terminal
HIDDEN_SPACE = re.compile(r"^ +| +$|[\t\n]")  # a space between two words of a token is visible


def visible(text: str, max_characters: int = MAX_TOKEN) -> str:
    """Replace invisible characters of a token or tag by visible ones, and truncate it to `max_characters`.

    >>> visible("zero\\u200bwidth"), visible(" "), visible("10 000")
    ('zero[U+200B]width', '␣', '10 000')
    """
    text = text if len(text) <= max_characters else f"{text[: max_characters - 1]}…"
    return HIDDEN_SPACE.sub(
        lambda spaces: "␣" * len(spaces[0]), INVISIBLE.sub(lambda character: f"[U+{ord(character[0]):04X}]", text)
    )


def beginning(text: str) -> str:
    """The first `MAX_WORDS` words of a text, with a mark if there are more.

    >>> beginning("play " * 30)[-11:]
    'play play …'
    """
    words = text.split(" ")
    return " ".join([*words[:MAX_WORDS], *(["…"] if len(words) > MAX_WORDS else [])])


def sentence_case(text: str) -> str:
    """Capitalise the first character only.

    >>> sentence_case("macro F1")
    'Macro F1'
    """
    return f"{text[:1].upper()}{text[1:]}"


def string_of(script: str, token: str) -> str:
    """The string that an edit script makes of a token; a string to ignore has no script, and stays as it is.

    >>> string_of("lower/end-1", "Plays"), string_of("_", "Plays")
    ('play', '_')
    """
    try:
        string = apply_script(script, token)
    except ValueError:
        return script
    return script if string is None else string

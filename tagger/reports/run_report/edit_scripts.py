"""Edit scripts of a head of strings, in words."""

from collections.abc import Callable, Collection
from functools import cache

from tagger.heads.edit_scripts import describe_script, edit_script


def meaning(script: str) -> str:
    """Describe an edit script; empty for a string to ignore, which has none.

    >>> meaning("lower/end-3+y"), meaning("_")
    ('lower-case; remove 3 characters at the end, add y', '')
    """
    try:
        return describe_script(script)
    except ValueError:
        return ""


def script_of(ignore: Collection[str]) -> Callable[[str, str], str]:
    """A function from a token and its string to the edit script; a string to ignore stays as it is."""

    @cache
    def script(token: str, string: str) -> str:
        return string if string in ignore else edit_script(token, string)

    return script

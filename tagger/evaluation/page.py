"""Pages to look at in a browser: one file each, which makes no request and runs no script.

The pictures are SVG that templates write. Bars and lines are all there is to draw: so text stays text in the reader's
fonts, for whatever script, and the page's colours, light or dark, are the pictures' too.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tagger.corpus.checks.characters import INVISIBLE

MAX_TOKEN = 120  # characters of a token or tag that a page shows
HIDDEN_SPACE = re.compile(r"^ +| +$|[\t\n]")  # one between two words of a token is seen
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # in HTML


def render(template: str, **values: object) -> str:
    """A page from a template of this room; all values are escaped.

    Args:
        template: the name of its file.
        values: by the names that the template has for them.
    """
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", _environment().get_template(template).render(values))


def percent(ratio: float | None, digits: int = 2) -> str:
    """A ratio from 0 to 1 as a reader wants it; a dash where there is none.

    >>> percent(0.94174)
    '94.17\\xa0%'
    """
    return "–" if ratio is None else f"{ratio * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def number(value: float | None) -> str:
    """A count with its thousands parted; a dash where there is none.

    >>> number(25094)
    '25,094'
    """
    return "–" if value is None else f"{value:,.0f}"


def visible(text: str) -> str:
    """A token or tag with nothing in it that cannot be seen, cut where it is long.

    >>> visible("zero\\u200bwidth"), visible(" "), visible("10 000")
    ('zero[U+200B]width', '␣', '10 000')
    """
    text = text if len(text) <= MAX_TOKEN else f"{text[: MAX_TOKEN - 1]}…"
    return HIDDEN_SPACE.sub(
        lambda spaces: "␣" * len(spaces[0]), INVISIBLE.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text)
    )


def direction(*texts: str) -> Literal["ltr", "rtl"]:
    """Which way a sentence of these tokens runs: as most of its letters do.

    HTML's own `dir=auto` does not see text that is isolated, as each token is here.
    """
    classes = [unicodedata.bidirectional(letter) for text in texts for letter in text]
    n_left = sum(found in ("R", "AL") for found in classes)
    return "rtl" if n_left > classes.count("L") else "ltr"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"percent": percent, "number": number, "visible": visible, "direction": direction}
    environment.filters.update(filters)
    return environment

"""Pages to look at in a browser: one file each, which makes no request and runs no script.

Pictures are SVG that templates write: so text stays text in the reader's fonts, for whatever script, and the page's
colours, light or dark, are the pictures' too.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tagger.reports.legible import sentence_case, visible

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # in HTML


def render(template: str, **values: object) -> str:
    """A page from a template, a file named from the package's folder, as reports/page.html; values are escaped."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", _environment().get_template(template).render(values))


def percent(ratio: float | None, digits: int = 2) -> str:
    """A ratio from 0 to 1 as a reader wants it; a dash where there is none.

    >>> percent(0.94174)
    '94.17\\xa0%'
    """
    return "–" if ratio is None else f"{ratio * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def spread(mean: float, sd: float | None) -> str:
    """A mean of ratios with their standard deviation, if there is one.

    >>> spread(0.94174, 0.002)
    '94.17 ± 0.20\\xa0%'
    """
    return percent(mean) if sd is None else f"{100 * mean:.2f} ± {percent(sd)}"


def number(value: float | None) -> str:
    """A count with its thousands parted; a dash where there is none.

    >>> number(25094)
    '25,094'
    """
    return "–" if value is None else f"{value:,.0f}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"percent": percent, "number": number, "visible": visible, "sentence_case": sentence_case}
    environment.filters.update(filters)
    return environment

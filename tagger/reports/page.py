"""HTML pages in one file each, which make no requests and run no scripts.

Figures are SVG in the templates, so their text uses the reader's fonts, for any writing system, and they take the
page's colours, light or dark.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tagger.corpus.counted import counted
from tagger.reports.display_text import sentence_case, visible

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # HTML forbids these


def render(template: str, **values: object) -> str:
    """Render a template, such as `reports/page.html`, named from the package's folder; values are escaped."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", _environment().get_template(template).render(values))


def percent(ratio: float | None, digits: int = 2) -> str:
    """A ratio, from 0 to 1, in percent; a dash for None.

    >>> percent(0.94174)
    '94.17\\xa0%'
    """
    return "–" if ratio is None else f"{ratio * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def mean_and_sd(mean: float, sd: float | None) -> str:
    """A mean of ratios in percent, with its standard deviation if any.

    >>> mean_and_sd(0.94174, 0.002)
    '94.17 ± 0.20\\xa0%'
    """
    return percent(mean) if sd is None else f"{100 * mean:.2f} ± {percent(sd)}"


def number(value: float | None) -> str:
    """A count with thousands separators; a dash for None.

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
    environment.globals["counted"] = counted
    return environment

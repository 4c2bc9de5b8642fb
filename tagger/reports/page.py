"""HTML pages in one file each, which make no requests and run one script, `page.js`, that only they allow.

A page is whole without it: the script sorts, searches and filters what is there.

Figures are SVG in the templates, so their text uses the reader's fonts, for any writing system, and they take the
page's colours, light or dark.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.reports.display_text import sentence_case, visible

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # HTML forbids these

DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would show the text after them in another order


def render(template: str, *, is_series: bool = False, **values: object) -> str:
    """Render a template, such as `reports/page.html`, named from the package's folder; values are escaped.

    Args:
        template: its name.
        is_series: whether its own text is put into the words for series, see `tagger.corpus.terms`.
        values: values by name.
    """
    page = _environment(is_series=is_series).get_template(template).render(values)
    page = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", page)
    return DIRECTION.sub(lambda character: f"[U+{ord(character[0]):04X}]", page)


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


class _SeriesTerms(Extension):
    """Puts the text of templates into the words for series; tags of HTML, style sheets and values stay as they are."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Translate the text of a template."""
        is_in_tag, is_page = False, str(stream.name).endswith(".html")
        for token in stream:
            if token.type != "data" or not is_page:
                yield token
                continue
            parts = []
            for part in re.split("([<>])", token.value):
                is_in_tag = part == "<" or (is_in_tag and part != ">")
                parts.append(part if is_in_tag else in_terms(part, is_series=True))
            yield Token(token.lineno, token.type, "".join(parts))


@cache
def _environment(*, is_series: bool) -> Environment:
    environment = Environment(
        extensions=[_SeriesTerms] if is_series else [],
        loader=FileSystemLoader(Path(__file__).parents[1]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"percent": percent, "number": number, "visible": visible, "sentence_case": sentence_case}
    environment.filters.update(filters)
    script = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals.update(
        counted=counted, is_series=is_series, script=Markup(script), script_hash=f"sha256-{digest}"
    )
    return environment

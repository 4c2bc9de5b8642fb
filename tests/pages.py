"""Parse a report's page, and find its parts."""

from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

from tagger.reports import page as pages

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def section(page: Element, name: str) -> Element:
    return next(each for each in page.iter(f"{HTML}section") if each.get("aria-labelledby") == name)


def without_script(page: str) -> str:
    """A page without its one script, which must be `page.js` as it is."""
    script = f"<script>{Path(pages.__file__).with_suffix('.js').read_text(encoding='utf-8')}</script>"
    assert page.count(script) == 1
    return page.replace(script, "")


def parsed(page: str) -> Element:
    """Parse a page with a strict HTML parser."""
    root: Element = html5lib.HTMLParser(strict=True).parse(page)
    return root


def figure(page: Element, key: str) -> Element:
    return next(each for each in page.iter(f"{HTML}figure") if each.get("id") == f"{key}-figure")


def rows_of(element: Element) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in element.iter(f"{HTML}tr")][1:]

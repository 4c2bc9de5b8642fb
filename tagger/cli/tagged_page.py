"""`predict --html`: the page of what is tagged."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tagger.tagging.tagged import Tagged
    from tagger.tagging.tagger import Tagger


class Page(Protocol):
    """A page that takes tagged sentences one by one."""

    def add(self, tagged: "Tagged") -> None:
        """Count a sentence with its confidence, and show it if the page has room."""

    def html(self) -> str:
        """Render the page."""


def new_page(tagger: "Tagger", model: Path, paths: Sequence[Path]) -> Page:
    """A page of series with drawings for a tagger of numbers, else of text.

    Args:
        tagger: the tagger.
        model: its path as typed.
        paths: paths of the input, as typed; none: sentences from the command line.
    """
    targets = tagger.bundle.targets
    first = paths[0] if paths else Path("-")
    source = "text" if first == Path("-") else first.name
    if len(paths) > 1:
        source += f" and {len(paths) - 1:,} more"
    if tagger.bundle.architecture.reads_series:
        from tagger.reports.series.page import SeriesPage

        numeric = tagger.bundle.encoder.numeric
        return SeriesPage(str(model), source, layout=tagger.bundle.layout, targets=targets, numeric=numeric)
    from tagger.reports.text.page import TextPage

    return TextPage(str(model), source, targets=targets)


def adding(page: Page, to_lines: "Callable[[Tagged], str] | None") -> "Callable[[Tagged], str]":
    """A function that adds a tagged sentence to a page, and formats it if it is written, too."""

    def add(tagged: "Tagged") -> str:
        page.add(tagged)
        return to_lines(tagged) if to_lines else ""

    return add

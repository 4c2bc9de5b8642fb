"""A comparison as a page to look at in a browser."""

from itertools import groupby

from tagger.evaluation.comparison import Change, Comparison
from tagger.reports.comparison_text import KINDS, format_p, verdict
from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.legible import direction, sentence_case
from tagger.reports.measures import MEASURES, NO_GOLD_SPANS
from tagger.reports.page import number, percent, render

MOST = 500  # sentences that are shown


def comparison_page(comparison: Comparison, first: str, second: str, file: str) -> str:
    """The comparison as HTML: one file that makes no request and needs no script.

    Args:
        comparison: the comparison.
        first: name of the one tagger, A.
        second: name of the other, B.
        file: name of the file that both tagged.
    """
    sentences = [
        (comparison.sentences[sentence], list(changes))
        for sentence, changes in groupby(comparison.changes, key=lambda change: change.sentence)
    ]
    return render(
        "reports/comparison.html",
        comparison=comparison,
        first=first,
        second=second,
        file=file,
        verdict=sentence_case(verdict(comparison)),
        headlines=_headlines(comparison),
        changed=_changed(comparison),
        tags=_tags(comparison),
        sentences=[
            (direction(*tokens), list(zip(tokens, _by_position(tokens, changes), strict=True)))
            for tokens, changes in sentences[:MOST]
        ],
        n_left_out=max(len(sentences) - MOST, 0),
    )


def _by_position(tokens: tuple[str, ...], changes: list[Change]) -> list[Change | None]:
    """The change of each token, None where both tags are the same."""
    by_position = {change.position: change for change in changes}
    return [by_position.get(position) for position in range(len(tokens))]


def _headlines(comparison: Comparison) -> FigureTable:
    rows = [
        [
            MEASURES[name].title,
            percent(row.first),
            percent(row.second),
            _points(row.difference),
            f"{_points(row.interval[0])} to {_points(row.interval[1])}",
            format_p(row.p),
        ]
        for name, row in comparison.headlines.items()
    ]
    if comparison.lacks_spans:
        rows.append([MEASURES["span_f1"].title, *["–"] * 3, NO_GOLD_SPANS, "–"])
    header = ["measure", "A", "B", "difference, points", "95 % interval", "p"]
    return FigureTable("Headlines of A and of B, and B less A in percentage points", header, rows)


def _changed(comparison: Comparison) -> FigureTable:
    return FigureTable(
        "Tokens that the two tag differently",
        ["what became of them", "tokens"],
        [[description, number(len(comparison.changes_of(kind)))] for kind, description in KINDS.items()],
    )


def _tags(comparison: Comparison) -> FigureTable:
    rows = [
        [
            tag,
            number(row.support),
            percent(row.first),
            percent(row.second),
            _points(row.second - row.first),
            number(row.mended),
            number(row.broken),
        ]
        for tag, row in sorted(comparison.tags.items(), key=lambda item: -item[1].support)
    ]
    header = ["tag", "tokens", "F1 of A", "F1 of B", "difference, points", "mended", "broken"]
    return tag_table("What changed for each tag", header, rows, source="--format json")


def _points(difference: float) -> str:
    """A difference of ratios in percentage points, with its sign.

    >>> _points(-0.0123), _points(0.0)
    ('−1.23', '+0.00')
    """
    return f"{difference * 100:+.2f}".replace("-", "−")

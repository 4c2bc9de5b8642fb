"""A comparison as a page to look at in a browser."""

from itertools import groupby

from tagger.evaluation.comparison import Change, Comparison
from tagger.reports.comparison_text import format_p, verdict
from tagger.reports.figures import Table
from tagger.reports.legible import direction
from tagger.reports.measures import MEASURES
from tagger.reports.page import number, percent, render

MOST = 500  # sentences that are shown


def comparison_page(found: Comparison, first: str, second: str, file: str) -> str:
    """The comparison as HTML: one file that makes no request and needs no script.

    Args:
        found: the comparison.
        first: what the one tagger, A, is called.
        second: what the other, B, is called.
        file: what both tagged.
    """
    sentences = [
        (found.sentences[sentence], list(changes))
        for sentence, changes in groupby(found.changes, key=lambda change: change.sentence)
    ]
    told = verdict(found)
    return render(
        "reports/comparison.html",
        found=found,
        first=first,
        second=second,
        file=file,
        verdict=told[0].upper() + told[1:],
        headlines=_headlines(found),
        tests=_tests(found),
        mcnemar_p=format_p(found.mcnemar.p),
        tags=_tags(found),
        sentences=[
            (direction(*tokens), list(zip(tokens, _by_position(tokens, changes), strict=True)))
            for tokens, changes in sentences[:MOST]
        ],
        n_left_out=max(len(sentences) - MOST, 0),
    )


def _by_position(tokens: tuple[str, ...], changes: list[Change]) -> list[Change | None]:
    """The change of each token, None where both tags are the same."""
    found = {change.position: change for change in changes}
    return [found.get(position) for position in range(len(tokens))]


def _headlines(found: Comparison) -> Table:
    rows = [
        [
            MEASURES[name].title,
            percent(row.first),
            percent(row.second),
            _points(row.difference),
            f"{_points(row.interval[0])} to {_points(row.interval[1])}",
            format_p(row.p),
        ]
        for name, row in found.headlines.items()
    ]
    header = ["measure", "A", "B", "difference, points", "95 % interval", "p"]
    return Table("Headlines of A and of B, and B less A in percentage points", header, rows)


def _tests(found: Comparison) -> Table:
    test = found.mcnemar
    return Table(
        "Tokens that the two tag differently",
        ["what became of them", "tokens"],
        [
            ["mended: wrong by A, right by B", number(test.mended)],
            ["broken: right by A, wrong by B", number(test.broken)],
            ["wrong by both, in different ways", number(len(found.changed("wrong")))],
        ],
    )


def _tags(found: Comparison) -> Table:
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
        for tag, row in found.tags.items()
    ]
    header = ["tag", "tokens", "F1 of A", "F1 of B", "difference, points", "mended", "broken"]
    return Table("What changed for each tag", header, rows, is_user_text=True)


def _points(difference: float) -> str:
    """A difference of ratios in percentage points, with its sign.

    >>> _points(-0.0123), _points(0.0)
    ('−1.23', '+0.00')
    """
    return f"{difference * 100:+.2f}".replace("-", "−")

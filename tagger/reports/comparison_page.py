"""A comparison of two taggers as an HTML page."""

from itertools import groupby

from tagger.evaluation.comparison import Change, Comparison
from tagger.reports.comparison_text import count_by_kind, format_p, verdict
from tagger.reports.display_text import direction, sentence_case
from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.metric_names import METRIC_NAMES, NO_GOLD_SPANS
from tagger.reports.page import number, percent, render

MAX_SENTENCES = 500


def comparison_page(comparison: Comparison, first: str, second: str, file: str) -> str:
    """Render the comparison as HTML, in one file that makes no requests and runs no scripts.

    Args:
        comparison: the comparison.
        first: name of tagger A.
        second: name of tagger B.
        file: name of the tagged file.
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
        metrics=_metric_table(comparison),
        tags=_tag_table(comparison),
        counts=count_by_kind(comparison),
        sentences=[
            (direction(*tokens), list(zip(tokens, _by_position(tokens, changes), strict=True)))
            for tokens, changes in sentences[:MAX_SENTENCES]
        ],
        n_left_out=max(len(sentences) - MAX_SENTENCES, 0),
    )


def _by_position(tokens: tuple[str, ...], changes: list[Change]) -> list[Change | None]:
    """The change of each token; None if both taggers agree."""
    by_position = {change.position: change for change in changes}
    return [by_position.get(position) for position in range(len(tokens))]


def _metric_table(comparison: Comparison) -> FigureTable:
    rows = [
        [
            METRIC_NAMES[name].title,
            percent(row.first),
            percent(row.second),
            _points(row.difference),
            f"{_points(row.interval[0])} to {_points(row.interval[1])}",
            format_p(row.p),
        ]
        for name, row in comparison.headlines.items()
    ]
    if comparison.lacks_spans:
        rows.append([METRIC_NAMES["span_f1"].title, *["–"] * 3, NO_GOLD_SPANS, "–"])
    header = ["metric", "A", "B", "B − A", "95 % interval", "p"]
    return FigureTable("Scores of A and B; differences in percentage points", header, rows)


def _tag_table(comparison: Comparison) -> FigureTable:
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
    header = ["tag", "support", "F1 of A", "F1 of B", "B − A", "only B correct", "only A correct"]
    caption = "F1 of each tag; differences in percentage points"
    return tag_table(caption, header, rows, source="--format json")


def _points(difference: float) -> str:
    """A difference of ratios in percentage points, with its sign.

    >>> _points(-0.0123), _points(0.0)
    ('−1.23', '+0.00')
    """
    return f"{difference * 100:+.2f}".replace("-", "−")

"""A comparison of two taggers as an HTML page."""

from itertools import groupby
from typing import Any

from tagger.corpus.direction import direction
from tagger.evaluation.comparison import Change, Comparison, Comparisons
from tagger.evaluation.significance import Difference
from tagger.reports.comparison_text import count_by_kind, count_compared, format_p, joint_verdict, verdict
from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.metric_names import METRIC_NAMES, NO_GOLD_SPANS, metric_names, noun_of
from tagger.reports.page import number, percent, render

MAX_SENTENCES = 500
HEADER = ["metric", "A", "B", "B − A", "95 % interval", "p"]


def comparison_page(comparisons: Comparisons, first: str, second: str, file: str) -> str:
    """Render the comparison of each head as HTML, in one file that makes no requests and is whole without scripts.

    Args:
        comparisons: the comparisons.
        first: name of tagger A.
        second: name of tagger B.
        file: name of the tagged file.
    """
    joint = comparisons.joint
    return render(
        "reports/comparison.html",
        first=first,
        second=second,
        file=file,
        names_heads=comparisons.names_heads,
        heads=[_head(name, comparison) for name, comparison in comparisons.heads.items()],
        joint=joint and _joint_table(joint),
        joint_verdict=joint and joint_verdict(joint),
        n_joint=comparisons.n_joint,
        count_compared=count_compared,
    )


def _head(name: str, comparison: Comparison) -> dict[str, Any]:
    """Tables and sentences of one head, by their names in the template."""
    sentences = [
        (comparison.sentences[sentence], list(changes))
        for sentence, changes in groupby(comparison.changes, key=lambda change: change.sentence)
    ]
    return {
        "name": name,
        "comparison": comparison,
        "verdict": verdict(comparison),
        "metrics": _metric_table(comparison),
        "tags": _tag_table(comparison),
        "noun": noun_of(comparison.kind, is_series=comparison.is_series),
        "counts": count_by_kind(comparison),
        "sentences": [
            (direction(*tokens), list(zip(tokens, _by_position(tokens, changes), strict=True)))
            for tokens, changes in sentences[:MAX_SENTENCES]
        ],
        "n_left_out": max(len(sentences) - MAX_SENTENCES, 0),
    }


def _by_position(tokens: tuple[str, ...], changes: list[Change]) -> list[Change | None]:
    """The change of each token; None if both taggers agree."""
    by_position = {change.position: change for change in changes}
    return [by_position.get(position) for position in range(len(tokens))]


def _metric_table(comparison: Comparison) -> FigureTable:
    names = metric_names(comparison.kind, is_series=comparison.is_series)
    rows = [_row(names[name].title, row) for name, row in comparison.headlines.items() if name in names]
    if comparison.lacks_spans:
        rows.append([METRIC_NAMES["span_f1"].title, *["–"] * 3, NO_GOLD_SPANS, "–"])
    return FigureTable("Scores of A and B; differences in percentage points", HEADER, rows)


def _joint_table(joint: Difference) -> FigureTable:
    caption = "Joint accuracy of A and B; difference in percentage points"
    return FigureTable(caption, HEADER, [_row("joint accuracy", joint)])


def _row(title: str, row: Difference) -> list[str]:
    interval = f"{_points(row.interval[0])} to {_points(row.interval[1])}"
    return [title, percent(row.first), percent(row.second), _points(row.difference), interval, format_p(row.p)]


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
    noun = noun_of(comparison.kind, is_series=comparison.is_series)
    header = [noun, "support", "F1 of A", "F1 of B", "B − A", "only B correct", "only A correct"]
    caption = f"F1 of each {noun}; differences in percentage points"
    return tag_table(caption, header, rows, source="--format json")


def _points(difference: float) -> str:
    """A difference of ratios in percentage points, with its sign.

    >>> _points(-0.0123), _points(0.0)
    ('−1.23', '+0.00')
    """
    return f"{difference * 100:+.2f}".replace("-", "−")

"""How well each tag is told, and each type of span."""

from collections.abc import Mapping

from tagger.reports.figures import Bar, Drawing, Figure, Table, bar_panels
from tagger.reports.page import number, percent

Scores = Mapping[str, Mapping[str, float]]


def tag_figure(by_tag: Scores, split: str) -> Figure:
    """F1 of each tag, the most frequent first.

    Args:
        by_tag: of each tag accuracy, precision, recall, f1 and support, as `metrics.json` has them.
        split: that was scored.
    """
    rows = [
        [tag, percent(found["accuracy"]), *_ratios(found), number(found["support"])]
        for tag, found in _by_support(by_tag).items()
    ]
    header = ["tag", "accuracy", "precision", "recall", "F1", "tokens"]
    return Figure(
        "tags",
        f"F1 of each tag on {split}",
        "The tag that most tokens have stands first. F1 is the harmonic mean of precision and recall.",
        _f1_bars(by_tag),
        Table(f"Scores of each tag on {split}", header, rows, is_user_text=True),
    )


def span_figure(by_type: Scores, split: str) -> Figure:
    """F1 of each type of span, the most frequent first; as `tag_figure`, without accuracy."""
    rows = [[kind, *_ratios(found), number(found["support"])] for kind, found in _by_support(by_type).items()]
    return Figure(
        "spans",
        f"F1 of each type of span on {split}",
        "A span is right if its first and last token and its type are. The type that most spans have stands first.",
        _f1_bars(by_type),
        Table(
            f"Scores of each type of span on {split}",
            ["type", "precision", "recall", "F1", "spans"],
            rows,
            is_user_text=True,
        ),
    )


def _f1_bars(scores: Scores) -> list[Drawing]:
    return bar_panels([Bar(name, row["f1"], percent(row["f1"])) for name, row in _by_support(scores).items()])


def _by_support(scores: Scores) -> Scores:
    return dict(sorted(scores.items(), key=lambda item: -item[1]["support"]))


def _ratios(found: Mapping[str, float]) -> list[str]:
    return [percent(found[key]) for key in ("precision", "recall", "f1")]

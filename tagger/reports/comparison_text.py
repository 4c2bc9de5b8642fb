"""A comparison of two taggers as text."""

from tagger.corpus.counted import counted
from tagger.evaluation.comparison import Change, ChangeKind, Comparison
from tagger.evaluation.steps import WORD_KINDS
from tagger.reports.metric_names import METRIC_NAMES, NO_GOLD_SPANS, metric_name, most_frequent

CONTEXT = 5  # tokens shown on each side of a token
MAX_CHANGES = 10  # tokens shown of each kind
WORD_KINDS_NOTE = "seen, unseen and ambiguous: by the training data of A and B together"
SMALLEST_P = 0.00005  # anything less rounds to 0.0000
KINDS: dict[ChangeKind, str] = {"mended": "only B is correct", "broken": "only A is correct", "wrong": "both are wrong"}


def format_comparison(comparison: Comparison, first: str, second: str) -> str:
    """Format the differences, from the metrics down to single tokens; ratios are from 0 to 1.

    Args:
        comparison: the comparison.
        first: name of tagger A.
        second: name of tagger B.
    """
    rows = [
        f"A  {first}",
        f"B  {second}",
        f"{counted(len(comparison.sentences), 'sentence')}, {counted(comparison.n_tokens, 'token')}",
        "",
        verdict(comparison),
    ]
    if not comparison.changes:
        return "\n".join(rows)
    rows += ["", *_metric_rows(comparison), "", *_tag_rows(comparison), "", count_by_kind(comparison)]
    for kind, description in KINDS.items():
        rows += _change_rows(comparison, comparison.changes_of(kind), description)
    return "\n".join(rows)


def verdict(comparison: Comparison) -> str:
    """State in one sentence which tagger is better.

    The difference is B − A.
    """
    if not comparison.changes:
        return "no difference: A and B give every token the same tag"
    row, name = comparison.headlines[comparison.main_headline], metric_name(comparison.main_headline)
    low, high = row.interval
    p = format_p(row.p) if row.p < SMALLEST_P else f"= {format_p(row.p)}"
    difference = f"B − A = {row.difference:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}, p {p}"
    if comparison.better is None:
        return f"no significant difference in {name} ({difference})"
    return f"{'B' if comparison.better == 'second' else 'A'} has the better {name} ({difference})"


def count_by_kind(comparison: Comparison) -> str:
    """Count the tokens that the taggers tag differently, by which of them is correct."""
    counts = [f"{description} on {len(comparison.changes_of(kind)):,}" for kind, description in KINDS.items()]
    return f"{counted(len(comparison.changes), 'token')} tagged differently: {', '.join(counts)}"


def format_p(p: float) -> str:
    """Format a p value with four digits.

    >>> format_p(0.03456), format_p(1e-9)
    ('0.0346', '< 0.0001')
    """
    return f"{p:.4f}" if p >= SMALLEST_P else "< 0.0001"


def excerpt(comparison: Comparison, change: Change) -> str:
    """The changed token in brackets, with the tokens around it."""
    tokens = comparison.sentences[change.sentence]
    start, end = max(change.position - CONTEXT, 0), change.position + CONTEXT + 1
    words = [f"[{token}]" if i == change.position else token for i, token in enumerate(tokens)][start:end]
    return " ".join([*["…"] * (start > 0), *words, *["…"] * (end < len(tokens))])


def _metric_rows(comparison: Comparison) -> list[str]:
    width = max(len(names.label) for names in METRIC_NAMES.values())
    return [
        f"{'':<{width}}       A       B    B − A  95 % interval            p",
        *(
            f"{METRIC_NAMES[name].label:<{width}}  {row.first:.4f}  {row.second:.4f}  {row.difference:+.4f}"
            f"  {row.interval[0]:+.4f} to {row.interval[1]:+.4f}  {format_p(row.p)}"
            for name, row in comparison.headlines.items()
        ),
        *([f"{METRIC_NAMES['span_f1'].label:<{width}}  {NO_GOLD_SPANS}"] if comparison.lacks_spans else []),
        *([WORD_KINDS_NOTE] if any(f"{kind}_accuracy" in comparison.headlines for kind in WORD_KINDS) else []),
    ]


def _tag_rows(comparison: Comparison) -> list[str]:
    tags, n_left_out = most_frequent(comparison.tags, lambda row: row.support)
    width = max(map(len, ["tag", *tags]))
    rows = [f"{'tag':<{width}}  support    F1 A    F1 B    B − A  only B correct  only A correct"]
    rows += [
        f"{tag:<{width}}  {row.support:7,}  {row.first:.4f}  {row.second:.4f}  {row.second - row.first:+.4f}"
        f"  {row.mended:14,}  {row.broken:14,}"
        for tag, row in tags.items()
    ]
    if n_left_out:
        rows.append(f"… and {n_left_out:,} less frequent tags, listed by --format json")
    return rows


def _change_rows(comparison: Comparison, changes: list[Change], description: str) -> list[str]:
    if not changes:
        return []
    first_ones = changes[:MAX_CHANGES]
    pair_width = max(len(f"{change.first} → {change.second}") for change in first_ones)
    gold_width = max(len(change.gold) for change in first_ones)
    rows = ["", f"{description} (tag from A → tag from B): {len(changes):,}"]
    rows += [
        f"  {f'{change.first} → {change.second}':<{pair_width}}  gold {change.gold:<{gold_width}}"
        f"  {excerpt(comparison, change)}"
        for change in first_ones
    ]
    if len(changes) > MAX_CHANGES:
        rows.append(f"  … and {len(changes) - MAX_CHANGES:,} more, listed by --format json and --html")
    return rows

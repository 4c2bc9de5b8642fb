"""A comparison as text."""

from tagger.evaluation.comparison import Change, ChangeKind, Comparison
from tagger.reports.measures import MEASURES, NO_GOLD_SPANS, frequent, metric_name

AROUND = 5  # tokens that are shown on each side of one that changed
MOST = 10  # changed tokens of a kind that are shown
KINDS: dict[ChangeKind, str] = {
    "mended": "mended: wrong by A, right by B",
    "broken": "broken: right by A, wrong by B",
    "wrong": "wrong by both, in different ways",
}


def format_comparison(comparison: Comparison, first: str, second: str) -> str:
    """The differences, from the headlines to the single token; ratios from 0 to 1.

    Args:
        comparison: the comparison.
        first: name of the one tagger, A.
        second: name of the other, B.
    """
    rows = [
        f"A  {first}",
        f"B  {second}",
        f"{len(comparison.sentences):,} sentences, {comparison.n_tokens:,} tokens",
        "",
        verdict(comparison),
    ]
    if not comparison.changes:
        return "\n".join(rows)
    n = {kind: f"{len(comparison.changes_of(kind)):,}" for kind in KINDS}
    rows += ["", *_headline_rows(comparison), ""]
    rows += [f"tokens: {n['mended']} mended, {n['broken']} broken, {n['wrong']} wrong in another way", ""]
    rows += _tag_rows(comparison)
    for kind, description in KINDS.items():
        rows += _change_rows(comparison, comparison.changes_of(kind), description)
    return "\n".join(rows)


def verdict(comparison: Comparison) -> str:
    """Which tagger is better, in a sentence."""
    if not comparison.changes:
        return "no difference: both give every token the same tag"
    decides, name = comparison.headlines[comparison.main_headline], metric_name(comparison.main_headline)
    low, high = decides.interval
    difference = f"{decides.difference:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}, p {format_p(decides.p)}"
    if comparison.better is None:
        return f"no difference in {name} that these sentences can show ({difference})"
    return f"{'B' if comparison.better == 'second' else 'A'} is better ({name} {difference})"


def format_p(p: float) -> str:
    """A p with four digits.

    >>> format_p(0.03456), format_p(1e-9)
    ('0.0346', '< 0.0001')
    """
    return f"{p:.4f}" if p >= 0.00005 else "< 0.0001"


def excerpt(comparison: Comparison, change: Change) -> str:
    """The token in brackets, with what stands around it."""
    tokens = comparison.sentences[change.sentence]
    start, end = max(change.position - AROUND, 0), change.position + AROUND + 1
    shown = [f"[{token}]" if i == change.position else token for i, token in enumerate(tokens)][start:end]
    return " ".join([*["…"] * (start > 0), *shown, *["…"] * (end < len(tokens))])


def _headline_rows(comparison: Comparison) -> list[str]:
    width = max(len(measure.label) for measure in MEASURES.values())
    return [
        f"{'':<{width}}       A       B  difference  95 % interval             p",
        *(
            f"{MEASURES[name].label:<{width}}  {row.first:.4f}  {row.second:.4f}     {row.difference:+.4f}"
            f"  {row.interval[0]:+.4f} to {row.interval[1]:+.4f}  {format_p(row.p)}"
            for name, row in comparison.headlines.items()
        ),
        *([f"{MEASURES['span_f1'].label:<{width}}  {NO_GOLD_SPANS}"] if comparison.lacks_spans else []),
    ]


def _tag_rows(comparison: Comparison) -> list[str]:
    tags, n_left_out = frequent(comparison.tags, lambda row: row.support)
    width = max(map(len, ["tag", *tags]))
    rows = [f"{'tag':<{width}}  support    F1 A    F1 B  difference  mended  broken"]
    rows += [
        f"{tag:<{width}}  {row.support:7,}  {row.first:.4f}  {row.second:.4f}     {row.second - row.first:+.4f}"
        f"  {row.mended:6,}  {row.broken:6,}"
        for tag, row in tags.items()
    ]
    if n_left_out:
        rows.append(f"… and {n_left_out:,} less frequent tags: --format json has all")
    return rows


def _change_rows(comparison: Comparison, changes: list[Change], description: str) -> list[str]:
    if not changes:
        return []
    shown = changes[:MOST]
    width = max(len(f"{change.first} → {change.second}") for change in shown)
    tags = max(len(change.gold) for change in shown)
    rows = ["", f"{description}: {len(changes):,}"]
    rows += [
        f"  {f'{change.first} → {change.second}':<{width}}  gold {change.gold:<{tags}}  {excerpt(comparison, change)}"
        for change in shown
    ]
    if len(changes) > MOST:
        rows.append(f"  … and {len(changes) - MOST:,} more: --format json and --html tell all")
    return rows

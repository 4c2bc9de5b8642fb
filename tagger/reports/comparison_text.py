"""A comparison as text."""

from tagger.evaluation.comparison import Change, Comparison, Kind
from tagger.reports.measures import MEASURES, metric_name

AROUND = 5  # tokens that are shown on each side of one that changed
MOST = 10  # changed tokens of a kind that are shown
WHAT: dict[Kind, str] = {
    "mended": "mended: wrong by A, right by B",
    "broken": "broken: right by A, wrong by B",
    "wrong": "wrong by both, in different ways",
}


def format_comparison(found: Comparison, first: str, second: str) -> str:
    """What differs, from the headlines to the single token; ratios from 0 to 1.

    Args:
        found: the comparison.
        first: what the one tagger, A, is called.
        second: what the other, B, is called.
    """
    rows = [
        f"A  {first}",
        f"B  {second}",
        f"{len(found.sentences):,} sentences, {found.n_tokens:,} tokens",
        "",
        verdict(found),
    ]
    if not found.changes:
        return "\n".join(rows)
    rows += ["", *_headline_rows(found), "", *_mcnemar_rows(found), "", *_tag_rows(found)]
    for kind, what in WHAT.items():
        rows += _change_rows(found, found.changed(kind), what)
    return "\n".join(rows)


def verdict(found: Comparison) -> str:
    """Which tagger is better, in a sentence."""
    if not found.changes:
        return "no difference: both give every token the same tag"
    decides, name = found.headlines[found.main], metric_name(found.main)
    told = f"{name} {decides.difference:+.4f}, p {format_p(decides.p)}"
    if found.better is None:
        return f"no difference that these sentences can show ({told})"
    return f"{'B' if found.better == 'second' else 'A'} is better ({told})"


def format_p(p: float) -> str:
    """A p with four digits.

    >>> format_p(0.03456), format_p(1e-9)
    ('0.0346', '< 0.0001')
    """
    return f"{p:.4f}" if p >= 0.00005 else "< 0.0001"


def excerpt(found: Comparison, change: Change) -> str:
    """The token in brackets, with what stands around it."""
    tokens = found.sentences[change.sentence]
    start, end = max(change.position - AROUND, 0), change.position + AROUND + 1
    shown = [f"[{token}]" if i == change.position else token for i, token in enumerate(tokens)][start:end]
    return " ".join([*["…"] * (start > 0), *shown, *["…"] * (end < len(tokens))])


def _headline_rows(found: Comparison) -> list[str]:
    width = max(len(measure.label) for measure in MEASURES.values())
    return [
        f"{'':<{width}}       A       B  difference  95 % interval             p",
        *(
            f"{MEASURES[name].label:<{width}}  {row.first:.4f}  {row.second:.4f}     {row.difference:+.4f}"
            f"  {row.interval[0]:+.4f} to {row.interval[1]:+.4f}  {format_p(row.p)}"
            for name, row in found.headlines.items()
        ),
    ]


def _mcnemar_rows(found: Comparison) -> list[str]:
    test, n_wrong = found.mcnemar, len(found.changed("wrong"))
    return [
        f"tokens: {test.mended:,} mended, {test.broken:,} broken, {n_wrong:,} wrong in another way",
        f"McNemar's p {format_p(test.p)} ({'exact' if test.is_exact else 'chi-squared'}), over tokens",
    ]


def _tag_rows(found: Comparison) -> list[str]:
    width = max(map(len, ["tag", *found.tags]))
    rows = [f"{'tag':<{width}}  support    F1 A    F1 B  difference  mended  broken"]
    rows += [
        f"{tag:<{width}}  {row.support:7,}  {row.first:.4f}  {row.second:.4f}     {row.second - row.first:+.4f}"
        f"  {row.mended:6,}  {row.broken:6,}"
        for tag, row in found.tags.items()
    ]
    return rows


def _change_rows(found: Comparison, changes: list[Change], what: str) -> list[str]:
    if not changes:
        return []
    shown = changes[:MOST]
    width = max(len(f"{change.first} → {change.second}") for change in shown)
    tags = max(len(change.gold) for change in shown)
    rows = ["", f"{what}: {len(changes):,}"]
    rows += [
        f"  {f'{change.first} → {change.second}':<{width}}  gold {change.gold:<{tags}}  {excerpt(found, change)}"
        for change in shown
    ]
    if len(changes) > MOST:
        rows.append(f"  … and {len(changes) - MOST:,} more: --format json and --html tell all")
    return rows

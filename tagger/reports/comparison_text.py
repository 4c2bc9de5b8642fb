"""A comparison of two taggers as text."""

from collections.abc import Sequence

from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.evaluation.comparison import Change, ChangeKind, Comparison, Comparisons
from tagger.evaluation.metrics import NOUNS
from tagger.evaluation.significance import Difference
from tagger.evaluation.steps import WORD_KINDS
from tagger.reports.display_text import beginning, string_of
from tagger.reports.metric_names import (
    LABEL_WIDTH,
    METRIC_NAMES,
    NO_GOLD_SPANS,
    metric_name,
    metric_names,
    most_frequent,
    noun_of,
)
from tagger.terminal_text import one_line

CONTEXT = 5  # tokens shown on each side of a token
MAX_CHANGES = 10  # tokens shown of each kind
WORD_KINDS_NOTE = "seen, unseen and ambiguous: by the training data of A and B together"
SMALLEST_P = 0.00005  # anything less rounds to 0.0000
HEADER = f"{'':<{LABEL_WIDTH}}       A       B    B − A  95 % interval            p"
KINDS: dict[ChangeKind, str] = {"mended": "only B is correct", "broken": "only A is correct", "wrong": "both are wrong"}


def format_comparisons(comparisons: Comparisons, first: str, second: str) -> str:
    """Format the differences in each head, below its name if there are several, then in joint accuracy.

    Args:
        comparisons: the comparison of each head.
        first: name of tagger A.
        second: name of tagger B.
    """
    if not comparisons.names_heads:
        return format_comparison(comparisons.first, first, second)
    blocks = [f"A  {one_line(first)}\nB  {one_line(second)}"]
    for name, comparison in comparisons.heads.items():
        noun = noun_of(comparison.kind, is_series=comparison.is_series)
        blocks.append("\n".join(map(one_line, [f"{name}: {noun}s", "", *_rows(comparison)])))
    if comparisons.joint:
        blocks.append("\n".join(_joint_rows(comparisons.joint, comparisons.n_joint, [*comparisons.heads])))
    return "\n\n\n".join(blocks)


def format_comparison(comparison: Comparison, first: str, second: str) -> str:
    """Format the differences, from the metrics down to single tokens; ratios are from 0 to 1.

    Args:
        comparison: the comparison.
        first: name of tagger A.
        second: name of tagger B.
    """
    return "\n".join(map(one_line, [f"A  {first}", f"B  {second}", *_rows(comparison)]))


def _rows(comparison: Comparison) -> list[str]:
    rows = [count_compared(comparison), "", verdict(comparison)]
    if not comparison.changes:
        return rows
    rows += ["", *_metric_rows(comparison), "", *_tag_rows(comparison), "", count_by_kind(comparison)]
    for kind, description in KINDS.items():
        rows += _change_rows(comparison, comparison.changes_of(kind), description)
    return rows


def count_compared(comparison: Comparison) -> str:
    """Count the sentences, and the tokens if they have tags, that are compared."""
    sentences = counted(len(comparison.sentences), "sentence")
    text = sentences if comparison.kind == "label" else f"{sentences}, {counted(comparison.n_tokens, 'token')}"
    return in_terms(text, is_series=comparison.is_series)


def joint_verdict(joint: Difference) -> str:
    """State in one sentence which tagger has the better joint accuracy."""
    return _verdict(joint, "joint accuracy")


def _joint_rows(joint: Difference, n_sentences: int, heads: Sequence[str]) -> list[str]:
    return [
        f"all heads: {' and '.join([', '.join(heads[:-1]), heads[-1]])} without an error",
        "",
        counted(n_sentences, "sentence"),
        "",
        joint_verdict(joint),
        "",
        HEADER,
        _difference_row("joint accuracy", joint),
    ]


def verdict(comparison: Comparison) -> str:
    """State in one sentence which tagger is better.

    The difference is B − A.
    """
    if not comparison.changes:
        unit = "sentence" if comparison.kind == "label" else "token"
        text = f"no difference: A and B give every {unit} the same {NOUNS[comparison.kind]}"
        return in_terms(text, is_series=comparison.is_series)
    row, name = comparison.headlines[comparison.main_headline], metric_name(comparison.main_headline)
    return _verdict(row, name)


def _verdict(row: Difference, name: str) -> str:
    low, high = row.interval
    p = format_p(row.p) if row.p < SMALLEST_P else f"= {format_p(row.p)}"
    difference = f"B − A = {row.difference:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}, p {p}"
    if row.better is None:
        return f"no significant difference in {name} ({difference})"
    return f"{'B' if row.better == 'second' else 'A'} has the better {name} ({difference})"


def count_by_kind(comparison: Comparison) -> str:
    """Count the tokens that the taggers tag differently, or the sentences, by which of them is correct."""
    counts = [f"{description} on {len(comparison.changes_of(kind)):,}" for kind, description in KINDS.items()]
    n = len(comparison.changes)
    changed = f"{counted(n, 'sentence')} labelled" if comparison.kind == "label" else f"{counted(n, 'token')} tagged"
    return in_terms(f"{changed} differently: {', '.join(counts)}", is_series=comparison.is_series)


def format_p(p: float) -> str:
    """Format a p value with four digits.

    >>> format_p(0.03456), format_p(1e-9)
    ('0.0346', '< 0.0001')
    """
    return f"{p:.4f}" if p >= SMALLEST_P else "< 0.0001"


def excerpt(comparison: Comparison, change: Change) -> str:
    """The changed token in brackets, with the tokens around it; for a label, the text."""
    if comparison.kind == "label":
        return beginning(comparison.sentences[change.sentence][0])
    tokens = comparison.sentences[change.sentence]
    start, end = max(change.position - CONTEXT, 0), change.position + CONTEXT + 1
    words = [f"[{token}]" if i == change.position else token for i, token in enumerate(tokens)][start:end]
    return " ".join([*["…"] * (start > 0), *words, *["…"] * (end < len(tokens))])


def _metric_rows(comparison: Comparison) -> list[str]:
    names = metric_names(comparison.kind, is_series=comparison.is_series)
    return [
        HEADER,
        *(_difference_row(names[name].label, row) for name, row in comparison.headlines.items() if name in names),
        *([f"{METRIC_NAMES['span_f1'].label:<{LABEL_WIDTH}}  {NO_GOLD_SPANS}"] if comparison.lacks_spans else []),
        *([WORD_KINDS_NOTE] if any(f"{kind}_accuracy" in comparison.headlines for kind in WORD_KINDS) else []),
    ]


def _difference_row(label: str, row: Difference) -> str:
    return (
        f"{label:<{LABEL_WIDTH}}  {row.first:.4f}  {row.second:.4f}  {row.difference:+.4f}"
        f"  {row.interval[0]:+.4f} to {row.interval[1]:+.4f}  {format_p(row.p)}"
    )


def _tag_rows(comparison: Comparison) -> list[str]:
    tags, n_left_out = most_frequent(comparison.tags, lambda row: row.support)
    noun = noun_of(comparison.kind, is_series=comparison.is_series)
    width = max(map(len, [noun, *tags]))
    rows = [f"{noun:<{width}}  support    F1 A    F1 B    B − A  only B correct  only A correct"]
    rows += [
        f"{tag:<{width}}  {row.support:7,}  {row.first:.4f}  {row.second:.4f}  {row.second - row.first:+.4f}"
        f"  {row.mended:14,}  {row.broken:14,}"
        for tag, row in tags.items()
    ]
    if n_left_out:
        rows.append(f"… and {n_left_out:,} less frequent {noun}s, listed by --format json")
    return rows


def _change_rows(comparison: Comparison, changes: list[Change], description: str) -> list[str]:
    if not changes:
        return []
    first_ones = changes[:MAX_CHANGES]
    answers = [_answers(comparison, change) for change in first_ones]
    pair_width = max(len(f"{first} → {second}") for _, first, second in answers)
    gold_width = max(len(gold) for gold, _, _ in answers)
    noun = "string" if comparison.kind == "string" else noun_of(comparison.kind, is_series=comparison.is_series)
    rows = ["", f"{description} ({noun} from A → {noun} from B): {len(changes):,}"]
    rows += [
        f"  {f'{first} → {second}':<{pair_width}}  gold {gold:<{gold_width}}  {excerpt(comparison, change)}"
        for (gold, first, second), change in zip(answers, first_ones, strict=True)
    ]
    if len(changes) > MAX_CHANGES:
        rows.append(f"  … and {len(changes) - MAX_CHANGES:,} more, listed by --format json and --html")
    return rows


def _answers(comparison: Comparison, change: Change) -> tuple[str, str, str]:
    """The gold answer of a changed token and those of A and B; for strings, what the edit scripts make of the token."""
    answers = change.gold, change.first, change.second
    if comparison.kind != "string":
        return answers
    token = comparison.sentences[change.sentence][change.position]
    gold, first, second = (string_of(script, token) for script in answers)
    return gold, first, second

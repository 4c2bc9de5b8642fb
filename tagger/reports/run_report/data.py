"""Tables of a run's data and of the package versions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tagger.evaluation.metrics import NOUNS
from tagger.reports.display_text import sentence_case
from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.metric_names import UNITS
from tagger.reports.page import number, percent
from tagger.reports.run_report.record import HeadRecord

Splits = Mapping[str, Mapping[str, Any]]  # statistics of each split, from `data.json`
Rows = list[list[str]]


def split_table(splits: Splits, heads: Sequence[HeadRecord] = (), *, reads_words: bool = True) -> FigureTable:
    """Statistics of the splits, from `data.json`, with a column for each split.

    Args:
        splits: statistics by split; those of tags are at the top for a single head of tags without a name.
        heads: the heads, whose statistics are under `heads` otherwise.
        reads_words: whether to count words, which a series of numbers does not have.
    """
    train = splits["train"]
    by_head = [(head, f"{head.name}: " if len(heads) > 1 else "") for head in heads if "heads" in train]

    def counts(rows: Iterable[tuple[str, str]]) -> Rows:
        return [[name, *(number(split.get(key)) for split in splits.values())] for name, key in rows]

    def proportions(rows: Iterable[tuple[str, str, str]]) -> Rows:
        return [
            [name, *(_with_percent(split[key], split[whole]) for split in splits.values())] for name, key, whole in rows
        ]

    rows = counts([("sentences", "sentences"), ("tokens", "tokens")])
    rows += counts([("distinct words, case-sensitive", "words")] if reads_words else [])
    rows += counts([] if by_head else [("distinct tags", "n_tags")])
    for head, prefix in by_head:
        rows.append([f"{prefix}distinct {NOUNS[head.kind]}s", *(number(n) for n in _of_head(splits, head, "n_tags"))])
    rows += counts(
        [
            ("tokens per sentence, median", "median"),
            ("tokens per sentence, 99th percentile", "percentile_99"),
            ("tokens per sentence, maximum", "longest"),
        ]
    )
    if reads_words:
        rows += proportions(
            [("tokens of unseen words", "unseen_tokens", "tokens"), ("distinct unseen words", "unseen_words", "words")]
        )
    caption = "Size of the splits"
    if not by_head and reads_words:
        rows += proportions([("tokens of ambiguous words", "ambiguous_tokens", "tokens")])
        if train["ambiguous_words"] is not None:
            n_ambiguous = _with_percent(train["ambiguous_words"], train["words"])
            caption += f"; {n_ambiguous} of the distinct words of train are ambiguous"
    for head, prefix in by_head:
        rows += _head_rows(splits, head, prefix, reads_words=reads_words)
    return FigureTable(caption, ["count", *splits], rows)


def _head_rows(splits: Splits, head: HeadRecord, prefix: str, *, reads_words: bool) -> Rows:
    """Tokens of ambiguous words of a head, and its sentences with an answer if some have none."""
    rows = []
    n_answered, n_ambiguous = _of_head(splits, head, "sentences"), _of_head(splits, head, "ambiguous_tokens")
    wholes = [split["sentences"] for split in splits.values()]
    if n_answered != wholes:
        cells = [_with_percent(n or 0, whole) for n, whole in zip(n_answered, wholes, strict=True)]
        rows.append([f"{prefix}sentences with {head.kind if head.kind == 'label' else f'{head.kind}s'}", *cells])
    if reads_words and any(n is not None for n in n_ambiguous):
        cells = [_with_percent(n, split["tokens"]) for n, split in zip(n_ambiguous, splits.values(), strict=True)]
        rows.append([f"{prefix}tokens of ambiguous words", *cells])
    return rows


def _of_head(splits: Splits, head: HeadRecord, key: str) -> list[int | None]:
    """A statistic of a head in each split; None if the split has no answers of it."""
    return [split["heads"].get(head.name, {}).get(key) for split in splits.values()]


def tag_counts(splits: Splits, ignore: Collection[str]) -> FigureTable:
    """Tokens of each tag in each split, the most frequent tag of train first."""
    rows = _tag_rows([(split["tags"], split["tokens"]) for split in splits.values()], ignore)
    return tag_table("Tokens of each tag", ["tag", *splits, "scored"], rows, source="data.json")


def answer_counts(splits: Splits, head: HeadRecord, *, names_heads: bool) -> FigureTable:
    """Tokens of each tag or edit script of a head, or sentences of each label, in each split.

    Args:
        splits: statistics by split.
        head: the head.
        names_heads: whether to name the head in the caption.
    """
    by_split = [split["heads"].get(head.name, {}).get("tags", {}) for split in splits.values()]
    rows = _tag_rows([(tags, sum(tags.values())) for tags in by_split], head.ignore)
    caption = (
        f"{sentence_case(UNITS[head.kind])}s of each {NOUNS[head.kind]}{f' of {head.name}' if names_heads else ''}"
    )
    return tag_table(caption, [NOUNS[head.kind], *splits, "scored"], rows, source="data.json")


def _tag_rows(by_split: Sequence[tuple[Mapping[str, int], int]], ignore: Collection[str]) -> Rows:
    """A row for each tag, from its count in each split and the count of all tags there."""
    names = dict.fromkeys(tag for tags, _ in by_split for tag in tags)
    return [
        [
            tag,
            *(_with_percent(tags.get(tag, 0), whole) for tags, whole in by_split),
            "no" if tag in ignore else "yes",
        ]
        for tag in names
    ]


def hash_table(hashes: Mapping[str, str]) -> FigureTable:
    """SHA-256 of each data file of the run."""
    return FigureTable("SHA-256 of the data files", ["file", "SHA-256"], [list(pair) for pair in hashes.items()])


def version_table(versions: Mapping[str, str]) -> FigureTable:
    """Versions of the packages that the run used."""
    return FigureTable("Package versions", ["package", "version"], [list(pair) for pair in versions.items()])


def _with_percent(count: int | None, whole: int) -> str:
    return "–" if count is None else f"{number(count)} ({percent(count / whole, 1)})" if whole else "0"

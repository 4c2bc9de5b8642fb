"""Tables of a run's data and of the package versions."""

from collections.abc import Collection, Mapping
from typing import Any

from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.page import number, percent


def split_table(splits: Mapping[str, Mapping[str, Any]]) -> FigureTable:
    """Statistics of the splits, from `data.json`, with a column for each split."""
    train = splits["train"]
    rows = [
        [name, *(number(split[key]) for split in splits.values())]
        for name, key in (
            ("sentences", "sentences"),
            ("tokens", "tokens"),
            ("distinct words, case-sensitive", "words"),
            ("distinct tags", "n_tags"),
            ("tokens per sentence, median", "median"),
            ("tokens per sentence, 99th percentile", "percentile_99"),
            ("tokens per sentence, maximum", "longest"),
        )
    ]
    rows += [
        [name, *(_with_percent(split[key], split[whole]) for split in splits.values())]
        for name, key, whole in (
            ("tokens of unseen words", "unseen_tokens", "tokens"),
            ("distinct unseen words", "unseen_words", "words"),
            ("tokens of ambiguous words", "ambiguous_tokens", "tokens"),
        )
    ]
    caption = "Size of the splits"
    if train["ambiguous_words"] is not None:
        caption += (
            f"; {_with_percent(train['ambiguous_words'], train['words'])} of the distinct words of train are ambiguous"
        )
    return FigureTable(caption, ["count", *splits], rows)


def tag_counts(splits: Mapping[str, Mapping[str, Any]], ignore: Collection[str]) -> FigureTable:
    """Tokens of each tag in each split, the most frequent tag of train first."""
    tags = dict.fromkeys(tag for split in splits.values() for tag in split["tags"])
    rows = [
        [
            tag,
            *(_with_percent(split["tags"].get(tag, 0), split["tokens"]) for split in splits.values()),
            "no" if tag in ignore else "yes",
        ]
        for tag in tags
    ]
    return tag_table("Tokens of each tag", ["tag", *splits, "scored"], rows, source="data.json")


def hash_table(hashes: Mapping[str, str]) -> FigureTable:
    """SHA-256 of each data file of the run."""
    return FigureTable("SHA-256 of the data files", ["file", "SHA-256"], [list(pair) for pair in hashes.items()])


def version_table(versions: Mapping[str, str]) -> FigureTable:
    """Versions of the packages that the run used."""
    return FigureTable("Package versions", ["package", "version"], [list(pair) for pair in versions.items()])


def _with_percent(count: int | None, whole: int) -> str:
    return "–" if count is None else f"{number(count)} ({percent(count / whole, 1)})" if whole else "0"

"""Tables of what a run was made from: the data that it was trained and scored on, and versions."""

from collections.abc import Collection, Mapping
from typing import Any

from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.page import number, percent


def split_table(splits: Mapping[str, Mapping[str, Any]]) -> FigureTable:
    """The splits in numbers, as `data.json` has them, side by side."""
    train = splits["train"]
    rows = [
        [name, *(number(split[key]) for split in splits.values())]
        for name, key in (
            ("sentences", "sentences"),
            ("tokens", "tokens"),
            ("different words, as written", "words"),
            ("different tags", "n_tags"),
            ("tokens of a sentence, median", "median"),
            ("tokens of a sentence, 99 % have at most", "percentile_99"),
            ("tokens of the longest sentence", "longest"),
        )
    ]
    rows += [
        [name, *(_with_share(split[key], split[whole]) for split in splits.values())]
        for name, key, whole in (
            ("tokens whose word train lacks", "unseen_tokens", "tokens"),
            ("different words that train lacks", "unseen_words", "words"),
            ("tokens whose word has two or more tags in train", "ambiguous_tokens", "tokens"),
        )
    ]
    caption = (
        f"The splits; {_with_share(train['ambiguous_words'], train['words'])} of train's words have two or more tags"
    )
    return FigureTable(caption, ["count", *splits], rows)


def tag_counts(splits: Mapping[str, Mapping[str, Any]], ignore: Collection[str]) -> FigureTable:
    """The count of each tag in each split, the most frequent of train first."""
    tags = dict.fromkeys(tag for split in splits.values() for tag in split["tags"])
    rows = [
        [
            tag,
            *(_with_share(split["tags"].get(tag, 0), split["tokens"]) for split in splits.values()),
            "no" if tag in ignore else "yes",
        ]
        for tag in tags
    ]
    return tag_table("Tokens by tag", ["tag", *splits, "scored"], rows, source="data.json")


def hash_table(hashes: Mapping[str, str]) -> FigureTable:
    """SHA-256 of each file that the run read."""
    return FigureTable(
        "Files of data, SHA-256 of their bytes", ["file", "SHA-256"], [list(pair) for pair in hashes.items()]
    )


def version_table(versions: Mapping[str, str]) -> FigureTable:
    """Versions of the packages that the run was made with."""
    return FigureTable("Versions", ["package", "version"], [list(pair) for pair in versions.items()])


def _with_share(count: int | None, whole: int) -> str:
    return "–" if count is None else f"{number(count)} ({percent(count / whole, 1)})" if whole else "0"

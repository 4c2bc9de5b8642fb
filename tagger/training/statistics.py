"""Statistics of a run's data, kept in its folder: the data itself may move."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tagger.corpus.sentences import Sentences
from tagger.corpus.summary import summarize

KEPT = ("sentences", "tokens", "words", "tags", "median", "percentile_99", "longest", "unseen_words", "unseen_tokens")


def data_json(splits: Mapping[str, Sentences], *, ambiguous: Collection[str], start: str | None) -> str:
    """The text of `data.json`: statistics of the splits, and the tagger whose weights training begins with.

    `start` is its folder, as it was given; None where training begins anew.
    """
    tables = {"splits": data_statistics(splits, ambiguous=ambiguous), "start": start and str(Path(start).absolute())}
    return json.dumps(tables, indent=2, ensure_ascii=False) + "\n"


def data_statistics(splits: Mapping[str, Sentences], *, ambiguous: Collection[str]) -> dict[str, dict[str, Any]]:
    """Counts of sentences, tokens, words and tags, lengths, and unseen words (None of train itself), by split.

    `ambiguous` are the forms that have two or more tags in train.
    """
    train, statistics = splits["train"], {}
    for split, sentences in splits.items():
        summary = summarize(split, sentences, "", None if split == "train" else train)
        counts = [n for form, n in sentences.form_counts().items() if form in ambiguous]
        statistics[split] = {
            **{key: getattr(summary, key) for key in KEPT},
            "n_tags": len(summary.tags),
            "ambiguous_words": len(counts),
            "ambiguous_tokens": sum(counts),
        }
    return statistics

"""Statistics of a run's data, written to its folder because the data may move."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tagger.corpus.sentences import Sentences
from tagger.corpus.summary import summarize

FIELDS = ("sentences", "tokens", "words", "tags", "median", "percentile_99", "longest", "unseen_words", "unseen_tokens")


def data_json(splits: Mapping[str, Sentences], *, ambiguous: Collection[str], initial_tagger: str | None) -> str:
    """Return the text of `data.json`: statistics of the splits, and the path of the initial tagger.

    Args:
        splits: sentences by split.
        ambiguous: forms with two or more tags in train.
        initial_tagger: path of the initial tagger, if any.
    """
    tables = {
        "splits": data_statistics(splits, ambiguous=ambiguous),
        "start": initial_tagger and str(Path(initial_tagger).absolute()),
    }
    return json.dumps(tables, indent=2, ensure_ascii=False) + "\n"


def data_statistics(splits: Mapping[str, Sentences], *, ambiguous: Collection[str]) -> dict[str, dict[str, Any]]:
    """Count sentences, tokens, words, tags, lengths and unseen words (None for train) of each split.

    `ambiguous` are the forms with two or more tags in train.
    """
    train, statistics = splits["train"], {}
    for split, sentences in splits.items():
        summary = summarize(split, sentences, "", None if split == "train" else train)
        counts = [n for form, n in sentences.form_counts().items() if form in ambiguous]
        statistics[split] = {
            **{field: getattr(summary, field) for field in FIELDS},
            "n_tags": len(summary.tags),
            "ambiguous_words": len(counts),
            "ambiguous_tokens": sum(counts),
        }
    return statistics

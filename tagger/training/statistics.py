"""Statistics of a run's data, written to its folder because the data may move."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tagger.corpus.sentences import Sentences
from tagger.corpus.summary import summarize

FIELDS = ("sentences", "tokens", "words", "tags", "median", "percentile_99", "longest", "unseen_words", "unseen_tokens")
OF_TAGS = ("tags", "n_tags", "ambiguous_words", "ambiguous_tokens")  # keys of a head if sentences have answers


class Answers(NamedTuple):
    """The answers of one head, as they are counted.

    Args:
        splits: by split, the sentences that have an answer, which is their tags; a label is the tag of a sentence of
            one token, a string is an edit script.
        ambiguous: forms with two or more answers in train; None for labels.
    """

    splits: Mapping[str, Sentences]
    ambiguous: Collection[str] | None


def data_json(
    splits: Mapping[str, Sentences],
    *,
    ambiguous: Collection[str] = (),
    initial_tagger: str | None,
    heads: Mapping[str, Answers] = {},
) -> str:
    """Return the text of `data.json`: statistics of the splits, and the path of the initial tagger.

    Args:
        splits: sentences by split.
        ambiguous: forms with two or more tags in train, if sentences have tags.
        initial_tagger: path of the initial tagger, if any.
        heads: answers by head; empty if sentences have tags.
    """
    statistics = data_statistics(splits, ambiguous=ambiguous)
    if heads:
        statistics = {
            split: {key: value for key, value in counts.items() if key not in OF_TAGS}
            | {"heads": answer_statistics(heads, split)}
            for split, counts in statistics.items()
        }
    tables = {
        "splits": statistics,
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
        statistics[split] = {
            **{field: getattr(summary, field) for field in FIELDS},
            "n_tags": len(summary.tags),
            **_count_ambiguous(sentences, ambiguous),
        }
    return statistics


def answer_statistics(heads: Mapping[str, Answers], split: str) -> dict[str, dict[str, Any]]:
    """Count sentences, tags and ambiguous words of each head that a split has answers of, by head."""
    counted = {}
    for name, answers in heads.items():
        if split in answers.splits:
            sentences = answers.splits[split]
            tags = dict(sorted(sentences.tag_counts().items(), key=lambda item: -item[1]))
            counted[name] = {
                "sentences": len(sentences),
                "tags": tags,
                "n_tags": len(tags),
                **_count_ambiguous(sentences, answers.ambiguous),
            }
    return counted


def _count_ambiguous(sentences: Sentences, ambiguous: Collection[str] | None) -> dict[str, int | None]:
    """Number of distinct ambiguous words, and of their tokens; None if words are not what has a tag."""
    if ambiguous is None:
        return dict.fromkeys(("ambiguous_words", "ambiguous_tokens"))
    counts = [n for form, n in sentences.form_counts().items() if form in ambiguous]
    return {"ambiguous_words": len(counts), "ambiguous_tokens": sum(counts)}

"""What the data of a run is like, kept in its folder: the data itself may move."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.summary import summarize
from tagger.encoding.lexicon import count_lexicon

KEPT = ("sentences", "tokens", "words", "tags", "median", "percentile_99", "longest", "unseen_words", "unseen_tokens")


def data_json(splits: Mapping[str, Sequence[Sentence]], *, ignore: Collection[str], start: str | None) -> str:
    """The text of `data.json`: statistics of the splits, and the tagger whose weights training begins with.

    Args:
        splits: tagged sentences of train, and of dev and test where they are.
        ignore: tags that make no word ambiguous.
        start: its folder, as it was given; None where training begins anew.
    """
    described = {"splits": data_statistics(splits, ignore=ignore), "start": start and str(Path(start).absolute())}
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def data_statistics(
    splits: Mapping[str, Sequence[Sentence]], *, ignore: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Of each split: counts of sentences, tokens, words and tags, lengths, and what train lacks (None of train itself).

    Ambiguous words are those that have two or more tags in train.

    Args:
        splits: tagged sentences of train, and of dev and test where they are.
        ignore: tags that make no word ambiguous.
    """
    flat = {split: Sentences.of(sentences) for split, sentences in splits.items()}
    train = flat["train"]
    ambiguous = count_lexicon(train, reads_words=True, ignore=ignore).ambiguous or frozenset()
    found = {}
    for split, sentences in flat.items():
        summary = summarize(split, sentences, "", None if split == "train" else train)
        words = sentences.form_counts()
        found[split] = {
            **{key: getattr(summary, key) for key in KEPT},
            "n_tags": len(summary.tags),
            "ambiguous_words": len(words.keys() & ambiguous),
            "ambiguous_tokens": sum(n for word, n in words.items() if word in ambiguous),
        }
    return found

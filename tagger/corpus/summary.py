"""Statistics of a split."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from tagger.corpus.sentences import Sentences

N_SHOWN = 12  # tokens of the preview


@dataclass(frozen=True, slots=True)
class Summary:
    """Statistics of a split.

    Args:
        name: train, dev, test, or the name of the file.
        path: path of the file.
        format: format that it was read in.
        begins: first tokens with their tags, if they have any, which reveal wrong columns.
        sentences: number of sentences.
        tokens: number of tokens.
        words: number of distinct tokens, case-sensitive.
        tags: count of each tag, in descending order.
        median: median number of tokens per sentence.
        percentile_99: 99th percentile of the number of tokens per sentence.
        longest: number of tokens of the longest sentence.
        longest_line: line of that sentence.
        unseen_words: number of distinct words that are not in train; None for train itself, or without a train.
        unseen_tokens: number of tokens that are such words.
        unseen_tags: count of each tag that is not in train.
    """

    name: str
    path: str
    format: str
    begins: str
    sentences: int
    tokens: int
    words: int
    tags: dict[str, int]
    median: int
    percentile_99: int
    longest: int
    longest_line: int
    unseen_words: int | None
    unseen_tokens: int | None
    unseen_tags: dict[str, int] | None


def summarize(name: str, sentences: Sentences, read_as: str, train: Sentences | None) -> Summary:
    """Compute the statistics of a split.

    Args:
        name: name of the split.
        sentences: its sentences, at least one.
        read_as: format of its file.
        train: sentences of train to compare with; None for train itself, or without a train.
    """
    words = sentences.form_counts()
    tags = dict(sorted(sentences.tag_counts().items(), key=lambda item: -item[1]))
    lengths = np.sort(sentences.lengths).tolist()
    longest = sentences[int(sentences.lengths.argmax())]
    unseen_words = unseen_tags = None
    if train is not None:
        unseen_words, known_tags = words.keys() - set(train.forms), train.tag_counts()
        unseen_tags = {tag: n for tag, n in tags.items() if tag not in known_tags}
    first = sentences[0]
    steps = first.tokens if first.tags is None else map("/".join, zip(first.tokens, first.tags, strict=True))
    return Summary(
        name=name,
        path=longest.path,
        format=read_as,
        begins=" ".join(islice(steps, N_SHOWN)),
        sentences=len(sentences),
        tokens=len(sentences.tokens),
        words=len(words),
        tags=tags,
        median=lengths[(len(lengths) - 1) // 2],
        percentile_99=lengths[-(-len(lengths) * 99 // 100) - 1],
        longest=len(longest),
        longest_line=longest.line,
        unseen_words=None if unseen_words is None else len(unseen_words),
        unseen_tokens=None if unseen_words is None else sum(words[word] for word in unseen_words),
        unseen_tags=unseen_tags,
    )

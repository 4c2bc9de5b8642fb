"""What a split is like, in numbers."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from tagger.corpus.sentences import Sentences

N_BEGIN = 12  # tokens that show what a split is


@dataclass(frozen=True, slots=True)
class Summary:
    """What a split is like.

    Args:
        name: train, dev, test, or the file's.
        path: of the file.
        format: that it was read as.
        begins: its first tokens with their tags, which show at once if other columns are meant.
        sentences: how many.
        tokens: how many.
        words: how many different tokens, as they are written.
        tags: how often each occurs, the most frequent first.
        median: tokens of a sentence.
        percentile_99: tokens, which 99 % of the sentences do not exceed.
        longest: tokens of the longest sentence.
        longest_line: where that is.
        unseen_words: words that train lacks; None of train itself, and where there is none.
        unseen_tokens: tokens that are such words.
        unseen_tags: how often each tag that train lacks occurs.
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
    """Counts a split.

    Args:
        name: of the split.
        sentences: of the split, one at least.
        read_as: the format of its file.
        train: what to compare it with; None of train itself, and where there is none.
    """
    words = sentences.form_counts()
    tags = dict(sorted(sentences.tag_counts().items(), key=lambda item: -item[1]))
    lengths = np.sort(sentences.lengths).tolist()
    longest = sentences[int(sentences.lengths.argmax())]
    unseen_words = unseen_tags = None
    if train is not None:
        unseen_words, known_tags = words.keys() - set(train.forms), train.tag_counts()
        unseen_tags = {tag: n for tag, n in tags.items() if tag not in known_tags}
    steps = zip(sentences[0].tokens, sentences[0].tags or (), strict=True)
    return Summary(
        name=name,
        path=longest.path,
        format=read_as,
        begins=" ".join(f"{token}/{tag}" for token, tag in islice(steps, N_BEGIN)),
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

"""A baseline for labels: logistic regression on the words of a sentence, regardless of their order."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from tagger.corpus.sentences import Sentences

MAX_SENTENCES = (
    50_000  # sentences of train, drawn at random if there are more; with the next, a bound of time and memory
)
MAX_WORDS = 100_000  # the most frequent words and pairs of words
SEED = 1

Labeller = Callable[[Iterable[str]], list[str]]  # from texts to their labels


def bag_of_words(train: Sentences, ignore: Sequence[str] = ()) -> Labeller:
    """Fit the baseline to labelled texts, and return a function that labels texts.

    It counts tokens and pairs of neighbouring tokens, in lower case. Each label is separated from all others by a
    logistic regression of its own; the most probable one is predicted.

    Args:
        train: sentences of one step, whose token is a text with spaces between its tokens and whose tag is the label.
        ignore: labels that are not learned; there is at least one other.

    Example:
        >>> from tagger.corpus.sentence import Sentence
        >>> texts = {"play a song": "music", "play jazz": "music", "rain today": "weather", "will it rain": "weather"}
        >>> label = bag_of_words(Sentences.collect(Sentence((text,), (name,)) for text, name in texts.items()))
        >>> label(["play it", "Rain"])
        ['music', 'weather']
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    pairs = [(text, label) for text, label in _labelled_texts(train) if label not in ignore]
    if len(pairs) > MAX_SENTENCES:
        chosen = np.random.default_rng(SEED).choice(len(pairs), MAX_SENTENCES, replace=False)
        pairs = [pairs[i] for i in chosen]
    texts, labels = zip(*pairs, strict=True)
    if len({*labels}) == 1:
        return lambda unlabelled: [labels[0] for _ in unlabelled]
    counts = CountVectorizer(
        tokenizer=_words, token_pattern=None, ngram_range=(1, 2), max_features=MAX_WORDS, dtype=np.float64
    )
    model = make_pipeline(counts, OneVsRestClassifier(LogisticRegression(solver="liblinear", random_state=SEED)))
    model.fit(texts, labels)
    return lambda unlabelled: [str(label) for label in model.predict([*unlabelled])]


def _labelled_texts(sentences: Sentences) -> Iterable[tuple[str, str]]:
    return ((sentence.tokens[0], label) for sentence in sentences for label in sentence.tags or ())


def _words(text: str) -> list[str]:
    return text.split(" ")

"""Write the files of subject-verb-object sentences; with --check, compare them with the files here.

Both print the statistics of the README, and stop if one is out of bounds.
"""

import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

from grammar import Source, Tagged, draw_sentence
from lexicon import WORDS

HERE = Path(__file__).parent
SIZES = {"train": 3000, "dev": 400, "test": 600}
SEEDS = {"train": 1, "dev": 2, "test": 3}
HELD_RATE = 0.265  # proportion of content words in dev and test that never occur in train
NEW_RATE = 0.36  # proportion of sentences in dev and test whose tag sequence does not occur in train
ADVERBS = set(WORDS["adverb"].split())
TINY = [
    [("John", "S"), ("loves", "V"), ("Jane", "O")],
    [("Jane", "S"), ("loves", "V"), ("Alex", "O")],
]
# Lowest and highest accepted value of each statistic.
BOUNDS = {
    "sentences in train, dev and test": (3000, 5000),
    "different words": (600, 5000),
    "tokens of the shortest sentence": (3, 20),
    "tokens of the longest sentence": (3, 20),
    "different tags": (4, 4),
    "tag sequences in train": (300, 3000),
    "dev sentences whose tag sequence train lacks": (0.30, 0.45),
    "test sentences whose tag sequence train lacks": (0.30, 0.45),
    "dev tokens that train lacks": (0.09, 0.12),
    "test tokens that train lacks": (0.10, 0.11),
    "test accuracy of the word's most frequent tag": (0.0, 0.80),
    "test accuracy with a neighbour on each side": (0.0, 0.95),
}

Sets = dict[str, list[Tagged]]


def main(arguments: list[str]) -> None:
    sets = make()
    stats = statistics(sets)
    for name, value in stats.items():
        print(f"{value:6.4f}  {name}" if isinstance(value, float) else f"{value:6}  {name}")
    for name, (lowest, highest) in BOUNDS.items():
        if not lowest <= stats[name] <= highest:
            sys.exit(f"error: {name}: expected {lowest} to {highest}, got {stats[name]}")
    for name, sentences in sets.items():
        path = HERE / f"{name}.tsv"
        if "--check" not in arguments:
            path.write_text(as_text(sentences), encoding="utf-8", newline="\n")
        elif path.read_text(encoding="utf-8") != as_text(sentences):
            sys.exit(f"error: {path} differs from the output of make.py")


# --- the sets


def make() -> Sets:
    """Generate the sentences of each set; no sentence occurs twice, in one set or in two."""
    sets = {"tiny": TINY}
    for name in SIZES:
        sets[name] = list(draw(name, sets))
    return sets


def draw(name: str, sets: Sets) -> Iterator[Tagged]:
    """Generate the sentences of train, or those of dev or test, which depend on train."""
    train = sets.get("train", [])
    train_words, train_tags = words_of(train), set(map(tags_of, train))
    source = Source(Random(SEEDS[name]), HELD_RATE if train else 0.0)
    n_new = round(NEW_RATE * SIZES[name]) if train else SIZES[name]
    missing = {True: n_new, False: SIZES[name] - n_new}  # keys: whether the tag sequence is new
    taken = {as_line(sentence) for sentences in sets.values() for sentence in sentences}
    while any(missing.values()):
        sentence = draw_sentence(source)
        is_new = tags_of(sentence) not in train_tags
        if (
            missing[is_new]
            and 3 <= len(sentence) <= 20
            and as_line(sentence) not in taken
            and (name == "test" or not is_held_out(sentence))
            and (name == "train" or not is_too_new(sentence, train_words))
            and not is_unclear(sentence)
        ):
            missing[is_new] -= 1
            taken.add(as_line(sentence))
            yield sentence


def is_held_out(sentence: Tagged) -> bool:
    """Whether its tag sequence, if not short, is among the tenth that only test has."""
    tags = tags_of(sentence)
    return len(tags) > 5 and zlib.crc32(tags.encode()) % 10 == 0


def is_too_new(sentence: Tagged, train_words: set[str]) -> bool:
    """Whether two words that train lacks are too close together to be inferred from their context."""
    new = [i for i, (word, _) in enumerate(sentence) if word not in train_words]
    return any(b - a < 3 for a, b in pairwise(new))


def is_unclear(sentence: Tagged) -> bool:
    """Whether an adverb could be another part of speech if its word were unknown.

    "John saw her (often, garden)", "Jane slept and (often, girls) saw John".
    """
    return any(word in ADVERBS and before in ("her", "and", "but") for (before, _), (word, _) in pairwise(sentence))


def as_line(sentence: Tagged) -> str:
    return " ".join(word for word, _ in sentence)


def tags_of(sentence: Tagged) -> str:
    return "".join(tag for _, tag in sentence)


def words_of(sentences: Iterable[Tagged]) -> set[str]:
    return {word for sentence in sentences for word, _ in sentence}


def as_text(sentences: list[Tagged]) -> str:
    """Format sentences: a token and its tag per line, an empty line between sentences."""
    blocks = ("".join(f"{word}\t{tag}\n" for word, tag in sentence) for sentence in sentences)
    return "\n".join(blocks)


# --- statistics


def statistics(sets: Sets) -> dict[str, int | float]:
    """Statistics of the sets, including all those in BOUNDS."""
    train, dev, test = (sets[name] for name in SIZES)
    every = [*train, *dev, *test]
    tags = [tag for sentence in every for _, tag in sentence]
    sizes = {f"{name} tokens": sum(map(len, sets[name])) for name in SIZES}
    proportions = {f"{tag} share of the tokens": tags.count(tag) / len(tags) for tag in "SVOX"}
    return {
        "sentences in train, dev and test": len(every),
        **sizes,
        "different words": len(words_of(every)),
        "words with two tags or more": len([t for t in tags_by_word(every).values() if len(t) > 1]),
        "tokens of the shortest sentence": min(map(len, every)),
        "tokens of the longest sentence": max(map(len, every)),
        "different tags": len(set(tags)),
        **proportions,
        "tag sequences in train": len(set(map(tags_of, train))),
        "dev sentences whose tag sequence train lacks": new_sequences(dev, train),
        "test sentences whose tag sequence train lacks": new_sequences(test, train),
        "dev tokens that train lacks": new_tokens(dev, train),
        "test tokens that train lacks": new_tokens(test, train),
        "test accuracy of the word's most frequent tag": backoff_accuracy(train, test, ["w"]),
        "test accuracy with a neighbour on each side": backoff_accuracy(train, test, ["pwn", "pw", "wn", "w"]),
    }


def new_sequences(sentences: list[Tagged], train: list[Tagged]) -> float:
    known = set(map(tags_of, train))
    return sum(tags_of(sentence) not in known for sentence in sentences) / len(sentences)


def new_tokens(sentences: list[Tagged], train: list[Tagged]) -> float:
    known = words_of(train)
    words = [word for sentence in sentences for word, _ in sentence]
    return sum(word not in known for word in words) / len(words)


def tags_by_word(sentences: list[Tagged]) -> dict[str, set[str]]:
    tags = defaultdict(set)
    for sentence in sentences:
        for word, tag in sentence:
            tags[word].add(tag)
    return tags


def backoff_accuracy(train: list[Tagged], test: list[Tagged], views: list[str]) -> float:
    """Accuracy of a baseline that tags each token by the first of its views that occurs in train.

    It predicts the most frequent tag of that view in train. A view is a combination of the previous
    word (p), the word (w) and the next word (n). A token without a known view gets the most frequent
    tag of all.
    """
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in train:
        for token, tag in token_views(sentence, [*views, ""]):
            for view in token:
                counts[view][tag] += 1
    # Among equally frequent tags, the first in the alphabet.
    best = {view: min(tags, key=lambda tag: (-tags[tag], tag)) for view, tags in counts.items()}
    hits = [
        next(best[view] for view in token if view in best) == tag
        for sentence in test
        for token, tag in token_views(sentence, [*views, ""])
    ]
    return sum(hits) / len(hits)


def token_views(sentence: Tagged, views: list[str]) -> Iterator[tuple[list[tuple[str, ...]], str]]:
    """Views of each token, and its tag."""
    words = ["", *(word for word, _ in sentence), ""]
    for i, (_, tag) in enumerate(sentence):
        parts = dict(zip("pwn", words[i : i + 3], strict=True))
        yield [(view, *(parts[part] for part in view)) for view in views], tag


if __name__ == "__main__":
    main(sys.argv[1:])

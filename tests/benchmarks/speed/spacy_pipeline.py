"""spaCy's tagger with its default network, in an otherwise blank English pipeline."""

# ruff: noqa: E402
import argparse
import random
import sys
import time

sys.modules["torch"] = None  # type: ignore[assignment]  # spaCy would load it if installed, without using it

import spacy
from spacy.tokens import Doc
from spacy.training import Example

from tests.benchmarks.speed.material import TRAIN, test_tokens, words
from tests.benchmarks.speed.process import BATCH_SIZE, SENTENCE, run, speed, training_speed

MODEL = "spacy"


def train(options: argparse.Namespace) -> dict[str, float]:
    nlp = spacy.blank("en")
    nlp.add_pipe("tagger")
    examples = []
    for block in (options.folder / TRAIN).read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [*words(block)]
        forms, tags = [row[1] for row in rows], [row[3] for row in rows]
        examples.append(Example(Doc(nlp.vocab, words=forms), Doc(nlp.vocab, words=forms, tags=tags)))
    optimizer = nlp.initialize(lambda: examples)
    seconds = []
    for _ in range(options.epochs):
        random.Random(1).shuffle(examples)
        start = time.perf_counter()
        for first in range(0, len(examples), BATCH_SIZE):
            nlp.update(examples[first : first + BATCH_SIZE], sgd=optimizer)
        seconds.append(time.perf_counter() - start)
    with nlp.use_params(optimizer.averages):
        nlp.to_disk(options.folder / MODEL)
    return training_speed(sum(len(example.reference) for example in examples), seconds)


def tag(options: argparse.Namespace) -> dict[str, float]:
    nlp, sentences = spacy.load(options.folder / MODEL), test_tokens(options)

    def work() -> list[list[str]]:
        docs = (Doc(nlp.vocab, words=tokens) for tokens in sentences)
        return [[token.tag_ for token in doc] for doc in nlp.pipe(docs)]

    return speed(work, sum(map(len, sentences)), options.seconds)


def one(options: argparse.Namespace) -> dict[str, list[str]]:
    nlp = spacy.load(options.folder / MODEL)
    (doc,) = nlp.pipe([Doc(nlp.vocab, words=SENTENCE)])
    return {"tags": [token.tag_ for token in doc]}


if __name__ == "__main__":
    run(train=train, tag=tag, one=one)

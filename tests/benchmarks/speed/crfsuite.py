"""CRFsuite (Okazaki, 2007) with hand-made features, used from Python."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pycrfsuite

from tests.benchmarks.features import features
from tests.benchmarks.speed.process import SENTENCE, run, speed

MODEL, TOKENS, TAGGED = "crfsuite", "tokens.tsv", "crfsuite.tsv"
ITERATIONS = 20


def train(options: argparse.Namespace) -> dict[str, float]:
    """Train by the averaged perceptron; measure tokens per second of one iteration."""
    from time import perf_counter

    from tests.benchmarks.speed.material import TRAIN, words

    trainer = pycrfsuite.Trainer("ap", {"max_iterations": ITERATIONS}, verbose=False)
    n_tokens = 0
    for block in (options.folder / TRAIN).read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [*words(block)]
        trainer.append(features([row[1] for row in rows]), [row[3] for row in rows])
        n_tokens += len(rows)
    start = perf_counter()
    trainer.train(str(options.folder / MODEL))
    return {"tokens_per_second": n_tokens * ITERATIONS / (perf_counter() - start)}


def tag(options: argparse.Namespace) -> dict[str, float]:
    from tests.benchmarks.speed.material import test_tokens

    model, sentences = load(options), test_tokens(options)
    n_tokens = sum(map(len, sentences))
    return speed(lambda: [model.tag(features(sentence)) for sentence in sentences], n_tokens, options.seconds)


def file(options: argparse.Namespace) -> dict[str, float]:
    """Tag a file of one token per line, and write another."""
    model = load(options)
    with (options.folder / TAGGED).open("w", encoding="utf-8") as out:
        for tokens in sentences_of(options.folder / TOKENS):
            pairs = zip(tokens, model.tag(features(tokens)), strict=True)
            out.write("".join(f"{token}\t{tag}\n" for token, tag in pairs) + "\n")
    return {}


def sentences_of(path: Path) -> Iterator[list[str]]:
    tokens: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line := line.rstrip("\n"):
                tokens.append(line)
            else:
                yield tokens
                tokens = []


def one(options: argparse.Namespace) -> dict[str, list[str]]:
    return {"tags": load(options).tag(features(SENTENCE))}


def load(options: argparse.Namespace) -> pycrfsuite.Tagger:
    model = pycrfsuite.Tagger()
    model.open(str(options.folder / MODEL))
    return model


if __name__ == "__main__":
    run(train=train, tag=tag, file=file, one=one)

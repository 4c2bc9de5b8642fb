"""Score a linear-chain CRF with hand-made features (CRFsuite, Okazaki, 2007) on the same data with the same metrics.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.crf
    python -m tests.benchmarks.crf --set ewt --algorithm lbfgs

The sets are EWT's UPOS, SNIPS' slots and WNUT17's entities, from `../shared/data` relative to the project's root. All
use the same features, which were chosen on dev, as were penalties and iterations. Scores are in percent: accuracy,
accuracy of words that do not occur in train, and span F1 as in conlleval. Seconds are CPU time for training and
for tagging test, both including the features.
"""

import argparse
import ctypes
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pycrfsuite

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import count_lexicon
from tagger.evaluation.metrics import evaluate
from tagger.reading.whole_files import read_tagged
from tests import SHARED_DATA as DATA
from tests.benchmarks.features import features

ALGORITHMS = {"lbfgs": "L-BFGS", "ap": "the averaged perceptron"}


@dataclass(frozen=True)
class DataSet:
    """Files of train, dev and test, the scheme of their tags, and weights of the L1 and L2 penalties of L-BFGS."""

    files: tuple[str, str, str]
    scheme: Scheme
    c1: float
    c2: float


EWT = ("ewt/en_ewt-ud-train.conllu", "ewt/en_ewt-ud-dev.conllu", "ewt/en_ewt-ud-test.conllu")
SNIPS = ("snips/train.tsv", "snips/dev.tsv", "snips/test.tsv")
WNUT17 = ("wnut17/wnut17train.conll", "wnut17/emerging.dev.conll", "wnut17/emerging.test.annotated")
SETS = {
    "ewt": DataSet(EWT, "none", c1=0.1, c2=0.1),
    "snips": DataSet(SNIPS, "bio", c1=0.05, c2=0.05),
    "wnut17": DataSet(WNUT17, "bio", c1=0.0, c2=0.001),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", choices=SETS, dest="sets", help="only this one; may be given again")
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="only this one")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the averaged perceptron")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"skipped: the real data is not at {DATA}")
    for name in options.sets or SETS:
        algorithms = [options.algorithm] if options.algorithm else list(ALGORITHMS)
        on_dev = {algorithm: measure(SETS[name], name, algorithm, options.seed) for algorithm in algorithms}
        if len(on_dev) > 1:
            print(f"{name}: {ALGORITHMS[max(on_dev, key=on_dev.__getitem__)]} is better on dev", flush=True)


def measure(data: DataSet, name: str, algorithm: str, seed: int) -> float:
    """Train, tag and print the scores; return the score on dev, by which algorithms are compared."""
    train, *parts = (read_tagged(DATA / file, Layout()) for file in data.files)
    lexicon = count_lexicon(train, reads_words=True)
    ctypes.CDLL(None).srand(seed)  # CRFsuite shuffles by the rand of C, and sets no seed
    model, seconds = fit(train, data, algorithm)
    print(f"{name}, {ALGORITHMS[algorithm]}: {seconds:.0f} s of training", end="", flush=True)
    scores = []
    for part, sentences in zip(("dev", "test"), parts, strict=True):
        start = time.process_time()
        predicted = [model.tag(features(sentence.tokens)) for sentence in sentences]
        seconds = time.process_time() - start
        gold, tokens = zip(*((sentence.tags or (), sentence.tokens) for sentence in sentences), strict=True)
        evaluation = evaluate(gold, predicted, tokens, lexicon, scheme=data.scheme)
        scores.append(evaluation.headlines.get("span_f1", evaluation.accuracy))
        unseen = evaluation.headlines.get("unseen_accuracy", 0)
        print(f"; {part} {100 * evaluation.accuracy:.2f}, unseen {100 * unseen:.2f}", end="")
        print(f", F1 {100 * scores[-1]:.2f}" if evaluation.spans else "", end="")
    print(f"; {evaluation.n_tokens / seconds:,.0f} tokens/s", flush=True)
    return scores[0]


def fit(train: Sequence[Sentence], data: DataSet, algorithm: str) -> tuple[pycrfsuite.Tagger, float]:
    """Train a model; return it and the CPU seconds of training."""
    start = time.process_time()
    options = {"c1": data.c1, "c2": data.c2, "max_iterations": 100} if algorithm == "lbfgs" else {"max_iterations": 20}
    trainer = pycrfsuite.Trainer(algorithm, options, verbose=False)
    for sentence in train:
        trainer.append(features(sentence.tokens), sentence.tags)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model"
        trainer.train(path)
        seconds = time.process_time() - start
        model = pycrfsuite.Tagger()
        model.open(path)  # open_inmemory would keep reading bytes that Python has freed
    return model, seconds


if __name__ == "__main__":
    main()

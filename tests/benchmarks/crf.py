"""What a linear-chain CRF with hand-made features reaches (CRFsuite, Okazaki, 2007), read, split and scored as ours.

    pip install -e ".[benchmarks]"
    python tests/benchmarks/crf.py
    python tests/benchmarks/crf.py --set ewt --algorithm lbfgs

The sets are EWT's UPOS, SNIPS' slots and WNUT17's entities, from `../shared/data` seen from the project's root. One
choice of features serves all; they, and each set's options, were chosen on dev. Accuracies and span F1 are in percent;
unseen are words whose form train lacks. Time is of one core, so that other processes do not count: of training, and of
tagging test; both contain the making of features.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from tagger.corpus.layout import Layout
from tagger.corpus.read import read_tagged
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import count_lexicon
from tagger.evaluation.metrics import Evaluation, evaluate

DATA = Path(__file__).parents[3] / "shared" / "data"
ALGORITHMS = {"lbfgs": "L-BFGS", "ap": "averaged perceptron"}


@dataclass(frozen=True)
class DataSet:
    """Files of train, dev and test, the scheme of their tags, and CRFsuite's options by algorithm."""

    files: tuple[str, str, str]
    scheme: Scheme
    options: dict[str, dict[str, float]]


SETS = {
    "ewt": DataSet(
        ("ewt/en_ewt-ud-train.conllu", "ewt/en_ewt-ud-dev.conllu", "ewt/en_ewt-ud-test.conllu"),
        "none",
        {"lbfgs": {"c1": 0.1, "c2": 0.1, "max_iterations": 100}, "ap": {"max_iterations": 10}},
    ),
    "snips": DataSet(
        ("snips/train.tsv", "snips/dev.tsv", "snips/test.tsv"),
        "bio",
        {"lbfgs": {"c1": 0.1, "c2": 0.1, "max_iterations": 100}, "ap": {"max_iterations": 20}},
    ),
    "wnut17": DataSet(
        ("wnut17/wnut17train.conll", "wnut17/emerging.dev.conll", "wnut17/emerging.test.annotated"),
        "bio",
        {"lbfgs": {"c1": 0.1, "c2": 0.1, "max_iterations": 100}, "ap": {"max_iterations": 20}},
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", choices=SETS, dest="sets", help="only this one; may be given again")
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="only this one")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"skipped: the real data is not at {DATA}")
    for name in options.sets or SETS:
        algorithms = [options.algorithm] if options.algorithm else list(ALGORITHMS)
        on_dev = {algorithm: measure(name, algorithm) for algorithm in algorithms}
        if len(on_dev) > 1:
            print(f"{name}: the {ALGORITHMS[max(on_dev, key=on_dev.__getitem__)]} is better on dev", flush=True)


def measure(name: str, algorithm: str) -> float:
    """Trains, tags and prints one line; gives what algorithms are held against each other by, of dev."""
    data = SETS[name]
    train, dev, test = (read_tagged(DATA / file, Layout()) for file in data.files)
    lexicon = count_lexicon(train, reads_words=True)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        model = fit(train, algorithm, data.options[algorithm], f"{folder}/model")
        seconds = time.process_time() - start
        megabytes = Path(folder, "model").stat().st_size / 1e6
        report = f"{name} {algorithm}: trained in {seconds:.0f} s, {megabytes:.1f} MB"
        for part, sentences in (("dev", dev), ("test", test)):
            start = time.process_time()
            predicted = [model.tag(features(sentence.tokens)) for sentence in sentences]
            seconds = time.process_time() - start
            tokens = [sentence.tokens for sentence in sentences]
            gold = [sentence.tags or () for sentence in sentences]
            found = evaluate(gold, predicted, tokens, lexicon, scheme=data.scheme)
            report += f"; {part} {found.n_tokens} ..."
    print(report)
    return found.accuracy


def fit(train: list[Sentence], algorithm: str, options: dict[str, float], path: str) -> pycrfsuite.Tagger:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select(algorithm)
    trainer.set_params(options)
    for sentence in train:
        trainer.append(features(sentence.tokens), sentence.tags)
    trainer.train(path)
    model = pycrfsuite.Tagger()
    model.open(path)
    return model


def features(tokens: Sequence[str]) -> list[list[str]]:
    """Of each token, the features that hold."""

"""Bundles with weights set by hand or at random, for tests that tag without training."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.arrays import Floats, Weights
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.heads.chain import Decode, chain_from_weights
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.heads.target import TagTarget
from tagger.inputs.casing import CASINGS, Casing
from tagger.inputs.encoder import Encoder
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger

PROVENANCE = {"data": {"train": "0" * 64}, "seed": 1, "versions": {"tagger": "0.1.0"}}


def save(bundle: Bundle, weights: Weights, folder: Path, golden: Iterable[Sentence]) -> Path:
    """Write a bundle as training does, and return its folder."""
    graphs = build_graphs(bundle.architecture, weights)
    bundle = bundle.with_target(chain=chain_from_weights(weights))
    lines = golden_lines(list(golden), Tagger(bundle, graphs).tag_window)
    save_bundle(bundle, folder, graphs, lines)
    return folder


def save_words_bundle(
    folder: Path, layout: Layout = Layout(), *, trained_on: Sequence[tuple[str, ...]] | None = None
) -> Path:
    """Save a tagger whose tags are easy to predict: `john` and tokens in capitals are S, `loves` is V, the rest is O.

    Its recurrent layer outputs the tanh of its input and ignores the previous state.
    """
    known = ("john", "loves")
    architecture = Architecture(
        inputs=(WordInput(Vocabulary(known), lowercase=True, dim=2), Casing()),
        cell="simple_rnn",
        units=(2 + len(CASINGS),),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(Softmax(3),),
    )
    n_units = architecture.units[0]
    head = np.zeros((n_units, 3), np.float32)
    head[[0, 2 + CASINGS.index("upper")], 1] = 10
    head[1, 2] = 10
    weights = {
        "words": np.array([[0, 0], [0, 0], [1, 0], [0, 1]], np.float32),
        "simple_rnn_1/forward/kernel": np.eye(n_units, dtype=np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((n_units, n_units), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(n_units, np.float32),
        "head/kernel": head,
        "head/bias": np.array([3, 0, 0], np.float32),
    }
    target = TagTarget(("O", "S", "V"), Lexicon(majority="O", forms={"Jane": "O", "John": "S", "loves": "V"}))
    golden = [Sentence(("John", "loves", "Jane")), Sentence(("NASA", "loves", "cats"))]
    hashes = None if trained_on is None else np.unique(Sentences.collect(map(Sentence, trained_on)).hashes())
    bundle = Bundle(architecture, Encoder(architecture.inputs), target, layout, PROVENANCE, trained_on=hashes)
    return save(bundle, weights, folder, golden)


def save_spans_bundle(
    folder: Path, *, decode: Decode, scheme: Scheme = "bio", spelling: Spelling = PLAIN, crf: bool = False
) -> Path:
    """Save a tagger of spans in BIO.

    The logits of `ada` and `byron` are 1 for B-per, 2 for I-per and 0 for O; those of other tokens are 0, 0, 1. The
    CRF, if any, adds 5 to I-per after I-per, and subtracts 1 from an O at the start.
    """
    known = ("ada", "byron")
    architecture = Architecture(
        inputs=(WordInput(Vocabulary(known), lowercase=True, dim=2),),
        cell="simple_rnn",
        units=(2,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(CRF(3) if crf else Softmax(3),),
    )
    weights = {
        "words": np.array([[0, 0], [0, 1], [1, 0], [1, 0]], np.float32),
        "simple_rnn_1/forward/kernel": np.eye(2, dtype=np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((2, 2), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(2, np.float32),
        "head/kernel": np.array([[1, 2, 0], [0, 0, 1]], np.float32) / np.tanh(np.float32(1)),
        "head/bias": np.zeros(3, np.float32),
    }
    if crf:
        weights["head/transitions"] = np.array([[0, 0, 0], [0, 5, 0], [0, 0, 0]], np.float32)
        weights |= {"head/starts": np.array([0, 0, -1], np.float32), "head/ends": np.zeros(3, np.float32)}
    target = TagTarget(
        ("B-per", "I-per", "O"),
        Lexicon(majority="O", forms={"Ada": "B-per", "Byron": "I-per"}),
        scheme=scheme,
        spelling=spelling,
        scheme_train="bio",
        file_tags=tuple(map(spelling.write, ("B-per", "E-per", "I-per", "O", "S-per"))),
        decode=decode,
    )
    bundle = Bundle(architecture, Encoder(architecture.inputs), target, Layout(), PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("Ada", "Byron", "wrote"))])


def save_numbers_bundle(folder: Path) -> Path:
    """Save a tagger of the columns `x` and `y`: the tag is `high` if x is greater than 1, else `low`."""
    architecture = Architecture(
        inputs=(Numbers(("x", "y"), mean=(1.0, 0.0), deviation=(2.0, 1.0)),),
        cell="simple_rnn",
        units=(1,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(Softmax(2),),
    )
    weights = {
        "simple_rnn_1/forward/kernel": np.array([[1], [0]], np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((1, 1), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(1, np.float32),
        "head/kernel": np.array([[1, -1]], np.float32),
        "head/bias": np.zeros(2, np.float32),
    }
    target = TagTarget(("high", "low"), Lexicon(majority="low", forms=None))
    layout = Layout(format="csv", token="x", tag="state", numeric=("x", "y"))
    bundle = Bundle(architecture, Encoder(architecture.inputs), target, layout, PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("1.5", "-2"), numbers=((1.5, 0.0), (-2.0, 7.0)))])


def save_context_bundle(folder: Path) -> Path:
    """Save a bidirectional LSTM with random weights, in which every tag depends on the whole sentence."""
    known = ("the", "cat", "purrs", "и", "!")
    architecture = Architecture(
        inputs=(WordInput(Vocabulary(known), lowercase=True, dim=4), Casing()),
        cell="lstm",
        units=(5, 3),
        bidirectional=True,
        merge="concat",
        reset_after=True,
        heads=(Softmax(4),),
    )
    target = TagTarget(("DET", "NOUN", "PUNCT", "VERB"), Lexicon(majority="NOUN", forms={"the": "DET"}))
    bundle = Bundle(architecture, Encoder(architecture.inputs), target, Layout(), PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("The", "cat", "purrs"))])


def random_weights(architecture: Architecture, *, seed: int = 1) -> dict[str, Floats]:
    """Random weights of all layers in Keras' shapes, scaled so that gates and tags vary."""
    rng = np.random.default_rng(seed)
    return {
        weight.name: rng.normal(0, 0.7, [int(size) for size in weight.shape]).astype(np.float32)
        for layer in architecture.describe()
        for weight in layer.weights
    }

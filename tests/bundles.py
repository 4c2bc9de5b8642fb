"""Bundles with weights set by hand or at random, for tests that tag without training."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.arrays import Floats, Weights
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.heads import Head
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
    chains = {head.name: chain_from_weights(weights, head.name) for head in bundle.architecture.heads}
    bundle = bundle.with_targets("chain", chains)
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
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), layout, PROVENANCE, trained_on=hashes)
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
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), Layout(), PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("Ada", "Byron", "wrote"))])


def save_numbers_bundle(folder: Path, *, fills: bool = False) -> Path:
    """Save a tagger of the columns `x` and `y`: the tag is `high` if x is greater than 1, else `low`.

    With `fills`, a missing x is the one before, at the start 3, and x has an indicator, which says nothing.
    """
    numbers = Numbers(("x", "y"), mean=(1.0, 0.0), deviation=(2.0, 1.0))
    if fills:
        numbers = replace(numbers, missing="forward", fill=(3.0, 0.0), indicators=(0,))
    architecture = Architecture(
        inputs=(numbers,),
        cell="simple_rnn",
        units=(1,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(Softmax(2),),
    )
    weights = {
        "simple_rnn_1/forward/kernel": np.array([[1], *[[0]] * (numbers.width - 1)], np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((1, 1), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(1, np.float32),
        "head/kernel": np.array([[1, -1]], np.float32),
        "head/bias": np.zeros(2, np.float32),
    }
    target = TagTarget(("high", "low"), Lexicon(majority="low", forms=None))
    layout = Layout(format="csv", token="x", tag="state", numeric=("x", "y"), missing_numbers=fills)
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), layout, PROVENANCE)
    second = float("nan") if fills else -2.0
    return save(bundle, weights, folder, [Sentence(("1.5", "-2"), numbers=((1.5, 0.0), (second, 7.0)))])


def save_heads_bundle(
    folder: Path,
    heads: Sequence[str] = ("intent", "pos", "names", "lemma"),
    layout: Layout = Layout(format="columns", token=0),
    columns: Mapping[str, Column] = {},
) -> Path:
    """Save a tagger of a label, two tags and a string; each step is a one-hot `play`, `plays`, `ada` or `byron`, or 0.

    - `intent`, a label: `play` if `play` or `plays` is in the sentence, else `other`.
    - `pos`, a tag: `VERB` for `play` and `plays`, `NOUN` for `ada` and `byron`, else `X`.
    - `names`, tags of spans in BIO of a CRF: `ada` and `byron` are in names of type per.
    - `lemma`, a string: without the last letter for `plays`, as written for `ada` and `byron`, else in lower case.

    Args:
        folder: folder of the bundle.
        heads: the heads that the tagger has, in this order.
        layout: layout of the files of train; the columns of the answers are added.
        columns: columns of heads in train, if not the comment `intent` and the columns 1 to 3.
    """
    known = ("play", "plays", "ada", "byron")
    per = [[0, 0, 0], [0, 0, 0], [1, 2, -1], [1, 2, -1]]
    parts: dict[str, tuple[Head, TagTarget, list[list[int]], list[int]]] = {
        "intent": (
            Softmax(2, "intent", "max"),
            TagTarget(("other", "play"), Lexicon("other", None), name="intent", kind="label", column="intent"),
            [[0, 2], [0, 2], [0, 0], [0, 0]],
            [1, 0],
        ),
        "pos": (
            Softmax(3, "pos"),
            TagTarget(("NOUN", "VERB", "X"), Lexicon("X", {"Ada": "NOUN"}), name="pos", column=1),
            [[0, 5, 0], [0, 5, 0], [5, 0, 0], [5, 0, 0]],
            [0, 0, 1],
        ),
        "names": (
            CRF(3, "names"),
            TagTarget(
                ("B-per", "I-per", "O"),
                Lexicon("O", {"Ada": "B-per", "Byron": "I-per"}, frozenset({"Byron"})),
                scheme="bio",
                scheme_train="bio",
                file_tags=("B-per", "I-per", "O"),
                decode="valid",
                temperature=2.0,
                name="names",
                column=2,
            ),
            per,
            [0, 0, 1],
        ),
        "lemma": (
            Softmax(3, "lemma"),
            TagTarget(
                ("keep", "lower", "lower/end-1"),
                Lexicon("lower", {"Ada": "keep", "plays": "lower/end-1"}),
                name="lemma",
                kind="string",
                column=3,
            ),
            [[0, 5, 0], [0, 0, 5], [5, 0, 0], [5, 0, 0]],
            [0, 1, 0],
        ),
    }
    chosen = [parts[name] for name in heads]
    architecture = Architecture(
        inputs=(WordInput(Vocabulary(known), lowercase=True, dim=4),),
        cell="simple_rnn",
        units=(4,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=tuple(head for head, _, _, _ in chosen),
    )
    weights = {
        "words": np.concatenate([np.zeros((2, 4)), np.eye(4)]).astype(np.float32),
        "simple_rnn_1/forward/kernel": np.eye(4, dtype=np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((4, 4), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(4, np.float32),
    }
    for name, (_, _, kernel, bias) in zip(heads, chosen, strict=True):
        weights |= {f"{name}/kernel": np.array(kernel, np.float32) / np.tanh(np.float32(1))}
        weights |= {f"{name}/bias": np.array(bias, np.float32)}
    if "names" in heads:
        weights["names/transitions"] = np.array([[0, 0.5, 0], [0, 0.5, 0], [0, 0, 0]], np.float32)
        weights |= {f"names/{part}": np.zeros(3, np.float32) for part in ("starts", "ends")}
    targets = tuple(
        replace(target, column=columns.get(name, target.column))
        for name, (_, target, _, _) in zip(heads, chosen, strict=True)
    )
    layout = replace(layout, answers=tuple(AnswerColumn(target.name, target.kind, target.column) for target in targets))
    bundle = Bundle(architecture, Encoder(architecture.inputs), targets, layout, PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("Ada", "Byron", "plays")), Sentence(("The", "end"))])


def save_series_bundle(folder: Path) -> Path:
    """Save a tagger of series of the columns `x` and `y`: the label is `high` if the mean of x is above 1, else `low`.

    The values of x should be near 1.
    """
    architecture = Architecture(
        inputs=(Numbers(("x", "y"), mean=(1.0, 0.0), deviation=(1.0, 1.0)),),
        cell="simple_rnn",
        units=(1,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(Softmax(2, "label", "mean"),),
    )
    weights = {
        "simple_rnn_1/forward/kernel": np.array([[0.1], [0]], np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((1, 1), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(1, np.float32),
        "label/kernel": np.array([[10, -10]], np.float32),
        "label/bias": np.zeros(2, np.float32),
    }
    target = TagTarget(("high", "low"), Lexicon("low", None), name="label", kind="label", column="state")
    answers = (AnswerColumn("label", "label", "state", own_key="data.label"),)
    layout = Layout("csv", token="x", numeric=("x", "y"), sentence="id", answers=answers)
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), layout, PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("1.5", "0.6"), numbers=((1.5, 0.0), (0.6, 7.0)))])


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
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), Layout(), PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("The", "cat", "purrs"))])


def save_steps_bundle(folder: Path, **changes: Any) -> Path:
    """Save an LSTM of one direction for series of the columns `x` and `y`, with random weights.

    Args:
        folder: folder of the bundle.
        changes: fields of the architecture.
    """
    architecture = Architecture(
        inputs=(Numbers(("x", "y"), mean=(1.0, 0.0), deviation=(2.0, 1.0)),),
        cell="lstm",
        units=(5,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        heads=(Softmax(3),),
    )
    architecture = replace(architecture, **changes)
    target = TagTarget(("fall", "rest", "rise"), Lexicon(majority="rest", forms=None), temperature=1.5)
    encoder = Encoder(architecture.inputs)
    layout = Layout(
        "csv", token="x", tag="state", numeric=("x", "y"), sentence="id", missing_numbers=encoder.fills_missing
    )
    bundle = Bundle(architecture, encoder, (target,), layout, PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("1.5", "-2"), numbers=((1.5, 0), (-2, 7)))])


def random_weights(architecture: Architecture, *, seed: int = 1) -> dict[str, Floats]:
    """Random weights of all layers in Keras' shapes, scaled so that gates and tags vary."""
    rng = np.random.default_rng(seed)
    return {
        weight.name: rng.normal(0, 0.7, [int(size) for size in weight.shape]).astype(np.float32)
        for layer in architecture.describe()
        for weight in layer.weights
    }

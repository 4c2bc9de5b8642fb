"""Bundles with weights made by hand, or drawn from a seed: what tests that tag need, without training."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentence import Sentence
from tagger.encoding.batches import Floats
from tagger.encoding.casing import CASINGS
from tagger.encoding.encoder import Encoder, Scaling
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.tagging.architecture import FILTER_WIDTH, GATES, Architecture, Words
from tagger.tagging.bundle import Bundle, save_bundle
from tagger.tagging.chain import Decode, chain_of
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import Weights, build_graphs
from tagger.tagging.tagger import Tagger

PROVENANCE = {"data": {"train": "0" * 64}, "seed": 1, "versions": {"tagger": "0.1.0"}}


def save(bundle: Bundle, weights: Weights, folder: Path, golden: Iterable[Sentence]) -> Path:
    """Writes a bundle as training does, but for its Keras weights, which no test here reads; gives the folder."""
    graphs = build_graphs(bundle.architecture, weights)
    bundle = replace(bundle, chain=chain_of(weights))
    lines = golden_lines(list(golden), Tagger(bundle, graphs).tag_window)
    save_bundle(bundle, folder, graphs, lines, _save_no_weights)
    return folder


def _save_no_weights(path: Path) -> None:
    path.write_bytes(b"weights of Keras")


def save_words_bundle(folder: Path, layout: Layout = Layout()) -> Path:
    """A tagger whose tags can be told by hand: `john` and what is in capitals is S, `loves` is V, all else is O.

    Its recurrent layer hands on the tangent of what it is given, and forgets what was before.
    """
    known = ("john", "loves")
    architecture = Architecture(
        words=Words(n_ids=len(known) + 2, dim=2),
        casing=True,
        n_numbers=0,
        cell="simple_rnn",
        units=(2 + len(CASINGS),),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        n_tags=3,
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
    encoder = Encoder(tags=("O", "S", "V"), words=Vocabulary(known), lowercase=True, casing=True)
    lexicon = Lexicon(majority="O", forms={"Jane": "O", "John": "S", "loves": "V"})
    golden = [Sentence(("John", "loves", "Jane")), Sentence(("NASA", "loves", "cats"))]
    return save(Bundle(architecture, encoder, lexicon, layout, PROVENANCE), weights, folder, golden)


def save_spans_bundle(folder: Path, *, decode: Decode, scheme: Scheme = "bio", crf: bool = False) -> Path:
    """A tagger of spans: the logits of `ada` and `byron` are 1 for B-per, 2 for I-per and 0 for O, else 0 0 1.

    Its network learned BIO. Its CRF, where it has one, adds 5 where I-per follows I-per, and takes 1 from a first O.
    """
    known = ("ada", "byron")
    architecture = Architecture(
        words=Words(n_ids=len(known) + 2, dim=2),
        casing=False,
        n_numbers=0,
        cell="simple_rnn",
        units=(2,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        n_tags=3,
        head="crf" if crf else "softmax",
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
    bundle = Bundle(
        architecture,
        Encoder(tags=("B-per", "I-per", "O"), words=Vocabulary(known), lowercase=True),
        Lexicon(majority="O", forms={"Ada": "B-per", "Byron": "I-per"}),
        Layout(),
        PROVENANCE,
        scheme=scheme,
        scheme_train="bio",
        file_tags=("B-per", "E-per", "I-per", "O", "S-per"),
        decode=decode,
    )
    return save(bundle, weights, folder, [Sentence(("Ada", "Byron", "wrote"))])


def save_numbers_bundle(folder: Path) -> Path:
    """A tagger of the columns `x` and `y`: where x is greater than 1 the tag is `high`, elsewhere `low`."""
    architecture = Architecture(
        words=None,
        casing=False,
        n_numbers=2,
        cell="simple_rnn",
        units=(1,),
        bidirectional=False,
        merge="concat",
        reset_after=True,
        n_tags=2,
    )
    weights = {
        "simple_rnn_1/forward/kernel": np.array([[1], [0]], np.float32),
        "simple_rnn_1/forward/recurrent": np.zeros((1, 1), np.float32),
        "simple_rnn_1/forward/bias": np.zeros(1, np.float32),
        "head/kernel": np.array([[1, -1]], np.float32),
        "head/bias": np.zeros(2, np.float32),
    }
    scaling = Scaling(mean=(1.0, 0.0), deviation=(2.0, 1.0))
    encoder = Encoder(tags=("high", "low"), numeric=("x", "y"), scaling=scaling)
    layout = Layout(format="csv", token="x", tag="state", numeric=("x", "y"))
    bundle = Bundle(architecture, encoder, Lexicon(majority="low", forms=None), layout, PROVENANCE)
    return save(bundle, weights, folder, [Sentence(("1.5", "-2"), numbers=((1.5, 0.0), (-2.0, 7.0)))])


def save_context_bundle(folder: Path) -> Path:
    """A tagger with random weights, of which every tag depends on the whole sentence: a bidirectional LSTM."""
    known = ("the", "cat", "purrs", "и", "!")
    architecture = Architecture(
        words=Words(n_ids=len(known) + 2, dim=4),
        casing=True,
        n_numbers=0,
        cell="lstm",
        units=(5, 3),
        bidirectional=True,
        merge="concat",
        reset_after=True,
        n_tags=4,
    )
    encoder = Encoder(tags=("DET", "NOUN", "PUNCT", "VERB"), words=Vocabulary(known), lowercase=True, casing=True)
    bundle = Bundle(architecture, encoder, Lexicon(majority="NOUN", forms={"the": "DET"}), Layout(), PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("The", "cat", "purrs"))])


def random_weights(architecture: Architecture, *, seed: int = 1) -> dict[str, Floats]:
    """Weights of all layers, shaped as Keras shapes them; their size lets no gate and no tag be trivial."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Floats:
        return rng.normal(0, 0.7, shape).astype(np.float32)

    weights = {}
    if architecture.words and architecture.words.dim:
        weights["words"] = draw(architecture.words.n_ids, architecture.words.dim)
    for symbols in architecture.symbols:
        weights[symbols.name] = draw(symbols.n_ids, symbols.dim)
    layers = list(architecture.layers)
    if characters := architecture.characters:
        weights["characters"] = draw(characters.n_ids, characters.dim)
        if characters.kind == "lstm":
            layers.append(characters.lstm)
        else:
            weights["characters/kernel"] = draw(FILTER_WIDTH, characters.dim, characters.units)
            weights["characters/bias"] = draw(characters.units)
    for layer in layers:
        if layer.norm:
            weights[f"{layer.norm}/scale"], weights[f"{layer.norm}/offset"] = draw(layer.inputs), draw(layer.inputs)
        width = GATES[layer.cell] * layer.units
        for direction in layer.directions:
            name = f"{layer.name}/{direction}"
            weights[f"{name}/kernel"] = draw(layer.inputs, width)
            weights[f"{name}/recurrent"] = draw(layer.units, width)
            weights[f"{name}/bias"] = draw(2, width) if layer.cell == "gru" and layer.reset_after else draw(width)
    weights["head/kernel"] = draw(architecture.layers[-1].width, architecture.n_tags)
    weights["head/bias"] = draw(architecture.n_tags)
    if architecture.head == "crf":
        weights["head/transitions"] = draw(architecture.n_tags, architecture.n_tags)
        weights["head/starts"], weights["head/ends"] = draw(architecture.n_tags), draw(architecture.n_tags)
    return weights

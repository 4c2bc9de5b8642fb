"""What a network is made of, as plain data: Keras builds it, ONNX repeats it, and it counts its own parameters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from tagger.encoding.casing import CASINGS

if TYPE_CHECKING:  # predicting needs no pydantic
    from tagger.config import Config
    from tagger.encoding.fit import Fitted

Cell = Literal["simple_rnn", "lstm", "gru"]
Merge = Literal["concat", "sum", "mul", "ave"]
Head = Literal["softmax", "crf"]

FILTER_WIDTH = 3  # characters that a filter of the character CNN sees
NORM_EPSILON = 1e-5  # of layer normalisation, added to the variance
GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


class Graphs(NamedTuple):
    """A network as two serialised ONNX models, see `build_graphs`; one that reads no words has but the second."""

    forms: bytes | None
    sentences: bytes


@dataclass(frozen=True, slots=True)
class Words:
    """The input of word ids.

    Args:
        n_ids: known words, padding and unknown.
        dim: of the vectors that are learned; None: one-hot, as wide as the known words, unknown and padding zero.
    """

    n_ids: int
    dim: int | None

    @property
    def width(self) -> int:
        """Numbers that a word becomes."""
        return self.n_ids - 2 if self.dim is None else self.dim

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned."""
        return 0 if self.dim is None else self.n_ids * self.dim


@dataclass(frozen=True, slots=True)
class Characters:
    """What makes a vector of a word's characters, once for each distinct word of a batch.

    Args:
        kind: `lstm`: the last states of both directions, side by side (Ling et al., 2015; Lample et al., 2016); `cnn`:
            filters over three characters each, rectified, the highest of a word (Ma & Hovy, 2016).
        n_ids: known characters, padding and unknown.
        dim: of a character's vector.
        units: of each direction, or filters.
    """

    kind: Literal["lstm", "cnn"]
    n_ids: int
    dim: int
    units: int

    @property
    def lstm(self) -> "Recurrent":
        """The recurrent layer of `lstm`."""
        return Recurrent("characters", "lstm", self.dim, self.units, True, "concat", True)

    @property
    def width(self) -> int:
        """Numbers that a word becomes."""
        return self.lstm.width if self.kind == "lstm" else self.units

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned."""
        of_filters = (FILTER_WIDTH * self.dim + 1) * self.units
        return self.n_ids * self.dim + (self.lstm.n_parameters if self.kind == "lstm" else of_filters)


@dataclass(frozen=True, slots=True)
class Symbols:
    """An input of ids that become learned vectors: an affix of the word, a column of the file beside it.

    Args:
        name: of the input.
        n_ids: known symbols, padding and unknown.
        dim: of the vectors.
    """

    name: str
    n_ids: int
    dim: int


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A recurrent layer.

    Args:
        name: by which its weights are found.
        inputs: numbers that come in at each step.
        merge: how the two directions become one; it counts only where there are two.
        reset_after: GRU only: the reset gate is applied after the product with the recurrent weights, as cuDNN does.
        norm: the name of the layer normalisation (Ba et al., 2016) of what comes in; None: there is none.
        residual: whether what comes in is added to what goes out (He et al., 2016).
    """

    name: str
    cell: Cell
    inputs: int
    units: int
    bidirectional: bool
    merge: Merge
    reset_after: bool
    norm: str | None = None
    residual: bool = False

    @property
    def directions(self) -> tuple[str, ...]:
        """The names of its directions."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def width(self) -> int:
        """Numbers that go out at each step."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)

    @property
    def n_parameters(self) -> int:
        """Gates × (units + inputs + biases) × units, once per direction."""
        biases = 2 if self.cell == "gru" and self.reset_after else 1
        return len(self.directions) * GATES[self.cell] * (self.units + self.inputs + biases) * self.units


@dataclass(frozen=True, slots=True)
class Architecture:
    """A tagger's network: inputs side by side, recurrent layers, and a head that scores the tags of every step.

    Args:
        words: None where words do not enter.
        casing: whether the class of casing enters, one-hot.
        n_numbers: numeric columns.
        cell, units, bidirectional, merge, reset_after: as in the config's [model].
        n_tags: width of the head.
        residual, layer_norm: as in the config's [model]: from the second recurrent layer on, what enters is normalised,
            and added to what leaves.
        characters: None where characters do not enter.
        symbols: affixes, shape and columns of the files.
        head: `softmax`: tags are independent of each other, given the scores; `crf`: transitions between them, starts
            and ends of sentences have scores of their own.
    """

    words: Words | None
    casing: bool
    n_numbers: int
    cell: Cell
    units: tuple[int, ...]
    bidirectional: bool
    merge: Merge
    reset_after: bool
    n_tags: int
    characters: Characters | None = None
    symbols: tuple[Symbols, ...] = ()
    residual: bool = False
    layer_norm: bool = False
    head: Head = "softmax"

    @property
    def inputs(self) -> list[tuple[str, int, int]]:
        """Name, width and number of parameters of what stands side by side at each step, in this order."""
        rows: list[tuple[str, int, int]] = []
        if self.words:
            rows.append(("words", self.words.width, self.words.n_parameters))
        if self.casing:
            rows.append(("casing", len(CASINGS), 0))
        if self.characters:
            rows.append(("characters", self.characters.width, self.characters.n_parameters))
        rows += [(symbols.name, symbols.dim, symbols.n_ids * symbols.dim) for symbols in self.symbols]
        if self.n_numbers:
            rows.append(("numbers", self.n_numbers, 0))
        return rows

    @property
    def input_width(self) -> int:
        """Numbers that enter the first recurrent layer at each step."""
        return sum(width for _, width, _ in self.inputs)

    @property
    def of_forms(self) -> list[tuple[str, int, int]]:
        """Those of the inputs that a word tells wherever it stands; they come first."""
        return [row for row in self.inputs if not _is_of_step(row[0])]

    @property
    def of_steps(self) -> list[tuple[str, int, int]]:
        """Those of the inputs that stand beside the word: columns and numbers."""
        return [row for row in self.inputs if _is_of_step(row[0])]

    @property
    def form_width(self) -> int:
        """Numbers of a step's input that its word tells."""
        return sum(width for _, width, _ in self.of_forms)

    @property
    def row_width(self) -> int:
        """Numbers that enter the gates of the first layer, of all its directions."""
        first = self.layers[0]
        return len(first.directions) * GATES[first.cell] * first.units

    @property
    def layers(self) -> tuple[Recurrent, ...]:
        """The recurrent layers, from the input up."""
        layers: list[Recurrent] = []
        for i, units in enumerate(self.units, 1):
            layers.append(
                Recurrent(
                    name=f"{self.cell}_{i}",
                    cell=self.cell,
                    inputs=layers[-1].width if layers else self.input_width,
                    units=units,
                    bidirectional=self.bidirectional,
                    merge=self.merge,
                    reset_after=self.reset_after,
                    norm=f"norm_{i}" if self.layer_norm and layers else None,
                    residual=self.residual and bool(layers),
                )
            )
        return tuple(layers)

    def table(self) -> list[tuple[str, int, int]]:
        """Each layer's name, width and number of parameters."""
        layers = []
        for layer in self.layers:
            if layer.norm:
                layers.append((layer.norm, layer.inputs, 2 * layer.inputs))
            layers.append((layer.name, layer.width, layer.n_parameters))
        head = [("head", self.n_tags, (self.layers[-1].width + 1) * self.n_tags)]
        if self.head == "crf":  # between tags, from the start, to the end
            head.append(("transitions", self.n_tags, (self.n_tags + 2) * self.n_tags))
        return [*self.inputs, *layers, *head]

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned, in all layers."""
        return sum(n_parameters for _, _, n_parameters in self.table())


def _is_of_step(name: str) -> bool:
    return name == "numbers" or name.startswith("column_")


def architecture_of(config: "Config", fitted: "Fitted") -> Architecture:
    """The network that a config describes, as wide as vocabularies, word vectors and tags make it."""
    features, model, encoder = config.features, config.model, fitted.encoder
    words = None
    if features.words and encoder.words is not None:
        dim = fitted.vectors.rows.shape[1] if fitted.vectors else features.words.dim
        words = Words(len(encoder.words), None if features.words.kind == "onehot" else dim)
    characters = None
    if features.chars and encoder.characters is not None:
        chars = features.chars
        characters = Characters(chars.kind, len(encoder.characters), chars.dim, chars.units)
    dims: dict[str, int] = {"column": features.columns.dim if features.columns else 0}
    if features.affixes:
        dims |= dict.fromkeys(("prefix", "suffix", "shape"), features.affixes.dim)
    return Architecture(
        words=words,
        casing=features.casing,
        n_numbers=len(features.numeric),
        cell=model.cell,
        units=tuple(model.units),
        bidirectional=model.bidirectional,
        merge=model.merge,
        reset_after=model.reset_after,
        n_tags=len(encoder.tags),
        characters=characters,
        residual=model.residual,
        layer_norm=model.layer_norm,
        head=model.head,
        symbols=tuple(
            Symbols(symbols.name, len(symbols.vocabulary), dims[symbols.kind]) for symbols in encoder.symbols
        ),
    )

"""Characters: a vector for each word, computed from its characters by an LSTM or a CNN."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Weights
from tagger.encoding.batches import CharacterIds
from tagger.encoding.vocabulary import UNKNOWN, Vocabulary, count_symbols
from tagger.inputs.description import STEPS, Layer, Shape, Weight, sized
from tagger.inputs.embedding import describe_embedding, vectors, vectors_name
from tagger.inputs.fitting import FittedInput, TrainingData, frequent_symbols
from tagger.inputs.recurrent import Recurrent, layer_directions, merge_directions

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes

HEAD, TAIL = 16, 16  # characters of a long form that are encoded: the first 16 and the last 16
FILTER_WIDTH = 3  # characters
MAX_PRECOMPUTED = 1 << 22  # gate inputs of all characters, computed in advance: 16 MB for each direction


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of a word, encoded once per distinct word of a batch.

    Args:
        vocabulary: known characters.
        encoder: `lstm`: the final states of both directions, side by side (Ling et al., 2015; Lample et al., 2016);
            `cnn`: filters over three characters, ReLU, and the maximum over the word (Ma & Hovy, 2016).
        dim: width of the vectors of characters.
        units: units of each direction, or number of filters.
    """

    kind: ClassVar = "characters"
    name: ClassVar = "characters"
    vocabulary: Vocabulary
    encoder: Literal["lstm", "cnn"]
    dim: int
    units: int

    @property
    def lstm(self) -> Recurrent:
        """Recurrent layer of the encoder `lstm`."""
        return Recurrent("characters", "lstm", self.dim, self.units, True, "concat", True)

    @property
    def width(self) -> int:
        """Number of features per step."""
        return self.lstm.width if self.encoder == "lstm" else self.units

    def encode_forms(self, forms: Sequence[str]) -> CharacterIds:
        ids = [[self.vocabulary.id_of(character) for character in truncated(form)] or [UNKNOWN] for form in forms]
        lengths = np.array([len(form) for form in ids], np.int32)
        is_character = np.arange(max(lengths, default=0)) < lengths[:, None]
        padded = np.zeros(is_character.shape, np.int32)
        padded[is_character] = np.fromiter((i for form in ids for i in form), np.int32, int(lengths.sum()))
        return CharacterIds(padded, lengths)

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        forms: Shape = ("words", "characters")
        ids = sized("ids", len(self.vocabulary), unknown_sizes)
        embedding = describe_embedding(self.name, ids, self.dim, steps=forms)
        input_shape: Shape = (*forms, self.dim)
        if self.encoder == "lstm":
            layer = self.lstm.describe()
            note = f"{layer.note}; the final states of both directions, side by side, represent the word"
            output: Shape = (*STEPS, self.width)
            return [embedding, replace(layer, name="character_lstm", input=input_shape, output=output, note=note)]
        filters = Layer(
            name="character_cnn",
            kind="Conv1D",
            input=input_shape,
            output=(*STEPS, self.width),
            weights=(
                Weight("characters/kernel", (FILTER_WIDTH, self.dim, self.units)),
                Weight("characters/bias", (self.units,)),
            ),
            symbolic_formula="(width × dim + 1) × filters",
            sizes=(("width", FILTER_WIDTH), ("dim", self.dim), ("filters", self.units)),
            note="each filter weighs three neighbouring characters and a bias; its maximum represents the word",
        )
        return [embedding, filters]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        ids = graph.input("characters", "int32", "forms", "longest")
        lengths = graph.input("form_lengths", "int32", "forms")
        table = graph.weight(vectors_name(self.name), weights[self.name])
        add = self._add_lstm if self.encoder == "lstm" else self._add_cnn
        return add(graph, ids, graph.cast(lengths, "int64", "form_lengths/int64"), table, weights)

    def _add_lstm(self, graph: "Nodes", ids: str, lengths: str, table: str, weights: Weights) -> str:
        from tagger.inputs.loops import in_reading_order, kernel_product, last_states

        layer = self.lstm
        time_first = graph.node("Transpose", [ids], "characters/first_to_last", perm=[1, 0])
        # The products of the vectors of few characters with the kernel are computed when the graph is loaded.
        is_precomputed = len(self.vocabulary) * layer.gate_width <= MAX_PRECOMPUTED
        if is_precomputed:
            tables = {name: kernel_product(graph, layer, name, table, weights) for name in layer.directions}

        def gate_inputs(direction: str) -> str:
            ordered = in_reading_order(graph, direction, time_first, lengths, f"characters/{direction}/ids")
            gathered = [tables[direction] if is_precomputed else table, ordered]
            steps = graph.node("Gather", gathered, f"characters/{direction}/of_ids")
            return steps if is_precomputed else kernel_product(graph, layer, direction, steps, weights)

        return last_states(graph, layer, gate_inputs, lengths, weights)

    def _add_cnn(self, graph: "Nodes", ids: str, lengths: str, table: str, weights: Weights) -> str:
        is_character = _add_mask(graph, ids, lengths)
        embedded = graph.node("Gather", [table, ids], "characters/vector")
        clean = graph.node("Mul", [embedded, is_character], "characters/clean")
        channels_first = graph.node("Transpose", [clean], "characters/channels_first", perm=[0, 2, 1])
        kernel = graph.weight("characters/kernel", weights["characters/kernel"])
        kernel = graph.node("Transpose", [kernel], "characters/filters_first", perm=[2, 1, 0])
        bias = graph.weight("characters/bias", weights["characters/bias"])
        around = FILTER_WIDTH // 2
        filtered = graph.node("Conv", [channels_first, kernel, bias], "characters/filters", pads=[around, around])
        rectified = graph.node("Relu", [filtered], "characters/rectified")
        channels_last = graph.node("Transpose", [rectified], "characters/channels_last", perm=[0, 2, 1])
        # After ReLU, zero padding never wins the maximum unless all values are zero.
        real = graph.node("Mul", [channels_last, is_character], "characters/real")
        return graph.node("ReduceMax", [real], "characters/of_forms", axes=[1], keepdims=0)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return self._form_vectors(inputs, weights)[np.asarray(inputs["forms"], np.int64)]

    def _form_vectors(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        """(forms, width) vectors of the distinct words of a batch."""
        lengths = np.asarray(inputs["form_lengths"], np.int32)
        embedded = vectors(self.name, inputs["characters"], weights)
        if self.encoder == "lstm":
            directions = layer_directions(self.lstm, embedded, lengths, weights)
            return merge_directions(self.lstm, [direction.final[0] for direction in directions.values()])
        longest = embedded.shape[1]
        is_character = (np.arange(longest) < lengths[:, None])[:, :, None]
        around = FILTER_WIDTH // 2
        padded = np.pad(np.where(is_character, embedded, 0), ((0, 0), (around, around), (0, 0)))
        kernel = weights["characters/kernel"]
        filtered = sum(padded[:, i : i + longest] @ kernel[i] for i in range(FILTER_WIDTH)) + weights["characters/bias"]
        return np.asarray(np.where(is_character, np.maximum(filtered, 0), 0).max(axis=1))

    def settings_to_match(self) -> dict[str, object]:
        return {"kind": self.encoder, "dim": self.dim, "units": self.units}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit characters to train; those that the initial tagger knows keep their ids."""
    settings, before = features.chars, known.get("characters")
    if not settings:
        return []
    forms = data.sentences.form_counts()
    in_train = count_symbols((character, n) for form, n in forms.items() for character in form)
    counts = frequent_symbols(in_train, 1, before.vocabulary if before else None)
    characters = Characters(Vocabulary(tuple(counts)), settings.kind, settings.dim, settings.units)
    return [FittedInput(characters, tuple(counts.values()), settings.unknown_rate)]


def truncated(form: str) -> str:
    """The characters of a form that are encoded: all, or the first and last ones of a long form.

    >>> truncated("tagger")
    'tagger'
    >>> len(truncated("https://example.org/a/very/long/address"))
    32
    """
    return form if len(form) <= HEAD + TAIL else form[:HEAD] + form[-TAIL:]


def _add_mask(graph: "Nodes", ids: str, lengths: str) -> str:
    """Add the mask of characters: (forms, longest, 1), 1 for characters, 0 for padding."""
    shape = graph.node("Shape", [ids], "characters/extent")
    longest = graph.node("Gather", [shape, graph.constant("characters/last_axis", np.int64(1))], "characters/longest")
    zero, one = graph.constant("characters/zero", np.int64(0)), graph.constant("characters/one", np.int64(1))
    positions = graph.node("Range", [zero, longest, one], "characters/positions")
    axis = graph.constant("characters/new_axis", np.array([1], np.int64))
    column = graph.node("Unsqueeze", [lengths, axis], "characters/lengths_column")
    mask = graph.cast(graph.node("Less", [positions, column], "characters/inside"), "float32", "characters/mask")
    axis = graph.constant("characters/mask_axis", np.array([2], np.int64))
    return graph.node("Unsqueeze", [mask, axis], "characters/mask_column")

"""The states of a network at each step of one sentence or series, and what its heads predict."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tagger.corpus.formats import format_by_suffix
from tagger.corpus.layout import AnswerKind
from tagger.corpus.sentence import Sentence
from tagger.corpus.terms import in_terms
from tagger.encoding.arrays import Doubles, Weights
from tagger.encoding.batches import pad
from tagger.encoding.vocabulary import UNKNOWN
from tagger.errors import DataError
from tagger.head_names import PLAIN_HEAD
from tagger.heads.decoding import Decoder
from tagger.heads.dense import dense
from tagger.inputs.cells import CellWeights
from tagger.inputs.numbers import Numbers
from tagger.inputs.recurrent import PARTS, Direction, Recurrent
from tagger.inputs.words import WordInput
from tagger.inspection.heads import HeadSteps, head_steps, head_vector, target_steps
from tagger.inspection.numbers_file import read_numbers
from tagger.inspection.subject import Subject
from tagger.tagging.bundle import Bundle
from tagger.tagging.input import read_input
from tagger.tagging.states import LayerStates, layer_states, network_states
from tagger.tagging.taggable import Taggable, as_sentence

Source = Taggable | Sequence[Sequence[float]] | Path

ONEHOT_NOTE = "an unknown word is a row of zeros, so this network does not see which word it is"
VECTOR_NOTE = "all unknown words share one vector, so this network does not see which word it is by its vector"

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True, eq=False)
class StateSeries:
    """The states of one kind in one direction, step by step.

    Args:
        direction: `forward` or `backward`.
        kind: `hidden` or `cell`.
        values: (time, units).
        final: (units,) the state after all steps.
    """

    direction: str
    kind: str
    values: Doubles
    final: Doubles

    @property
    def end(self) -> int:
        """Position, from 0, of the step that this direction reads last."""
        return 0 if self.direction == "backward" else len(self.values) - 1

    @property
    def ends_in_final(self) -> bool:
        """Whether the state at that step equals the final state exactly."""
        return np.array_equal(self.values[self.end], self.final)

    @property
    def end_text(self) -> str:
        """A sentence on where this direction ends, and whether its final state is the state there."""
        is_backward = self.direction == "backward"
        which = "first" if is_backward else "last"
        noun = "output" if self.kind == "hidden" else "cell state"
        verb = "is" if self.ends_in_final else "is not"
        order = "backwards and ends there" if is_backward else "forwards and ends there"
        return (
            f"the {self.direction} {noun} at step {self.end + 1}, the {which}, {verb} the final {self.kind} state: "
            f"this direction reads {order}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class LayerSteps:
    """The inputs, states and output of a recurrent layer, step by step.

    Args:
        layer: its cell, sizes and directions.
        inputs: (time, inputs).
        states: a series for each direction and kind.
        output: (time, width).
        weights: the weights of each direction.
    """

    layer: Recurrent
    inputs: Doubles
    states: tuple[StateSeries, ...]
    output: Doubles
    weights: dict[str, CellWeights]

    @property
    def output_note(self) -> str:
        """How the output differs from the concatenated hidden states; empty if it does not."""
        layer = self.layer
        merged = f"both directions merged by {layer.merge}" if layer.bidirectional and layer.merge != "concat" else ""
        return " and ".join(filter(None, (merged, "the inputs added" if layer.residual else "")))


@dataclass(frozen=True, slots=True, eq=False)
class SentenceSteps:
    """The states of a sentence, and what each head predicts for it.

    Args:
        heading: heading of the column of tokens.
        tokens: the token of each step, or its numbers.
        layers: the recurrent layers, from the input up.
        heads: the heads; empty for layers alone.
        unknown: positions, from 0, of tokens that are unknown as words.
        unknown_note: what the network reads in their stead.
    """

    heading: str
    tokens: tuple[str, ...]
    layers: tuple[LayerSteps, ...]
    heads: tuple[HeadSteps, ...]
    unknown: tuple[int, ...] = ()
    unknown_note: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the only head predicts tags and has no name of its own."""
        return [(head.name, head.kind) for head in self.heads] == [(PLAIN_HEAD, "tag")]


def sentence_steps(subject: Subject, source: Source) -> SentenceSteps:
    """Compute the states of a sentence.

    Args:
        subject: a network or layer with weights.
        source: a sentence as text or tokens, a (time, columns) array of numbers, or a file as `predict` reads it, whose
            first sentence is taken. For layers alone, and for a network that reads numbers only, the file may be a
            plain file of numbers.

    Raises:
        DataError: there is no step, or the network cannot read it.
    """
    if subject.bundle is None:
        if isinstance(source, str | Sentence):
            subject_text = "a single layer" if len(subject.layers) == 1 else subject.kind
            raise DataError(
                f"{subject_text} reads numbers, not words", "--input FILE, one step per line, delimited by spaces"
            )
        n_inputs = subject.recurrent[0].inputs
        numbers = np.array(read_numbers(source, n_inputs) if isinstance(source, Path) else source, np.float64)
        if numbers.ndim != 2 or not numbers.size or numbers.shape[1] != n_inputs:
            raise DataError(f"expected an array of (time, {n_inputs}) numbers, got the shape {numbers.shape}")
        return _layers_alone_steps(subject, numbers)
    if isinstance(source, Path):
        sentence = _first_sentence(subject.bundle, source)
    else:
        sentence = as_sentence(source if isinstance(source, str | Sentence) else _tokens_or_array(source))
    if not len(sentence):
        raise DataError("the sentence is empty: there is no step to show")
    return _network_steps(subject, subject.bundle, sentence)


def _tokens_or_array(source: Iterable[object]) -> Taggable:
    values = list(source)
    return tuple(map(str, values)) if all(isinstance(each, str) for each in values) else np.array(values, np.float64)


def _layers_alone_steps(subject: Subject, numbers: Doubles) -> SentenceSteps:
    lengths, weights, values = np.array([len(numbers)], np.int32), subject.weights or {}, numbers[None]
    layers: list[LayerStates] = []
    for layer in subject.recurrent:
        layers.append(layer_states(layer, weights, values, lengths))
        values = layers[-1].output
    heads = []
    for head in subject.heads:
        steps = values if head.pool is None else head_vector(head.pool, layers[-1])[None, None]
        names = tuple(str(i) for i in range(1, head.n_tags + 1))
        kind: AnswerKind = "tag" if head.pool is None else "label"
        heads.append(head_steps(head, kind, names, dense(head.name, steps, weights), layers[-1], Decoder()))
    tokens = tuple(" ".join(map(str, row)) for row in numbers)
    return SentenceSteps("numbers", tokens, tuple(_layer_steps(layer, weights) for layer in layers), tuple(heads))


def _network_steps(subject: Subject, bundle: Bundle, sentence: Sentence) -> SentenceSteps:
    weights, heads = subject.weights or {}, zip(bundle.architecture.heads, bundle.targets, strict=True)
    _check_readable(bundle, sentence)
    batch = pad(bundle.encoder.encode([sentence]), np.array([0]))
    layers, scores = network_states(bundle.architecture, weights, batch)
    is_series = bundle.architecture.reads_series
    words = next((each for each in bundle.architecture.inputs if isinstance(each, WordInput)), None)
    ids = [] if words is None else words.encode_forms(sentence.tokens).tolist()
    return SentenceSteps(
        heading=str(bundle.layout.token) if isinstance(bundle.layout.token, str) and is_series else "token",
        tokens=sentence.tokens,
        layers=tuple(_layer_steps(layer, weights) for layer in layers),
        heads=tuple(
            replace(
                target_steps(head, target, scores[head.name], layers[-1], weights, sentence.tokens), is_series=is_series
            )
            for head, target in heads
        ),
        unknown=tuple(i for i, word in enumerate(ids) if word == UNKNOWN),
        unknown_note="" if words is None else ONEHOT_NOTE if words.dim is None else VECTOR_NOTE,
    )


def _layer_steps(states: LayerStates, weights: Weights) -> LayerSteps:
    """The states of the only sentence of a batch."""
    layer = states.layer
    series = [each for name, direction in states.directions.items() for each in _series(name, direction)]
    cell_weights = {
        direction: CellWeights(*(weights[f"{layer.name}/{direction}/{part}"] for part in PARTS))
        for direction in layer.directions
    }
    return LayerSteps(layer, states.inputs[0], tuple(series), states.output[0], cell_weights)


def _series(name: str, direction: Direction) -> list[StateSeries]:
    series = [StateSeries(name, "hidden", direction.hidden[0], direction.final[0][0])]
    if direction.cell is not None:
        series.append(StateSeries(name, "cell", direction.cell[0], direction.final[1][0]))
    return series


def _first_sentence(bundle: Bundle, path: Path) -> Sentence:
    encoder, layout = bundle.encoder, bundle.layout
    is_plain = format_by_suffix(path) in (None, "slash")
    if is_plain and isinstance(bundle.architecture.inputs[0], Numbers):
        rows = read_numbers(path, len(encoder.numeric))
        return Sentence(tuple(" ".join(map(str, row)) for row in rows), numbers=rows)
    first = next((sentence for sentence in read_input(path, layout) if len(sentence)), None)
    if first is None:
        noun = in_terms("sentence", is_series=bundle.architecture.reads_series)
        raise DataError(f"{path}: there is no {noun} in the file")
    shown = in_terms("the first sentence is shown", is_series=bundle.architecture.reads_series)
    log.info("%s: %s", path, shown)
    return first


def _check_readable(bundle: Bundle, sentence: Sentence) -> None:
    encoder = bundle.encoder
    for names, values, noun in (
        (encoder.numeric, sentence.numbers, "numbers"),
        (encoder.columns, sentence.columns, "columns beside the token"),
    ):
        if names and values is None:
            raise DataError(
                f"this network reads {noun} ({', '.join(names)}), which a text does not have",
                "--input FILE, in the format of the training data; the first of its "
                + in_terms("sentences is shown", is_series=bundle.architecture.reads_series),
            )

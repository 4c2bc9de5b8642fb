"""One sentence, or one series, through a network: every state on the way, and the probability of each tag."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tagger.corpus.formats import format_by_suffix
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.encoding.arrays import Doubles
from tagger.encoding.batches import pad
from tagger.errors import DataError
from tagger.heads.chain import allowed_chain, chain_from_weights
from tagger.heads.decoding import Decoder
from tagger.inputs.numbers import Numbers
from tagger.inputs.recurrent import Direction, Recurrent
from tagger.inspection.bare_numbers import read_numbers
from tagger.inspection.subject import Subject
from tagger.tagging.bundle import Bundle
from tagger.tagging.input import read_input
from tagger.tagging.states import LayerStates, layer_states, network_states

log = logging.getLogger("tagger")


def number_text(value: float) -> str:
    """A number as the glass box shows it: six significant digits, one less than single precision holds.

    >>> number_text(0.63031382)
    '0.630314'
    """
    return f"{value:#.6g}"


@dataclass(frozen=True, slots=True, eq=False)
class StateSeries:
    """One kind of state of one direction, step by step.

    Args:
        direction: `forward` or `backward`.
        kind: `hidden` or `cell`.
        values: (time, units).
        final: (units,) what the cell held when it had read all steps.
    """

    direction: str
    kind: str
    values: Doubles
    final: Doubles

    @property
    def end(self) -> int:
        """The step, from 0, that this direction reads last."""
        return 0 if self.direction == "backward" else len(self.values) - 1

    @property
    def ends_in_final(self) -> bool:
        """Whether what stands at that step is the final state, to the last bit."""
        return np.array_equal(self.values[self.end], self.final)

    @property
    def end_in_words(self) -> str:
        """What the numbers show of this direction's end, in a sentence."""
        is_backward = self.direction == "backward"
        which = "first" if is_backward else "last"
        what = "output" if self.kind == "hidden" else "cell state"
        equal = "is" if self.ends_in_final else "is not"
        why = "reads from the end, and so ends there" if is_backward else "reads from the start, and so ends there"
        return (
            f"the {self.direction} {what} at step {self.end + 1}, the {which}, {equal} the final {self.kind} state: "
            f"this direction {why}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class LayerSteps:
    """A recurrent layer, step by step.

    Args:
        layer: what it is.
        entering: (time, inputs) what it reads.
        states: of each direction and kind.
        output: (time, width) what it gives on.
    """

    layer: Recurrent
    entering: Doubles
    states: tuple[StateSeries, ...]
    output: Doubles

    @property
    def output_differs(self) -> str:
        """Why the output is something else than the hidden states, side by side; empty where it is not."""
        layer = self.layer
        merged = f"both directions merged by {layer.merge}" if layer.bidirectional and layer.merge != "concat" else ""
        return " and ".join(filter(None, (merged, "what entered added" if layer.residual else "")))


@dataclass(frozen=True, slots=True, eq=False)
class SentenceSteps:
    """A sentence on its way.

    Args:
        heading: what the tokens are.
        tokens: what is shown for each step.
        layers: the recurrent ones, from the input up.
        tags: that the network knows; none for a bare layer.
        probabilities: (time, tags) as `predict --confidence` tells them.
        best: the tag of each step; none for a bare layer.
    """

    heading: Literal["token", "numbers"]
    tokens: tuple[str, ...]
    layers: tuple[LayerSteps, ...]
    tags: tuple[str, ...]
    probabilities: Doubles
    best: tuple[str, ...]


def sentence_steps(subject: Subject, given: str | Path) -> SentenceSteps:
    """The states of a sentence, which is a text, or the first one of a file as `predict` reads it.

    For a bare layer, and where only numbers enter, a file has numbers, a step a line. The subject has weights.

    Raises:
        DataError: there is no step, or it is not what the network reads.
    """
    if subject.bundle is None:
        if isinstance(given, str):
            raise DataError(
                "a bare layer reads numbers, not words", "--input FILE, one step a line, numbers parted by spaces"
            )
        return _bare_steps(subject, np.array(read_numbers(given, subject.recurrent[0].inputs)))
    sentence = text_sentence(given) if isinstance(given, str) else _first_sentence(subject.bundle, given)
    if not len(sentence):
        raise DataError("the sentence is empty: there is no step to show")
    return _network_steps(subject, subject.bundle, sentence)


def _bare_steps(subject: Subject, numbers: Doubles) -> SentenceSteps:
    lengths = np.array([len(numbers)], np.int32)
    states = layer_states(subject.recurrent[0], subject.weights or {}, numbers[None], lengths)
    tokens = tuple(" ".join(map(str, row)) for row in numbers)
    return SentenceSteps("numbers", tokens, (_layer_steps(states),), (), np.empty((len(numbers), 0)), ())


def _network_steps(subject: Subject, bundle: Bundle, sentence: Sentence) -> SentenceSteps:
    encoder, weights = bundle.encoder, subject.weights or {}
    _check_readable(bundle, sentence)
    batch = pad(encoder.encode([sentence]), np.array([0]))
    layers, logits = network_states(bundle.architecture, weights, batch)
    allowed = allowed_chain(encoder.tags, bundle.scheme_train, bundle.decode)
    decoder = Decoder(chain_from_weights(weights), allowed, temperature=bundle.temperature)
    tags = tuple(map(bundle.spelling.write, encoder.tags))
    return SentenceSteps(
        heading="token",
        tokens=sentence.tokens,
        layers=tuple(map(_layer_steps, layers)),
        tags=tags,
        probabilities=decoder.probabilities(logits, batch.lengths)[0],
        best=tuple(tags[i] for i in decoder.decode(logits, batch.lengths)[0]),
    )


def _layer_steps(states: LayerStates) -> LayerSteps:
    """The only sentence of a batch."""
    series = [found for name, direction in states.directions.items() for found in _series(name, direction)]
    return LayerSteps(states.layer, states.entering[0], tuple(series), states.output[0])


def _series(name: str, direction: Direction) -> list[StateSeries]:
    found = [StateSeries(name, "hidden", direction.hidden[0], direction.final[0][0])]
    if direction.cell is not None:
        found.append(StateSeries(name, "cell", direction.cell[0], direction.final[1][0]))
    return found


def _first_sentence(bundle: Bundle, path: Path) -> Sentence:
    encoder, layout = bundle.encoder, bundle.layout
    is_plain = format_by_suffix(path) in (None, "slash")
    if is_plain and isinstance(bundle.architecture.inputs[0], Numbers):
        rows = read_numbers(path, len(encoder.numeric))
        return Sentence(tuple(" ".join(map(str, row)) for row in rows), numbers=rows)
    first = next((sentence for sentence in read_input(path, layout) if len(sentence)), None)
    if first is None:
        raise DataError(f"{path}: there is no sentence in it")
    log.info("%s: the first sentence is shown", path)
    return first


def _check_readable(bundle: Bundle, sentence: Sentence) -> None:
    encoder = bundle.encoder
    for names, given, what in (
        (encoder.numeric, sentence.numbers, "numbers"),
        (encoder.columns, sentence.columns, "columns beside the token"),
    ):
        if names and given is None:
            raise DataError(
                f"this network reads {what} ({', '.join(names)}), which a text does not have",
                "--input FILE, a file like those that it is trained on; its first sentence is shown",
            )

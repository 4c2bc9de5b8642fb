"""Tagging step by step: each step of a series, or token of a sentence, as it comes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Array
from tagger.errors import BundleError, DataError
from tagger.head_names import PLAIN_HEAD
from tagger.heads.online import NOTHING, OnlineDecoder, Prefix
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.tagging.step_engine import StepEngine
from tagger.tagging.step_state import (
    check_state,
    decoded_of_json,
    decoded_to_json,
    numbers_of_json,
    numbers_to_json,
    states_of_json,
    states_to_json,
    step_of_json,
    step_to_json,
)
from tagger.tagging.taggable import as_sentence, check_columns, check_numbers

Step = str | Sequence[float] | Sentence
Encode = Callable[[Sentence], dict[str, Array]]  # (steps, …) inputs of the step engine


class StepAnswer(NamedTuple):
    """The answer of a head for a step.

    Args:
        tag: the tag, such as the state of a machine; for a head of strings, the string.
        confidence: its probability, from 0 to 1.
    """

    tag: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TaggedStep:
    """A step with its predicted tag, or with the predictions of several heads.

    Args:
        tag: that of the first head of tags, else of the first head of strings.
        confidence: its probability, from 0 to 1.
        answers: the prediction of each head of tags or strings by its name; empty if the network predicts the tags of
            one column only.
    """

    tag: str
    confidence: float
    answers: Mapping[str, StepAnswer] = field(default_factory=dict, hash=False)


class Stepper:
    """Tags the steps of a series, or the tokens of a sentence, one by one; see `Tagger.steps`.

    Without looking ahead, the answers are those of the whole series at once: a network of one direction knows no more
    of a step than what came before it. With a look-ahead, the backward direction of a network starts this number of
    steps later, and a sequence of tags is chosen as if it ended there: the forward states are carried on, all else is
    computed anew for each step. The memory does not grow with the number of steps.

    Source: latency-controlled bidirectional LSTM (Zhang et al., 2016), with blocks of one step.

    Args:
        engine: runs the network.
        targets: what the heads predict, none of them labels.
        encode: encodes steps.
        encoder: the columns that the network reads.
        state: as returned by `Stepper.state`; None: a new series begins.
        look_ahead: number of later steps that are known when a step is tagged.

    Attributes:
        targets: what the heads predict.

    Raises:
        BundleError: the state is of another tagger, or not a state.
    """

    def __init__(
        self,
        engine: StepEngine,
        targets: Sequence[TagTarget],
        encode: Encode,
        encoder: Encoder,
        state: Mapping[str, Any] | None = None,
        *,
        look_ahead: int = 0,
    ) -> None:
        self.targets, self._engine, self._encode = targets, engine, encode
        self._encoder, self._look_ahead = encoder, look_ahead
        self._decoders = {target.name: OnlineDecoder(target) for target in targets}
        self._shown = next((target for target in targets if target.kind == "tag"), targets[0]).name
        self._states = engine.start
        self._last_numbers: tuple[float, ...] | None = None
        self._decoded = self._nothing = {target.name: NOTHING for target in targets}
        self._held: list[Sentence] = []  # steps that wait for later ones; a new list for each change
        if state is not None:
            self._resume(state)

    def add(self, step: Step) -> TaggedStep | None:
        """Add the next step, and tag the one that is `look_ahead` steps before it; None if there is none.

        Args:
            step: the numbers of a step, a token, or a sentence of one step, for a tagger that reads further columns.

        Raises:
            DataError: words for a tagger of numbers or the reverse, or a wrong number of columns.
            ValueError: it is not a step.
        """
        answers = self.add_all([step])
        return answers[0] if answers else None

    def add_all(self, steps: Sequence[Step]) -> list[TaggedStep]:
        """Add the next steps together, which is faster; arguments and errors as for `add`.

        After an error, none of them counts.
        """
        held = [*self._held, *map(self._checked, steps)]
        if not self._look_ahead and held:
            answers = self._tag(held, len(held))
            self._held = []
            return answers
        answers = []
        before = self._states, self._last_numbers, self._decoded
        n_ready = max(0, len(held) - self._look_ahead)
        try:
            for i in range(n_ready):
                answers += self._tag(held[i : i + 1 + self._look_ahead], 1)
        except Exception:
            self._states, self._last_numbers, self._decoded = before
            raise
        self._held = held[n_ready:]
        return answers

    def finish(self) -> list[TaggedStep]:
        """End the series: tag the steps that waited for later ones, and begin a new series."""
        answers = self._tag(self._held, len(self._held), is_end=True) if self._held else []
        self.reset()
        return answers

    def _tag(self, steps: Sequence[Sentence], n_final: int, *, is_end: bool = False) -> list[TaggedStep]:
        """Tag the first steps of some, of which the others are seen only."""
        block = _joined(steps)
        logits, states = self._engine.run(self._encoded(block), self._states, n_final)
        answers, decoded = dict[str, list[StepAnswer]](), dict[str, Prefix]()
        for target in self.targets:
            name, prefix = target.name, self._decoded[target.name]
            ids, confidence, decoded[name] = self._decoders[name].decode(logits[name], n_final, prefix, is_end=is_end)
            before = [] if prefix.last is None else [prefix.last]  # on which a scheme may depend
            tags = [target.tags[i] for i in (*before, *ids.tolist())]
            values, _ = target.values_and_spans(tags, ("",) * len(before) + block.tokens)
            answers[name] = [*map(StepAnswer, values[len(before) :][:n_final], confidence.tolist())]
        self._states, self._decoded = states, decoded
        self._last_numbers = _last_numbers(_joined(steps[:n_final]), self._last_numbers)
        return [self._tagged({name: each[i] for name, each in answers.items()}) for i in range(n_final)]

    def _tagged(self, answers: Mapping[str, StepAnswer]) -> TaggedStep:
        return TaggedStep(*answers[self._shown], {} if PLAIN_HEAD in answers else answers)

    def reset(self) -> None:
        """Begin a new series; steps that waited for later ones are dropped."""
        self._states, self._last_numbers, self._decoded, self._held = self._engine.start, None, self._nothing, []

    def state(self) -> dict[str, Any]:
        """The state after the last step, for `Tagger.steps`: an object of JSON."""
        return {
            "tagger": self._engine.checksum,
            "states": states_to_json(self._states),
            "numbers": numbers_to_json(self._last_numbers),
            "decoded": {name: decoded_to_json(prefix) for name, prefix in self._decoded.items()},
            "held": [*map(step_to_json, self._held)],
        }

    def _resume(self, state: Mapping[str, Any]) -> None:
        try:
            n_tags = {target.name: len(target.tags) for target in self.targets}
            check_state(state, self._engine, n_numbers=len(self._encoder.numeric), n_tags=n_tags)
            self._held = [self._checked(step_of_json(step)) for step in state["held"]]
        except (ValueError, DataError) as problem:
            raise BundleError(f"not a state of this tagger: {problem}") from None
        self._decoded = {name: decoded_of_json(decoded) for name, decoded in state["decoded"].items()}
        self._states = states_of_json(state["states"])
        self._last_numbers = numbers_of_json(state["numbers"])

    def _checked(self, step: Step) -> Sentence:
        """The step as a sentence of one."""
        steps: Any = [step]  # tokens of a sentence, or rows of an array
        sentence = step if isinstance(step, Sentence) else as_sentence(steps)
        if len(sentence) != 1:
            raise ValueError(f"expected one step, got {len(sentence)}")
        check_numbers(sentence, self._encoder.numeric, may_miss=self._encoder.fills_missing)
        check_columns(sentence, self._encoder.columns)
        return sentence

    def _encoded(self, block: Sentence) -> dict[str, Array]:
        """Encode a block after the last number of each numeric column, by which missing ones may be filled."""
        if self._last_numbers is None:
            return self._encode(block)
        before = Sentence(
            ("", *block.tokens),
            numbers=(self._last_numbers, *(block.numbers or ())),
            columns=block.columns and (("",) * len(self._encoder.columns), *block.columns),
        )
        encoded = self._encode(before)
        return {name: values if name == "rows" else values[1:] for name, values in encoded.items()}


def _joined(steps: Sequence[Sentence]) -> Sentence:
    """Sentences of one step as one sentence."""
    return Sentence(
        tokens=tuple(step.tokens[0] for step in steps),
        numbers=None if steps[0].numbers is None else tuple(step.numbers[0] for step in steps if step.numbers),
        columns=None if steps[0].columns is None else tuple(step.columns[0] for step in steps if step.columns),
    )


def _last_numbers(block: Sentence, before: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """The last known number of each numeric column; NaN where none is known, None without such columns."""
    if block.numbers is None:
        return None
    rows = np.array(block.numbers if before is None else (before, *block.numbers))
    last = len(rows) - 1 - np.argmax(~np.isnan(rows[::-1]), axis=0)
    return tuple(rows[last, np.arange(rows.shape[1])].tolist())

"""Inspection in Python: what `tagger inspect` shows, as arrays by name and as records for a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.encoding.arrays import Doubles, Floats
from tagger.inputs.cells import CELLS
from tagger.inspection.arrays import named_arrays, records
from tagger.inspection.calculation import Calculation, calculations
from tagger.inspection.calculation_text import calculation_text
from tagger.inspection.steps import SentenceSteps, Source, sentence_steps
from tagger.inspection.subject import Subject, subject_of
from tagger.inspection.text import format_text
from tagger.inspection.to_json import to_json
from tagger.inspection.weights import as_arrays

EVERYTHING = ("states", "gates", "weights")


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """A network or layer, and its states for a sentence; printed, it is the text of `tagger inspect`.

    Args:
        subject: the layers and weights.
        steps: the states of the sentence; None without one.
    """

    subject: Subject
    steps: SentenceSteps | None

    @property
    def layers(self) -> list[dict[str, Any]]:
        """A record for each layer: name, kind, input and output shape, parameters, formula."""
        keys = ("name", "kind", "input", "output", "parameters", "formula")
        described = to_json(self.subject, None, ("shapes",))["layers"]
        return [{key: layer[key] for key in keys} for layer in described]

    @property
    def arrays(self) -> dict[str, Doubles | Floats]:
        """All arrays by name: weights in Keras' shapes, (time, units) states and gates, (time, tags) scores."""
        of_steps = named_arrays(self.subject, self.steps, ("states", "gates"))
        inputs = {f"{each.layer.name}/input": each.inputs for each in (self.steps.layers if self.steps else ())}
        return {**as_arrays(self.subject), **inputs, **{array.name: array.values for array in of_steps}}

    def records(self, *sections: str) -> list[dict[str, Any]]:
        """A record for each number, for example for `pandas.DataFrame`.

        Args:
            sections: any of `states`, `gates` and `weights`; default: states and gates.

        Returns:
            Records with the keys `array`, `step`, `token`, `row`, `column` and `value`.
        """
        return list(records(named_arrays(self.subject, self.steps, sections or ("states", "gates"))))

    def calculation(self, step: int, unit: int) -> list[Calculation]:
        """The sums behind a unit at a step, both counted from 1, for each layer and direction.

        Raises:
            DataError: there is no such step or unit.
        """
        return [] if self.steps is None else calculations(self.steps, step, unit, self.subject.input_names)

    def explain(self, step: int, unit: int) -> str:
        """The same as text, with all terms."""
        blocks = (calculation_text(each, is_complete=True) for each in self.calculation(step, unit))
        return "\n\n".join(block for text in blocks for block in text)

    def __str__(self) -> str:
        return format_text(self.subject, self.steps, ("states",) if self.steps else ("shapes",))


def inspect(
    model: str | Path,
    text: Source | None = None,
    *,
    settings: Sequence[str] = (),
    constant: float | None = None,
    seed: int = 1,
) -> Inspection:
    """Look inside a network or layer.

    Args:
        model: a config, a run folder, a bundle folder, or the text of a layer, such as "lstm units=3 inputs=5".
        text: a sentence as text or tokens, a (time, columns) array of numbers, or the path of a file, whose first
            sentence is taken; None: no states are computed.
        settings: changes to a config, `KEY=VALUE` each.
        constant: a value for every weight.
        seed: seed of the random weights of a config or layer; a saved tagger has its own.

    Example:
        >>> import tagger
        >>> seen = tagger.inspect("lstm units=1 inputs=2", [[1, 0], [0, 1]], constant=0.1)
        >>> seen.arrays["lstm/forward/hidden state"].round(4).tolist()
        [[0.0274], [0.0459]]

    Raises:
        TaggerError: the model or its data cannot be used, or it cannot read the text.
    """
    is_layer = str(model).split(" ", 1)[0].lower() in CELLS and not Path(model).exists()
    subject = subject_of(
        None if is_layer else Path(model),
        str(model) if is_layer else None,
        settings=list(settings),
        constant=constant,
        seed=seed,
        needs_weights=True,
    )
    return Inspection(subject, None if text is None else sentence_steps(subject, text))

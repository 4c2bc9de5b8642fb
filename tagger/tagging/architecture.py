"""A network as plain data: Keras builds it, ONNX repeats it, and its layers stand on paper."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tagger.heads import Head
from tagger.inputs import Input, is_form_input
from tagger.inputs.description import STEPS, Layer, Size, Weight, total
from tagger.inputs.recurrent import Merge, Recurrent

NORM_EPSILON = 1e-5  # of layer normalisation, added to the variance


class Graphs(NamedTuple):
    """A network as two serialised ONNX models, see `build_graphs`; one that reads no words has but the second."""

    forms: bytes | None
    sentences: bytes


@dataclass(frozen=True, slots=True)
class Architecture:
    """A tagger's network: inputs side by side, recurrent layers, and a head that scores the tags of every step.

    Args:
        inputs: those of forms first.
        cell, units, bidirectional, merge, reset_after: as in the config's [model].
        heads: today one.
        residual, layer_norm: as in the config's [model]: from the second recurrent layer on, the input is normalised,
            and added to the output.
    """

    inputs: tuple[Input, ...]
    cell: str
    units: tuple[int, ...]
    bidirectional: bool
    merge: Merge
    reset_after: bool
    heads: tuple[Head, ...]
    residual: bool = False
    layer_norm: bool = False

    @property
    def head(self) -> Head:
        """The only head."""
        (head,) = self.heads
        return head

    @property
    def of_forms(self) -> tuple[Input, ...]:
        """The inputs that a word tells wherever it stands; they come first."""
        return tuple(each for each in self.inputs if is_form_input(each))

    @property
    def of_steps(self) -> tuple[Input, ...]:
        """The inputs that stand beside the word."""
        return tuple(each for each in self.inputs if not is_form_input(each))

    @property
    def input_width(self) -> int:
        """Numbers that enter the first recurrent layer at each step."""
        return sum(each.width for each in self.inputs)

    @property
    def form_width(self) -> int:
        """Numbers of a step's input that its word tells."""
        return sum(each.width for each in self.of_forms)

    @property
    def row_width(self) -> int:
        """Numbers that enter the gates of the first layer, of all its directions."""
        first = self.layers[0]
        return len(first.directions) * first.gate_width

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

    def describe(self, unread: Collection[str] = ()) -> tuple[Layer, ...]:
        """All layers on paper, from the inputs to the scores.

        Args:
            unread: the sizes that only data tells, where no data was read: of `ids`, `tags` and `dim`. Names stand in
                their place, whatever numbers the network has.
        """
        of_inputs = [each.describe(unread) for each in self.inputs]
        described = [layer for layers in of_inputs for layer in layers]
        widths = [layers[-1].output[-1] for layers in of_inputs]
        numbers = [width for width in widths if isinstance(width, int)]
        width: Size = sum(numbers) if len(numbers) == len(widths) else "inputs"
        if len(widths) > 1:
            entering, note = (*STEPS, " + ".join(map(str, widths))), "all of the above, side by side"
            described.append(Layer("input", "Concatenate", entering, (*STEPS, width), note=note))
        return (*described, *self._describe_above_inputs(width, unread))

    def _describe_above_inputs(self, width: Size, unread: Collection[str] = ()) -> Iterator[Layer]:
        for layer in self.layers:
            if layer.norm:
                yield _describe_norm(layer.norm, layer.inputs)
            yield layer.describe(inputs=width)
            width = layer.width
        for head in self.heads:
            yield from head.describe(width, unread)

    def table(self) -> list[tuple[str, int, int]]:
        """Name, width and number of parameters of each input, and of each layer above."""
        above = self._describe_above_inputs(self.input_width)
        return [(each.name, each.width, _n_parameters(each.describe())) for each in self.inputs] + [
            (layer.name, int(layer.output[-1]), _n_parameters([layer])) for layer in above
        ]

    @property
    def n_parameters(self) -> int:
        """Number of parameters of all layers."""
        return _n_parameters(self.describe())


def _n_parameters(layers: Collection[Layer]) -> int:
    return total(layer.n_parameters for layer in layers) or 0


def _describe_norm(name: str, inputs: int) -> Layer:
    return Layer(
        name=name,
        kind="LayerNormalization",
        input=(*STEPS, inputs),
        output=(*STEPS, inputs),
        weights=(Weight(f"{name}/scale", (inputs,)), Weight(f"{name}/offset", (inputs,))),
        letters="2 × inputs",
        sizes=(("inputs", inputs),),
        note="each step's numbers at mean 0 and deviation 1, then a learned scale and offset for each",
    )

"""A network as plain data, from which the Keras model, the ONNX graphs and the tables of layers are made."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tagger.head_names import PLAIN_HEAD
from tagger.heads import Head
from tagger.inputs import Input, is_form_input
from tagger.inputs.description import STEPS, Layer, Size, Weight, total
from tagger.inputs.recurrent import Merge, Recurrent

NORM_EPSILON = 1e-5  # added to the variance in layer normalisation
LOGITS = "logits/"  # prefix of the names of a graph's outputs, before the names of heads
FORMS_GRAPH, SENTENCES_GRAPH = "forms.onnx", "tagger.onnx"  # files of a bundle


class Graphs(NamedTuple):
    """Two serialised ONNX models, see `build_graphs`; a network without form inputs has only the second."""

    forms: bytes | None
    sentences: bytes


@dataclass(frozen=True, slots=True)
class Architecture:
    """A tagger's network: inputs side by side, recurrent layers, and heads that score the tags or labels.

    Args:
        inputs: form inputs before step inputs.
        cell, units, bidirectional, merge, reset_after: as in the config's [model].
        heads: what the network predicts; their names differ.
        residual: whether each recurrent layer but the first adds its input to its output.
        layer_norm: whether each recurrent layer but the first normalises its input.
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
    def is_plain(self) -> bool:
        """Whether its only head scores tags and has no name of its own."""
        return [(head.name, head.pool) for head in self.heads] == [(PLAIN_HEAD, None)]

    @property
    def reads_series(self) -> bool:
        """Whether its only inputs are numbers, so that a sentence is a series of measurements."""
        return all(each.kind == "numbers" for each in self.inputs)

    @property
    def form_inputs(self) -> tuple[Input, ...]:
        """The inputs that depend on the word form alone; they come first."""
        return tuple(each for each in self.inputs if is_form_input(each))

    @property
    def step_inputs(self) -> tuple[Input, ...]:
        """The inputs that can differ between two steps of the same form: columns and numbers."""
        return tuple(each for each in self.inputs if not is_form_input(each))

    @property
    def input_width(self) -> int:
        """Number of input features of the first recurrent layer."""
        return sum(each.width for each in self.inputs)

    @property
    def form_width(self) -> int:
        """Number of input features that depend on the word form alone."""
        return sum(each.width for each in self.form_inputs)

    @property
    def row_width(self) -> int:
        """Number of gate inputs of the first recurrent layer, over all its directions."""
        first = self.layers[0]
        return len(first.directions) * first.gate_width

    @property
    def layers(self) -> tuple[Recurrent, ...]:
        """The recurrent layers, lowest first."""
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

    def describe(self, unknown_sizes: Collection[str] = ()) -> tuple[Layer, ...]:
        """Describe all layers, from the inputs to the logits.

        Args:
            unknown_sizes: sizes to show by name because no data was read: any of `ids`, `tags` and `dim`.
        """
        input_layers = [each.describe(unknown_sizes) for each in self.inputs]
        described = [layer for layers in input_layers for layer in layers]
        widths = [layers[-1].output[-1] for layers in input_layers]
        known_widths = [width for width in widths if isinstance(width, int)]
        width: Size = sum(known_widths) if len(known_widths) == len(widths) else "inputs"
        if len(widths) > 1:
            parts = (*STEPS, " + ".join(map(str, widths)))
            described.append(Layer("input", "Concatenate", parts, (*STEPS, width), note="all inputs, side by side"))
        return (*described, *self._describe_above_inputs(width, unknown_sizes))

    def _describe_above_inputs(self, width: Size, unknown_sizes: Collection[str] = ()) -> Iterator[Layer]:
        for layer in self.layers:
            if layer.norm:
                yield _describe_norm(layer.norm, layer.inputs)
            yield layer.describe(inputs=width)
            width = layer.width
        for head in self.heads:
            yield from head.describe(width, unknown_sizes)

    def table(self) -> list[tuple[str, int, int]]:
        """Name, width and number of parameters of each input and of each layer above the inputs."""
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
        symbolic_formula="2 × inputs",
        sizes=(("inputs", inputs),),
        note="each step is scaled to mean 0 and deviation 1, then by a learned scale and offset per input",
    )

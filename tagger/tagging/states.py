"""A whole network in NumPy, with all its states: what the ONNX engine computes, step by step, in double precision."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.batches import Array, Batch, Doubles, Lengths
from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import FILTER_WIDTH, NORM_EPSILON, Architecture, Characters, Recurrent
from tagger.tagging.cells import Direction, layer_directions, layer_output, returned

if TYPE_CHECKING:  # the graph's module loads onnx
    from tagger.tagging.graph import Weights


@dataclass(frozen=True, slots=True, eq=False)
class LayerStates:
    """What a recurrent layer does with a batch.

    Args:
        layer: what it is.
        entering: (batch, time, inputs) what it reads, normalised where the layer normalises.
        directions: all its states, by direction.
        output: (batch, time, width) what it gives on, with the residual where there is one.
    """

    layer: Recurrent
    entering: Doubles
    directions: dict[str, Direction]
    output: Doubles


def network_states(
    architecture: Architecture, weights: "Weights", batch: Batch
) -> tuple[tuple[LayerStates, ...], Doubles]:
    """The states of each recurrent layer, and (batch, time, tags) logits; both undefined after a sentence's end.

    Args:
        architecture: the layers.
        weights: by name, as `build_graphs` takes them.
        batch: as the network's encoder makes it.
    """
    steps = input_steps(architecture, weights, batch)
    layers: list[LayerStates] = []
    for layer in architecture.layers:
        layers.append(layer_states(layer, weights, steps, batch.lengths))
        steps = layers[-1].output
    return tuple(layers), steps @ weights["head/kernel"] + weights["head/bias"]


def layer_states(layer: Recurrent, weights: "Weights", steps: Doubles, lengths: Lengths) -> LayerStates:
    """One recurrent layer on (batch, time, inputs) steps of sentences of some lengths."""
    entering = _normalized(layer.norm, steps, weights) if layer.norm else steps
    directions = layer_directions(layer, entering, lengths, weights)
    output = layer_output(layer, directions)
    return LayerStates(layer, entering, directions, output + steps if layer.residual else output)


def input_steps(architecture: Architecture, weights: "Weights", batch: Batch) -> Doubles:
    """(batch, time, inputs) all that enters the first recurrent layer, side by side."""
    inputs, parts = batch.inputs, []
    for name, _, _ in architecture.inputs:
        if name == "numbers":
            parts.append(np.asarray(inputs[name], np.float64))
        elif name == "characters" and architecture.characters:
            of_forms = _form_vectors(architecture.characters, weights, inputs)
            parts.append(of_forms[_ids(inputs["forms"])])
        elif name == "casing":
            parts.append(_onehot(inputs[name], n_ids=len(CASINGS) + 1, first=1))
        elif name == "words" and architecture.words and architecture.words.dim is None:
            parts.append(_onehot(inputs[name], n_ids=architecture.words.n_ids, first=2))
        else:
            parts.append(weights[name][_ids(inputs[name])])
    return np.concatenate(parts, axis=-1, dtype=np.float64)


def _ids(values: Array) -> Array:
    return np.asarray(values, np.int64)


def _onehot(ids: Array, *, n_ids: int, first: int) -> Doubles:
    """(batch, time) ids to rows with a one at id - first; ids below `first` are all zero."""
    return np.asarray(np.eye(n_ids)[:, first:][_ids(ids)])


def _form_vectors(characters: Characters, weights: "Weights", inputs: dict[str, Array]) -> Doubles:
    """(forms, width) of the batch's distinct words."""
    lengths = np.asarray(inputs["form_lengths"], np.int32)
    vectors = weights["characters"][_ids(inputs["characters"])].astype(np.float64)
    if characters.kind == "lstm":
        directions = layer_directions(characters.lstm, vectors, lengths, weights)
        return returned(characters.lstm, directions, return_sequences=False, return_state=False)[0]
    longest = vectors.shape[1]
    is_character = (np.arange(longest) < lengths[:, None])[:, :, None]
    around = FILTER_WIDTH // 2
    padded = np.pad(np.where(is_character, vectors, 0), ((0, 0), (around, around), (0, 0)))
    kernel = weights["characters/kernel"]
    found = sum(padded[:, i : i + longest] @ kernel[i] for i in range(FILTER_WIDTH)) + weights["characters/bias"]
    return np.asarray(np.where(is_character, np.maximum(found, 0), 0).max(axis=1))


def _normalized(name: str, steps: Doubles, weights: "Weights") -> Doubles:
    """Layer normalisation of each step (Ba et al., 2016)."""
    centred = steps - steps.mean(-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(-1, keepdims=True) + NORM_EPSILON)
    return np.asarray(centred / spread * weights[f"{name}/scale"] + weights[f"{name}/offset"])

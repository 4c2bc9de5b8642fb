"""The weights that stand in a tagger's ONNX graphs, by the names and in the shapes that Keras has.

They are read rather than the file of Keras beside them, as they are what tags: what is shown is what is computed. Their
names are ours and stay, where those in a file of Keras are another matter with each version of Keras, and a bundle
tags, and can be inspected, without h5py.
"""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import numpy_helper

from tagger.encoding.batches import Floats
from tagger.errors import BundleError
from tagger.tagging.architecture import Architecture, Graphs, Recurrent
from tagger.tagging.bundle import FORMS_GRAPH, SENTENCES_GRAPH


def graph_weights(architecture: Architecture, graphs: Graphs) -> dict[str, Floats]:
    """The weights by the names that `build_graphs` knows them by; those of a CRF are not in the graphs.

    Args:
        architecture: of the network.
        graphs: as `build_graphs` makes them.

    Raises:
        BundleError: they are no such models, or not of this network.
    """
    of_forms = _constants(graphs.forms, FORMS_GRAPH) if graphs.forms else {}
    of_sentences = _constants(graphs.sentences, SENTENCES_GRAPH)
    found = of_forms | of_sentences
    try:
        for kernel in of_forms.keys() & of_sentences.keys():  # each graph has the rows of its own inputs
            found[kernel] = np.concatenate([of_forms[kernel], of_sentences[kernel]])
        for name in [name for name in found if name.endswith("/recurrent_bias")]:
            bias = name.replace("recurrent_bias", "bias")
            found[bias] = np.stack([found[bias], found[name]])
        return {name: found[constant] for name, constant in _names(architecture)}
    except KeyError as error:
        raise BundleError(f"the graphs are not of this bundle's network: they lack {error}") from None
    except ValueError as error:  # shapes that do not go together
        raise BundleError(f"the graphs are not of this bundle's network: {error}") from None


def _constants(graph: bytes, name: str) -> dict[str, Floats]:
    try:
        tensors = onnx.load_from_string(graph).graph.initializer
    except Exception as error:  # protobuf's error of what is no model has no public name
        raise BundleError(f"{name} cannot be read: {error}") from None
    return {tensor.name: np.asarray(numpy_helper.to_array(tensor)) for tensor in tensors}


def _names(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """The name of each weight, and of its constant."""
    if architecture.words and architecture.words.dim is not None:
        yield "words", "words/vectors"
    if characters := architecture.characters:
        yield "characters", "characters/vectors"
        names = _of_layer(characters.lstm) if characters.kind == "lstm" else ["characters/kernel", "characters/bias"]
        yield from zip(names, names, strict=True)
    for symbols in architecture.symbols:
        yield symbols.name, f"{symbols.name}/vectors"
    for layer in architecture.layers:
        names = _of_layer(layer)
        yield from zip(names, names, strict=True)
    for name in ("head/kernel", "head/bias"):
        yield name, name


def _of_layer(layer: Recurrent) -> list[str]:
    names = [f"{layer.name}/{name}/{part}" for name in layer.directions for part in ("kernel", "recurrent", "bias")]
    return names + ([f"{layer.norm}/scale", f"{layer.norm}/offset"] if layer.norm else [])

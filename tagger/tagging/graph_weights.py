"""The weights that stand in a tagger's ONNX graphs, by the names and in the shapes that Keras has."""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import numpy_helper

from tagger.encoding.arrays import Array, Floats
from tagger.errors import BundleError
from tagger.heads.chain import Chain
from tagger.inputs.embedding import vectors_name
from tagger.inputs.nodes import HALF
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle import FORMS_GRAPH, SENTENCES_GRAPH, Bundle


def saved_weights(bundle: Bundle, graphs: Graphs) -> dict[str, Floats]:
    """All weights of a saved tagger, by name; of a CRF, too.

    Raises:
        BundleError: as `graph_weights`.
    """
    chain = {} if bundle.chain is None else bundle.chain._asdict()
    head = bundle.architecture.head.name
    return graph_weights(bundle.architecture, graphs) | {f"{head}/{name}": scores for name, scores in chain.items()}


def graph_weights(architecture: Architecture, graphs: Graphs) -> dict[str, Floats]:
    """The weights by the names that `build_graphs` knows them by; those of a CRF are not in the graphs.

    Raises:
        BundleError: they are no such models, or not of this network.
    """
    of_forms = _constants(graphs.forms, FORMS_GRAPH) if graphs.forms else {}
    of_sentences = _constants(graphs.sentences, SENTENCES_GRAPH)
    found = of_forms | of_sentences
    of_chain = {f"{architecture.head.name}/{part}" for part in Chain._fields}  # which decodes, in no graph
    try:
        for kernel in of_forms.keys() & of_sentences.keys():  # each graph has the rows of its own inputs
            found[kernel] = np.concatenate([of_forms[kernel], of_sentences[kernel]])
        for name in [name for name in found if name.endswith("/recurrent_bias")]:
            bias = name.replace("recurrent_bias", "bias")
            found[bias] = np.stack([found[bias], found[name]])
        shapes = {weight.name: weight.shape for layer in architecture.describe() for weight in layer.weights}
        weights = {name: _table(found, vectors_name(name)) for name in shapes if name not in of_chain}
        if other := [name for name, values in weights.items() if values.shape != shapes[name]]:
            raise ValueError(f"{other[0]} is {weights[other[0]].shape} and should be {shapes[other[0]]}")
        return weights
    except KeyError as error:
        raise BundleError(f"the graphs are not of this bundle's network: they lack {error}") from None
    except ValueError as error:  # shapes that do not go together
        raise BundleError(f"the graphs are not of this bundle's network: {error}") from None


def _table(constants: Mapping[str, Array], name: str) -> Floats:
    """A weight; one that is stored in fewer bits is multiplied by its rows' scales."""
    stored: Floats = constants[name].astype(np.float32)
    scales = constants.get(f"{name}/scale")
    return stored if scales is None else stored * scales.astype(np.float32)


def _constants(graph: bytes, name: str) -> dict[str, Array]:
    try:
        tensors = onnx.load_from_string(graph).graph.initializer
    except Exception as error:  # protobuf's error of what is no model has no public name
        raise BundleError(f"{name} cannot be read: {error}") from None
    return {tensor.name.removesuffix(HALF): np.asarray(numpy_helper.to_array(tensor)) for tensor in tensors}

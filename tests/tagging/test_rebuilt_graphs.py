"""Graphs built anew from the weights in saved ones, which may come from a stranger."""

import random
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tagger.encoding.arrays import Array
from tagger.errors import BundleError
from tagger.tagging.architecture import Graphs
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs, rebuild_graphs
from tests.bundles import random_weights
from tests.networks import (
    ALL_INPUTS,
    DEEP,
    HEADS,
    INPUTS,
    RECURRENT,
    head_logits,
    name_of,
    ragged_batch,
    words,
)

FOLDER = Path("bundle")


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("network", RECURRENT + DEEP + INPUTS + HEADS, ids=name_of)
def test_our_own_graphs_are_rebuilt_byte_by_byte_and_are_those_of_the_onnx_package(network, bits):
    graphs = build_graphs(network, random_weights(network), table_bits=bits)

    assert rebuild_graphs(network, graphs, FOLDER) == graphs
    for content in filter(None, graphs):
        model = onnx.load_from_string(content)
        onnx.checker.check_model(model)
        assert model.SerializeToString(deterministic=True) == content


def changed(content: bytes, name: str, array: Array | None) -> bytes:
    """A graph with another array as a constant, or without it."""
    model = onnx.load_from_string(content)
    (tensor,) = (each for each in model.graph.initializer if each.name == name)
    if array is None:
        model.graph.initializer.remove(tensor)
    else:
        tensor.CopyFrom(numpy_helper.from_array(array, name))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("bits", "part", "name", "array", "message"),
    [
        (32, "forms", "words/vectors", None, r"forms.onnx is not of this bundle's network: it lacks words/vectors$"),
        (32, "sentences", "head/bias", None, r"tagger.onnx is not of this bundle's network: it lacks head/bias$"),
        (32, "sentences", "head/bias", np.zeros(4, np.float32), r"head/bias is \(4,\) and should be \(3,\)"),
        (32, "sentences", "head/bias", np.zeros((3, 1), np.float32), r"head/bias is \(3, 1\) and should be \(3,\)"),
        (32, "sentences", "head/bias", np.zeros(3, np.int32), "head/bias has the type int32; expected float32"),
        (32, "sentences", "head/bias", np.zeros(3, np.float16), "head/bias has the type float16; expected float32"),
        (32, "sentences", "head/bias", np.full(3, np.nan, np.float32), "head/bias has a value that is not finite"),
        (16, "sentences", "head/kernel/half", np.zeros((4, 3), np.float32), "head/kernel/half has the type float32"),
        (
            8,
            "forms",
            "words/vectors",
            np.zeros((6, 5), np.float32),
            "has the type float32; expected int8 or float16",
        ),
        (8, "forms", "words/vectors", np.zeros((5, 5), np.int8), r"words/vectors is \(5, 5\) and should be \(6, 5\)"),
        (8, "forms", "words/vectors/scale", np.zeros((6, 5), np.float32), r"scale is \(6, 5\) and should be \(6, 1\)"),
        (8, "forms", "words/vectors/scale", None, "words/vectors has the type int8; expected float32"),
    ],
)
def test_a_weight_that_is_missing_or_has_another_shape_or_type_is_an_error(bits, part, name, array, message):
    graphs = build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS), table_bits=bits)
    content = changed(getattr(graphs, part), name, array)

    with pytest.raises(BundleError, match=rf"^bundle/.*{message}"):
        rebuild_graphs(ALL_INPUTS, graphs._replace(**{part: content}), FOLDER)


@pytest.mark.parametrize(
    "network",
    [
        replace(ALL_INPUTS, units=(65_536,)),
        replace(ALL_INPUTS, units=(4, 65_536)),
        replace(ALL_INPUTS, inputs=(words(6, 131_072), *ALL_INPUTS.inputs[1:])),
        replace(ALL_INPUTS, heads=(replace(ALL_INPUTS.heads[0], n_tags=131_072),)),
    ],
    ids=name_of,
)
def test_sizes_that_the_weights_do_not_explain_are_an_error_before_anything_is_allocated(network):
    graphs = build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS))

    tracemalloc.start()
    with pytest.raises(BundleError, match=r"is not of this bundle's network: (it lacks|.* should be)"):
        rebuild_graphs(network, graphs, FOLDER)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**20


def test_other_constants_and_all_nodes_of_a_saved_graph_have_no_effect():
    graphs = build_graphs(ALL_INPUTS, random_weights(ALL_INPUTS))
    saved = {}
    for part, content in zip(Graphs._fields, graphs, strict=True):
        model = onnx.load_from_string(content)
        for tensor in model.graph.initializer:
            if tensor.data_type in (onnx.TensorProto.INT32, onnx.TensorProto.INT64):
                sizes = numpy_helper.to_array(tensor)
                tensor.CopyFrom(numpy_helper.from_array(np.full_like(sizes, 2**30), tensor.name))
        model.graph.node[0].op_type = "If"
        del model.graph.node[1:]
        saved[part] = model.SerializeToString()

    assert rebuild_graphs(ALL_INPUTS, Graphs(**saved), FOLDER) == graphs


def test_a_graph_with_random_damage_is_loaded_or_is_an_error():
    network = HEADS[-2]
    graphs, rng = build_graphs(network, random_weights(network), table_bits=8), random.Random(5)
    batch, n_loaded = ragged_batch(network), 0

    for _ in range(300):
        part = rng.choice(Graphs._fields)
        content = bytearray(getattr(graphs, part))
        for _ in range(rng.choice([1, 3, 30])):
            content[rng.randrange(len(content))] = rng.randrange(256)
        del content[rng.choice([len(content), rng.randrange(len(content))]) :]
        try:
            rebuilt = rebuild_graphs(network, graphs._replace(**{part: bytes(content)}), FOLDER)
        except BundleError:
            continue
        n_loaded += 1
        assert [len(content or b"") for content in rebuilt] == [len(content or b"") for content in graphs]
        if n_loaded <= 5:
            head_logits(Engine(rebuilt, threads=1), network, batch)

    assert 20 < n_loaded < 250

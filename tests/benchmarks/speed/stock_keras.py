"""The same networks with Keras' recurrent layers, Adam and loss: as in a typical notebook, and with our batches.

`notebook` pads every sentence to the longest one and calls `fit`; the characters of a word are read again for each
token, padding included (`TimeDistributed` is even slower: minutes before the first batch). `like_length` calls
`train_on_batch` with sentences of similar length, and with the characters of each distinct word once.
"""

import argparse
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.tagging.graph_weights import saved_weights
from tests.benchmarks.speed.material import bundle, ready_batches, tag_with, test_tokens, training
from tests.benchmarks.speed.process import BATCH_SIZE, SENTENCE, run, speed, training_speed

if TYPE_CHECKING:
    import keras

    from tagger.config import Training
    from tagger.encoding.batches import Batch
    from tagger.tagging.architecture import Architecture

NOTEBOOK_BATCHES = {"words": 40, "pos": 4}  # batches per epoch: all have the same width, and so take the same time


def notebook(options: argparse.Namespace) -> dict[str, float]:
    from tagger.encoding.batches import pad

    config, prepared = training(options)
    dataset = prepared.encode("train")
    positions = np.random.default_rng(1).permutation(len(dataset.lengths))[
        : NOTEBOOK_BATCHES[options.network] * BATCH_SIZE
    ]
    batch = pad(dataset, positions, time=int(dataset.lengths.max()))
    inputs = notebook_inputs(batch)
    network = notebook_network(prepared.architecture, inputs)
    compile_network(network, config.training)
    seconds = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        network.fit(inputs, batch.tags["head"], batch_size=BATCH_SIZE, verbose=0)
        seconds.append(time.perf_counter() - start)
    return training_speed(int(batch.lengths.sum()), seconds)


def notebook_network(architecture: "Architecture", arrays: dict[str, Any]) -> "keras.Model":
    """Build a network for arrays of the same width as these."""
    import keras

    from tagger.inputs.casing import CASINGS
    from tagger.inputs.characters import Characters

    inputs = {name: keras.Input(ids.shape[1:], dtype="int32", name=name) for name, ids in arrays.items()}
    parts = []

    for each in architecture.inputs:
        n_ids = len(CASINGS) + 1 if each.vocabulary is None else len(each.vocabulary)
        if isinstance(each, Characters):
            _, n_steps, longest = arrays["characters"].shape
            word_characters = keras.ops.reshape(inputs["characters"], (-1, longest))
            vectors = keras.layers.Embedding(n_ids, each.dim, mask_zero=True)(word_characters)
            outputs = keras.layers.Bidirectional(keras.layers.LSTM(each.units))(vectors)
            parts.append(keras.ops.reshape(outputs, (-1, n_steps, each.width)))
        else:
            parts.append(keras.layers.Embedding(n_ids, each.width, mask_zero=True)(inputs[each.name]))
    x = keras.layers.Concatenate()(parts) if len(parts) > 1 else parts[0]
    for layer in architecture.layers:
        x = keras.layers.Bidirectional(keras.layers.LSTM(layer.units, return_sequences=True))(x)
    return keras.Model(inputs, keras.layers.Dense(architecture.heads[0].n_tags)(x))


def notebook_inputs(batch: "Batch") -> dict[str, Any]:
    """Arrays of a batch, with the characters of each token."""
    inputs = {name: values for name, values in batch.inputs.items() if name not in ("forms", "form_lengths")}
    if "forms" in batch.inputs:
        characters = np.asarray(batch.inputs["characters"])
        is_step = np.arange(batch.inputs["forms"].shape[1]) < batch.lengths[:, None]
        inputs["characters"] = np.where(is_step[:, :, None], characters[np.asarray(batch.inputs["forms"])], 0)
    return inputs


def like_length(options: argparse.Namespace) -> dict[str, float]:
    from tagger.encoding.batches import batches
    from tagger.network.build import build_model

    config, prepared = training(options)
    dataset, network = prepared.encode("train"), build_model(prepared.architecture)
    compile_network(network, config.training)
    seconds = []
    for number in range(options.epochs):
        start = time.perf_counter()
        for batch in batches(dataset, BATCH_SIZE, rng=np.random.default_rng(number)):
            network.train_on_batch({**batch.inputs, "lengths": batch.lengths}, batch.tags)
        seconds.append(time.perf_counter() - start)
    return training_speed(dataset.n_steps, seconds)


def compile_network(network: "keras.Model", settings: "Training") -> None:
    import keras

    from tagger.encoding.batches import NOT_SCORED

    network.compile(
        keras.optimizers.Adam(settings.learning_rate, global_clipnorm=settings.clip_norm),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=NOT_SCORED),
    )


def tag(options: argparse.Namespace) -> dict[str, float]:
    forward, bundle = traced(options)
    sentences = test_tokens(options)
    return speed(lambda: tag_with(bundle, forward, sentences), sum(map(len, sentences)), options.seconds)


def logits(options: argparse.Namespace) -> dict[str, float]:
    forward, bundle = traced(options)
    ready = ready_batches(options, bundle)
    n_tokens = sum(int(batch.lengths.sum()) for batch in ready)
    return speed(lambda: [forward(batch) for batch in ready], n_tokens, options.seconds)


def one(options: argparse.Namespace) -> dict[str, list[str]]:
    forward, bundle = traced(options)
    return {"tags": tag_with(bundle, forward, [tuple(SENTENCE)])[0]}


def traced(options: argparse.Namespace) -> tuple[Any, Any]:
    """The saved network as a traced function from a batch to scores, and its bundle."""
    saved, graphs = bundle(options)
    import tensorflow as tf

    from tagger.network.build import build_model, set_weights

    network = build_model(saved.architecture)
    set_weights(network, saved.architecture, saved_weights(saved, graphs))
    signature = {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in network.input.items()}
    forward = tf.function(lambda inputs: network(inputs), input_signature=[signature], autograph=False)
    return lambda batch: forward({**batch.inputs, "lengths": batch.lengths})["head"].numpy(), saved


if __name__ == "__main__":
    run(notebook=notebook, like_length=like_length, tag=tag, logits=logits, one=one)

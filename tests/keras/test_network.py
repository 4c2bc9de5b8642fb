"""The Keras network against the engine; independence of padding; dropout, initial vectors and precision."""

import itertools

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED, Batch, Dataset, pad
from tagger.encoding.vocabulary import UNKNOWN
from tagger.inputs.fitting import FittedInput
from tagger.inputs.vectors import WordVectors
from tagger.network.build import build_model, get_weights
from tagger.network.events import Epoch
from tagger.network.layers import UnknownSymbols
from tagger.network.losses import masked_loss
from tagger.network.prediction import predictor
from tagger.network.training import fit
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs
from tests.networks import characters, column, logits_of, words

from .networks import NOTHING, architecture, dataset, feed, fitted, is_step

CELLS = [("simple_rnn", True), ("lstm", True), ("gru", True), ("gru", False)]
DIRECTIONS = [(False, "concat"), (True, "concat"), (True, "sum"), (True, "mul"), (True, "ave")]
INPUTS = [
    {},
    {**NOTHING, "words": words(12, None)},
    {**NOTHING, "casing": True},
    {**NOTHING, "n_numbers": 3},
    {**NOTHING, "columns": (column(1, 9, 2), column(2, 3, 4))},
    {**NOTHING, "characters": characters("lstm", 8, 3, 2)},
    {**NOTHING, "characters": characters("cnn", 8, 3, 5)},
]


def logits_of_both(network, batch, seed=0):
    """Logits of real steps by Keras and by the engine, with random weights and biases; and the model."""
    model = build_model(network)
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape) / 2)
    engine = Engine(build_graphs(network, get_weights(model, network)))
    real = is_step(batch)
    return np.asarray(model(feed(batch))["head"])[real], logits_of(engine, network, batch)[real], model


@pytest.mark.parametrize(
    ("number", "cell", "direction"), [(i, *both) for i, both in enumerate(itertools.product(CELLS, DIRECTIONS))]
)
def test_keras_and_the_engine_agree_for_every_cell_direction_and_merge(number, cell, direction):
    network = architecture(
        cell=cell[0],
        reset_after=cell[1],
        bidirectional=direction[0],
        merge=direction[1],
        units=(4,) if number % 2 else (4, 6, 3),
    )
    data = dataset(network)
    keras_logits, engine_logits, model = logits_of_both(network, pad(data, np.arange(4)))

    np.testing.assert_allclose(engine_logits, keras_logits, rtol=1e-5, atol=1e-5)
    assert model.count_params() == network.n_parameters


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("units", [(4,), (4, 6, 3)])
def test_keras_and_the_engine_agree_for_every_input_and_depth(inputs, units):
    network = architecture(units=units, **inputs)
    keras_logits, engine_logits, model = logits_of_both(network, pad(dataset(network), np.arange(4)))

    np.testing.assert_allclose(engine_logits, keras_logits, rtol=1e-5, atol=1e-5)
    assert model.count_params() == network.n_parameters


@pytest.mark.parametrize(("residual", "layer_norm"), [(True, False), (False, True), (True, True)])
def test_keras_and_the_engine_agree_with_residuals_and_layer_norm(residual, layer_norm):
    network = architecture(units=(4, 4, 4), residual=residual, layer_norm=layer_norm)
    keras_logits, engine_logits, model = logits_of_both(network, pad(dataset(network), np.arange(4)))

    np.testing.assert_allclose(engine_logits, keras_logits, rtol=1e-5, atol=1e-5)
    assert model.count_params() == network.n_parameters


def test_a_bidirectional_lstm_computes_the_states_of_a_worked_example():
    series = np.array(
        [[0.1, 4.2, 1.5, 1.1, 2.8], [1.0, 3.1, 2.5, 0.7, 1.1], [0.3, 2.1, 1.5, 2.1, 0.1], [2.2, 1.4, 0.5, 0.9, 1.1]]
    )
    network = architecture(**{**NOTHING, "n_numbers": 5}, units=(3,), n_tags=6)
    model = build_model(network)
    for weight in model.get_layer("lstm_1").weights:
        forget_gate = np.repeat([0, 1, 0, 0], 3)
        weight.assign(forget_gate if "bias" in weight.path else np.full(weight.shape, 0.1))
    model.get_layer("head").set_weights([np.eye(6), np.zeros(6)])
    batch = Batch({"numbers": series[None].astype(np.float32)}, np.array([4], np.int32), np.arange(1), {})

    forward = [0.35906473, 0.55111325, 0.59115744, 0.6303138]
    backward = [0.7038734, 0.58863586, 0.3951699, 0.21942244]
    expected = [[f] * 3 + [b] * 3 for f, b in zip(forward, backward, strict=True)]
    engine = Engine(build_graphs(network, get_weights(model, network)))
    np.testing.assert_allclose(np.asarray(model(feed(batch))["head"])[0], expected, rtol=1e-5)
    np.testing.assert_allclose(logits_of(engine, network, batch)[0], expected, rtol=1e-5)


def test_our_graph_computes_the_same_as_keras_export(tmp_path):
    network = architecture(units=(4, 3))
    batch = pad(dataset(network), np.arange(4))
    _, engine_logits, model = logits_of_both(network, batch)
    with pytest.warns(FutureWarning):  # Keras' exporter touches np.object
        model.export(tmp_path / "keras.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "keras.onnx", providers=["CPUExecutionProvider"])

    (exported,) = session.run(None, feed(batch))
    np.testing.assert_allclose(engine_logits, exported[is_step(batch)], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_a_sentence_has_the_same_logits_alone_and_in_a_batch(cell):
    network = architecture(cell=cell)
    data = dataset(network)
    model = build_model(network)
    together = np.asarray(model(feed(pad(data, np.arange(4))))["head"])

    for i, length in enumerate(data.lengths):
        alone = np.asarray(model(feed(pad(data, np.array([i]))))["head"])
        np.testing.assert_allclose(together[i, :length], alone[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("extra", [1, 7, 64])
@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_padding_changes_neither_loss_nor_accuracy_nor_tags(extra, cell):
    network = architecture(cell=cell, units=(4, 3))
    data = dataset(network)
    model = build_model(network)
    tight, wide = pad(data, np.arange(4)), pad(data, np.arange(4), time=9 + extra)
    tight_logits, wide_logits = model(feed(tight))["head"], model(feed(wide))["head"]
    gold, wide_gold = tight.tags["head"], wide.tags["head"]

    assert float(masked_loss(wide_logits, wide_gold)) == pytest.approx(float(masked_loss(tight_logits, gold)))
    tight_tags, wide_tags = (np.asarray(logits).argmax(-1) for logits in (tight_logits, wide_logits))
    np.testing.assert_array_equal(wide_tags[is_step(wide)], tight_tags[is_step(tight)])
    assert ((wide_tags == wide_gold) & is_step(wide)).sum() == ((tight_tags == gold) & is_step(tight)).sum()


def test_logits_do_not_depend_on_the_content_of_padding():
    network = architecture(units=(4, 3))
    clean = pad(dataset(network), np.arange(4))
    dirty = {
        name: np.where(is_step(clean).reshape(4, 9, *[1] * (x.ndim - 2)), x, 3).astype(x.dtype)
        for name, x in clean.inputs.items()
        if x.shape[:2] == (4, 9)
    }
    ids, lengths = clean.inputs["characters"], clean.inputs["form_lengths"].astype(int)
    dirty["characters"] = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 3)
    dirty["form_lengths"] = lengths
    model = build_model(network)

    clean_logits, dirty_logits = (
        np.asarray(model({**inputs, "lengths": clean.lengths})["head"]) for inputs in (clean.inputs, dirty)
    )
    np.testing.assert_array_equal(dirty_logits[is_step(clean)], clean_logits[is_step(clean)])


def test_a_real_step_of_zeros_is_a_step():
    network = architecture(**{**NOTHING, "n_numbers": 2})
    numbers = np.array([[[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]], np.float32)
    model = build_model(network)
    logits = np.asarray(model({"numbers": numbers, "lengths": np.array([3], np.int32)})["head"])[0]

    assert not np.allclose(logits[1], logits[2])


def test_the_loss_equals_its_definition_in_numpy():
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(3, 5, 4)).astype(np.float32)
    tags = np.array([[0, 1, 2, 3, 0], [3, 3, NOT_SCORED, NOT_SCORED, NOT_SCORED], [1, NOT_SCORED, 2, 0, NOT_SCORED]])
    log_probabilities = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = -np.mean([log_probabilities[i, t, tags[i, t]] for i, t in zip(*np.nonzero(tags >= 0), strict=True)])

    assert float(masked_loss(tf.constant(logits), tf.constant(tags, tf.int32))) == pytest.approx(expected, rel=1e-6)


def test_predicted_ids_are_the_best_of_each_step_in_the_order_of_the_dataset():
    network = architecture()
    data = dataset(network, lengths=(2, 7, 0, 4, 1, 7))
    model = build_model(network)
    engine = Engine(build_graphs(network, get_weights(model, network)))
    alone = [logits_of(engine, network, pad(data, np.array([i])))[0].argmax(-1) for i in (0, 1, 3, 4, 5)]

    np.testing.assert_array_equal(predictor(model, batch_size=2)(data)["head"], np.concatenate(alone))


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("merge", ["concat", "mul"])
def test_every_parameter_gets_a_gradient(cell, merge):
    network = architecture(cell=cell, merge=merge, units=(4, 3))
    batch = pad(dataset(network, lengths=(30, 40)), np.arange(2))
    model = build_model(network, dropout=0.2, fitted=fitted(network, "words", 0.1, [5] * 10))
    with tf.GradientTape() as tape:
        loss = masked_loss(model(feed(batch), training=True)["head"], batch.tags["head"])
    gradients = tape.gradient(loss, model.trainable_variables)

    assert len(gradients) == len(model.trainable_variables)
    for gradient in gradients:
        assert np.any(np.asarray(tf.convert_to_tensor(gradient)) != 0)


def test_words_and_affixes_are_dropped_independently():
    ids = tf.fill((40, 50), 2)
    words, suffixes = (
        np.asarray(UnknownSymbols(1.0, counts=[1], seed=1, name=name)(ids, training=True)) == UNKNOWN
        for name in ("words", "suffixes")
    )

    assert [words.mean(), suffixes.mean()] == pytest.approx([0.5, 0.5], abs=0.05)
    assert (words & suffixes).mean() == pytest.approx(0.25, abs=0.05)


def test_word_dropout_replaces_rare_words_more_often_and_only_in_training():
    layer = UnknownSymbols(0.25, counts=[1, 1000], seed=1)
    ids = tf.constant(np.tile([0, 1, 2, 3], (4000, 1)), tf.int32)
    dropped = np.asarray(layer(ids, training=True))

    np.testing.assert_array_equal(layer(ids), ids)
    np.testing.assert_array_equal(dropped[:, :2], ids[:, :2])
    assert np.mean(dropped[:, 2] == UNKNOWN) == pytest.approx(0.25 / 1.25, abs=0.03)
    assert np.mean(dropped[:, 3] == UNKNOWN) < 0.01


def test_dropout_has_the_same_mask_at_all_steps():
    network = architecture(**{**NOTHING, "n_numbers": 6}, n_tags=6, units=(6,))
    model = build_model(network, dropout=0.5)
    layer = next(layer for layer in model.layers if "dropout" in layer.name)
    ones = np.ones((8, 5, 6), np.float32)
    dropped = np.asarray(layer(ones, training=True))

    assert {0.0, 2.0} == set(np.unique(dropped))
    np.testing.assert_array_equal(dropped, np.repeat(dropped[:, :1], 5, axis=1))


@pytest.mark.parametrize("trainable", [True, False])
def test_words_start_from_pretrained_vectors_and_only_trainable_rows_change(trainable):
    network = architecture(**{**NOTHING, "words": words(6, 2)})
    rows = np.arange(12, dtype=np.float32).reshape(6, 2)
    is_known = np.array([False, False, True, True, False, True])
    fitted_words = FittedInput(network.inputs[0], vectors=WordVectors(rows, is_known))
    model = build_model(network, fitted=[fitted_words], trainable_vectors=trainable)
    ids = np.array([[1, 2, 3, 4, 5]], np.int32)

    np.testing.assert_array_equal(get_weights(model, network)["words"], rows)
    data = Dataset({"words": ids[0]}, {"head": np.zeros(5, np.int32)}, np.array([0, 5]))
    list(fit(model, data, None, Training(epochs=2, optimizer="adamw"), stop=lambda: False))
    learned = np.any(get_weights(model, network)["words"] != rows, axis=1)

    assert learned[1:].tolist() == [True, trainable, trainable, True, trainable]


@pytest.mark.parametrize("head", ["softmax", "crf"])
@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_mixed_precision_has_half_precision_layers_and_single_precision_weights_and_logits(half, head):
    network = architecture(head=head)
    batch = pad(dataset(network), np.arange(4))
    before = keras.config.dtype_policy().name

    whole, mixed = (build_model(network, precision=precision) for precision in ("float32", f"mixed_{half}"))

    assert keras.config.dtype_policy().name == before
    assert mixed.get_layer(network.layers[0].name).compute_dtype == half
    assert {weight.dtype for weight in mixed.weights} == {"float32"}
    logits, expected = mixed(feed(batch))["head"], whole(feed(batch))["head"]
    assert logits.dtype == "float32"
    assert np.abs(logits - expected).max() > 0
    assert np.asarray(logits) == pytest.approx(np.asarray(expected), abs=0.05)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_learns_like_single_precision(precision):
    network = architecture()
    data = dataset(network, lengths=[6] * 20)

    def losses(precision):
        training = Training(epochs=4, learning_rate=0.02, batch_size=4, precision=precision)
        events = fit(build_model(network, precision=precision), data, None, training, stop=lambda: False)
        return [event.loss for event in events if isinstance(event, Epoch)]

    mixed, single = losses(precision), losses("float32")

    assert mixed != single
    assert mixed == pytest.approx(single, rel=0.03)
    assert mixed[-1] < mixed[0]

"""Networks of several heads in Keras: labels, poolings, joint losses and training."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED, Dataset, pad, take, windows
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.network.build import build_model, get_weights, set_weights
from tagger.network.crf import sequence_loss
from tagger.network.events import Epoch, TrainingState
from tagger.network.heads import heads_loss
from tagger.network.losses import LossSum
from tagger.network.pooling import LastOutput, StepPooling
from tagger.network.prediction import accuracy_on, mean_loss, predictor
from tagger.network.training import fit
from tagger.tagging.architecture import Architecture
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs
from tagger.tagging.states import network_states
from tests.bundles import random_weights
from tests.networks import (
    ALL_INPUTS,
    DIRECTIONS,
    HEADS,
    LABEL,
    LENGTHS,
    head_logits,
    name_of,
    numbers,
    ragged_batch,
    real_logits,
    words,
)  # fmt: skip

from .networks import dataset, feed

# One head of each kind that learns: tags alone, sequences of tags, and labels.
JOINT = replace(
    ALL_INPUTS, inputs=(words(12, 5),), bidirectional=True, heads=(Softmax(4, "upos"), CRF(3, "names"), LABEL)
)
SERIES = Architecture((numbers(8),), "lstm", (3,), False, "concat", True, (Softmax(10, "label", "last"),))


def with_weights(network: Architecture, *, is_compiled: bool = False) -> keras.Model:
    """A model with random weights."""
    model = build_model(network, is_compiled=is_compiled)
    set_weights(model, network, random_weights(network))
    return model


def keras_logits(model: keras.Model, batch) -> dict[str, np.ndarray]:
    return {name: np.asarray(logits) for name, logits in model(feed(batch)).items()}


@pytest.mark.parametrize("network", HEADS, ids=name_of)
def test_keras_the_engine_and_numpy_agree_on_every_head_for_any_padding(network):
    model, weights = with_weights(network), random_weights(network)
    engine = Engine(build_graphs(network, weights), threads=1)
    by_keras = {}
    for extra in (0, 1, 7, 64):
        batch = ragged_batch(network, extra=extra)
        by_keras[extra] = real_logits(keras_logits(model, batch))

        np.testing.assert_allclose(by_keras[extra], by_keras[0], atol=1e-6)
    np.testing.assert_allclose(by_keras[64], real_logits(network_states(network, weights, batch)[1]), atol=1e-5)
    np.testing.assert_allclose(by_keras[64], real_logits(head_logits(engine, network, batch)), atol=1e-5)
    assert model.count_params() == network.n_parameters
    assert get_weights(model, network).keys() == weights.keys()


@pytest.mark.parametrize(
    ("bidirectional", "merge", "is_compiled"),
    [*((*both, False) for both in DIRECTIONS), (False, "concat", True), (True, "concat", True)],
)
def test_the_label_of_the_last_step_is_read_from_a_keras_layer_that_returns_no_sequences(
    bidirectional, merge, is_compiled
):
    network = replace(SERIES, bidirectional=bidirectional, merge=merge)
    model, batch = with_weights(network, is_compiled=is_compiled), ragged_batch(network, extra=2)
    cell = keras.layers.LSTM(3, return_sequences=False)
    layer = keras.layers.Bidirectional(cell, merge_mode=merge) if bidirectional else cell
    mask = np.arange(batch.inputs["numbers"].shape[1]) < batch.lengths[:, None]
    layer.build(batch.inputs["numbers"].shape)
    layer.set_weights(model.get_layer("lstm_1").get_weights())

    expected = model.get_layer("label")(layer(batch.inputs["numbers"], mask=mask))

    np.testing.assert_allclose(keras_logits(model, batch)["label"][:, 0], expected, rtol=1e-5, atol=1e-6)


def test_names_of_heads_are_not_those_of_layers_of_other_heads():
    names = ("x", "x_pool", "x_logits", "x_transitions", "transitions")
    network = replace(SERIES, bidirectional=True, heads=(*(Softmax(2, name, "last") for name in names), CRF(2, "y")))

    assert build_model(network).count_params() == network.n_parameters


def test_poolings_equal_those_of_keras_on_the_real_steps():
    steps = np.random.default_rng(0).normal(-5, 1, (4, 9, 3)).astype(np.float32)  # a zero would be the highest
    lengths = np.array(LENGTHS, np.int32)
    mean = keras.layers.GlobalAveragePooling1D()(steps, mask=np.arange(9) < lengths[:, None])
    rows = [keras.layers.GlobalMaxPooling1D()(row[None, :n])[0] for row, n in zip(steps, lengths, strict=True)]

    np.testing.assert_allclose(StepPooling("mean")(steps, lengths), mean, rtol=1e-5)
    np.testing.assert_array_equal(StepPooling("max")(steps, lengths), rows)
    np.testing.assert_array_equal(
        LastOutput(is_backward=False)(steps, lengths), [row[n - 1] for row, n in zip(steps, lengths, strict=True)]
    )
    np.testing.assert_array_equal(LastOutput(is_backward=True)(steps, lengths), steps[:, 0])


def test_the_mean_of_many_steps_does_not_overflow_in_half_precision():
    steps = np.full((1, 3000, 2), 100, np.float16)  # their sum is more than 65,504, the highest number

    pooled = StepPooling("mean", dtype="float16")(steps, np.array([3000], np.int32))

    assert pooled.dtype == "float16"
    np.testing.assert_array_equal(pooled, [[100, 100]])


@pytest.mark.parametrize("pool", ["last", "mean", "max"])
def test_labels_in_half_precision_are_close_to_those_in_single_precision(pool):
    network = replace(SERIES, heads=(replace(LABEL, pool=pool),))
    whole, mixed = (build_model(network, precision=precision) for precision in ("float32", "mixed_float16"))
    batch = ragged_batch(network, extra=3)

    logits, expected = (keras_logits(model, batch)["intent"] for model in (mixed, whole))

    assert logits.dtype == np.float32
    assert np.abs(logits - expected).max() > 0
    np.testing.assert_allclose(logits, expected, atol=0.05)


@pytest.mark.parametrize(("units", "n_parameters"), [((3,), 184), ((128, 256, 512), 2_044_426)])
def test_keras_counts_the_parameters_of_a_label_of_the_last_step(units, n_parameters):
    network = replace(SERIES, units=units)

    assert build_model(network).count_params() == network.n_parameters == n_parameters


# Losses


LENGTHS_OF_JOINT = (5, 1, 3, 9)


def joint_data(lengths=LENGTHS_OF_JOINT, seed=0) -> Dataset:
    """Random answers of three heads; some steps and sentences lack an answer of a head."""
    data, rng = dataset(JOINT, lengths, seed), np.random.default_rng(seed + 1)
    tags = {name: np.where(rng.random(len(ids)) < 0.3, NOT_SCORED, ids) for name, ids in data.tags.items()}
    labels = rng.integers(0, 5, len(lengths)).astype(np.int32)
    labels[1::3] = NOT_SCORED
    return replace(data, tags={name: ids.astype(np.int32) for name, ids in tags.items()}, labels={"intent": labels})


def cross_entropy(logits: np.ndarray, ids: np.ndarray) -> float:
    """Mean over the scored answers, in NumPy."""
    logits = logits.astype(np.float64)
    gold = np.take_along_axis(logits, np.maximum(ids, 0)[..., None], -1)[..., 0]
    return float((np.log(np.exp(logits).sum(-1)) - gold)[ids != NOT_SCORED].mean())


@pytest.mark.parametrize("extra", [0, 1, 7, 64])
def test_the_loss_of_each_head_is_the_weighted_mean_over_its_own_answers(extra):
    model, weights = with_weights(JOINT), random_weights(JOINT)
    batch = pad(joint_data(), np.arange(4), time=9 + extra)
    loss = heads_loss(model, Training(), loss_weights={"intent": 0.5, "names": 3.0})

    losses = loss(model(feed(batch)), batch.tags, batch.lengths)

    logits = network_states(JOINT, weights, batch)[1]
    chain = [weights[f"names/{part}"] for part in ("transitions", "starts", "ends")]
    by_chain = sequence_loss(logits["names"].astype(np.float32), batch.tags["names"], batch.lengths, *chain)
    assert {name: float(part) for name, part in losses.items()} == pytest.approx(
        {
            "upos": cross_entropy(logits["upos"], batch.tags["upos"]),
            "names": 3 * float(by_chain),
            "intent": cross_entropy(logits["intent"], batch.tags["intent"]) / 2,
        },
        rel=1e-4,
    )


def test_a_sentence_without_any_answer_changes_no_loss():
    data, model = joint_data((5, 1, 3, 9)), with_weights(JOINT)
    without = {name: np.where(np.arange(18) < 9, NOT_SCORED, ids) for name, ids in data.tags.items()}
    data = replace(data, tags=without, labels={"intent": np.array([-1, -1, -1, 2], np.int32)})
    loss = heads_loss(model, Training())

    def losses(dataset, positions):
        batch = pad(dataset, np.array(positions))
        return {name: float(part) for name, part in loss(model(feed(batch)), batch.tags, batch.lengths).items()}

    assert losses(data, [0, 1, 2, 3]) == pytest.approx(losses(take(data, np.array([3])), [0]), rel=1e-5)
    assert losses(data, [0, 1]) == {"upos": 0, "names": 0, "intent": 0}


def test_the_loss_on_dev_is_the_sum_of_the_means_of_all_heads_however_it_is_cut_into_batches():
    data, model = joint_data((5, 1, 3, 9, 2, 2, 7)), with_weights(JOINT)
    unknown = data.labels["intent"].copy()
    unknown[0] = 5  # the network has labels 0 to 4
    data = replace(data, labels={"intent": unknown})
    loss = heads_loss(model, Training())
    batch = pad(data, np.arange(1, 7))
    first = pad(data, np.array([0]))

    total = LossSum()
    total.add(loss(model(feed(batch)), batch.tags, batch.lengths), batch.tags)
    tags = {**first.tags, "intent": np.full((1, 1), NOT_SCORED, np.int32)}
    total.add(loss(model(feed(first)), tags, first.lengths), tags)

    for batch_size in (1, 3, 64):
        assert mean_loss(model, loss, batch_size=batch_size)(data) == pytest.approx(total.mean, rel=1e-5)


def test_sum_of_losses_weighs_each_batch_by_the_answers_of_each_head():
    total = LossSum()
    assert total.mean is None

    added = total.add(
        {"a": tf.constant(1.0), "b": tf.constant(2.0)}, {"a": np.array([[0, 1, 2]]), "b": np.array([[1]])}
    )
    total.add({"a": tf.constant(5.0), "b": tf.constant(0.0)}, {"a": np.array([[0, -1, -1]]), "b": np.array([[-1]])})

    assert added == 3
    assert total.mean == pytest.approx((3 * 1 + 1 * 5) / 4 + 2)


def gradients_of(model: keras.Model, batch, **options) -> dict[str, np.ndarray]:
    loss = heads_loss(model, Training(), **options)
    with tf.GradientTape() as tape:
        losses = loss(model(feed(batch), training=True), batch.tags, batch.lengths)
        total = tf.add_n([*losses.values()])
    gradients = tape.gradient(total, model.trainable_variables)
    return {
        variable.path: np.asarray(tf.convert_to_tensor(gradient))
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
    }


def test_loss_weights_scale_the_gradient_of_each_head():
    model, batch = with_weights(JOINT), pad(joint_data(), np.arange(4))
    alone = [
        gradients_of(model, batch, loss_weights={name: float(name == head.name) for name in model.output})
        for head in JOINT.heads
    ]

    weighted = gradients_of(model, batch, loss_weights={"upos": 2.0, "names": 0.5, "intent": 3.0})

    for path, gradient in weighted.items():
        expected = 2 * alone[0][path] + 0.5 * alone[1][path] + 3 * alone[2][path]
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)
    assert not alone[0]["intent/kernel"].any()
    assert alone[2]["intent/kernel"].any()


@pytest.mark.parametrize("pool", ["last", "mean", "max"])
def test_every_parameter_gets_a_gradient(pool):
    network = replace(JOINT, units=(4, 3), heads=(*JOINT.heads[:2], replace(LABEL, pool=pool)))
    batch = pad(replace(dataset(network, (30, 40)), labels={"intent": np.array([1, 2], np.int32)}), np.arange(2))

    gradients = gradients_of(build_model(network, dropout=0.2), batch)

    assert len(gradients) == len(network_weights := build_model(network).trainable_variables), network_weights
    for path, gradient in gradients.items():
        assert np.any(gradient != 0), path


def test_accuracy_counts_scored_tags_and_labels_of_all_heads():
    data = joint_data()
    predicted = {**{name: ids.copy() for name, ids in data.tags.items()}, "intent": data.labels["intent"].copy()}
    n_scored = sum(int((ids != NOT_SCORED).sum()) for ids in predicted.values())

    assert accuracy_on(data)(predicted) == 1
    predicted["intent"][0] += 1
    assert accuracy_on(data)(predicted) == pytest.approx(1 - 1 / n_scored)
    predicted["intent"][1] = 3  # its gold label is not scored
    assert accuracy_on(data)(predicted) == pytest.approx(1 - 1 / n_scored)


def test_predicted_labels_and_tags_are_the_best_ones_in_the_order_of_the_dataset():
    data = joint_data((2, 7, 0, 4, 1, 7))
    model, weights = with_weights(JOINT), random_weights(JOINT)

    predicted = predictor(model, batch_size=2)(data)

    assert {name: len(ids) for name, ids in predicted.items()} == {"upos": 21, "names": 21, "intent": 6}
    for i in (0, 1, 3, 4, 5):
        logits = network_states(JOINT, weights, pad(data, np.array([i])))[1]
        steps = slice(*data.offsets[i : i + 2])
        np.testing.assert_array_equal(predicted["upos"][steps], logits["upos"][0].argmax(-1))
        assert predicted["intent"][i] == logits["intent"][0, 0].argmax()


# Training


def learnable(n_sentences=24) -> Dataset:
    """Sentences whose label is the word before the last, whose tags are the previous word, modulo few."""
    data = dataset(JOINT, [5] * n_sentences)
    rows = data.inputs["words"].reshape(-1, 5)
    previous = np.pad(rows[:, :-1], ((0, 0), (1, 0))).reshape(-1)
    tags = {"upos": (previous % 4).astype(np.int32), "names": (previous % 3).astype(np.int32)}
    return replace(data, tags=tags, labels={"intent": (rows[:, -2] % 5).astype(np.int32)})


def test_a_network_learns_tags_sequences_and_labels_together():
    model, train = build_model(replace(JOINT, units=(8,))), learnable()
    training = Training(epochs=40, learning_rate=0.05, batch_size=8)
    epochs = [e for e in fit(model, train, train, training, stop=lambda: False) if isinstance(e, Epoch)]

    predicted = predictor(model)(train)

    assert max(epoch.score or 0 for epoch in epochs) == 1
    for name, ids in (train.tags | train.labels).items():
        np.testing.assert_array_equal(predicted[name], ids)


def test_windows_of_a_sentence_are_trained_with_its_label():
    train = replace(learnable(4), tags={name: np.full(20, NOT_SCORED, np.int32) for name in ("upos", "names")})
    assert windows(train, 2).labels["intent"].tolist() == np.repeat(train.labels["intent"], 3).tolist()
    network = replace(JOINT, heads=(LABEL,))
    train = replace(train, tags={})

    def loss(data, max_steps):
        training = Training(epochs=1, batch_size=64, learning_rate=1e-12, max_steps=max_steps)
        events = fit(with_weights(network), data, None, training, stop=lambda: False)
        return next(event.loss for event in events if isinstance(event, Epoch))

    assert loss(train, 2) == pytest.approx(loss(windows(train, 2, context=1), 5), rel=1e-5)
    assert loss(train, 2) != pytest.approx(loss(train, 5), rel=1e-5)


def test_training_of_several_heads_resumed_after_an_epoch_gives_the_same_weights():
    training = Training(epochs=3, batch_size=8, optimizer="lazy_adam", averaging=True)

    def trained(start=None, seed=1):
        model = build_model(JOINT, seed=seed, dropout=0.3)
        events = fit(model, learnable(), learnable(6), training, start=start, stop=lambda: False)
        return model, [event for event in events if isinstance(event, TrainingState)]

    whole, states = trained()
    resumed, _ = trained(states[1], seed=99)

    for actual, expected in zip(resumed.variables, whole.variables, strict=True):
        np.testing.assert_array_equal(actual, expected)

"""The training loop: its events, the weights it keeps, and when it stops."""

import gc

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED, Dataset, batches
from tagger.errors import TrainingError
from tagger.network.averaging import DECAY
from tagger.network.build import build_model
from tagger.network.events import BatchDone, Epoch, TrainingState
from tagger.network.losses import masked_loss
from tagger.network.optimizers import OPTIMIZERS, Adam, LazyAdam
from tagger.network.prediction import predictor
from tagger.network.runtime import forget_networks
from tagger.network.training import fit
from tagger.network.training_step import worst_perturbation
from tests.networks import words

from .networks import N_IDS, NOTHING, architecture, dataset, fitted

NETWORK = architecture(**{**NOTHING, "words": words(N_IDS, 5), "cell": "simple_rnn", "bidirectional": False})


def never():
    return False


def learnable(n_sentences=40, seed=0):
    """Sentences in which each tag depends on the previous word, so that a recurrent layer has something to learn."""
    data = dataset(NETWORK, lengths=[6] * n_sentences, seed=seed)
    words = data.inputs["words"].reshape(-1, 6)
    before = np.concatenate([np.zeros((n_sentences, 1), np.int32), words[:, :-1]], axis=1)
    return Dataset(data.inputs, {"head": (before.reshape(-1) % 4).astype(np.int32)}, data.offsets)


def epochs_of(events):
    return [event for event in events if isinstance(event, Epoch)]


def test_a_model_can_memorise_its_training_sentences():
    model, train = build_model(NETWORK), learnable(20)
    epochs = epochs_of(fit(model, train, None, Training(epochs=60, learning_rate=0.05, batch_size=4), stop=never))

    assert epochs[-1].loss < 0.1 < epochs[0].loss
    np.testing.assert_array_equal(predictor(model)(train)["head"], train.tags["head"])


def test_without_dev_all_epochs_run_and_each_is_the_best_so_far():
    epochs = epochs_of(fit(build_model(NETWORK), learnable(), None, Training(epochs=7, patience=1), stop=never))

    assert [(epoch.number, epoch.score, epoch.is_best) for epoch in epochs] == [(n, None, True) for n in range(1, 8)]


def test_after_training_the_model_has_the_weights_of_the_best_epoch_on_dev():
    model, train, dev = build_model(NETWORK), learnable(), learnable(10, seed=1)
    training = Training(epochs=14, learning_rate=0.5, optimizer="sgd", averaging=False, patience=14)
    scores = [epoch.score for epoch in epochs_of(fit(model, train, dev, training, stop=never))]

    assert max(scores) != scores[-1]  # otherwise the best and the last weights are the same
    assert np.mean(predictor(model)(dev)["head"] == dev.tags["head"]) == pytest.approx(max(scores))


def test_training_stops_after_patience_epochs_without_a_better_score_on_dev():
    training = Training(epochs=50, learning_rate=1e-9, patience=3)
    epochs = epochs_of(fit(build_model(NETWORK), learnable(), learnable(10, seed=1), training, stop=never))

    assert [epoch.score for epoch in epochs] == [epochs[0].score] * 4  # a lower training loss does not count


def test_among_epochs_with_the_same_score_the_lowest_loss_on_dev_is_the_best():
    model, train, dev = build_model(NETWORK), learnable(), learnable(10, seed=1)
    # A third of dev contradicts train: the loss on dev falls, then rises as the network becomes overconfident.
    tags = dev.tags["head"]
    dev = Dataset(dev.inputs, {"head": np.where(np.arange(60) % 3, tags, (tags + 1) % 4)}, dev.offsets)
    training = Training(epochs=20, learning_rate=0.05, averaging=False, patience=20)
    weights, losses = [], []
    for event in fit(model, train, dev, training, score=lambda ids: 0.5, stop=never):
        if isinstance(event, Epoch):
            weights.append(model.get_weights())
            losses.append(event.dev_loss or 0.0)

    best = losses.index(min(losses))
    assert best not in (0, 19)  # otherwise the first or last weights would do
    for left, expected in zip(model.get_weights(), weights[best], strict=True):
        np.testing.assert_array_equal(left, expected)


@pytest.mark.parametrize(
    ("score", "dev_loss", "is_better"),
    [(0.6, 9.0, True), (0.4, 0.1, False), (0.5, 0.9, True), (0.5, 1.0, False), (0.5, 1.1, False), (0.5, None, False)],
)
def test_an_epoch_is_better_with_a_higher_score_or_an_equal_score_and_a_lower_loss_on_dev(score, dev_loss, is_better):
    def epoch(score, dev_loss):
        return Epoch(1, 1.0, score, True, 0.1, 1.0, 1.0, dev_loss)

    assert epoch(score, dev_loss).is_better(epoch(0.5, 1.0)) == is_better
    assert epoch(score, dev_loss).is_better(None)


def test_the_loss_on_dev_is_the_mean_over_tokens_whose_tag_occurs_in_train():
    model, train, dev = build_model(NETWORK), learnable(), learnable(70, seed=1)
    tags = np.array(dev.tags["head"])
    tags[::5], tags[1::5] = NOT_SCORED, 4  # the model has tags 0 to 3
    partly_tagged = Dataset(dev.inputs, {"head": tags}, dev.offsets)
    (epoch,) = epochs_of(fit(model, train, partly_tagged, Training(epochs=1), stop=never))

    logits = model.predict({"words": dev.inputs["words"].reshape(-1, 6), "lengths": np.full(70, 6)}, verbose=0)["head"]
    probabilities = (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).reshape(-1, 4)
    gold_probabilities = [row[tag] for row, tag in zip(probabilities, tags, strict=True) if tag in range(4)]
    assert epoch.dev_loss == pytest.approx(-np.log(gold_probabilities).mean(), rel=1e-5)


def test_stopping_restores_the_best_weights_and_drops_the_incomplete_epoch():
    model = build_model(NETWORK)
    events: list[BatchDone | TrainingState | Epoch] = []
    weights = {}
    training = Training(epochs=9, batch_size=8, averaging=False)
    for event in fit(model, learnable(), None, training, stop=lambda: len(events) > 8):
        events.append(event)
        if isinstance(event, Epoch):
            weights[event.number] = model.get_weights()

    assert [type(event) for event in events] == [BatchDone] * 5 + [TrainingState, Epoch] + [BatchDone] * 2
    for left, best in zip(model.get_weights(), weights[1], strict=True):
        np.testing.assert_array_equal(left, best)


def test_losses_are_reproduced_by_the_same_seed_only():
    def losses(seed):
        model = build_model(NETWORK, seed=seed, dropout=0.3, fitted=fitted(NETWORK, "words", 0.2, [3] * 10))
        return [
            epoch.loss for epoch in epochs_of(fit(model, learnable(), None, Training(epochs=2, seed=seed), stop=never))
        ]

    assert losses(1) == losses(1) != losses(2)


def test_batches_report_the_progress_of_an_epoch():
    steps = [
        event
        for event in fit(build_model(NETWORK), learnable(10), None, Training(epochs=2, batch_size=4), stop=never)
        if isinstance(event, BatchDone)
    ]

    assert [(step.epoch, step.epoch_tokens) for step in steps] == [(1, 60)] * 3 + [(2, 60)] * 3
    assert [step.tokens for step in steps if step.tokens == 60] == [60, 60]
    assert {step.tokens % 12 for step in steps} == {0}


def test_an_epochs_loss_is_the_mean_over_its_scored_tokens():
    train = learnable(6)
    tags = train.tags["head"].copy()
    tags[::3] = NOT_SCORED
    train = Dataset(train.inputs, {"head": tags}, train.offsets)
    training = Training(epochs=1, batch_size=6, learning_rate=1e-12)
    in_one_batch, *_ = epochs_of(fit(build_model(NETWORK), train, None, training, stop=never))
    in_uneven_batches, *_ = epochs_of(
        fit(build_model(NETWORK), train, None, training.model_copy(update={"batch_size": 4}), stop=never)
    )

    assert in_uneven_batches.loss == pytest.approx(in_one_batch.loss, rel=1e-5)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam", "nadam", "adamw"])
def test_every_optimizer_lowers_the_loss(optimizer):
    training = Training(epochs=8, optimizer=optimizer, learning_rate=1.0 if optimizer == "sgd" else 0.02)
    epochs = epochs_of(fit(build_model(NETWORK), learnable(), None, training, stop=never))

    assert epochs[-1].loss < epochs[0].loss


def test_the_cosine_schedule_ends_at_zero_and_the_constant_one_does_not_change():
    def rates(schedule):
        training = Training(epochs=3, schedule=schedule, learning_rate=0.01)
        return [
            epoch.learning_rate
            for epoch in epochs_of(fit(build_model(NETWORK), learnable(), None, training, stop=never))
        ]

    assert rates("constant") == pytest.approx([0.01] * 3)
    assert rates("cosine") == pytest.approx([0.0075, 0.0025, 0.0], abs=1e-6)


def test_a_loss_that_is_not_finite_is_an_error_that_suggests_a_lower_rate():
    data = dataset(architecture(**{**NOTHING, "n_numbers": 1}))
    numbers = np.full_like(data.inputs["numbers"], np.inf)
    model = build_model(architecture(**{**NOTHING, "n_numbers": 1}))

    with pytest.raises(TrainingError, match=r"epoch 1: the loss is no longer a finite number") as error:
        list(fit(model, Dataset({"numbers": numbers}, data.tags, data.offsets), None, Training(), stop=never))
    assert error.value.hint == "try a lower rate, for example --set training.learning_rate=0.0002"


def test_long_sentences_are_cut_into_windows_for_training():
    data = dataset(NETWORK, lengths=(11, 2))
    steps = [
        event
        for event in fit(build_model(NETWORK), data, None, Training(epochs=1, batch_size=1, max_steps=4), stop=never)
        if isinstance(event, BatchDone)
    ]

    assert len(steps) == 4  # 4 + 4 + 3 and 2
    assert steps[-1].tokens == 13 + 2 * 2  # two windows are read from two steps before them on


def test_the_gradient_is_clipped_to_the_norm_however_often_a_word_occurs():
    model, data = build_model(NETWORK), learnable()
    assert data.n_steps > 2 * N_IDS
    before = model.get_weights()
    training = Training(
        epochs=1, batch_size=len(data.lengths), optimizer="sgd", learning_rate=1.0, schedule="constant", clip_norm=1e-3
    )
    epochs_of(fit(model, data, None, training, stop=never))
    moves = [after - weights for after, weights in zip(model.get_weights(), before, strict=True)]

    assert np.sqrt(sum(np.sum(move**2) for move in moves)) == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize("optimizer", ["adam", "lazy_adam"])
def test_averaged_weights_are_the_moving_average_over_all_steps(optimizer):
    training = Training(epochs=3, batch_size=2, averaging=True, optimizer=optimizer)  # few words per batch
    model = build_model(NETWORK)
    average: list[np.ndarray] = []
    n = 0
    for event in fit(model, learnable(), None, training, stop=never):
        if isinstance(event, BatchDone):
            n += 1
            decay = min(DECAY, (n - 1) / (n + 8))
            weights = model.get_weights()
            average = [decay * old + (1 - decay) * new for old, new in zip(average or weights, weights, strict=True)]

    assert n == 60
    for left, expected in zip(model.get_weights(), average, strict=True):
        np.testing.assert_allclose(left, expected, rtol=1e-4, atol=1e-6)


def test_averaged_weights_are_scored_on_dev_and_training_continues_with_the_trained_ones():
    model, train, dev = build_model(NETWORK), learnable(), learnable(10, seed=1)
    training = Training(epochs=4, learning_rate=0.05, schedule="constant", averaging=True, patience=4)
    epochs, own = [], []
    for event in fit(model, train, dev, training, stop=never):
        if isinstance(event, Epoch):
            epochs.append(event)
            own.append(model.get_weights())
    plain = build_model(NETWORK)
    without = training.model_copy(update={"averaging": False})
    for event in fit(plain, train, None, without, stop=never):
        if isinstance(event, Epoch):
            for trained, expected in zip(own.pop(0), plain.get_weights(), strict=True):
                np.testing.assert_allclose(trained, expected, atol=1e-5)

    assert np.mean(predictor(model)(dev)["head"] == dev.tags["head"]) == max(epoch.score or 0.0 for epoch in epochs)


def test_a_plateau_on_dev_halves_the_rate():
    training = Training(epochs=6, learning_rate=1e-9, schedule="plateau", patience=6)
    epochs = epochs_of(fit(build_model(NETWORK), learnable(), learnable(10, seed=1), training, stop=never))

    assert len({epoch.score for epoch in epochs}) == 1
    assert [epoch.learning_rate * 1e9 for epoch in epochs] == pytest.approx([1, 1, 1, 0.5, 0.5, 0.25])


def test_loss_and_prediction_can_be_replaced():
    train, dev = learnable(), learnable(10, seed=1)
    epochs = epochs_of(
        fit(
            build_model(NETWORK), train, dev, Training(epochs=1),
            loss=lambda logits, tags, lengths: {"head": 0 * logits["head"][0, 0, 0] + 7.0 * float(lengths.shape.rank)},
            predict=lambda dataset: dataset.tags, stop=never,
        )
    )  # fmt: skip

    assert (epochs[0].loss, epochs[0].score) == (7.0, 1.0)


@pytest.mark.parametrize("is_compiled", [False, True], ids=["stock", "compiled"])
def test_a_network_that_is_no_longer_used_is_freed_with_its_graphs(is_compiled):
    def graphs() -> int:
        forget_networks()
        return sum(isinstance(each, FuncGraph) for each in gc.get_objects())

    def train() -> None:
        model = build_model(NETWORK, is_compiled=is_compiled)
        assert len(epochs_of(fit(model, learnable(), None, Training(epochs=1), stop=never))) == 1

    train()  # compiled loops stay, one per size
    before = graphs()
    train()

    assert graphs() == before


def test_a_lazy_optimizer_gets_gradients_of_rows_and_the_averaged_weights_are_the_same(monkeypatch):
    kinds = set()
    update = LazyAdam.update_step

    def recording_update(self, gradient, variable, learning_rate):
        kinds.add((type(gradient).__name__, variable.name))
        update(self, gradient, variable, learning_rate)

    monkeypatch.setattr(LazyAdam, "update_step", recording_update)
    weights = []
    for optimizer in ("adam", "lazy_adam"):  # all words occur in each batch, so both are equal
        model = build_model(architecture(**{**NOTHING, "words": words(N_IDS, 5)}), seed=1)
        for _ in fit(model, learnable(), None, Training(epochs=3, optimizer=optimizer, batch_size=64), stop=never):
            pass
        weights.append(model.get_weights())

    assert {name for kind, name in kinds if kind == "IndexedSlices"} == {"words_vectors/embeddings:0"}
    for lazy, whole in zip(*weights, strict=True):
        np.testing.assert_allclose(lazy, whole, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("reported", "message"),
    [
        ("OOM when allocating tensor", r"not enough memory for a batch of 40 sentences of up to 6 steps"),
        (
            "in loop\n/c/programs/1/a.pb.tmp; No space left on device\n[Op]",
            r"^/c/programs/1: no space left for compiled",
        ),
    ],
    ids=["memory", "disk"],
)
def test_an_exhausted_resource_is_an_error_that_names_it(reported, message):
    def loss(*arguments):
        raise tf.errors.ResourceExhaustedError(None, None, reported)

    with pytest.raises(TrainingError, match=message):
        epochs_of(fit(build_model(NETWORK), learnable(), None, Training(batch_size=40), loss=loss, stop=never))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "lazy_adam"])
def test_gradients_of_repeated_rows_are_summed_before_clipping(monkeypatch, optimizer):
    norm, n_row_gradients, clip = tf.Variable(0.0), [], Adam._clip_gradients

    def recording_clip(self, gradients):
        n_row_gradients.append(sum(isinstance(gradient, tf.IndexedSlices) for gradient in gradients))
        clipped = clip(self, gradients)
        norm.assign(tf.linalg.global_norm([tf.convert_to_tensor(gradient) for gradient in clipped]))
        return clipped

    monkeypatch.setattr(Adam, "_clip_gradients", recording_clip)
    model = build_model(architecture(**{**NOTHING, "words": words(N_IDS, 5)}), seed=1)
    training = Training(epochs=1, batch_size=40, optimizer=optimizer, clip_norm=1e-3)
    epochs_of(fit(model, learnable(), None, training, stop=never))

    assert n_row_gradients == [1]
    assert float(norm) == pytest.approx(1e-3, rel=1e-3)


def test_the_worst_perturbation_has_the_norm_of_the_inputs_and_the_direction_of_the_gradient():
    inputs = tf.constant([[[3.0, 0.0], [0.0, 4.0]], [[1.0, 0.0], [9.0, 9.0]]])  # the second has one step
    gradient = tf.constant([[[0.0, 0.6], [0.8, 0.0]], [[0.0, -2.0], [7.0, 7.0]]])

    perturbation = worst_perturbation(inputs, gradient, tf.constant([2, 1]))

    expected = [[[0.0, 3.0], [4.0, 0.0]], [[0.0, -1.0], [0.0, 0.0]]]
    np.testing.assert_allclose(perturbation.numpy(), np.array(expected), rtol=1e-6)


def test_the_worst_perturbation_does_not_overflow_in_half_precision():
    inputs = tf.cast(tf.fill((1, 4, 50), 300.0), tf.float16)
    gradient = tf.cast(tf.fill((1, 4, 50), 30_000.0), tf.float16)

    perturbation = worst_perturbation(inputs, gradient, tf.constant([4]))

    assert perturbation.dtype == tf.float16
    np.testing.assert_allclose(perturbation.numpy(), np.full((1, 4, 50), 300.0), rtol=1e-2)


def test_the_worst_perturbation_of_a_sentence_with_zero_gradient_is_zero():
    perturbation = worst_perturbation(tf.ones((1, 2, 3)), tf.zeros((1, 2, 3)), tf.constant([2]))

    assert not perturbation.numpy().any()


@pytest.mark.parametrize("optimizer", ["sgd", "lazy_adam"])
def test_an_adversarial_step_uses_the_mean_gradient_of_plain_and_perturbed_inputs(optimizer):
    rate, train = 0.5, learnable(3)
    training = Training(epochs=1, learning_rate=rate, optimizer=optimizer, averaging=False, adversarial=0.3)
    model, expected = build_model(NETWORK), build_model(NETWORK)
    layer = expected.get_layer("perturbation")
    (batch,) = batches(train, 3)
    inputs = {**batch.inputs, "lengths": batch.lengths}

    def gradients():
        with tf.GradientTape() as tape:
            loss = masked_loss(expected(inputs, training=True)["head"], tf.constant(batch.tags["head"]))
        return tape.gradient(loss, [*expected.trainable_variables, layer.latest_input])

    *first, d_input = gradients()
    layer.perturbation = 0.3 * worst_perturbation(layer.latest_input, d_input, batch.lengths)
    *second, _ = gradients()
    layer.perturbation = None
    pairs = zip(map(tf.convert_to_tensor, first), map(tf.convert_to_tensor, second), strict=True)
    mean = [(one + other) / 2 for one, other in pairs]
    step = OPTIMIZERS[optimizer](learning_rate=rate, global_clipnorm=1.0)
    step.apply(mean, expected.trainable_variables)

    epochs_of(fit(model, train, None, training, stop=never))

    for trained, by_hand in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(
            trained, by_hand, atol=1e-4
        )  # Adam divides by small moments: a step of 0.5 is exact to five digits


def test_the_best_epoch_and_patience_count_from_min_epochs_on():
    scores = iter([0.9, 0.1, 0.5, 0.4, 0.6, 0.3, 0.3, 0.3])
    train, dev = learnable(), learnable(10, seed=1)
    training = Training(epochs=8, patience=2, min_epochs=3)

    epochs = epochs_of(fit(build_model(NETWORK), train, dev, training, score=lambda ids: next(scores), stop=never))

    assert [(epoch.score, epoch.is_best) for epoch in epochs] == [
        (0.9, True), (0.1, True), (0.5, True), (0.4, False), (0.6, True), (0.3, False), (0.3, False),
    ]  # fmt: skip


def test_adversarial_steps_perturb_numeric_inputs_too():
    network = architecture(**{**NOTHING, "n_numbers": 2})
    model, train = build_model(network), dataset(network, lengths=[4] * 8)
    training = Training(epochs=2, adversarial=0.3)

    epochs = epochs_of(fit(model, train, None, training, stop=never))

    assert np.isfinite(epochs[-1].loss)

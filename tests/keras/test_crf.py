"""Loss of the CRF against an enumeration of all sequences, its gradient against finite differences, and training."""

import itertools
import math

import numpy as np
import pytest
import tensorflow as tf

from tagger.config import Training, parse_config
from tagger.corpus.schemes import invalid_starts
from tagger.encoding.batches import NOT_SCORED, Dataset, pad
from tagger.heads.chain import chain_from_weights
from tagger.heads.constraints import scheme_constraints
from tagger.heads.decoding import Decoder
from tagger.network.build import build_model, get_weights
from tagger.network.crf import crf_loss, learned_chain, sequence_loss
from tagger.network.events import Epoch
from tagger.network.losses import masked_loss
from tagger.network.prediction import predictor
from tagger.network.training import fit
from tagger.tagging.engine import Engine
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tagger.training.train import train
from tests.networks import logits_of, words

from .networks import N_IDS, NOTHING, architecture, dataset, feed, is_step

NETWORK = architecture(**{**NOTHING, "words": words(N_IDS, 5)}, head="crf")
LENGTHS = np.array([4, 1, 3], np.int32)
TAGGED = np.array([[0, 2, 1, 1, -1], [2, -1, -1, -1, -1], [1, 1, 0, -1, -1]], np.int32)
PARTLY_TAGGED = np.array([[0, -1, 1, -1, -1], [-1, -1, -1, -1, -1], [-1, -1, 0, -1, -1]], np.int32)


def random_scores(seed=0, n_tags=3, dtype=np.float64):
    """Random logits, and random transitions, starts and ends."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (3, 5, n_tags)).astype(dtype)
    return logits, [rng.normal(size=shape).astype(dtype) for shape in ((n_tags, n_tags), n_tags, n_tags)]


def loss_by_enumeration(logits, tags, chain):
    transitions, starts, ends = chain
    total = 0.0
    for row, length in enumerate(LENGTHS):
        all_weights = tagged_weights = 0.0
        for ids in itertools.product(range(logits.shape[-1]), repeat=int(length)):
            score = starts[ids[0]] + ends[ids[-1]] + sum(transitions[pair] for pair in itertools.pairwise(ids))
            weight = math.exp(score + sum(logits[row, t, tag] for t, tag in enumerate(ids)))
            all_weights += weight
            gold = tags[row, :length]
            tagged_weights += weight * all(tag in (NOT_SCORED, i) for tag, i in zip(gold, ids, strict=True))
        total += math.log(all_weights) - math.log(tagged_weights)
    return total / (tags != NOT_SCORED).sum()


def loss_of(logits, tags, chain):
    return sequence_loss(tf.constant(logits), tf.constant(tags), tf.constant(LENGTHS), *map(tf.constant, chain))


@pytest.mark.parametrize("tags", [TAGGED, PARTLY_TAGGED], ids=["tagged", "partly_tagged"])
def test_the_loss_equals_an_enumeration_of_all_sequences(tags):
    logits, chain = random_scores()

    assert float(loss_of(logits, tags, chain)) == pytest.approx(loss_by_enumeration(logits, tags, chain), rel=1e-9)


@pytest.mark.parametrize("tags", [TAGGED, PARTLY_TAGGED], ids=["tagged", "partly_tagged"])
def test_the_gradient_equals_finite_differences(tags):
    logits, chain = random_scores(1)
    arrays = [logits, *chain]
    variables = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        loss = sequence_loss(variables[0], tf.constant(tags), tf.constant(LENGTHS), *variables[1:])
    gradients = tape.gradient(loss, variables)

    for number, gradient in enumerate(gradients):
        differences = np.zeros_like(arrays[number])
        for index in np.ndindex(differences.shape):
            around = []
            for change in (1e-5, -1e-5):
                changed = [array.copy() for array in arrays]
                changed[number][index] += change
                around.append(loss_by_enumeration(changed[0], tags, changed[1:]))
            differences[index] = (around[0] - around[1]) / 2e-5
        np.testing.assert_allclose(np.asarray(tf.convert_to_tensor(gradient)), differences, atol=1e-8)


def test_with_zero_transitions_the_loss_is_that_of_a_softmax():
    logits, chain = random_scores(2, dtype=np.float32)
    tags = np.where(np.arange(5) == 1, NOT_SCORED, TAGGED).astype(np.int32)

    loss = loss_of(logits, tags, [np.zeros_like(scores) for scores in chain])

    assert float(loss) == pytest.approx(float(masked_loss(tf.constant(logits), tf.constant(tags))), rel=1e-6)


@pytest.mark.parametrize("extra", [1, 7, 64])
def test_padding_does_not_change_the_loss(extra):
    logits, chain = random_scores(3)
    padding = np.random.default_rng(4).normal(0, 100, (3, extra, 3))
    wide = np.concatenate([logits, padding], axis=1)
    tags = np.pad(TAGGED, ((0, 0), (0, extra)), constant_values=NOT_SCORED)

    assert float(loss_of(wide, tags, chain)) == pytest.approx(float(loss_of(logits, TAGGED, chain)), rel=1e-12)


def test_the_loss_and_gradient_of_very_confident_wrong_logits_are_finite():
    logits, chain = random_scores(5, dtype=np.float32)
    with tf.GradientTape() as tape:
        scores = tf.Variable(logits * 1e4)
        loss = sequence_loss(scores, tf.constant(TAGGED), tf.constant(LENGTHS), *map(tf.constant, chain))

    assert 100 < float(loss) < 1e6
    assert np.isfinite(np.asarray(tape.gradient(loss, scores))).all()


def test_the_loss_of_a_long_sentence_is_exact_in_single_precision():
    rng = np.random.default_rng(6)
    logits, chain = rng.normal(0, 2, (1, 5000, 3)), random_scores(6)[1]
    tags = logits.argmax(-1).astype(np.int32)
    traced = tf.function(sequence_loss, autograph=False)
    single, double = (
        traced(
            tf.constant(logits.astype(dtype)), tf.constant(tags), tf.constant([5000]),
            *(tf.constant(scores.astype(dtype)) for scores in chain),
        )
        for dtype in (np.float32, np.float64)
    )  # fmt: skip

    assert float(single) == pytest.approx(float(double), rel=1e-5)


def random_model(network, seed=0):
    model = build_model(network)
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape) / 2)
    return model


@pytest.mark.parametrize("decode", ["free", "valid"])
@pytest.mark.parametrize("head", ["softmax", "crf"])
@pytest.mark.parametrize("extra", [0, 9])
def test_keras_and_the_engine_predict_the_same_tags_with_every_head(head, decode, extra):
    network = architecture(head=head)
    data = dataset(network, lengths=(5, 1, 3, 9, 2, 7))
    model = random_model(network)
    weights = get_weights(model, network)
    allowed = scheme_constraints(("B-x", "I-x", "I-y", "O"), "bio", decode)
    batch = pad(data, np.arange(6), time=9 + extra)

    decoder = Decoder(chain_from_weights(weights), allowed)
    ids = decoder.decode(logits_of(Engine(build_graphs(network, weights)), network, batch), batch.lengths)

    assert model.count_params() == network.n_parameters
    np.testing.assert_array_equal(
        predictor(model, allowed={"head": allowed}, batch_size=2)(data)["head"], ids[is_step(batch)]
    )
    assert (2 not in ids[is_step(batch)]) == (decode == "valid")  # without B-y, I-y is never valid


def test_the_weights_of_the_chain_are_stored_by_name():
    model = random_model(NETWORK)
    chain, weights = learned_chain(model, "head"), get_weights(model, NETWORK)

    assert chain is not None
    for name in ("transitions", "starts", "ends"):
        np.testing.assert_array_equal(getattr(chain, name), weights[f"head/{name}"])
        np.testing.assert_array_equal(getattr(chain, name), getattr(model.get_layer("transitions"), name))
    assert learned_chain(build_model(architecture()), "head") is None


def test_every_parameter_gets_a_gradient():
    network = architecture(head="crf", units=(4, 3))
    batch = pad(dataset(network, lengths=(30, 40)), np.arange(2))
    model = build_model(network, dropout=0.2)
    with tf.GradientTape() as tape:
        logits = model(feed(batch), training=True)["head"]
        loss = crf_loss(model, "head")(logits, batch.tags["head"], batch.lengths)
    gradients = tape.gradient(loss, model.trainable_variables)

    assert len(gradients) == len(model.trainable_variables)
    for gradient in gradients:
        assert np.any(np.asarray(tf.convert_to_tensor(gradient)) != 0)


def test_a_model_with_a_crf_can_memorise_its_training_sentences():
    data = dataset(NETWORK, lengths=[6] * 20)
    before = np.pad(data.inputs["words"].reshape(-1, 6)[:, :-1], ((0, 0), (1, 0))).reshape(-1)
    data = Dataset(data.inputs, {"head": (before % 4).astype(np.int32)}, data.offsets)
    model = build_model(NETWORK)
    training = Training(epochs=60, learning_rate=0.05, batch_size=4)
    events = fit(model, data, None, training, stop=lambda: False)
    losses = [event.loss for event in events if isinstance(event, Epoch)]

    assert losses[-1] < 0.05 < losses[0]
    np.testing.assert_array_equal(predictor(model)(data)["head"], data.tags["head"])


def test_a_crf_learns_tags_that_depend_only_on_neighbouring_tags():
    """All words are the same, so only transitions can learn that the tags alternate, starting with 0."""
    network = architecture(**{**NOTHING, "words": words(3, 2)}, head="crf", units=(1,), bidirectional=False, n_tags=2)
    ids = np.full(12, 2, np.int32)
    tags = np.tile([0, 1, 0], 4).astype(np.int32)
    data = Dataset({"words": ids}, {"head": tags}, np.arange(0, 13, 3))
    model = build_model(network)
    model.get_layer("lstm_1").trainable = False
    list(fit(model, data, None, Training(epochs=60, learning_rate=0.1), stop=lambda: False))

    np.testing.assert_array_equal(predictor(model)(data)["head"], data.tags["head"])
    chain = learned_chain(model, "head")
    assert chain is not None
    assert chain.transitions[0, 1] > chain.transitions[0, 0]


TRAIN = "Ada\tB-per\nByron\tI-per\nwrote\tO\n\nwrote\tO\nAda\tB-per\n\nByron\tB-per\n\nLovelace\t?\nwrote\tO\n\n"


@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_a_run_on_partly_tagged_data_predicts_valid_sequences_with_each_head(tmp_path, head):
    (tmp_path / "train.tsv").write_text(TRAIN * 5)
    config = parse_config(
        {
            "data": {
                "train": str(tmp_path / "train.tsv"), "dev": str(tmp_path / "train.tsv"),
                "scheme": "bio", "scheme_train": "bioes", "ignore": ["?"],
            },
            "features": {"words": {"dim": 5, "unknown_rate": 0.0}, "affixes": False},
            "model": {"units": [5], "cell": "simple_rnn", "dropout": 0.0, "head": head, "decode": "valid"},
            "training": {"epochs": 25, "learning_rate": 0.05, "batch_size": 4, "adversarial": 0.0},
        }
    )  # fmt: skip
    run = train(config, tmp_path / "run")
    tagger = Tagger.load(tmp_path / "run")

    assert run.evaluations["dev"].accuracy == 1
    assert (tagger.bundle.target.decode, tagger.bundle.architecture.heads[0].kind) == ("valid", head)
    assert (tmp_path / "run" / "bundle" / "transitions.tsv").is_file() == (head == "crf")
    texts = [list(words) for words in itertools.product(("Ada", "Byron", "wrote", "Lovelace"), repeat=3)]
    for tagged in tagger.tag(texts, best=4):
        assert all(not invalid_starts(ranked.tags, "bio") for ranked in tagged.best)
        assert len({ranked.tags for ranked in tagged.best}) == 4

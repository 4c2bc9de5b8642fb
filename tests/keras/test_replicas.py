"""Several devices at once: virtual ones, which a process can have only from its start, and so not this one."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tagger.encoding.batches import NOT_SCORED, batches
from tagger.network.replicas import split
from tests.networks import characters, words

from .networks import NOTHING, architecture, dataset

NETWORK = architecture(**{**NOTHING, "words": words(12, 5), "characters": characters("lstm", 8, 4, 3)})

LOSS_CURVES = """
import json
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import tensorflow as tf

processor, = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED
from tagger.network.build import build_model
from tagger.network.events import Epoch
from tagger.network.replicas import describe_devices, mirrored
from tagger.network.training import fit
from tests.keras.networks import dataset
from tests.keras.test_replicas import NETWORK

# 9 sentences in batches of 4: the last has a single one, which two devices cannot share
data = dataset(NETWORK, lengths=[7, 3, 1, 5, 2, 6, 6, 4, 2])
data.tags[:3] = NOT_SCORED
for head, optimizer in ("softmax", "adam"), ("crf", "sgd"):
    for strategy in None, mirrored():
        with strategy.scope() if strategy else nullcontext():
            model = build_model(replace(NETWORK, heads=(KINDS[head](NETWORK.head.n_tags),)))
        training = Training(epochs=3, batch_size=4, learning_rate=0.05, clip_norm=0.5, optimizer=optimizer)
        events = fit(model, data, data, training, strategy=strategy, stop=lambda: False)
        curve = [(event.loss, event.score) for event in events if isinstance(event, Epoch)]
        weights = np.concatenate([weight.ravel() for weight in model.get_weights()])
        print(json.dumps([describe_devices(strategy) if strategy else "", curve, weights.tolist()]))
"""


def test_two_devices_have_the_losses_and_weights_of_one():
    ended = subprocess.run([sys.executable, "-c", LOSS_CURVES], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    runs = [json.loads(line) for line in ended.stdout.splitlines()[-4:]]
    for (nothing, curve, weights), (devices, curve_of_two, weights_of_two) in (runs[:2], runs[2:]):
        assert (nothing, devices) == ("", "2 processors")
        assert np.array(curve_of_two) == pytest.approx(np.array(curve), rel=1e-4)
        assert np.array(weights_of_two) == pytest.approx(np.array(weights), abs=1e-4)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_parts_of_a_batch_are_its_sentences_and_their_shares_add_up(n):
    data = dataset(NETWORK, lengths=[4, 3, 5])
    (batch,) = batches(data, 3)
    assert batch.tags is not None
    batch.tags[0, 0] = NOT_SCORED

    parts = split(batch, n)

    assert len(parts) == n
    assert sum(share for *_, share in parts) == pytest.approx(1)
    for k, (inputs, tags, share) in enumerate(parts):
        if k >= 3:
            assert share == 0
            assert (tags == NOT_SCORED).all()
            continue
        assert share == pytest.approx(np.mean((batch.tags != NOT_SCORED)[k::n].sum()) / 11)
        assert (tags == batch.tags[k::n]).all()
        assert (inputs["words"] == batch.inputs["words"][k::n]).all()
        whole = batch.inputs["characters"][batch.inputs["forms"][k::n]]
        assert (inputs["characters"][inputs["forms"]] == whole).all()
        assert (inputs["form_lengths"][inputs["forms"]] == (whole > 0).sum(-1)).all()

"""Training losses, compared with NumPy and Keras."""

import keras
import numpy as np
import pytest

from tagger.encoding.batches import NOT_SCORED
from tagger.network.losses import masked_loss

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(2, 3, 4)).astype(np.float32)
TAGS = np.array([[0, 3, 1], [2, NOT_SCORED, NOT_SCORED]], np.int32)  # sentences of 3 steps and of 1 step
WEIGHTS = (0.5, 2.0, 1.0, 4.0)


def reference(label_smoothing=0.0, class_weights=(1, 1, 1, 1)):
    """The loss by its definition, step by step."""
    losses = []
    for logits, tag in zip(LOGITS.reshape(-1, 4), TAGS.reshape(-1), strict=True):
        if tag == NOT_SCORED:
            continue
        log_probabilities = logits - np.log(np.exp(logits).sum())
        target = np.full(4, label_smoothing / 4)
        target[tag] += 1 - label_smoothing
        losses.append(-class_weights[tag] * np.sum(target * log_probabilities))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("class_weights", [None, WEIGHTS])
def test_the_loss_is_the_mean_weighted_smoothed_cross_entropy_of_scored_steps(label_smoothing, class_weights):
    loss = masked_loss(LOGITS, TAGS, label_smoothing=label_smoothing, class_weights=class_weights)

    assert float(loss) == pytest.approx(reference(label_smoothing, class_weights or (1, 1, 1, 1)), rel=1e-5)


def test_label_smoothing_equals_that_of_keras():
    scored = TAGS != NOT_SCORED
    expected = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)(
        np.eye(4, dtype=np.float32)[TAGS[scored]], LOGITS[scored]
    )

    assert float(masked_loss(LOGITS, TAGS, label_smoothing=0.2)) == pytest.approx(float(expected), rel=1e-5)


def test_a_class_weight_multiplies_the_loss_of_a_step_but_not_the_divisor():
    weighted = masked_loss(LOGITS[:1], TAGS[:1], class_weights=(1, 1, 1, 3))
    steps = [0, 1, 1, 1, 2]  # the one with tag 3 three times
    repeated = masked_loss(LOGITS[:1, steps], TAGS[:1, steps])

    assert float(weighted) * 3 == pytest.approx(float(repeated) * 5, rel=1e-5)

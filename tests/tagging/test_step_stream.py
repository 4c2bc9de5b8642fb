"""Latencies of a stream in constant memory."""

import numpy as np
import pytest

from tagger.tagging.step_stream import Latencies


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 1.0])
def test_a_quantile_is_the_latency_that_a_share_does_not_exceed_rounded_up_by_two_percent(share):
    seconds, latencies = np.random.default_rng(1).lognormal(-7, 2, 1000), Latencies()

    for each in seconds:
        latencies.add(each)

    exact = float(np.quantile(seconds, share, method="inverted_cdf"))
    assert latencies.n == 1000
    assert exact <= latencies.quantile(share) * (1 + 1e-9)
    assert latencies.quantile(share) <= 1.0233 * exact


def test_latencies_outside_the_classes_count_as_the_shortest_and_the_longest():
    latencies = Latencies()

    for seconds in (0.0, 1e9):
        latencies.add(seconds)

    assert latencies.quantile(0.5) == pytest.approx(1e-6)
    assert latencies.quantile(1) == pytest.approx(1e3)

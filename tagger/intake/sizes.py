"""A network and a training that fit the size of a corpus."""

from typing import Any

TINY, SMALL, LARGE = 200, 2_000, 20_000  # sentences of train


def guess_sizes(n_sentences: int, *, is_series: bool) -> tuple[dict[str, Any], str]:
    """Tables of [features], [model] and [training] for a corpus of a size, and why they are so."""
    n, smaller = f"{n_sentences:,}", "smaller layers, smaller batches, more epochs than the defaults"
    if is_series:
        few = n_sentences < SMALL
        training = {"epochs": 60, "batch_size": 8, "patience": 10} if few else {}
        model = {"units": [32 if few else 64], "dropout": 0.0}
        told = f"{n} series are {'few: small batches, and' if few else 'many:'} a high rate for a small network"
        return {"model": model, "training": {**training, "learning_rate": 1e-2}}, told
    if n_sentences < TINY:
        sized = _sized(dim=50, units=50, epochs=100, batch_size=4, patience=20)
        return sized, f"{n} sentences are hardly any: {smaller}"
    if n_sentences < SMALL:
        return _sized(dim=50, units=64, epochs=60, batch_size=8, patience=10), f"{n} sentences are few: {smaller}"
    if n_sentences < LARGE:
        return {}, f"{n} sentences: the defaults"
    sized = _sized(dim=100, units=200, epochs=15, batch_size=64, patience=3)
    sized["features"]["words"]["min_count"] = 2
    return sized, f"{n} sentences are many: larger layers, larger batches, fewer epochs than the defaults"


def _sized(*, dim: int, units: int, epochs: int, batch_size: int, patience: int) -> dict[str, Any]:
    return {
        "features": {"words": {"dim": dim}},
        "model": {"units": [units]},
        "training": {"epochs": epochs, "batch_size": batch_size, "patience": patience},
    }

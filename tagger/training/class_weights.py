"""Class weights: factors of the loss by gold tag."""

import difflib

import numpy as np

from tagger.config import Config
from tagger.corpus.tags import format_tags
from tagger.encoding.batches import Dataset
from tagger.errors import ConfigError


def class_weights(config: Config, tags: tuple[str, ...], train: Dataset) -> tuple[float, ...] | None:
    """Return the weight of each tag in the order of ids; None if all steps have the same weight.

    With `balanced`, each tag of train contributes the same amount to the loss: its weight is n / (number of tags × n of
    the tag), so that the mean over all steps is 1. A tag of the initial tagger that train lacks has weight 1.

    Raises:
        ConfigError: a weight is set for a tag that the network does not learn.
    """
    setting = config.training.class_weights
    if setting == "none" or train.tags is None:
        return None
    if isinstance(setting, dict):
        for tag in setting:
            if tag not in tags:
                close = difflib.get_close_matches(tag, tags, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"its tags are {format_tags(tags)}"
                raise ConfigError(f"training.class_weights: the network learns no tag `{tag}`; {hint}")
        return tuple(float(setting.get(tag, 1)) for tag in tags)
    counts = np.bincount(train.tags[train.tags >= 0], minlength=len(tags))
    weights = counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return tuple(np.where(counts, weights, 1.0).tolist())


def describe_weights(tags: tuple[str, ...], weights: tuple[float, ...]) -> str:
    """Return tags and weights in one line, the largest weight first."""
    by_weight = sorted(zip(tags, weights, strict=True), key=lambda pair: -pair[1])
    return format_tags(f"{tag} {weight:.4g}" for tag, weight in by_weight)

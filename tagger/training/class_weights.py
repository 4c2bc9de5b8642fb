"""Weights of steps in the loss, by their tags."""

import difflib

import numpy as np

from tagger.config import Config
from tagger.corpus.tags import format_tags
from tagger.encoding.batches import Dataset
from tagger.errors import ConfigError


def class_weights(config: Config, tags: tuple[str, ...], train: Dataset) -> tuple[float, ...] | None:
    """The weight of each tag, in the order of their ids; None where all steps count the same.

    `balanced` gives all tags that occur the same share of the loss: n / (tags · n of the tag), which is 1 on the mean
    over train. One that train lacks, which a start has brought, weighs 1.

    Raises:
        ConfigError: a weight is of a tag that train lacks.
    """
    chosen = config.training.class_weights
    if chosen == "none" or train.tags is None:
        return None
    if isinstance(chosen, dict):
        for tag in chosen:
            if tag not in tags:
                close = difflib.get_close_matches(tag, tags, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"it has {format_tags(tags)}"
                raise ConfigError(f"training.class_weights: the network learns no tag `{tag}`; {hint}")
        return tuple(float(chosen.get(tag, 1)) for tag in tags)
    counts = np.bincount(train.tags[train.tags >= 0], minlength=len(tags))
    weights = counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return tuple(np.where(counts, weights, 1.0).tolist())


def describe_weights(tags: tuple[str, ...], weights: tuple[float, ...]) -> str:
    """One line, the heaviest first."""
    heaviest = sorted(zip(tags, weights, strict=True), key=lambda pair: -pair[1])
    return format_tags(f"{tag} {weight:.4g}" for tag, weight in heaviest)

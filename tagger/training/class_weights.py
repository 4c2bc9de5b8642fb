"""Class weights: factors of the loss by gold tag."""

import difflib
from collections.abc import Iterable

import numpy as np

from tagger.corpus.tags import format_tags
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import Dataset
from tagger.errors import ConfigError
from tagger.training.head_data import HeadData


def class_weights(heads: Iterable[HeadData], train: Dataset) -> dict[str, tuple[float, ...]]:
    """Return the weight of each tag in the order of ids, by head; a head whose tags all weigh 1 is left out.

    With `balanced`, each tag of train contributes the same amount to the loss: its weight is n / (number of tags × n of
    the tag), so that the mean over all steps is 1. With `sqrt`, weights are the square roots of these, scaled to this
    mean. A tag of the initial tagger that train lacks has weight 1.

    Raises:
        ConfigError: a weight is set for a tag that the network does not learn.
    """
    weights = {}
    for head in heads:
        target = head.target
        ids = (train.labels if target.kind == "label" else train.tags)[target.name]
        if head_weights := _class_weights(head, target.spelled_tags, ids):
            weights[target.name] = head_weights
    return weights


def _class_weights(head: HeadData, tags: tuple[str, ...], ids: Ids) -> tuple[float, ...] | None:
    setting = head.settings.class_weights
    if setting == "none":
        return None
    if isinstance(setting, dict):
        for tag in setting:
            if tag not in tags:
                close = difflib.get_close_matches(tag, tags, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"its {head.target.kind}s are {format_tags(tags)}"
                raise ConfigError(
                    f"{head.keys.key('class_weights')}: the network learns no {head.target.kind} `{tag}`; {hint}"
                )
        return tuple(float(setting.get(tag, 1)) for tag in tags)
    counts = np.bincount(ids[ids >= 0], minlength=len(tags))
    weights = counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    if setting == "sqrt":
        weights = np.sqrt(weights)
        weights *= counts.sum() / (counts * weights).sum()
    return tuple(np.where(counts, weights, 1.0).tolist())


def describe_weights(tags: tuple[str, ...], weights: tuple[float, ...]) -> str:
    """Return tags and weights in one line, the largest weight first."""
    by_weight = sorted(zip(tags, weights, strict=True), key=lambda pair: -pair[1])
    return format_tags(f"{tag} {weight:.4g}" for tag, weight in by_weight)

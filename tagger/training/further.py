"""Further training: another tagger's weights to begin with, its vocabularies extended by new words and tags."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagger.encoding.batches import Floats
from tagger.encoding.encoder import Encoder
from tagger.errors import ConfigError
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import WEIGHTS, Bundle, find_bundle, load_bundle
from tagger.tagging.graph import Weights

SIZES = ("n_ids", "n_tags")  # what new data may make larger


@dataclass(frozen=True, slots=True)
class Start:
    """A tagger to begin with.

    Args:
        bundle: all of it but the weights.
        weights_path: its Keras weights.
        name: the folder, as it was given.
    """

    bundle: Bundle
    weights_path: Path
    name: str


def load_start(model: Path) -> Start:
    """The tagger of a run folder or a bundle folder.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    folder = find_bundle(model)
    return Start(load_bundle(folder)[0], folder / WEIGHTS, str(model))


def check_start(start: Start, architecture: Architecture, scheme_train: str, encoder: Encoder) -> None:
    """Refuses a start whose weights would mean something else in the network that is to be trained.

    Args:
        start: to begin with.
        architecture: of the network.
        scheme_train: that it learns.
        encoder: as the config alone would have it.

    Raises:
        ConfigError: names what differs.
    """
    base = start.bundle
    was, wanted = (_described(network) for network in (base.architecture, architecture))
    was |= {"scheme_train": base.scheme_train} | _read_as(base.encoder)
    wanted |= {"scheme_train": scheme_train} | _read_as(encoder)
    differing = [f"  {key}: {was[key]} there, {wanted[key]} here" for key in was if was[key] != wanted[key]]
    if base.architecture.words and base.architecture.words.dim is None:
        differing.append("  words: one-hot words are as wide as their number, and so cannot become more")
    if differing:
        config = start.weights_path.parent.with_name("config.toml")
        raise ConfigError(
            "\n".join([f"{start.name}: its network is another than the config's", *differing]),
            f"the config that it was trained with is a good start: {config}" if config.is_file() else "",
        )


def _read_as(encoder: Encoder) -> dict[str, object]:
    """What of an encoder decides what inputs of the same shape mean, by the name of the config's key."""
    return {
        "lowercase": encoder.lowercase,
        "columns": encoder.columns,
        "numeric": encoder.numeric,
        "standardize": encoder.scaling is not None,
    }


def _described(network: Architecture) -> dict[str, object]:
    """What must be the same, by the name of the config's part."""

    def without_sizes(part: object) -> object:
        names = part.__dataclass_fields__ if hasattr(part, "__dataclass_fields__") else ()
        return {name: getattr(part, name) for name in names if name not in SIZES} or part

    parts = {name: getattr(network, name) for name in network.__dataclass_fields__ if name not in SIZES}
    return {
        name: [without_sizes(each) for each in part] if name == "symbols" else without_sizes(part)
        for name, part in parts.items()
    }


def extended(base: Weights, fresh: Weights) -> dict[str, Floats]:
    """Fresh weights with the base's in their first rows and columns: new words and tags stand behind the old ones.

    The head's weights of new tags begin at zero: drawn at random, they would at once beat what the base has learned.
    """
    weights = {name: np.zeros_like(w) if name.startswith("head/") else np.array(w) for name, w in fresh.items()}
    for name, values in base.items():
        weights[name][tuple(slice(size) for size in values.shape)] = values
    return weights

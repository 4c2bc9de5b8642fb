"""Further training (`--from`): a trained tagger whose weights initialise a network with more words and tags."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tagger.encoding.arrays import Floats, Weights
from tagger.errors import ConfigError
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle


@dataclass(frozen=True, slots=True)
class InitialTagger:
    """A trained tagger whose weights training starts from.

    Args:
        bundle: its network, vocabularies and tags.
        weights: arrays by name.
        folder: its bundle folder.
        name: its path as the user typed it.
    """

    bundle: Bundle
    weights: Weights
    folder: Path
    name: str


def load_initial_tagger(model: Path) -> InitialTagger:
    """Load a tagger from a run folder or bundle folder.

    Raises:
        BundleError: there is no bundle, or it is damaged.
    """
    from tagger.tagging.graph_weights import saved_weights  # it loads onnx

    folder = find_bundle(model)
    bundle, graphs, _ = load_bundle(folder)
    return InitialTagger(bundle, saved_weights(bundle, graphs), folder, str(model))


def check_same_network(initial: InitialTagger, architecture: Architecture, scheme_train: str) -> None:
    """Check that the weights of an initial tagger fit the network to train.

    Raises:
        ConfigError: the networks or their schemes differ; names each difference.
    """
    bundle = initial.bundle
    old, new = (_settings(network) for network in (bundle.architecture, architecture))
    old |= {"scheme_train": bundle.target.scheme_train}
    new |= {"scheme_train": scheme_train}
    differences = [
        f"  {key}: {_setting_text(old.get(key))} in the initial tagger, {_setting_text(new.get(key))} in the config"
        for key in old | new
        if old.get(key) != new.get(key)
    ]
    if any(isinstance(each, WordInput) and each.dim is None for each in bundle.architecture.inputs):
        differences.append("  words: one-hot words cannot be extended, because their width is the number of words")
    if differences:
        config = initial.folder.with_name("config.toml")
        raise ConfigError(
            "\n".join([f"{initial.name}: its network differs from the config's", *differences]),
            f"start from the config that it was trained with: {config}" if config.is_file() else "",
        )


def _settings(network: Architecture) -> dict[str, object]:
    """Settings that must be equal, by name; vocabularies and tags are left out because they may grow."""
    parts = {part.name: getattr(network, part.name) for part in fields(network) if part.name not in ("inputs", "heads")}
    inputs = {each.name: each.settings_to_match() for each in network.inputs}
    return parts | inputs | {head.name: head.kind for head in network.heads}


def _setting_text(setting: object) -> str:
    if setting is None:
        return "absent"
    if isinstance(setting, dict):
        return ", ".join(f"{key} {value}" for key, value in setting.items()) or "present"
    return str(setting)


def extend_weights(initial: Weights, fresh: Weights) -> dict[str, Floats]:
    """Copy initial weights into the first rows and columns of fresh ones, which are larger by new words and tags.

    The head's weights of new tags are 0: random ones would at once outscore the tags that were learned before.
    """
    weights = {name: np.zeros_like(w) if name.startswith("head/") else np.array(w) for name, w in fresh.items()}
    for name, values in initial.items():
        weights[name][tuple(slice(size) for size in values.shape)] = values
    return weights

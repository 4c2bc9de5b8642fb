"""Further training: another tagger's weights to begin with, its vocabularies extended by new words and tags."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tagger.encoding.arrays import Floats, Weights
from tagger.errors import ConfigError
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle


@dataclass(frozen=True, slots=True)
class Start:
    """A tagger to begin with: its bundle, its weights by name, its bundle folder, and the folder as it was given."""

    bundle: Bundle
    weights: Weights
    folder: Path
    name: str


def load_start(model: Path) -> Start:
    """The tagger of a run folder or a bundle folder.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    from tagger.tagging.graph_weights import saved_weights  # it loads onnx

    folder = find_bundle(model)
    bundle, graphs, _ = load_bundle(folder)
    return Start(bundle, saved_weights(bundle, graphs), folder, str(model))


def check_start(start: Start, architecture: Architecture, scheme_train: str) -> None:
    """Refuses a start whose weights would mean something else in the network that is to be trained.

    Raises:
        ConfigError: names what differs.
    """
    base = start.bundle
    was, wanted = (_required(network) for network in (base.architecture, architecture))
    was |= {"scheme_train": base.scheme_train}
    wanted |= {"scheme_train": scheme_train}
    differing = [
        f"  {key}: {_shown(was.get(key))} there, {_shown(wanted.get(key))} here"
        for key in was | wanted
        if was.get(key) != wanted.get(key)
    ]
    if any(isinstance(each, WordInput) and each.dim is None for each in base.architecture.inputs):
        differing.append("  words: one-hot words are as wide as their number, and so cannot become more")
    if differing:
        config = start.folder.with_name("config.toml")
        raise ConfigError(
            "\n".join([f"{start.name}: its network is another than the config's", *differing]),
            f"the config that it was trained with is a good start: {config}" if config.is_file() else "",
        )


def _required(network: Architecture) -> dict[str, object]:
    """Settings that must be the same, by name; new data may bring symbols and tags."""
    parts = {part.name: getattr(network, part.name) for part in fields(network) if part.name not in ("inputs", "heads")}
    inputs = {each.name: each.settings_to_match() for each in network.inputs}
    return parts | inputs | {head.name: head.kind for head in network.heads}


def _shown(setting: object) -> str:
    if setting is None:
        return "absent"
    if isinstance(setting, dict):
        return ", ".join(f"{key} {value}" for key, value in setting.items()) or "present"
    return str(setting)


def extended(base: Weights, fresh: Weights) -> dict[str, Floats]:
    """Fresh weights with the base's in their first rows and columns: new words and tags stand behind the old ones.

    The head's weights of new tags begin at zero: drawn at random, they would at once beat what the base has learned.
    """
    weights = {name: np.zeros_like(w) if name.startswith("head/") else np.array(w) for name, w in fresh.items()}
    for name, values in base.items():
        weights[name][tuple(slice(size) for size in values.shape)] = values
    return weights

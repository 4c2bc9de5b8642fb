"""Further training (`--from`): a trained tagger whose weights initialise a network with more words and tags."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Scheme
from tagger.encoding.arrays import Floats, Weights
from tagger.errors import ConfigError
from tagger.head_names import PLAIN_HEAD
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.graph_weights import saved_weights

log = logging.getLogger("tagger")


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
    folder = find_bundle(model)
    bundle, graphs, _ = load_bundle(folder)
    return InitialTagger(bundle, saved_weights(bundle, graphs), folder, str(model))


def check_same_kinds(initial: InitialTagger, kinds: Mapping[str, AnswerKind]) -> None:
    """Check that heads of the same name have answers of the same kind.

    Args:
        initial: the initial tagger.
        kinds: kind of the answers of each head of the network to train.

    Raises:
        ConfigError: a head has another kind; names it.
    """
    for target in initial.bundle.targets:
        if kinds.get(target.name, target.kind) != target.kind:
            raise ConfigError(
                f"{initial.name}: its head {target.name} has kind {target.kind}, that of the config "
                f"{kinds[target.name]}",
                f"give heads.{target.name} another name: a head with a new name starts with random weights",
            )


def check_same_network(initial: InitialTagger, architecture: Architecture, schemes: Mapping[str, Scheme]) -> None:
    """Check that the weights of an initial tagger fit the network to train.

    A head that only one of the two has is no difference: it starts with random weights, or is dropped.

    Args:
        initial: the initial tagger.
        architecture: the network to train.
        schemes: scheme of the network's tags, by head.

    Raises:
        ConfigError: the networks or their schemes differ; names each difference.
    """
    bundle = initial.bundle
    common = {target.name for target in bundle.targets} & schemes.keys()
    old, new = (_settings(network, common) for network in (bundle.architecture, architecture))
    for target in bundle.targets:
        if target.name in common:
            key = "scheme_train" if target.name == PLAIN_HEAD else f"heads.{target.name}.scheme_train"
            old[key], new[key] = target.scheme_train, schemes[target.name]
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


def log_changed_heads(initial: InitialTagger, heads: Collection[str]) -> None:
    """Log which heads are new, and which heads of the initial tagger are dropped.

    Args:
        initial: the initial tagger.
        heads: names of the heads of the network to train.
    """
    old = [target.name for target in initial.bundle.targets]
    if new := [name for name in heads if name not in old]:
        log.info("new heads, with random weights: %s", ", ".join(new))
    if dropped := [name for name in old if name not in heads]:
        log.info("heads of %s that are dropped: %s", initial.name, ", ".join(dropped))


def _settings(network: Architecture, heads: Collection[str]) -> dict[str, object]:
    """Settings that must be equal, by name; vocabularies and tags are left out because they may grow."""
    parts = {part.name: getattr(network, part.name) for part in fields(network) if part.name not in ("inputs", "heads")}
    inputs = {each.name: each.settings_to_match() for each in network.inputs}
    kinds = {head.name: head.kind if head.pool is None else f"label, {head.pool}" for head in network.heads}
    return parts | inputs | {_head_key(name): kind for name, kind in kinds.items() if name in heads}


def _head_key(name: str) -> str:
    return name if name == PLAIN_HEAD else f"heads.{name}"


def _setting_text(setting: object) -> str:
    if setting is None:
        return "absent"
    if isinstance(setting, dict):
        return ", ".join(f"{key} {value}" for key, value in setting.items()) or "present"
    return str(setting)


def extend_weights(initial: Weights, fresh: Weights, heads: Iterable[str]) -> dict[str, Floats]:
    """Copy initial weights into the first rows and columns of fresh ones, which are larger by new words and tags.

    A known head's weights of new tags are 0: random ones would at once outscore the tags that were learned before. New
    heads keep their fresh weights.

    Args:
        initial: weights of the initial tagger.
        fresh: random weights of the network to train.
        heads: names of the heads of the network to train.
    """
    known = {*heads} & {name.partition("/")[0] for name in initial}
    weights = {
        name: np.zeros_like(values) if name.partition("/")[0] in known else np.array(values)
        for name, values in fresh.items()
    }
    for name, values in initial.items():
        if name in weights:  # others are of heads that are dropped
            weights[name][tuple(slice(size) for size in values.shape)] = values
    return weights

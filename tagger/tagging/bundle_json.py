"""Content of a bundle's `bundle.json`: reading older formats, and the network as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, cast, get_args

from tagger.corpus.spelling import NAMED_LETTERS, PLAIN, Spelling
from tagger.encoding.vocabulary import Vocabulary
from tagger.head_names import HEAD_NAME
from tagger.heads import KINDS, Head
from tagger.heads.pooling import Pool
from tagger.inputs import input_from_settings, input_settings
from tagger.inputs.cells import CELLS
from tagger.inputs.recurrent import Merge
from tagger.tagging.architecture import Architecture
from tagger.tagging.format_3 import upgrade_format_3

MAX_UNITS = 1 << 16  # more units in a layer are a mistake, or an attack on memory


def read_description(text: str) -> dict[str, Any]:
    """Parse the content of `bundle.json`, and convert older formats to the current one.

    Raises:
        LookupError, TypeError, ValueError: it is not the description of a bundle.
    """
    description: dict[str, Any] = json.loads(text)
    if description["format"] == 3:
        description = upgrade_format_3(description)
    if "spelling" not in description and description["format"] < 6:  # written before bundles had a spelling
        decode = "strict" if description["decode"] == "valid" else description["decode"]
        description |= {"spelling": None, "decode": decode}
    return description


def spelling_and_tags(description: Mapping[str, Any], tags: tuple[str, ...]) -> tuple[Spelling, tuple[str, ...]]:
    """Return the spelling of tags in files, and the network's tags in plain spelling.

    Args:
        description: content of `bundle.json`.
        tags: content of `tags.txt`; as spelled in files, if the bundle was written before bundles had a spelling.
    """
    if description["spelling"] is not None:
        return Spelling(**description["spelling"]), tags
    if description["scheme"] == description["scheme_train"] == "bioes":
        for spelling in map(Spelling, NAMED_LETTERS.values()):
            plain = tuple(map(spelling.read, tags))
            if plain != tags == tuple(map(spelling.write, plain)):
                return spelling, plain
    return PLAIN, tags


def network_to_json(network: Architecture) -> dict[str, Any]:
    """Convert a network to a JSON object."""
    return {
        **{field.name: getattr(network, field.name) for field in fields(network)},
        "inputs": [input_settings(each) for each in network.inputs],
        "heads": [_head_to_json(head) for head in network.heads],
    }


def _head_to_json(head: Head) -> dict[str, Any]:
    settings = {key: value for key, value in asdict(cast(Any, head)).items() if key != "pool" or value is not None}
    return {"kind": head.kind, **settings}


def network_from_json(settings: dict[str, Any], read_vocabulary: Callable[[str], Vocabulary]) -> Architecture:
    """Convert a JSON object to a network.

    Args:
        settings: as returned by `network_to_json`.
        read_vocabulary: returns the vocabulary of an input by its name.

    Raises:
        AttributeError, LookupError, TypeError, ValueError: it is not a network that tagger can build.
    """
    heads = [dict(head) for head in settings["heads"]]
    parts = {
        "units": tuple(settings["units"]),
        "inputs": tuple(input_from_settings(each, read_vocabulary) for each in settings["inputs"]),
        "heads": tuple(KINDS[head.pop("kind")](**head) for head in heads),
    }
    network = Architecture(**{**settings, **parts})
    _check_layers(network)
    return network


def _check_heads(heads: Sequence[Head]) -> None:
    """Raise ValueError if a name or pool is not valid, or two heads have one name, also where files ignore its case."""
    for head in heads:
        if not (isinstance(head.name, str) and HEAD_NAME.fullmatch(head.name)):
            raise ValueError(f"a head's name should have letters, digits, - and _ only, got {head.name!r}")
        if head.pool is not None and head.pool not in get_args(Pool):
            raise ValueError(f"unknown pool {head.pool!r}")
    if not heads or len({head.name.lower() for head in heads}) < len(heads):
        raise ValueError("a network should have one or more heads with different names")


def _check_layers(network: Architecture) -> None:
    """Raise ValueError if a setting is not valid, or a layer is too large."""
    if network.cell not in CELLS:
        raise ValueError(f"unknown cell {network.cell!r}")
    if not network.units or not all(isinstance(units, int) and 0 < units <= MAX_UNITS for units in network.units):
        raise ValueError(f"units should be from 1 to {MAX_UNITS:,} for each layer, got {network.units}")
    if network.merge not in get_args(Merge):
        raise ValueError(f"unknown merge {network.merge!r}")
    flags = (network.bidirectional, network.reset_after, network.residual, network.layer_norm)
    if not all(isinstance(flag, bool) for flag in flags):
        raise ValueError(f"bidirectional, reset_after, residual and layer_norm should be true or false, got {flags}")
    if network.residual and len(set(network.units)) > 1:
        raise ValueError(f"residual layers should have equal units, got {network.units}")
    if not network.inputs or len({each.name for each in network.inputs}) < len(network.inputs):
        raise ValueError("a network should have one or more inputs with different names")
    _check_heads(network.heads)
    for layer in network.describe():
        sizes = [layer.output[-1], *(size for weight in layer.weights for size in weight.shape)]
        max_width = 2 * MAX_UNITS if layer.weights else float("inf")  # one-hot words may be wider
        if not all(type(size) is int and size > 0 for size in sizes) or float(sizes[0]) > max_width:
            raise ValueError(f"layer {layer.name} has impossible sizes {sizes}")

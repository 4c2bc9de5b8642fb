"""Content of a bundle's `bundle.json`: reading older formats, and the network as JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

from tagger.border.schema import MISSING, check
from tagger.border.strict_json import parse_json
from tagger.corpus.spelling import NAMED_LETTERS, PLAIN, Spelling
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError
from tagger.head_names import HEAD_NAME
from tagger.heads import KINDS, Head
from tagger.inputs import input_from_settings, input_settings
from tagger.inputs.columns import ColumnInput
from tagger.inputs.numbers import Numbers
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle_schema import BUNDLE_OF_FORMAT_3, BUNDLE_OF_HEADS, FORMATTED, PLAIN_BUNDLE
from tagger.tagging.format_3 import upgrade_format_3

FORMAT, OLDEST_FORMAT = 7, 3  # the newest is written only for a head with a minimal duration
FORMAT_OF_HEADS = 6
PLAIN_FORMAT = 5  # written for the only head of tags, so that older versions load it


def read_description(text: str, folder: Path) -> dict[str, Any]:
    """Parse the content of `bundle.json`, check it, and convert older formats to the current one.

    Args:
        text: the content.
        folder: the bundle, for messages.

    Raises:
        BundleError: the format is too old or too new.
        ValueError: it is not the description of a bundle; names the key.
    """
    description: dict[str, Any] = parse_json(text)
    check(description, FORMATTED)
    _check_format(description["format"], folder)
    if description["format"] == 3:
        check(description, BUNDLE_OF_FORMAT_3)
        description = upgrade_format_3(description)
    if (
        "spelling" not in description and description["format"] < FORMAT_OF_HEADS
    ):  # written before bundles had a spelling
        decode = "strict" if description.get("decode") == "valid" else description.get("decode", MISSING)
        description |= {"spelling": None, "decode": decode}
    check(description, PLAIN_BUNDLE if is_of_one_head(description) else BUNDLE_OF_HEADS)
    return description


def is_of_one_head(description: Mapping[str, Any]) -> bool:
    """Whether the only head of a bundle is one of tags, whose settings are not in `heads`."""
    number: int = description["format"]
    return number < FORMAT_OF_HEADS or (number == FORMAT and "heads" not in description)


def _check_format(number: int, folder: Path) -> None:
    if number > FORMAT:
        raise BundleError(
            f"{folder}: the bundle has format {number}, and this version of tagger reads formats up to {FORMAT}",
            "install a newer version of tagger",
        )
    if number < OLDEST_FORMAT:
        raise BundleError(
            f"{folder}: the bundle has format {number}, and this version of tagger reads formats from {OLDEST_FORMAT}",
            "train the tagger again",
        )


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
        BundleError: a vocabulary cannot be read.
        ValueError: it is not a network that tagger can build.
    """
    heads = [dict(head) for head in settings["heads"]]
    parts = {
        "units": tuple(settings["units"]),
        "inputs": tuple(input_from_settings(each, read_vocabulary) for each in settings["inputs"]),
        "heads": tuple(KINDS[head.pop("kind")](**head) for head in heads),
    }
    network = Architecture(**{**settings, **parts})
    _check_network(network)
    return network


def _check_network(network: Architecture) -> None:
    """Raise ValueError if settings exclude each other."""
    if network.residual and len(set(network.units)) > 1:
        raise ValueError(f"residual layers should have equal units, got {network.units}")
    inputs, heads = network.inputs, network.heads
    if len({each.name for each in inputs}) < len(inputs):
        raise ValueError("the inputs of a network should have different names")
    if empty := [each.name for each in inputs if not each.width]:
        raise ValueError(f"the input {empty[0]} has no features: one-hot words need words")
    columns = [each.number for each in inputs if isinstance(each, ColumnInput)]
    if columns != [*range(1, len(columns) + 1)]:
        raise ValueError(f"the columns of a network should be numbered from 1, got {columns}")
    for each in inputs:
        if isinstance(each, Numbers) and not (_fits(each.mean, each) and _fits(each.deviation, each)):
            raise ValueError("the numbers of a network should have a mean and a deviation for each column, or none")
        if isinstance(each, Numbers) and not _fills(each):
            raise ValueError("the numbers of a network should have a fill for each column, and indicators of columns")
    for head in heads:
        if not HEAD_NAME.fullmatch(head.name):
            raise ValueError(f"a head's name should have letters, digits, - and _ only, got {head.name!r}")
    if len({head.name.lower() for head in heads}) < len(heads):  # also where files ignore the case of names
        raise ValueError("the heads of a network should have different names")


def _fills(numbers: Numbers) -> bool:
    """Whether what fills missing values has a value for each column, and indicators are of different columns."""
    if numbers.missing == "error":
        return not (numbers.fill or numbers.indicators)
    n, indicators = len(numbers.columns), numbers.indicators
    return len(numbers.fill) == n and list(indicators) == sorted({*indicators}) and all(i < n for i in indicators)


def _fits(scaling: Sequence[float] | None, numbers: Numbers) -> bool:
    """Whether a mean or deviation has a value for each column, or both are absent."""
    return (scaling is None) == (numbers.mean is None) and len(scaling or numbers.columns) == len(numbers.columns)

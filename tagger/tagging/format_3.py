"""Conversion of bundle descriptions from format 3, which had one key per kind of input, to format 4."""

import re
from typing import Any

from tagger.border.schema import shown

SYMBOLS = re.compile(r"shape|(prefix|suffix|column)_[1-9][0-9]{0,4}")


def upgrade_format_3(description: dict[str, Any]) -> dict[str, Any]:
    """Convert a checked description of a format-3 bundle to format 4; the bundle's other files did not change.

    Raises:
        ValueError: its network and its features do not match.
    """
    network, features = dict(description["network"]), description["features"]
    inputs: list[dict[str, Any]] = []
    if words := network.pop("words"):
        inputs.append(
            {"kind": "words", "n_ids": words["n_ids"], "lowercase": features["lowercase"], "dim": words["dim"]}
        )
    if network.pop("casing"):
        inputs.append({"kind": "casing"})
    if characters := network.pop("characters"):
        inputs.append({**characters, "kind": "characters", "encoder": characters["kind"]})
    for i, symbols in enumerate(network.pop("symbols")):
        if not SYMBOLS.fullmatch(symbols["name"]):
            raise ValueError(
                f"network.symbols[{i}].name: expected that of an affix or column, got {shown(symbols['name'])}"
            )
        part, _, number = symbols["name"].partition("_")
        sizes = {"n_ids": symbols["n_ids"], "dim": symbols["dim"]}
        if part == "column":
            if int(number) > len(features["columns"]):
                raise ValueError(f"network.symbols[{i}].name: there is no column {number} in its features")
            name = features["columns"][int(number) - 1]
            inputs.append({"kind": "column", "number": int(number), "column": name, **sizes})
        else:
            inputs.append({"kind": "affix", "part": part, "length": int(number or 0), **sizes})
    n_numbers, n_columns = network.pop("n_numbers"), sum(each["kind"] == "column" for each in inputs)
    if (n_numbers, n_columns) != (len(features["numeric"]), len(features["columns"])):
        raise ValueError(
            f"{n_numbers} numbers and {n_columns} columns in the network, "
            f"{len(features['numeric'])} and {len(features['columns'])} in its features"
        )
    if n_numbers:
        inputs.append({"kind": "numbers", "columns": features["numeric"], **(features["scaling"] or {})})
    heads = [{"kind": network.pop("head"), "n_tags": network.pop("n_tags")}]
    return {**description, "format": 4, "network": {**network, "inputs": inputs, "heads": heads}}

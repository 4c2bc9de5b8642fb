"""Problems of a config, a line each."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from tagger.config.older import REMOVED, RENAMED
from tagger.config.reference import closest_key
from tagger.config.values import AT_KEYS, MISSING, shown


def describe_problems(details: dict[str, Any]) -> list[str]:
    """A line for each problem of an error, see `describe_problem`."""
    if details["type"] != AT_KEYS:
        return [describe_problem(details)]
    table = _dotted(details["loc"])
    problems = details["ctx"]["problems"].items()
    return [f"{table if key.startswith('.') else ''}{key}: {problem}" for key, problem in problems]


def describe_problem(details: dict[str, Any]) -> str:
    """One line that names the key, the rule and the value."""
    key = _dotted(details["loc"])
    value, limits = shown(details["input"]), details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden" if key in REMOVED:
            return f"{key}: no longer a key: {REMOVED[key]}; remove it"
        case "extra_forbidden" if key in RENAMED:
            return f"{key}: is now called `{RENAMED[key]}`"
        case "extra_forbidden":
            beside = f"{key.rpartition('.')[0]}."
            close = closest_key(key)
            return f"{key}: unknown key" + (f"; did you mean `{close.removeprefix(beside)}`?" if close else "")
        case type_name if type_name == MISSING:
            return "data.train: missing; set it to the file to train on"
        case "missing":
            return f"{key}: missing" + ("; set it to the file to train on" if key.endswith(".train") else "")
        case "greater_than":
            return f"{key}: should be greater than {limits['gt']}, got {value}"
        case "greater_than_equal":
            return f"{key}: should be at least {_number(limits['ge'])}, got {value}"
        case "less_than_equal":
            return f"{key}: should be at most {_number(limits['le'])}, got {value}"
        case "too_long":
            return f"{key}: should have at most {limits['max_length']} entries, got {limits['actual_length']}"
        case "int_parsing_size":
            return f"{key}: should be a whole number of at most a few digits, got {value}"
        case "less_than":
            return f"{key}: should be less than {limits['lt']}, got {value}"
        case "int_type" | "int_from_float":
            return f"{key}: should be a whole number, got {value}"
        case "float_type":
            return f"{key}: should be a number, got {value}"
        case "finite_number":
            return f"{key}: should be a finite number, got {value}"
        case "bool_type":
            return f"{key}: should be true or false, got {value}"
        case "string_type":
            return f"{key}: should be a text, got {value}"
        case "list_type" if key == "data.sources":
            return f"{key}: should be a list of tables, got {value}; in a config, write [[data.sources]] above each"
        case "list_type":
            return f"{key}: should be a list, got {value}; write [{value}]"
        case "too_short" | "string_too_short":
            return f"{key}: should not be empty"
        case "literal_error":
            choices = limits["expected"].replace("'", '"')
            return f"{key}: should be {choices}, got {value}{_meant(details['input'], choices)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            may_be_false = key.startswith("features.") and key.count(".") == 1
            return f"{key}: should be {'false or ' if may_be_false else ''}a table, got {value}"
        case "value_error":
            return f"{key}: {limits['error']}"
    return f"{key}: {details['msg']}, got {value}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _dotted(parts: Iterable[str | int]) -> str:
    """The full name of a key: `model.units[1]`."""
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in parts).replace(".[", "[")


def _meant(value: object, choices: str) -> str:
    """The choices that a misspelled one may mean, as the end of a message."""
    known = re.findall(r'"(.+?)"', choices)
    if value in ("bilou", "bmes", "bmewo") and "bioes" in known:
        return "; did you mean `bioes`? Its spellings are recognised"
    word = value.lower().replace("-", "_") if isinstance(value, str) else ""
    close = [choice for choice in known if word and word in choice] or difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {' or '.join(f'`{choice}`' for choice in close)}?" if 0 < len(close) < len(known) else ""

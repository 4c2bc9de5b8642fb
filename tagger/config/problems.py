"""What is wrong with a config, a line for each problem."""

import difflib
import json
from typing import Any, get_args

from tagger.config.sections import Config
from tagger.config.values import shown

EXAMPLES = {  # values of keys that have no default
    "data.train": "FILE",
    "data.dev": "0.1",
    "data.test": "0.1",
    "data.folds": "5",
    "data.fold": "1",
    "data.group": "document",
    "data.token": "0",
    "data.tag": "-1",
    "data.sentence": "0",
    "features.columns.names": "[1]",
    "features.words.vectors": "glove:50d",
    "features.words.word_list": "FILE",
}


def describe_problem(details: dict[str, Any]) -> str:
    """One line that names the key, the rule and the value found."""
    keys = [f"[{part}]" if isinstance(part, int) else part for part in details["loc"]]
    key = ".".join(keys).replace(".[", "[")
    found, limits = shown(details["input"]), details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden" if key == "training.strategy":  # of earlier versions
            return f"{key}: is gone: a network trains on one device, a GPU where there is one; take the key away"
        case "extra_forbidden":
            elsewhere = _same_key_elsewhere(keys[-1])
            close = elsewhere or difflib.get_close_matches(keys[-1], _keys_beside(keys), n=1)
            return f"{key}: unknown key" + (f"; did you mean `{close[0]}`?" if close else "")
        case "missing":
            return f"{key}: missing" + ("; say which file to train on" if key == "data.train" else "")
        case "greater_than":
            return f"{key}: should be greater than {limits['gt']}, got {found}"
        case "greater_than_equal":
            return f"{key}: should be at least {limits['ge']}, got {found}"
        case "less_than":
            return f"{key}: should be less than {limits['lt']}, got {found}"
        case "int_type" | "int_from_float":
            return f"{key}: should be a whole number, got {found}"
        case "float_type":
            return f"{key}: should be a number, got {found}"
        case "finite_number":
            return f"{key}: should be a finite number, got {found}"
        case "bool_type":
            return f"{key}: should be true or false, got {found}"
        case "string_type":
            return f"{key}: should be a text, got {found}"
        case "list_type":
            return f"{key}: should be a list, got {found}"
        case "too_short" | "string_too_short":
            return f"{key}: should not be empty"
        case "literal_error":
            return f"{key}: should be {limits['expected'].replace(chr(39), chr(34))}, got {found}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{key}: should be a table, got {found}"
        case "value_error":
            return f"{key}: {limits['error']}"
    return f"{key}: {details['msg']}, got {found}"


def known_keys(section: Any = Config, prefix: str = "") -> dict[str, str]:
    """All dotted keys of a config that hold a value, each with its default or an example as `--set` takes it."""
    keys: dict[str, str] = {}
    for name, field in section.model_fields.items():
        choices = (field.annotation, *get_args(field.annotation))
        tables = [choice for choice in choices if hasattr(choice, "model_fields")]
        if prefix or not tables:
            default = EXAMPLES.get(f"{prefix}{name}", "false" if tables else field.default)
            keys[f"{prefix}{name}"] = default if isinstance(default, str) else json.dumps(default)
        for table in tables:
            keys |= known_keys(table, f"{prefix}{name}.")
    return keys


def _same_key_elsewhere(key: str) -> list[str]:
    sections = {name: field.annotation for name, field in Config.model_fields.items()}
    return [f"{name}.{key}" for name, section in sections.items() if key in getattr(section, "model_fields", {})]


def _keys_beside(keys: list[str]) -> list[str]:
    section: Any = Config
    for key in keys[:-1]:
        field = section.model_fields.get(key) if hasattr(section, "model_fields") else None
        choices = get_args(field.annotation) if field and get_args(field.annotation) else [field and field.annotation]
        section = next((choice for choice in choices if hasattr(choice, "model_fields")), None)
    return list(section.model_fields) if section else []

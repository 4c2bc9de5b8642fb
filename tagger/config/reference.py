"""The reference of all config keys, made from the fields: values, defaults, descriptions."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import PydanticUndefined

from tagger.config.config import Config
from tagger.config.older import REMOVED, RENAMED
from tagger.config.values import PLANNED, REQUIRED, Section, Values, shown
from tagger.errors import ConfigError
from tagger.terminal_text import command_line

ALIASES = {"lr": "training.learning_rate", "layers": "model.units", "crf": "model.head", "batch": "training.batch_size"}
PLAN_MARK = "*"
NAME = "NAME"  # in the reference, stands for the name of a head
PLAN_NOTE = "* if the config does not set it, `tagger train` may choose another value by the size and kind of the data"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a config.

    Args:
        name: the dotted key, such as `model.units`.
        values: the allowed values, in words.
        default: as TOML; empty if the key has none.
        is_required: whether each config has to set the key.
        example: a value as TOML, another one than the default if possible.
        description: paragraphs; the first one is a single line.
        has_choices: whether the values are a fixed list of words.
        is_planned: whether the plan may choose a value if a config leaves the key open.
        is_table: whether it is a section, or a table with keys of its own.
        header: the line above its keys in a config, such as `[model]`; empty for a key and for a table in a section.
    """

    name: str
    values: str
    default: str
    is_required: bool
    example: str
    description: str
    has_choices: bool
    is_planned: bool
    is_table: bool
    header: str = ""

    @property
    def summary(self) -> str:
        """The first paragraph of the description, without its full stop."""
        return self.description.partition("\n\n")[0].removesuffix(".")

    @property
    def comment(self) -> str:
        """The comment beside the key in a config: its choices, if they are a fixed list, and its summary."""
        return f"{self.values} – {self.summary}" if self.has_choices else self.summary


@cache
def reference(section: type[Section] = Config, prefix: str = "") -> Mapping[str, Key]:
    """Every key of a section and of the tables in it, by dotted name, each table before its keys."""
    keys = dict[str, Key]()
    hints = get_type_hints(section, include_extras=True)
    for name, field in section.model_fields.items():
        dotted, (values, has_choices) = f"{prefix}{name}", _values(hints[name])
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if _is_named(hints[name]):
            dotted += f".{NAME}"
        tables = [*_tables(hints[name])]
        is_list = get_origin(hints[name]) is list and bool(tables)
        header = f"[[{dotted}]]" if is_list else f"[{dotted}]" if tables and (not prefix or NAME in dotted) else ""
        default = field.get_default(call_default_factory=True)
        has_default = default is not PydanticUndefined and (default is not None or bool(tables))
        keys[dotted] = Key(
            name=dotted,
            values=values,
            default=_toml(default) if has_default and REQUIRED not in extra else "",
            is_required=(field.is_required() and not (tables and not prefix)) or REQUIRED in extra,
            example=shown(field.examples[0]) if field.examples else _other(values, _toml(default), has_choices),
            description=_unwrapped(field.description or (tables[0].__doc__ if tables else "") or ""),
            has_choices=has_choices,
            is_planned=PLANNED in extra,
            is_table=bool(tables),
            header=header,
        )
        for table in tables:
            keys |= reference(table, f"{dotted}.")
    return keys


def in_reference(name: str) -> str:
    """The name of a config's key in the reference: NAME stands for the name of a head, and sources have no index.

    >>> in_reference("heads.intent.pool"), in_reference("data.sources[0].train")
    ('heads.NAME.pool', 'data.sources.train')
    """
    return re.sub(r"^heads\.[^.]+", f"heads.{NAME}", re.sub(r"\[\d+\]", "", name))


def closest_key(name: str, *, may_be_table: bool = True) -> str | None:
    """The key of a config that a wrong name most likely means: a renamed one, one of another section, a similar one."""
    if name in RENAMED:
        return RENAMED[name]
    table, generic = name.rpartition(".")[0], in_reference(name)
    close = _closest(generic, may_be_table=may_be_table)
    if close and generic != name and close.startswith(f"{in_reference(table)}."):
        return f"{table}.{close.removeprefix(f'{in_reference(table)}.')}"
    return close


def _closest(name: str, *, may_be_table: bool) -> str | None:
    section, _, last = name.rpartition(".")
    if last in ALIASES:
        return ALIASES[last]
    by_last: dict[str, list[str]] = {}
    for each, key in reference().items():
        if may_be_table or not key.is_table:
            by_last.setdefault(each.rpartition(".")[2], []).append(each)
    if last not in by_last:
        beside = {each: names for each, names in by_last.items() if f"{section}.{each}" in names}
        last = next(iter(difflib.get_close_matches(last, beside if section else by_last, n=1)), "")
    same_last = sorted(by_last.get(last, []), key=lambda each: (not each.startswith(f"{section}."), each.count(".")))
    return next(iter(same_last), None)


def find_keys(keys: Mapping[str, Key], name: str) -> list[str]:
    """The full names of the keys with a name, whose section may be left out.

    Raises:
        ConfigError: there is no such key.
    """
    if name in keys:
        return [name]
    if name == "heads" or in_reference(name) in keys:
        return [f"heads.{NAME}" if name == "heads" else in_reference(name)]
    if same_last := [each for each in keys if each.rpartition(".")[2] == name]:
        return same_last
    if name in REMOVED:
        raise ConfigError(f"{name}: no longer a key: {REMOVED[name]}")
    if name in RENAMED:
        raise ConfigError(f"{name}: is now called `{RENAMED[name]}`")
    close = closest_key(name)
    meant = f"; did you mean `{close}`?" if close else ""
    raise ConfigError(f"{name}: a config has no such key{meant}", "`tagger config` lists all keys")


def describe_key(keys: Mapping[str, Key], name: str, width: int) -> str:
    """A key as text for a terminal of some columns, with the keys of its table."""
    key, lines = keys[name], [keys[name].header]
    if not key.header:
        lines = [f"{name} = {key.default}" if key.default else name, f"  values: {key.values}"]
        if not key.default:
            lines.append(f"  {'required' if key.is_required else 'default: none'}; for example {key.example}")
    for paragraph in key.description.split("\n\n"):
        lines += ["", *wrap(paragraph, width, initial_indent="  ", subsequent_indent="  ")]
    inner = {each: key for each, key in keys.items() if each.startswith(f"{name}.")}
    example = key if not key.is_table else next(iter(inner.values()))
    is_worth_showing = not key.header and example.example != example.default
    if is_worth_showing and not name.startswith(("sweep.", "base")):
        settable = example.name.replace("sources.", "sources[0].")
        lines += ["", "  " + command_line("--set", f"{settable}={example.example}")]
    if key.header.startswith("[["):
        shown_keys = (each for each in inner.values() if not each.has_choices and each.example != each.default)
        lines += ["", f"  {key.header}", *(f"  {each.name.rpartition('.')[2]} = {each.example}" for each in shown_keys)]
    if inner:
        return "\n".join([*lines, "", describe_keys(inner, width)])
    return "\n".join([*lines, *([""] if key.is_planned else []), *_plan_note([key], width)])


def describe_keys(keys: Mapping[str, Key], width: int) -> str:
    """Lines for each key: its default and its summary, wrapped to some columns."""
    lines: list[str] = []
    for name, key in keys.items():
        if key.header:
            lines += ["", f"{key.header} {key.summary}"]
            continue
        default = ("on" if key.default not in ("", "false") else key.default) if key.is_table else key.default
        shown_default = default or ("required" if key.is_required else "none")
        start = f"{name} = {shown_default}{f' {PLAN_MARK}' if key.is_planned else ''}"
        text = f"{start:<38} {key.comment}" if len(start) <= 38 else f"{start}\n{'':41}{key.comment}"
        for i, line in enumerate(text.split("\n")):
            indent = " " * (41 if i else 2)
            lines += wrap(line.strip(), max(width, 60), initial_indent=indent, subsequent_indent=" " * 41)
    note = _plan_note(keys.values(), width)
    return "\n".join([*lines, *([""] if note else []), *note]).strip("\n")


def _plan_note(keys: Iterable[Key], width: int) -> list[str]:
    return wrap(PLAN_NOTE, width) if any(key.is_planned for key in keys) else []


def markdown(keys: Mapping[str, Key]) -> str:
    """The reference as Markdown: a table for each section, and longer descriptions below it."""
    lines = [
        "# The keys of a config",
        "",
        "`tagger config KEY` shows the same on a terminal. This page is made by",
        "`tagger config --format markdown > configs/README.md`.",
        "",
        PLAN_NOTE.replace("*", "\\*", 1) + ".",
    ]
    for name in (name for name, key in keys.items() if key.is_table):
        rows = {row.rpartition(".")[2]: key for row, key in keys.items() if row.rpartition(".")[0] == name}
        level = "##" if keys[name].header.startswith("[") and not name.startswith("data.") else "###"
        lines += ["", f"{level} {name}", "", keys[name].description, ""]
        lines += ["| key | default | values | |", "|---|---|---|---|"]
        for row, key in rows.items():
            default = "required" if key.is_required else f"`{key.default}`" if key.default else ""
            default = "on" if key.is_table and key.default not in ("", "false", "[]") else default
            cells = [f"`{row}`", default + (f" {PLAN_MARK}" if key.is_planned else ""), key.values, key.summary]
            lines.append(
                f"| {' | '.join(cell.replace('|', chr(92) + '|').replace('*', chr(92) + '*') for cell in cells)} |"
            )
        for key in rows.values():
            details = key.description.partition("\n\n")[2]
            if details and not key.is_table:
                lines += ["", f"`{key.name}`: {details}"]
    return "\n".join(lines).strip("\n") + "\n"


def _unwrapped(text: str) -> str:
    """Paragraphs of one line each."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _toml(value: object) -> str:
    return shown(value.model_dump(exclude_none=True) if isinstance(value, Section) else value)


def _other(values: str, default: str, has_choices: bool) -> str:
    """A value that is not the default, if the values are listed."""
    if values == "true | false":
        return "true" if default == "false" else "false"
    return next(choice for choice in values.split(" | ") if choice != default.strip('"')) if has_choices else default


def _tables(annotation: Any) -> Iterator[type[Section]]:
    """The sections among the alternatives of a type."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType, list, dict):
        for part in get_args(annotation):
            yield from _tables(part)


def _is_named(annotation: Any) -> bool:
    """Whether a key is a table of tables that the config names: [heads.NAME]."""
    return get_origin(annotation) is dict and any(_tables(annotation))


def _values(annotation: Any) -> tuple[str, bool]:
    """The values that a type allows, in words, and whether they are a fixed list."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        words = next((part.text for part in parts[1:] if isinstance(part, Values)), None)
        return (words, False) if words else _values(parts[0])
    if origin in (Union, UnionType):
        return _values(next(part for part in parts if part is not type(None)))
    if origin is Literal:
        return " | ".join(map(str, parts)), True
    if origin is list and any(_tables(annotation)):
        return "a list of tables", False
    if origin is list:
        return f"a list: {_values(parts[0])[0]}", False
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, Section)):
        return "a table", False
    return {bool: "true | false", str: "text", int: "a whole number", float: "a number"}[annotation], False

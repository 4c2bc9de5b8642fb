"""A config as TOML with every key, each with why it is so or what it does."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Literal, get_args, get_origin

import pydantic
import tomli_w

from tagger.config import Config, Section, Words

WIDTH, BESIDE = 120, 30  # of a line; where comments beside values begin
ABSENT = {  # examples
    "dev": "0.1",
    "test": '"test.tsv"',
    "folds": "5",
    "fold": "1",
    "group": '"document"',
    "sentence": '"id"',
    "token": "0",
    "tag": "1",
}


def config_text(config: Config, why: dict[str, str], head: Iterable[str]) -> str:
    """The config as TOML.

    Args:
        config: every key of it is written, those that are absent as comments.
        why: paragraphs for comments, by section or key (`data.tag`).
        head: lines of the comment that it begins with.
    """
    comments = (f"# {_printable(line)}".rstrip() for line in head)
    return "\n".join([*comments, *_lines(config, why)]) + "\n"


def path_from(path: Path, folder: Path) -> str:
    """How a config that stands in a folder names a file."""
    absolute, folder = path.absolute(), folder.absolute()
    if not absolute.is_relative_to(folder):
        absolute, folder = path.resolve(), folder.resolve()
    try:
        text = Path(os.path.relpath(absolute, folder)).as_posix()
    except ValueError:  # another drive
        text = absolute.as_posix()
    return f"./{text}" if text[0] == "~" or ":" in text else text  # no home folder, no data set of the catalogue


def _lines(config: Config, why: dict[str, str]) -> Iterator[str]:
    for name, section in config:
        yield ""
        yield from _reasons(why.get(name, ""))
        yield f"[{name}]"
        for i, key in enumerate(type(section).model_fields):
            dotted, value = f"{name}.{key}", getattr(section, key)
            if i and why.get(dotted):
                yield ""
            yield from _reasons(why.get(dotted, ""))
            if value is None and name == "data":
                yield from _beside(f"# {key} = {ABSENT.get(key, '…')}", describe(type(section), key))
            else:
                yield from _beside(f"{key} = {_toml(value)}", describe(type(section), key))


def describe(section: type[Section], key: str) -> str:
    """The choices and the meaning of a key."""
    field = section.model_fields[key]
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return ": ".join(filter(None, (" | ".join(choices), field.description)))


def _reasons(text: str) -> Iterator[str]:
    for paragraph in text.split("\n") if text else ():
        yield from (f"# {line}" for line in wrap(_printable(paragraph), WIDTH - 2, break_on_hyphens=False))


def _printable(text: str) -> str:
    """The text without what a comment of TOML cannot hold, and without what moves the cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _beside(line: str, comment: str) -> Iterator[str]:
    whole = f"{line:<{BESIDE - 2}}  # {comment}" if comment else line
    yield from [whole] if len(whole) <= WIDTH else [f"# {comment}", line]


def _toml(value: object) -> str:
    if isinstance(value, pydantic.BaseModel):
        hidden: set[str] = set()
        if isinstance(value, Words):
            hidden |= {"dim"} if value.kind == "onehot" or value.vectors else set()
            hidden |= set() if value.vectors else {"trainable", "word_list"}
        return _toml(value.model_dump(exclude=hidden, exclude_none=True))
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomli_w.dumps({"_": False if value is None else value}).removeprefix("_ = ").rstrip("\n")

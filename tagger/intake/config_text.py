"""A config as TOML with every key: the reason for its value above it, its description beside it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap

import pydantic

from tagger.config import Config, Words
from tagger.config.reference import reference
from tagger.config.values import shown

WIDTH, BESIDE = 120, 30  # characters of a line; column of the comments beside values


def config_text(
    config: Config,
    why: dict[str, str],
    head: Iterable[str],
    *,
    examples: Mapping[str, str] | None = None,
    heads: Iterable[str] = (),
) -> str:
    """A config as TOML with comments.

    Args:
        config: all its keys are written, absent ones as comments.
        why: reasons for values, paragraphs keyed by section or dotted key (`data.tag`).
        head: lines of the comment at the top.
        examples: values as TOML to show for absent keys, by dotted key; else the reference's example.
        heads: lines of the comment where [heads] could be.
    """
    comments = (f"# {_printable(line)}".rstrip() for line in head)
    return "\n".join([*comments, *_lines(config, why, examples or {}, [*heads])]) + "\n"


def path_from(path: Path, folder: Path) -> str:
    """The path of a file relative to the folder of a config."""
    absolute, folder = path.absolute(), folder.absolute()
    if not absolute.is_relative_to(folder):
        absolute, folder = path.resolve(), folder.resolve()
    try:
        text = Path(os.path.relpath(absolute, folder)).as_posix()
    except ValueError:  # another drive
        text = absolute.as_posix()
    return f"./{text}" if text[0] == "~" or ":" in text else text  # neither a home folder nor a public data set


def _lines(config: Config, why: dict[str, str], examples: Mapping[str, str], heads: list[str]) -> Iterator[str]:
    keys = reference()
    for name, section in config:
        if name == "heads":
            yield from ["", *(f"# {_printable(line)}".rstrip() for line in heads)] if heads else ()
            continue
        yield ""
        yield from _reasons(why.get(name, ""))
        yield f"[{name}]"
        for i, key in enumerate(type(section).model_fields):
            described, value = keys[f"{name}.{key}"], getattr(section, key)
            if key == "sources":
                continue
            if i and why.get(described.name):
                yield ""
            yield from _reasons(why.get(described.name, ""))
            is_absent = value is None and not described.is_table
            yield from _beside(
                f"# {key} = {examples.get(described.name, described.example)}"
                if is_absent
                else f"{key} = {_toml(value)}",
                described.comment,
            )


def _reasons(text: str) -> Iterator[str]:
    for paragraph in text.split("\n") if text else ():
        yield from (f"# {line}" for line in wrap(_printable(paragraph), WIDTH - 2, break_on_hyphens=False))


def _printable(text: str) -> str:
    """The text without control characters."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _beside(line: str, comment: str) -> Iterator[str]:
    whole = f"{line:<{BESIDE - 2}}  # {comment}"
    yield from [whole] if len(whole) <= WIDTH else [*_reasons(comment), line]


def _toml(value: object) -> str:
    if isinstance(value, pydantic.BaseModel):
        hidden: set[str] = set()
        if isinstance(value, Words):
            hidden |= {"dim"} if value.kind == "onehot" or value.vectors else set()
            hidden |= set() if value.vectors else {"trainable", "word_list"}
        value = value.model_dump(exclude=hidden, exclude_none=True)
    return shown(value)

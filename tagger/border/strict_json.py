"""Strict JSON: no constants that JSON lacks, no key twice, no endless nesting, and text that can be written again."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tagger.border.regular import MB, open_regular, read_regular
from tagger.border.schema import Schema, check, shown
from tagger.border.sizes import LINE, RECORD
from tagger.errors import TaggerError

MAX_DIGITS = 4000  # of a whole number, below the limit of Python
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is not strict JSON; the message is for the user.
    """
    try:
        value = json.loads(text, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("brackets are nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    if SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise ValueError("half of a surrogate pair, which is no character") from None
    return value


def read_json(path: Path, schema: Schema, error: type[TaggerError], hint: str | None = None, **where: Any) -> Any:
    """The value of a JSON file, checked against a schema.

    Args:
        path: path of the file.
        schema: schema of the value.
        error: type of the error.
        hint: hint if the content is wrong.
        where: `within` of `read_regular`.

    Raises:
        FileNotFoundError: there is no such file.
        TaggerError: it cannot be read, or its content is wrong; names file and key.
    """
    text = read_text(path, error, **where)
    try:
        value = parse_json(text)
        check(value, schema)
    except ValueError as problem:
        raise error(f"{path}: {problem}", hint) from None
    return value


def read_text(path: Path, error: type[TaggerError], *, limit: int = RECORD, within: Path | None = None) -> str:
    """The text of a file that tagger wrote; bytes of paths that are not UTF-8 are kept as surrogates.

    Raises:
        FileNotFoundError: there is no such file.
        TaggerError: it cannot be read.
    """
    try:
        return read_regular(path, limit=limit, within=within).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from None


def read_lines(path: Path, error: type[TaggerError], *, limit: int, within: Path | None = None) -> Iterator[str]:
    """The lines of a file that tagger wrote, without their ends, one at a time; errors as for `read_text`."""
    number = 0
    try:
        with open_regular(path, limit=limit, within=within) as file:
            while line := file.readline(LINE + 1):
                number += 1
                if len(line) > LINE:
                    raise error(f"{path}: line {number}: is longer than {LINE // MB} MB")
                yield line.removesuffix(b"\n").decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from None


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {shown(name)} is there twice")
    return table

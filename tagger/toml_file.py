"""TOML files in any encoding, with hints for common mistakes."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tagger.border.regular import read_regular
from tagger.border.sizes import SIZES
from tagger.errors import ConfigError
from tagger.format_names import MARKS
from tagger.terminal_text import command_line

MAX_DEPTH = 32
NESTED = f"tables and lists are nested more than {MAX_DEPTH} deep"
LARGEST = SIZES["config.toml"]  # bytes; a larger file is not a config
SHELL_PIPES = (Path("/dev/fd"), Path("/proc/self/fd"))  # as in `tagger train <(COMMAND)`
QUOTES = "“”„‟‘’‚«»"  # quotation marks of word processors and web pages
ESCAPED = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "\x1b": r"\e"}


def read_tables(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ConfigError: it cannot be read, or is not TOML.
    """
    text = read_toml(path)
    try:
        return parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {_problem(str(error))}", _how_to_write(text, str(error))) from None
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML that can be read: {error}") from None


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        TOMLDecodeError: it is not TOML.
        ValueError: tables or lists are nested too deep, or a number has thousands of digits.
    """
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise ValueError(NESTED) from None
    level: list[object] = [tables]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in _inner(each)]
    if level:
        raise ValueError(NESTED)
    return tables


def _inner(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _problem(message: str) -> str:
    """A problem of TOML in plain words, if Python's message is not."""
    if table := re.match(r"Cannot declare \((.+?),?\) twice", message):
        name = ".".join(re.findall(r"'(.*?)'", table[1]))
        return message.replace(table[0], f"the table [{name}] is there twice")
    return message


def read_toml(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises:
        ConfigError: it cannot be read, or is in another encoding.
    """
    try:
        content = _from_shell(path) if path.parent in SHELL_PIPES else read_regular(path, limit=LARGEST)
    except (OSError, ValueError) as error:  # ValueError: there is a NUL in the path
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > LARGEST:
        raise ConfigError(f"{path}: is larger than {LARGEST >> 20} MB, which no config is")
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start : error.start + 1]
        if encoding != "utf-8-sig":
            raise ConfigError(f"{path}: not {encoding}: {error.reason} (at line {line})", "save it as UTF-8") from None
        encoding = "cp1252" if _is_in("cp1252", content) else "latin-1"
        what = f"byte 0x{byte.hex()}, which is {byte.decode(encoding)!r} in {encoding}"
        raise ConfigError(f"{path}: not UTF-8: {what} (at line {line})", _recode(path, encoding)) from None
    if "\0" in text:
        encoding = "utf-16-be" if content.startswith(b"\0") else "utf-16-le"
        raise ConfigError(f"{path}: {encoding} without a byte order mark, or no text", _recode(path, encoding))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_shell(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _is_in(encoding: str, content: bytes) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _recode(path: Path, encoding: str) -> str:
    new = path.with_name(f"{path.stem}-utf8{path.suffix}")
    return f"save it as UTF-8: iconv -f {encoding} -t utf-8 {command_line(path)} >{command_line(new)}"


def is_config(path: Path) -> bool:
    """Whether a file is a config, by its name or else its content."""
    if path.suffix.lower() == ".toml":
        return True
    try:
        return isinstance(read_tables(path).get("data"), dict)
    except ConfigError:
        return False


def is_sweep_file(path: Path) -> bool:
    """Whether a file describes a sweep: it has a [sweep] table or a `base`."""
    try:
        text = read_toml(path)
    except ConfigError:
        return False
    begins = re.search(r"^[ \t]*(\[ *sweep *[\].]|base *= *[\"'])", text, re.MULTILINE) is not None
    return begins and (path.suffix.lower() == ".toml" or _is_toml(text))


def _is_toml(text: str) -> bool:
    try:
        parse_toml(text)
    except ValueError:
        return False
    return True


def _how_to_write(text: str, problem: str) -> str | None:
    """The correct form of the line that is not TOML, for common mistakes."""
    number = re.search(r"at line (\d+)", problem)
    if number is None:
        return None
    line = text.split("\n")[int(number[1]) - 1].strip()
    key, equals, value = (part.strip() for part in line.partition("="))
    if equals and '"' in value and "\\" in value:
        return with_slashes(key, value.strip('"'))
    if any(character in line for character in QUOTES):
        return f"use straight quotes: {re.sub(f'[{QUOTES}]', chr(34), line)}"
    if value in ("True", "False"):
        return f"{key} = {value.lower()}"
    if equals and re.fullmatch(r"[^\W\d][\w./:\\-]*", value):
        return f'put text in quotes: {key} = "{_slashed(value)}"'
    if equals and re.fullmatch(r"\d+\s*,[\d\s,]*", value):
        return f"put a list in brackets: {key} = [{value.strip(', ')}]"
    return None


def with_slashes(key: str, path: str) -> str:
    r"""The correct form of a path in which `\` was read as an escape."""
    for character, escape in ESCAPED.items():
        path = path.replace(character, escape)
    return (
        f'a backslash in double quotes starts an escape: {key} = "{_slashed(path)}", '
        f"or on Windows {key} = '{path}' with single quotes"
    )


def _slashed(path: str) -> str:
    return re.sub(r"\\+", "/", path)

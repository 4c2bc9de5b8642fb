"""Checked values of JSON objects: strings, lists of strings, spans of characters."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tagger.corpus.alignment import CharSpan
from tagger.corpus.column_names import did_you_mean
from tagger.corpus.counted import counted
from tagger.corpus.layout import Column
from tagger.corpus.limits import N_CHARACTERS, first_lines
from tagger.errors import DataError

BORDERS = (("start", "end"), ("start_offset", "end_offset"))
LABELS = ("label", "labels", "entity")
LIST_TO_LINES = "one object per line: jq -c '.[]' <OLD >NEW"
PAIRS_TO_LINES = "for pairs of a token and its tag: jq -c '{tokens: map(.[0]), tags: map(.[1])}' <OLD >NEW"
N_BELOW = 10_000  # lines in which the end of a value is searched
OBJECTS_TO_LINES = "one object per line: jq -c . <OLD >NEW"


def parse_object(line: str, location: str, *, rest: Iterable[str] = ()) -> dict[str, Any]:
    """Parse the object on a line.

    Args:
        line: the line.
        location: file and line, for messages.
        rest: lines after it, of which some are read if the object does not end on its line, for a hint.

    Raises:
        DataError: the line is not JSON, or not an object.
    """
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        hint = None
        if looks_like_json(line) and _ends_below(line, rest):
            hint = LIST_TO_LINES if line.lstrip().startswith("[") else OBJECTS_TO_LINES
        raise DataError(f"{location}: not JSON: {error.msg}, in column {error.colno}: {line[:80]!r}", hint) from None
    except (RecursionError, ValueError) as error:  # nested too deep, or a number with too many digits
        raise DataError(f"{location}: JSON that cannot be read: {error}") from None
    if not isinstance(value, dict):
        hint = None
        if isinstance(value, list):
            hint = PAIRS_TO_LINES if value and all(isinstance(pair, list) for pair in value) else LIST_TO_LINES
        raise DataError(f"{location}: expected an object, got {_kind(value)}", hint)
    return value


def _ends_below(line: str, rest: Iterable[str]) -> bool:
    """Whether the value that starts on a line ends on a later one, or after what is read of them; if not, it is cut."""
    try:
        below = [*first_lines(rest, N_BELOW)]
    except DataError:  # cannot be read further
        return False
    try:
        json.JSONDecoder().raw_decode("\n".join([line.lstrip(), *below]))
    except (RecursionError, ValueError):
        return len(below) == N_BELOW or sum(map(len, below)) >= N_CHARACTERS
    return True


def looks_like_json(line: str) -> bool:
    """Whether a line is an object or a list of JSON, or the first line of one.

    >>> [looks_like_json(line) for line in ('{"a": 1}', '[{"a": 1,', "[", "[ PUNCT")]
    [True, True, True, False]
    """
    text = line.strip()
    if text[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text)
        return is_cut and ('"' in text or text in ("[", "{", "[{", "[ {", "[["))
    except (RecursionError, ValueError):
        pass
    return True


def string_list(values: object, key: str, what: str, location: str) -> tuple[str, ...]:
    """Check a list of tokens, tags or other values.

    Args:
        values: value of the key.
        key: key, for messages.
        what: `token`, `tag` or `value`. Tags and values may be whole numbers, as in many published sets.
        location: file and line, for messages.

    Raises:
        DataError: it is not a list of strings, or one is empty.
    """
    if not isinstance(values, list):
        raise DataError(f"{location}: `{key}`: expected a list of strings, got {_kind(values)}")
    if what != "token":
        values = [str(value) if type(value) is int else value for value in values]
    for i, value in enumerate(values):
        if not isinstance(value, str):
            raise DataError(f"{location}: `{key}`: expected strings, got {_kind(value)} at {i}")
        if not (value.strip(" ") if what == "tag" else value):
            raise DataError(f"{location}: `{key}`: the {what} at {i} is empty")
    check_text("".join(values), location)
    return tuple([value.strip(" ") for value in values] if what == "tag" else values)


def value_rows(
    obj: dict[str, Any], keys: Sequence[Column], n_tokens: int, location: str
) -> tuple[tuple[str, ...], ...]:
    """Per token, its values in the lists under some keys.

    Raises:
        DataError: a key is missing, or its value is not a list of `n_tokens` strings.
    """
    lists = []
    for key in map(str, keys):
        values = string_list(value_of(obj, key, location), key, "value", location)
        if len(values) != n_tokens:
            counts = f"{counted(n_tokens, 'token')}, but {counted(len(values), 'value')}"
            raise DataError(f"{location}: {counts} of `{key}`")
        lists.append(values)
    return tuple(zip(*lists, strict=True))


def group_value(obj: dict[str, Any], key: str, location: str) -> str:
    """The value of the key of groups, a string or a whole number.

    Raises:
        DataError: the key is missing, or has another value.
    """
    value = value_of(obj, key, location)
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        expected = "expected a string or a whole number that names a group"
        raise DataError(f"{location}: `{key}`: {expected}, got {_kind(value)}")
    return check_text(str(value), location)


def label_value(obj: dict[str, Any], key: str, location: str) -> str:
    """The label under a key: a string, or a number or truth value as JSON spells it.

    Raises:
        DataError: the key is missing, or has another value, or an empty string.

    >>> label_value({"is_spam": True}, "is_spam", "a.jsonl:1"), label_value({"stars": 4.5}, "stars", "a.jsonl:2")
    ('true', '4.5')
    """
    value = value_of(obj, key, location)
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if not isinstance(value, str):
        is_list_of_one = isinstance(value, list) and len(value) == 1
        raise DataError(
            f"{location}: `{key}`: expected a string, a number, true or false, got {_kind(value)}",
            f"if each list has one label: jq -c '.{json.dumps(key)} |= .[0]' <OLD >NEW" if is_list_of_one else None,
        )
    if not value.strip():
        raise DataError(f"{location}: `{key}`: the sentence has no label: the string is empty")
    return check_text(value.strip(), location)


def value_of(obj: dict[str, Any], key: str, location: str) -> object:
    """The value under a key.

    Raises:
        DataError: the key is missing.
    """
    if key not in obj:
        keys = ", ".join(f"`{key}`" for key in obj)[:80]
        raise DataError(f"{location}: there is no key `{key}`; the object has {keys}{did_you_mean(key, obj)}")
    return obj[key]


def span_list(values: object, key: str, text: str, location: str) -> list[CharSpan]:
    """Check a list of spans of a text.

    Raises:
        DataError: it is not a list of spans, or one is not within the text.
    """
    if not isinstance(values, list):
        raise DataError(f"{location}: `{key}`: expected a list of spans, got {_kind(values)}")
    return [_span(value, f"{location}: `{key}`: span {i}", text) for i, value in enumerate(values)]


def _span(value: object, location: str, text: str) -> CharSpan:
    parts = parse_span(value)
    if parts is None:
        raise DataError(f"{location}: expected start and end, whole numbers, and a label, got {value!r:.80}")
    start, end, label = parts
    check_text(label, location)
    if not 0 <= start <= end <= len(text):
        raise DataError(
            f"{location}: {start} to {end} is outside the text of {counted(len(text), 'character')}",
            "start and end count characters from 0; end is the first character after the span",
        )
    return CharSpan(start, end, label.strip(" "))


def parse_span(value: object) -> tuple[int, int, str] | None:
    """Parse a span into start, end and label, in characters from 0; None if a value is not a span.

    A span is an object with `start` and `end` (or `start_offset` and `end_offset`) and `label`, `entity` or `labels` (a
    list of one), or a list of these three. Labels may be whole numbers, as some tools write them.

    >>> parse_span({"start": 0, "end": 4, "labels": ["PER"]}), parse_span([0, 4, 2])
    ((0, 4, 'PER'), (0, 4, '2'))
    """
    if isinstance(value, dict):
        borders = next((borders for borders in BORDERS if borders[0] in value), BORDERS[0])
        label = next((value[key] for key in LABELS if value.get(key) is not None), None)
        label = label[0] if isinstance(label, list) and len(label) == 1 else label
        value = [*(value.get(border) for border in borders), label]
    match value:
        case [start, end, label] if type(start) is type(end) is int and (type(label) is int or isinstance(label, str)):
            return (start, end, str(label)) if str(label).strip(" ") else None
    return None


def check_text(text: str, location: str) -> str:
    """Return a text unchanged if other files can hold it, too: JSON can escape what they cannot.

    Raises:
        DataError: the text holds a NUL or half of a surrogate pair.
    """
    if "\0" in text:
        raise DataError(f"{location}: there is a NUL in the text")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{location}: there is half of a surrogate pair in the text: {text[error.start]!a}") from None
    return text


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
    return f"the number {value}"

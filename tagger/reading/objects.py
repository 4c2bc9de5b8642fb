"""Which keys of JSON objects hold tokens and tags, or a text and its spans."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from tagger.corpus.formats.jsonl import KEYS
from tagger.corpus.json_values import parse_object, parse_span
from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.reading.cells import MOST, Cells, share
from tagger.reading.roles import Roles, choose_roles, choose_token
from tagger.reading.tables import Guess, Table

EXAMPLE = 'for example {"tokens": ["John", "sleeps"], "tags": ["S", "V"]}'
N_OBJECTS = 2_000  # that are looked at
KINDS = {str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}


def guess_objects(content: list[str], path: str, known: Layout = Layout()) -> Guess:
    """The layout of a file with an object a line.

    Args:
        content: lines that are not blank.
        path: the file, for errors.
        known: whether lines that cannot be read are left out.

    Raises:
        DataError: it is JSON of another kind, or objects hold no tokens with tags and no text with spans.
    """
    objects = _objects(content, path, known)
    found = _tokens_with_tags(objects, path) or _text_with_spans(objects)
    if found is None and any(token in objects[0] and isinstance(objects[0].get(tag), list) for token, tag in KEYS):
        return Guess(Layout(format="jsonl"), {"format": "JSON, an object a line"})  # what is wrong, its reader says
    if found is None:
        kinds = ((key, KINDS.get(type(objects[0].get(key)), "null")) for key in _keys(objects)[:8])
        have = ", ".join(f"`{key}` ({kind})" for key, kind in kinds)
        raise DataError(
            f"{path}: expected lists of tokens and tags, or a text and spans, got objects with {have or 'nothing'}",
            EXAMPLE,
        )
    return Guess(found.layout, {"format": "JSON, an object a line"} | found.why)


def untagged_objects(content: list[str], path: str) -> Layout:
    """The layout of a file with an object a line, of which tags are not read.

    Raises:
        DataError: it is JSON of another kind.
    """
    objects = _objects(content, path)
    lists = _keys(objects, _is_texts)
    texts = _keys(objects, lambda value: isinstance(value, str))
    texts.sort(key=lambda key: -sum(len(str(each.get(key))) for each in objects))
    has_usual_keys = any(token in each for each in objects for token, _ in KEYS)
    return Layout(format="jsonl", token=None if has_usual_keys else next(iter([*lists, *texts]), None))


def _objects(content: list[str], path: str, known: Layout = Layout()) -> list[dict[str, Any]]:
    objects = []
    for i, line in enumerate(islice(content, N_OBJECTS), 1):
        try:
            objects.append(parse_object(line, f"{path}:{i}"))
        except DataError:
            if known.bad_rows == "error" or i == 1:
                raise
    return objects


def _tokens_with_tags(objects: list[dict[str, Any]], path: str) -> Guess | None:
    """Lists of texts, of as many each, one of which is tags; else tags are a list of whole numbers beside them."""
    texts = _keys(objects, _is_texts)
    numbers = [key for key in _keys(objects, _is_numbers) if key not in texts]
    sizes = [{key: len(found.get(key) or ()) for key in (*texts, *numbers)} for found in objects]

    def as_many(keys: list[str], first: str) -> list[str]:
        return [key for key in keys if share(size[key] == size[first] for size in sizes) > MOST]

    for first in texts:
        same, ids = as_many(texts, first), as_many(numbers, first)
        sound = [each for each in objects if all(map(_is_texts, (each.get(key) or [] for key in same)))]
        steps = ([list(step) for step in zip(*(each.get(k) or () for k in same), strict=False)] for each in sound)
        table = Table(Layout(format="jsonl"), list(same), [rows for rows in steps if rows], {})
        if not table.sentences or not (len(same) > 1 or ids):
            continue
        if roles := _roles(table, path, has_ids=bool(ids)):
            told = [roles.about_tags(), f"whole numbers, as many as tokens: {', '.join(ids)}" if ids else ""]
            layout = Layout(format="jsonl", token=same[roles.token.place], tag=same[roles.tags[0].place])
            return Guess(layout, {"tag": "\n".join(filter(None, told))})
        token, _ = choose_token([Cells(place, table.sentences) for place in range(len(same))])
        *others, tag = [key for key in ids if len({n for o in objects for n in o.get(key) or ()}) > 1] or ids
        also = f"; {', '.join(others)} {'are' if len(others) > 1 else 'is'} too" if others else ""
        why = f"whole numbers, as many as tokens{also}; data.map may give them names, and spans their scheme"
        return Guess(Layout(format="jsonl", token=same[token.place], tag=tag), {"tag": why})
    return None


def _roles(table: Table, path: str, *, has_ids: bool) -> Roles | None:
    """What lists of texts are; None where none of them is tags, and whole numbers may be.

    Raises:
        DataError: none of them is tags, and there are no numbers.
    """
    try:
        roles = choose_roles(table, path)
    except DataError:
        if has_ids:
            return None
        raise
    return None if has_ids and roles.tags[0].n_values == 1 else roles


def _text_with_spans(objects: list[dict[str, Any]]) -> Guess | None:
    """The longest text, and the first list of spans."""
    texts = _keys(objects, lambda value: isinstance(value, str))
    spans = [key for key in _keys(objects, _is_spans) if any(found.get(key) for found in objects)]
    if not texts or not spans:
        return None
    text = max(texts, key=lambda key: sum(len(str(found.get(key))) for found in objects))
    n_spans = sum(len(found.get(spans[0]) or ()) for found in objects)
    why = {"token": "the longest texts, which are cut into tokens", "tag": f"{n_spans:,} spans of its characters"}
    return Guess(Layout(format="jsonl", token=text, tag=spans[0]), why)


def _keys(objects: list[dict[str, Any]], test: Callable[[object], bool] | None = None) -> list[str]:
    """The keys of objects; with a test, those under which nearly all have a value, and nearly all of these pass."""
    keys = list(dict.fromkeys(key for found in objects for key in found))
    if test is None:
        return keys

    def passes(key: str) -> bool:
        values = [found[key] for found in objects if found.get(key) is not None]
        return len(values) > MOST * len(objects) and share(map(test, values)) > MOST

    return [key for key in keys if passes(key)]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int for item in value)


def _is_spans(value: object) -> bool:
    return isinstance(value, list) and all(map(parse_span, value))

"""Keys of JSON objects that hold tokens and tags, or a text and its spans."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.formats.jsonl import KEYS
from tagger.corpus.json_values import label_value, parse_object, parse_span
from tagger.corpus.layout import Column, Layout
from tagger.errors import DataError
from tagger.reading.column_profile import NEARLY_ALL, ColumnProfile, fraction
from tagger.reading.roles import Roles, choose_roles, choose_token
from tagger.reading.sentence_labels import are_labels
from tagger.reading.tables import Guess, Table

EXAMPLE = 'for example {"tokens": ["John", "sleeps"], "tags": ["S", "V"]}'
N_OBJECTS = 2_000  # first objects of a file, on which all guesses are based
KINDS = {str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}
FORMAT = {"format": "JSON, one object per line"}


def guess_objects(content: list[str], path: str, known: Layout = Layout()) -> Guess:
    """Guess the layout of a file with one object per line.

    Args:
        content: lines that are not blank.
        path: path of the file, for errors.
        known: layout as far as known; here, whether lines that cannot be read are skipped.

    Raises:
        DataError: it is JSON of another kind, or objects have neither tokens with tags nor a text with spans.
    """
    objects = _objects(content, path, known)
    if known.answers:
        return Guess(Layout(format="jsonl", token=_token_key(objects, known)), FORMAT)
    guess = _tokens_with_tags(objects, path) or _text_with_spans(objects)
    if guess is None and any(token in objects[0] and isinstance(objects[0].get(tag), list) for token, tag in KEYS):
        return Guess(Layout(format="jsonl"), FORMAT)  # the reader reports what is wrong
    if guess is None:
        kinds = ((key, KINDS.get(type(objects[0].get(key)), "null")) for key in _keys(objects)[:8])
        listed = ", ".join(f"`{key}` ({kind})" for key, kind in kinds)
        raise DataError(
            f"{path}: expected lists of tokens and tags, or a text and spans, got objects with {listed or 'nothing'}",
            EXAMPLE,
        )
    return replace(guess, why=FORMAT | guess.why)


def _token_key(objects: list[dict[str, Any]], known: Layout) -> str | None:
    """The key of tokens or of a text beside known answers; None if no key has them in nearly all objects."""
    taken = {answer.column for answer in known.answers} | {*known.columns, known.group}
    lists = [key for key in _keys(objects, _is_texts) if key not in taken]
    texts = [key for key in _keys(objects, lambda value: isinstance(value, str)) if key not in taken]
    texts.sort(key=lambda key: -sum(len(str(each.get(key))) for each in objects))
    keys = {str(answer.column) for answer in known.answers if is_per_token(answer) and answer.column is not None}
    if per_token := [key for key in _keys(objects, lambda v: _is_texts(v) or _is_numbers(v)) if key in keys]:

        def is_as_long(key: str) -> bool:
            lengths = ((len(each.get(key) or ()), len(each.get(per_token[0]) or ())) for each in objects)
            return fraction(n == n_answers for n, n_answers in lengths) > NEARLY_ALL

        candidates = [key for key in lists if is_as_long(key)]
    else:
        candidates = [*(key for key in lists if key == "tokens"), *texts, *lists]
    usual = [key for key in dict.fromkeys(token for token, _ in KEYS) if key in candidates]
    return next(iter([*usual, *candidates]), None)


def guess_untagged_objects(content: list[str], path: str) -> Layout:
    """Guess the layout of a file with one object per line whose tags are not read.

    Raises:
        DataError: it is JSON of another kind.
    """
    objects = _objects(content, path)
    lists = _keys(objects, _is_texts)
    texts = _keys(objects, lambda value: isinstance(value, str))
    texts.sort(key=lambda key: -sum(len(str(each.get(key))) for each in objects))
    has_usual_keys = any(token in each for each in objects for token, _ in KEYS)
    return Layout(format="jsonl", token=None if has_usual_keys else next(iter([*lists, *texts]), None))


def label_keys_of(content: list[str], path: str, known: Layout = Layout()) -> dict[Column, Counter[str]]:
    """Count the values of keys that label nearly all objects, by key.

    Args:
        content: lines that are not blank.
        path: path of the file, for errors.
        known: layout as far as known.

    Raises:
        DataError: it is JSON of another kind.
    """
    objects = _objects(content, path, known)
    taken = {known.token, known.tag, known.group, *known.columns}
    keys = [key for key in _keys(objects, lambda value: isinstance(value, str | int | float)) if key not in taken]
    counts: dict[Column, Counter[str]] = {
        key: Counter(label_value(each, key, path) for each in objects if each.get(key) not in (None, ""))
        for key in keys
    }
    return {key: values for key, values in counts.items() if are_labels(values)}


def _objects(content: list[str], path: str, known: Layout = Layout()) -> list[dict[str, Any]]:
    objects = []
    for i, line in enumerate(islice(content, N_OBJECTS), 1):
        try:
            objects.append(parse_object(line, f"{path}:{i}", rest=islice(content, i, None)))
        except DataError:
            if known.bad_rows == "error" or i == 1:
                raise
    return objects


def _tokens_with_tags(objects: list[dict[str, Any]], path: str) -> Guess | None:
    """Lists of texts of equal lengths, one of which is the tags; otherwise a list of whole numbers is the tags."""
    texts = _keys(objects, _is_texts)
    numbers = [key for key in _keys(objects, _is_numbers) if key not in texts]
    sizes = [{key: len(each.get(key) or ()) for key in (*texts, *numbers)} for each in objects]

    def as_long(keys: list[str], first: str) -> list[str]:
        return [key for key in keys if fraction(size[key] == size[first] for size in sizes) > NEARLY_ALL]

    for first in texts:
        same, ids = as_long(texts, first), as_long(numbers, first)
        valid = [each for each in objects if all(map(_is_texts, (each.get(key) or [] for key in same)))]
        steps = ([list(step) for step in zip(*(each.get(k) or () for k in same), strict=False)] for each in valid)
        table = Table(Layout(format="jsonl"), list(same), [rows for rows in steps if rows], {})
        if not table.sentences or not (len(same) > 1 or ids):
            continue
        if roles := _roles(table, path, has_ids=bool(ids)):
            notes = [roles.notes_on_tags(), f"whole numbers, as many as tokens: {', '.join(ids)}" if ids else ""]
            layout = Layout(format="jsonl", token=same[roles.token.index], tag=same[roles.tags[0].index])
            return Guess(layout, {"tag": "\n".join(filter(None, notes))}, others=roles.others)
        token, _ = choose_token([ColumnProfile(i, table.sentences) for i in range(len(same))])
        *others, tag = [key for key in ids if len({n for o in objects for n in o.get(key) or ()}) > 1] or ids
        also = f", like {', '.join(others)}" if others else ""
        why = f"whole numbers, as many as tokens{also}; data.map can give them names, and spans a scheme"
        return Guess(Layout(format="jsonl", token=same[token.index], tag=tag), {"tag": why})
    return None


def _roles(table: Table, path: str, *, has_ids: bool) -> Roles | None:
    """Roles of lists of texts; None if none of them is the tags, but whole numbers may be.

    Raises:
        DataError: none of them is the tags, and there are no numbers.
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
    spans = [key for key in _keys(objects, _is_spans) if any(each.get(key) for each in objects)]
    if not texts or not spans:
        return None
    text = max(texts, key=lambda key: sum(len(str(each.get(key))) for each in objects))
    n_spans = sum(len(each.get(spans[0]) or ()) for each in objects)
    why = {"token": "the longest texts, to be split into tokens", "tag": f"{n_spans:,} spans of its characters"}
    return Guess(Layout(format="jsonl", token=text, tag=spans[0]), why)


def _keys(objects: list[dict[str, Any]], test: Callable[[object], bool] | None = None) -> list[str]:
    """The keys of objects; with a test, those that nearly all objects have with a value that passes it."""
    keys = list(dict.fromkeys(key for each in objects for key in each))
    if test is None:
        return keys

    def passes(key: str) -> bool:
        values = [each[key] for each in objects if each.get(key) is not None]
        return len(values) > NEARLY_ALL * len(objects) and fraction(map(test, values)) > NEARLY_ALL

    return [key for key in keys if passes(key)]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int for item in value)


def _is_spans(value: object) -> bool:
    return isinstance(value, list) and all(map(parse_span, value))

"""Which keys of JSON objects hold tokens and tags, or a text and its spans."""

import json
from collections.abc import Callable
from itertools import islice

from tagger.corpus.jsonl import BORDERS, parse_object
from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.experiments.guess.cells import MOST, N_ROWS, share
from tagger.experiments.guess.roles import choose_roles
from tagger.experiments.guess.tables import Guess, Table

EXAMPLE = 'for example {"tokens": ["John", "sleeps"], "tags": ["S", "V"]}'
KINDS = {str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}


def is_json(line: str) -> bool:
    """Whether a line is JSON, or what JSON over many lines begins with."""
    try:
        return isinstance(json.loads(line), dict | list)
    except ValueError:
        return line.strip() in ("{", "[", "[{")
    except RecursionError:
        return True


def guess_objects(content: list[str], path: str) -> Guess:
    """The layout of a file with an object a line.

    Args:
        content: lines that are not blank.
        path: the file, for errors.

    Raises:
        DataError: it is JSON of another kind, or objects hold no tokens with tags and no text with spans.
    """
    if content[0].strip() in ("{", "[", "[{"):
        is_list = content[0].lstrip().startswith("[")
        raise DataError(
            f"{path}: JSON, but not an object a line: the first line is {content[0][:40]!r}",
            f"one object a line: jq -c '{'.[]' if is_list else '.'}' <OLD >NEW",
        )
    objects = [parse_object(line, f"{path}:{i}") for i, line in enumerate(islice(content, N_ROWS), 1)]
    keys = list(dict.fromkeys(key for found in objects for key in found))
    why = {"format": "JSON, an object a line"}

    def all_are(key: str, test: Callable[[object], bool]) -> bool:
        values = [found[key] for found in objects if found.get(key) is not None]
        return len(values) > MOST * len(objects) and share(map(test, values)) > MOST

    lists = [key for key in keys if all_are(key, _is_texts)]
    sizes = [{key: len(found.get(key) or ()) for key in lists} for found in objects]
    for first in lists:
        same = [key for key in lists if share(size[key] == size[first] for size in sizes) > MOST]
        rows = [[list(step) for step in zip(*(found[k] for k in same), strict=False)] for found in objects]
        if len(same) > 1 and any(rows):
            table = Table(Layout(format="jsonl"), list(same), [row for row in rows if row], why)
            roles = choose_roles(table, path)
            layout = Layout(format="jsonl", token=same[roles.token.place], tag=same[roles.tags[0].place])
            return Guess(layout, why | {"tag": roles.about_tags()})
    texts = [key for key in keys if all_are(key, lambda value: isinstance(value, str))]
    spans = [key for key in keys if all_are(key, _is_spans) and any(found.get(key) for found in objects)]
    if texts and spans:
        text = max(texts, key=lambda key: sum(len(str(found.get(key))) for found in objects))
        n_spans = sum(len(found.get(spans[0]) or ()) for found in objects)
        why |= {"token": "the longest texts, which are cut into tokens", "tag": f"{n_spans:,} spans of its characters"}
        return Guess(Layout(format="jsonl", token=text, tag=spans[0]), why)
    numbered = [key for key in keys if all_are(key, _is_numbers)]
    for first in lists:
        beside = [
            key for key in numbered if share(len(o.get(key) or ()) == len(o.get(first) or ()) for o in objects) > MOST
        ]
        if beside:
            others = f"; {', '.join(beside[:-1])} are too" if beside[:-1] else ""
            why["tag"] = (
                f"whole numbers, as many as tokens{others}; data.map may give them names, and spans their scheme"
            )
            return Guess(Layout(format="jsonl", token=first, tag=beside[-1]), why)
    have = ", ".join(f"`{key}` ({KINDS.get(type(objects[0].get(key)), 'null')})" for key in keys[:8])
    raise DataError(
        f"{path}: expected lists of tokens and tags, or a text and spans, got objects with {have or 'nothing'}", EXAMPLE
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int for item in value)


def _is_spans(value: object) -> bool:
    def is_span(item: object) -> bool:
        if isinstance(item, dict):
            return "label" in item and any(start in item and end in item for start, end in BORDERS)
        return isinstance(item, list) and [type(part) for part in item] == [int, int, str]

    return isinstance(value, list) and all(map(is_span, value))

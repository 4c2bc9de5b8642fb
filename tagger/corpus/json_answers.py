"""Keys of answers in JSON lines: whether any object has them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from tagger.corpus.column_names import did_you_mean
from tagger.corpus.layout import AnswerColumn
from tagger.corpus.limits import N_CHARACTERS
from tagger.errors import DataError


def require_keys(lines: Iterable[str], answers: Sequence[AnswerColumn], path: str) -> Iterator[str]:
    """Refuse a file in which no object has the key of an answer.

    Lines are read ahead up to the first object with each key, or up to `N_CHARACTERS`; those that are not JSON are
    left to the reader.

    Args:
        lines: all lines of the file.
        answers: answers to read, with their keys.
        path: path of the file, for messages.

    Raises:
        DataError: no object has a key; names the keys that there are.
    """
    lines, ahead = iter(lines), list[str]()
    missing = {str(answer.column): answer for answer in answers}
    keys: dict[str, None] = {}  # in the order of the file
    n_characters = 0
    for line in lines:
        ahead.append(line)
        n_characters += len(line) + 1
        for key in _keys_of(line):
            keys[key] = None
            missing.pop(key, None)
        if not missing or n_characters > N_CHARACTERS:
            break
    else:
        _refuse_missing(missing, keys, path)
    return chain(ahead, lines)


def _refuse_missing(missing: Mapping[str, AnswerColumn], keys: Collection[str], path: str) -> None:
    if keys and missing:
        key, answer = next(iter(missing.items()))
        shown = ", ".join(f"`{key}`" for key in keys)[:80]
        problem = f"{answer.title}: no object has the key `{key}`; the objects have {shown}{did_you_mean(key, keys)}"
        raise DataError(f"{path}: {problem}", f"set {answer.key} to another key")


def _keys_of(line: str) -> Iterable[str]:
    """Keys of the object in a line; none if there is no object."""
    try:
        obj = json.loads(line)
    except (ValueError, RecursionError):  # its reader reports it
        return ()
    return obj if isinstance(obj, dict) else ()

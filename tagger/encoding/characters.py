"""Words, character by character: each distinct form once."""

from collections.abc import Iterable

import numpy as np

from tagger.encoding.batches import Forms, Ids
from tagger.encoding.vocabulary import UNKNOWN, Vocabulary

HEAD, TAIL = 16, 16  # characters of a longer form that are looked at; what is between them is not


def visible(form: str) -> str:
    """The characters of a form that enter: all of them, or its head and its tail.

    >>> visible("tagger")
    'tagger'
    >>> len(visible("https://example.org/a/very/long/address"))
    32
    """
    return form if len(form) <= HEAD + TAIL else form[:HEAD] + form[-TAIL:]


def encode_forms(tokens: Iterable[str], n_tokens: int, characters: Vocabulary) -> tuple[Ids, Forms]:
    """The row of each token's form, (tokens,), and the characters of the distinct forms; of an empty one, `UNKNOWN`."""
    rows: dict[str, int] = {}
    row_of_token = np.fromiter((rows.setdefault(token, len(rows)) for token in tokens), np.int32, n_tokens)
    forms = [[characters.id_of(character) for character in visible(form)] or [UNKNOWN] for form in rows]
    lengths = np.array([len(form) for form in forms], np.int32)
    is_character = np.arange(max(lengths, default=0)) < lengths[:, None]
    ids = np.zeros(is_character.shape, np.int32)
    ids[is_character] = np.fromiter((i for form in forms for i in form), np.int32, int(lengths.sum()))
    return row_of_token, Forms(ids, lengths)

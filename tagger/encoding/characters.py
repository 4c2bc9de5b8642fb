"""Words, character by character."""

from collections.abc import Iterable

import numpy as np

from tagger.encoding.batches import Characters
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


def encode_characters(forms: Iterable[str], vocabulary: Vocabulary) -> Characters:
    """The ids of what is visible of each form; of an empty one, `UNKNOWN`."""
    ids = [[vocabulary.id_of(character) for character in visible(form)] or [UNKNOWN] for form in forms]
    lengths = np.array([len(form) for form in ids], np.int32)
    is_character = np.arange(max(lengths, default=0)) < lengths[:, None]
    padded = np.zeros(is_character.shape, np.int32)
    padded[is_character] = np.fromiter((i for form in ids for i in form), np.int32, int(lengths.sum()))
    return Characters(padded, lengths)

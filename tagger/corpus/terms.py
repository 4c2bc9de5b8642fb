"""Words for what a tagger reads: sentences of tokens with tags, or series of steps with states.

Texts are written in the words for sentences. `in_terms` puts them into those for series, before any name from a file is
part of them. The word column stays: it is also one of a table, and a text about inputs names channels itself.
"""

import re

SERIES_TERMS = {
    "sentence": "series",
    "sentences": "series",
    "token": "step",
    "tokens": "steps",
    "tag": "state",
    "tags": "states",
}
_TERM = re.compile(rf"\b({'|'.join(SERIES_TERMS)})\b", re.IGNORECASE)


def in_terms(text: str, *, is_series: bool) -> str:
    """Put a text of the program into the words for series, if it is about series.

    >>> in_terms("Sentences: 2, of 1,000 tokens, every tag correct", is_series=True)
    'Series: 2, of 1,000 steps, every state correct'
    >>> in_terms("2 sentences", is_series=False)
    '2 sentences'
    """
    return _TERM.sub(_series_term, text) if is_series else text


def _series_term(match: re.Match[str]) -> str:
    term = SERIES_TERMS[match[0].lower()]
    return term.capitalize() if match[0][0].isupper() else term

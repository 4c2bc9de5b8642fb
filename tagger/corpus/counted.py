"""Counts with their nouns, for messages."""


def counted(count: int, noun: str) -> str:
    """A count and its noun, in the plural unless the count is 1.

    >>> counted(1, "tag"), counted(1000, "tag"), counted(2, "series")
    ('1 tag', '1,000 tags', '2 series')
    """
    return f"{count:,} {noun}{'' if count == 1 or noun == 'series' else 's'}"

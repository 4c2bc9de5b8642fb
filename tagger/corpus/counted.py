"""Counts with their nouns, for messages."""


def counted(count: int, noun: str) -> str:
    """A count and its noun, in the plural unless the count is 1.

    >>> counted(1, "tag"), counted(1000, "tag")
    ('1 tag', '1,000 tags')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

"""Limits of a request, and of the requests that wait."""

from typing import NamedTuple

MB = 1 << 20


class Limits(NamedTuple):
    """The most that a server accepts.

    Args:
        body: bytes of the body of a request.
        sentences: sentences of a request.
        tokens: tokens of a request, and so of a sentence.
        seconds: seconds until a request is answered, and until its body has arrived.
        waiting: requests that wait for an answer at the same time.
    """

    body: int = MB
    sentences: int = 1_000
    tokens: int = 50_000
    seconds: float = 30.0
    waiting: int = 100


DEFAULTS = Limits()
MOST_RANKED = 100_000  # tokens of all best sequences of a request
MOST_LABELS = 200_000  # tokens, or tasks, times the controls of a project that are filled: labels of an answer
MOST_INSPECTED = 1_000  # tokens whose states are sent
MOST_STATES = 200_000  # these tokens times the units of the network: about 10 MB of JSON

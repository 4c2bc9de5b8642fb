"""Streams that return bytes in pieces."""

import io

PAIRS = [[("The", "DET"), ("cat", "NOUN")], [("purrs", "VERB")]]


class Pieces(io.RawIOBase):
    """A stream that returns one piece per read and counts the reads."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.n_given = 0

    def read1(self, size: int = -1) -> bytes:
        self.n_given += 1
        return self.pieces.pop(0) if self.pieces else b""

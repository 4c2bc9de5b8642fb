"""Streams that return bytes in pieces."""

import io
import itertools

PAIRS = [[("The", "DET"), ("cat", "NOUN")], [("purrs", "VERB")]]


class Endless(io.RawIOBase):
    """A stream that returns some bytes, then others over and over."""

    def __init__(self, head: bytes, piece: bytes) -> None:
        self.name = "endless"
        self.pieces = itertools.chain([head] if head else [], itertools.repeat(piece * (4096 // len(piece))))

    def read1(self, size: int = -1) -> bytes:
        return next(self.pieces)


class Pieces(io.RawIOBase):
    """A stream that returns one piece per read and counts the reads."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.n_given = 0

    def read1(self, size: int = -1) -> bytes:
        self.n_given += 1
        return self.pieces.pop(0) if self.pieces else b""

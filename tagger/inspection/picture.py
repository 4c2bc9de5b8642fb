"""A heat map of any size as a small PNG: a pixel for each number, or for the extreme of many."""

import base64
import struct
import zlib

import numpy as np

from tagger.encoding.arrays import Array, Doubles

LEVELS = 40  # shades on each side of zero
MOST_ROWS, MOST_COLUMNS = 100, 600  # pixels; more numbers share one
ABOVE, BELOW = (214, 110, 10), (40, 110, 220)  # colours of the tables, see inspect.css


def heat_png(values: Doubles, *, scale: float) -> str:
    """Draw a matrix as a PNG in base64, transparent at zero, so that it fits a light and a dark page.

    Args:
        values: (rows, columns).
        scale: the value of the strongest colour.
    """
    levels = np.clip(np.rint(extremes(values) / scale * LEVELS), -LEVELS, LEVELS)
    pixels: Array = (levels + LEVELS).astype(np.uint8)
    height, width = pixels.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = pixels
    shades = range(-LEVELS, LEVELS + 1)
    palette = bytes(value for shade in shades for value in (BELOW if shade < 0 else ABOVE))
    opacity = bytes(round(abs(shade) / LEVELS * 235) for shade in shades)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (b"IHDR", header), (b"PLTE", palette), (b"tRNS", opacity), (b"IDAT", zlib.compress(lines.tobytes(), 9))
    content = b"".join(_chunk(*chunk) for chunk in (*chunks, (b"IEND", b"")))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + content).decode()


def extremes(values: Doubles) -> Doubles:
    """The matrix with at most `MOST_ROWS` rows and `MOST_COLUMNS` columns: of many numbers, the furthest from zero.

    So a peak of one step in a series of thousands stays visible.
    """
    for axis, most in enumerate((MOST_ROWS, MOST_COLUMNS)):
        n = values.shape[axis]
        if n > most:
            starts = np.arange(most) * n // most
            highest, lowest = (part.reduceat(values, starts, axis=axis) for part in (np.maximum, np.minimum))
            values = np.where(highest >= -lowest, highest, lowest)
    return values


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

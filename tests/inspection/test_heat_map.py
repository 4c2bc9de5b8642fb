"""Pages stay short and small, and their pictures show every peak."""

import base64
import re
import struct
import zlib

import html5lib
import numpy as np
import pytest

from tagger.inspection.heat_map import FEW_COLUMNS, FEW_ROWS, heat_map
from tagger.inspection.html import html_page
from tagger.inspection.picture import LEVELS, extremes, heat_png
from tagger.inspection.steps import sentence_steps
from tagger.inspection.subject import subject_of

EVERYTHING = ("shapes", "weights", "returns", "states", "gates")


def pixels_of(png: str) -> np.ndarray:
    """The levels of a picture, from -LEVELS to LEVELS, read as the PNG specification says."""
    content = base64.b64decode(png)
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    position, chunks = 8, {}
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind, data = content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, position + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        chunks[kind] = data
        position += 12 + length
    assert [*chunks] == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    width, height, depth, colour_type, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour_type, rest) == (8, 3, [0, 0, 0])
    assert len(chunks[b"PLTE"]) == 3 * len(chunks[b"tRNS"]) == 3 * (2 * LEVELS + 1)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:].astype(int) - LEVELS


def test_picture_has_a_pixel_for_each_number():
    pixels = pixels_of(heat_png(np.array([[0.0, 2, -2], [1, -0.5, 9]]), scale=2.0))

    np.testing.assert_array_equal(pixels, np.array([[0, 1, -1], [0.5, -0.25, 1]]) * LEVELS)


@pytest.mark.parametrize("peak", [5.0, -5.0])
@pytest.mark.parametrize("step", [0, 1234, 2999])
def test_peak_of_one_step_among_thousands_stays_visible(step, peak):
    values = np.ones((7, 3000))
    values[3, step] = peak

    shown = extremes(values)

    assert shown.shape == (7, 600)
    assert np.argwhere(shown == peak).tolist() == [[3, step // 5]]
    assert (shown == 1).sum() == shown.size - 1


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "has_table", "has_picture"),
    [
        (FEW_ROWS, FEW_COLUMNS, True, False),
        (FEW_ROWS + 1, FEW_COLUMNS, True, True),
        (FEW_ROWS, FEW_COLUMNS + 1, True, True),
        (3000, 1, False, True),
        (20, 100, False, True),
    ],
)
def test_numbers_are_a_table_unless_there_are_many(n_rows, n_columns, has_table, has_picture):
    shown = heat_map("title", ["token"] * n_rows, ["unit"] * n_columns, np.ones((n_rows, n_columns)))

    assert (shown.table is not None, shown.picture is not None) == (has_table, has_picture)
    assert ("--format csv or json writes them" in shown.note) == (not has_table)


@pytest.mark.parametrize(
    ("layer", "n_steps"),
    [
        ("lstm units=100 inputs=2 bidirectional=true dense=10", 3000),
        ("lstm units=12,12,12,12,12,12,12,12 inputs=2 bidirectional=true dense=12", 12),
        (f"gru units={','.join(['1'] * 30)} inputs=2 dense=300", 100),
        ("lstm units=2 inputs=2 return_sequences=false dense=400", 1),
    ],
)
def test_page_is_small_and_short_for_any_network_and_series(layer, n_steps):
    subject = subject_of(None, layer, needs_weights=True)
    steps = sentence_steps(subject, np.random.default_rng(1).normal(size=(n_steps, 2)).tolist())

    page = html_page(subject, steps, EVERYTHING)

    html5lib.HTMLParser(strict=True).parse(page)
    assert len(page.encode()) < 2e6
    open_part = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    heights = map(int, re.findall(r"height: (\d+)px", open_part))
    height = 31 * open_part.count("<tr") + sum(heights) + 24 * len(re.findall(r"<(?:p|li|h\d|summary|fig)", open_part))
    assert height < 10 * 844  # screens of a phone

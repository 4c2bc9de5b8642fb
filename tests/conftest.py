"""What tests of several rooms share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tagger.corpus import Layout
from tagger.reading.read import read_sentences
from tests import SHARED_DATA

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Pairs = list[list[tuple[str, str]]]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, which is no part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture
def pairs(tmp_path: Path) -> Callable[..., Pairs]:
    """Writes a file, reads it, and gives (token, tag) sentence by sentence."""

    def pairs(content: str | bytes, name: str = "train.tsv", **options: object) -> Pairs:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        sentences = read_sentences(path, Layout(**options))  # type: ignore[arg-type]
        return [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in sentences]

    return pairs

"""Fixtures and settings shared by tests of several rooms."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tagger.corpus import Layout
from tagger.corpus.formats import format_by_suffix, load_format
from tagger.format_names import FormatName
from tagger.reading.read import read_sentences
from tests import SHARED_DATA

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LONGEST = ("test_ray.py", "test_sweep.py", "test_resume.py", "test_runs.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest test files first, so that no process waits for another at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


Pairs = list[list[tuple[str, str]]]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets, which are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture
def pairs(tmp_path: Path) -> Callable[..., Pairs]:
    """Write a file, read it, and return the (token, tag) pairs of each sentence.

    Without the option `format`, the format follows from the content, then from the suffix.
    """

    def pairs(content: str | bytes, name: str = "train.tsv", **options: object) -> Pairs:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        by_suffix = format_by_suffix(path) or "columns"
        candidates: tuple[FormatName, ...] = ("conllu", "jsonl") if by_suffix == "columns" else ()
        lines = [] if isinstance(content, bytes) else content.split("\n")
        formats = (each for each in candidates if any(map(load_format(each).recognises, lines)))
        options.setdefault("format", next(formats, by_suffix))
        sentences = read_sentences(path, Layout(**options))  # type: ignore[arg-type]
        return [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in sentences]

    return pairs

"""What tests of several rooms share."""

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
    """Put the files of the longest tests first, so that at the end no process waits for another's."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


Pairs = list[list[tuple[str, str]]]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, which is no part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture
def pairs(tmp_path: Path) -> Callable[..., Pairs]:
    """Writes a file, reads it, and gives (token, tag) sentence by sentence.

    Its format is, where none is given, that of the name, but for lines that show another one.
    """

    def pairs(content: str | bytes, name: str = "train.tsv", **options: object) -> Pairs:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        named = format_by_suffix(path) or "columns"
        shown: tuple[FormatName, ...] = ("conllu", "jsonl") if named == "columns" else ()
        lines = [] if isinstance(content, bytes) else content.split("\n")
        formats = (each for each in shown if any(map(load_format(each).recognises, lines)))
        options.setdefault("format", next(formats, named))
        sentences = read_sentences(path, Layout(**options))  # type: ignore[arg-type]
        return [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in sentences]

    return pairs

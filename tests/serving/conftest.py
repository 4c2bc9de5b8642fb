"""Models and clients that tests of the server share."""

from collections.abc import Iterator

import pytest

from tagger.serving.app import make_app
from tagger.serving.models import Models, load_models
from tests.bundles import (
    save_heads_bundle,
    save_numbers_bundle,
    save_series_bundle,
    save_spans_bundle,
    save_words_bundle,
)
from tests.serving.client import Client


@pytest.fixture(scope="session")
def models(tmp_path_factory) -> Iterator[Models]:
    """The taggers of words, spans, heads, numbers and series."""
    folder = tmp_path_factory.mktemp("models")
    save_words_bundle(folder / "words")
    save_spans_bundle(folder / "spans", decode="valid")
    save_heads_bundle(folder / "heads")
    save_numbers_bundle(folder / "numbers", fills=True)
    save_series_bundle(folder / "series")
    loaded = load_models([str(folder / name) for name in ("words", "spans", "heads", "numbers", "series")], threads=1)
    yield loaded
    for model in loaded.values():
        model.close()


@pytest.fixture(scope="session")
def client(models) -> Iterator[Client]:
    """A client of a server of all models."""
    with Client(make_app(models)) as client:
        yield client

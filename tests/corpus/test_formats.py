"""The records of the formats."""

from pathlib import Path

import pytest

from tagger.corpus.formats import format_by_suffix, load_format
from tagger.corpus.layout import REFUSALS
from tagger.format_names import FORMATS
from tests.bundles import save_words_bundle
from tests.processes import modules_after


def test_no_two_formats_share_a_suffix():
    suffixes = [suffix for name in FORMATS for suffix in load_format(name).suffixes]

    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


@pytest.mark.parametrize(("path", "expected"), [("a.TSV", "columns"), ("b/a.tsv.gz", "columns"), ("tsv", None)])
def test_a_suffix_determines_the_format_ignoring_case_and_gz(path, expected):
    assert format_by_suffix(Path(path)) == expected


@pytest.mark.parametrize("name", FORMATS)
def test_every_supported_key_has_a_message_for_formats_that_refuse_it(name):
    assert load_format(name).keys <= REFUSALS.keys()


def test_tagging_a_line_of_text_loads_no_format(tmp_path):
    model = str(save_words_bundle(tmp_path / "bundle"))

    assert not any(name.startswith("tagger.corpus.formats") for name in modules_after("predict", model, "John sleeps"))
    assert "tagger.corpus.formats.jsonl" not in modules_after("predict", model, "John sleeps", "--format", "tsv")

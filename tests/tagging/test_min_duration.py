import json
from dataclasses import replace

import pytest

from tagger.corpus.sentence import Sentence
from tagger.errors import BundleError, TaggerError
from tagger.tagging.bundle import load_bundle, save_bundle
from tagger.tagging.checksums import write_checksums
from tagger.tagging.tagger import Tagger
from tests.bundles import save_numbers_bundle


def series(*values: float) -> Sentence:
    return Sentence(tuple(map(str, values)), numbers=tuple((value, 0.0) for value in values))


def save_with_durations(folder, *steps):
    """The tagger of `save_numbers_bundle`, whose states high and low last so many steps at least."""
    bundle, graphs, golden = load_bundle(save_numbers_bundle(folder / "without"))
    save_bundle(bundle.with_targets("min_duration", {"head": steps}), folder / "with", graphs, golden)
    return folder / "with"


def test_a_bundle_keeps_its_minimal_durations_and_tags_with_them(tmp_path):
    folder = save_with_durations(tmp_path, 1, 2)
    flicker = series(2, 2, 0, 2, 2, 0, 0, 2)

    assert json.loads((folder / "bundle.json").read_text())["format"] == 7
    without, tagged = (Tagger.load(each).tag([flicker])[0] for each in (tmp_path / "without", folder))
    assert without.tags == ("high", "high", "low", "high", "high", "low", "low", "high")
    assert tagged.tags == ("high", "high", "high", "high", "high", "low", "low", "high")
    assert tagged.confidence[2] == pytest.approx(1 - without.confidence[2])


def test_without_durations_the_format_and_keys_stay_the_same(tmp_path):
    description = json.loads((save_numbers_bundle(tmp_path) / "bundle.json").read_text())

    assert description["format"] == 5
    assert "min_duration" not in description


def test_the_best_sequences_are_refused_under_minimal_durations(tmp_path):
    with pytest.raises(TaggerError, match="cannot be ranked: the tagger has a min_duration"):
        Tagger.load(save_with_durations(tmp_path, 2, 2)).tag([series(1, 2)], best=2)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([2], "min_duration has 1 numbers, for 2 tags"),
        ([2, 0], "min_duration"),
        ([2, 10_001], "min_duration"),
        ("2", "min_duration"),
    ],
)
def test_durations_that_training_does_not_write_are_refused(tmp_path, steps, message):
    folder = save_with_durations(tmp_path, 2, 2)
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"min_duration": steps}))
    write_checksums(folder)

    with pytest.raises(BundleError, match=message):
        Tagger.load(folder)


def test_durations_of_tags_that_mark_spans_are_refused(tmp_path):
    folder = save_with_durations(tmp_path, 2, 2)
    bundle, graphs, golden = load_bundle(folder)
    target = replace(bundle.targets[0], scheme="bio", scheme_train="bio")
    save_bundle(replace(bundle, targets=(target,)), folder, graphs, golden)

    with pytest.raises(BundleError, match="is for tags without a scheme"):
        Tagger.load(folder)

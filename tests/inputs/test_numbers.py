"""Numeric columns with missing values: how they are filled, and what a saved tagger keeps of it."""

import json
import math

import numpy as np
import pytest

from tagger.config import Features
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.errors import BundleError, ConfigError, DataError
from tagger.inputs import input_settings
from tagger.inputs.numbers import Numbers
from tagger.tagging.input import read_input
from tagger.tagging.tagger import Tagger
from tests.bundles import save_numbers_bundle
from tests.networks import fit

NAN = math.nan


def series(*rows: tuple[float, ...]) -> Sentence:
    return Sentence(("t",) * len(rows), numbers=rows)


def fitted(missing: str, train: list[Sentence], *, standardize: bool = False) -> Numbers:
    columns = ["x", "y"][: len((train[0].numbers or [()])[0])]
    features = Features.model_validate(
        {"words": False, "casing": False, "numeric": columns, "numeric_missing": missing, "standardize": standardize}
    )
    numbers = fit(features, train)["numbers"].input
    assert isinstance(numbers, Numbers)
    return numbers


def encoded(numbers: Numbers, *sentences: Sentence) -> list[list[float]]:
    steps: list[list[float]] = numbers.encode_steps(Sentences.collect(sentences)).tolist()
    return steps


TRAIN = [series((1.0, 5.0), (NAN, 6.0), (3.0, 7.0)), series((NAN, 6.0), (NAN, 6.0), (5.0, 6.0))]


def test_forward_fills_by_the_last_value_of_the_same_series_and_at_its_start_by_the_mean_of_train():
    assert encoded(fitted("forward", TRAIN), *TRAIN) == [
        [1, 5, 0], [1, 6, 1], [3, 7, 0],
        [3, 6, 1], [3, 6, 1], [5, 6, 0],
    ]  # fmt: skip


def test_mean_fills_by_the_mean_of_train():
    assert encoded(fitted("mean", TRAIN), series((NAN, NAN), (8.0, 1.0), (NAN, NAN))) == [
        [3, 6, 1], [8, 1, 0], [3, 6, 1]
    ]  # fmt: skip


def test_values_are_standardised_by_the_present_ones_and_indicators_are_not():
    numbers = fitted("mean", [series((1.0,), (NAN,), (3.0,))], standardize=True)

    assert (numbers.mean, numbers.deviation) == ((2.0,), (1.0,))
    assert encoded(numbers, series((5.0,), (NAN,))) == [[3, 0], [0, 1]]


def test_only_columns_that_miss_values_in_train_have_an_indicator():
    numbers = fitted("forward", TRAIN)

    assert (numbers.indicators, numbers.width) == ((0,), 3)
    assert "1 where x is missing" in numbers.describe()[0].note
    assert fitted("forward", [series((1.0, 2.0), (2.0, 2.0))]).width == 2


@pytest.mark.parametrize("missing", ["error", "forward", "mean"])
def test_a_column_without_any_number_in_train_is_named(missing):
    with pytest.raises(ConfigError, match=r"features\.numeric: column y has no number in train") as caught:
        fitted(missing, [series((1.0, NAN), (2.0, NAN))])
    assert "'y'" in (caught.value.hint or "")


def test_filling_forward_is_the_same_as_step_by_step():
    rng = np.random.default_rng(3)
    values = np.where(rng.random(200) < 0.4, NAN, rng.normal(size=200)).tolist()
    numbers = Numbers(("x",), missing="forward", fill=(0.5,), indicators=(0,))
    last, expected = 0.5, []
    for value in values:
        last = last if math.isnan(value) else value
        expected.append([np.float32(last), math.isnan(value)])

    assert encoded(numbers, series(*((value,) for value in values))) == expected


def test_the_initial_taggers_fill_and_indicators_are_kept():
    old = fitted("forward", TRAIN)
    features = Features(words=None, casing=False, numeric=["x", "y"], numeric_missing="forward", standardize=False)

    assert fit(features, [series((9.0, 9.0), (9.0, NAN))], [old])["numbers"].input == old


def test_without_missing_values_a_bundle_has_no_further_key():
    assert set(input_settings(Numbers(("x",), (1.0,), (2.0,)))) == {"kind", "columns", "mean", "deviation"}


def test_a_saved_tagger_fills_in_arrays_and_files_and_is_the_same_when_loaded(tmp_path):
    tagger = Tagger.load(save_numbers_bundle(tmp_path / "bundle", fills=True))
    (tmp_path / "a.csv").write_text("x,y\n,1\n0,NA\nnan,2\n5,\n?,1\n")

    array, from_file = [np.array([[NAN, 1], [0, NAN], [NAN, 2], [5, NAN], [NAN, 1]])], tmp_path / "a.csv"
    expected = ("high", "low", "low", "high", "high")

    assert tagger.tag(array)[0].tags == expected
    (sentence,) = read_input(from_file, tagger.bundle.layout)
    assert sentence.tokens == ("NaN", "0", "nan", "5", "?")
    assert tagger.tag([sentence])[0].tags == expected
    with pytest.raises(DataError, match="finite numbers, and NaN where one is missing"):
        tagger.tag([np.array([[math.inf, 1]])])


def test_a_tagger_that_fills_nothing_refuses_nan_and_says_how_to_fill(tmp_path):
    tagger = Tagger.load(save_numbers_bundle(tmp_path / "bundle"))

    with pytest.raises(DataError, match="finite numbers only") as caught:
        tagger.tag([np.array([[NAN, 1.0]])])
    assert "features.numeric_missing" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "change",
    [{"fill": [1.0]}, {"indicators": [2]}, {"indicators": [0, 0]}, {"missing": "zero"}, {"fill": [NAN, 0.0]}],
    ids=lambda change: next(iter(change)),
)
def test_a_bundle_whose_fill_does_not_fit_is_refused(tmp_path, change):
    from tagger.tagging.checksums import write_checksums

    folder = save_numbers_bundle(tmp_path / "bundle", fills=True)
    description = json.loads((folder / "bundle.json").read_text())
    description["network"]["inputs"][0] |= change
    (folder / "bundle.json").write_text(json.dumps(description))
    write_checksums(folder)

    with pytest.raises(BundleError):
        Tagger.load(folder)

"""Findings about numeric columns: missing values and constant channels."""

import math

from tagger.checks import Split, missing_notes, number_findings
from tagger.corpus import Sentence

NAN = math.nan


def split(name: str, *rows: tuple[float, ...]) -> Split:
    """One series, whose first step is in line 2."""
    lines = range(2, 2 + len(rows))
    return Split.of(name, [Sentence(("t",) * len(rows), numbers=rows, path=f"{name}.csv", line=2, token_lines=lines)])


TRAIN = split("train", (1.0, 4.0, NAN), (NAN, 4.0, 1.0), (NAN, 4.0, 2.0), (2.0, 4.0, 3.0))
DEV = split("dev", (1.0, NAN, 1.0))


def test_missing_values_are_counted_by_column_with_share_and_first_line():
    assert missing_notes([TRAIN, DEV], ["x", "y", "z"], "forward") == [
        "train: column x: 2 of 4 values missing (50.00%), first line 3; filled by the value of the step before",
        "train: column z: 1 of 4 values missing (25.00%), first line 2; filled by the value of the step before",
        "dev: column y: 1 of 1 values missing (100.00%), first line 2; filled by the value of the step before",
    ]


def test_missing_values_that_nothing_fills_are_errors_at_their_lines():
    first, second, third, _ = number_findings([TRAIN, DEV], ["x", "y", "z"], "error")

    assert (first.level, first.count, [*map(str, first.locations)]) == ("error", 2, ["train.csv:3", "train.csv:4"])
    assert 'features.numeric_missing = "forward"' in first.advice
    assert [each.split for each in (second, third)] == ["train", "dev"]


def test_missing_values_of_dev_alone_are_a_warning():
    findings = [each for each in number_findings([TRAIN, DEV], ["x", "y", "z"], "mean") if each.split == "dev"]

    assert [(each.level, each.count) for each in findings] == [("warning", 1)]


def test_a_column_without_any_number_is_an_error():
    (finding,) = number_findings([split("train", (NAN, 1.0), (NAN, 2.0))], ["x", "y"], "mean")

    assert (finding.key, finding.level, finding.count) == ("no-numbers", "error", 2)


def test_a_column_without_any_number_is_reported_once_and_not_for_dev():
    splits = [split("train", (NAN, 1.0), (NAN, 2.0)), split("dev", (NAN, 1.0))]

    assert [each.key for each in number_findings(splits, ["x", "y"], "error")] == ["no-numbers"]


def test_a_channel_that_is_constant_in_train_is_a_warning():
    (finding,) = (each for each in number_findings([TRAIN, DEV], ["x", "y", "z"], "mean") if each.key == "constant")

    assert (finding.level, finding.message) == ("warning", "train: column y is 4 in every step")


def test_whole_varied_series_have_no_finding():
    assert number_findings([split("train", (1.0,), (2.0,))], ["x"], "error") == []


def test_missing_values_are_found_without_building_a_series_of_millions_of_steps():
    flat = DEV.flat
    without_sentences = Split("dev", (), flat)

    (finding,) = number_findings([without_sentences], ["x", "y", "z"], "error")

    assert [*map(str, finding.locations)] == ["dev.csv:2"]

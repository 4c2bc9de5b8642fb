"""The made machine: its series are the same each time, and as its README describes them."""

import csv
import runpy
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests import ROOT

write_files: Callable[..., None] = runpy.run_path(str(ROOT / "data/machine/make.py"))["write_files"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of two series of 5,000 steps."""
    folder = tmp_path_factory.mktemp("machine")
    write_files(folder, sizes={"train": 2})
    return folder / "train.csv"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(path, tmp_path):
    for seed in (1, 2):
        write_files(tmp_path / str(seed), seed=seed, sizes={"train": 2})

    same, other = (tmp_path / seed / "train.csv" for seed in "12")
    assert same.read_bytes() == path.read_bytes() != other.read_bytes()


def test_a_fault_is_rare_and_some_values_are_missing(path):
    rows = [*csv.DictReader(path.read_text().splitlines())]

    states = Counter(row["state"] for row in rows)
    n_missing = sum(not row[channel] for row in rows for channel in ("current", "vibration", "temperature"))
    assert {*states} == {"off", "start", "warm-up", "load", "cool-down", "fault"}
    assert (len(rows), [*Counter(row["series"] for row in rows).values()]) == (10_000, [5_000, 5_000])
    assert states["fault"] / len(rows) == pytest.approx(0.003, abs=0.001)
    assert n_missing / (3 * len(rows)) == pytest.approx(0.02, abs=0.002)


def test_times_of_a_series_are_a_second_apart(path):
    first, *_, last = [row for row in csv.DictReader(path.read_text().splitlines()) if row["series"] == "2"]

    assert datetime.fromisoformat(last["time"]) - datetime.fromisoformat(first["time"]) == timedelta(seconds=4_999)

"""Tests, and benchmarks that are started by hand."""

from pathlib import Path

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"  # real data sets, which are no part of the project

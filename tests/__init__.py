"""Tests, and benchmarks that are started by hand."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"  # real data sets, which are no part of the project

"""Tests, and benchmarks to be run by hand."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"  # real data sets, not part of the project

"""Largest sizes of files that are read back, in bytes; no training of a realistic size writes larger ones."""

from tagger.border.regular import MB

RECORD = 64 * MB  # largest known: metrics of ten heads with tens of thousands of edit scripts
TABLE = 2048 * MB  # graphs, by the limit of protobuf, and symbols of a bundle
PREDICTIONS = 1 << 40  # read line by line
LINE = RECORD  # a label's text is one line
SIZES = {"SHA256SUMS": MB, "bundle.json": 16 * MB, "golden.jsonl": 16 * MB, "config.toml": 4 * MB}  # by name

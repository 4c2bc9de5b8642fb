"""A saved tagger on disk, its engine, and `Tagger`."""

"""Read files as sentences: encoding, format and columns are recognised, then all sentences are read."""

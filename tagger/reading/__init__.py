"""Files → sentences: encoding, format and columns recognised, then all sentences read."""

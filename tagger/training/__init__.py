"""One run: config → folder."""

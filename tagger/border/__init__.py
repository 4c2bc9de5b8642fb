"""Files that somebody else may have written: what is opened, and what JSON may contain."""

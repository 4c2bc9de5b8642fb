"""What `tagger init` guesses, told by what is in files: encoding, format, columns, splits, sizes."""

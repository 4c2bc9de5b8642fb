"""Encode sentences as arrays: vocabularies, encoded inputs, and batches of sentences of similar length."""

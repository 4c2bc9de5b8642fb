"""Sentences → arrays: vocabularies, features, batches of like length."""

"""Benchmarks of this machine: how fast a config trains and a tagger tags, and how much memory that takes."""

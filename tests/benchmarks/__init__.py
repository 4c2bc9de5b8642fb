"""Measurements and slow accuracy runs, started by hand."""

"""Drawings of series: channels as lines, states as bars beneath them, confidence, and tables of segments."""

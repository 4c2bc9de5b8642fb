"""Inspection of a network: its layers and states, as text, JSON and a page."""

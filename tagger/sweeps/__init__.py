"""Sweeps: many training runs from one file, and their leaderboard."""

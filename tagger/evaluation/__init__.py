"""Scores of predicted tags against gold tags, and comparisons of taggers."""

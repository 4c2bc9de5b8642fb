"""Text and pages made from scores."""

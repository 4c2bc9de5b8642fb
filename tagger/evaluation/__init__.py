"""Gold and predicted tags → numbers."""

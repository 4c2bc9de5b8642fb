"""Gold and predicted tags → metrics and tables."""

"""Tagged text as a page."""

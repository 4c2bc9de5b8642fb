"""Numbers → text and pages."""

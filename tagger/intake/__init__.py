"""Foreign data → a config (init), findings (check) or another format (convert)."""

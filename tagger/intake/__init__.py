"""Foreign data → a config: init, check, convert."""

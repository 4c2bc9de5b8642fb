"""Turn foreign data into a config (init), findings (check) or another format (convert)."""

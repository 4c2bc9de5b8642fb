"""How fast a config trains and a tagger tags on this machine."""

"""Train one tagger: from a config to a run folder."""

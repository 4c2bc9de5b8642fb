"""Ray: trials and shards of input on several machines; the only room that imports Ray."""

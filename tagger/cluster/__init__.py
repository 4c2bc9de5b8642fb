"""Ray: trials and shards of input on more than one machine; the only room that imports it."""

"""Saved taggers: the bundle on disk, the engine that runs its network, and `Tagger`."""

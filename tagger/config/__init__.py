"""The config of a training run: TOML in and out, every problem told at once."""

from tagger.config.sections import (
    PLATEAU,
    Affixes,
    Chars,
    Columns,
    Config,
    Data,
    Features,
    Model,
    Section,
    Training,
    Words,
)
from tagger.config.toml import REFERENCE, dump_config, load_config, parse_config

__all__ = [
    "PLATEAU",
    "REFERENCE",
    "Affixes",
    "Chars",
    "Columns",
    "Config",
    "Data",
    "Features",
    "Model",
    "Section",
    "Training",
    "Words",
    "dump_config",
    "load_config",
    "parse_config",
]

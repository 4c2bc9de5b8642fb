"""The config of a training run: TOML in and out, every problem told at once."""

from tagger.config.features import Affixes, Chars, Columns, Features, Words
from tagger.config.sections import PLATEAU, Config, Data, Model, Training
from tagger.config.toml import REFERENCE, dump_config, load_config, parse_config, with_every_key
from tagger.config.values import Section

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
    "with_every_key",
]

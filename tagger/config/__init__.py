"""The typed config of a training run, read from TOML and written as TOML."""

from tagger.config.config import Config
from tagger.config.data import Data
from tagger.config.features import Affixes, Chars, Columns, Features, Words
from tagger.config.heads import HeadConfig
from tagger.config.paths import REFERENCE
from tagger.config.sections import PLATEAU, Model, Training
from tagger.config.sources import Source
from tagger.config.toml import dump_config, load_config, parse_config, with_every_key
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
    "HeadConfig",
    "Model",
    "Section",
    "Source",
    "Training",
    "Words",
    "dump_config",
    "load_config",
    "parse_config",
    "with_every_key",
]

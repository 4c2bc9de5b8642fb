"""Schemas of parts of what a sweep records in its folder: names of trials, and settings."""

import re

from tagger.border.schema import FLAG, NULL, TEXT, Schema, either, list_of, mapping_of, number

# A trial's name is that of its folder; it is empty for a setting that is impossible.
NAME_OF_TRIAL = Schema(
    "the name of a trial", lambda value: isinstance(value, str) and re.fullmatch(r"[\w.-]*", value) is not None
)
VALUE = either(TEXT, number(), FLAG, NULL)
VALUES = either(VALUE, list_of(VALUE))
SETTING = mapping_of(either(VALUES, mapping_of(VALUES)))

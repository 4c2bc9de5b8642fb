"""Names of heads: the one without a name of its own, and the pattern of the others."""

import re

PLAIN_HEAD = "head"  # the only head of a network that learns the tags of one column; no head in [heads] may have it
HEAD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # a name is part of the names of layers and of files

"""Names of config keys in messages of commands that have no config: they become options."""

import re
from collections.abc import Callable, Collection

KEY = re.compile(r'(?<![\w/.-])data\.(\w+)\b(?: = "?([^\s",;]+)"?)?( in the config)?')
# The column of a head. A tag is also in `KEY`.
HEAD_KEY = re.compile(r"(?<![\w/.-])(?:heads\.([\w-]+)\.(?:tag|label|string)|data\.label)\b(?: = (\d+))?")
OPTIONS = {  # options of commands without a config: parameter, then key of [data], option
    "token": ("token", "--token"),
    "tag": ("tag", "--tag"),
    "sentence": ("sentence", "--sentence"),
    "per_row": ("per_row", "--per-row"),
    "bad_rows": ("bad_rows", "--bad-rows"),
    "encoding": ("encoding", "--encoding"),
    "max_tokens": ("max_tokens", "--max-tokens"),
    "from_format": ("format", "--from"),
    "input_format": ("format", "--input-format"),
}


def in_options(parameters: Collection[str]) -> Callable[[str], str]:
    """A function that replaces config keys in a message by the options of a command that has no config.

    Args:
        parameters: parameters of the command; keys without such a parameter stay unchanged.
    """
    options = dict(OPTIONS[name] for name in parameters if name in OPTIONS)
    chooses_head = "head" in parameters

    def option(key: re.Match[str]) -> str:
        name = options.get(key[1])
        return key[0] if name is None else f"{name} {key[2]}" if key[2] else name

    def option_of_head(key: re.Match[str]) -> str:
        head = f"--head {key[1]} " if key[1] and key[2] and chooses_head else ""
        return f"{head}--tag {key[2]}" if key[2] else "--tag"

    def in_text(text: str) -> str:
        text = KEY.sub(option, text)
        return HEAD_KEY.sub(option_of_head, text) if "tag" in options else text

    return in_text

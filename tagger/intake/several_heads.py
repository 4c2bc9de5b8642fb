"""Lines of [heads] for a file with several answers, shown as a comment in a proposed config."""

import re
from collections.abc import Iterator, Sequence

from tagger.config import Config, parse_config
from tagger.config.config import SINGLE
from tagger.config.values import shown
from tagger.corpus.layout import AnswerKind, Column
from tagger.errors import ConfigError


def several_heads(config: Config, others: Sequence[tuple[AnswerKind, Column]]) -> Iterator[str]:
    """Lines that explain how to learn all answers of a file at once, and the [heads] to set.

    There are none if nothing but a label stands beside the tags: data.label is enough for it.

    Args:
        config: a config that learns the tags of one column.
        others: kind and column of each further answer.
    """
    tag = config.data.tag
    if tag is None or all(kind == "label" for kind, _ in others):
        return
    removed = [
        f"`{key}` in [{section}]" for section, keys in SINGLE.items() for key in keys if _is_set(config, section, key)
    ]
    listed = f"{', '.join(removed[:-1])} and {removed[-1]}" if removed[1:] else removed[0]
    yield "The file has further columns to learn. One network can learn several at once: remove the # of these lines,"
    yield f"and remove {listed}. Leave out heads that you do not need."
    if any(kind == "string" for kind, _ in others):
        yield "A head with `string` learns how to edit each token into the string of its column, such as its lemma."
    yield ""
    yield "[heads]"
    names: set[str] = set()
    for kind, column in (("tag", tag), *others):
        name = _name(kind, column, names)
        names.add(name)
        crf = ", crf = true" if column == tag and config.model.head == "crf" else ""
        yield f"{name} = {{ {kind} = {shown(column)}{crf} }}"


def _is_set(config: Config, section: str, key: str) -> bool:
    """Whether a key has another value than its default."""
    table = getattr(config, section)
    return bool(getattr(table, key) != type(table).model_fields[key].default)


def _name(kind: AnswerKind, column: Column, names: set[str]) -> str:
    """A name for a head, made from its column, that a config accepts."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", column) if isinstance(column, str) else f"{kind}{column}".replace("-", "_")
    try:
        parse_config({"data": {"train": "FILE"}, "heads": {name: {kind: column}}})
    except ConfigError:
        name = f"{kind}_{name}"
    while name in names:
        name += "_"
    return name

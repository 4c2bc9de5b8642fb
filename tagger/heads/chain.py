"""Scores of neighbouring, first and last tags: learned by a CRF, or -inf where a scheme forbids them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from tagger.corpus.schemes import Scheme
from tagger.encoding.arrays import Floats, Weights
from tagger.head_names import PLAIN_HEAD

# free: all sequences of tags.
# valid: only sequences that the scheme allows; a tag whose letter the scheme lacks is allowed everywhere.
# strict: as valid, but such tags are constrained too; for bundles from before spellings were stored.
Decode = Literal["free", "valid", "strict"]
ChainRows = Sequence[tuple[str, ...]]  # cells of each row

AUTO: Decode = "valid"  # the meaning of `model.decode = "auto"` for both heads; tags without a scheme are always free


class Chain(NamedTuple):
    """Scores that a sequence gets beside the logits of its steps; -inf forbids.

    Args:
        transitions: (tags, tags) from the row's tag to the column's.
        starts: (tags,) scores of a sentence's first tag.
        ends: (tags,) scores of a sentence's last tag.
    """

    transitions: Floats
    starts: Floats
    ends: Floats


def chain_from_weights(weights: Weights, head: str = PLAIN_HEAD) -> Chain | None:
    """The chain of a head among a network's weights; None if the head is a softmax."""
    if f"{head}/transitions" not in weights:
        return None
    return Chain(*(weights[f"{head}/{name}"] for name in Chain._fields))


def resolve_decode(setting: Literal["auto", "free", "valid"], scheme: Scheme) -> Decode:
    """How to decode for `model.decode` and the scheme of the tags; without a scheme decoding is free."""
    if scheme == "none":
        return "free"
    return AUTO if setting == "auto" else setting


def chain_rows(chain: Chain, tags: Sequence[str]) -> ChainRows:
    """The chain as a table: a column per tag and for the sentence's end, a row for the sentence's start and per tag.

    Each number is the shortest text that single precision reads back exactly.
    """
    numbers = [[*chain.starts], *([*row, end] for row, end in zip(chain.transitions, chain.ends, strict=True))]
    names = ["start", *tags]
    rows = [(name, *map(str, row)) for name, row in zip(names, numbers, strict=True)]
    return [("", *tags, "end"), (*rows[0], ""), *rows[1:]]


def read_chain(rows: ChainRows) -> Chain:
    """Read the table of `chain_rows`; the names in it are ignored.

    Raises:
        ValueError: the table has another shape, or a cell is not a finite number.
    """
    _, (_, *starts, _), *others = rows
    numbers = np.array([row[1:] for row in others], np.float32)
    chain = Chain(numbers[:, :-1], np.array(starts, np.float32), numbers[:, -1])
    n_tags = len(starts)
    if chain.transitions.shape != (n_tags, n_tags):
        raise ValueError(f"{n_tags} start scores, but the transitions have shape {chain.transitions.shape}")
    if not all(np.isfinite(scores).all() for scores in chain):
        raise ValueError("a score is not a finite number")
    return chain

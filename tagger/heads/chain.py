"""Scores of neighbouring tags: learned by a CRF, or minus infinity where a scheme forbids them."""

import itertools
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from tagger.corpus.schemes import SCHEME_LETTERS, Scheme, can_follow, read_tag
from tagger.encoding.arrays import Floats, Weights

# strict: what valid was before bundles knew spellings, without tags that the scheme does not know
Decode = Literal["free", "valid", "strict"]
ChainRows = Sequence[tuple[str, ...]]  # of cells

AUTO: Decode = "valid"  # what `model.decode = "auto"` means, for both heads; tags without a scheme are free anyway


class Chain(NamedTuple):
    """What a sequence's score has beside its steps' logits; -inf forbids.

    Args:
        transitions: (tags, tags) from the row's tag to the column's.
        starts: (tags,) for the first tag of a sentence.
        ends: (tags,) for the last one.
    """

    transitions: Floats
    starts: Floats
    ends: Floats


def chain_of(weights: Weights) -> Chain | None:
    """The chain among a network's weights; None where its head is a softmax."""
    if "head/transitions" not in weights:
        return None
    return Chain(*(weights[f"head/{name}"] for name in Chain._fields))


def resolve_decode(wanted: Literal["auto", "free", "valid"], scheme: Scheme) -> Decode:
    """How a tagger decodes whose network learns tags of a scheme: what no scheme forbids is free."""
    if scheme == "none":
        return "free"
    return AUTO if wanted == "auto" else wanted


def allowed_chain(tags: Sequence[str], scheme: Scheme, decode: Decode) -> Chain | None:
    """Zero where a scheme, see `can_follow`, lets a tag stand, -inf elsewhere; None where all may stand everywhere.

    With `valid`, a tag whose letter the scheme lacks may stand everywhere.
    """
    if decode == "free" or scheme == "none":
        return None
    # Whether a tag can follow another is a matter of their letters, and of whether they have one type.
    letters = "OBIES"
    pairs = itertools.product(letters, letters, (False, True))
    known = letters if decode == "strict" else SCHEME_LETTERS[scheme]
    table = np.array([
        a not in known or b not in known or can_follow(f"{a}-x", f"{b}-x" if is_same else f"{b}-y", scheme)
        for a, b, is_same in pairs
    ])  # fmt: skip
    read = [read_tag(tag) for tag in (None, *tags)]  # None is the sentence's border
    types = {span_type: i for i, span_type in enumerate({span_type for _, span_type in read})}
    letter = np.array([letters.index(name) for name, _ in read])
    type_id = np.array([types[span_type] for _, span_type in read])
    may = table.reshape(5, 5, 2)[letter[:, None], letter, (type_id[:, None] == type_id).astype(int)]
    scores = np.where(may, 0, -np.inf).astype(np.float32)
    return Chain(transitions=scores[1:, 1:], starts=scores[0, 1:], ends=scores[1:, 0])


def chain_rows(chain: Chain, tags: Sequence[str]) -> ChainRows:
    """A table with a column for each tag and the sentence's end, a row for its start and each tag.

    Numbers are as short as they can be for single precision to read them back as they are.
    """
    numbers = [[*chain.starts], *([*row, end] for row, end in zip(chain.transitions, chain.ends, strict=True))]
    names = ["start", *tags]
    rows = [(name, *map(str, row)) for name, row in zip(names, numbers, strict=True)]
    return [("", *tags, "end"), (*rows[0], ""), *rows[1:]]


def read_chain(rows: ChainRows) -> Chain:
    """The chain of such a table; the names in it are for its readers.

    Raises:
        ValueError: it is no such table, or has what is no finite number.
    """
    _, (_, *starts, _), *others = rows
    numbers = np.array([row[1:] for row in others], np.float32)
    chain = Chain(numbers[:, :-1], np.array(starts, np.float32), numbers[:, -1])
    n_tags = len(starts)
    if chain.transitions.shape != (n_tags, n_tags):
        raise ValueError(f"{n_tags} tags may start a sentence, and transitions are {chain.transitions.shape}")
    if not all(np.isfinite(scores).all() for scores in chain):
        raise ValueError("a transition is no finite number")
    return chain

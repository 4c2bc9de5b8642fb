"""What is or may be wrong with the tags of splits: none, one, too many, rare, unseen or misspelt ones."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from tagger.checks.characters import INVISIBLE, shown
from tagger.checks.findings import Finding, Hit, Split, finding, number_of
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.spelling import OUTSIDE

N_RARE = 3  # uses in train, from which on a tag is no longer rare
N_TAGS, N_FEW = 30, 4  # so many are never too many; so few not even where they are more than the words

WRONG_COLUMN = "Probably another column is meant: data.tag in the config says which."


def tag_findings(splits: Sequence[Split], ignore: Collection[str], *, may_lack: bool) -> Iterator[Finding]:
    """What is found of tags.

    Args:
        splits: of which the others are compared with the one named `train`.
        ignore: tags that are neither learned nor scored.
        may_lack: whether `_` is what a word without a tag has as a matter of course.
    """
    for split in splits:
        yield from _own(split, ignore, may_lack)
    train = next((split for split in splits if split.name == "train"), None)
    if train is None:
        return
    yield from _too_many_or_rare(train, ignore)
    known = {*train.flat.tag_counts(), *ignore}
    for split in splits:
        if unseen := split.flat.tag_counts().keys() - known:
            yield finding(
                "unseen-tags", split.name, _first_uses(split, unseen),
                f"{number_of('tag', len(unseen))} that train lacks",
                "No tagger can give a tag that it has never seen: their tokens count as errors. Is it a slip? "
                "data.map merges and renames tags.",
            )  # fmt: skip


def _own(split: Split, ignore: Collection[str], may_lack: bool) -> Iterator[Finding]:
    name, counts = split.name, split.flat.tag_counts()
    learned = counts.keys() - set(ignore)
    start = [Hit(split.read[0], 0)]
    n_tokens, n_blank = len(split.flat.tokens), counts.get("_", 0)
    if 0 < n_blank == n_tokens:
        what = f"all {n_blank:,} tags are `_`: no word is tagged"
        blank = _first_of(split, "_")
        yield finding("blank-tags", name, blank, what, WRONG_COLUMN, count=n_blank, is_error=True)
        return
    if not learned:
        what = "data.ignore leaves none of its tags"
        advice = "There is nothing to learn or to score: take a tag out of data.ignore."
        yield finding("ignored", name, start, what, advice, is_error=True)
        return
    if len(learned) == 1:
        what = f"the only tag is {shown(*learned)}"
        yield finding("one-tag", name, start, what, f"There is nothing to tell apart. {WRONG_COLUMN}")
    if "_" in learned and not may_lack:
        yield finding(
            "blank-tags", name, _first_of(split, "_"),
            f"{n_blank:,} of {n_tokens:,} tokens have the tag `_`",
            'It is learned as a tag like any other. If it stands for a missing one: data.ignore = ["_"].',
            count=n_blank,
        )  # fmt: skip
    outside, *alike = sorted(filter(learned.__contains__, OUTSIDE), key=lambda tag: -counts[tag]) or ("",)
    if alike:
        yield finding(
            "outside-tags", name, _first_uses(split, alike),
            f"{number_of('tag', len(alike))} that look{'s' if len(alike) == 1 else ''} like {shown(outside)}",
            f'To a tagger it is another tag. data.map = {{ "{alike[0]}" = "{outside}" }} makes them one.',
        )  # fmt: skip
    if odd := {tag for tag in learned if tag != tag.strip() or INVISIBLE.search(tag)}:
        yield finding(
            "tag-characters", name, _first_uses(split, odd),
            f"{number_of('tag', len(odd))} with spaces at the ends or invisible characters",
            "To a tagger it is another tag than the one that looks the same: take them out.",
        )  # fmt: skip


def _too_many_or_rare(train: Split, ignore: Collection[str]) -> Iterator[Finding]:
    counts = train.flat.tag_counts()
    learned = counts.keys() - set(ignore)
    n_tags, n_words = len(learned), len(train.flat.forms)
    is_swapped = n_tags > max(N_FEW, n_words) and train.flat.numbers is None
    if is_swapped or n_tags > max(N_TAGS, n_words / 10) or len(train.flat.tokens) == n_tags >= 10:
        yield finding(
            "many-tags", train.name, _first_uses(train, learned),
            f"{n_tags:,} different tags for {n_words:,} different words",
            f"{'Do the tags stand before the tokens?' if is_swapped else 'Probably other columns are meant:'} "
            "data.tag in the config says which column has the tags, data.token which has the tokens.",
        )  # fmt: skip
    elif n_tags > 1 and (rare := {tag for tag in learned if counts[tag] < N_RARE}):
        yield finding(
            "rare-tags", train.name, _first_uses(train, rare),
            f"{number_of('tag', len(rare))} with fewer than {N_RARE} uses",
            "Too few to learn from. Is it a slip? data.map merges and renames tags.",
        )  # fmt: skip


def _first_of(split: Split, tag: str) -> list[Hit]:
    """The first uses of a tag."""
    uses = np.flatnonzero(split.flat.tags == split.flat.tag_names.index(tag))
    return [*map(split.hit, uses[:MAX_LISTED].tolist())]


def _first_uses(split: Split, tags: Collection[str]) -> list[Hit]:
    """Of each of the tags its first use, with how often it occurs."""
    names, counts = split.flat.tag_names, split.flat.tag_counts()
    used, firsts = np.unique(np.asarray(split.flat.tags), return_index=True)
    found = sorted((step, names[i]) for i, step in zip(used.tolist(), firsts.tolist(), strict=True) if names[i] in tags)
    return [split.hit(step, f"{shown(tag)}, {number_of('time', counts[tag])}") for step, tag in found]

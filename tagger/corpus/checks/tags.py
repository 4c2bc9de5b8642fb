"""What is or may be wrong with the tags of splits: none, one, too many, rare, unseen or misspelt ones."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from tagger.corpus.checks.characters import INVISIBLE, shown
from tagger.corpus.checks.findings import Finding, Hit, finding, number_of
from tagger.corpus.sentence import Sentence

N_RARE = 3  # uses in train, from which on a tag is no longer rare
N_TAGS, N_FEW = 30, 4  # so many are never too many; so few not even where they are more than the words

WRONG_COLUMN = "Probably another column is meant: data.tag in the config says which."


def tag_findings(
    splits: Mapping[str, Sequence[Sentence]], ignore: Collection[str], *, may_lack: bool
) -> Iterator[Finding]:
    """What is found of tags.

    Args:
        splits: by name; the others are compared with `train`.
        ignore: tags that are neither learned nor scored.
        may_lack: whether `_` is what a word without a tag has as a matter of course.
    """
    counts = {
        split: Counter(chain.from_iterable(sentence.tags or () for sentence in sentences))
        for split, sentences in splits.items()
    }
    for split, sentences in splits.items():
        yield from _own(split, sentences, counts[split], ignore, may_lack)
    if "train" in splits:
        yield from _too_many_or_rare(splits["train"], counts["train"], ignore)
        for split, sentences in splits.items():
            if unseen := counts[split].keys() - counts["train"].keys() - set(ignore):
                yield finding(
                    "unseen-tags", split, _first_uses(sentences, unseen, counts[split]),
                    f"{number_of('tag', len(unseen))} that train lacks",
                    "No tagger can give a tag that it has never seen: their tokens count as errors. Is it a slip? "
                    "data.map merges and renames tags.",
                )  # fmt: skip


def _own(
    split: str, sentences: Sequence[Sentence], counts: Counter[str], ignore: Collection[str], may_lack: bool
) -> Iterator[Finding]:
    learned = counts.keys() - set(ignore)
    start = [Hit(sentences[0], 0)]
    blank = _uses(sentences, "_") if "_" in counts else []
    if blank and len(blank) == counts.total():
        what = f"all {len(blank):,} tags are `_`: no word is tagged"
        yield finding("blank-tags", split, blank, what, WRONG_COLUMN, is_error=True)
        return
    if not learned:
        what = "data.ignore leaves none of its tags"
        advice = "There is nothing to learn or to score: take a tag out of data.ignore."
        yield finding("ignored", split, start, what, advice, is_error=True)
        return
    if len(learned) == 1:
        what = f"the only tag is {shown(*learned)}"
        yield finding("one-tag", split, start, what, f"There is nothing to tell apart. {WRONG_COLUMN}")
    if "_" in learned and not may_lack:
        yield finding(
            "blank-tags", split, blank,
            f"{len(blank):,} of {counts.total():,} tokens have the tag `_`",
            'It is learned as a tag like any other. If it stands for a missing one: data.ignore = ["_"].',
        )  # fmt: skip
    if odd := {tag for tag in learned if tag != tag.strip() or INVISIBLE.search(tag)}:
        yield finding(
            "tag-characters", split, _first_uses(sentences, odd, counts),
            f"{number_of('tag', len(odd))} with spaces at the ends or invisible characters",
            "To a tagger it is another tag than the one that looks the same: take them out.",
        )  # fmt: skip


def _too_many_or_rare(train: Sequence[Sentence], counts: Counter[str], ignore: Collection[str]) -> Iterator[Finding]:
    learned = counts.keys() - set(ignore)
    n_tags, n_words = len(learned), len(set(chain.from_iterable(sentence.tokens for sentence in train)))
    is_swapped = n_tags > max(N_FEW, n_words) and train[0].numbers is None
    if is_swapped or n_tags > max(N_TAGS, n_words / 10) or counts.total() == n_tags >= 10:
        yield finding(
            "many-tags", "train", _first_uses(train, learned, counts),
            f"{n_tags:,} different tags for {n_words:,} different words",
            f"{'Do the tags stand before the tokens?' if is_swapped else 'Probably other columns are meant:'} "
            "data.tag in the config says which column has the tags, data.token which has the tokens.",
        )  # fmt: skip
    elif n_tags > 1 and (rare := {tag for tag in learned if counts[tag] < N_RARE}):
        yield finding(
            "rare-tags", "train", _first_uses(train, rare, counts),
            f"{number_of('tag', len(rare))} with fewer than {N_RARE} uses",
            "Too few to learn from. Is it a slip? data.map merges and renames tags.",
        )  # fmt: skip


def _uses(sentences: Iterable[Sentence], tag: str) -> list[Hit]:
    return [Hit(sentence, i) for sentence in sentences for i, found in enumerate(sentence.tags or ()) if found == tag]


def _first_uses(sentences: Iterable[Sentence], tags: Collection[str], counts: Mapping[str, int]) -> list[Hit]:
    """Of each of the tags its first use, with how often it occurs."""
    left, hits = set(tags), []
    for sentence in sentences:
        if not left.isdisjoint(sentence.tags or ()):
            for i, tag in enumerate(sentence.tags or ()):
                if tag in left:
                    left.remove(tag)
                    hits.append(Hit(sentence, i, f"{shown(tag)}, {number_of('time', counts[tag])}"))
    return hits

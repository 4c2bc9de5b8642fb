"""Findings about tags: missing, single, too many, rare, unknown or misspelt ones."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from tagger.checks.characters import INVISIBLE, quoted
from tagger.checks.findings import Finding, FlaggedToken, Location, Split, finding_at
from tagger.corpus.counted import counted
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.schemes import read_tag
from tagger.corpus.spelling import OUTSIDE, Notation

N_RARE = 3  # occurrences in train; a tag with fewer is rare
N_TAGS = 30  # never too many tags, however few the words
N_FEW = 4  # not too many tags, even if there are fewer words

WRONG_COLUMN = "The tags are probably in another column: choose it with data.tag."
RENAME = "Is it a typing error? data.map renames and merges tags."


def tag_findings(
    splits: Sequence[Split], ignore: Collection[str], *, may_lack: bool, meant: str = ""
) -> Iterator[Finding]:
    """Report suspicious tags of each split, and tags of other splits that train lacks.

    Args:
        splits: splits of a data set; the training data is named `train`.
        ignore: tags that are neither learned nor scored.
        may_lack: whether `_` is the regular tag of a word, not a missing tag.
        meant: question for the column that was probably meant, as advice for a split without tags.
    """
    for split in splits:
        yield from _suspicious_tags(split, ignore, may_lack, meant)
    train = next((split for split in splits if split.name == "train"), None)
    if train is None:
        return
    yield from _too_many_or_rare(train, ignore)
    known = {*train.flat.tag_counts(), *ignore}
    for split in splits:
        if unseen := split.flat.tag_counts().keys() - known:
            yield finding_at(
                "unseen-tags", split.name, _first_uses(split, unseen),
                f"{counted(len(unseen), 'tag')} that train lacks",
                "A tagger never predicts a tag that train lacks, so that these tokens count as errors. " + RENAME,
            )  # fmt: skip


def _suspicious_tags(split: Split, ignore: Collection[str], may_lack: bool, meant: str) -> Iterator[Finding]:
    name, counts = split.name, split.flat.tag_counts()
    learned = counts.keys() - set(ignore)
    start = [FlaggedToken(split.sentences[0], 0)]
    n_tokens, n_blank = len(split.flat.tokens), counts.get("_", 0)
    if 0 < n_blank == n_tokens:
        message = "every tag is `_`: no word is tagged"
        blank = _first_tokens(split, "_")
        advice = f"{WRONG_COLUMN} {meant}".rstrip()
        yield finding_at("blank-tags", name, blank, message, advice, count=n_blank, is_error=True)
        return
    if not learned:
        message = "data.ignore names all of its tags"
        advice = "There is nothing left to learn or to score: remove a tag from data.ignore."
        yield finding_at("ignored", name, start, message, advice, is_error=True)
        return
    if len(learned) == 1:
        message = f"the only tag is {quoted(*learned)}"
        yield finding_at("one-tag", name, start, message, f"There is nothing to learn. {WRONG_COLUMN}")
    if "_" in learned and not may_lack:
        yield finding_at(
            "blank-tags", name, _first_tokens(split, "_"),
            f"{n_blank:,} of {n_tokens:,} tokens {'has' if n_blank == 1 else 'have'} the tag `_`",
            'It is learned like any other tag. If it stands for a missing tag, ignore it: data.ignore = ["_"].',
            count=n_blank,
        )  # fmt: skip
    yield from _lookalikes(split, learned)


def _lookalikes(split: Split, learned: Collection[str]) -> Iterator[Finding]:
    """Report tags that a reader, but not a tagger, takes for another tag."""
    counts = split.flat.tag_counts()
    outside, *others = sorted(filter(learned.__contains__, OUTSIDE), key=lambda tag: -counts[tag]) or ("",)
    if others:
        look = "looks" if len(others) == 1 else "look"
        yield finding_at(
            "outside-tags", split.name, _first_uses(split, others),
            f"{counted(len(others), 'tag')} that {look} like {quoted(outside)}",
            f'To a tagger these are different tags. data.map = {{ "{others[0]}" = "{outside}" }} merges them.',
        )  # fmt: skip
    if odd := {tag for tag in learned if tag != tag.strip() or INVISIBLE.search(tag)}:
        yield finding_at(
            "tag-characters", split.name, _first_uses(split, odd),
            f"{counted(len(odd), 'tag')} with spaces at the ends or invisible characters",
            "To a tagger, a tag with and one without such characters are different tags: remove them.",
        )  # fmt: skip


def _too_many_or_rare(train: Split, ignore: Collection[str]) -> Iterator[Finding]:
    counts = train.flat.tag_counts()
    learned = counts.keys() - set(ignore)
    n_tags, n_words = len(learned), len(train.flat.forms)
    is_swapped = n_tags > max(N_FEW, n_words) and train.flat.numbers is None
    if is_swapped or n_tags > max(N_TAGS, n_words / 10) or len(train.flat.tokens) == n_tags >= 10:
        yield finding_at(
            "many-tags", train.name, _first_uses(train, learned),
            f"{n_tags:,} distinct tags for {n_words:,} distinct words",
            f"{'Are the columns of tokens and tags swapped?' if is_swapped else 'Are these the wrong columns?'} "
            "Choose the column of tags with data.tag, that of tokens with data.token.",
        )  # fmt: skip
    elif n_tags > 1 and (rare := {tag for tag in learned if counts[tag] < N_RARE}):
        yield finding_at(
            "rare-tags", train.name, _first_uses(train, rare),
            f"{counted(len(rare), 'tag')} with fewer than {N_RARE} occurrences",
            "That is too few to learn from. " + RENAME,
        )  # fmt: skip


def scheme_findings(split: Split, notation: Notation, ignore: Collection[str]) -> Iterator[Finding]:
    """Report tags that are not written in the scheme that a config sets, if they are the most frequent.

    Args:
        split: the training data.
        notation: scheme and spelling of the tags; a detected scheme fits most tags.
        ignore: tags that are neither learned nor scored.
    """
    if notation.scheme == "none":
        return
    counts, outside = split.flat.tag_counts(), {*ignore, "_", notation.spelling.outside}
    in_spans = {tag for tag in counts if read_tag(notation.spelling.read(tag))[0] != "O"}
    other = counts.keys() - in_spans - outside
    n_in_spans, n_other = (sum(map(counts.__getitem__, tags)) for tags in (in_spans, other))
    if other and n_other >= n_in_spans:
        yield finding_at(
            "scheme", split.name, _first_uses(split, other),
            f"data.scheme is {notation.name}, but {n_other:,} of {n_in_spans + n_other:,} tags are not written like "
            "B-TYPE",
            'Such tags are in no span, so that spans are neither decoded nor scored. data.scheme = "auto" recognises '
            "the scheme, or that there is none.",
        )  # fmt: skip


def _first_tokens(split: Split, tag: str) -> list[Location]:
    """The first tokens with a tag."""
    steps = np.flatnonzero(split.flat.tags == split.flat.tag_names.index(tag))
    return [*map(split.flag, steps[:MAX_LISTED].tolist())]


def _first_uses(split: Split, tags: Collection[str]) -> list[Location]:
    """The first token with each of the tags, noting the tag's frequency."""
    names, counts = split.flat.tag_names, split.flat.tag_counts()
    used, firsts = np.unique(np.asarray(split.flat.tags), return_index=True)
    uses = sorted((step, names[i]) for i, step in zip(used.tolist(), firsts.tolist(), strict=True) if names[i] in tags)
    return [split.flag(step, f"{quoted(tag)}, {counted(counts[tag], 'time')}") for step, tag in uses]

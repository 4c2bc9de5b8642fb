"""Sentences that occur more than once: inside a split, in two splits, with other tags."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice

from tagger.corpus.checks.characters import N_SHOWN, shown
from tagger.corpus.checks.findings import Finding, Hit, finding, number_of
from tagger.corpus.sentence import Sentence

Group = Mapping[str, Sequence[Sentence]]  # sentences that are the same to a tagger, by split


def repeat_findings(splits: Mapping[str, Sequence[Sentence]], ignore: Collection[str]) -> Iterator[Finding]:
    """What is found of sentences that are the same in all that a tagger sees of them, their tags aside.

    Args:
        splits: by name; what is learned from stands first.
        ignore: tags that contradict none.
    """
    # Those that may repeat, by their hash: of millions, few are kept.
    once: set[int] = set()
    again: set[int] = set()
    for found in map(hash, map(_seen, chain.from_iterable(splits.values()))):
        (again if found in once else once).add(found)
    groups: dict[object, dict[str, list[Sentence]]] = defaultdict(lambda: defaultdict(list))
    for split, sentences in splits.items():
        for sentence in sentences:
            if hash(seen := _seen(sentence)) in again:
                groups[seen][split].append(sentence)
    repeated = [group for group in groups.values() if sum(map(len, group.values())) > 1]
    for earlier, split in combinations(splits, 2):
        yield from _overlaps(split, earlier, repeated, len(splits[split]))
    yield from _contradictions(repeated, set(ignore))
    for split, sentences in splits.items():
        yield from _duplicates(split, repeated, len(sentences))


def _seen(sentence: Sentence) -> object:
    """What a tagger sees of it."""
    return sentence.tokens, sentence.numbers, sentence.columns


def _overlaps(split: str, earlier: str, groups: Sequence[Group], n_sentences: int) -> Iterator[Finding]:
    hits = [
        Hit(sentence, 0, f"{_text(sentence)} as at {group[earlier][0].place}")
        for group in groups
        if split in group and earlier in group
        for sentence in group[split]
    ]
    if hits:
        stand = "stands" if len(hits) == 1 else "stand"
        yield finding(
            "overlap", split, _by_line(hits),
            f"{len(hits):,} of {n_sentences:,} sentences {stand} in {earlier} too",
            f"What a tagger has met in {earlier}, it need not understand in {split}, and scores flatter: take it out "
            "of one of them.",
        )  # fmt: skip


def _contradictions(groups: Sequence[Group], ignored: set[str]) -> Iterator[Finding]:
    same = (list(chain.from_iterable(group.values())) for group in groups)
    if hits := [hit for sentences in same if (hit := _contradiction(sentences, ignored))]:
        yield finding(
            "contradictions", None, hits,
            f"{number_of('sentence', len(hits))} tagged in two ways or more",
            "The same tokens, and other tags: a slip, or the tokens alone do not tell. No tagger can have both right.",
        )  # fmt: skip


def _contradiction(sentences: Sequence[Sentence], ignored: set[str]) -> Hit | None:
    """Where the tags first differ."""
    for i, tags in enumerate(zip(*(sentence.tags or () for sentence in sentences), strict=True)):
        first_with: dict[str, Sentence] = {}
        for tag, sentence in zip(tags, sentences, strict=True):
            if tag not in ignored:
                first_with.setdefault(tag, sentence)
        if len(first_with) > 1:
            (tag, first), (other, sentence) = islice(first_with.items(), 2)
            there = f"line {first.line}" if first.path == sentence.path else first.place
            note = f"{shown(sentence.tokens[i])} in {_text(sentence)}: {other} here, {tag} in the one at {there}"
            return Hit(sentence, i, note)
    return None


def _duplicates(split: str, groups: Sequence[Group], n_sentences: int) -> Iterator[Finding]:
    hits = [
        Hit(sentence, 0, f"{_text(sentence)} as at line {group[split][0].line}")
        for group in groups
        if split in group
        for sentence in group[split][1:]
    ]
    if hits:
        repeat = "repeats" if len(hits) == 1 else "repeat"
        weigh = "They weigh more than others in scores."
        if split == "train":
            weigh = (
                "They weigh more than others in training, and a dev that is drawn from train (dev = 0.1) may share "
                "them."
            )
        yield finding(
            "duplicates", split, _by_line(hits),
            f"{len(hits):,} of {n_sentences:,} sentences {repeat} an earlier one",
            f"{weigh} Where that is not meant, keep one of each.",
        )  # fmt: skip


def _by_line(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: hit.sentence.line)


def _text(sentence: Sentence) -> str:
    return shown(" ".join(sentence.tokens[:N_SHOWN]))

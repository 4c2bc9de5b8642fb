"""What is or may be wrong with the sentences of splits."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from tagger.corpus.checks.characters import ODDITIES, oddities, shown
from tagger.corpus.checks.findings import N_PLACES, Finding, Hit, Split, errors_first, finding, number_of
from tagger.corpus.checks.repeats import repeat_findings
from tagger.corpus.checks.tags import tag_findings
from tagger.corpus.schemes import Scheme, can_follow, invalid_starts
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences

NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*")


def find(
    splits: Mapping[str, Sequence[Sentence]],
    *,
    scheme: Scheme = "none",
    ignore: Collection[str] = (),
    max_steps: int = 5000,
    may_lack_tags: bool = False,
) -> list[Finding]:
    """What is or may be wrong, errors first.

    Args:
        splits: by name, tagged sentences, at least one each; what is learned from is `train`, and stands first.
        scheme: of the tags.
        ignore: tags that are neither learned nor scored.
        max_steps: tokens, above which a sentence is cut in training.
        may_lack_tags: whether `_` is no gap but what a word without a key of FEATS or MISC has.
    """
    held = [Split(name, sentences, Sentences.of(sentences)) for name, sentences in splits.items()]
    found = list(tag_findings(held, ignore, may_lack=may_lack_tags))
    for split in held:
        if scheme != "none":
            found += _transitions(split, scheme)
        found += _lengths(split, max_steps)
    found += repeat_findings(held, ignore)
    for split in held:
        found += _characters(split)
    return errors_first(found)


def _transitions(split: Split, scheme: Scheme) -> Iterator[Finding]:
    if all(can_follow(*pair, scheme) for pair in split.flat.tag_pairs()):
        return
    hits = []
    for sentence in split.read:
        tags = sentence.tags or ()
        for i in invalid_starts(tags, scheme):
            before = tags[i - 1] if i else None
            if can_follow(before, tags[i], scheme):
                note = f"the sentence ends behind {shown(tags[i])}"
            else:
                note = f"{shown(tags[i])} {f'behind {shown(before)}' if before else 'at the start'}"
            hits.append(Hit(sentence, i, note))
    yield finding(
        "transitions", split.name, hits,
        f"{number_of('tag', len(hits))} where {scheme} does not allow {'them' if len(hits) > 1 else 'it'}",
        "They are read as conlleval reads them: a tag that continues nothing starts a span, and a span that is not "
        f"continued ends. `tagger convert IN OUT --scheme {scheme}` writes them so. If they are many, the tags may "
        "be in another scheme: data.scheme.",
    )  # fmt: skip


def _lengths(split: Split, max_steps: int) -> Iterator[Finding]:
    lengths = split.flat.lengths
    if len(lengths) > 1 and (lengths == 1).all():
        yield finding(
            "one-token", split.name, (Hit(sentence, 0) for sentence in split.read[:N_PLACES]),
            "every sentence is a single token",
            "Sentences are parted by a blank line, or by the column that data.sentence names: is there a blank line "
            "behind each token?",
            count=len(lengths),
        )  # fmt: skip
    if long := np.flatnonzero(lengths > max_steps).tolist():
        yield finding(
            "long", split.name, (Hit(split.read[i], 0, f"{lengths[i]:,} tokens") for i in long),
            f"{number_of('sentence', len(long))} of more than {max_steps:,} tokens",
            "Is the blank line between sentences missing? If not: training cuts them, tagging does not, and both take "
            "memory.",
        )  # fmt: skip


def _characters(split: Split) -> Iterator[Finding]:
    flat = split.flat
    odd: dict[int, list[tuple[str, str]]] = {}
    for form, word in enumerate(flat.forms):
        if not (word.isascii() and word.isprintable() and " " not in word) and (found := list(oddities(word))):
            odd[form] = found
    hits: dict[str, list[Hit]] = defaultdict(list)
    for step in np.flatnonzero(np.isin(flat.tokens, list(odd))).tolist():
        form = int(flat.tokens[step])
        for key, note in odd[form]:
            hits[key].append(split.hit(step, f"{shown(flat.forms[form])}{note}"))
    for key, (what, advice) in ODDITIES.items():
        if key in hits:
            yield finding(key, split.name, hits[key], f"{number_of('token', len(hits[key]))} with {what}", advice)
    if flat.numbers is None and all(map(NUMBER.fullmatch, flat.forms)):
        n_tokens = len(flat.tokens)
        yield finding(
            "numbers", split.name, map(split.hit, range(min(n_tokens, N_PLACES))),
            "every token is a number",
            "Probably another column is meant: data.token says which has the words. Measurements are "
            "features.numeric.",
            count=n_tokens,
        )  # fmt: skip

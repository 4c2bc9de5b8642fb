"""What is or may be wrong with the sentences of splits."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from tagger.corpus.checks.characters import ODDITIES, oddities, shown
from tagger.corpus.checks.findings import Finding, Hit, errors_first, finding, number_of
from tagger.corpus.checks.repeats import repeat_findings
from tagger.corpus.checks.tags import tag_findings
from tagger.corpus.schemes import Scheme, can_follow, invalid_starts
from tagger.corpus.sentence import Sentence

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
    found = list(tag_findings(splits, ignore, may_lack=may_lack_tags))
    for split, sentences in splits.items():
        if scheme != "none":
            found += _transitions(split, sentences, scheme)
        found += _lengths(split, sentences, max_steps)
    found += repeat_findings(splits, ignore)
    for split, sentences in splits.items():
        found += _characters(split, sentences)
    return errors_first(found)


def _transitions(split: str, sentences: Sequence[Sentence], scheme: Scheme) -> Iterator[Finding]:
    hits = []
    for sentence in sentences:
        tags = sentence.tags or ()
        for i in invalid_starts(tags, scheme):
            before = tags[i - 1] if i else None
            if can_follow(before, tags[i], scheme):
                note = f"the sentence ends behind {shown(tags[i])}"
            else:
                note = f"{shown(tags[i])} {f'behind {shown(before)}' if before else 'at the start'}"
            hits.append(Hit(sentence, i, note))
    if hits:
        yield finding(
            "transitions", split, hits,
            f"{number_of('tag', len(hits))} where {scheme} does not allow {'them' if len(hits) > 1 else 'it'}",
            "They are read as conlleval reads them: a tag that continues nothing starts a span, and a span that is not "
            f"continued ends. `tagger convert IN OUT --scheme {scheme}` writes them so. If they are many, the tags may "
            "be in another scheme: data.scheme.",
        )  # fmt: skip


def _lengths(split: str, sentences: Sequence[Sentence], max_steps: int) -> Iterator[Finding]:
    if len(sentences) > 1 and all(len(sentence) == 1 for sentence in sentences):
        yield finding(
            "one-token", split, [Hit(sentence, 0) for sentence in sentences],
            "every sentence is a single token",
            "Sentences are parted by a blank line, or by the column that data.sentence names: is there a blank line "
            "behind each token?",
        )  # fmt: skip
    if long := [Hit(sentence, 0, f"{len(sentence):,} tokens") for sentence in sentences if len(sentence) > max_steps]:
        yield finding(
            "long", split, long,
            f"{number_of('sentence', len(long))} of more than {max_steps:,} tokens",
            "Is the blank line between sentences missing? If not: training cuts them, tagging does not, and both take "
            "memory.",
        )  # fmt: skip


def _characters(split: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    words = {token for sentence in sentences for token in sentence.tokens}
    odd: dict[str, list[tuple[str, str]]] = {}
    for word in words:
        if not (word.isascii() and word.isprintable() and " " not in word) and (found := list(oddities(word))):
            odd[word] = found
    hits: dict[str, list[Hit]] = defaultdict(list)
    for sentence in sentences:
        if not odd.keys().isdisjoint(sentence.tokens):
            for i, token in enumerate(sentence.tokens):
                for key, note in odd.get(token, ()):
                    hits[key].append(Hit(sentence, i, f"{shown(token)}{note}"))
    for key, (what, advice) in ODDITIES.items():
        if key in hits:
            yield finding(key, split, hits[key], f"{number_of('token', len(hits[key]))} with {what}", advice)
    if sentences[0].numbers is None and all(map(NUMBER.fullmatch, words)):
        yield finding(
            "numbers", split, [Hit(sentence, i) for sentence in sentences for i in range(len(sentence))],
            "every token is a number",
            "Probably another column is meant: data.token says which has the words. Measurements are "
            "features.numeric.",
        )  # fmt: skip

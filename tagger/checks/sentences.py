"""What is or may be wrong with the sentences of splits."""

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from tagger.checks.characters import ODDITIES, oddities, shown
from tagger.checks.findings import Finding, Hit, Split, errors_first, finding, number_of
from tagger.checks.repeats import repeat_findings
from tagger.checks.tags import tag_findings
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.schemes import Scheme, can_follow, invalid_starts
from tagger.corpus.spelling import PLAIN, Notation, Spelling

ONE_SENTENCE = 200  # tokens, from which on a file of a single sentence most likely lacks its blank lines
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*")


def find(
    splits: Sequence[Split],
    *,
    scheme: Scheme = "none",
    spelling: Spelling = PLAIN,
    ignore: Collection[str] = (),
    max_steps: int = 5000,
    may_lack_tags: bool = False,
) -> list[Finding]:
    """What is or may be wrong, errors first.

    Args:
        splits: of tagged sentences; what is learned from is named `train`, and stands first.
        scheme: of the tags.
        spelling: of the same.
        ignore: tags that are neither learned nor scored.
        max_steps: tokens, above which a sentence is cut in training.
        may_lack_tags: whether `_` is no gap but what a word without a key of FEATS or MISC has.
    """
    found = list(tag_findings(splits, ignore, may_lack=may_lack_tags))
    for split in splits:
        if scheme != "none":
            found += _transitions(split, Notation(scheme, spelling))
        found += _lengths(split, max_steps)
    found += repeat_findings(splits, ignore)
    for split in splits:
        found += _characters(split)
    return errors_first(found)


def _transitions(split: Split, notation: Notation) -> Iterator[Finding]:
    scheme, read = notation.scheme, {tag: notation.spelling.read(tag) for tag in split.flat.tag_names}
    if all(
        can_follow(before and read[before], tag and read[tag], scheme) for before, tag in split.flat.tag_pair_counts()
    ):
        return
    hits = []
    for sentence in split.read:
        tags = sentence.tags or ()
        for i in invalid_starts([*map(read.__getitem__, tags)], scheme):
            before = tags[i - 1] if i else None
            if can_follow(before and read[before], read[tags[i]], scheme):
                note = f"the sentence ends behind {shown(tags[i])}"
            else:
                note = f"{shown(tags[i])} {f'behind {shown(before)}' if before else 'at the start'}"
            hits.append(Hit(sentence, i, note))
    yield finding(
        "transitions", split.name, hits,
        f"{number_of('tag', len(hits))} where {scheme} does not allow {'them' if len(hits) > 1 else 'it'}",
        "They are read as conlleval reads them: a tag that continues nothing starts a span, and a span that is not "
        f"continued ends. `tagger convert IN OUT --scheme {notation.name}` writes them so. If they are many, the tags "
        "may be in another scheme: data.scheme.",
    )  # fmt: skip


def _lengths(split: Split, max_steps: int) -> Iterator[Finding]:
    lengths = split.flat.lengths
    if len(lengths) > 1 and (lengths == 1).all():
        yield finding(
            "one-token", split.name, (Hit(sentence, 0) for sentence in split.read[:MAX_LISTED]),
            "every sentence is a single token",
            "Sentences are parted by a blank line, or by the column that data.sentence names: is there a blank line "
            "behind each token?",
            count=len(lengths),
        )  # fmt: skip
    if len(lengths) == 1 and lengths[0] >= ONE_SENTENCE and split.flat.numbers is None:
        spaced = [form for form, word in enumerate(split.flat.forms) if " " in word]
        are_texts = np.isin(split.flat.tokens, spaced).mean() > 0.5
        yield finding(
            "one-sentence", split.name, [Hit(split.read[0], 0)],
            f"all {lengths[0]:,} {'rows are a text and its label' if are_texts else 'tokens are one sentence'}",
            "A tagger gives each token of a text a tag: a row is a token and its tag, and a blank line stands between "
            "texts."
            if are_texts
            else "Sentences are parted by a blank line, or by the column that data.sentence names: are the blank lines "
            "missing? A network learns from many sentences, and the score of one has no interval.",
        )  # fmt: skip
    elif long := np.flatnonzero(lengths > max_steps).tolist():
        yield finding(
            "long", split.name, (Hit(split.read[i], 0, f"{lengths[i]:,} tokens") for i in long),
            f"{number_of('sentence', len(long))} of more than {max_steps:,} tokens",
            "Is the blank line between sentences missing? If not: training cuts them, tagging does not, and both take "
            "memory.",
        )  # fmt: skip


def _characters(split: Split) -> Iterator[Finding]:
    flat = split.flat
    odd: dict[str, dict[int, str]] = {key: {} for key in ODDITIES}  # by form, a remark
    for form, word in enumerate(flat.forms):
        if not (word.isascii() and word.isprintable() and " " not in word):
            for key, remark in oddities(word):
                odd[key][form] = f"{shown(word)}{remark}"
    for key, (what, advice) in ODDITIES.items():
        steps = np.flatnonzero(np.isin(flat.tokens, list(odd[key]))) if odd[key] else ()
        if len(steps):
            hits = (split.hit(int(step), odd[key][int(flat.tokens[step])]) for step in steps[:MAX_LISTED])
            told = f"{number_of('token', len(steps))} with {what}"
            yield finding(key, split.name, hits, told, advice, count=len(steps))
    if flat.numbers is None and all(map(NUMBER.fullmatch, flat.forms)):
        n_tokens = len(flat.tokens)
        yield finding(
            "numbers", split.name, map(split.hit, range(min(n_tokens, MAX_LISTED))),
            "every token is a number",
            "Probably another column is meant: data.token says which has the words. Measurements are "
            "features.numeric.",
            count=n_tokens,
        )  # fmt: skip

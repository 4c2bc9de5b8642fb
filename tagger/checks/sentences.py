"""Findings about the sentences of splits: tags, transitions, lengths, repeats and characters."""

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from tagger.checks.characters import ODDITIES, odd_characters, quoted
from tagger.checks.findings import Finding, FlaggedToken, Split, errors_first, finding_at
from tagger.checks.repeats import repeat_findings
from tagger.checks.tags import scheme_findings, tag_findings
from tagger.corpus.counted import counted
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.schemes import Scheme, can_follow, invalid_starts
from tagger.corpus.spelling import PLAIN, Notation, Spelling

ONE_SENTENCE = 200  # tokens: a longer file with a single sentence most likely lacks its blank lines
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*")
SENTENCE_ENDS = "Sentences end at a blank line, or where the column that data.sentence names changes:"


def sentence_findings(
    splits: Sequence[Split],
    *,
    scheme: Scheme = "none",
    spelling: Spelling = PLAIN,
    ignore: Collection[str] = (),
    max_steps: int = 5000,
    may_lack_tags: bool = False,
    meant: str = "",
) -> list[Finding]:
    """Certain and likely errors in tagged sentences, errors first.

    Args:
        splits: splits of a data set; the training data is named `train` and comes first.
        scheme: scheme of the tags.
        spelling: spelling of the tags.
        ignore: tags that are neither learned nor scored.
        max_steps: maximum length of a sentence in training, in tokens.
        may_lack_tags: whether `_` is the regular tag of a word without a key of FEATS or MISC, not a missing tag.
        meant: question for the column of tags that was probably meant, as advice for a split without tags.
    """
    findings = list(tag_findings(splits, ignore, may_lack=may_lack_tags, meant=meant))
    for split in splits[:1]:
        findings += scheme_findings(split, Notation(scheme, spelling), ignore)
    for split in splits:
        if scheme != "none":
            findings += transition_findings(split, Notation(scheme, spelling))
        findings += length_findings(split, max_steps)
    findings += repeat_findings(splits, ignore)
    for split in splits:
        findings += character_findings(split)
    return errors_first(findings)


def transition_findings(split: Split, notation: Notation) -> Iterator[Finding]:
    """Report tags that break the scheme."""
    scheme, parsed = notation.scheme, {tag: notation.spelling.read(tag) for tag in split.flat.tag_names}
    if all(can_follow(a and parsed[a], b and parsed[b], scheme) for a, b in split.flat.tag_pair_counts()):
        return
    tokens = []
    for sentence in split.sentences:
        tags = sentence.tags or ()
        for i in invalid_starts([*map(parsed.__getitem__, tags)], scheme):
            before = tags[i - 1] if i else None
            if can_follow(before and parsed[before], parsed[tags[i]], scheme):
                note = f"the sentence ends after {quoted(tags[i])}"
            else:
                note = f"{quoted(tags[i])} {f'after {quoted(before)}' if before else 'at the start'}"
            tokens.append(FlaggedToken(sentence, i, note))
    yield finding_at(
        "transitions", split.name, tokens,
        f"{counted(len(tokens), 'tag')} that {'breaks' if len(tokens) == 1 else 'break'} the scheme {scheme}",
        "They are read as conlleval reads them: a tag that continues nothing starts a span, and a span that is not "
        f"continued ends. `tagger convert IN OUT --scheme {notation.name}` writes the corrected tags. If there are "
        "many, the tags may be in another scheme: data.scheme.",
    )  # fmt: skip


def length_findings(split: Split, max_steps: int) -> Iterator[Finding]:
    """Report splits of one sentence or of single tokens, and long sentences; a series may be of any length."""
    lengths = split.flat.lengths
    if len(lengths) > 1 and (lengths == 1).all():
        yield finding_at(
            "one-token", split.name, (FlaggedToken(sentence, 0) for sentence in split.sentences[:MAX_LISTED]),
            "every sentence is a single token",
            f"{SENTENCE_ENDS} is there a blank line after each token?",
            count=len(lengths),
        )  # fmt: skip
    if len(lengths) == 1 and lengths[0] >= ONE_SENTENCE and split.flat.numbers is None:
        spaced = [form for form, word in enumerate(split.flat.forms) if " " in word]
        are_texts = np.isin(split.flat.tokens, spaced).mean() > 0.5
        yield finding_at(
            "one-sentence", split.name, [FlaggedToken(split.sentences[0], 0)],
            f"all {lengths[0]:,} {'rows are a text and its label' if are_texts else 'tokens are one sentence'}",
            "A tagger gives a tag to each token of a text: a row holds a token and its tag, and a blank line stands "
            "between texts."
            if are_texts
            else f"{SENTENCE_ENDS} are the blank lines missing? A network needs many sentences to learn from, and a "
            "score on a single one has no confidence interval.",
        )  # fmt: skip
    elif split.flat.numbers is None and (long := np.flatnonzero(lengths > max_steps).tolist()):
        yield finding_at(
            "long", split.name, (FlaggedToken(split.sentences[i], 0, f"{lengths[i]:,} tokens") for i in long),
            f"{counted(len(long), 'sentence')} of more than {max_steps:,} tokens",
            "Is the blank line between sentences missing? If not: training cuts long sentences, tagging does not, and "
            "both need much memory.",
        )  # fmt: skip


def character_findings(split: Split) -> Iterator[Finding]:
    """Report tokens with unintended characters, and splits whose tokens are all numbers."""
    flat = split.flat
    notes: dict[str, dict[int, str]] = {key: {} for key in ODDITIES}  # keys: kind, then form
    for form, word in enumerate(flat.forms):
        if not (word.isascii() and word.isprintable() and " " not in word):
            for key, remark in odd_characters(word):
                notes[key][form] = f"{quoted(word)}{remark}"
    for key, (what, advice) in ODDITIES.items():
        steps = np.flatnonzero(np.isin(flat.tokens, list(notes[key]))) if notes[key] else ()
        is_time = key == "spaces" and flat.numbers is not None  # what a series shows as its tokens
        if len(steps) and not is_time:
            tokens = (split.flag(int(step), notes[key][int(flat.tokens[step])]) for step in steps[:MAX_LISTED])
            message = f"{counted(len(steps), 'token')} with {what}"
            yield finding_at(key, split.name, tokens, message, advice, count=len(steps))
    if flat.numbers is None and all(map(NUMBER.fullmatch, flat.forms)):
        n_tokens = len(flat.tokens)
        yield finding_at(
            "numbers", split.name, map(split.flag, range(min(n_tokens, MAX_LISTED))),
            "every token is a number",
            "The words are probably in another column: choose it with data.token. Measurements belong in "
            "features.numeric.",
            count=n_tokens,
        )  # fmt: skip

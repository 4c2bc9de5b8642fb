"""Findings about sentences with several answers: those about tokens once, those about answers for each head."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tagger.checks.characters import quoted
from tagger.checks.findings import Finding, Split, errors_first, finding_at
from tagger.checks.repeats import contradiction_findings, repeat_findings
from tagger.checks.sentences import character_findings, length_findings, transition_findings
from tagger.checks.tags import scheme_findings, tag_findings
from tagger.corpus.counted import counted
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.layout import AnswerKind
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation

N_RULES = 6  # rules in a note
LABEL_WORDS = {  # words of findings about tags, and those for labels, whose sentences have one step
    "no word is tagged": "no sentence has a label", "tagged": "labelled", "tag": "label", "tags": "labels",
    "token": "sentence", "tokens": "sentences", "word": "text", "words": "texts", "A tagger": "A classifier",
    "The same tokens have": "The same text has", "the tokens alone do": "the text alone does",
}  # fmt: skip
LABEL_WORD = re.compile("|".join(rf"(?<![.\w]){word}(?!\w)" for word in sorted(LABEL_WORDS, key=len, reverse=True)))


def token_findings(splits: Sequence[Split], *, max_steps: int = 5000, are_texts: bool = False) -> list[Finding]:
    """Certain and likely errors in the tokens of sentences, whatever their answers: lengths, repeats, characters.

    Args:
        splits: splits of a data set, train first.
        max_steps: maximum length of a sentence in training, in tokens.
        are_texts: whether a row or object is a whole text, so that a sentence may well have a single token.
    """
    findings = [finding for split in splits for finding in length_findings(split, max_steps)]
    findings += repeat_findings(splits, ())
    findings += (finding for split in splits for finding in character_findings(split))
    return [finding for finding in findings if not (are_texts and finding.key == "one-token")]


def answer_findings(
    splits: Sequence[Split],
    head: str,
    *,
    kind: AnswerKind = "tag",
    notation: Notation = Notation("none"),
    ignore: Collection[str] = (),
    may_lack: bool = False,
    keys: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Certain and likely errors in the answers of one head.

    Args:
        splits: the sentences that have the answer, as their tags; a label is the tag of a sentence of one step, and
            strings are edit scripts. Train comes first.
        head: name of the head.
        kind: kind of its answers.
        notation: scheme and spelling of tags.
        ignore: answers that are neither learned nor scored.
        may_lack: whether `_` is the regular tag of a word, not a missing tag.
        keys: names of the head's keys, by those of a config with one head, such as `data.map`.
    """
    if kind == "string":
        findings = [*_unseen_rules(splits, ignore)]
    else:
        findings = [*tag_findings(splits, ignore, may_lack=may_lack)]
        findings += scheme_findings(splits[0], notation, ignore) if splits else ()
        for split in splits if notation.scheme != "none" else ():
            findings += transition_findings(split, notation)
        findings += contradiction_findings(splits, ignore)
    return errors_first(_worded(finding, head, kind, keys or {}) for finding in findings)


def _worded(finding: Finding, head: str, kind: AnswerKind, keys: Mapping[str, str]) -> Finding:
    """A finding with the words of the head's kind and the names of its keys."""

    def text(of_tags: str) -> str:
        if kind == "label":
            of_tags = LABEL_WORD.sub(lambda word: LABEL_WORDS[word[0]], of_tags)
        for key, own in keys.items():
            of_tags = of_tags.replace(key, own)
        return of_tags

    return replace(finding, head=head, message=text(finding.message), advice=text(finding.advice))


def _unseen_rules(splits: Sequence[Split], ignore: Collection[str]) -> Iterator[Finding]:
    train = next((split for split in splits if split.name == "train"), None)
    known = {*ignore, *(train.flat.tag_counts() if train else ())}
    for split in splits if train else ():
        flat = split.flat
        unseen = [i for i, name in enumerate(flat.tag_names) if name not in known]
        steps = np.flatnonzero(np.isin(np.asarray(flat.tags), unseen))
        if len(steps):
            tokens = (split.flag(int(i), quoted(flat.forms[flat.tokens[i]])) for i in steps[:MAX_LISTED])
            share = len(steps) / len(flat.tokens)
            yield finding_at(
                "unseen-rules", split.name, tokens,
                f"{len(steps):,} of {len(flat.tokens):,} tokens ({share:.1%}) have an edit script that train lacks",
                "An edit script makes a token into its string. A tagger applies only scripts of train, so that these "
                "tokens count as errors.",
                count=len(steps),
            )  # fmt: skip


def rule_notes(
    head: str, scripts: Sentences, strings: Sentences, describe: Callable[[str], str], ignore: Collection[str] = ()
) -> list[str]:
    """Lines on the edit scripts of a head of strings: their number, and the most frequent ones in words.

    Args:
        head: name of the head.
        scripts: sentences of train with edit scripts as tags.
        strings: the same with the strings as tags.
        describe: function from a script to a phrase.
        ignore: strings that have no script.
    """
    counts = Counter({script: n for script, n in scripts.tag_counts().items() if script not in ignore})
    n_once = sum(n == 1 for n in counts.values())
    once = "1 of them occurs once" if n_once == 1 else f"{n_once:,} of them occur once"
    lines = [f"{head}: {counted(len(counts), 'edit script')} from tokens to strings, {once}; the most frequent:"]
    width = max((len(script) for script, _ in counts.most_common(N_RULES)), default=0)
    for script, n in counts.most_common(N_RULES):
        examples = ", ".join(_examples(scripts, strings, script))
        lines.append(f"  {script:<{width}} {n / counts.total():>6.1%}  {describe(script)}: {examples}")
    return lines


def _examples(scripts: Sentences, strings: Sentences, script: str) -> Iterator[str]:
    """The three most frequent tokens with a script, words first, with their strings."""
    steps = np.flatnonzero(np.asarray(scripts.tags) == scripts.tag_names.index(script))
    pairs = Counter(zip(scripts.tokens[steps].tolist(), np.asarray(strings.tags)[steps].tolist(), strict=True))
    words_first = sorted(pairs, key=lambda pair: (not scripts.forms[pair[0]].isalpha(), -pairs[pair]))
    for form, string in words_first[:3]:
        yield f"{scripts.forms[form]} → {strings.tag_names[string]}"

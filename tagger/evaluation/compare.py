"""Two saved taggers on one tagged file."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from tagger.corpus.chunks import near
from tagger.corpus.schemes import Scheme, convert
from tagger.corpus.sentence import Sentence
from tagger.corpus.tags import check_scored, in_scheme
from tagger.errors import DataError
from tagger.evaluation.comparison import Comparison, compare
from tagger.evaluation.tagged_files import read_gold
from tagger.tagging.tagger import Tagger


def compare_on_file(first: Tagger, second: Tagger, path: Path) -> Comparison:
    """Compares the tags that two taggers give a tagged file; each reads it like its own training data.

    A word is unseen where neither was trained on it, a token is scored where neither ignores its tag, and where the
    taggers have different schemes, the second one's tags are written in the first one's.

    Raises:
        DataError: the file cannot be read, or the two do not find the same tokens and gold tags in it.
    """
    schemes = first.bundle.scheme, second.bundle.scheme
    ignore = tuple(dict.fromkeys([*first.bundle.encoder.ignore, *second.bundle.encoder.ignore]))
    gold, theirs = read_gold(first, path), read_gold(second, path)
    _check_same(gold, [in_scheme(sentence, *reversed(schemes), ignore=ignore) for sentence in theirs], path)
    check_scored(gold, ignore)
    return compare(
        gold=[sentence.tags or () for sentence in gold],
        first=[tagged.tags for tagged in first.stream(gold)],
        second=[convert(tagged.tags, *reversed(schemes)) for tagged in second.stream(theirs)],
        tokens=[sentence.tokens for sentence in gold],
        lexicon=first.bundle.lexicon.extending(second.bundle.lexicon),
        ignore=ignore,
        scheme=_common(*schemes),
    )


def _common(first: Scheme, second: Scheme) -> Scheme:
    """The scheme of both taggers' tags, once those of the second are in the scheme of the first."""
    return second if first == "none" else first


def _check_same(first: Sequence[Sentence], second: Sequence[Sentence], path: Path) -> None:
    """Raises DataError where two taggers would be asked for different things."""
    hint = "taggers compare that learned the same tags from files of the same layout"
    if len(first) != len(second):
        raise DataError(f"{near(path)}: A reads {len(first):,} sentences in it, B {len(second):,}", hint)
    for ours, theirs in zip(first, second, strict=True):
        steps, others = (list(zip(each.tokens, each.tags or (), strict=True)) for each in (ours, theirs))
        for step, other in zip_longest(steps, others, fillvalue=("nothing", "none")):
            if step != other:
                told = "A reads {!r} with the tag {!r}, B {!r} with {!r}".format(*step, *other)
                raise DataError(f"{ours.place}: in this sentence {told}", hint)

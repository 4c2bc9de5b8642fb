"""Comparison of two taggers on the same sentences: which is better, by how much, and on which tokens they differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.significance import Difference, differences

ChangeKind = Literal["mended", "broken", "wrong"]


@dataclass(frozen=True, slots=True)
class Change:
    """A token that two taggers tag differently.

    Args:
        sentence: index in the comparison's sentences, from 0.
        position: index of the token in the sentence, from 0.
        gold: gold tag.
        first: tag predicted by the first tagger.
        second: tag predicted by the second tagger.
    """

    sentence: int
    position: int
    gold: str
    first: str
    second: str

    @property
    def kind(self) -> ChangeKind:
        """Which tagger is right: only the second (mended), only the first (broken) or neither (wrong)."""
        return "mended" if self.second == self.gold else "broken" if self.first == self.gold else "wrong"


@dataclass(frozen=True, slots=True)
class TagChange:
    """Difference between two taggers on one tag.

    Args:
        support: number of tokens with this gold tag.
        first: F1 of the first tagger, from 0 to 1.
        second: F1 of the second tagger, from 0 to 1.
        mended: number of tokens with this gold tag that only the second tagger gets right.
        broken: number of tokens with this gold tag that only the first tagger gets right.
    """

    support: int
    first: float
    second: float
    mended: int
    broken: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences between two taggers.

    Args:
        sentences: tokens of each sentence that has a scored token.
        n_tokens: number of scored tokens.
        headlines: differences in headline scores that both taggers have, by name.
        lacks_spans: whether tags have a scheme but there is no gold span, so that span F1 is not compared.
        tags: differences by tag.
        changes: tokens that the two tag differently, in order.
        kind: kind of the answers that are compared as tags, see `Evaluation`.
        is_series: whether the sentences are series of numbers.
    """

    sentences: tuple[tuple[str, ...], ...]
    n_tokens: int
    headlines: dict[str, Difference]
    lacks_spans: bool
    tags: dict[str, TagChange]
    changes: tuple[Change, ...]
    kind: AnswerKind = "tag"
    is_series: bool = False

    def changes_of(self, kind: ChangeKind) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def main_headline(self) -> str:
        """Name of the score that decides which tagger is better: span F1 if compared, else accuracy."""
        return "span_f1" if "span_f1" in self.headlines else "accuracy"

    @property
    def better(self) -> Literal["first", "second"] | None:
        """The tagger with the significantly higher main headline score; None without a significant difference."""
        return self.headlines[self.main_headline].better

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object; `sentence` and `position` count from 1."""
        return {
            "sentences": len(self.sentences),
            "tokens": self.n_tokens,
            "decides": self.main_headline,
            "better": self.better,
            "headlines": {name: {**asdict(row), "difference": row.difference} for name, row in self.headlines.items()},
            **{kind: len(self.changes_of(kind)) for kind in get_args(ChangeKind)},
            "tags": {tag: asdict(change) for tag, change in self.tags.items()},
            "changes": [
                {
                    "sentence": change.sentence + 1,
                    "position": change.position + 1,
                    "token": self.sentences[change.sentence][change.position],
                    "gold": change.gold,
                    "first": change.first,
                    "second": change.second,
                    "kind": change.kind,
                }
                for change in self.changes
            ],
            "changed_sentences": {
                number + 1: self.sentences[number]
                for number in dict.fromkeys(change.sentence for change in self.changes)
            },
        }


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Differences between two taggers in each head that both have.

    Args:
        heads: by name, at least one.
        joint: difference in joint accuracy over several heads; None for one, or if no sentence has the answers of all.
        n_joint: number of sentences that joint accuracy is a proportion of.
        names_heads: whether the differences are listed by head, see `Scores`.
    """

    heads: dict[str, Comparison]
    joint: Difference | None = None
    n_joint: int = 0
    names_heads: bool = False

    @property
    def first(self) -> Comparison:
        """The comparison of the first head."""
        return next(iter(self.heads.values()))

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object: a comparison, or all of them by head."""
        if not self.names_heads:
            return self.first.to_json()
        joint = self.joint and {"sentences": self.n_joint, **asdict(self.joint), "difference": self.joint.difference}
        return {"heads": {name: comparison.to_json() for name, comparison in self.heads.items()}, "joint": joint}


def paired_evaluations(
    gold: Sequence[Sequence[str]],
    first: Sequence[Sequence[str]],
    second: Sequence[Sequence[str]],
    tokens: Sequence[Sequence[str]],
    lexicon: Lexicon,
    *,
    ignore: Sequence[str] = (),
    scheme: Scheme = "none",
    spelling: Spelling = PLAIN,
    kind: AnswerKind = "tag",
    is_series: bool = False,
) -> tuple[Evaluation, Evaluation]:
    """Evaluate the tags predicted by two taggers, with the same list of tags.

    Args:
        gold: gold tags of each sentence.
        first: tags of each sentence predicted by the first tagger.
        second: tags of each sentence predicted by the second tagger.
        tokens: tokens of each sentence.
        lexicon: words that either tagger was trained on, for unseen words.
        ignore: gold tags whose tokens are not scored.
        scheme: scheme of all tags.
        spelling: spelling of all tags.
        kind: kind of the answers that are passed as tags, see `Evaluation`.
        is_series: as for `evaluate`.

    Raises:
        ValueError: tags and tokens of a sentence differ in number.
    """
    all_tags = sorted({tag for tags in (gold, first, second) for sentence in tags for tag in sentence} - {*ignore})

    def evaluation(predicted: Sequence[Sequence[str]]) -> Evaluation:
        return evaluate(
            gold, predicted, tokens, lexicon,
            known_tags=all_tags, ignore=ignore, scheme=scheme, spelling=spelling, kind=kind,
            is_series=is_series,
        )  # fmt: skip

    return evaluation(first), evaluation(second)


def compare_evaluations(before: Evaluation, after: Evaluation) -> Comparison:
    """Compare two evaluations with the same gold tags and the same list of tags."""
    changes = _changes(before, after)
    headlines = differences(before.sentence_counts, after.sentence_counts)
    if lacks_spans := before.spans is not None and not before.spans.gold:
        headlines.pop("span_f1", None)
    return Comparison(
        sentences=before.steps.sentences,
        n_tokens=before.n_tokens,
        headlines=headlines,
        lacks_spans=lacks_spans,
        tags=_by_tag(before, after, changes),
        changes=changes,
        kind=before.kind,
        is_series=before.is_series,
    )


def _changes(before: Evaluation, after: Evaluation) -> tuple[Change, ...]:
    steps, tags = before.steps, before.tags
    is_changed = steps.predicted != after.steps.predicted
    columns = (steps.sentence, steps.position, steps.gold, steps.predicted, after.steps.predicted)
    rows = zip(*(column[is_changed].tolist() for column in columns), strict=True)
    return tuple(
        Change(sentence, position, tags[gold], tags[first], tags[second])
        for sentence, position, gold, first, second in rows
    )


def _by_tag(before: Evaluation, after: Evaluation, changes: Sequence[Change]) -> dict[str, TagChange]:
    kinds = Counter((change.gold, change.kind) for change in changes)
    scores = before.by_tag, after.by_tag
    return {
        tag: TagChange(
            support=int(scores[0][tag]["support"]),
            first=scores[0][tag]["f1"],
            second=scores[1][tag]["f1"],
            mended=kinds[tag, "mended"],
            broken=kinds[tag, "broken"],
        )
        for tag in before.tags
    }

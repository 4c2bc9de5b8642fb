"""Two taggers on the same sentences: which is better, by how much, and where they differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.significance import Difference, differences

Effect = Literal["mended", "broken", "wrong"]


@dataclass(frozen=True, slots=True)
class Change:
    """A token that two taggers tag differently.

    Args:
        sentence: which of the comparison's, from 0.
        position: of the token in it, from 0.
        gold: its tag.
        first: the tag that it has from the one tagger.
        second: from the other.
    """

    sentence: int
    position: int
    gold: str
    first: str
    second: str

    @property
    def kind(self) -> Effect:
        """Mended: only the second is right; broken: only the first; wrong: neither."""
        return "mended" if self.second == self.gold else "broken" if self.first == self.gold else "wrong"


@dataclass(frozen=True, slots=True)
class TagChange:
    """F1 of a tag by each tagger, and its tokens that changed.

    Args:
        support: tokens whose gold tag it is.
        first: the one tagger's F1, from 0 to 1.
        second: the other's.
        mended: of its gold tokens, those that only the second has right.
        broken: those that only the first has right.
    """

    support: int
    first: float
    second: float
    mended: int
    broken: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences of a second tagger from a first one.

    Args:
        sentences: the tokens of each sentence that has a scored one.
        n_tokens: scored tokens.
        headlines: those that both have, by name.
        lacks_spans: whether tags are of a scheme, and no span is gold, so that span F1 is not compared.
        tags: changes of each tag that occurs.
        changes: the tokens that the two tag differently, in their order.
    """

    sentences: tuple[tuple[str, ...], ...]
    n_tokens: int
    headlines: dict[str, Difference]
    lacks_spans: bool
    tags: dict[str, TagChange]
    changes: tuple[Change, ...]

    def changed(self, kind: Effect) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def main(self) -> str:
        """The name of the headline that decides: span F1 where there are spans, else accuracy."""
        return "span_f1" if "span_f1" in self.headlines else "accuracy"

    @property
    def better(self) -> Literal["first", "second"] | None:
        """The tagger whose deciding headline is higher by more than chance; None: no difference that can be shown."""
        decides = self.headlines[self.main]
        if not decides.is_certain:
            return None
        return "second" if decides.difference > 0 else "first"

    def to_json(self) -> dict[str, Any]:
        """The comparison as an object of JSON; `sentence` and `position` count from 1."""
        return {
            "sentences": len(self.sentences),
            "tokens": self.n_tokens,
            "decides": self.main,
            "better": self.better,
            "headlines": {name: {**asdict(row), "difference": row.difference} for name, row in self.headlines.items()},
            **{kind: len(self.changed(kind)) for kind in get_args(Effect)},
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


def compare(
    gold: Sequence[Sequence[str]],
    first: Sequence[Sequence[str]],
    second: Sequence[Sequence[str]],
    tokens: Sequence[Sequence[str]],
    lexicon: Lexicon,
    *,
    ignore: Sequence[str] = (),
    scheme: Scheme = "none",
    spelling: Spelling = PLAIN,
) -> Comparison:
    """Compare the tags of two taggers.

    Args:
        gold: gold tags of each sentence.
        first: tags of each sentence by the one tagger.
        second: tags of each sentence by the other.
        tokens: tokens of each sentence.
        lexicon: of the words that either was trained on, for unseen words.
        ignore: gold tags whose tokens are not counted.
        scheme: of all tags.
        spelling: of the same.

    Raises:
        ValueError: a sentence's tags or tokens differ in number.
    """
    all_tags = sorted({tag for tags in (gold, first, second) for sentence in tags for tag in sentence} - {*ignore})
    before, after = (
        evaluate(gold, predicted, tokens, lexicon, known_tags=all_tags, ignore=ignore, scheme=scheme, spelling=spelling)
        for predicted in (first, second)
    )
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
    )


def _changes(before: Evaluation, after: Evaluation) -> tuple[Change, ...]:
    steps, tags = before.steps, before.tags
    is_changed = steps.predicted != after.steps.predicted
    columns = (steps.sentence, steps.position, steps.gold, steps.predicted, after.steps.predicted)
    rows = zip(*(column[is_changed].tolist() for column in columns), strict=True)
    return tuple(
        Change(sentence, position, tags[right], tags[one], tags[other])
        for sentence, position, right, one, other in rows
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

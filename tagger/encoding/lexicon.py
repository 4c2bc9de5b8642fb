"""Word forms of the train split: their most frequent tags, and which forms are ambiguous."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Tag statistics of train's word forms, regardless of context.

    Args:
        majority: the most frequent tag of train.
        forms: most frequent tag of each form, as written in train; None if the tagger does not read words.
        ambiguous: forms with two or more tags in train; None if the tagger does not read words, or if an older version
            did not record them.
    """

    majority: str
    forms: dict[str, str] | None
    ambiguous: frozenset[str] | None = None

    def extended_with(self, other: "Lexicon") -> "Lexicon":
        """This lexicon plus the forms that only the other has; unchanged if either has no forms."""
        if self.forms is None or other.forms is None:
            return self
        ambiguous = None
        if self.ambiguous is not None and other.ambiguous is not None:
            in_both = self.forms.keys() & other.forms.keys()
            differing = {form for form in in_both if self.forms[form] != other.forms[form]}
            ambiguous = self.ambiguous | other.ambiguous | differing
        return Lexicon(self.majority, dict(sorted((other.forms | self.forms).items())), ambiguous)


def count_lexicon(sentences: Iterable[Sentence], *, reads_words: bool, ignore: Iterable[str] = ()) -> Lexicon:
    """Build the lexicon of train; equally frequent tags are ranked in alphabetical order.

    Ignored tags are never the most frequent tag, and do not make a form ambiguous.
    """
    train, ignored = Sentences.collect(sentences), set(ignore)
    majority = _most_frequent({tag: n for tag, n in train.tag_counts().items() if tag not in ignored})
    if not reads_words:
        return Lexicon(majority, None)
    by_form: dict[str, dict[str, int]] = defaultdict(dict)
    for form, tag, n in train.form_tag_counts():
        counts = by_form[form]  # a form that has only ignored tags is in the lexicon too
        if tag not in ignored:
            counts[tag] = n
    forms = {form: _most_frequent(counts) if counts else majority for form, counts in sorted(by_form.items())}
    return Lexicon(majority, forms, frozenset(form for form, counts in by_form.items() if len(counts) > 1))


def _most_frequent(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda tag: (-counts[tag], tag))

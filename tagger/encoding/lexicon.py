"""Single words in the train split: known forms, their most frequent tags, and the ambiguous ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What train says of words without their sentences.

    Args:
        majority: the most frequent tag of train.
        forms: each form of train, as written, with its most frequent tag; None where words are not read.
        ambiguous: the forms that have two or more tags in train; None where words are not read, or nobody noted it.
    """

    majority: str
    forms: dict[str, str] | None
    ambiguous: frozenset[str] | None = None

    def extending(self, other: "Lexicon") -> "Lexicon":
        """This one with the other's forms beside its own; where one of the two has none, it stays as it is."""
        if self.forms is None or other.forms is None:
            return self
        ambiguous = None
        if self.ambiguous is not None and other.ambiguous is not None:
            in_both = self.forms.keys() & other.forms.keys()
            differing = {form for form in in_both if self.forms[form] != other.forms[form]}
            ambiguous = self.ambiguous | other.ambiguous | differing
        return Lexicon(self.majority, dict(sorted((other.forms | self.forms).items())), ambiguous)


def count_lexicon(sentences: Iterable[Sentence], *, reads_words: bool, ignore: Iterable[str] = ()) -> Lexicon:
    """Counts train's forms and tags; of equally frequent tags, the first by alphabet counts.

    Ignored tags are no one's most frequent, and make no form ambiguous.
    """
    train, ignored = Sentences.collect(sentences), set(ignore)
    majority = _most_frequent({tag: n for tag, n in train.tag_counts().items() if tag not in ignored})
    if not reads_words:
        return Lexicon(majority, None)
    by_form: dict[str, dict[str, int]] = defaultdict(dict)
    for form, tag, n in train.form_tag_counts():
        of_form = by_form[form]  # known, even if nothing is known of its tag
        if tag not in ignored:
            of_form[tag] = n
    forms = {form: _most_frequent(tags) if tags else majority for form, tags in sorted(by_form.items())}
    return Lexicon(majority, forms, frozenset(form for form, tags in by_form.items() if len(tags) > 1))


def _most_frequent(tags: Mapping[str, int]) -> str:
    return min(tags, key=lambda tag: (-tags[tag], tag))

"""What train says of each word by itself: which forms it has, their most frequent tags, and which have several."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tagger.corpus.sentence import Sentence


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

    Args:
        sentences: train.
        reads_words: whether there are forms to know.
        ignore: tags that are no one's most frequent, and make no form ambiguous.
    """
    by_form: dict[str, Counter[str]] = defaultdict(Counter)
    all_tags: Counter[str] = Counter()
    ignored = set(ignore)
    for sentence in sentences:
        for token, tag in zip(sentence.tokens, sentence.tags or (), strict=True):
            if tag not in ignored:
                all_tags[tag] += 1
                by_form[token][tag] += 1
            elif reads_words:
                by_form[token]  # known, though nothing is known of its tag
    majority = _most_frequent(all_tags)
    if not reads_words:
        return Lexicon(majority, None)
    forms = {form: _most_frequent(tags) if tags else majority for form, tags in sorted(by_form.items())}
    return Lexicon(majority, forms, frozenset(form for form, tags in by_form.items() if len(tags) > 1))


def _most_frequent(tags: Counter[str]) -> str:
    return min(tags, key=lambda tag: (-tags[tag], tag))

"""A small English grammar that generates sentences with the role of each word.

S, V and O mark the head of a subject, the main verb and the head of a direct object, in every
clause of the sentence; X marks all other words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from lexicon import CLAUSAL, CONTROL, LEXICON, form_of, plural_of

Choice = TypeVar("Choice")
Tagged = list[tuple[str, str]]  # words with their tags

SUBJECTS = {False: ["he", "she", "it"], True: ["we", "they", "you"]}  # keys: whether plural
OBJECTS = ["him", "her", "it", "us", "them", "you"]
POSSESSIVES = ["her", "his", "its", "their", "my", "our", "your"]
DETERMINERS = {
    False: ["the", "the", "the", "a", "a", "a", "this", "every", "each", "no"],
    True: ["the", "the", "the", "these", "those", "some", "many", "few", "two", "no"],
}
PREPOSITIONS = ["in", "near", "with", "behind", "from", "for", "without", "about", "to"]
SUBORDINATORS = ["because", "although", "if", "when", "while", "before", "after"]
DEGREES = ["very", "rather", "quite", "too"]

# Auxiliaries after a singular and after a plural subject, and the form of the main verb after them.
ACTIVE = [
    ("does", "do", "base"),
    ("did", "did", "base"),
    ("will", "will", "base"),
    ("can", "can", "base"),
    ("must", "must", "base"),
    ("has", "have", "done"),
    ("had", "had", "done"),
    ("is", "are", "doing"),
    ("was", "were", "doing"),
    ("may have", "may have", "done"),
    ("has been", "have been", "doing"),
]
PASSIVE = [
    ("is", "are", "done"),
    ("was", "were", "done"),
    ("has been", "have been", "done"),
    ("will be", "will be", "done"),
    ("is being", "are being", "done"),
]
COPULAS = [("is", "are"), ("was", "were"), ("will be", "will be"), ("has been", "have been")]


@dataclass(frozen=True)
class Source:
    """Random choices; `held_rate` is the proportion of content words that are held out of train."""

    random: Random
    held_rate: float

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, options: Sequence[Choice]) -> Choice:
        return options[int(len(options) * self.random.random())]

    def word(self, *kinds: str) -> str:
        words = LEXICON[self.pick(kinds)][self.chance(self.held_rate)]
        return words[int(len(words) * self.random.random() ** 2)]  # words at the start of the list more often


@dataclass(frozen=True)
class Phrase:
    """A noun phrase, and the features that other words must agree with."""

    words: Tagged
    plural: bool
    person: bool = True


def draw_sentence(s: Source) -> Tagged:
    """Generate a statement or a question, capitalised, at times without its final punctuation."""
    is_question = s.chance(0.27)
    words = question(s) if is_question else statement(s)
    if s.chance(0.75):
        words.append(("?" if is_question else ".", "X"))
    following = [word for word, _ in words[1:]] + [""]
    words = [
        ("an" if word == "a" and after[0] in "aeiou" else word, tag)
        for (word, tag), after in zip(words, following, strict=True)
    ]
    (first, tag), *rest = words
    return [(first[0].upper() + first[1:], tag), *rest]


def statement(s: Source) -> Tagged:
    match s.pick(["plain", "front", "joined", "before", "after"] + ["clause"] * 8):
        case "plain":
            return [(s.word("name"), "S"), *transitive(s, plural=False), (s.word("name"), "O")]
        case "front":
            start = x(s.word("adverb")) if s.chance(0.5) else prepositional(s, 1)
            return start + x(",") + clause(s, 1)
        case "joined":
            return clause(s, 1) + x(s.pick(["and", "and", "but"])) + clause(s, 1)
        case "before":
            return x(s.pick(SUBORDINATORS)) + clause(s, 1) + x(",") + clause(s, 1)
        case "after":
            return clause(s, 1) + x(s.pick(SUBORDINATORS)) + clause(s, 1)
        case _:
            return clause(s, 2)


def question(s: Source) -> Tagged:
    match s.pick(["whether", "whether", "subject", "object", "object", "adverb"]):
        case "whether":
            return clause(s, 2, inverted=True)
        case "adverb":
            return x(s.pick(["where", "when", "why", "how"])) + clause(s, 1, inverted=True)
        case "subject":
            asked = question_phrase(s, "S", ["who", "who", "what"])
            return asked.words + predicate(s, asked.plural, 1)
        case _:
            asked = question_phrase(s, "O", ["whom", "who", "what"])
            return asked.words + clause(s, 1, inverted=True, gap=True)


def question_phrase(s: Source, tag: str, pronouns: list[str]) -> Phrase:
    if s.chance(0.6):
        return Phrase([(s.pick(pronouns), tag)], plural=False)
    return determined(s, tag, start=["which"])


def clause(s: Source, depth: int, *, inverted: bool = False, gap: bool = False) -> Tagged:
    """A subject and its predicate; `inverted` puts the auxiliary first, `gap` omits the object.

    Coordinated noun phrases need a depth of 2, relative clauses a depth of 1. So no "and" between noun
    phrases occurs near an "and" between clauses, where the past tense would make the roles ambiguous.
    """
    subject = phrase(s, "S", depth)
    rest = predicate(s, subject.plural, depth, inverted=inverted, gap=gap)
    return rest[:1] + subject.words + rest[1:] if inverted else subject.words + rest


# --- noun phrases


def phrase(s: Source, tag: str, depth: int) -> Phrase:
    if depth > 1 and s.chance(0.12):
        return Phrase(simple(s, tag).words + x("and") + simple(s, tag).words, plural=True)
    if depth > 0 and s.chance(0.17):
        head = determined(s, tag)
        return Phrase(head.words + relative(s, head), head.plural)
    if s.chance(0.08):
        head = determined(s, tag)
        return Phrase(head.words + prepositional(s, depth, may_be_of=True), head.plural)
    return simple(s, tag)


def simple(s: Source, tag: str) -> Phrase:
    """A name, a pronoun or a determined noun, with nothing after it."""
    if s.chance(0.3):
        return Phrase([(s.word("name"), tag)], plural=False)
    if s.chance(0.2):
        plural = s.chance(0.5)
        return Phrase([(s.pick(SUBJECTS[plural] if tag == "S" else OBJECTS), tag)], plural)
    return determined(s, tag)


def determined(s: Source, tag: str, *, plural: bool | None = None, start: list[str] | None = None) -> Phrase:
    """A noun, its adjectives and its determiner (`start` if given)."""
    plural = s.chance(0.4) if plural is None else plural
    person = s.chance(0.6 if tag == "S" else 0.45)
    kind = s.pick(["person", "person", "guard"] if person else ["thing", "thing", "thing", "plan", "plan", "walk"])
    noun = s.word(kind)
    adjectives = [s.word("adjective") for _ in range(s.pick([0] * 8 + [1] * 3 + [2]))]
    if start is None:
        # A noun that can be a verb always has a determiner: "the man that guards visit" is ambiguous.
        may_be_bare = plural and tag != "X" and (adjectives or kind in ("person", "thing"))
        start = [] if may_be_bare and s.chance(0.2) else determiner(s, tag, plural)
    head = plural_of(noun) if plural else noun.split("/")[0]
    return Phrase([*x(*start, *adjectives), (head, tag)], plural, person)


def determiner(s: Source, tag: str, plural: bool) -> list[str]:
    if s.chance(0.1):
        return [s.word("name"), "'s"]
    if s.chance(0.25):
        return [s.pick(POSSESSIVES)]
    # "that" before a subject could open a relative clause: "the man that (girl, girls) saw".
    that = ["that"] if tag != "S" and not plural else []
    return [s.pick(DETERMINERS[plural] + that)]


def relative(s: Source, head: Phrase) -> Tagged:
    """A relative clause; its pronoun is the subject or the object of that clause."""
    if s.chance(0.5):
        pronoun = s.pick(["who", "that"] if head.person else ["which", "that"])
        return [(pronoun, "S"), *predicate(s, head.plural, 0)]
    pronoun = s.pick(["whom", "who", "that", ""] if head.person else ["which", "that", ""])
    return [(pronoun, "O")] * bool(pronoun) + clause(s, 0, gap=True)


def prepositional(s: Source, depth: int, *, may_be_of: bool = False) -> Tagged:
    return x("of" if may_be_of and s.chance(0.3) else s.pick(PREPOSITIONS)) + phrase(s, "X", depth - 1).words


# --- predicates


def predicate(s: Source, plural: bool, depth: int, *, inverted: bool = False, gap: bool = False) -> Tagged:
    """A verb group with its complements, agreeing with a subject."""
    if gap:
        return transitive(s, plural, needs_auxiliary=inverted) + tail(s, 0, 0.15)
    kinds = ["transitive"] * 9 + ["intransitive", "intransitive", "passive", "passive", "copula"]
    match s.pick(kinds + ["that", "to", "joined"] * (depth > 0)):
        case "transitive":
            return transitive(s, plural, needs_auxiliary=inverted) + phrase(s, "O", depth).words + tail(s, depth)
        case "intransitive":
            verb = s.word("intransitive", "intransitive", "walk")
            return verb_group(s, verb, plural, needs_auxiliary=inverted) + tail(s, depth, 0.4)
        case "passive":
            by = x("by") + phrase(s, "X", depth - 1).words if s.chance(0.75) else []
            return verb_group(s, transitive_verb(s), plural, passive=True) + by + tail(s, depth, 0.2)
        case "copula":
            return copula(s, plural, depth)
        case "that":
            main = verb_group(s, s.pick(CLAUSAL), plural, needs_auxiliary=inverted)
            return main + x("that") * s.chance(0.7) + clause(s, depth - 1)
        case "to":
            main = verb_group(s, s.pick(CONTROL), plural, needs_auxiliary=inverted)
            goal = (form_of(transitive_verb(s), "base"), "V")
            return [*main, ("to", "X"), goal, *phrase(s, "O", depth).words]
        case _:
            first = predicate(s, plural, depth - 1, inverted=inverted)
            return first + x(s.pick(["and", "and", "but"])) + predicate(s, plural, 0)


def copula(s: Source, plural: bool, depth: int) -> Tagged:
    """A form of "be" as main verb, followed by a degree, a determiner or a preposition.

    So an unknown word right after "is" is always a participle.
    """
    *auxiliaries, verb = s.pick(COPULAS)[plural].split()
    be = [*x(*auxiliaries), (verb, "V")]
    be[1:1] = x("not") * s.chance(0.2)
    match s.pick(["adjective", "noun", "place"]):
        case "adjective":
            return be + x(s.pick(DEGREES), s.word("adjective"))
        case "noun":
            return be + determined(s, "X", plural=plural).words
        case _:
            return be + prepositional(s, depth)


def transitive(s: Source, plural: bool, *, needs_auxiliary: bool = False) -> Tagged:
    return verb_group(s, transitive_verb(s), plural, needs_auxiliary=needs_auxiliary)


def transitive_verb(s: Source) -> str:
    return s.word("transitive", "transitive", "plan", "guard")


def verb_group(s: Source, verb: str, plural: bool, *, needs_auxiliary: bool = False, passive: bool = False) -> Tagged:
    """The main verb with its auxiliaries, "not" and an adverb."""
    words, form = [], "past" if s.chance(0.45) else "base" if plural else "s"
    if needs_auxiliary or passive or s.chance(0.3):
        singular, several, form = s.pick(PASSIVE if passive else ACTIVE)
        words = (several if plural else singular).split()
        do = not needs_auxiliary and words[0] in ("do", "does", "did")
        words[1:1] = ["not"] * (do or s.chance(0.2))
    adverb = [s.word("adverb")] * s.chance(0.1)
    return [*x(*words, *adverb), (form_of(verb, form), "V")]


def tail(s: Source, depth: int, probability: float = 0.18) -> Tagged:
    """An adverb or a prepositional phrase after the verb and its object, or nothing."""
    if not s.chance(probability):
        return []
    return x(s.word("adverb")) if s.chance(0.4) else prepositional(s, depth)


def x(*words: str) -> Tagged:
    return [(word, "X") for word in words]

"""Subject, verb and object tags from a tree of Universal Dependencies, version 2, as data/svo has them.

A relation counts up to its colon: `nsubj:pass` and `nsubj:outer` are `nsubj`. A conjunct (conj) has the relation of its
first conjunct. Then a word's tag goes by its own relation:

S   nsubj, csubj: the head of a subject, also of a passive, or of a clause without a verb. It may be a verb:
    `Swimming/S is/V fun/X`, however the treebank tells gerunds from nouns.
O   obj: the head of a direct object. Not iobj: "me" is X in "gave me a book" as in "gave a book to me". Not ccomp and
    xcomp, clauses that stand where objects may: each keeps its verb, as in `says/V that/X Jane/S sleeps/V` and
    `wants/V to/X visit/V`, and a word has one tag.
V   cop, whatever its part of speech. A VERB, finite or not, that heads a clause: root, ccomp, xcomp, advcl, acl, or,
    loosely joined, parataxis, list, appos, dislocated, discourse, orphan, dep. An AUX that heads a clause: it stands
    for a verb left out, `I hope you/S do/V`, or is the only one, `that is where it/S is/V`.
X   All else. Auxiliaries. The noun or adjective beside a copula. Expletives (expl), which have no role: in "there is a
    ghost" the ghost is S. Agents (obl). Vocatives and dislocated nouns. A VERB that modifies a noun (amod: "retiring
    jurists"), is a preposition (case: "including") or part of a compound or name, or is taken back (reparandum). What
    is left of a clause without its verb: "Peter bronze" in "Marie won gold and Peter bronze".

Relative pronouns and question words have the role of their own clause: no rule is needed, UD has them that way.

Source: https://universaldependencies.org/u/dep/nsubj.html, and in the same place csubj, nsubj-outer, obj, iobj, ccomp,
xcomp, cop, aux_, expl, obl-agent, amod, acl-relcl, conj, orphan, reparandum; u/overview/simple-syntax.html and
u/overview/complex-syntax.html for passives, copulas and clauses as predicates.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Literal

from tagger.corpus.layout import Row, Rows
from tagger.errors import DataError

ID, UPOS, HEAD, DEPREL = 0, 3, 6, 7
ROLES = {"nsubj": "S", "csubj": "S", "obj": "O", "cop": "V"}
VERBS = {"VERB", "AUX"}
LOOSE_CLAUSES = {"parataxis", "list", "appos", "dislocated", "discourse", "orphan", "dep"}
CLAUSES = {"root", "ccomp", "xcomp", "advcl", "acl"} | LOOSE_CLAUSES


Extent = Literal["head", "subtree"]


def rows_with_svo(
    rows: Rows, path: str, *, extent: Extent, fields: Callable[[list[str]], Sequence[str]] = lambda cells: cells
) -> Rows:
    """The rows of a CoNLL-U file, each word's with one cell more: its tag.

    Args:
        rows: of the file.
        path: of the file, for errors.
        extent: as in `svo_tags`.
        fields: the ten of a row, where it has other columns.

    Raises:
        DataError: a tree is broken; names the sentence's first line.
    """
    sentence: list[Row] = []
    for row in itertools.chain(rows, [None]):
        if row is not None:
            sentence.append(row)
            continue
        words = [(number, cells) for number, _, cells, _ in sentence if cells]
        try:
            tags = iter(svo_tags([fields(cells) for _, cells in words], extent=extent))
        except ValueError as error:
            raise DataError(f"{path}:{words[0][0]}: a broken tree: {error}") from None
        for number, line, cells, document in sentence:
            yield number, line, [*cells, next(tags)] if cells else cells, document
        yield None
        sentence = []


def svo_tags(rows: Sequence[Sequence[str]], *, extent: Extent = "head") -> list[str]:
    """S, V, O or X of each word of one sentence.

    Args:
        rows: the ten cells of each word; neither ranges nor empty nodes.
        extent: `head` tags one word of each subject and object. `subtree` also tags all that depends on it, contiguous
            or not, inner clauses and punctuation included: a word there has the tag of the outermost subject or object
            that holds it. V remains a single word, and none is left inside a subject or object.

    Raises:
        ValueError: the tree is broken; names the word's id and what is wrong.

    >>> rows = "1 Dogs _ NOUN _ _ 2 nsubj _ _", "2 chase _ VERB _ _ 0 root _ _", "3 cats _ NOUN _ _ 2 obj _ _"
    >>> svo_tags([row.split() for row in rows])
    ['S', 'V', 'O']
    """
    heads = _heads(rows)
    relations, tags = [""] * len(heads), ["X"] * len(heads)
    for word in _heads_first(heads, rows):
        row, head = rows[word - 1], heads[word]
        relation = row[DEPREL].split(":", 1)[0]
        if relation in ("", "_"):
            raise ValueError(f"word {row[ID]}: DEPREL is missing")
        if relation == "conj":
            relation = relations[head] or "root"
        relations[word] = relation
        if extent == "subtree" and tags[head] in ("S", "O"):
            tags[word] = tags[head]
        elif relation in ROLES:
            tags[word] = ROLES[relation]
        elif relation in CLAUSES and row[UPOS] in VERBS:
            tags[word] = "V"
    return tags[1:]


def _heads(rows: Sequence[Sequence[str]]) -> list[int]:
    """Where the head of each word stands, from 1; 0 is above the root, and is its own head."""
    places = {"0": 0}
    for place, row in enumerate(rows, 1):
        if places.setdefault(row[ID], place) != place:
            raise ValueError(f"word {row[ID]}: its id is taken already")
    heads = [0]
    for row in rows:
        head = places.get(row[HEAD])
        if head is None:
            found = f"got {row[HEAD][:80]!r}"
            if row[HEAD].isdecimal():
                raise ValueError(f"word {row[ID]}: HEAD should be a word of the sentence, or 0, {found}")
            raise ValueError(f"word {row[ID]}: HEAD should be a whole number from 0, {found}")
        heads.append(head)
    return heads


def _heads_first(heads: list[int], rows: Sequence[Sequence[str]]) -> list[int]:
    """All words, from 1, each after its head."""
    order: list[int] = []
    reached = [0] * len(heads)  # on the way up from which word
    for start in range(1, len(heads)):
        way, word = [], start
        while word and not reached[word]:
            reached[word] = start
            way.append(word)
            word = heads[word]
        if word and reached[word] == start:
            raise ValueError(f"word {rows[word - 1][ID]}: its HEAD leads back to itself")
        order += reversed(way)
    return order

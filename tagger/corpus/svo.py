"""Subject, verb and object tags from trees of Universal Dependencies, version 2, as in the data of data/svo.

Subtypes of relations are ignored: `nsubj:pass` and `nsubj:outer` are `nsubj`. A conjunct (conj) has the relation of its
first conjunct. The relation of a word then decides its tag:

S   nsubj, csubj: the head of a subject, also in the passive or in a clause without a verb. It may be a verb:
    `Swimming/S is/V fun/X`, whether the treebank calls a gerund a verb or a noun.
O   obj: the head of a direct object. Not iobj: "me" is X in "gave me a book" as in "gave a book to me". Not ccomp and
    xcomp, clauses in the position of an object: each keeps its verb, as in `says/V that/X Jane/S sleeps/V` and
    `wants/V to/X visit/V`, and a word has one tag.
V   cop, whatever its part of speech. A VERB, finite or not, that heads a clause: root, ccomp, xcomp, advcl, acl, or,
    loosely joined, parataxis, list, appos, dislocated, discourse, orphan, dep. An AUX that heads a clause: it replaces
    an omitted verb, `I hope you/S do/V`, or is the only one, `that is where it/S is/V`.
X   Everything else. Auxiliaries. The noun or adjective of a copula. Expletives (expl), which have no role: in "there is
    a ghost" the ghost is S. Agents (obl). Vocatives and dislocated nouns. A VERB that modifies a noun (amod: "retiring
    jurists"), is a preposition (case: "including") or part of a compound or name, or is a false start (reparandum). The
    rest of a clause whose verb is omitted: "Peter bronze" in "Marie won gold and Peter bronze".

Relative pronouns and question words have their role in their own clause, which is how UD annotates them.

Source: https://universaldependencies.org/u/dep/nsubj.html, and on the pages for csubj, nsubj-outer, obj, iobj, ccomp,
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
    """Append its tag to the cells of each word of a CoNLL-U file.

    Args:
        rows: rows of the file.
        path: path of the file, for messages.
        extent: see `svo_tags`.
        fields: function from the cells of a row to the ten fields, for files with other columns.

    Raises:
        DataError: a tree is broken; names the first line of the sentence.
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
    """Tag each word of a sentence as S, V, O or X.

    Args:
        rows: the ten fields of each word; no ranges or empty nodes.
        extent: `head` tags one word of each subject and object. `subtree` also tags all its descendants, contiguous or
            not, including clauses and punctuation, with the tag of the outermost subject or object: there is no V
            inside a subject or object.

    Raises:
        ValueError: the tree is broken; names the word's id and the problem.

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
    """Position of the head of each word, from 1; 0 is the head of the root, and of itself."""
    positions = {"0": 0}
    for position, row in enumerate(rows, 1):
        if positions.setdefault(row[ID], position) != position:
            raise ValueError(f"word {row[ID]}: another word has the same id")
    heads = [0]
    for row in rows:
        head = positions.get(row[HEAD])
        if head is None:
            expected = "a word of the sentence, or 0" if row[HEAD].isdecimal() else "a whole number from 0"
            raise ValueError(f"word {row[ID]}: HEAD should be {expected}, got {row[HEAD][:80]!r}")
        heads.append(head)
    return heads


def _heads_first(heads: list[int], rows: Sequence[Sequence[str]]) -> list[int]:
    """Positions of all words, from 1, each after its head."""
    order: list[int] = []
    reached = [0] * len(heads)  # the word from which each was first reached on the way to the root
    for start in range(1, len(heads)):
        path, word = [], start
        while word and not reached[word]:
            reached[word] = start
            path.append(word)
            word = heads[word]
        if word and reached[word] == start:
            raise ValueError(f"word {rows[word - 1][ID]}: its HEADs lead back to it")
        order += reversed(path)
    return order

"""Which column of CoNLL-U has the tags, and whether its columns stand in their places."""

from collections import Counter
from dataclasses import replace

from tagger.corpus.conllu_columns import FIELDS
from tagger.corpus.layout import Column
from tagger.errors import DataError
from tagger.reading.cells import Cells, many
from tagger.reading.ranking import UPOS
from tagger.reading.roles import choose_roles, choose_token, of_the_first
from tagger.reading.tables import MAKE_TAGS, Guess, Table
from tagger.reading.unread import no_conllu_sentence_ends


def guess_conllu(table: Table, path: str) -> Guess:
    """The layout of ten columns, the first of which counts the words of a sentence.

    Raises:
        DataError: sentences are not parted, words are left out, or none is tagged.
    """
    cells = [Cells(place, table.sentences) for place in range(len(FIELDS))]
    if cells[0].n_restarts:
        raise no_conllu_sentence_ends(path)
    form, upos = cells[1], cells[3]
    if upos.is_blank or upos.share(lambda value: value in UPOS or value == "_") < 0.9:
        texts = [c for c in cells if not (c.is_number or c.is_blank or c.counts_up or c.is_of_sentences)]
        head = cells[6]
        if texts and (form not in choose_token(texts)[1] or not (head.is_number or head.is_blank)):
            return _in_another_order(table, path)
    if form.is_blank:
        raise DataError(f"{path}: FORM is `_` everywhere: the words are left out", "its makers tell how to put them in")
    return _first_with_tags(table, cells, path)


def _in_another_order(table: Table, path: str) -> Guess:
    roles = choose_roles(replace(table, names=list[Column](range(len(FIELDS)))), path)
    layout = replace(table.layout, token=roles.token.place, tag=roles.tags[0].place)
    why = {"token": "columns stand in an unusual order", "tag": roles.about_tags()}
    return Guess(layout, table.why | why)


def _first_with_tags(table: Table, cells: list[Cells], path: str) -> Guess:
    form, upos, xpos, deprel = cells[1], cells[3], cells[4], cells[7]
    keys: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for row in (row for sentence in table.sentences for row in sentence):
        for key, equals, value in (pair.partition("=") for place in (5, 9) for pair in row[place].split("|")):
            keys[key] += bool(equals)
            values.setdefault(key, set()).add(value)
    n_most = 0.1 * form.n_values + 10
    found = [key for key, n in keys.most_common() if n and 1 < len(values[key]) <= n_most and key != "SpaceAfter"]
    counts = {"upos": upos.n_values, "xpos": xpos.n_values, "deprel": deprel.n_values}
    filled = [c for c in (upos, xpos) if c.share(lambda value: value != "_") > 0.5]
    fields = [FIELDS[c.place] for c in filled if c.n_values > 1]
    choices = [*fields, *found, *([] if deprel.is_blank else ["deprel"])] or [FIELDS[c.place] for c in filled]
    if not choices:
        raise DataError(f"{path}: UPOS, XPOS, FEATS and DEPREL are `_` everywhere: no word is tagged", MAKE_TAGS)
    tag, *others = choices
    told = [] if tag == "upos" else ["UPOS is `_` everywhere" if upos.is_blank else "UPOS is `_` for most words"]
    if tag in keys:
        told.append("a key of FEATS or MISC; words that lack it have the tag `_`")
    if others:
        seconds = (f"{name} ({many(counts.get(name) or len(values[name]), 'tag')})" for name in others[:5])
        told.append(f"others that could be the tag: {', '.join(seconds)}{of_the_first(form)}")
    return Guess(replace(table.layout, token="form", tag=tag), table.why | {"tag": "\n".join(told)})

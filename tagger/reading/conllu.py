"""The column of tags in CoNLL-U, and recognition of files with its columns in another order."""

from collections import Counter
from dataclasses import replace

from tagger.corpus.conllu_columns import FIELDS
from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerKind, Column
from tagger.errors import DataError
from tagger.reading.column_profile import ColumnProfile
from tagger.reading.refusals import conllu_without_blank_lines
from tagger.reading.roles import choose_roles, choose_token, sample_note
from tagger.reading.tables import MAKE_TAGS, Guess, Table
from tagger.reading.tag_ranking import UPOS

FEATS = FIELDS.index("feats")


def guess_conllu(table: Table, path: str) -> Guess:
    """Guess the layout of ten columns whose first counts the words of a sentence.

    Raises:
        DataError: there are no blank lines between sentences, words are left out, or no word is tagged.
    """
    columns = [ColumnProfile(i, table.sentences) for i in range(len(FIELDS))]
    if columns[0].n_restarts:
        raise conllu_without_blank_lines(path)
    form, upos, head = columns[1], columns[3], columns[6]
    if upos.is_blank or upos.fraction(lambda value: value in UPOS or value == "_") < 0.9:
        texts = [c for c in columns if not (c.is_number or c.is_blank or c.is_counter or c.is_sentence_label)]
        if texts and (form not in choose_token(texts)[1] or not (head.is_number or head.is_blank)):
            return _in_another_order(table, path)
    if form.is_blank:
        raise DataError(
            f"{path}: FORM is `_` everywhere: the words are left out",
            "the treebank's web page describes how to add them",
        )
    return _first_with_tags(table, columns, path)


def _in_another_order(table: Table, path: str) -> Guess:
    roles = choose_roles(replace(table, names=list[Column](range(len(FIELDS)))), path)
    layout = replace(table.layout, token=roles.token.index, tag=roles.tags[0].index)
    why = {"token": "columns are in an unusual order", "tag": roles.notes_on_tags()}
    return Guess(layout, table.why | why)


def _first_with_tags(table: Table, columns: list[ColumnProfile], path: str) -> Guess:
    form, lemma, upos, xpos, feats, deprel = (columns[i] for i in (1, 2, 3, 4, 5, 7))
    keys: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for row in (row for sentence in table.sentences for row in sentence):
        for key, equals, value in (pair.partition("=") for i in (5, 9) for pair in row[i].split("|")):
            keys[key] += bool(equals)
            values.setdefault(key, set()).add(value)
    max_values = 0.1 * form.n_values + 10
    usable = [key for key, n in keys.most_common() if n and 1 < len(values[key]) <= max_values and key != "SpaceAfter"]
    counts = {"upos": upos.n_values, "xpos": xpos.n_values, "deprel": deprel.n_values}
    filled = [c for c in (upos, xpos) if c.fraction(lambda value: value != "_") > 0.5]
    fields = [FIELDS[c.index] for c in filled if c.n_values > 1]
    choices = [*fields, *usable, *([] if deprel.is_blank else ["deprel"])] or [FIELDS[c.index] for c in filled]
    if not choices:
        raise DataError(f"{path}: UPOS, XPOS, FEATS and DEPREL are `_` everywhere: no word is tagged", MAKE_TAGS)
    tag, *others = choices
    notes = [] if tag == "upos" else ["UPOS is `_` everywhere" if upos.is_blank else "UPOS is `_` for most words"]
    if tag in keys:
        notes.append("a key of FEATS or MISC; words without it have the tag `_`")
    if others:
        listed = (f"{name} ({counted(counts.get(name) or len(values[name]), 'tag')})" for name in others[:5])
        notes.append(f"others that could be the tag: {', '.join(listed)}{sample_note(form)}")
    others_at_once = tuple(
        (kind, FIELDS[column.index])
        for kind, column in _filled([("tag", upos), ("tag", xpos), ("tag", feats), ("string", lemma)])
        if FIELDS[column.index] != tag
    )
    layout = replace(table.layout, token="form", tag=tag)
    return Guess(layout, table.why | {"tag": "\n".join(notes)}, others=others_at_once)


def _filled(fields: list[tuple[AnswerKind, ColumnProfile]]) -> list[tuple[AnswerKind, ColumnProfile]]:
    """The fields with several values that are not blank for most words, or for FEATS, for some."""
    return [
        (kind, column)
        for kind, column in fields
        if column.n_values > 1 and column.fraction(lambda value: value != "_") > (0.1 if column.index == FEATS else 0.5)
    ]

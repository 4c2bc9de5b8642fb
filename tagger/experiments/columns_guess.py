"""What stands where in a file of tokens and tags, told by what is in it: not by names, nor by places.

Columns are told apart by their values. Tokens are the richest column of words; where two are alike, a form has more
values than its lemma. Tags have few values, which repeat, look like B-PER or NOUN, and are not the same for each
occurrence of a word (that is a feature such as its shape). A column that counts, or that says the same all through a
sentence, is neither. Places only break ties.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise
from typing import Any

from tagger.corpus.columns import DOCUMENT_MARK
from tagger.corpus.conllu import FIELDS, is_word_line
from tagger.corpus.jsonl import BORDERS, parse_object
from tagger.corpus.layout import Column, Layout
from tagger.corpus.schemes import detect_scheme, spans_of
from tagger.errors import DataError
from tagger.experiments.tables_guess import (
    MAKE_TAGS,
    MOST,
    N_ROWS,
    PIECE,
    Table,
    column_table,
    conllu_table,
    csv_table,
    is_json,
    is_number,
    joined,
    many,
    share,
    tab_table,
)

UPOS = frozenset(
    [
        "ADJ",
        "ADP",
        "ADV",
        "AUX",
        "CCONJ",
        "CONJ",
        "DET",
        "INTJ",
        "NOUN",
        "NUM",
        "PART",
        "PRON",
        "PROPN",
        "PUNCT",
        "SCONJ",
        "SYM",
        "VERB",
        "X",
    ]
)
PHRASES = frozenset(
    ["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "NC", "VC", "PC", "AC"]
)  # types of chunks
WORD = re.compile(r"[^\W\d_][^\d:=|<>/()*\[\]+]*")  # a letter, and no sign of annotation
MARKED = re.compile(r"[BIESLUM]-.|<.+>")  # how only tags are written


@dataclass(frozen=True, slots=True)
class Guess:
    """How to read a file, and why.

    Args:
        layout: its encoding is not guessed here.
        why: sentences for comments, by key of [data] or [features].
    """

    layout: Layout
    why: dict[str, str]


def guess_columns(lines: Iterable[str], path: str) -> Guess:
    """The layout of a tagged file.

    Raises:
        DataError: it is empty, has one column only, or none that could be tokens or tags; names the file.
    """
    lines = list(lines)
    content = [line for line in lines if line.strip(" \t")]
    if not content:
        raise DataError(f"{path}: {'nothing but blank lines' if lines else 'the file is empty'}", MAKE_TAGS)
    if is_json(content[0]):
        return _guess_json(content, path)
    rows = [line for line in content if line[0] != "#" and not line.startswith(DOCUMENT_MARK)] or content
    if share(is_word_line(line) for line in rows) > MOST:
        table = conllu_table(lines, path)
        if share(sentence[0][0] == "1" for sentence in table.sentences) > MOST:
            return _guess_conllu(table, path)
    if share(all("/" in piece[1:-1] for piece in PIECE.findall(line)) for line in rows) > MOST:
        return Guess(Layout(format="slash"), {"format": "word/TAG, a sentence a line"})
    if share("\t" in line for line in rows) > 0.9:
        return _guess_table(tab_table(lines, path), path)
    if table_of_csv := csv_table(lines, path):
        return _guess_table(table_of_csv, path)
    return _guess_table(column_table(lines, " ", path), path)


class _Cells:
    """A column, sentence by sentence, and what its values are like; shares are of its cells, from 0 to 1."""

    def __init__(self, place: int, sentences: list[list[list[str]]]) -> None:
        self.place = place
        self.sentences = [[row[place] for row in sentence] for sentence in sentences]
        self.cells = [cell for sentence in self.sentences for cell in sentence]
        self.counts = Counter(self.cells)
        self.n_rows = self.counts.total()
        self.n_values = len(self.counts)
        self.is_filled = self.share(bool) > MOST
        self.is_blank = set(self.counts) <= {"_", "-", ""}
        self.numbers = self.share(is_number)
        self.words = self.share(lambda value: bool(WORD.fullmatch(value)))
        self.richness = self.n_values * (self.words + 0.05) * (1 - 0.8 * self.share(str.isupper))

    def share(self, test: Any) -> float:
        """Of the cells, how many pass."""
        return sum(n for value, n in self.counts.items() if test(value)) / self.n_rows

    @property
    def is_number(self) -> bool:
        return self.numbers > MOST

    @property
    def is_measured(self) -> bool:
        """Whether these are numbers that are no labels."""
        is_whole = self.share(lambda value: value.lstrip("+-").isdecimal()) > MOST
        return self.is_number and (not is_whole or self.n_values > 20)

    @property
    def counts_up(self) -> bool:
        steps = [pair for sentence in self.sentences for pair in pairwise(sentence)]
        return bool(steps) and share(a.isdecimal() and b.isdecimal() and int(b) == int(a) + 1 for a, b in steps) > 0.8

    @property
    def is_of_sentences(self) -> bool:
        """Whether it says one thing, such as an intent, all through each sentence."""
        long = [set(sentence) for sentence in self.sentences if len(sentence) > 1]
        usual = self.counts.most_common(1)[0][0]
        return (
            len(long) > 1 and self.n_values > 1 and usual not in ("O", "_") and share(len(s) == 1 for s in long) > 0.99
        )

    @property
    def is_few(self) -> bool:
        """Whether its values repeat as tags do."""
        return self.n_values <= (0.3 if self.n_rows >= 200 else 0.7) * self.n_rows or self.n_rows < 20

    def like(self, other: "_Cells") -> float:
        """Of the rows, how many say the same but for case."""
        return share(a.lower() == b.lower() for a, b in zip(self.cells, other.cells, strict=True))


@dataclass(frozen=True, slots=True)
class _Choice:
    token: _Cells
    tags: list[_Cells]  # the best first
    numeric: list[_Cells]
    is_series: bool


def _guess_table(table: Table, path: str) -> Guess:
    layout, why, names = table.layout, dict(table.why), table.names
    if layout.format == "csv" and (whole := joined(table)):
        layout, table = replace(layout, per_row="sentence"), whole
        why["per_row"] = "the pieces between spaces are as many in both columns of each row"
        names = table.names
    elif len(table.sentences) == 1 and (sentence := _sentence_column(table)):
        place, parted, told = sentence
        layout, table = replace(layout, sentence=names[place]), replace(table, sentences=parted)
        why["sentence"] = told
    elif len(table.sentences) == 1:
        why["sentence"] = "no blank line and no column parts sentences: the file is read as a single one"
    choice = _choose(table, path, but=layout.sentence)
    token, tag = choice.token, choice.tags[0]
    layout = replace(layout, token=names[token.place], tag=names[tag.place])
    if choice.is_series:
        layout = replace(layout, numeric=tuple(names[column.place] for column in choice.numeric))
        why["token"] = "shown beside the tag: there is no column of words"
        why["numeric"] = "all cells of these columns are numbers, and those are all that enters"
    elif choice.numeric:
        columns = ", ".join(str(names[column.place]) for column in choice.numeric)
        why["numeric"] = f"columns of numbers, which could enter too: {columns}"
    return Guess(layout, why | _second_opinion(choice.tags, names))


def _second_opinion(tags: list[_Cells], names: list[Column]) -> dict[str, str]:
    others = [column for column in tags[1:] if column.n_values > 1]
    told = (
        f"{names[c.place]} ({many(c.n_values, 'tag')}: {', '.join(value for value, _ in c.counts.most_common(3))})"
        for c in others[:4]
    )
    sampled = _of_the_first(tags[0])
    return {"tag": f"other columns that could be the tag: {'; '.join(told)}{sampled}"} if others else {}


def _of_the_first(column: "_Cells") -> str:
    return f"; counted in about {N_ROWS:,} rows" if column.n_rows > 0.9 * N_ROWS else ""


def _sentence_column(table: Table) -> tuple[int, list[list[list[str]]], str] | None:
    """The column that tells sentences apart, the sentences, and in words how it does; of several, the finest."""
    rows = table.sentences[0]
    best: tuple[int, int, str] | None = None
    for place in range(len(table.names)):
        filled = [row[place] for row in rows]
        is_sparse = not all(cell.strip() for cell in filled)
        for i in range(1, len(filled)):
            filled[i] = filled[i] if filled[i].strip() else filled[i - 1]
        runs = [value for value, _ in groupby(filled)]
        has_id = share(any(sign.isdecimal() or sign == " " for sign in run) for run in runs) > MOST
        n_ids = len(set(runs))
        is_once = n_ids > 0.98 * len(runs) or (n_ids > 3 and share(map(_is_next, runs, runs[1:])) > MOST)
        is_run = 1 < len(runs) <= 0.6 * len(rows) and rows[0][place].strip()
        if is_run and has_id and is_once and (best is None or len(runs) > best[1]):
            told = "filled at the first token of each sentence only" if is_sparse else "the same all through a sentence"
            best = place, len(runs), f"{told}, another in the next"
    if best is None:
        return None
    place, _, told = best
    sentences: list[list[list[str]]] = []
    before = ""
    for row in rows:
        if not sentences or (row[place].strip() and row[place] != before):
            sentences.append([])
            before = row[place]
        sentences[-1].append(row)
    return place, sentences, told


def _is_next(a: str, b: str) -> bool:
    """Whether a number follows another, in a count that may begin anew."""
    return a.isdecimal() and b.isdecimal() and int(b) in (int(a) + 1, 0, 1)


def _choose(table: Table, path: str, *, but: Column | None = None) -> _Choice:
    """Tokens, tags and numbers of a table whose sentences are known.

    Raises:
        DataError: no column could be tokens, or none tags.
    """
    columns = [_Cells(place, table.sentences) for place, name in enumerate(table.names) if name != but]
    counting = [column for column in columns if column.counts_up]
    columns = [c for c in columns if c not in counting and c.is_filled and not c.is_blank and not c.is_of_sentences]
    measured = [column for column in columns if column.is_measured]
    texts = [column for column in columns if not column.is_number]
    rich = [column for column in texts if not column.is_few]
    few = [column for column in texts if column.is_few]
    repeats = all(column.n_values <= 0.7 * column.n_rows for column in few)
    if measured and repeats and len(few) <= 1 and not any(column.words > 0.2 for column in rich):
        tags = [c for c in columns if c not in measured and c not in rich]
        token = (rich or counting or measured)[0]
        tags.sort(key=lambda c: (c.is_number, c.n_values))
        if not tags:
            raise DataError(f"{path}: {many(len(measured), 'column')} of numbers, but none of tags", MAKE_TAGS)
        return _Choice(token, tags, measured, is_series=True)
    if not texts:
        raise DataError(f"{path}: no column of tokens among {many(len(table.names), 'column')}", MAKE_TAGS)
    token, family = _words(texts)
    tags = [c for c in columns if c not in (*family, *measured) and _may_be_tags(c, token)]
    if not tags:
        name, hint = table.names[token.place], MAKE_TAGS
        found = "the others are blank, count, or say the same all through a sentence"
        if measured:
            found = f"there are {many(len(measured), 'column')} of numbers"
            hint = "are these word vectors? They are no tagged sentences" if len(measured) > 10 else MAKE_TAGS
        elif len(columns) > 1:
            found = "the values of the others hardly repeat"
        raise DataError(f"{path}: no column of tags: the words are in column {name}, and {found}", hint)
    return _Choice(token, _ranked(tags, token, len(table.names) - 1), measured, is_series=False)


def _may_be_tags(column: _Cells, token: _Cells) -> bool:
    return column.is_few and (column.n_rows < 200 or column.n_values <= max(2, 0.5 * token.n_values))


def _words(texts: list[_Cells]) -> tuple[_Cells, list[_Cells]]:
    """The tokens, and all columns that are much like them: lemmas, lower-cased words."""
    best = max(texts, key=lambda column: column.richness)
    family = [column for column in texts if column is best or column.like(best) > 0.4]

    def is_form(column: _Cells) -> tuple[int, float]:
        return column.n_values, column.share(lambda value: value[:1].isupper())

    return max((column for column in family if column.words >= 0.5 * best.words), key=is_form), family


def _ranked(tags: list[_Cells], token: _Cells, last: int) -> list[_Cells]:
    """The columns of tags, that which is most like tags first."""
    types = {
        column.place: {span.type for s in column.sentences for span in spans_of(s, "bio")}
        if column.share(MARKED.match) or column.counts.keys() <= set("OBIESLUM_")
        else set()
        for column in tags
    }
    schemes = {c.place: detect_scheme(c.sentences).scheme if types[c.place] else "none" for c in tags}
    has_spans = {place for place, scheme in schemes.items() if scheme != "none"}

    def score(column: _Cells) -> float:
        points = 4.0 * (column.place in has_spans) + 0.5 * (column.place == last)
        points -= 1.0 * bool(types[column.place]) * (types[column.place] <= PHRASES)
        points += bool(column.share(MARKED.match)) + column.share(UPOS.__contains__) + column.share(str.isupper)
        points += {True: 1, False: -2, None: 0}[_depends_on_context(column, token)]
        return points - 2 * column.is_number - 4 * (column.n_values == 1)

    ranked = sorted(tags, key=score, reverse=True)
    best = ranked[0]
    if best.place in has_spans:  # of nested spans of the same types, the outer are more
        same = [c for c in ranked if c.place in has_spans and types[c.place] & types[best.place]]
        best = min(same, key=lambda column: column.counts["O"])
    return [best, *(column for column in ranked if column is not best)]


def _depends_on_context(column: _Cells, token: _Cells) -> bool | None:
    """Whether some word has several values; None where too few words repeat to tell."""
    if len(set(zip(token.cells, column.cells, strict=True))) > token.n_values:
        return True
    return False if token.n_rows - token.n_values > 100 else None


# CoNLL-U and JSON, whose columns have names


def _guess_conllu(table: Table, path: str) -> Guess:
    cells = [_Cells(place, table.sentences) for place in range(len(FIELDS))]
    form, upos, xpos = cells[1], cells[3], cells[4]
    if upos.is_blank or upos.share(lambda value: value in UPOS or value == "_") < 0.9:
        texts = [c for c in cells if not (c.is_number or c.is_blank or c.counts_up or c.is_of_sentences)]
        if texts and form not in _words(texts)[1]:  # the columns stand in another order
            choice, names = _choose(table, path), list[Column](range(len(FIELDS)))
            layout = replace(table.layout, token=choice.token.place, tag=choice.tags[0].place)
            why = {"token": "columns stand in an unusual order"}
            return Guess(layout, table.why | why | _second_opinion(choice.tags, names))
    if form.is_blank:
        raise DataError(f"{path}: FORM is `_` everywhere: the words are left out", "its makers tell how to put them in")
    keys: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for row in (row for sentence in table.sentences for row in sentence):
        for key, equals, value in (pair.partition("=") for place in (5, 9) for pair in row[place].split("|")):
            keys[key] += bool(equals)
            values.setdefault(key, set()).add(value)
    n_most = 0.1 * form.n_values + 10
    found = [key for key, n in keys.most_common() if n and 1 < len(values[key]) <= n_most and key != "SpaceAfter"]
    counts = {"upos": upos.n_values, "xpos": xpos.n_values, "deprel": cells[7].n_values}
    fields = [FIELDS[c.place] for c in (upos, xpos) if c.share(lambda value: value != "_") > 0.5 and c.n_values > 1]
    choices = [*fields, *found, *([] if cells[7].is_blank else ["deprel"])]
    if not choices:
        raise DataError(f"{path}: UPOS, XPOS, FEATS and DEPREL are `_` everywhere: no word is tagged", MAKE_TAGS)
    tag, *others = choices
    told = [] if tag == "upos" else ["UPOS is `_` everywhere" if upos.is_blank else "UPOS is `_` for most words"]
    if tag in keys:
        told.append("a key of FEATS or MISC; words that lack it have the tag `_`")
    if others:
        seconds = (f"{name} ({many(counts.get(name) or len(values[name]), 'tag')})" for name in others[:5])
        told.append(f"others that could be the tag: {', '.join(seconds)}{_of_the_first(form)}")
    return Guess(replace(table.layout, token="form", tag=tag), table.why | {"tag": "\n".join(told)})


def _guess_json(content: list[str], path: str) -> Guess:
    objects = [parse_object(line, f"{path}:{i}") for i, line in enumerate(islice(content, N_ROWS), 1)]
    keys = list(dict.fromkeys(key for found in objects for key in found))
    why = {"format": "JSON, an object a line"}

    def all_are(key: str, test: Any) -> bool:
        values = [found[key] for found in objects if found.get(key) is not None]
        return len(values) > MOST * len(objects) and share(map(test, values)) > MOST

    lists = [key for key in keys if all_are(key, _is_texts)]
    sizes = [{key: len(found.get(key) or ()) for key in lists} for found in objects]
    for first in lists:
        same = [key for key in lists if share(size[key] == size[first] for size in sizes) > MOST]
        rows = [[list(step) for step in zip(*(found[k] for k in same), strict=False)] for found in objects]
        if len(same) > 1 and any(rows):
            table = Table(Layout(format="jsonl"), list(same), [row for row in rows if row], why)
            choice = _choose(table, path)
            layout = replace(table.layout, token=same[choice.token.place], tag=same[choice.tags[0].place])
            return Guess(layout, why | _second_opinion(choice.tags, list(same)))
    texts = [key for key in keys if all_are(key, lambda value: isinstance(value, str))]
    spans = [key for key in keys if all_are(key, _is_spans) and any(found.get(key) for found in objects)]
    if texts and spans:
        text = max(texts, key=lambda key: sum(len(str(found.get(key))) for found in objects))
        n_spans = sum(len(found.get(spans[0]) or ()) for found in objects)
        why |= {"token": "the longest texts, which are cut into tokens", "tag": f"{n_spans:,} spans of its characters"}
        return Guess(Layout(format="jsonl", token=text, tag=spans[0]), why)
    numbered = [key for key in keys if all_are(key, lambda v: isinstance(v, list) and all(type(x) is int for x in v))]
    if lists and numbered:
        raise DataError(
            f"{path}: the tags in `{numbered[-1]}` are numbers: a tagger needs their names",
            "write the names in their place, as the makers of the data list them",
        )
    have = ", ".join(f"`{key}`" for key in keys)[:80]
    raise DataError(
        f"{path}: expected lists of tokens and tags, or a text and spans, got objects with {have or 'nothing'}",
        'for example {"tokens": ["John", "sleeps"], "tags": ["S", "V"]}',
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_spans(value: object) -> bool:
    def is_span(item: object) -> bool:
        if isinstance(item, dict):
            return "label" in item and any(start in item and end in item for start, end in BORDERS)
        return isinstance(item, list) and [type(part) for part in item] == [int, int, str]

    return isinstance(value, list) and all(map(is_span, value))

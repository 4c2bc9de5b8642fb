"""Which columns of a table are tokens, tags and numbers, told by their values: not by names, nor by places.

Tokens are the richest column of words; where two are alike, a form has more values than its lemma. Tags have few
values, which repeat. A column that counts, or that says the same all through a sentence, is neither; nor is one that
says what another says a row away. Places only break ties.
"""

from dataclasses import dataclass

from tagger.corpus.layout import Column, Layout
from tagger.errors import DataError
from tagger.reading.cells import MOST, N_ROWS, Cells, many
from tagger.reading.ranking import rank_tags
from tagger.reading.tables import WHICH, Table
from tagger.reading.unread import BRACKETS_TO_BIO

ALIKE = 0.4  # of the rows: columns of one family, such as words and lemmas


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a table are.

    Args:
        token: the words; of a series that has none, what is shown instead.
        tags: all that could be the tag, the best first.
        measured: columns of numbers that are no labels.
        bracketed: columns of spans in brackets, which are not read.
        is_series: whether there are numbers and no words.
        names: what columns are called.
    """

    token: Cells
    tags: list[Cells]
    measured: list[Cells]
    bracketed: list[Cells]
    is_series: bool
    names: list[Column]

    @property
    def numeric(self) -> list[Cells]:
        """The numbers that could enter: all but such as only rise, which say where a row is, if there are others."""
        return [column for column in self.measured if not column.is_time] or self.measured

    def about_tags(self) -> str:
        """In words, what else could be the tag, and what is written so that it cannot be."""
        told = []
        if others := [column for column in self.tags[1:] if column.n_values > 1]:
            seconds = "; ".join(f"{self.names[c.place]} ({many(c.n_values, 'tag')}: {_usual(c)})" for c in others[:4])
            told.append(f"other columns that could be the tag: {seconds}{of_the_first(self.tags[0])}")
        if self.bracketed:
            which = ", ".join(f"{self.names[c.place]} ({_usual(c)})" for c in self.bracketed[:4])
            place = max(self.bracketed, key=_n_labels).place
            told.append(f"spans in brackets are not read: column {which}")
            told.append(f"to tag those of column {self.names[place]}, {BRACKETS_TO_BIO.format(place + 1)}")
        return "\n".join(told)


def _n_labels(column: Cells) -> int:
    """How many names spans in brackets have; 0 where spans stand in each other."""
    opened = [value for value in column.counts if "(" in value]
    is_flat = all(value.count("(") == 1 for value in opened)
    return len({value.strip("(*)") for value in opened if not value.strip("(*)").isdecimal()}) if is_flat else 0


def _usual(column: Cells) -> str:
    values = (value for value, _ in column.counts.most_common() if not column.is_bracketed or "(" in value)
    return ", ".join(list(values)[:3])


def of_the_first(column: Cells) -> str:
    """That counts are of a part of the file, where they are."""
    return f"; counted in about {N_ROWS:,} rows" if column.n_rows > 0.9 * N_ROWS else ""


def choose_roles(table: Table, path: str, known: Layout = Layout(), *, is_sure: bool = True) -> Roles:
    """Tokens, tags and numbers of a table whose sentences are known.

    Args:
        table: rows in sentences.
        path: the file, for errors.
        known: its columns have their roles; the others are chosen.
        is_sure: see `guess_layout`.

    Raises:
        DataError: no column could be tokens, or none tags.
    """
    entering = {table.place(column) for column in (*known.numeric, *known.columns)}
    others = entering | {table.place(column) for column in (known.sentence, known.group) if column in table.names}
    every = [Cells(place, table.sentences) for place in range(len(table.names))]
    token = None if known.token is None else every[table.place(known.token)]
    tag = None if known.tag is None else every[table.place(known.tag)]
    columns = [column for column in every if column.place not in others and column not in (token, tag)]
    counting = [column for column in columns if column.counts_up]
    bracketed = [column for column in columns if column.is_bracketed]
    columns = [c for c in columns if c.is_filled and not (c.counts_up or c.is_blank or c.is_of_sentences)]
    columns = [c for c in columns if c not in bracketed]
    measured = [column for column in columns if column.is_measured]
    texts = [column for column in columns if not column.is_number]
    dated = [column for column in texts if column.is_dated]
    rich = [column for column in texts if column not in dated and not column.is_few]
    few = [column for column in texts if column not in dated and column.is_few]
    repeats = all(column.n_values <= 0.7 * column.n_rows for column in few)
    measured = measured or [every[table.place(column)] for column in known.numeric]
    is_series = bool(measured) and repeats and len(few) <= 1 and not any(column.words > 0.2 for column in rich)
    if is_series and token is None:
        tags = [c for c in columns if c not in (*measured, *rich, *dated)] if tag is None else [tag]
        if not tags:
            raise DataError(f"{path}: {many(len(measured), 'column')} of numbers, but none of tags", WHICH)
        tags.sort(key=lambda c: (c.is_number, c.n_values))
        times = [column for column in measured if column.is_time]
        shown = (dated or rich or times or counting or measured)[0]
        return Roles(shown, tags, measured, bracketed, is_series=True, names=table.names)
    if token is None and tag is None and len(every) == 2 and (first := _first_of_two(every)):
        token = first
        columns = [c for c in every if c is not first and not c.is_blank and c not in bracketed]
    family = [column for column in texts if token and column.like(token) > ALIKE]
    if token is None:
        if not texts:
            raise DataError(f"{path}: no column of tokens among {many(len(table.names), 'column')}", WHICH)
        token, family = choose_token(texts)
    if tag is not None:
        return Roles(token, [tag], measured, bracketed, is_series=False, names=table.names)
    is_of_two = token is every[0] and len(every) == 2
    tags = [c for c in columns if c not in (*family, *measured) and _may_be_tags(c, token, is_of_two=is_of_two)]
    if not is_sure and not tags and len(every) == 2 and token is every[0]:
        return Roles(token, [every[1]], measured, bracketed, is_series=False, names=table.names)
    if not tags:
        raise _no_tags(table, path, token, columns, bracketed, family)
    if token.n_rows >= 200 and token.n_values > MOST * token.n_rows and token.pieces < 1.5:
        raise DataError(
            f"{path}: no tokens: in column {table.names[token.place]} nearly every row says something else, "
            f"such as {token.cells[0][:40]!r}",
            "a row should hold one token and its tag, or tokens and as many tags with spaces between them",
        )
    ranked = rank_tags(tags, token, last=len(table.names) - 1)
    return Roles(token, ranked, measured, bracketed, is_series=False, names=table.names)


def _no_tags(
    table: Table, path: str, token: Cells, columns: list[Cells], bracketed: list[Cells], family: list[Cells]
) -> DataError:
    measured = [column for column in columns if column.is_measured]
    unlike = [column for column in columns if column not in family]
    alike = [column for column in family if column is not token]
    found, hint = "the others are blank, count, or say the same all through a sentence", WHICH
    if bracketed:
        place = bracketed[0].place
        found = f"column {table.names[place]} has spans in brackets, such as {_usual(bracketed[0])}, which are not read"
        hint = BRACKETS_TO_BIO.format(place + 1)
    elif measured:
        found = f"there are {many(len(measured), 'column')} of numbers"
        hint = "are these word vectors? They are no tagged sentences" if len(measured) > 10 else WHICH
    elif unlike:
        fewest = min(unlike, key=lambda column: column.n_values)
        found = (
            f"column {table.names[fewest.place]} has {many(fewest.n_values, 'value')} in {many(fewest.n_rows, 'row')} "
            f"of {many(token.n_values, 'different word')}: too many for tags"
        )
    elif alike:
        found = f"column {table.names[alike[0].place]} says much the same, as lemmas do"
    return DataError(
        f"{path}: no column of tags: the words are in column {table.names[token.place]}, and {found}", hint
    )


def _first_of_two(columns: list[Cells]) -> Cells | None:
    """The first of two columns, unless it looks like tags of the second, or counts rows."""
    first, second = columns
    is_richer = second.n_values > 4 and second.n_values >= 2 * first.n_values
    is_upper = first.uppers > 0.9 > second.uppers and second.n_values >= first.n_values
    is_tag = is_richer or is_upper or (first.is_marked and not second.is_marked)
    return None if is_tag or first.counts_up or first.is_measured or first.is_blank else first


def _may_be_tags(column: Cells, token: Cells, *, is_of_two: bool = False) -> bool:
    if is_of_two:  # tokens of few kinds, such as letters, have as many tags
        return column.is_marked or column.is_few
    is_fewer = column.n_rows < 200 or column.n_values <= max(2, 0.5 * token.n_values)
    return column.is_marked or (column.is_few and is_fewer)


def choose_token(texts: list[Cells]) -> tuple[Cells, list[Cells]]:
    """The tokens, and all columns that are much like them or their neighbours: lemmas, lower-cased words."""
    best = max(texts, key=lambda column: (not column.is_marked, column.richness))
    rich = [column for column in texts if not column.is_few and column.words >= 0.5 * best.words]
    if beside := [column for column in rich if column is not best and column.is_beside(best)]:
        best = _original([best, *beside], [column for column in texts if column.is_few])
    family = [column for column in texts if column is best or column.like(best) > ALIKE]

    def is_form(column: Cells) -> tuple[int, float]:
        return column.n_values, column.share(lambda value: value[:1].isupper())

    return max((column for column in family if column.words >= 0.5 * best.words), key=is_form), family


def _original(columns: list[Cells], few: list[Cells]) -> Cells:
    """Of words and their neighbours, the words: they are not padded, and tell most about the other columns."""

    def is_first(column: Cells) -> tuple[bool, bool, float]:
        (_, n_first), (last, n_last) = column.edge(0), column.edge(-1)
        is_padded_behind = n_last > 0.9 and not any(last in other.counts for other in columns if other is not column)
        return n_first < 0.9, not is_padded_behind, sum(other.told_by(column) for other in few)

    return max(columns, key=is_first)

"""Roles of columns: tokens, tags or numbers, recognised by their values rather than by names or positions.

Tokens are the richest column of words; of similar ones, forms have more values than their lemmas. Tags have few values,
which repeat. A counter, a label of whole sentences and a copy of another column shifted by a row are neither. Positions
only decide between equals.
"""

from dataclasses import dataclass
from functools import partial

from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerKind, Column, Layout
from tagger.errors import DataError
from tagger.reading.column_profile import N_ROWS, NEARLY_ALL, ColumnProfile
from tagger.reading.refusals import BRACKETS_TO_BIO, TOKEN_PER_ROW
from tagger.reading.tables import NAME_COLUMNS, Table
from tagger.reading.tag_ranking import rank_tags

MAX_COMPARED = 50  # columns that are compared with each other
MAX_OTHERS = 5  # further answers that are proposed
SIMILAR = 0.4  # fraction of equal rows between related columns, such as words and lemmas


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Roles of the columns of a table.

    Args:
        token: tokens; in a series without words, the column to show instead.
        tags: candidates for the tag, the best first; empty if the answers are known.
        measured: columns of measurements.
        bracketed: columns of spans in brackets, which are not supported.
        names: name or index of each column.
        strings: columns that resemble the tokens, such as lemmas.
        is_series: whether there are measurements and no words.
    """

    token: ColumnProfile
    tags: list[ColumnProfile]
    measured: list[ColumnProfile]
    bracketed: list[ColumnProfile]
    names: list[Column]
    strings: tuple[ColumnProfile, ...] = ()
    is_series: bool = False

    @property
    def numeric(self) -> list[ColumnProfile]:
        """Measurements to use as features: all but increasing ones, which are times, unless there are no others."""
        return [column for column in self.measured if not column.is_increasing] or self.measured

    @property
    def others(self) -> tuple[tuple[AnswerKind, Column], ...]:
        """Kind and column of further answers: other tags, and strings that resemble the tokens, such as lemmas."""
        tags = [column for column in self.tags[1:] if column.n_values > 1 and not column.is_measurement]
        others: list[tuple[AnswerKind, ColumnProfile]] = []
        if not self.is_series:
            others = [*(("tag", c) for c in tags[: MAX_OTHERS - 1]), *(("string", c) for c in self.strings[:1])]
        return tuple((kind, self.names[column.index]) for kind, column in others)

    def notes_on_tags(self) -> str:
        """Lines on other candidates for the tag, and on spans that are not supported."""
        notes = []
        if others := [column for column in self.tags[1:] if column.n_values > 1]:
            listed = "; ".join(
                f"{self.names[c.index]} ({counted(c.n_values, 'tag')}: {_examples(c)})" for c in others[:4]
            )
            notes.append(f"other columns that could be the tag: {listed}{sample_note(self.tags[0])}")
        if self.bracketed:
            listed = ", ".join(f"{self.names[c.index]} ({_examples(c)})" for c in self.bracketed[:4])
            index = max(self.bracketed, key=_n_labels).index
            notes.append(f"spans in brackets are not supported: column {listed}")
            notes.append(f"to tag those of column {self.names[index]}, {BRACKETS_TO_BIO.format(index + 1)}")
        return "\n".join(notes)


def _n_labels(column: ColumnProfile) -> int:
    """Number of labels of bracketed spans; 0 if spans are nested."""
    opening = [value for value in column.counts if "(" in value]
    is_flat = all(value.count("(") == 1 for value in opening)
    return len({value.strip("(*)") for value in opening if not value.strip("(*)").isdecimal()}) if is_flat else 0


def _examples(column: ColumnProfile) -> str:
    values = (value for value, _ in column.counts.most_common() if not column.is_bracketed or "(" in value)
    return ", ".join(list(values)[:3])


def sample_note(column: ColumnProfile) -> str:
    """A note that counts are of the first rows only, if so."""
    return f"; counted in about {N_ROWS:,} rows" if column.n_rows > 0.9 * N_ROWS else ""


def choose_roles(table: Table, path: str, known: Layout = Layout(), *, require_tag_like: bool = True) -> Roles:
    """Choose tokens, tags and measurements in a table that is split into sentences.

    Args:
        table: rows in sentences.
        path: path of the file, for errors.
        known: columns with known roles; the others are chosen. If it has answers, no tags are chosen.
        require_tag_like: see `guess_layout`.

    Raises:
        DataError: no column could be the tokens, or none the tags.
    """
    every = [ColumnProfile(i, table.sentences) for i in range(len(table.names))]
    token = None if known.token is None else every[table.index(known.token)]
    tag = None if known.tag is None else every[table.index(known.tag)]
    taken = {table.index(column) for column in (*known.numeric, *known.columns)}
    taken |= {table.index(column) for column in (known.sentence, known.group) if column in table.names}
    answers = [answer.column for answer in known.answers]
    taken |= {table.index(column) for column in answers if isinstance(column, int) or column in table.names}
    free = [column for column in every if column.index not in taken and column not in (token, tag)]
    bracketed = [column for column in free if column.is_bracketed]
    columns = [c for c in free if c.is_filled and not (c.is_counter or c.is_blank or c.is_sentence_label)]
    in_brackets = {*bracketed}
    columns = [c for c in columns if c not in in_brackets]
    measured = [c for c in columns if c.is_measurement] or [every[table.index(column)] for column in known.numeric]
    texts = [column for column in columns if not column.is_number]
    roles = partial(Roles, measured=measured, bracketed=bracketed, names=table.names)
    if token is None and _is_series(columns, measured):
        counters = [column for column in free if column.is_counter]
        tags = [tag] if tag else [] if known.answers else _series_tags(columns, measured, path)
        return roles(token=_series_token(columns, measured, counters), tags=tags, is_series=True)
    if token is None and tag is None and not answers and len(every) == 2 and (first := _first_of_two(every)):
        token = first
        columns = [c for c in every if c is not first and not c.is_blank and c not in in_brackets]
    related = [column for column in texts if token and column.similarity(token) > SIMILAR]
    if token is None:
        if not texts:
            message = f"{path}: no column of tokens among {counted(len(table.names), 'column')}"
            raise DataError(message, NAME_COLUMNS)
        token, related = choose_token(texts)
    if tag is not None or answers:
        return roles(token=token, tags=[tag] if tag else [])
    is_first_of_two = token is every[0] and len(every) == 2
    others = {*related, *measured}
    tags = [
        column for column in columns if column not in others and _may_be_tags(column, token, is_of_two=is_first_of_two)
    ]
    if not require_tag_like and not tags and is_first_of_two:
        return roles(token=token, tags=[every[1]])
    if not tags:
        raise _no_tags(table, path, token, columns, bracketed, related)
    if token.n_rows >= 200 and token.n_values > NEARLY_ALL * token.n_rows and token.mean_pieces < 1.5:
        raise DataError(
            f"{path}: no tokens: nearly every row of column {table.names[token.index]} has another value, such as "
            f"{token.cells[0][:40]!r}",
            TOKEN_PER_ROW,
        )
    strings = tuple(c for c in related if c is not token and SIMILAR < c.similarity(token) < 1)
    return roles(token=token, tags=rank_tags(tags, token, last=len(table.names) - 1), strings=strings)


def _is_series(columns: list[ColumnProfile], measured: list[ColumnProfile]) -> bool:
    """Whether a table has measurements, at most one column of values that repeat, and no words."""
    texts = [column for column in columns if not (column.is_number or column.is_date)]
    few = [column for column in texts if column.is_repetitive]
    if not measured or len(few) > 1 or any(column.n_values > 0.7 * column.n_rows for column in few):
        return False
    return not any(column.words > 0.2 for column in texts if not column.is_repetitive)


def _series_tags(columns: list[ColumnProfile], measured: list[ColumnProfile], path: str) -> list[ColumnProfile]:
    """The columns of a series that could be the tag, the best first."""
    measurements = {*measured}
    tags = [c for c in columns if c not in measurements and (c.is_number or (c.is_repetitive and not c.is_date))]
    if not tags:
        raise DataError(f"{path}: {counted(len(measured), 'column')} of numbers, but none of tags", NAME_COLUMNS)
    return sorted(tags, key=lambda column: (column.is_number, column.n_values))


def _series_token(
    columns: list[ColumnProfile], measured: list[ColumnProfile], counters: list[ColumnProfile]
) -> ColumnProfile:
    """The column of a series to show as tokens: a date, other text, a time, a counter or a measurement."""
    dates = [column for column in columns if column.is_date]
    texts = [c for c in columns if not (c.is_number or c.is_date or c.is_repetitive)]
    times = [column for column in measured if column.is_increasing]
    return (dates or texts or times or counters or measured)[0]


def _no_tags(
    table: Table,
    path: str,
    token: ColumnProfile,
    columns: list[ColumnProfile],
    bracketed: list[ColumnProfile],
    related: list[ColumnProfile],
) -> DataError:
    measured = [column for column in columns if column.is_measurement]
    are_related = {*related}
    unrelated = [column for column in columns if column not in are_related]
    others = [column for column in related if column is not token]
    problem, hint = "the others are blank, counters or labels of whole sentences", NAME_COLUMNS
    if bracketed:
        index, examples = bracketed[0].index, _examples(bracketed[0])
        problem = f"column {table.names[index]} has spans in brackets, such as {examples}, which are not supported"
        hint = BRACKETS_TO_BIO.format(index + 1)
    elif measured:
        problem = f"there are {counted(len(measured), 'column')} of numbers"
        hint = "are these word vectors? They are not tagged sentences" if len(measured) > 10 else NAME_COLUMNS
    elif unrelated:
        fewest = min(unrelated, key=lambda column: column.n_values)
        problem = (
            f"column {table.names[fewest.index]} has {counted(fewest.n_values, 'value')} in "
            f"{counted(fewest.n_rows, 'row')} of {counted(token.n_values, 'distinct word')}: too many for tags"
        )
    elif others:
        problem = f"column {table.names[others[0].index]} is nearly the same, like lemmas"
    return DataError(
        f"{path}: no column of tags: the words are in column {table.names[token.index]}, and {problem}", hint
    )


def _first_of_two(columns: list[ColumnProfile]) -> ColumnProfile | None:
    """The first of two columns, unless it looks like tags of the second, or is a counter."""
    first, second = columns
    is_richer = second.n_values > 4 and second.n_values >= 2 * first.n_values
    is_upper = first.uppercase > 0.9 > second.uppercase and second.n_values >= first.n_values
    is_tag = is_richer or is_upper or (first.is_tag_like and not second.is_tag_like)
    return None if is_tag or first.is_counter or first.is_measurement or first.is_blank else first


def _may_be_tags(column: ColumnProfile, token: ColumnProfile, *, is_of_two: bool = False) -> bool:
    if is_of_two:  # if tokens have few values, such as letters, tags may have as many
        return column.is_tag_like or column.is_repetitive
    is_fewer = column.n_rows < 200 or column.n_values <= max(2, 0.5 * token.n_values)
    return column.is_tag_like or (column.is_repetitive and is_fewer)


def choose_token(texts: list[ColumnProfile]) -> tuple[ColumnProfile, list[ColumnProfile]]:
    """Choose the tokens, and all columns that resemble them: the tokens, lemmas, lower-cased words."""
    best = max(texts, key=lambda column: (not column.is_tag_like, column.richness))
    rich = [column for column in texts if not column.is_repetitive and column.words >= 0.5 * best.words]
    if shifted := [column for column in rich if column is not best and column.is_shifted(best)]:
        few = [column for column in texts if column.is_repetitive]
        best = _unshifted([best, *shifted][:MAX_COMPARED], few[:MAX_COMPARED])
    related = [column for column in texts if column is best or column.similarity(best) > SIMILAR]

    def form_first(column: ColumnProfile) -> tuple[int, float]:
        return column.n_values, column.fraction(lambda value: value[:1].isupper())

    return max((column for column in related if column.words >= 0.5 * best.words), key=form_first), related


def _unshifted(columns: list[ColumnProfile], few: list[ColumnProfile]) -> ColumnProfile:
    """The words among columns of words and of their neighbours: not padded, and best at predicting other columns."""

    def words_first(column: ColumnProfile) -> tuple[bool, bool, float]:
        (_, n_first), (last, n_last) = column.edge(0), column.edge(-1)
        is_padded_at_end = n_last > 0.9 and not any(last in other.counts for other in columns if other is not column)
        return n_first < 0.9, not is_padded_at_end, sum(other.predictability(column) for other in few)

    return max(columns, key=words_first)

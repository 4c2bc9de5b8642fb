"""Proposal of tags, labels and further answers to learn from a file of which nothing is known."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.json_values import looks_like_json
from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.corpus.limits import N_CHARACTERS, N_LINES, first_lines
from tagger.errors import DataError
from tagger.reading.column_profile import ColumnProfile
from tagger.reading.guess import guess_layout, table_of, with_numbers
from tagger.reading.json_keys import label_keys_of
from tagger.reading.roles import choose_roles
from tagger.reading.sentence_bounds import find_sentence_rows, split_by_column
from tagger.reading.sentence_labels import (
    best_first,
    comment_labels,
    label_columns,
    note_on_labels,
    text_labels,
)
from tagger.reading.tables import Guess, Table

Lines = Callable[[], Iterator[str]]  # yields the lines of a file from its start at each call
Labels = Mapping[Column, Counter[str]]  # count of each label, by column, key of a comment or key of an object


def propose(lines: Lines, path: str, known: Layout = Layout()) -> Guess:
    """Guess the layout of a file, and find all of its answers.

    If it has no tags, but a label for each sentence or text, the layout has this label as its only answer. Otherwise
    labels are among the other answers of the guess, and `why` describes the first of them.

    Args:
        lines: yields all lines of the file at each call: it may be sorted by label, and need not fit into memory.
        path: path of the file, for messages.
        known: layout as far as known, without answers.

    Raises:
        DataError: as for `guess_layout`; or it has neither tags nor labels.
    """
    first = _first(lines)
    if texts := _texts_with_labels(first, path, known) or _texts_with_labels(_spread(lines), path, known):
        return texts
    try:
        guess = guess_layout(first, path, known)
    except DataError:
        labelled = _labelled_tokens(lines, path, known)
        if labelled is None:
            raise
        return labelled
    where, labels = _labels_beside(lines, path, guess.layout)
    if not labels:
        return guess
    if guess.numeric and guess.layout.tag is not None and _are_numbers(first, path, guess.layout):
        return _labelled_tokens(lines, path, known) or guess  # what was taken for tags are measurements
    best, *others = best_first(labels)
    why = guess.why | {"label": note_on_labels(where.format(best), labels[best], others)}
    return replace(guess, why=why, others=(*guess.others, ("label", best)))


def _are_numbers(lines: Sequence[str], path: str, layout: Layout) -> bool:
    """Whether the tags of a series are numbers."""
    table = _table(lines, path, layout)
    return (
        table is not None
        and layout.tag is not None
        and ColumnProfile(table.index(layout.tag), table.sentences).is_number
    )


def _first(lines: Lines) -> list[str]:
    return [*first_lines(lines())]


def _spread(lines: Lines) -> list[str]:
    """The first line, and others from the whole file, as many as `first_lines` takes."""
    n_lines = n_characters = 0
    for line in lines():
        n_lines += 1
        n_characters += len(line)
    step = 1 + max(n_lines // N_LINES, n_characters // N_CHARACTERS)
    return [*first_lines(chain(islice(lines(), 1), islice(lines(), 1, None, step)))]


def _content(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.strip(" \t")]


def _texts_with_labels(lines: Sequence[str], path: str, known: Layout) -> Guess | None:
    """The layout of a file with a whole text and its label per row or object; None if it is another one."""
    content = _content(lines)
    if known.tag is not None or known.sentence is not None or not content:
        return None
    if looks_like_json(content[0]):
        try:
            guess_layout(lines, path, known)
        except DataError:
            labels = label_keys_of(content, path, known)
            return _only_label(lines, path, known, labels, "the key {}") if labels else None
        return None
    table = _table(lines, path, known)
    if table is None or len(table.sentences) > 1 or find_sentence_rows(table):
        return None
    texts = text_labels(table, _taken(table, known))
    return _only_label(lines, path, known, texts[1], "column {}") if texts else None


def _labelled_tokens(lines: Lines, path: str, known: Layout) -> Guess | None:
    """The layout of a file whose tokens or measurements have no tags, but whose sentences have labels."""
    first = _first(lines)
    if labels := comment_labels(lines()):
        return _only_label(first, path, known, labels, "comments `# {} = …`")
    table = _table(first, path, known)
    if table is None:
        return None
    layout = replace(known, format=table.layout.format, comments=known.comments or table.layout.comments)
    if len(table.sentences) == 1:
        try:
            table, layout, _ = split_by_column(table, layout, path)
        except DataError:
            return None
    if table.layout.format == "csv" and len(table.sentences) == 1:
        texts = text_labels(table, _taken(table, known), min_words=1)
        return _only_label(first, path, known, texts[1], "column {}") if texts else None
    labels = label_columns(table, _taken(table, layout))
    return _only_label(first, path, known, labels, "column {}, one value per sentence") if labels else None


def _only_label(first: Sequence[str], path: str, known: Layout, labels: Labels, where: str) -> Guess:
    """The guess for a file whose only answer is the best label."""
    best, *others = best_first(labels)
    answered = replace(known, answers=(AnswerColumn("label", "label", best, own_key="data.label"),))
    guess = guess_layout(first, path, answered)
    why = guess.why | {"label": note_on_labels(where.format(best), {}, others)}
    table = _table(first, path, answered) if guess.layout.format in ("columns", "csv") else None
    if table is None or guess.layout.per_row == "sentence":
        return replace(guess, why=why)
    if len(table.sentences) == 1 and guess.layout.sentence is not None:
        table, _, _ = split_by_column(table, guess.layout, path)
    guess = with_numbers(guess, choose_roles(table, path, replace(guess.layout, token=None)))
    return replace(guess, why=why | guess.why)


def _labels_beside(lines: Lines, path: str, layout: Layout) -> tuple[str, Labels]:
    """Labels of the sentences of a tagged file, and where they are."""
    if layout.format == "jsonl":
        return "the key {}", label_keys_of(_content(_spread(lines)), path, layout)
    if layout.format in ("columns", "conllu") and (labels := comment_labels(lines())):
        return "comments `# {} = …` before sentences", labels
    table = _table(_first(lines), path, layout) if layout.format in ("columns", "csv") else None
    if table is None or not table.has_columns(layout):
        return "", {}
    if layout.per_row == "sentence":
        texts = text_labels(table, _taken(table, layout, but_token=True))
        return "column {}", texts[1] if texts else {}
    if len(table.sentences) == 1 and layout.sentence is not None:
        table, _, _ = split_by_column(table, layout, path)
    return "column {}, one value per sentence", label_columns(table, _taken(table, layout))


def _table(lines: Sequence[str], path: str, known: Layout) -> Table | None:
    try:
        return table_of(lines, path, known)
    except DataError:
        return None


def _taken(table: Table, known: Layout, *, but_token: bool = False) -> set[int]:
    """Indices of the columns with known roles."""
    answers = (answer.column for answer in known.answers if is_per_token(answer))
    columns = (known.tag, known.sentence, known.group, *known.numeric, *known.columns, *answers)
    columns = columns if but_token else (known.token, *columns)
    return {table.index(c) for c in columns if isinstance(c, int) or (c is not None and c in table.names)}

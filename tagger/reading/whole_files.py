"""All sentences of a tagged file, refused if it has none, or nothing but `_` to learn."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.column_names import did_you_mean
from tagger.corpus.conllu_columns import FIELDS, blank_tags_hint
from tagger.corpus.formats import format_of, may_lack_tags
from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.errors import DataError
from tagger.reading.read import read_sentences

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes
    from tagger.corpus.sentences import Sentences  # loads NumPy, which `convert` does not need


def read_tagged(
    path: Path,
    layout: Layout,
    *,
    notes: "FileNotes | None" = None,
    log_format: bool = False,
    reference_layout: Layout | None = None,
) -> "Sentences":
    """Read all sentences of a tagged file.

    Args:
        path: path of the file.
        layout: format and columns.
        notes: notes on the file, for a caller that reports on its rows; without, ignored rows and cells are logged.
        log_format: whether to log how the format was recognised.
        reference_layout: layout of another file, see `resolve_layout`.

    Raises:
        DataError: the file cannot be read, has no sentence, or every tag is `_`, or every string.
        ConfigError: the format does not have all keys of the layout.
    """
    from tagger.checks import log_row_findings
    from tagger.corpus.file_notes import FileNotes
    from tagger.corpus.sentences import Sentences

    logs_rows = notes is None
    notes = notes or FileNotes()
    sentences = Sentences.collect(
        read_sentences(path, layout, notes=notes, log_format=log_format, reference_layout=reference_layout),
        per_sentence=[not is_per_token(answer) for answer in layout.answers],
    )
    if not sentences:
        raise no_sentences(notes)
    if logs_rows:
        log_row_findings(notes, sentences.tag_counts())
    if sentences.forms != ("_",):
        blank = [answers.names == ("_",) and not answers.per_sentence for answers in sentences.answers]
        refuse_blank_answers(path, notes.layout, blank)
    if sentences.tag_names == ("_",):
        layout = notes.layout
        tag: Column = format_of(layout).tag or "of tags" if layout.tag is None else layout.tag
        problem = "no word has that key" if may_lack_tags(layout) else "no word is tagged"
        raise DataError(f"{path}: column {tag}: every tag is `_`: {problem}", blank_tags_hint(layout))
    return sentences


def refuse_blank_answers(path: Path, layout: Layout, blank: Iterable[bool]) -> None:
    """Refuse a file with an answer that is `_` for every token.

    Args:
        path: path of the file, for messages.
        layout: its layout.
        blank: for each answer of the layout, whether it is `_` for every token.

    Raises:
        DataError: an answer is; names the head.
    """
    for answer, is_blank in zip(layout.answers, blank, strict=True):
        if is_blank:
            raise _blank_answer(path, answer, layout)


def _blank_answer(path: Path, answer: AnswerColumn, layout: Layout) -> DataError:
    column = answer.column
    is_key = column is not None and format_of(layout).is_optional(column)
    problem = "no word has that key" if is_key else f"no word has a {answer.kind}"
    meant = did_you_mean(column, FIELDS).removeprefix("; ") if is_key and column is not None else ""
    return DataError(
        f"{path}: {answer.title}: column {column}: every {answer.kind} is `_`: {problem}",
        f"{meant} choose another column with {answer.key}".strip(),
    )


def no_sentences(notes: "FileNotes") -> DataError:
    """The error for a file without sentences, by the notes on it."""
    if notes.bad.n:
        number, reason = min(notes.bad.first)
        return DataError(
            f"{notes.path}:{number}: {reason}; none of the {notes.bad.n:,} rows can be read",
            "does the file have another format, or other columns?",
        )
    if notes.header is not None:
        return DataError(f"{notes.path}: no rows below the header", "each row needs a token and its tag")
    return DataError(f"{notes.path}: no sentence found", "is the file empty, or all comments?")

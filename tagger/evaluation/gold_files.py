"""Gold answers of a tagged file, in the notation of a saved tagger."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tagger.checks import log_row_findings
from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.detection import detect_scheme_from_counts
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import format_of
from tagger.corpus.layout import UNKNOWN, AnswerColumn, Column, Layout, with_columns
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Answer
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import check_scored, convert_all_tags, rename_types, span_types, warn_of_unknown_tags
from tagger.encoding.arrays import Positions
from tagger.errors import DataError, TaggerError
from tagger.evaluation.metrics import NOUNS
from tagger.evaluation.scores import gold_answers
from tagger.head_names import PLAIN_HEAD
from tagger.heads.target import TagTarget
from tagger.reading.encoding import encoding_or_default, read_head
from tagger.reading.first_names import columns_text, comment_keys, header_names, is_written
from tagger.reading.read import resolve_layout, sentences_in
from tagger.reading.whole_files import read_tagged
from tagger.tagging.tagger import Tagger

N_LINES = 2000  # first lines of a file, in which the answers of each head are looked for
LAST = -1  # default column of tags in formats without names of columns

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Gold:
    """The gold sentences of a file.

    Args:
        sentences: all of its sentences.
        answers: by head, the sentences that have an answer, with the answer as their tags, and their (sentences,)
            indices among all; tags are in the notation of the tagger.
        notes: notes on the file.
    """

    sentences: Sentences
    answers: Mapping[str, tuple[Sentences, Positions]]
    notes: FileNotes


def read_gold(tagger: Tagger, path: Path, known: Layout = UNKNOWN, *, head: str | None = None, name: str = "") -> Gold:
    """Read the gold sentences of a tagged file, and convert their tags to the tagger's notation.

    A file of the same format as the training data is read like it. With several heads, those whose column the file
    lacks are left out. Sentences from the training data cause a warning.

    Args:
        tagger: the tagger to evaluate.
        path: path of the file.
        known: format, columns and encoding, as far as they are known; the rest is as in training, or recognised.
        head: the only head to read answers of; its column is the column of tags of `known`, if there is one. None: all
            heads.
        name: name of the tagger in warnings, if there are two.

    Raises:
        DataError: the file cannot be read, has no column of a head, or has no scored token; names file and line.
    """
    gold = read_answers(tagger, path, known, head=head)
    warn_of_gold(tagger, gold, name)
    return gold


def read_answers(tagger: Tagger, path: Path, known: Layout, *, head: str | None = None) -> Gold:
    """Read a tagged file as `read_gold` does, without a warning."""
    trained_on = tagger.bundle.layout
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DataError(
            f"{path}: not a regular file, and it is read more than once", "save its content to a file first"
        )
    encoding = known.encoding
    if encoding == "auto":
        encoding = encoding_or_default(read_head(path), trained_on.encoding, str(path))
        if encoding != trained_on.encoding:
            log.info("%s: encoding is %s", display_path(path), encoding)
    bad_rows = "skip" if known.bad_rows == "skip" else trained_on.bad_rows
    kept = {key: getattr(trained_on, key) for key in ("numeric", "columns", "map", "decimal", "missing_numbers")}
    layout = replace(known, encoding=encoding, bad_rows=bad_rows, **kept)
    reference_layout = with_columns(
        replace(trained_on, encoding=encoding, bad_rows=bad_rows, max_tokens=known.max_tokens), known
    )
    if layout.format == trained_on.format:
        layout = reference_layout
    if not tagger.bundle.architecture.is_plain:
        lines = read_lines(path, encoding=encoding, max_tokens=known.max_tokens).first(N_LINES)
        columns = _answer_columns(tagger, known, head, lines)
        layout, reference_layout = (replace(each, tag=None, answers=columns) for each in (layout, reference_layout))
        layout = _with_answers_of(path, lines, layout, reference_layout)
    notes, has_own_layout = FileNotes(), layout != reference_layout
    read = read_tagged(path, layout, notes=notes, log_format=has_own_layout, reference_layout=reference_layout)
    log_row_findings(notes, read.tag_counts())
    maps = {answer.name: dict(answer.map) for answer in trained_on.answers}
    targets = {target.name: target for target in tagger.bundle.targets}
    answers = {}
    for name, (sentences, positions) in gold_answers(read, tagger.bundle.targets).items():
        sentences = _convert_tags(targets[name], maps.get(name, dict(trained_on.map)), sentences, path)
        check_scored(sentences, targets[name].ignore)
        answers[name] = (sentences, positions)
    return Gold(answers[PLAIN_HEAD][0] if PLAIN_HEAD in answers else read, answers, notes)


def warn_of_gold(tagger: Tagger, gold: Gold, name: str = "") -> None:
    """Warn of answers that the tagger cannot predict, and of sentences that it was trained on."""
    path, targets = gold.notes.path, tagger.bundle.targets
    for target in targets:
        if target.name in gold.answers:
            prefix = f"{target.name}: " if len(targets) > 1 else ""
            known = {*target.known_tags, *target.ignore}
            scored = target.in_file_terms(gold.answers[target.name][0])
            warn_of_unknown_tags(scored, known, f"{prefix}{path}", noun=NOUNS[target.kind])
    if tagger.bundle.trained_on is None:
        return
    n, n_trained_on = len(gold.sentences), int(np.isin(gold.sentences.hashes(), tagger.bundle.trained_on).sum())
    if n_trained_on:
        log.warning(
            "%s: %s of %s (%.1f %%) %s in the training data%s: the scores are too optimistic",
            display_path(Path(path)), f"{n_trained_on:,}", counted(n, "sentence"), 100 * n_trained_on / n,
            "is" if n_trained_on == 1 else "are", f" of {name}" if name else "",
        )  # fmt: skip


def _convert_tags(target: TagTarget, names: dict[str, str], sentences: Sentences, path: Path) -> Sentences:
    """Rename span types as in training, and convert tags to the tagger's notation."""
    if target.scheme == "none":
        return sentences
    notation = detect_scheme_from_counts(sentences.tag_pair_counts()).notation()
    if notation.scheme == "none" or sentences.tag_counts().keys() <= {*target.known_tags}:
        notation = target.notation
    if names.keys() & span_types(sentences.tag_counts(), notation):
        sentences = sentences.with_tags(lambda tags: rename_types(tags, names, notation))
    if notation != target.notation:
        log.info("%s: tags are read as %s and scored as %s", display_path(path), notation.name, target.notation.name)
    return convert_all_tags(sentences, notation, target.notation)


def _answer_columns(tagger: Tagger, known: Layout, head: str | None, lines: Sequence[str]) -> tuple[AnswerColumn, ...]:
    """The columns of the answers of a tagger: as in training, or by name if the file has no such column.

    Args:
        tagger: the tagger.
        known: columns, as far as they are known.
        head: the only head to read answers of; None: all heads.
        lines: first lines of the file.
    """
    trained_on = {answer.name: answer for answer in tagger.bundle.layout.answers}
    columns = []
    for target in tagger.bundle.targets:
        answer = trained_on.get(target.name) or AnswerColumn(target.name, target.kind, None)
        column = target.column if answer.column is None else answer.column
        column = _column_by_name(column, target, tagger, lines)
        if known.tag is not None and (head == target.name or len(tagger.bundle.targets) == 1):
            column = known.tag
        columns.append(replace(answer, column=column if head in (None, target.name) else None))
    return tuple(columns)


def _column_by_name(column: Column | None, target: TagTarget, tagger: Tagger, lines: Sequence[str]) -> Column | None:
    """The column of training, or else the column of the file that `tagger predict` or a person would give this name."""
    header, names = header_names(lines), comment_keys(lines)
    if header and not header[0].isdecimal():  # else a row of CoNLL-U, or of numbers
        names |= {*header}
    if column in names or (isinstance(column, int) and not is_written(header)):
        return column
    is_only = [each.kind for each in tagger.bundle.targets].count(target.kind) == 1
    usual = {"label": ("label",), "tag": ("tag", "tags"), "string": ()}[target.kind] if is_only else ()
    return next((name for name in (target.name, *usual) if name in names), column)


def _with_answers_of(path: Path, lines: Sequence[str], layout: Layout, reference_layout: Layout) -> Layout:
    """Recognise the format of a file, and leave out the heads whose answers it lacks.

    Args:
        path: path of the file.
        lines: its first lines.
        layout: its layout as far as known, with the columns of the answers of all heads.
        reference_layout: the layout of the training data.

    Raises:
        DataError: the file has no answers of any head.
    """
    wanted = [answer for answer in layout.answers if answer.column is not None]
    if len(wanted) < 2:
        return layout  # its reader reports a missing column, with its line
    try:
        resolved = resolve_layout(layout, lines, str(path), reference_layout=reference_layout)
    except TaggerError:  # the column that the tags are looked for in may be the missing one
        resolved = resolve_layout(layout, lines, str(path), tagged=False)
    is_same = {resolved.format, reference_layout.format} <= {
        "columns",
        "csv",
    } or resolved.format == reference_layout.format
    uses_default = resolved.format != reference_layout.format and [a.kind for a in wanted if is_per_token(a)] == ["tag"]
    answers = []
    for answer in resolved.answers:
        is_known = answer.column is not None and (is_same or isinstance(answer.column, str))
        is_present = is_known and _has_answer(lines, resolved, answer, str(path))
        if not is_present and answer.kind == "tag" and uses_default:
            answer = replace(answer, column=format_of(resolved).tag or LAST)
            is_present = _has_answer(lines, resolved, answer, str(path))
        answers.append(answer if is_present else replace(answer, column=None))
    missing = [
        f"{before.name} ({before.kind} {before.column})"
        for before, after in zip(layout.answers, answers, strict=True)
        if before in wanted and after.column is None
    ]
    if len(missing) == len(wanted):
        raise DataError(
            f"{path}: has no column of a head of the tagger: {', '.join(missing)}",
            f"--head NAME --tag COLUMN scores one head on another column: {columns_text(lines, resolved.format)}",
        )
    if missing:
        log.warning("%s: has no column of %s, which is not scored", display_path(path), ", ".join(missing))
    return replace(resolved, answers=tuple(answers))


def _has_answer(lines: Sequence[str], layout: Layout, answer: AnswerColumn, path: str) -> bool:
    """Whether one of the first sentences of a file has an answer that is not `_` for all of its tokens."""
    tried = replace(layout, answers=(answer,), bad_rows="skip")
    try:
        sentences = sentences_in(iter(lines), tried, path, notes=FileNotes())
        return any(_is_answer(each) for sentence in sentences for each in sentence.answers)
    except TaggerError:
        return False


def _is_answer(answer: Answer) -> bool:
    return answer is not None and (isinstance(answer, str) or {*answer} != {"_"})

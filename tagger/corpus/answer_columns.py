"""Columns of answers: which of them a file is read for, their names in messages, and their values in a sentence."""

from collections.abc import Callable, Sequence

from tagger.corpus.layout import AnswerColumn, Column, Layout, refuse_tag_as_input
from tagger.corpus.sentence import Answer
from tagger.errors import ConfigError


def requested_answers(layout: Layout, default: Column, *, tagged: bool) -> tuple[AnswerColumn, ...]:
    """Answers to read from a file, those that it lacks left out; in the plain case one without a name, its tags.

    Args:
        layout: layout of the file.
        default: column of tags in the plain case if the layout does not name it.
        tagged: whether tags, and so answers, are read.
    """
    if not tagged:
        return ()
    if not layout.answers:
        return (AnswerColumn("", "tag", default if layout.tag is None else layout.tag),)
    return tuple(answer for answer in layout.answers if answer.column is not None)


def answer_noun(answer: AnswerColumn) -> str:
    """Noun for a value of an answer, for messages.

    >>> answer_noun(AnswerColumn("lemma", "string", "lemma")), answer_noun(AnswerColumn("", "tag", -1))
    ('string of heads.lemma', 'tag')
    """
    return f"{answer.kind} of {answer.title}" if answer.title else answer.kind


def named_location(location: str, answer: AnswerColumn | None) -> str:
    """A location in a message, with the head of an answer if it has a name."""
    return f"{location}: {answer.title}" if answer and answer.title else location


def is_per_token(answer: AnswerColumn) -> bool:
    """Whether an answer is a tag or string of each token."""
    return answer.kind != "label"


def label_keys(layout: Layout) -> frozenset[str]:
    """Keys of the comments that may hold a label of a sentence."""
    return frozenset(a.column for a in layout.answers if a.kind == "label" and isinstance(a.column, str))


def reads_texts(layout: Layout) -> bool:
    """Whether the cell of tokens in a row of a whole sentence is a text: nothing else is read for each token."""
    per_token = any(is_per_token(answer) and answer.column is not None for answer in layout.answers)
    return bool(layout.answers) and not (per_token or layout.numeric or layout.columns)


def arrange(
    layout: Layout, tags: Sequence[Sequence[str]], labels: Sequence[str], *, tagged: bool
) -> tuple[tuple[str, ...] | None, tuple[Answer, ...]]:
    """Arrange the values of a sentence as `Sentence.tags` and `Sentence.answers`.

    Args:
        layout: layout of the file.
        tags: for each requested answer per token, in order, its values.
        labels: each requested label, in order.
        tagged: whether answers are read.
    """
    if not tagged:
        return None, ()
    if not layout.answers:
        return tuple(tags[0]), ()
    per_token, per_sentence = iter(tags), iter(labels)
    answers: list[Answer] = []
    for answer in layout.answers:
        if answer.column is None:
            answers.append(None)
        else:
            answers.append(tuple(next(per_token)) if is_per_token(answer) else next(per_sentence))
    return None, tuple(answers)


def refuse_answers_as_inputs(
    layout: Layout,
    path: str,
    *,
    token: Column,
    answers: Sequence[AnswerColumn],
    identify: Callable[[Column], int | str],
) -> None:
    """Refuse to read tags or labels from a column that is also an input: the network would only learn to copy it.

    In the plain case as `refuse_tag_as_input`.

    Args:
        layout: layout with the columns of inputs.
        path: path of the file, for messages.
        token: column of tokens.
        answers: requested answers that are in columns.
        identify: function from a column to its index or a canonical name, equal for different names of one column.

    Raises:
        ConfigError: names the head, the key and the column.
    """
    if not layout.answers:
        for tag in (answer.column for answer in answers if answer.column is not None):
            refuse_tag_as_input(layout, path, token=token, tag=tag, identify=identify)
        return
    inputs = {"data.token": (token,), "features.numeric": layout.numeric, "features.columns": layout.columns}
    for answer in answers:
        if answer.kind == "string" or answer.column is None:
            continue
        for key, columns in inputs.items():
            if any(identify(column) == identify(answer.column) for column in columns):
                other = f"set {key} to another column" if key == "data.token" else f"remove it from {key}"
                raise ConfigError(
                    f"{path}: {answer.title} and {key} are the same column: {answer.column}",
                    _other_source_column(answer) or f"{other}, or set {answer.key} to another column",
                )


def _other_source_column(answer: AnswerColumn) -> str:
    """Hint for a head with another column in one of several sources; empty if there is one source."""
    source = answer.own_key.partition(".heads.")[0]
    if source == answer.own_key:
        return ""
    return f'in {source}, name the columns of its heads: heads = {{ {answer.name} = "COLUMN" }}'

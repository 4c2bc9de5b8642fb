"""DataFrames in and out: the rows of a frame are tagged, and the answers become columns beside the others."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.corpus.frames import column_of
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Doubles
from tagger.errors import DataError
from tagger.tagging.bundle import Bundle
from tagger.tagging.output_csv import free_names
from tagger.tagging.tagged import Answer, Tagged
from tagger.tagging.written_answers import answers_by_name, confidence_name

if TYPE_CHECKING:
    import pandas as pd

TOKEN_NAMES = ("token", "form", "word")  # recognised if the frame has no column with the name of training
SENTENCE_NAMES = ("sentence", "series")


def frame_sentences(
    frame: "pd.DataFrame", bundle: Bundle, *, sentence: Hashable | None = None, token: Hashable | None = None
) -> Iterator[Sentence]:
    """Yield the sentences of a frame with a row for each token or step, in order.

    A sentence begins where the value of its column changes; a missing or empty value continues the sentence. Columns
    that are not passed have the names of training, else usual ones. A series without such a column is one.

    Args:
        frame: the frame.
        bundle: a tagger's, whose inputs say what columns are read.
        sentence: name of the column of sentences or series.
        token: name of the column of tokens.

    Raises:
        DataError: a column or a token is missing, or a value is not a number.
    """
    encoder, layout, is_series = bundle.encoder, bundle.layout, bundle.architecture.reads_series
    columns = [_symbols(frame, name) for name in encoder.columns]
    numbers = [_numbers(frame, name) for name in encoder.numeric]
    rows = np.column_stack(numbers).tolist() if numbers else None
    if is_series:
        tokens = [str(row[0]) for row in rows or ()]
    else:
        tokens = _tokens(frame, _chosen(frame, token, (layout.token, *TOKEN_NAMES), "token"))
    if sentence is None and is_series and not {layout.sentence, *SENTENCE_NAMES} & {*frame.columns}:
        starts = [0]
    else:
        starts = _starts(frame, _chosen(frame, sentence, (layout.sentence, *SENTENCE_NAMES), "sentence"))
    for start, end in pairwise([*starts, len(frame)] if len(frame) else []):
        yield Sentence(
            tuple(tokens[start:end]),
            numbers=None if rows is None else tuple(map(tuple, rows[start:end])),
            columns=tuple(zip(*(column[start:end] for column in columns), strict=True)) if columns else None,
        )


def frame_with_answers(
    frame: "pd.DataFrame", bundle: Bundle, tagged: Sequence[Tagged], *, confidence: bool
) -> "pd.DataFrame":
    """Return a frame with a column for each answer, then one for each confidence; its own columns stay.

    They have the names that `predict --format csv` gives them: that of the tag in training, or of the head, with
    `_predicted` after it if the frame has the name already. A label stands in each row of its sentence.

    Args:
        frame: the frame whose sentences are tagged.
        bundle: the tagger's.
        tagged: the tagged sentences, in order.
        confidence: whether there are columns of confidence.
    """
    own_name = bundle.layout.tag if isinstance(bundle.layout.tag, str) else "tag"
    heads = {"tag": own_name}
    if not bundle.architecture.is_plain:
        heads = {target.name: target.name for target in bundle.targets}
    columns = _answer_columns(tagged, heads, confidence=confidence)
    names = free_names("the frame", map(str, frame.columns), list(columns))
    return frame.assign(**dict(zip(names, columns.values(), strict=True)))


def tagged_frame(tagged: Sequence[Tagged]) -> "pd.DataFrame":
    """Return a new frame with a row for each token: number of the sentence from 1, token, answers and confidences."""
    import pandas as pd

    heads = {name: name for name in answers_by_name(tagged[0])} if tagged else {"tag": "tag"}
    confidence = any(answer.confidence for each in tagged for answer in answers_by_name(each).values())
    rows = {
        "sentence": [i for i, each in enumerate(tagged, start=1) for _ in each.tokens],
        "token": [token for each in tagged for token in each.tokens],
    }
    return pd.DataFrame(rows | _answer_columns(tagged, heads, confidence=confidence))


def _answer_columns(tagged: Sequence[Tagged], heads: Mapping[str, str], *, confidence: bool) -> dict[str, list[Any]]:
    """Each answer and each confidence by the name of its column, with a value for each step of all sentences.

    Args:
        tagged: the sentences.
        heads: name of the column of each head.
        confidence: whether there are columns of confidence.
    """
    pairs = [(len(each.tokens), answers_by_name(each)) for each in tagged]
    columns: dict[str, list[Any]] = {
        name: [value for n, answers in pairs for value in _by_step(answers[head], answers[head].values, n)]
        for head, name in heads.items()
    }
    for head, name in heads.items() if confidence else ():
        values = [value for n, answers in pairs for value in _by_step(answers[head], answers[head].confidence, n)]
        columns["confidence" if head == "tag" and len(heads) == 1 else confidence_name(name)] = values
    return columns


def _by_step(answer: Answer, values: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    return values * n if answer.kind == "label" else values


def _chosen(frame: "pd.DataFrame", passed: Hashable | None, usual: Sequence[Hashable], argument: str) -> Hashable:
    """The column that was passed, else the first usual one that the frame has."""
    if passed is not None:
        column_of(frame, passed)
        return passed
    for name in usual:
        if isinstance(name, str) and name in frame.columns:
            return name
    listed = ", ".join(map(str, frame.columns))
    raise DataError(f"no column of the frame is known to hold {argument}s: {listed}", f"pass {argument}=COLUMN")


def _starts(frame: "pd.DataFrame", name: Hashable) -> list[int]:
    """Index of the first row of each sentence."""
    column = column_of(frame, name)
    column = column.mask(column.eq("")).ffill()
    codes, _ = column.factorize()  # -1 for what is missing at the beginning
    return [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()]


def _tokens(frame: "pd.DataFrame", name: Hashable) -> list[str]:
    column = column_of(frame, name)
    if column.isna().any():
        row = int(np.argmax(column.isna().to_numpy()))
        raise DataError(
            f"row {row} of the frame (counted from 0) has no token in the column {name}",
            f"leave such rows out: frame.dropna(subset=[{name!r}])",
        )
    return column.astype(str).tolist()


def _symbols(frame: "pd.DataFrame", name: Hashable) -> list[str]:
    """Values of a column as text; empty, as in a CSV file, where one is missing."""
    column = column_of(frame, name)
    return ["" if is_missing else str(value) for value, is_missing in zip(column, column.isna(), strict=True)]


def _numbers(frame: "pd.DataFrame", name: Hashable) -> Doubles:
    """(rows,) values of a column; NaN where one is missing."""
    try:
        return column_of(frame, name).to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(f"the column {name} of the frame should have numbers only: {error}") from None

"""The sentences and tags of `fit` and `predict` as a DataFrame with a row for each token or step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tagger.corpus.text import text_sentence

SENTENCE, TOKEN, TAG, LABEL = "sentence", "token", "tag", "label"
RESERVED = {SENTENCE, TAG, LABEL}  # names that a feature of a token cannot have


def sentence_rows(X: Iterable[Any]) -> pd.DataFrame:
    """Return a frame with a row for each token or step of some sentences, and the index of its sentence.

    Args:
        X: sentences, all of one kind: lists of tokens; texts; lists of a mapping for each token, or DataFrames with a
            row for each, of `token` and further features; or (steps, channels) arrays of numbers, whose columns get the
            names channel_1, channel_2 ….

    Raises:
        ValueError: an item is no sentence, or differs in kind from the others.
    """
    if isinstance(X, str | Mapping | pd.DataFrame):
        raise ValueError(f"X should have an item for each sentence, got one {type(X).__name__}; for one sentence, [X]")
    parts = [_steps(i, sentence) for i, sentence in enumerate(X)]
    columns = next((list(steps) for steps in parts if steps), [TOKEN])
    for i, steps in enumerate(parts):
        if steps and {*steps} != {*columns}:
            expected = ", ".join(columns)
            raise ValueError(f"X[{i}] has {', '.join(steps)} for each step, and the sentences before it {expected}")
    lengths = [len(next(iter(steps.values()), ())) for steps in parts]
    rows = {name: [value for steps in parts if steps for value in steps[name]] for name in columns}
    return pd.DataFrame({SENTENCE: np.repeat(np.arange(len(parts)), lengths), **rows})


def _steps(i: int, sentence: Any) -> dict[str, Sequence[Any]]:
    """The columns of a sentence; none if it has no step."""
    if isinstance(sentence, str):
        sentence = text_sentence(sentence).tokens
    elif isinstance(sentence, pd.DataFrame):
        sentence = sentence.rename(columns=str).to_dict("records")
    steps: list[Any] = list(sentence) if isinstance(sentence, Iterable) else [sentence]
    if not steps:
        return {}
    if all(isinstance(step, str) for step in steps):
        return {TOKEN: steps}
    if all(isinstance(step, Mapping) for step in steps):
        return _features(i, steps)
    try:
        values = np.asarray(steps, np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 2:
        raise ValueError(f"X[{i}] should be tokens, mappings, or (steps, channels) numbers, got {sentence!r:.80}")
    return {f"channel_{j}": values[:, j - 1].tolist() for j in range(1, values.shape[1] + 1)}


def _features(i: int, steps: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    names = list(steps[0])
    for step in steps:
        if {*step} != {*names} or {*names} & RESERVED:
            raise ValueError(
                f"X[{i}]: the mappings of all tokens need the same keys, none of them {' or '.join(sorted(RESERVED))}; "
                f"got {', '.join(map(str, step))}"
            )
    return {name: [step[name] for step in steps] for name in names}


def with_answers(rows: pd.DataFrame, y: Iterable[Any]) -> pd.DataFrame:
    """Add a column with the tag of each token, or with the label of its sentence.

    Args:
        rows: as `sentence_rows` returns them.
        y: for each sentence its tags, one for each token, or its label.

    Raises:
        ValueError: an item is neither, a sentence has another number of tags than of tokens, or there are more or fewer
            sentences than `y` has items.
    """
    answers = list(y)
    lengths = np.bincount(rows[SENTENCE], minlength=len(answers)).tolist()
    if len(lengths) > len(answers):
        raise ValueError(f"X has {len(lengths)} sentences, and y has {len(answers)}")
    if is_labels(answers):
        return rows.assign(**{LABEL: [str(label) for label, n in zip(answers, lengths, strict=True) for _ in range(n)]})
    if (wrong := next((i for i, tags in enumerate(answers) if not _is_list(tags)), None)) is not None:
        raise ValueError(f"y[{wrong}] should be a list of tags, or y a list of labels, got {answers[wrong]!r:.80}")
    for i, (tags, n) in enumerate(zip(answers, lengths, strict=True)):
        if len(tags) != n:
            raise ValueError(f"X[{i}] has {n} tokens, and y[{i}] has {len(tags)} tags")
    return rows.assign(**{TAG: [str(tag) for tags in answers for tag in tags]})


def is_labels(y: Iterable[Any]) -> bool:
    """Whether `y` has a label for each sentence, a text or a number, not a list of tags."""
    return all(map(np.isscalar, y))


def _is_list(answer: Any) -> bool:
    return hasattr(answer, "__len__") and not isinstance(answer, str | Mapping)


def features_config(rows: pd.DataFrame) -> dict[str, Any]:
    """The section of a config for the columns of a frame: numbers, and further columns of symbols."""
    names = [name for name in rows.columns if name not in RESERVED]
    numeric = [name for name in names if name != TOKEN and _has_numbers(rows[name])]
    symbols = [name for name in names if name != TOKEN and name not in numeric]
    return {
        **({"numeric": numeric} if numeric else {}),
        **({"columns": {"names": symbols}} if symbols else {}),
        **({} if TOKEN in names else {"words": False, "casing": False}),
    }


def _has_numbers(column: "pd.Series[Any]") -> bool:
    """Whether a column is of numbers; True and False are symbols."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)

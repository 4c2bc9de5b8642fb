"""Golden sentences: a few sentences in a bundle with their tags at saving, tagged again whenever it is loaded."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.errors import BundleError
from tagger.tagging.tagged import Tagged

N_SENTENCES, N_STEPS, TOLERANCE = 3, 20, 1e-3

TagFunction = Callable[[Sequence[Sentence]], list[Tagged]]


def golden_lines(sentences: Sequence[Sentence], tag: TagFunction) -> str:
    """Tag the beginnings of the first few sentences, and return a JSON line for each with its tags and confidences.

    With several heads, a line has those of each head.
    """
    beginnings = [
        Sentence(
            sentence.tokens[:N_STEPS],
            numbers=sentence.numbers and sentence.numbers[:N_STEPS],
            columns=sentence.columns and sentence.columns[:N_STEPS],
        )
        for sentence in sentences[:N_SENTENCES]
    ]
    lines = [
        {
            "tokens": tagged.tokens,
            "numbers": tagged.sentence.numbers,
            "columns": tagged.sentence.columns,
            **_predictions(tagged),
        }
        for tagged in tag(beginnings)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def check_golden(golden: str, tag: TagFunction, folder: Path) -> None:
    """Tag golden sentences again and compare the result.

    Args:
        golden: JSON lines, see `golden_lines`.
        tag: the loaded tagger's function.
        folder: path of the bundle, for messages.

    Raises:
        BundleError: tags or confidences differ from the saved ones, or the sentences cannot be tagged.
    """
    try:
        lines = [json.loads(line) for line in golden.split("\n") if line]
        predicted = tag([_sentence(line) for line in lines])
        differing = [
            tagged for tagged, line in zip(predicted, lines, strict=True) if not _is_same(_predictions(tagged), line)
        ]
    except Exception as error:  # files of different bundles fail in many ways
        raise BundleError(f"{folder}: cannot tag its golden sentences: {error}") from error
    if differing:
        sentence = " ".join(differing[0].tokens)
        raise BundleError(
            f"{folder}: its golden sentence {sentence!r} gets different tags or confidences than when it was saved",
            "another version of onnxruntime may help; bundle.json names the one that the bundle was saved with",
        )


def _predictions(tagged: Tagged) -> dict[str, Any]:
    if not tagged.answers:
        return {"tags": [*tagged.tags], "scores": _scores(tagged.confidence)}
    return {
        "answers": {
            name: {"values": [*answer.values], "scores": _scores(answer.confidence)}
            for name, answer in tagged.answers.items()
        }
    }


def _scores(confidence: Sequence[float]) -> list[float]:
    return [round(value, 6) for value in confidence]


def _is_same(predictions: dict[str, Any], saved: dict[str, Any]) -> bool:
    """Whether predictions for a sentence have the saved tags, or values of each head, and about the saved scores."""
    if "answers" in predictions:
        answers, saved_answers = predictions["answers"], saved["answers"]
        return answers.keys() == saved_answers.keys() and all(
            answer["values"] == saved_answers[name]["values"] and _is_close(answer, saved_answers[name])
            for name, answer in answers.items()
        )
    return bool(predictions["tags"] == saved["tags"]) and _is_close(predictions, saved)


def _is_close(predictions: dict[str, Any], saved: dict[str, Any]) -> bool:
    return bool(np.allclose(predictions["scores"], saved["scores"], atol=TOLERANCE))


def _sentence(line: dict[str, Any]) -> Sentence:
    numbers, columns = line["numbers"], line["columns"]
    return Sentence(
        tuple(line["tokens"]),
        numbers=None if numbers is None else tuple(map(tuple, numbers)),
        columns=None if columns is None else tuple(map(tuple, columns)),
    )

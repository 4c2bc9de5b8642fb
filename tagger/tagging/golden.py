"""Golden sentences: a few sentences in a bundle with their tags at saving, tagged again whenever it is loaded."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tagger.border.schema import TEXT, Schema, check, list_of, nullable, number, record
from tagger.border.strict_json import parse_json
from tagger.corpus.sentence import Sentence
from tagger.errors import BundleError
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.tagging.tagged import Tagged

N_SENTENCES, N_STEPS, TOLERANCE = 3, 20, 1e-3
MAX_SHOWN = 300  # characters of a sentence or problem in a message
SCORE = number(0, 1 + TOLERANCE)

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
            "numbers": _numbers_to_json(tagged.sentence),
            "columns": tagged.sentence.columns,
            **_predictions(tagged),
        }
        for tagged in tag(beginnings)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _numbers_to_json(sentence: Sentence) -> list[list[float | None]] | None:
    """The numbers of each step; null, which JSON has, for NaN, which it has not."""
    if sentence.numbers is None:
        return None
    return [[None if math.isnan(value) else value for value in row] for row in sentence.numbers]


def parse_golden(text: str, encoder: Encoder, targets: Sequence[TagTarget], *, is_plain: bool) -> list[dict[str, Any]]:
    """Parse the content of `golden.jsonl`.

    Args:
        text: the content.
        encoder: encoder of the network, which says how many numbers and columns a step has.
        targets: the heads, which say what a sentence has answers of.
        is_plain: whether the only head scores tags and has no name.

    Raises:
        ValueError: names the line and its key.
    """
    *texts, rest = text.split("\n")
    if rest or not texts:
        raise ValueError("is cut off" if rest else "is empty")
    if len(texts) > N_SENTENCES:
        raise ValueError(f"expected {N_SENTENCES} sentences or fewer, got {len(texts):,}")
    lines: list[dict[str, Any]] = []
    for i, line in enumerate(texts, start=1):
        try:
            lines.append(parse_json(line))
            check(lines[-1], record({"tokens": list_of(TEXT, 0, N_STEPS)}))
            check(lines[-1], _schema(len(lines[-1]["tokens"]), encoder, targets, is_plain=is_plain))
        except ValueError as error:
            raise ValueError(f"line {i}: {error}") from None
    return lines


def _schema(n_steps: int, encoder: Encoder, targets: Sequence[TagTarget], *, is_plain: bool) -> Schema:
    """Schema of a sentence of so many steps."""

    def each(item: Schema, n: int = n_steps) -> Schema:
        return list_of(item, n, n)

    def rows(cell: Schema, names: Sequence[str]) -> Schema:
        return each(each(cell, len(names))) if names else nullable(each(list_of(cell)))

    cell = nullable(number()) if encoder.fills_missing else number()
    steps = {"numbers": rows(cell, encoder.numeric), "columns": rows(TEXT, encoder.columns)}
    if is_plain:
        return record({**steps, "tags": each(TEXT), "scores": each(SCORE)})
    n_values = {target.name: min(n_steps, 1) if target.kind == "label" else n_steps for target in targets}
    answers = {name: record({"values": each(TEXT, n), "scores": each(SCORE, n)}) for name, n in n_values.items()}
    return record({**steps, "answers": record(answers, closed=True)})


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
        raise BundleError(f"{folder}: cannot tag its golden sentences: {str(error)[:MAX_SHOWN]}") from error
    if differing:
        sentence = " ".join(differing[0].tokens)[:MAX_SHOWN]
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
        numbers=None if numbers is None else tuple(tuple(math.nan if v is None else v for v in row) for row in numbers),
        columns=None if columns is None else tuple(map(tuple, columns)),
    )

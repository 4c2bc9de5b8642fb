"""Golden sentences: a few in a bundle with the tags they had when it was saved, tried whenever it is loaded."""

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
    """The beginnings of the first few sentences, with the tags and scores that they get, a line of JSON each."""
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
            "tags": tagged.tags,
            "scores": [round(score, 6) for score in tagged.confidence],
        }
        for tagged in tag(beginnings)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def check_golden(golden: str, tag: TagFunction, folder: Path) -> None:
    """Tags the golden sentences of the bundle in a folder again.

    Raises:
        BundleError: they get other tags or scores than they had, or cannot be tagged.
    """
    try:
        lines = [json.loads(line) for line in golden.split("\n") if line]
        found = tag([_sentence(line) for line in lines])
        differing = [
            tagged
            for tagged, line in zip(found, lines, strict=True)
            if list(tagged.tags) != line["tags"] or not np.allclose(tagged.confidence, line["scores"], atol=TOLERANCE)
        ]
    except Exception as error:  # files that do not go together fail in many ways
        raise BundleError(f"{folder}: cannot tag its golden sentences: {error}") from error
    if differing:
        sentence = " ".join(differing[0].tokens)
        raise BundleError(
            f"{folder}: tags its golden sentence {sentence!r} otherwise than when it was saved",
            "another version of onnxruntime may help; the one it was made with stands in bundle.json",
        )


def _sentence(line: dict[str, Any]) -> Sentence:
    numbers, columns = line["numbers"], line["columns"]
    return Sentence(
        tuple(line["tokens"]),
        numbers=None if numbers is None else tuple(map(tuple, numbers)),
        columns=None if columns is None else tuple(map(tuple, columns)),
    )

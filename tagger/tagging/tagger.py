"""The saved tagger at work."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tagger.corpus.schemes import Span, convert, spans_of
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.encoding.batches import Floats, batches
from tagger.errors import BundleError, DataError
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.engine import Engine

WINDOW = 2048  # sentences that are sorted by length and tagged together
BATCH_SIZE = 32
GOLDEN_SENTENCES, GOLDEN_STEPS, GOLDEN_TOLERANCE = 3, 20, 1e-3

Input = str | Sequence[str] | npt.NDArray[np.floating] | Sentence


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its tags.

    Args:
        tokens: as they were given or cut.
        tags: one per token.
        confidence: of each tag, its probability, from 0 to 1.
        offsets: where each token starts and ends in the text, in characters; None where no text was given.
        spans: (start, end, type) in tokens, end exclusive; None where the tags are of no scheme.
        sentence: what was tagged.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    confidence: tuple[float, ...]
    offsets: tuple[tuple[int, int], ...] | None
    spans: tuple[Span, ...] | None
    sentence: Sentence


class Tagger:
    """Tags sentences with a saved bundle; TensorFlow is not needed.

    >>> tagger = Tagger.load("runs/svo")  # doctest: +SKIP
    >>> tagger.tag(["John loves Jane"])[0].tags  # doctest: +SKIP
    ('S', 'V', 'O')
    """

    def __init__(self, bundle: Bundle, graph: bytes, *, threads: int = 0) -> None:
        self.bundle = bundle
        self._engine = Engine(graph, threads=threads)

    @classmethod
    def load(cls, model: str | Path, *, threads: int = 0) -> "Tagger":
        """The tagger of a run folder or a bundle folder.

        Args:
            model: the folder.
            threads: to compute with; 0: as many as there are cores.

        Raises:
            BundleError: there is no bundle, it is damaged or newer than this version, or it does not give its golden
                sentences the tags that they had when it was saved.
        """
        folder = find_bundle(Path(model))
        bundle, graph, golden = load_bundle(folder)
        tagger = cls(bundle, graph, threads=threads)
        tagger._check_golden(golden, folder)
        return tagger

    def tag(self, sentences: Iterable[Input]) -> list[Tagged]:
        """Tags sentences, all at once.

        Args:
            sentences: each a text (cut into tokens by our rule), a sequence of tokens, an array (steps, columns) of
                numbers for a tagger of numbers, or a `Sentence`.

        Raises:
            DataError: words are given to a tagger of numbers or the other way round, or a wrong number of columns.
            ValueError: `sentences` is a single text, or what is in it is no sentence.
        """
        return list(self.stream(sentences))

    def stream(self, sentences: Iterable[Input]) -> Iterator[Tagged]:
        """Tags sentences as they come, in their order and in constant memory; arguments and errors as for `tag`."""
        if isinstance(sentences, str):
            raise ValueError("expected sentences, got a single text: put it in a list")
        rest = iter(sentences)
        while window := list(itertools.islice(rest, WINDOW)):
            yield from self.tag_window(window)

    def tag_window(self, sentences: Sequence[Input]) -> list[Tagged]:
        """Tags sentences together, in batches of like length; arguments and errors as for `tag`."""
        window = [_as_sentence(sentence) for sentence in sentences]
        encoder = self.bundle.encoder
        for sentence in window:
            _check_numbers(sentence, encoder.numeric)
            _check_columns(sentence, encoder.columns)
        dataset = encoder.encode(window)
        best: list[tuple[tuple[str, ...], tuple[float, ...]]] = [((), ())] * len(window)
        for batch in batches(dataset, BATCH_SIZE):
            logits = self._engine.logits(batch)
            ids, confidence = logits.argmax(-1), _highest_probability(logits)
            for row, (position, length) in enumerate(zip(batch.positions, batch.lengths, strict=True)):
                tags = tuple(encoder.tags[i] for i in ids[row, :length])
                if self.bundle.scheme != self.bundle.scheme_train:
                    tags = convert(tags, self.bundle.scheme_train, self.bundle.scheme)
                best[position] = tags, tuple(confidence[row, :length].tolist())
        return [
            Tagged(sentence.tokens, tags, confidence, sentence.offsets, self._spans(tags), sentence)
            for sentence, (tags, confidence) in zip(window, best, strict=True)
        ]

    def _spans(self, tags: tuple[str, ...]) -> tuple[Span, ...] | None:
        return None if self.bundle.scheme == "none" else tuple(spans_of(tags, self.bundle.scheme))

    def golden(self, sentences: Sequence[Sentence]) -> str:
        """The beginnings of a few sentences with their tags and scores, a line of JSON each, to be tried at load."""
        beginnings = [
            Sentence(
                sentence.tokens[:GOLDEN_STEPS],
                numbers=sentence.numbers and sentence.numbers[:GOLDEN_STEPS],
                columns=sentence.columns and sentence.columns[:GOLDEN_STEPS],
            )
            for sentence in sentences[:GOLDEN_SENTENCES]
        ]
        lines = [
            {
                "tokens": tagged.tokens,
                "numbers": tagged.sentence.numbers,
                "columns": tagged.sentence.columns,
                "tags": tagged.tags,
                "scores": [round(score, 6) for score in tagged.confidence],
            }
            for tagged in self.tag_window(beginnings)
        ]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _check_golden(self, golden: str, folder: Path) -> None:
        try:
            lines = [json.loads(line) for line in golden.split("\n") if line]
            found = self.tag_window([_golden_sentence(line) for line in lines])
            differing = [
                tagged
                for tagged, line in zip(found, lines, strict=True)
                if list(tagged.tags) != line["tags"]
                or not np.allclose(tagged.confidence, line["scores"], atol=GOLDEN_TOLERANCE)
            ]
        except Exception as error:  # files that do not go together fail in many ways
            raise BundleError(f"{folder}: cannot tag its golden sentences: {error}") from error
        if differing:
            sentence = " ".join(differing[0].tokens)
            raise BundleError(
                f"{folder}: tags its golden sentence {sentence!r} otherwise than when it was saved",
                "another version of onnxruntime may help; the one it was made with stands in bundle.json",
            )


def _golden_sentence(line: dict[str, Any]) -> Sentence:
    numbers, columns = line["numbers"], line["columns"]
    return Sentence(
        tuple(line["tokens"]),
        numbers=None if numbers is None else tuple(map(tuple, numbers)),
        columns=None if columns is None else tuple(map(tuple, columns)),
    )


def _as_sentence(given: Input) -> Sentence:
    if isinstance(given, Sentence):
        return given
    if isinstance(given, str):
        return text_sentence(given)
    if not isinstance(given, np.ndarray) and all(isinstance(token, str) for token in given):
        return Sentence(tuple(given))
    if isinstance(given, np.ndarray) and given.ndim == 1 and given.dtype.kind == "U":
        return Sentence(tuple(given.tolist()))
    steps = np.asarray(given)
    if steps.ndim != 2 or steps.dtype.kind not in "iuf":
        raise ValueError(
            f"expected a text, a list of tokens, or an array (steps, columns) of numbers, got {given!r:.80}"
        )
    rows = steps.astype(np.float64).tolist()
    return Sentence(tuple("".join(map(str, row[:1])) for row in rows), numbers=tuple(map(tuple, rows)))


def _check_numbers(sentence: Sentence, columns: tuple[str, ...]) -> None:
    if not columns and sentence.numbers is not None:
        raise DataError("this tagger reads words, not numbers")
    if not columns:
        return
    if sentence.numbers is None:
        raise DataError(
            f"this tagger reads numbers (columns {', '.join(columns)}), not text: {' '.join(sentence.tokens)[:40]!r}",
            "tagger predict MODEL --input FILE.csv",
        )
    if len(sentence.numbers) != len(sentence) or any(len(row) != len(columns) for row in sentence.numbers):
        raise DataError(f"this tagger reads {len(columns)} numbers a step: {', '.join(columns)}")
    if not np.isfinite(sentence.numbers).all():
        raise DataError(f"this tagger reads finite numbers only (columns {', '.join(columns)})")


def _check_columns(sentence: Sentence, columns: tuple[str, ...]) -> None:
    if not columns:
        return
    names = ", ".join(columns)
    if sentence.columns is None:
        raise DataError(
            f"this tagger reads more columns beside the token ({names}), and here are only tokens: "
            f"{' '.join(sentence.tokens)[:40]!r}",
            "tagger predict MODEL --input FILE, a file like those that it was trained on; its tags are not read",
        )
    if len(sentence.columns) != len(sentence) or any(len(row) != len(columns) for row in sentence.columns):
        raise DataError(f"this tagger reads {len(columns)} columns a step beside the token: {names}")


def _highest_probability(logits: Floats) -> Floats:
    """(…, tags) logits to the softmax's highest value, (…)."""
    highest: Floats = 1 / np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)
    return highest

"""The saved tagger at work."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tagger.corpus.schemes import Span, convert, spans_of
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.encoding.batches import Batch, Floats, Ids, batches
from tagger.errors import BundleError, DataError
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.chain import allowed_chain
from tagger.tagging.decoding import Decoder
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
        confidence: of each tag, its probability at its step, from 0 to 1, whatever tags stand around it.
        offsets: where each token starts and ends in the text, in characters; None where no text was given.
        spans: (start, end, type) in tokens, end exclusive; None where the tags are of no scheme.
        sentence: what was tagged.
        probability: of the whole sequence of tags, from 0 to 1; None where the best ones were not asked for.
        best: this and the next best sequences, best first, where they were asked for.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    confidence: tuple[float, ...]
    offsets: tuple[tuple[int, int], ...] | None
    spans: tuple[Span, ...] | None
    sentence: Sentence
    probability: float | None = None
    best: tuple["Tagged", ...] = ()


class Tagger:
    """Tags sentences with a saved bundle; TensorFlow is not needed.

    >>> tagger = Tagger.load("runs/svo")  # doctest: +SKIP
    >>> tagger.tag(["John loves Jane"])[0].tags  # doctest: +SKIP
    ('S', 'V', 'O')
    """

    def __init__(self, bundle: Bundle, graph: bytes, *, threads: int = 0) -> None:
        self.bundle = bundle
        self._engine = Engine(graph, threads=threads)
        self._decoder = self.decoder(bundle.temperature)

    @classmethod
    def load(cls, model: str | Path, *, threads: int = 0) -> "Tagger":
        """The tagger of a run folder or a bundle folder.

        Args:
            model: the folder.
            threads: to compute with; 0: as many as there are cores.

        Raises:
            BundleError: there is no bundle, it is damaged, older or newer than this version, or it does not give its
                golden sentences the tags that they had when it was saved.
        """
        folder = find_bundle(Path(model))
        bundle, graph, golden = load_bundle(folder)
        tagger = cls(bundle, graph, threads=threads)
        tagger._check_golden(golden, folder)
        return tagger

    def logits(self, batch: Batch) -> Floats:
        """(batch, time, tags) scores of a batch as its encoder makes it; steps after a sentence's end are undefined."""
        return self._engine.logits(batch)

    def decoder(self, temperature: float) -> Decoder:
        """What makes tags and probabilities of logits, at a temperature."""
        allowed = allowed_chain(self.bundle.encoder.tags, self.bundle.scheme_train, self.bundle.decode)
        return Decoder(self.bundle.chain, allowed, temperature=temperature)

    def tag(self, sentences: Iterable[Input], *, best: int = 0) -> list[Tagged]:
        """Tags sentences, all at once.

        Args:
            sentences: each a text (cut into tokens by our rule), a sequence of tokens, an array (steps, columns) of
                numbers for a tagger of numbers, or a `Sentence`.
            best: up to how many of the best sequences of tags each sentence gets, see `Tagged`; 0: only its tags.

        Raises:
            DataError: words are given to a tagger of numbers or the other way round, or a wrong number of columns.
            ValueError: `sentences` is a single text, what is in it is no sentence, or `best` is negative.
        """
        return list(self.stream(sentences, best=best))

    def stream(self, sentences: Iterable[Input], *, best: int = 0) -> Iterator[Tagged]:
        """Tags sentences as they come, in their order and in constant memory; arguments and errors as for `tag`."""
        if isinstance(sentences, str):
            raise ValueError("expected sentences, got a single text: put it in a list")
        rest = iter(sentences)
        while window := list(itertools.islice(rest, WINDOW)):
            yield from self.tag_window(window, best=best)

    def tag_window(self, sentences: Sequence[Input], *, best: int = 0) -> list[Tagged]:
        """Tags sentences together, in batches of like length; arguments and errors as for `tag`."""
        if best < 0:
            raise ValueError(f"best should be 0 or more, got {best}")
        window = [_as_sentence(sentence) for sentence in sentences]
        encoder = self.bundle.encoder
        for sentence in window:
            _check_numbers(sentence, encoder.numeric)
            _check_columns(sentence, encoder.columns)
        dataset = encoder.encode(window)
        ranked: list[list[Tagged]] = [[] for _ in window]
        for batch in batches(dataset, BATCH_SIZE):
            logits = self._engine.logits(batch)
            probabilities = self._decoder.probabilities(logits, batch.lengths)
            if best:
                sequences = self._decoder.best(logits, batch.lengths, best)
                for position, of_steps, of_sentence in zip(batch.positions, probabilities, sequences, strict=True):
                    for ids, probability in of_sentence:
                        scores = of_steps[np.arange(len(ids)), ids]
                        ranked[position].append(self._tagged(window[position], ids, scores, probability))
            else:
                ids = self._decoder.decode(logits, batch.lengths)
                scores = np.take_along_axis(probabilities, ids[:, :, None], -1)[:, :, 0]
                for row, (position, n) in enumerate(zip(batch.positions, batch.lengths, strict=True)):
                    ranked[position].append(self._tagged(window[position], ids[row, :n], scores[row, :n]))
        for sentence, found in zip(window, ranked, strict=True):
            if not found:  # it has no step, and so no choice
                nothing = np.empty(0, np.int32), np.empty(0, np.float32)
                found.append(self._tagged(sentence, *nothing, 1.0 if best else None))
        if best:
            return [replace(found[0], best=tuple(_distinct(found))) for found in ranked]
        return [tagged for (tagged,) in ranked]

    def _tagged(self, sentence: Sentence, ids: Ids, scores: Floats, probability: float | None = None) -> Tagged:
        """A sentence with the tags of some ids, in the scheme of the files."""
        scheme, tags = self.bundle.scheme, tuple(map(self.bundle.encoder.tags.__getitem__, ids))
        if scheme != self.bundle.scheme_train:
            tags = convert(tags, self.bundle.scheme_train, scheme)
        return Tagged(
            tokens=sentence.tokens,
            tags=tags,
            confidence=tuple(scores.tolist()),
            offsets=sentence.offsets,
            spans=None if scheme == "none" else tuple(spans_of(tags, scheme)),
            sentence=sentence,
            probability=probability,
        )

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


def _distinct(ranked: Sequence[Tagged]) -> list[Tagged]:
    """Without those whose tags stand before them already: sequences that are not valid may be one in another scheme."""
    first: dict[tuple[str, ...], Tagged] = {}
    for tagged in ranked:
        first.setdefault(tagged.tags, tagged)
    return list(first.values())

"""`Tagger`: tags sentences with a saved bundle."""

import itertools
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.schemes import spans_of
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN
from tagger.encoding.arrays import Floats
from tagger.encoding.batches import Batch
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.engine import Engine, PendingLogits
from tagger.tagging.form_cache import FormCache
from tagger.tagging.golden import check_golden
from tagger.tagging.taggable import Taggable, as_sentence, check_columns, check_numbers, iterate_sentences
from tagger.tagging.tagged import Tagged, distinct
from tagger.tagging.windows import batches_of, windows_of


@dataclass(frozen=True, slots=True)
class WindowInFlight:
    """A window of sentences whose logits are being computed.

    Args:
        sentences: all sentences of the window.
        batches: batches of the sentences that have a step.
        logits: logits of each batch.
    """

    sentences: Sequence[Sentence]
    batches: list[Batch]
    logits: PendingLogits

    def __iter__(self) -> Iterator[tuple[Batch, Floats]]:
        return zip(self.batches, self.logits, strict=True)


class Tagger:
    """Tags sentences with a saved bundle, without TensorFlow.

    >>> tagger = Tagger.load("runs/svo")  # doctest: +SKIP
    >>> tagger.tag(["John loves Jane"])[0].tags  # doctest: +SKIP
    ('S', 'V', 'O')
    """

    def __init__(self, bundle: Bundle, graphs: Graphs, *, threads: int = 0) -> None:
        self.bundle = bundle
        self._folder: Path | None = None
        self._engine = Engine(graphs, threads=threads)
        self._form_cache = None
        if graphs.forms is not None:
            engine, width = self._engine, bundle.architecture.row_width
            self._form_cache = FormCache(bundle.encoder, engine.form_rows, width, map_batches=engine.map)
        self._decoder = bundle.target.decoder()
        self._tags = np.array(bundle.target.tags, object)

    @classmethod
    def load(cls, model: str | Path, *, threads: int = 0) -> "Tagger":
        """Load the tagger of a run folder or a bundle folder.

        Args:
            model: path of the folder.
            threads: number of threads; 0: one per core.

        Raises:
            BundleError: there is no bundle, it is damaged, its format is too old or too new, or its golden sentences
                get different tags than when it was saved.
        """
        folder = find_bundle(Path(model))
        bundle, graphs, golden = load_bundle(folder)
        tagger = cls(bundle, graphs, threads=threads)
        tagger._folder = folder
        check_golden(golden, tagger.tag_window, folder)
        return tagger

    def __repr__(self) -> str:
        network, n_tags = self.bundle.architecture, counted(len(self.bundle.target.known_tags), "tag")
        folder = f"{self._folder}: " if self._folder else ""
        return f"Tagger({folder}{network.cell} {[*network.units]}, {n_tags})"

    def logits(self, sentences: Sequence[Sentence]) -> Iterator[tuple[Batch, Floats]]:
        """Yield batches of similar length of all sentences that have a step, with their (batch, time, tags) logits.

        Args:
            sentences: sentences with the columns that the encoder reads; tags, if any, in the network's scheme.
        """
        window = self._start(sentences, with_tags=True)
        with closing(window.logits):
            yield from window

    def tag(self, sentences: Iterable[Taggable], *, best: int = 0, confidence: bool = True) -> list[Tagged]:
        """Tag sentences.

        Args:
            sentences: each a text (split into tokens by the built-in tokenizer), an ordered iterable of tokens, a
                (steps, columns) array for a tagger of numbers, or a `Sentence`.
            best: number of best tag sequences per sentence, see `Tagged`; 0: only the tags.
            confidence: whether to compute confidence; without it tagging is faster.

        Raises:
            DataError: words for a tagger of numbers or the reverse, or a wrong number of columns.
            ValueError: `sentences` is a single text, a table or a set, an item is not a sentence, or `best` is
                negative.
        """
        return list(self.stream(sentences, best=best, confidence=confidence))

    def stream(
        self, sentences: Iterable[Taggable], *, best: int = 0, confidence: bool = True
    ) -> Generator[Tagged, None, None]:
        """Tag a stream of sentences, in order and in constant memory; arguments and errors as for `tag`.

        With several threads, the next window of sentences is read while the engine works on the current one.
        """
        windows = windows_of(map(as_sentence, iterate_sentences(sentences)))
        n_ahead = 0 if self._engine.threads == 1 else 1
        in_flight: deque[WindowInFlight] = deque()
        error = None
        try:
            while True:
                window = None
                try:
                    window = next(windows, None)
                    if window:
                        in_flight.append(self._start(self._check(window, best)))
                except Exception as caught:  # raised below, after the windows before it
                    window, error = None, caught
                while len(in_flight) > (n_ahead if window else 0):
                    yield from self._finish(in_flight[0], best, confidence)
                    in_flight.popleft()
                if error:
                    raise error
                if not window:
                    return
        finally:
            for abandoned in in_flight:
                abandoned.logits.close()

    def tag_window(self, sentences: Sequence[Taggable], *, best: int = 0, confidence: bool = True) -> list[Tagged]:
        """Tag sentences together, in batches of similar length; arguments and errors as for `tag`."""
        return self._finish(self._start(self._check(sentences, best)), best, confidence)

    def _check(self, sentences: Sequence[Taggable], best: int) -> list[Sentence]:
        if best < 0:
            raise ValueError(f"best should be 0 or more, got {best}")
        window = [*map(as_sentence, iterate_sentences(sentences))]
        numeric, columns = self.bundle.encoder.numeric, self.bundle.encoder.columns
        for sentence in window:
            check_numbers(sentence, numeric)
            check_columns(sentence, columns)
        return window

    def _start(self, sentences: Sequence[Sentence], *, with_tags: bool = False) -> WindowInFlight:
        """Start to compute the logits of sentences."""
        indexed = Sentences.collect(sentences)
        data, rows = self.bundle.encoder.encode_steps(indexed), None
        if with_tags:
            data = replace(data, tags=self.bundle.target.ids(indexed))
        if self._form_cache is not None:
            indices, rows = self._form_cache.look_up(indexed.forms)
            data.inputs["forms"] = indices[indexed.tokens]
        batches = [*batches_of(data)]
        return WindowInFlight(sentences, batches, self._engine.logits(batches, rows))

    def _finish(self, window: WindowInFlight, best: int, confidence: bool) -> list[Tagged]:
        """Decode the logits of a window; after an error, the remaining batches are cancelled."""
        with closing(window.logits):
            return self._decode_best(window, best, confidence) if best else self._decode(window, confidence)

    def _decode(self, window: WindowInFlight, confidence: bool) -> list[Tagged]:
        results: list[Tagged | None] = [None] * len(window.sentences)
        for batch, logits in window:
            ids = self._decoder.decode(logits, batch.lengths)
            tags = self._tags[ids].tolist()
            confidences: Iterable[Sequence[float]] = itertools.repeat(())
            if confidence:
                probabilities = self._decoder.probabilities(logits, batch.lengths)
                confidences = np.take_along_axis(probabilities, ids[:, :, None], -1)[:, :, 0].tolist()
            rows = zip(batch.positions.tolist(), batch.lengths.tolist(), tags, confidences, strict=False)
            for position, n, row_tags, row_confidences in rows:
                sentence = window.sentences[position]
                results[position] = self._tagged(sentence, tuple(row_tags[:n]), tuple(row_confidences[:n]))
        # Sentences without a step are in no batch.
        return [
            result or self._tagged(sentence, (), ()) for result, sentence in zip(results, window.sentences, strict=True)
        ]

    def _decode_best(self, window: WindowInFlight, n: int, confidence: bool) -> list[Tagged]:
        """Decode up to n best tag sequences for each sentence."""
        ranked: list[list[Tagged]] = [[] for _ in window.sentences]
        for batch, logits in window:
            sequences = self._decoder.best(logits, batch.lengths, n)
            probabilities = [*self._decoder.probabilities(logits, batch.lengths)] if confidence else []
            for i, (position, best) in enumerate(zip(batch.positions, sequences, strict=True)):
                for ids, probability in best:
                    confidences = tuple(probabilities[i][np.arange(len(ids)), ids].tolist()) if confidence else ()
                    tags = tuple(self._tags[ids].tolist())
                    ranked[position].append(self._tagged(window.sentences[position], tags, confidences, probability))
        for sentence, results in zip(window.sentences, ranked, strict=True):
            if not results:  # a sentence without a step has one sequence, the empty one
                results.append(self._tagged(sentence, (), (), 1.0))
        return [replace(results[0], best=tuple(distinct(results))) for results in ranked]

    def _tagged(
        self,
        sentence: Sentence,
        tags: tuple[str, ...],
        confidences: tuple[float, ...],
        probability: float | None = None,
    ) -> Tagged:
        """Build the result for a sentence from the network's tags, in the scheme and spelling of the files."""
        target = self.bundle.target
        tags = target.in_file_scheme(tags)
        spans = None if target.scheme == "none" else tuple(spans_of(tags, target.scheme))
        if target.spelling != PLAIN:
            tags = tuple(map(target.spelling.write, tags))
        return Tagged(
            tokens=sentence.tokens,
            tags=tags,
            confidence=confidences,
            offsets=sentence.offsets,
            spans=spans,
            sentence=sentence,
            probability=probability,
        )

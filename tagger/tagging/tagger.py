"""The saved tagger at work."""

import itertools
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tagger.corpus.schemes import convert, spans_of
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN
from tagger.encoding.arrays import Floats
from tagger.encoding.batches import Batch
from tagger.heads.chain import allowed_chain
from tagger.heads.decoding import Decoder
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.engine import Engine, Scores
from tagger.tagging.forms import FormRows
from tagger.tagging.given import Taggable, as_sentence, check_columns, check_numbers, each_sentence
from tagger.tagging.golden import check_golden
from tagger.tagging.tagged import Tagged, distinct
from tagger.tagging.windows import batches_of, windows_of


@dataclass(frozen=True, slots=True)
class Begun:
    """Sentences that the engine is at work on, all of a window, and the batches of those that have a step."""

    sentences: Sequence[Sentence]
    batches: list[Batch]
    logits: Scores

    def __iter__(self) -> Iterator[tuple[Batch, Floats]]:
        return zip(self.batches, self.logits, strict=True)


class Tagger:
    """Tags sentences with a saved bundle; TensorFlow is not needed.

    >>> tagger = Tagger.load("runs/svo")  # doctest: +SKIP
    >>> tagger.tag(["John loves Jane"])[0].tags  # doctest: +SKIP
    ('S', 'V', 'O')
    """

    def __init__(self, bundle: Bundle, graphs: Graphs, *, threads: int = 0) -> None:
        self.bundle = bundle
        self._engine = Engine(graphs, threads=threads)
        self._rows = None
        if graphs.forms is not None:
            engine, width = self._engine, bundle.architecture.row_width
            self._rows = FormRows(bundle.encoder, engine.rows, width, each=engine.each)
        self._decoder = self.decoder(bundle.temperature)
        self._tags = np.array(bundle.encoder.tags, object)

    @classmethod
    def load(cls, model: str | Path, *, threads: int = 0) -> "Tagger":
        """The tagger of a run folder or a bundle folder; 0 threads: as many as there are cores.

        Raises:
            BundleError: there is no bundle, it is damaged, older or newer than this version, or it does not give its
                golden sentences the tags that they had when it was saved.
        """
        folder = find_bundle(Path(model))
        bundle, graphs, golden = load_bundle(folder)
        tagger = cls(bundle, graphs, threads=threads)
        check_golden(golden, tagger.tag_window, folder)
        return tagger

    def scores(self, sentences: Sequence[Sentence]) -> Iterator[tuple[Batch, Floats]]:
        """Batches of like length of all sentences that have a step, each with its (batch, time, tags) logits.

        Args:
            sentences: with what the encoder reads; their tags, if any, in the scheme that the network learned.
        """
        begun = self._begin(sentences)
        with closing(begun.logits):
            yield from begun

    def decoder(self, temperature: float) -> Decoder:
        """What makes tags and probabilities of logits, at a temperature."""
        allowed = allowed_chain(self.bundle.encoder.tags, self.bundle.scheme_train, self.bundle.decode)
        return Decoder(self.bundle.chain, allowed, temperature=temperature)

    def tag(self, sentences: Iterable[Taggable], *, best: int = 0, confidence: bool = True) -> list[Tagged]:
        """Tags sentences, all at once.

        Args:
            sentences: each a text (cut into tokens by our rule), tokens in any iterable that has an order, an array
                (steps, columns) of numbers for a tagger of numbers, or a `Sentence`.
            best: up to how many of the best sequences of tags each sentence gets, see `Tagged`; 0: only its tags.
            confidence: whether it is wanted; to do without takes less time.

        Raises:
            DataError: words are given to a tagger of numbers or the other way round, or a wrong number of columns.
            ValueError: `sentences` is a single text, a table or a set, what is in it is no sentence, or `best` is
                negative.
        """
        return list(self.stream(sentences, best=best, confidence=confidence))

    def stream(
        self, sentences: Iterable[Taggable], *, best: int = 0, confidence: bool = True
    ) -> Generator[Tagged, None, None]:
        """Tags sentences as they come, in their order and in constant memory; arguments and errors as for `tag`.

        With several threads, one window of sentences is read while the engine is at work on the one before.
        """
        windows = windows_of(map(as_sentence, each_sentence(sentences)))
        n_ahead = 0 if self._engine.threads == 1 else 1
        begun: deque[Begun] = deque()
        error = None
        try:
            while True:
                window = None
                try:
                    window = next(windows, None)
                    if window:
                        begun.append(self._begin(self._checked(window, best)))
                except Exception as caught:  # which does not concern the windows before
                    window, error = None, caught
                while len(begun) > (n_ahead if window else 0):
                    yield from self._finish(begun[0], best, confidence)
                    begun.popleft()
                if error:
                    raise error
                if not window:
                    return
        finally:
            for given_up in begun:
                given_up.logits.close()

    def tag_window(self, sentences: Sequence[Taggable], *, best: int = 0, confidence: bool = True) -> list[Tagged]:
        """Tags sentences together, in batches of like length; arguments and errors as for `tag`."""
        return self._finish(self._begin(self._checked(sentences, best)), best, confidence)

    def _checked(self, sentences: Sequence[Taggable], best: int) -> list[Sentence]:
        if best < 0:
            raise ValueError(f"best should be 0 or more, got {best}")
        window = [*map(as_sentence, each_sentence(sentences))]
        numeric, columns = self.bundle.encoder.numeric, self.bundle.encoder.columns
        for sentence in window:
            check_numbers(sentence, numeric)
            check_columns(sentence, columns)
        return window

    def _begin(self, sentences: Sequence[Sentence]) -> Begun:
        """Hands sentences to the engine."""
        found = Sentences.collect(sentences)
        data, rows = self.bundle.encoder.encode_steps(found), None
        if self._rows is not None:
            places, rows = self._rows.of(found.forms)
            data.inputs["forms"] = places[found.tokens]
        batches = [*batches_of(data)]
        return Begun(sentences, batches, self._engine.logits(batches, rows))

    def _finish(self, begun: Begun, best: int, confidence: bool) -> list[Tagged]:
        """Tags of the engine's scores; where that fails, the rest of them is not waited for."""
        with closing(begun.logits):
            return self._ranked(begun, best, confidence) if best else self._best(begun, confidence)

    def _best(self, begun: Begun, confidence: bool) -> list[Tagged]:
        window = begun.sentences
        found: list[Tagged | None] = [None] * len(window)
        for batch, logits in begun:
            ids = self._decoder.decode(logits, batch.lengths)
            tags = self._tags[ids].tolist()
            scores: Iterable[Sequence[float]] = itertools.repeat(())
            if confidence:
                probabilities = self._decoder.probabilities(logits, batch.lengths)
                scores = np.take_along_axis(probabilities, ids[:, :, None], -1)[:, :, 0].tolist()
            for position, n, of_sentence, of_tags in zip(
                batch.positions.tolist(), batch.lengths.tolist(), tags, scores, strict=False
            ):
                found[position] = self._tagged(window[position], tuple(of_sentence[:n]), tuple(of_tags[:n]))
        # What has no step has no choice either.
        return [tagged or self._tagged(sentence, (), ()) for tagged, sentence in zip(found, window, strict=True)]

    def _ranked(self, begun: Begun, n: int, confidence: bool) -> list[Tagged]:
        """Sentences with up to n of their best sequences."""
        window = begun.sentences
        ranked: list[list[Tagged]] = [[] for _ in window]
        for batch, logits in begun:
            sequences = self._decoder.best(logits, batch.lengths, n)
            probabilities = [*self._decoder.probabilities(logits, batch.lengths)] if confidence else []
            for i, (position, of_sentence) in enumerate(zip(batch.positions, sequences, strict=True)):
                for ids, probability in of_sentence:
                    scores = tuple(probabilities[i][np.arange(len(ids)), ids].tolist()) if confidence else ()
                    tags = tuple(self._tags[ids].tolist())
                    ranked[position].append(self._tagged(window[position], tags, scores, probability))
        for sentence, found in zip(window, ranked, strict=True):
            if not found:  # it has no step, and so no choice
                found.append(self._tagged(sentence, (), (), 1.0))
        return [replace(found[0], best=tuple(distinct(found))) for found in ranked]

    def _tagged(
        self, sentence: Sentence, tags: tuple[str, ...], scores: tuple[float, ...], probability: float | None = None
    ) -> Tagged:
        """A sentence with tags of the network, as the files have them."""
        scheme = self.bundle.scheme
        if scheme != self.bundle.scheme_train:
            tags = convert(tags, self.bundle.scheme_train, scheme)
        spans = None if scheme == "none" else tuple(spans_of(tags, scheme))
        if self.bundle.spelling != PLAIN:
            tags = tuple(map(self.bundle.spelling.write, tags))
        return Tagged(
            tokens=sentence.tokens,
            tags=tags,
            confidence=scores,
            offsets=sentence.offsets,
            spans=spans,
            sentence=sentence,
            probability=probability,
        )

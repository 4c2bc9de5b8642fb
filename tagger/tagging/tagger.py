"""`Tagger`: tags sentences with a saved bundle."""

from collections import deque
from collections.abc import Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Ids
from tagger.encoding.batches import Batch
from tagger.errors import BundleError
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle, needed_files
from tagger.tagging.checksums import CHECKSUMS, BundleFiles
from tagger.tagging.engine import Engine, Logits, PendingLogits
from tagger.tagging.form_cache import FormCache
from tagger.tagging.golden import check_golden
from tagger.tagging.head_decoding import HeadDecoder
from tagger.tagging.taggable import Taggable, as_sentence, check_columns, check_numbers, iterate_sentences
from tagger.tagging.tagged import Answer, Tagged, TaggedSentences, distinct
from tagger.tagging.windows import batches_of, windows_of

if TYPE_CHECKING:
    import pandas as pd

    from tagger.tagging.step_engine import StepEngine
    from tagger.tagging.stepper import Stepper

NO_ANSWER = Answer("tag", ())  # shown in `Tagged.tags` if all heads are of labels


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

    def __iter__(self) -> Iterator[tuple[Batch, Logits]]:
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
        self._saved: Mapping[str, bytes] | None = None  # the bundle's files, if they are not in the folder
        self._checksums = b""  # of the folder when it was loaded
        self._threads = threads
        self._engine = Engine(graphs, threads=threads)
        self._sentences_graph = graphs.sentences  # has the weights of the graph of steps
        self._step_engine: StepEngine | None = None
        self._form_cache = None
        if graphs.forms is not None:
            engine, width = self._engine, bundle.architecture.row_width
            self._form_cache = FormCache(bundle.encoder, engine.form_rows, width, map_batches=engine.map)
        self._heads = [HeadDecoder(target) for target in bundle.targets]
        kinds = [target.kind for target in bundle.targets]
        self._ranked = self._heads[kinds.index("tag")] if "tag" in kinds else None
        self._shown = next((kinds.index(kind) for kind in ("tag", "string") if kind in kinds), None)
        self._names = [] if bundle.architecture.is_plain else [target.name for target in bundle.targets]

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
        return cls._load(find_bundle(Path(model)), None, threads)

    @classmethod
    def _load(cls, model: Path | str, saved: Mapping[str, bytes] | None, threads: int) -> "Tagger":
        folder = Path(model)
        checksums = BundleFiles(folder, saved).content[CHECKSUMS]
        bundle, graphs, golden = load_bundle(folder, saved)
        tagger = cls(bundle, graphs, threads=threads)
        tagger._folder, tagger._saved, tagger._checksums = folder, saved, checksums
        check_golden(golden, tagger.tag_window, folder)
        return tagger

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the files of the bundle; where they are unpickled, they are checked as `load` checks a folder."""
        files = self._files()
        return type(self)._load, (str(self._folder), files, self._threads)  # a Path of Linux is none on Windows

    def in_memory(self) -> "Tagger":
        """Keep the files of the bundle in memory, so that the tagger pickles without its folder; return the tagger."""
        self._saved = self._files()
        return self

    def _files(self) -> Mapping[str, bytes]:
        """Content of the bundle's files.

        Raises:
            BundleError: the folder was removed or changed since it was loaded.
            ValueError: the tagger was not loaded from a folder.
        """
        if self._folder is None:
            raise ValueError("only a tagger that Tagger.load returned can be pickled or copied")
        if self._saved is not None:
            return self._saved
        saved = needed_files(self._folder)
        if saved[CHECKSUMS] != self._checksums:
            raise BundleError(f"{self._folder}: has changed since this tagger was loaded", "load it again")
        return saved

    def __repr__(self) -> str:
        network, folder = self.bundle.architecture, f"{self._folder}: " if self._folder else ""
        heads = [
            counted(len(target.known_tags), "edit script" if target.kind == "string" else target.kind)
            + ("" if network.is_plain else f" of {target.name}")
            for target in self.bundle.targets
        ]
        return f"Tagger({folder}{network.cell} {[*network.units]}, {', '.join(heads)})"

    def logits(self, sentences: Sequence[Sentence], answers: Mapping[str, Ids] = {}) -> Iterator[tuple[Batch, Logits]]:
        """Yield batches of similar length of all sentences that have a step, with the logits of each head.

        Args:
            sentences: sentences with the columns that the encoder reads.
            answers: tag ids by head, see `Dataset.tags` and `Dataset.labels`; they are put into the batches.
        """
        window = self._start(sentences, answers)
        with closing(window.logits):
            yield from window

    def tag(self, sentences: Iterable[Taggable], *, best: int = 0, confidence: bool = True) -> TaggedSentences:
        """Tag sentences; the list that is returned shows itself in a notebook.

        Args:
            sentences: each a text (split into tokens by the built-in tokenizer), an ordered iterable of tokens, a
                (steps, columns) array for a tagger of numbers, or a `Sentence`.
            best: number of best tag sequences per sentence, see `Tagged`, of the first head of tags; 0: only the tags.
            confidence: whether to compute confidence; without it tagging is faster.

        Raises:
            DataError: words for a tagger of numbers or the reverse, or a wrong number of columns.
            ValueError: `sentences` is a single text, a table or a set, an item is not a sentence, or `best` is
                negative, or greater than 0 without a head of tags.
        """
        return TaggedSentences(self.stream(sentences, best=best, confidence=confidence))

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

    def tag_frame(
        self, frame: Any, *, sentence: Hashable | None = None, token: Hashable | None = None, confidence: bool = True
    ) -> "pd.DataFrame":
        """Tag a DataFrame with a row for each token, or step of a series.

        >>> Tagger.load("runs/series").tag_frame(frame, sentence="machine")  # doctest: +SKIP

        Args:
            frame: a DataFrame of pandas, or of a library whose frames have `to_pandas`; it is not changed.
            sentence: name of the column whose value changes with each sentence, or is filled at its first token.
            token: name of the column of tokens. Both default to the names of training, then to usual ones. All
                other inputs of the tagger, such as channels, are read from the columns that have their names.
            confidence: whether to add columns of confidence.

        Returns:
            The frame, and a column for each answer, named like that of training or its head; `_predicted` follows a
            name that the frame has already.

        Raises:
            DataError: a column or a token is missing, or a channel has a value that is not a number.
        """
        from tagger.corpus.frames import as_frame  # only who has a frame needs these
        from tagger.tagging.frames import frame_sentences, frame_with_answers

        table = as_frame(frame)
        tagged = self.tag(frame_sentences(table, self.bundle, sentence=sentence, token=token), confidence=confidence)
        return frame_with_answers(table, self.bundle, tagged, confidence=confidence)

    def steps(self, state: Mapping[str, Any] | None = None, *, look_ahead: int = 0) -> "Stepper":
        """Tag step by step: each step of a series, or token of a sentence, as it comes.

        >>> stepper = Tagger.load("runs/series").steps()  # doctest: +SKIP
        >>> stepper.add([1020.6, 0.0202]).tag  # doctest: +SKIP
        'rest'

        Args:
            state: as returned by `Stepper.state`, to go on where another stepper ended; None: a new series begins.
            look_ahead: number of later steps that are known when a step is tagged, for a tagger whose tags depend on
                them; see `Stepper`.

        Raises:
            ValueError: `look_ahead` is negative.
            BundleError: without looking ahead, a tag depends on later steps, or the state is of another tagger.
        """
        from tagger.tagging.step_engine import StepEngine  # not needed for whole sentences, nor the next two
        from tagger.tagging.step_heads import step_heads
        from tagger.tagging.stepper import Stepper

        if look_ahead < 0:
            raise ValueError(f"look_ahead should be 0 or more, got {look_ahead}")
        indices = step_heads(self.bundle, look_ahead)
        network, encoder = self.bundle.architecture, self.bundle.encoder
        if self._step_engine is None:
            network = replace(network, heads=tuple(network.heads[i] for i in indices))
            self._step_engine = StepEngine(network, self._sentences_graph)
        targets = [self.bundle.targets[i] for i in indices]
        return Stepper(self._step_engine, targets, self._encode_steps, encoder, state, look_ahead=look_ahead)

    def _encode_steps(self, sentence: Sentence) -> dict[str, Array]:
        """Encode a part of a sentence: (steps, …) inputs and, if it reads words, their `rows`."""
        indexed = Sentences.collect([sentence])
        inputs = self.bundle.encoder.encode_steps(indexed).inputs
        if self._form_cache is not None:
            indices, rows = self._form_cache.look_up(indexed.forms)
            inputs |= {"forms": np.arange(len(sentence), dtype=np.int32), "rows": rows[indices[indexed.tokens]]}
        return inputs

    def tag_window(self, sentences: Sequence[Taggable], *, best: int = 0, confidence: bool = True) -> list[Tagged]:
        """Tag sentences together, in batches of similar length; arguments and errors as for `tag`."""
        return self._finish(self._start(self._check(sentences, best)), best, confidence)

    def _check(self, sentences: Sequence[Taggable], best: int) -> list[Sentence]:
        if best < 0:
            raise ValueError(f"best should be 0 or more, got {best}")
        if best and not self._ranked:
            raise ValueError("best ranks sequences of tags, and this tagger has no head of tags")
        window = [*map(as_sentence, iterate_sentences(sentences))]
        encoder = self.bundle.encoder
        numeric, columns, may_miss = encoder.numeric, encoder.columns, encoder.fills_missing
        for sentence in window:
            check_numbers(sentence, numeric, may_miss=may_miss)
            check_columns(sentence, columns)
        return window

    def _start(self, sentences: Sequence[Sentence], answers: Mapping[str, Ids] = {}) -> WindowInFlight:
        """Start to compute the logits of sentences."""
        indexed = Sentences.collect(sentences)
        data, rows = self.bundle.encoder.encode_steps(indexed), None
        labels = {target.name for target in self.bundle.targets if target.kind == "label"}
        data = replace(
            data,
            tags={name: ids for name, ids in answers.items() if name not in labels},
            labels={name: ids for name, ids in answers.items() if name in labels},
        )
        if self._form_cache is not None:
            indices, rows = self._form_cache.look_up(indexed.forms)
            data.inputs["forms"] = indices[indexed.tokens]
        batches = [*batches_of(data)]
        return WindowInFlight(sentences, batches, self._engine.logits(batches, rows))

    def _finish(self, window: WindowInFlight, best: int, confidence: bool) -> list[Tagged]:
        """Decode the logits of a window; after an error, the remaining batches are cancelled."""
        with closing(window.logits):
            if best and self._ranked:
                return self._decode_best(window, self._ranked, best, confidence)
            return self._decode(window, confidence)

    def _decode(self, window: WindowInFlight, confidence: bool) -> list[Tagged]:
        sentences = window.sentences
        results: list[Tagged | None] = [None] * len(sentences)
        for batch, logits in window:
            by_head = [head.answers(batch, logits[head.target.name], sentences, confidence) for head in self._heads]
            for position, *answers in zip(batch.positions.tolist(), *by_head, strict=True):
                results[position] = self._tagged(sentences[position], answers)
        # Sentences without a step are in no batch.
        return [result or self._without_steps(sentence) for result, sentence in zip(results, sentences, strict=True)]

    def _decode_best(self, window: WindowInFlight, head: HeadDecoder, n: int, confidence: bool) -> list[Tagged]:
        """Decode up to n best tag sequences of a head for each sentence, and the answers of the other heads."""
        sentences, ranked = window.sentences, [list[Tagged]() for _ in window.sentences]
        for batch, logits in window:
            others = [
                None if each is head else each.answers(batch, logits[each.target.name], sentences, confidence)
                for each in self._heads
            ]
            best = head.best(batch, logits[head.target.name], sentences, n, confidence)
            for i, (position, sequences) in enumerate(zip(batch.positions.tolist(), best, strict=True)):
                for answer, probability in sequences:
                    answers = [answer if column is None else column[i] for column in others]
                    ranked[position].append(self._tagged(sentences[position], answers, probability))
        for sentence, results in zip(sentences, ranked, strict=True):
            if not results:  # a sentence without a step has one sequence, the empty one
                results.append(self._without_steps(sentence, 1.0))
        return [replace(results[0], best=tuple(distinct(results))) for results in ranked]

    def _without_steps(self, sentence: Sentence, probability: float | None = None) -> Tagged:
        return self._tagged(sentence, [head.answer(sentence, (), ()) for head in self._heads], probability)

    def _tagged(self, sentence: Sentence, answers: Sequence[Answer], probability: float | None = None) -> Tagged:
        """Build the result for a sentence from the answers of all heads."""
        shown = NO_ANSWER if self._shown is None else answers[self._shown]
        return Tagged(
            tokens=sentence.tokens,
            tags=shown.values,
            confidence=shown.confidence,
            offsets=sentence.offsets,
            spans=shown.spans,
            sentence=sentence,
            probability=probability,
            answers=dict(zip(self._names, answers, strict=True)) if self._names else {},
            is_series=self.bundle.architecture.reads_series,
        )

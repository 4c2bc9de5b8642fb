"""Decoding of one head: from the logits of a batch to an answer for each of its sentences."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import Floats, Lengths
from tagger.encoding.batches import Batch
from tagger.errors import TaggerError
from tagger.heads.target import TagTarget
from tagger.tagging.tagged import Answer


class HeadDecoder:
    """Decodes the logits of one head.

    Args:
        target: what the head predicts.
    """

    def __init__(self, target: TagTarget) -> None:
        self.target = target
        self._decoder = target.decoder()
        self._tags = np.array(target.tags, object)

    def answers(self, batch: Batch, logits: Floats, sentences: Sequence[Sentence], confidence: bool) -> list[Answer]:
        """The best answer for each sentence of a batch, in the order of the batch.

        Args:
            batch: the batch.
            logits: (batch, time, tags), or (batch, 1, labels).
            sentences: those that the positions of the batch refer to.
            confidence: whether to compute confidence.
        """
        lengths = self._lengths(batch)
        ids = self._decoder.decode(logits, lengths)
        tags = self._tags[ids].tolist()
        confidences: Iterable[Sequence[float]] = itertools.repeat(())
        if confidence:
            probabilities = self._decoder.probabilities(logits, lengths)
            confidences = np.take_along_axis(probabilities, ids[:, :, None], -1)[:, :, 0].tolist()
        rows = zip(batch.positions.tolist(), lengths.tolist(), tags, confidences, strict=False)
        return [
            self.answer(sentences[position], tuple(row_tags[:n]), tuple(row_confidences[:n]))
            for position, n, row_tags, row_confidences in rows
        ]

    def best(
        self, batch: Batch, logits: Floats, sentences: Sequence[Sentence], n: int, confidence: bool
    ) -> list[list[tuple[Answer, float]]]:
        """Up to n best answers for each sentence of a batch, each with its probability; arguments as for `answers`.

        Raises:
            TaggerError: the head has a minimal duration, under which no probability of a sequence is computed.
        """
        if self.target.min_duration:
            raise TaggerError(
                f"the best sequences cannot be ranked: the tagger has a min_duration for the head {self.target.name}",
                "tag without --best, or in Python without `best`",
            )
        lengths = self._lengths(batch)
        sequences = self._decoder.best(logits, lengths, n)
        probabilities = [*self._decoder.probabilities(logits, lengths)] if confidence else []
        ranked: list[list[tuple[Answer, float]]] = []
        for i, (position, best) in enumerate(zip(batch.positions.tolist(), sequences, strict=True)):
            ranked.append([])
            for ids, probability in best:
                confidences = tuple(probabilities[i][np.arange(len(ids)), ids].tolist()) if confidence else ()
                answer = self.answer(sentences[position], tuple(self._tags[ids].tolist()), confidences)
                ranked[-1].append((answer, probability))
        return ranked

    def answer(self, sentence: Sentence, tags: tuple[str, ...], confidences: tuple[float, ...]) -> Answer:
        """The answer for a sentence, from the network's tags and the probability of each."""
        values, spans = self.target.values_and_spans(tags, sentence.tokens)
        return Answer(self.target.kind, values, confidences, spans)

    def _lengths(self, batch: Batch) -> Lengths:
        return np.ones_like(batch.lengths) if self.target.kind == "label" else batch.lengths

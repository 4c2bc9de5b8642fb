"""The answers that a head predicts: their ids, the notation of files, and decoding."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tagger.corpus.layout import AnswerKind, Column
from tagger.corpus.schemes import Scheme, Span, convert, spans_of
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN, Notation, Spelling
from tagger.corpus.tags import convert_all_tags
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import NOT_SCORED
from tagger.encoding.lexicon import Lexicon
from tagger.head_names import PLAIN_HEAD
from tagger.heads.chain import Chain, Decode
from tagger.heads.constraints import Constraints, scheme_constraints
from tagger.heads.decoding import Decoder


@dataclass(frozen=True, slots=True)
class TagTarget:
    """The answers of a head, from ids to the notation of files.

    A label is handled as the tag of a sequence of one step. A string of a token is learned as an edit script, which is
    handled as its tag.

    Args:
        tags: the network's tags in the order of their ids, in plain spelling; padding has none.
        lexicon: the words of train with these tags, for unseen words and baselines.
        ignore: tags whose steps are neither trained on nor scored.
        scheme: scheme of the tags in files, and of the predicted tags.
        spelling: spelling of the tags in files, and of the predicted tags.
        scheme_train: scheme of the network's tags.
        file_tags: the tags of train in the files' scheme, if it differs from the network's.
        decode: whether any tag sequence is allowed, or only those valid in `scheme_train`.
        temperature: logits are divided by it to compute confidence, see `Decoder`.
        chain: transition scores of a CRF; None for a softmax.
        name: name of the head.
        kind: whether the head predicts a tag or a string per token, or a label per sentence.
        column: column of the answers in the files that the tagger was trained on, if it is known.
        min_duration: fewest steps of a run of each tag, see `tagger.heads.durations`; empty: 1.
    """

    tags: tuple[str, ...]
    lexicon: Lexicon
    ignore: tuple[str, ...] = ()
    scheme: Scheme = "none"
    spelling: Spelling = PLAIN
    scheme_train: Scheme = "none"
    file_tags: tuple[str, ...] = ()
    decode: Decode = "free"
    temperature: float = 1.0
    chain: Chain | None = field(default=None, compare=False)
    name: str = PLAIN_HEAD
    kind: AnswerKind = "tag"
    column: Column | None = None
    min_duration: tuple[int, ...] = ()

    @property
    def notation(self) -> Notation:
        """Scheme and spelling of the tags in files."""
        return Notation(self.scheme, self.spelling)

    @property
    def known_tags(self) -> tuple[str, ...]:
        """The tags of train, as spelled in files."""
        return self.file_tags if self.scheme != self.scheme_train else self.spelled_tags

    @property
    def spelled_tags(self) -> tuple[str, ...]:
        """The network's tags, in the order of their ids, as spelled in files."""
        return tuple(map(self.spelling.write, self.tags))

    def ids(self, sentences: Sequence[Sentence]) -> Ids | None:
        """(steps,) tag ids of sentences whose tags are in `scheme_train`; None unless all are tagged.

        The id of an ignored tag is `NOT_SCORED`. The id of an unknown tag is the number of tags, which is never
        predicted.
        """
        flat = Sentences.collect(sentences)
        if flat.tags is None:
            return None
        ids = {tag: i for i, tag in enumerate(self.tags)} | dict.fromkeys(self.ignore, NOT_SCORED)
        names = flat.tag_names
        return np.fromiter((ids.get(tag, len(self.tags)) for tag in names), np.int32, len(names))[flat.tags]

    def learned(self, sentences: Sentences) -> Sentences:
        """Convert the answers of sentences from those of files to those that the network learns.

        Strings become edit scripts; those to ignore stay as they are.
        """
        return self._as_scripts(sentences) if self.kind == "string" else self.in_scheme(sentences, self.scheme_train)

    def in_file_terms(self, sentences: Sentences) -> Sentences:
        """The answers of sentences as they are counted and scored: in the notation of files, strings as scripts."""
        return self._as_scripts(sentences) if self.kind == "string" else sentences

    def _as_scripts(self, sentences: Sentences) -> Sentences:
        from tagger.heads.strings import scripts_of  # not needed for tags, and predict starts faster without it

        return scripts_of(sentences, self.ignore)

    def in_scheme(self, sentences: Sentences, scheme: Scheme) -> Sentences:
        """Convert the tags of sentences from the notation of files to a scheme, in plain spelling."""
        return convert_all_tags(sentences, self.notation, Notation(scheme), ignore=self.ignore)

    @property
    def allowed(self) -> Constraints | None:
        """The constraints of decoding; None if all sequences are allowed."""
        return scheme_constraints(self.tags, self.scheme_train, self.decode)

    def decoder(self, temperature: float | None = None) -> Decoder:
        """Decoder from logits to ids and probabilities; the temperature is the target's own if None."""
        temperature = self.temperature if temperature is None else temperature
        return Decoder(self.chain, self.allowed, temperature=temperature, min_duration=self.min_duration)

    def in_file_scheme(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Convert predicted tags of a sentence to the scheme of files, in plain spelling."""
        return tuple(tags) if self.scheme == self.scheme_train else convert(tags, self.scheme_train, self.scheme)

    def values_and_spans(
        self, tags: Sequence[str], tokens: Sequence[str]
    ) -> tuple[tuple[str, ...], tuple[Span, ...] | None]:
        """Convert the network's tags of a sentence to the values that a user gets, and to spans if there is a scheme.

        Args:
            tags: predicted tags, in the order of the tokens; a label is the only one.
            tokens: tokens of the sentence. One that is too short for its script is its own string.
        """
        if self.kind == "string":
            from tagger.heads.strings import string_of  # as above

            return tuple(map(string_of, tags, tokens)), None
        tags = self.in_file_scheme(tags)
        spans = None if self.scheme == "none" else tuple(spans_of(tags, self.scheme))
        return tags if self.spelling == PLAIN else tuple(map(self.spelling.write, tags)), spans

"""The data of a run, with everything fitted to it before the network is built."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tagger.config import Config
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation, Spelling
from tagger.corpus.tags import convert_all_tags
from tagger.encoding.arrays import Hashes
from tagger.encoding.batches import Dataset
from tagger.encoding.lexicon import Lexicon
from tagger.heads.chain import Decode
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The data of a run, with everything fitted to it before the network is built.

    Args:
        config: the run's config, its open keys filled by the plan.
        splits: sentences of train, and of dev and test if the config has them.
        layout: layout of the files, with the detected format.
        scheme: scheme of the files' tags.
        spelling: spelling of the files' tags.
        scheme_train: scheme of the tags that the network learns.
        decode: whether decoding allows any sequence of tags, or only valid ones in `scheme_train`.
        file_tags: tags of train as the file spells them, without ignored ones.
        encoder: vocabularies and tags, fitted to train.
        fitted: the inputs, with counts and vectors that only training needs.
        lexicon: most frequent tag of each form of train and of the initial tagger; no forms if no input reads words.
        ambiguous: forms with two or more tags in train, ignored tags left out.
        architecture: the network.
        hashes: SHA-256 of each data file.
        trained_on: sorted hashes of the distinct sentences of train and of the initial tagger's train.
    """

    config: Config
    splits: dict[str, Sentences]
    layout: Layout
    scheme: Scheme
    spelling: Spelling
    scheme_train: Scheme
    decode: Decode
    file_tags: tuple[str, ...]
    encoder: Encoder
    fitted: tuple[FittedInput, ...]
    lexicon: Lexicon
    ambiguous: frozenset[str]
    architecture: Architecture
    hashes: dict[str, str]
    trained_on: Hashes

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that the network learns, spelled as in the files."""
        return tuple(map(self.spelling.write, self.encoder.tags))

    def encode(self, split: str) -> Dataset:
        """Encode a split as arrays, its tags in `scheme_train`."""
        return self.encoder.encode(self.in_training_scheme(split))

    def in_training_scheme(self, split: str, among: Sequence[int] | None = None) -> Sentences:
        """Return a split, or the sentences at some positions, with tags in `scheme_train`."""
        sentences = self.splits[split] if among is None else self.splits[split].take(among)
        return self._converted(sentences, self.scheme_train)

    def in_plain_spelling(self, split: str) -> Sentences:
        """Return a split with tags in the files' scheme, spelled as the network's tags."""
        return self._converted(self.splits[split], self.scheme)

    def _converted(self, sentences: Sentences, scheme: Scheme) -> Sentences:
        notation = Notation(self.scheme, self.spelling)
        return convert_all_tags(sentences, notation, Notation(scheme), ignore=self.encoder.ignore)

    def bundle(self, provenance: dict[str, Any]) -> Bundle:
        """Return the bundle of a tagger, without what training adds."""
        return Bundle(
            architecture=self.architecture,
            encoder=self.encoder,
            lexicon=self.lexicon,
            layout=self.layout,
            provenance=provenance,
            scheme=self.scheme,
            spelling=self.spelling,
            scheme_train=self.scheme_train,
            file_tags=self.file_tags,
            decode=self.decode,
            trained_on=self.trained_on,
        )

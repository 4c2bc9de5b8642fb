"""The config's [features]: the inputs of the network at each step."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from tagger.bounds import MOST_AFFIX
from tagger.config.values import AffixLength, Column, Count, Section, Share, Size, Values, absent, planned


class Words(Section):
    """The word, as an embedding or one-hot vector."""

    kind: Literal["embedding", "onehot"] = "embedding"
    """A learned vector per word, or a one-hot vector.

    One-hot vectors are as wide as the vocabulary; unknown words and padding are zero.
    """
    dim: Size = 100
    """Size of the vectors; cannot be set with one-hot words or `vectors`."""
    min_count: Count = 1
    """Rarer words of train are unknown, unless they have a pretrained vector."""
    lowercase: bool = True
    """Whether words are lowercased first."""
    unknown_rate: Share = 0.9
    """How often a word is replaced by the unknown word in training: p / (p + count).

    p is this value and count the word's frequency in train; each occurrence is drawn independently. Rare words are
    replaced most, so that the unknown word learns a useful vector.
    """
    vectors: str | None = absent("glove:50d")
    """Pretrained vectors: a file in GloVe or word2vec text format (.gz too), or a public set such as glove:50d.

    Only the vectors of words in train, dev, test or `word_list` are kept; the log says how many tokens they cover. The
    public set is a download of 862 MB.
    """
    trainable: bool = True
    """Whether pretrained vectors are trained further."""
    word_list: str | None = absent("words.txt")
    """A file of further words, one per line, whose pretrained vectors are kept for tagging."""

    @model_validator(mode="after")
    def _the_width_is_said_once(self) -> "Words":
        if self.kind == "onehot" and "dim" in self.model_fields_set:
            raise ValueError('`dim` is for kind = "embedding"; one-hot words are as wide as the vocabulary')
        if self.kind == "onehot" and self.vectors is not None:
            raise ValueError('`vectors` is for kind = "embedding"')
        if self.vectors is not None and "dim" in self.model_fields_set:
            raise ValueError(
                "`dim` cannot be set beside `vectors`, whose file has a size of its own; "
                "remove it: --set features.words.dim="
            )
        if self.vectors is None and (not self.trainable or self.word_list is not None):
            raise ValueError("`trainable = false` and `word_list` are for pretrained `vectors`")
        return self


class Chars(Section):
    """The characters of each word, read by a small LSTM or CNN.

    Off by default; the plan may switch it on if a config sets no key of [features].
    """

    kind: Literal["lstm", "cnn"] = "lstm"
    """A bidirectional LSTM over the characters, or a convolution over three of them with the maximum over time.

    Each distinct word of a batch is read once. Of words longer than 32 characters, the first and last 16 are read.
    """
    dim: Size = 32
    """Size of a character's vector."""
    units: Size = 64
    """Units in each direction of the LSTM, or filters of the CNN."""
    unknown_rate: Share = 0.25
    """How often a character is replaced by the unknown character in training: p / (p + count)."""


class Affixes(Section):
    """Prefixes, suffixes and the shape of each word, a learned vector each; on by default if words are."""

    lengths: list[AffixLength] = Field(default=[1, 2, 3, 4], max_length=MOST_AFFIX)
    """Lengths of the prefixes and suffixes, in characters."""
    shape: bool = True
    """Whether the shape of the word (`Xxx`, `dd-dd`) is an input too."""
    dim: Size = 16
    """Size of each vector."""
    min_count: Count = 2
    """Rarer affixes of train are unknown."""
    unknown_rate: Share = 0.9
    """How often an affix is replaced by the unknown affix in training: p / (p + count)."""

    @model_validator(mode="after")
    def _each_length_once(self) -> "Affixes":
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError(f"`lengths`: each length once, got {self.lengths}")
        if not self.lengths and not self.shape:
            raise ValueError("no affix and no shape: set `lengths` or `shape`, or affixes = false")
        return self


class Columns(Section):
    """Further columns of the file as symbols, a learned vector each; off by default."""

    names: list[Column] = Field(min_length=1, examples=[["xpos"]])
    """The columns, such as a part of speech or a gazetteer flag."""
    dim: Size = 16
    """Size of each vector."""
    unknown_rate: Share = 0.25
    """How often a symbol is replaced by the unknown symbol in training: p / (p + count)."""


class Features(Section):
    """The inputs of the network at each step."""

    words: Annotated[Words | None, Values("false | a table")] = Words()
    chars: Annotated[Chars | None, Values("false | a table")] = planned(None)  # None is written `false`, here and below
    casing: bool = True
    """Casing of the word: lower, upper, title, mixed, number, alphanumeric or other."""
    affixes: Annotated[Affixes | None, Values("false | a table")] = Affixes()
    columns: Annotated[Columns | None, Values("false | a table")] = None
    numeric: list[Column] = Field(default=[], examples=[["x", "y"]])
    """Numeric columns: sensor values, scores, hand-made features."""
    numeric_missing: Literal["error", "forward", "mean"] = "error"
    """Missing numbers (empty, NaN, NA); forward: the value of the step before; mean: that of train; both: a flag.

    Where a column misses values in train, the network has a further input for it: 1 where the value is missing, else 0.
    At the start of a series, `forward` takes the mean of train.
    """
    standardize: bool = True
    """Whether numeric columns are scaled to mean 0 and deviation 1 of train."""

    @model_validator(mode="before")
    @classmethod
    def _without_words_no_affixes_by_default(cls, features: object) -> object:
        if isinstance(features, dict) and features.get("words", True) in (False, None):
            return {"affixes": False, **features}
        return features

    @field_validator("words", "chars", "affixes", "columns", mode="before")
    @classmethod
    def _false_is_none(cls, feature: Any) -> Any:
        return None if feature is False else feature

    @property
    def reads_words(self) -> bool:
        """Whether the token itself is an input."""
        return bool(self.words or self.chars or self.casing or self.affixes)

    @property
    def reads_series(self) -> bool:
        """Whether the only inputs are numbers, so that a sentence is a series of measurements."""
        return bool(self.numeric) and not (self.reads_words or self.columns)

    @model_validator(mode="after")
    def _something_is_an_input(self) -> "Features":
        if not (self.reads_words or self.columns or self.numeric):
            raise ValueError("the network has no input: set words, chars, casing, affixes, columns or numeric")
        return self

"""The config's [features]: what the network sees of each step."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from tagger.config.values import Column, Count, Section, Share


class Words(Section):
    """How a word enters the network."""

    kind: Literal["embedding", "onehot"] = "embedding"
    dim: Count = 100
    min_count: Count = 1
    lowercase: bool = True
    dropout: Share = 0.9
    vectors: str | None = None
    trainable: bool = True
    word_list: str | None = None

    @model_validator(mode="after")
    def _the_width_is_said_once(self) -> "Words":
        if self.kind == "onehot" and "dim" in self.model_fields_set:
            raise ValueError('`dim` goes with kind = "embedding"; one-hot words are as wide as the known words')
        if self.kind == "onehot" and self.vectors is not None:
            raise ValueError('`vectors` goes with kind = "embedding"')
        if self.vectors is not None and "dim" in self.model_fields_set:
            raise ValueError(
                "`dim` goes without `vectors`, whose file says how many numbers there are; "
                "take it away: --set features.words.dim="
            )
        if self.vectors is None and (not self.trainable or self.word_list is not None):
            raise ValueError("`trainable = false` and `word_list` go with `vectors`")
        return self


class Chars(Section):
    """How the characters of a word enter the network, beside the word itself."""

    kind: Literal["lstm", "cnn"] = "lstm"
    dim: Count = 32
    units: Count = 64  # of each direction of the LSTM, or filters of the CNN
    dropout: Share = 0.25


class Affixes(Section):
    """The beginnings and ends of a word, and its shape, an embedding each; rare ones are unknown."""

    lengths: list[Count] = [1, 2, 3, 4]
    shape: bool = True
    dim: Count = 16
    min_count: Count = 2
    dropout: Share = 0.9

    @model_validator(mode="after")
    def _each_is_told_once(self) -> "Affixes":
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError(f"`lengths`: each length once, got {self.lengths}")
        if not self.lengths and not self.shape:
            raise ValueError("nothing of them enters: give `lengths` or `shape`, or affixes = false")
        return self


class Columns(Section):
    """More columns of the files that enter as symbols, an embedding each."""

    names: list[Column] = Field(min_length=1)
    dim: Count = 16
    dropout: Share = 0.25


class Features(Section):
    """What the network sees of each step."""

    words: Words | None = Words()
    """false: no words; kind = "onehot" has no dim; vectors = "FILE" instead of dim: pretrained ones"""
    chars: Chars | None = None  # None is written `false`, here and below
    """or { kind = "lstm" } or { kind = "cnn" }: the characters of a word enter too"""
    casing: bool = True
    """lower, upper, title, mixed, number, alphanumeric or other"""
    affixes: Affixes | None = Affixes()
    """prefixes, suffixes and the shape of a word enter too; the default where words do"""
    columns: Columns | None = None
    """or { names = [...] }: more columns that enter as symbols"""
    numeric: list[Column] = []
    """columns of numbers that enter: sensor values, scores, hand-made vectors"""
    standardize: bool = True
    """numeric columns by train's mean and deviation"""

    @model_validator(mode="before")
    @classmethod
    def _without_words_no_affixes_by_default(cls, features: object) -> object:
        if isinstance(features, dict) and features.get("words", True) in (False, None):
            return {"affixes": False, **features}
        return features

    @field_validator("words", "chars", "affixes", "columns", mode="before")
    @classmethod
    def _false_is_none(cls, feature: object) -> object:
        return None if feature is False else feature

    @property
    def reads_words(self) -> bool:
        """Whether the token itself is seen."""
        return bool(self.words or self.chars or self.casing or self.affixes)

    @model_validator(mode="after")
    def _something_is_seen(self) -> "Features":
        if not (self.reads_words or self.columns or self.numeric):
            raise ValueError(
                "nothing enters the network: give words, chars, casing, affixes, columns or numeric columns"
            )
        return self

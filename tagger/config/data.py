"""The section of the data: files, splits and columns, and which of its values exclude each other.

Its fields are described as in `sections`.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tagger.bounds import MAX_TOKENS, MOST
from tagger.config.sources import Source
from tagger.config.values import (
    MISSING,
    REQUIRED,
    Column,
    FileOrShare,
    Section,
    Seed,
    Tag,
    Tokens,
    Values,
    absent,
    problems_at,
    shown,
)
from tagger.format_names import Format


class Data(Section):
    """Files, splits and columns."""

    train: str = Field(default="", examples=["train.tsv"], json_schema_extra={REQUIRED: True})
    """The file to train on; paths are relative to this config.

    The name of a public data set, such as ewt:train (`tagger data list`), is fetched on first use.
    """
    dev: FileOrShare | None = absent(0.1)
    """File, or share of train, that chooses the best epoch and when to stop.

    Without dev, all epochs run and the last weights are kept.
    """
    test: FileOrShare | None = absent("test.tsv")
    """File, or share of train, that is scored once, at the end; may be absent."""
    folds: Annotated[int, Field(ge=2, le=MOST), Values(f"a whole number from 2 to {MOST:,}")] | None = absent(5)
    """Cross-validation: the number of parts into which train is divided; instead of test."""
    fold: Annotated[
        int | None, Field(ge=1, le=MOST, validate_default=True), Values(f"a whole number from 1 to {MOST:,}")
    ] = absent(1)
    """Which of the folds is test, from 1."""
    group: Column | None = absent("document")
    """Column of documents or speakers, each kept in one split.

    `document` stands for marks in the file: `# newdoc` in CoNLL-U, `-DOCSTART-` in column files. Shares and folds are
    as close to their size as whole groups allow.
    """
    split: Literal["random", "time"] = "random"
    """How shares are split off train; time: each series is cut, train first, then dev, then test.

    For one long series, or a few: `random` keeps sentences and series whole. A series that is too short is in train.
    Dev and test are read after up to training.max_steps steps before them, which are not scored.
    """
    gap: Annotated[int, Field(ge=0, le=MOST), Values(f"a whole number from 0 to {MOST:,}")] = 0
    """With split = "time": steps between train, dev and test that are in none of them.

    Set it to the number of steps that a value depends on, such as the width of a moving average.
    """
    seed: Seed = 1
    """Seed of the splits that are split off train.

    It is separate from training.seed, so that runs with different seeds are trained and scored on the same splits.
    """
    format: Format = "auto"
    """Format of the files; auto: recognised by their content, like the columns."""
    token: Column | None = absent("form")
    """Column of the token, or of what stands for a step of a series: its name or index from 0; in JSON lines a key.

    If not set, it is recognised by the content: form in CoNLL-U, usually the first column elsewhere. A name says that
    the file has a header.
    """
    tag: Column | None = absent("upos")
    """Column of the tag, or of the state at a step: its name, or its index from 0; negative from the end.

    If not set, it is recognised by the content: upos in CoNLL-U, usually the last column elsewhere. In CoNLL-U also any
    other field, a key of FEATS or MISC, or svo: subject, verb and object by the trees; svo-subtree: all words of a
    subject or object.
    """
    label: Column | None = absent("intent")
    """Column of a label for a whole sentence or series; in JSON lines a key, in column files a comment `# intent = X`.

    With `tag`, the network predicts both; without it, the label alone. [heads] has further settings.
    """
    sentence: Column | None = absent("id")
    """Column whose value changes with each sentence or series.

    If not set, it is recognised by the content; without such a column, a blank line ends it.
    """
    per_row: Literal["token", "sentence"] = "token"
    """Whether a row of a table holds a token or a whole sentence, its tokens and tags delimited by spaces."""
    map: Annotated[dict[str, Tag], Values('a table { OLD = "new" }')] = Field(default={}, examples=[{"NNPS": "NNP"}])
    """Tags, states or types of spans to merge or rename."""
    scheme: Literal["auto", "none", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "auto"
    """Scheme of the tags in the files; none: tags do not mark spans.

    BILOU, BMES and other spellings of bioes are recognised: set bioes or auto.
    """
    scheme_train: Literal["same", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "same"
    """Scheme that the network learns; predictions are in the files' scheme."""
    ignore: list[str] = Field(default=[], examples=[["_"]])
    """Tags, states or types of spans whose steps are neither trained on nor scored (partly tagged data)."""
    comments: bool = False
    """Whether all lines that start with # are comments, in column files.

    Where TAB delimits, lines that start with # and have no TAB are comments in any case.
    """
    encoding: str = "utf-8"
    """Encoding of the files, as Python names it."""
    decimal: Annotated[Literal[".", ","], Values('"." | ","')] = "."
    """Decimal separator of numbers, a point or a comma."""
    bad_rows: Literal["error", "skip"] = "error"
    """Whether a row that cannot be read is an error, or is skipped, counted and listed."""
    max_tokens: Tokens = MAX_TOKENS
    """Most steps of a sentence or series; a file with a longer one is an error, or a damaged one would fill the memory.

    A sentence with its comments may have twice as many lines (10,000 in any case), and 20 times as many characters
    (100,000 in any case); so may a line.
    """
    language: str | None = absent("en")
    """Language of the data for the model card, as model hubs write it: en, de, …"""
    licence: str | None = absent("CC BY-SA 4.0")
    """Licence of the data for the model card."""
    sources: list[Source] = Field(default=[], validate_default=True, examples=[[{"train": "names.tsv"}]])

    @field_validator("sources")
    @classmethod
    def _something_to_train_on(cls, sources: list[Source], info: ValidationInfo) -> list[Source]:
        data = info.data
        if not sources and not data.get("train", "unknown"):
            raise PydanticCustomError(MISSING, "missing")
        in_sources = "cannot be set beside [[data.sources]]; each source has its own"
        problems = {
            f"data.{key}": in_sources if key in Source.model_fields else "cannot be used with [[data.sources]]"
            for key in (*Source.model_fields, "folds", "group")
            if sources and key in data and data[key] != cls.model_fields[key].default
        }
        if problems:
            raise problems_at(problems)
        return sources

    @model_validator(mode="after")
    def _cuts_in_time_need_shares(self) -> "Data":
        if self.split == "time" and (self.folds is not None or self.group is not None):
            raise ValueError('`split = "time"` cuts each series: `folds` and `group` cannot be set beside it')
        shares = [self.dev, self.test, *(share for source in self.sources for share in (source.dev, source.test))]
        if self.split == "time" and not any(isinstance(share, float) for share in shares):
            raise ValueError('`split = "time"` needs a share of train as `dev` or `test`, such as dev = 0.1')
        if self.gap and self.split != "time":
            raise ValueError('`gap` is for `split = "time"`')
        return self

    @property
    def has_dev(self) -> bool:
        """Whether there is a dev split, of train's file or of a source."""
        return self.dev is not None or any(source.dev is not None for source in self.sources)

    @property
    def has_test(self) -> bool:
        """Whether there is a test split, of train's file or of a source."""
        return not (self.test is None and self.folds is None and all(source.test is None for source in self.sources))

    @field_validator("test")
    @classmethod
    def _something_is_left(cls, test: str | float | None, info: ValidationInfo) -> str | float | None:
        dev = info.data.get("dev")
        if isinstance(dev, float) and isinstance(test, float) and dev + test >= 1:
            raise ValueError(f"{shown(test)} of train for test and {shown(dev)} for dev leave nothing to train on")
        return test

    @field_validator("folds")
    @classmethod
    def _a_fold_is_the_test_split(cls, folds: int | None, info: ValidationInfo) -> int | None:
        if folds is not None and info.data.get("test") is not None:
            raise ValueError("one fold of train is the test split, and data.test names another; remove one of them")
        dev = info.data.get("dev")
        if folds is not None and isinstance(dev, float) and dev + 1 / folds >= 1:
            raise ValueError(f"one of {folds} folds for test and {shown(dev)} for dev leave nothing to train on")
        return folds

    @field_validator("fold")
    @classmethod
    def _fold_goes_with_folds(cls, fold: int | None, info: ValidationInfo) -> int | None:
        if "folds" not in info.data:  # reported as a problem of its own
            return fold
        folds = info.data["folds"]
        if fold is not None and folds is None:
            raise ValueError("needs data.folds, the number of folds")
        if fold is None and folds is not None:
            raise ValueError(f"missing; set it to the fold that is the test split, 1 to {folds}")
        if fold is not None and folds is not None and fold > folds:
            raise ValueError(f"should be at most data.folds = {folds}, got {fold}")
        return fold

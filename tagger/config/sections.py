"""The tables of a config: keys, defaults, and what does not go together."""

from typing import Annotated, Literal

import pydantic
from pydantic import Field, ValidationInfo, field_validator, model_validator

from tagger.config.values import ClassWeights, Column, Count, FileOrShare, Metric, Seed, Share, Tag, shown
from tagger.format_names import Format

PLATEAU = 2  # epochs without a better dev after which schedule = "plateau" halves the learning rate


class Section(pydantic.BaseModel):
    """A table of the config: unknown keys are problems, and so is a value of another type."""

    model_config = pydantic.ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Data(Section):
    """Which files, how they are split, and which of their columns."""

    train: str
    """paths are relative to this file"""
    dev: FileOrShare | None = None
    """or a share of train; absent: all epochs run, the last weights are kept"""
    test: FileOrShare | None = None
    """or a share of train; may be absent"""
    folds: Annotated[int, Field(ge=2)] | None = None
    """into how many parts train is cut, one of which is test"""
    fold: Annotated[int | None, Field(ge=1, validate_default=True)] = None
    """which of the folds is test, from 1"""
    group: Column | None = None
    """the column of documents or speakers, which are never cut; document: their marks in the file"""
    seed: Seed = 1
    """draws what is cut off train"""
    format: Format = "auto"
    """format of the files; auto: by name or first line"""
    token: Column | None = None
    """column, by name or by index from 0"""
    tag: Column | None = None
    """column, by name or by index from 0"""
    sentence: Column | None = None
    """the column that tells sentences apart"""
    per_row: Literal["token", "sentence"] = "token"
    """what a row of a table is"""
    map: dict[str, Tag] = {}
    """tags that are merged or renamed: { OLD = "new" }"""
    scheme: Literal["auto", "none", "iob1", "bio", "bioes"] = "auto"
    """scheme of the files' tags"""
    scheme_train: Literal["same", "iob1", "bio", "bioes"] = "same"
    """scheme of the tags that the network learns"""
    ignore: list[str] = []
    """tags whose tokens are neither trained on nor scored"""
    comments: bool = False
    """whether lines that start with # are comments, where nothing else tells"""
    encoding: str = "utf-8"
    """as Python names it"""

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
            raise ValueError("one fold of train is the test split, and data.test gives another; take one of them away")
        dev = info.data.get("dev")
        if folds is not None and isinstance(dev, float) and dev + 1 / folds >= 1:
            raise ValueError(f"one of {folds} folds for test and {shown(dev)} for dev leave nothing to train on")
        return folds

    @field_validator("fold")
    @classmethod
    def _fold_goes_with_folds(cls, fold: int | None, info: ValidationInfo) -> int | None:
        if "folds" not in info.data:  # that is wrong itself, and told
            return fold
        folds = info.data["folds"]
        if fold is not None and folds is None:
            raise ValueError("says which of data.folds is the test split, and that is absent")
        if fold is None and folds is not None:
            raise ValueError(f"missing; say which of the {folds} folds is the test split, from 1 to {folds}")
        if fold is not None and folds is not None and fold > folds:
            raise ValueError(f"should be at most {folds}, as many as data.folds says, got {fold}")
        return fold


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
    """columns of numbers that enter as they are"""
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


class Model(Section):
    """The recurrent layers."""

    cell: Literal["simple_rnn", "lstm", "gru"] = "lstm"
    """kind of recurrent cell"""
    units: list[Count] = Field(default=[100], min_length=1)
    """one entry per stacked layer"""
    bidirectional: bool = True
    """whether layers read from both ends"""
    merge: Literal["concat", "sum", "mul", "ave"] = "concat"
    """how the outputs of both directions become one"""
    reset_after: bool = True
    """GRU only"""
    dropout: Share = 0.5
    """before each layer and before the head"""
    residual: bool = False
    """whether what enters a layer is added to what leaves it; all units alike"""
    layer_norm: bool = False
    """whether what leaves a layer is normalised"""
    head: Literal["softmax", "crf"] = "softmax"
    """crf learns which tags follow each other"""
    decode: Literal["auto", "free", "valid"] = "auto"
    """valid: the best sequence that the scheme allows; auto: valid where there is a scheme"""

    @model_validator(mode="after")
    def _residual_layers_are_alike(self) -> "Model":
        if self.residual and len(set(self.units)) > 1:
            raise ValueError("`residual` adds what enters a layer to what leaves it: all `units` should be the same")
        return self


class Training(Section):
    """How the weights are found."""

    epochs: Count = 30
    """at most"""
    batch_size: Count = 32
    """sentences"""
    optimizer: Literal["sgd", "rmsprop", "adam", "nadam", "adamw", "lazy_adam"] = "adam"
    """lazy_adam moves only the rows of a batch"""
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    """at its height"""
    schedule: Literal["constant", "cosine", "plateau"] = "constant"
    """of the rate; plateau: halved after 2 epochs without a better dev"""
    warm_up: Share = 0.0
    """share of all steps in which the learning rate rises to its height"""
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    """the longest gradient of a step"""
    averaging: bool = True
    """whether an exponential moving average of the weights is scored and saved"""
    label_smoothing: Share = 0.0
    """share of each target that goes to all tags alike"""
    class_weights: ClassWeights = "none"
    """balanced | { TAG = weight }: what a token counts in the loss"""
    metric: Metric = "auto"
    """of dev; auto: span_f1 where there is a scheme, else accuracy"""
    patience: Count = 5
    """epochs without a better dev before training stops"""
    max_steps: Count = 5000
    """longer sentences are cut into windows for the loss only"""
    seed: Seed = 1
    """draws the first weights, the order of sentences and what is dropped"""
    deterministic: bool = False
    """whether two runs give the same bytes; slower"""
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    """half precision: faster products on a GPU"""

    @model_validator(mode="before")
    @classmethod
    def _drop_the_strategy_of_earlier_versions(cls, training: object) -> object:
        """Drops `strategy = "none"`: resolved configs of earlier versions have the key; any other value is unknown."""
        if isinstance(training, dict) and training.get("strategy") == "none":
            return {key: value for key, value in training.items() if key != "strategy"}
        return training

    @model_validator(mode="after")
    def _lazy_adam_needs_unscaled_losses(self) -> "Training":
        if self.optimizer == "lazy_adam" and self.precision == "mixed_float16":
            raise ValueError('`optimizer = "lazy_adam"` does not go with `precision = "mixed_float16"`')
        return self


class Config(Section):
    """One training run."""

    data: Data
    features: Features = Features()
    model: Model = Model()
    training: Training = Training()

    @field_validator("training")
    @classmethod
    def _a_plateau_comes_before_the_end(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        has_dev = isinstance(data, Data) and data.dev is not None
        if has_dev and training.schedule == "plateau" and training.patience <= PLATEAU:
            raise ValueError(
                f'schedule = "plateau" halves the rate after {PLATEAU} epochs without a better dev, '
                f"and patience = {training.patience} stops training by then"
            )
        return training

    @field_validator("training")
    @classmethod
    def _a_metric_needs_dev(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        if isinstance(data, Data) and data.dev is None and training.metric != "auto":
            raise ValueError(f'metric = "{training.metric}" is measured on dev, and data.dev is absent')
        return training

    @field_validator("training")
    @classmethod
    def _a_crf_learns_whole_sequences(cls, training: Training, info: ValidationInfo) -> Training:
        model = info.data.get("model")
        if isinstance(model, Model) and model.head == "crf":
            for key in ("label_smoothing", "class_weights"):
                if getattr(training, key) != Training.model_fields[key].default:
                    raise ValueError(f'{key} goes with single tags, and model.head = "crf" learns whole sequences')
        return training

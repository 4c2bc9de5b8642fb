"""The tables of a config: keys, defaults, and what does not go together."""

from typing import Annotated, Literal

import pydantic
from pydantic import Field, ValidationInfo, field_validator, model_validator

from tagger.config.values import ClassWeights, Column, Count, FileOrShare, Metric, Seed, Share, Tag, shown
from tagger.format_names import Format

PLATEAU = 2  # epochs without a better dev after which schedule = "plateau" halves the learning rate


class Section(pydantic.BaseModel):
    """A table of the config: unknown keys are problems, and so is a value of another type."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Data(Section):
    """Which files, how they are split, and which of their columns."""

    train: str
    dev: FileOrShare | None = None
    test: FileOrShare | None = None
    folds: Annotated[int, Field(ge=2)] | None = None
    fold: Annotated[int | None, Field(ge=1, validate_default=True)] = None
    group: Column | None = None
    seed: Seed = 1
    format: Format = "auto"
    token: Column | None = None
    tag: Column | None = None
    sentence: Column | None = None
    per_row: Literal["token", "sentence"] = "token"
    map: dict[str, Tag] = {}
    scheme: Literal["auto", "none", "iob1", "bio", "bioes"] = "auto"
    scheme_train: Literal["same", "iob1", "bio", "bioes"] = "same"
    ignore: list[str] = []
    comments: bool = False
    encoding: str = "utf-8"

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
    chars: Chars | None = None  # None is written `false`, here and below
    casing: bool = True
    affixes: Affixes | None = Affixes()
    columns: Columns | None = None
    numeric: list[Column] = []
    standardize: bool = True

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
    units: list[Count] = Field(default=[100], min_length=1)
    bidirectional: bool = True
    merge: Literal["concat", "sum", "mul", "ave"] = "concat"
    reset_after: bool = True
    dropout: Share = 0.5
    residual: bool = False
    layer_norm: bool = False
    head: Literal["softmax", "crf"] = "softmax"
    decode: Literal["auto", "free", "valid"] = "auto"

    @model_validator(mode="after")
    def _residual_layers_are_alike(self) -> "Model":
        if self.residual and len(set(self.units)) > 1:
            raise ValueError("`residual` adds what enters a layer to what leaves it: all `units` should be the same")
        return self


class Training(Section):
    """How the weights are found."""

    epochs: Count = 30
    batch_size: Count = 32
    optimizer: Literal["sgd", "rmsprop", "adam", "nadam", "adamw", "lazy_adam"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    schedule: Literal["constant", "cosine", "plateau"] = "constant"
    warm_up: Share = 0.0
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    averaging: bool = True
    label_smoothing: Share = 0.0
    class_weights: ClassWeights = "none"
    metric: Metric = "auto"
    patience: Count = 5
    max_steps: Count = 5000
    seed: Seed = 1
    deterministic: bool = False
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"

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

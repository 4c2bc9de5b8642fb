"""The tables of a config: keys, defaults, and what does not go together."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from tagger.config.features import Features
from tagger.config.values import ClassWeights, Column, Count, FileOrShare, Metric, Section, Seed, Share, Tag, shown
from tagger.format_names import Format

PLATEAU = 2  # epochs without a better dev after which schedule = "plateau" halves the learning rate


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
    """of the files; auto: it and the columns are recognised by the content"""
    token: Column | None = None
    """column, by name or by index from 0"""
    tag: Column | None = None
    """column, by name or by index from 0"""
    sentence: Column | None = None
    """the column that tells sentences apart"""
    per_row: Literal["token", "sentence"] = "token"
    """what a row of a table is"""
    map: dict[str, Tag] = {}
    """tags, or types of spans, that are merged or renamed: { OLD = "new" }"""
    scheme: Literal["auto", "none", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "auto"
    """scheme of the files' tags"""
    scheme_train: Literal["same", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "same"
    """scheme of the tags that the network learns"""
    ignore: list[str] = []
    """tags, or types of spans, whose tokens are neither trained on nor scored"""
    comments: bool = False
    """whether lines that start with # are comments, where nothing else tells"""
    encoding: str = "utf-8"
    """as Python names it"""
    decimal: Literal[".", ","] = "."
    """sign before the fraction of a number"""
    bad_rows: Literal["error", "skip"] = "error"
    """whether a row that cannot be read is an error or is left out"""

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


class Model(Section):
    """The recurrent layers; some of what a config leaves open, the plan chooses."""

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
    """whether what enters a layer, from the second on, is normalised"""
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
    """How the weights are found; some of what a config leaves open, the plan chooses."""

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
    adversarial: Share = 0.0
    """a second pass learns from inputs changed for the worse, by this share of their length; twice the time"""
    label_smoothing: Share = 0.0
    """share of each target that goes to all tags alike"""
    class_weights: ClassWeights = "none"
    """balanced | { TAG = weight }: what a token counts in the loss"""
    metric: Metric = "auto"
    """of dev; auto: span_f1 where there is a scheme and dev has spans, else accuracy"""
    patience: Count = 5
    """epochs without a better dev metric before training stops"""
    min_epochs: Count = 1
    """the first epoch whose weights dev may choose: those before have not learned enough to be judged"""
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

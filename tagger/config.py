"""The config of a training run: TOML in and out, every problem told at once."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pydantic
import tomli_w
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from tagger.errors import ConfigError

REFERENCE = re.compile(
    r"([A-Za-z][\w-]+):([\w-]+)"
)  # a file of a public data set, such as ewt:train; a drive has one letter
PATHS = (  # the keys that may hold one
    "data.train",
    "data.dev",
    "data.test",
    "features.words.vectors",
    "features.words.word_list",
)

PLATEAU = 2  # epochs without a better dev after which schedule = "plateau" halves the learning rate


def _column(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"should be a column's name or index, got {_shown(value)}")
    return value


def _file_or_share(value: object) -> object:
    if (
        isinstance(value, bool)
        or not isinstance(value, str | float)
        or (isinstance(value, float) and not 0 < value < 1)
    ):
        raise ValueError(f"should be a file, or the share of train to cut off, between 0 and 1, got {_shown(value)}")
    return value


def _class_weights(value: object) -> object:
    if value not in ("none", "balanced") and not isinstance(value, dict):
        raise ValueError(f'should be "none", "balanced" or a table {{ TAG = weight }}, got {_shown(value)}')
    for tag, weight in value.items() if isinstance(value, dict) else ():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise ValueError(f"the weight of {tag} should be a number greater than 0, got {_shown(weight)}")
    return value


FileOrShare = Annotated[str | float, BeforeValidator(_file_or_share)]
ClassWeights = Annotated[str | dict[str, float], BeforeValidator(_class_weights)]
Column = Annotated[str | int, BeforeValidator(_column)]
Tag = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


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
    format: Literal["auto", "conllu", "columns", "csv", "jsonl", "slash"] = "auto"
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
            raise ValueError(f"{_shown(test)} of train for test and {_shown(dev)} for dev leave nothing to train on")
        return test

    @field_validator("folds")
    @classmethod
    def _a_fold_is_the_test_split(cls, folds: int | None, info: ValidationInfo) -> int | None:
        if folds is not None and info.data.get("test") is not None:
            raise ValueError("one fold of train is the test split, and data.test gives another; take one of them away")
        dev = info.data.get("dev")
        if folds is not None and isinstance(dev, float) and dev + 1 / folds >= 1:
            raise ValueError(f"one of {folds} folds for test and {_shown(dev)} for dev leave nothing to train on")
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
    dropout: Share = 0.25
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
            raise ValueError("`dim` goes without `vectors`, whose file says how many numbers there are")
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
    affixes: Affixes | None = None
    columns: Columns | None = None
    numeric: list[Column] = []
    standardize: bool = True

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
    dropout: Share = 0.33
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
    optimizer: Literal["sgd", "rmsprop", "adam", "nadam", "adamw"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    schedule: Literal["constant", "cosine", "plateau"] = "cosine"
    warm_up: Share = 0.0
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    averaging: bool = False
    label_smoothing: Share = 0.0
    class_weights: ClassWeights = "none"
    metric: Literal["auto", "accuracy", "macro_f1", "span_f1"] = "auto"
    patience: Count = 5
    max_steps: Count = 5000
    seed: Seed = 1
    deterministic: bool = False


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


def load_config(path: Path, settings: list[str] | None = None) -> Config:
    """A config file, with some values set otherwise.

    Args:
        path: a TOML file; the paths in it are relative to it.
        settings: `KEY=VALUE` each, the key dotted, the value as in TOML or a bare text; paths in it are relative to the
            working directory. `KEY=` takes the key away.

    Raises:
        ConfigError: names the file and every key that is wrong, missing or unknown.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    _absolute(tables, path.parent)
    for setting in settings or []:
        _set(tables, setting)
    try:
        return parse_config(tables, str(path))
    except ConfigError as error:
        raise ConfigError(error.message, f"`tagger check {path}` checks a config without training") from None


def parse_config(tables: dict[str, Any], name: str = "config") -> Config:
    """Checks a config that is already in tables; `name` is what messages call it.

    Raises:
        ConfigError: every problem at once.
    """
    try:
        return Config.model_validate(tables)
    except pydantic.ValidationError as error:
        problems = list(dict.fromkeys(_problem(dict(details)) for details in error.errors()))
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise ConfigError("\n".join([f"{name}: {count}", *(f"  {problem}" for problem in problems)])) from None


def dump_config(config: Config) -> str:
    """The config as TOML, every default written, absent values as comments; it reads back as the same config."""
    tables = config.model_dump()
    words, features = config.features.words, tables["features"]
    tables["features"] = {key: False if value is None else value for key, value in features.items()}
    absent = []
    for name, table in (("data", tables["data"]), ("features.words", features["words"] or {})):
        for key in [key for key, value in table.items() if value is None]:
            del table[key]
            absent.append(f"# {name}.{key} is absent")
    if words is not None and (words.kind == "onehot" or words.vectors is not None):
        del features["words"]["dim"]
    return "\n".join([*absent, *([""] if absent else []), tomli_w.dumps(tables)])


def _absolute(tables: dict[str, Any], directory: Path) -> None:
    for path in PATHS:
        *parents, last = path.split(".")
        table: Any = tables
        for parent in parents:
            table = table.get(parent) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(table.get(last), str):
            table[last] = _absolute_path(directory, table[last])


def _absolute_path(directory: Path, path: str) -> str:
    if REFERENCE.fullmatch(path):
        return path
    if "\0" in path:
        raise ConfigError(f"{path!r}: a path cannot hold a NUL")
    return str((directory / Path(path).expanduser()).absolute().resolve())


def _set(tables: dict[str, Any], setting: str) -> None:
    key, found, text = setting.partition("=")
    if not found:
        raise ConfigError(f"--set {setting}: expected KEY=VALUE", "for example --set training.epochs=10")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = key.strip().split(".")
    table = tables
    for parent in parents:
        inner = table.setdefault(parent, {})
        if not isinstance(inner, dict):
            inner = table[parent] = {}  # `words = false` makes room for `features.words.dim=50`
        table = inner
    table[last] = value
    if not text:
        del table[last]
    elif key.strip() in PATHS and isinstance(value, str):
        table[last] = _absolute_path(Path(), value)


def _problem(details: dict[str, Any]) -> str:
    """One line that names the key, the rule and the value found."""
    keys = [f"[{part}]" if isinstance(part, int) else part for part in details["loc"]]
    key = ".".join(keys).replace(".[", "[")
    shown, limits = _shown(details["input"]), details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            close = difflib.get_close_matches(keys[-1], _keys_beside(keys), n=1) or _same_key_elsewhere(keys[-1])
            return f"{key}: unknown key" + (f"; did you mean `{close[0]}`?" if close else "")
        case "missing":
            return f"{key}: missing" + ("; say which file to train on" if key == "data.train" else "")
        case "greater_than":
            return f"{key}: should be greater than {limits['gt']}, got {shown}"
        case "greater_than_equal":
            return f"{key}: should be at least {limits['ge']}, got {shown}"
        case "less_than":
            return f"{key}: should be less than {limits['lt']}, got {shown}"
        case "int_type" | "int_from_float":
            return f"{key}: should be a whole number, got {shown}"
        case "float_type":
            return f"{key}: should be a number, got {shown}"
        case "finite_number":
            return f"{key}: should be a finite number, got {shown}"
        case "bool_type":
            return f"{key}: should be true or false, got {shown}"
        case "string_type":
            return f"{key}: should be a text, got {shown}"
        case "list_type":
            return f"{key}: should be a list, got {shown}"
        case "too_short" | "string_too_short":
            return f"{key}: should not be empty"
        case "literal_error":
            return f"{key}: should be {limits['expected'].replace(chr(39), chr(34))}, got {shown}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{key}: should be a table, got {shown}"
        case "value_error":
            return f"{key}: {limits['error']}"
    return f"{key}: {details['msg']}, got {shown}"


def _shown(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same_key_elsewhere(key: str) -> list[str]:
    sections = {name: field.annotation for name, field in Config.model_fields.items()}
    return [f"{name}.{key}" for name, section in sections.items() if key in getattr(section, "model_fields", {})]


def _keys_beside(keys: list[str]) -> list[str]:
    section: Any = Config
    for key in keys[:-1]:
        field = section.model_fields.get(key) if hasattr(section, "model_fields") else None
        choices = get_args(field.annotation) if field and get_args(field.annotation) else [field and field.annotation]
        section = next((choice for choice in choices if hasattr(choice, "model_fields")), None)
    return list(section.model_fields) if section else []

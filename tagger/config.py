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
PATHS = ("train", "dev", "test")  # the keys of [data] that may hold a path


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


Column = Annotated[str | int, BeforeValidator(_column)]
Tag = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Section(pydantic.BaseModel):
    """A table of the config: unknown keys are problems, and so is a value of another type."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Data(Section):
    """Which files, and which of their columns."""

    train: str
    dev: Annotated[str | float, BeforeValidator(_file_or_share)] | None = None
    test: str | None = None
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


class Words(Section):
    """How a word enters the network."""

    kind: Literal["embedding", "onehot"] = "embedding"
    dim: Count = 100
    min_count: Count = 1
    lowercase: bool = True
    dropout: Share = 0.25

    @model_validator(mode="after")
    def _a_onehot_is_as_wide_as_the_vocabulary(self) -> "Words":
        if self.kind == "onehot" and "dim" in self.model_fields_set:
            raise ValueError('`dim` goes with kind = "embedding"; one-hot words are as wide as the known words')
        return self


class Features(Section):
    """What the network sees of each step."""

    words: Words | None = Words()  # None is written `false`
    casing: bool = True
    numeric: list[Column] = []
    standardize: bool = True

    @field_validator("words", mode="before")
    @classmethod
    def _false_is_none(cls, words: object) -> object:
        return None if words is False else words

    @model_validator(mode="after")
    def _something_is_seen(self) -> "Features":
        if not (self.words or self.casing or self.numeric):
            raise ValueError("nothing enters the network: give words, casing or numeric columns")
        return self


class Model(Section):
    """The recurrent layers."""

    cell: Literal["simple_rnn", "lstm", "gru"] = "lstm"
    units: list[Count] = Field(default=[100], min_length=1)
    bidirectional: bool = True
    merge: Literal["concat", "sum", "mul", "ave"] = "concat"
    reset_after: bool = True
    dropout: Share = 0.33


class Training(Section):
    """How the weights are found."""

    epochs: Count = 30
    batch_size: Count = 32
    optimizer: Literal["sgd", "rmsprop", "adam", "nadam", "adamw"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    schedule: Literal["constant", "cosine"] = "cosine"
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    metric: Literal["auto", "accuracy", "macro_f1", "span_f1"] = "auto"
    patience: Count = 5
    max_steps: Count = 5000
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1


class Config(Section):
    """One training run."""

    data: Data
    features: Features = Features()
    model: Model = Model()
    training: Training = Training()

    @field_validator("training")
    @classmethod
    def _a_metric_needs_dev(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        if isinstance(data, Data) and data.dev is None and training.metric != "auto":
            raise ValueError(f'metric = "{training.metric}" is measured on dev, and data.dev is absent')
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
    words = config.features.words
    if words is None:
        tables["features"]["words"] = False
    elif words.kind == "onehot":
        del tables["features"]["words"]["dim"]
    absent = [f"# data.{key} is absent" for key, value in tables["data"].items() if value is None]
    tables["data"] = {key: value for key, value in tables["data"].items() if value is not None}
    return "\n".join([*absent, *([""] if absent else []), tomli_w.dumps(tables)])


def _absolute(tables: dict[str, Any], directory: Path) -> None:
    data = tables.get("data")
    if isinstance(data, dict):
        for key in PATHS:
            if isinstance(data.get(key), str):
                data[key] = _absolute_path(directory, data[key])


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
    elif parents == ["data"] and last in PATHS and isinstance(value, str):
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

"""A whole config: its sections, and which of their values exclude each other."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field, ValidationInfo, field_validator

from tagger.config.data import Data
from tagger.config.features import Features
from tagger.config.heads import HeadConfig
from tagger.config.sections import PLATEAU, Model, Training
from tagger.config.values import Section, problems_at, shown
from tagger.head_names import HEAD_NAME, PLAIN_HEAD

LAYER_NAME = re.compile(
    r"words|casing|characters|numbers|input|mask|perturbation|lengths|forms|form_lengths|rows|logits|shape|transitions"
    r"|(prefix|suffix|column|lstm|gru|simple_rnn|norm)_\d+.*"
)
SINGLE = {  # keys for the only head, each with the key of [heads.NAME] that replaces it
    "data": {key: key for key in ("tag", "label", "map", "scheme", "scheme_train", "ignore")},
    "model": {"head": "crf", "decode": "decode", "min_duration": "min_duration"},
    "training": {"class_weights": "class_weights", "metric": "metric"},
}
OF_TAGS = {
    "data": ("scheme", "scheme_train"),
    "model": ("head", "decode", "min_duration"),
    "training": (),
}  # keys for tags only
NEEDS_SERIES = '"segment_f1" is for series, whose only inputs are numbers; set features.numeric alone'


class Config(Section):
    """One training run."""

    data: Data
    features: Features = Features()
    model: Model = Model()
    heads: dict[str, HeadConfig] = Field(default={}, validate_default=True)
    training: Training = Training()

    @property
    def is_plain(self) -> bool:
        """Whether the network predicts the tags of one column, with no settings in [heads]."""
        return not self.heads and self.data.label is None

    def all_heads(self) -> dict[str, HeadConfig]:
        """The heads by name; without [heads], those that data.tag and data.label stand for.

        The head of a plain config has an empty column if data.tag is not set: it is recognised by the content.
        """
        if self.heads:
            return self.heads
        data, training, heads = self.data, self.training, dict[str, HeadConfig]()
        if data.label is None or data.tag is not None:
            heads[PLAIN_HEAD if data.label is None else "tag"] = HeadConfig(
                tag="" if data.tag is None else data.tag,
                crf=self.model.head == "crf",
                scheme=data.scheme,
                scheme_train=data.scheme_train,
                decode=self.model.decode,
                min_duration=self.model.min_duration,
                map=data.map,
                ignore=data.ignore,
                class_weights=training.class_weights,
                metric=training.metric,
            )
        if data.label is not None:
            label = HeadConfig(label=data.label)
            if data.tag is None:
                label = HeadConfig(
                    label=data.label,
                    map=data.map,
                    ignore=data.ignore,
                    class_weights=training.class_weights,
                    metric=training.metric,
                )
            heads["label"] = label
        return heads

    @field_validator("heads")
    @classmethod
    def _heads_fit_the_other_sections(cls, heads: dict[str, HeadConfig], info: ValidationInfo) -> dict[str, HeadConfig]:
        data: Data | None = info.data.get("data")
        model: Model | None = info.data.get("model")
        problems = _wrong_names(heads)
        for section in filter(None, (data, model)):
            if heads:
                problems |= _keys_of_a_single_head(section)
            elif data is not None:
                problems |= _keys_of_tags(section, data)
        if data is not None:
            problems |= _heads_without_data(heads, data)
        for name, head in heads.items():
            if head.metric == "segment_f1" and not _reads_series(info):
                problems[f"heads.{name}.metric"] = NEEDS_SERIES
        if problems:
            raise problems_at(problems)
        return heads

    @field_validator("training")
    @classmethod
    def _a_plateau_comes_before_the_end(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        has_dev = isinstance(data, Data) and data.has_dev
        if has_dev and training.schedule == "plateau" and training.patience <= PLATEAU:
            raise ValueError(
                f'schedule = "plateau" halves the rate after {PLATEAU} epochs without a better dev, '
                f"and patience = {training.patience} stops training by then"
            )
        return training

    @field_validator("training")
    @classmethod
    def _heads_have_their_own_keys(cls, training: Training, info: ValidationInfo) -> Training:
        heads, data = info.data.get("heads"), info.data.get("data")
        problems = _keys_of_a_single_head(training) if heads else {}
        if (
            isinstance(data, Data)
            and _is_label_alone(data)
            and not heads
            and training.metric in ("span_f1", "segment_f1")
        ):
            problems["training.metric"] = (
                f'"{training.metric}" is for tags, and the config has data.label without data.tag'
            )
        elif training.metric == "segment_f1" and not _reads_series(info):
            problems["training.metric"] = NEEDS_SERIES
        if training.best_head is not None and heads is not None and isinstance(data, Data):
            names = [*heads] or (["tag", "label"] if data.label is not None and data.tag is not None else [])
            if training.best_head not in names:
                close = difflib.get_close_matches(training.best_head, names, n=1, cutoff=0.0)
                meant = f"; did you mean `{close[0]}`?" if close else ""
                expected = f"should be {' or '.join(map(shown, names))}" if names else "needs several heads"
                problems["training.best_head"] = f"{expected}, got {shown(training.best_head)}{meant}"
        if problems:
            raise problems_at(problems)
        return training

    @field_validator("training")
    @classmethod
    def _a_metric_needs_dev(cls, training: Training, info: ValidationInfo) -> Training:
        data = info.data.get("data")
        if isinstance(data, Data) and data.dev is None and training.metric != "auto":
            raise ValueError(f'metric = "{training.metric}" is measured on dev; data.dev is missing')
        return training

    @field_validator("training")
    @classmethod
    def _a_crf_learns_whole_sequences(cls, training: Training, info: ValidationInfo) -> Training:
        model = info.data.get("model")
        if isinstance(model, Model) and model.head == "crf":
            for key in ("label_smoothing", "class_weights"):
                if getattr(training, key) != Training.model_fields[key].default:
                    raise ValueError(f'{key} needs model.head = "softmax"; a CRF learns whole sequences')
        return training


def _wrong_names(heads: Iterable[str]) -> dict[str, str]:
    """Problems of the names of heads, by key."""
    problems, first = {}, dict[str, str]()
    for name in heads:
        key = f"heads.{name if HEAD_NAME.fullmatch(name) else shown(name)}"
        other = first.setdefault(name.lower(), name)
        if not HEAD_NAME.fullmatch(name):
            problems[key] = "a head's name has letters, digits, - and _ and begins with a letter"
        elif LAYER_NAME.fullmatch(name):
            problems[key] = f"{name} is the name of a layer; give the head another name"
        elif name == PLAIN_HEAD:
            problems[key] = f"{name} is the name of the head of a config without [heads]; give the head another name"
        elif other != name:
            problems[key] = f"differs from heads.{other} only in case; give the head another name"
    return problems


def _keys_of_a_single_head(section: Section) -> dict[str, str]:
    """Problems of the keys of a section that cannot be set beside [heads], by key."""
    of_head = SINGLE[type(section).__name__.lower()]
    return {
        name: f"cannot be set beside [heads]; set heads.NAME.{of_head[key]}" for name, key in _changed(section, of_head)
    }


def _changed(section: Section, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Full name and name of each of the keys that has another value than its default."""
    for key in keys:
        if getattr(section, key) != type(section).model_fields[key].default:
            yield f"{type(section).__name__.lower()}.{key}", key


def _reads_series(info: ValidationInfo) -> bool:
    """Whether the only inputs are numbers; true if the section of the inputs has a problem of its own."""
    features = info.data.get("features")
    return not isinstance(features, Features) or features.reads_series


def _is_label_alone(data: Data) -> bool:
    """Whether data.label stands for the only head."""
    return data.label is not None and data.tag is None


def _keys_of_tags(section: Section, data: Data) -> dict[str, str]:
    """Problems of the keys of a section that are for tags, in a config whose only head has labels, by key."""
    keys = OF_TAGS[type(section).__name__.lower()] if _is_label_alone(data) else ()
    problem = "is for tags, and the config has data.label without data.tag"
    return {name: problem for name, _ in _changed(section, keys)}


def _heads_without_data(heads: Mapping[str, HeadConfig], data: Data) -> dict[str, str]:
    """Problems of heads that no source has, of sources with unknown heads, and of metrics without dev, by key."""
    problems = {}
    if data.sources and not heads:
        problems["heads"] = "missing; [[data.sources]] needs [heads.NAME], to say what is learned"
    for i, source in enumerate(data.sources if heads else ()):
        for name in source.heads.keys() - heads:
            problems[f"data.sources[{i}].heads.{name}"] = (
                f"there is no [heads.{name}]; the heads are {', '.join(heads)}"
            )
    if all(source.heads for source in data.sources):
        for name in heads if data.sources else ():
            if not any(name in source.heads for source in data.sources):
                problems[f"heads.{name}"] = (
                    f"no source has it; add {name} = COLUMN to the `heads` of a source in [[data.sources]]"
                )
    for name, head in heads.items():
        if head.metric != "auto" and not data.has_dev:
            key = "data.sources[0].dev" if data.sources else "data.dev"
            problems[key] = f"missing; heads.{name}.metric = {shown(head.metric)} is measured on dev"
    return problems

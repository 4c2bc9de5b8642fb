"""The config's [heads.NAME]: what the network predicts, if it is more than the tags of one column."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tagger.config.values import (
    ClassWeights,
    Column,
    Metric,
    MinDuration,
    Positive,
    Section,
    Tag,
    Values,
    absent,
    planned,
    problems_at,
)

Kind = Literal["tag", "label", "string"]
KINDS: tuple[Kind, ...] = ("tag", "label", "string")
TAG_KEYS = ("crf", "scheme", "scheme_train", "decode", "min_duration")  # keys that only a head of tags has


class HeadConfig(Section):
    """An output of the network with a name of its own; exactly one of `tag`, `label` and `string` names its column.

    [heads.pos] with tag = "upos" and [heads.lemma] with string = "lemma" are two heads; all heads share the layers
    below them. Beside [heads], the keys of other sections for a single head cannot be set: data.tag, data.label,
    data.map, data.scheme, data.scheme_train, data.ignore, model.head, model.decode, training.class_weights and
    training.metric.
    """

    tag: Column | None = absent("upos")
    """Column of a tag for each token, or of a state for each step."""
    label: Column | None = absent("intent")
    """Column, key or comment (`# intent = X`) of a label for each sentence or series."""
    string: Column | None = absent("lemma")
    """Column of a string for each token, such as its lemma; the network learns how to edit the token."""
    pool: Literal["last", "mean", "max"] = "last"
    """Labels only: what the head reads of a sentence or series.

    last: the last output of each direction, without a residual; mean, max: over all steps.
    """
    crf: bool = planned(False)
    """Tags only: whether the head also learns which tags follow each other."""
    scheme: Literal["auto", "none", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "auto"
    """Tags only: scheme of the tags in the files, as data.scheme."""
    scheme_train: Literal["same", "iob1", "bio", "ioe1", "ioe2", "bioes"] = "same"
    """Tags only: scheme that the network learns, as data.scheme_train."""
    decode: Literal["auto", "free", "valid"] = "auto"
    """Tags only: which sequences of tags are predicted, as model.decode."""
    min_duration: MinDuration = Field(default=1, examples=[5])
    """Tags only: fewest steps that a predicted state lasts, as model.min_duration."""
    map: Annotated[dict[str, Tag], Values('a table { OLD = "new" }')] = Field(default={}, examples=[{"NNPS": "NNP"}])
    """Tags, types of spans or labels to merge or rename."""
    ignore: list[str] = Field(default=[], examples=[["_"]])
    """Tags, types of spans or labels that are neither trained on nor scored."""
    class_weights: ClassWeights = Field(default="none", examples=["balanced"])
    """Weight of each tag or label in the loss of this head, as training.class_weights."""
    loss_weight: Positive = 1.0
    """Weight of this head in the loss of the network, which is the weighted sum over all heads."""
    metric: Metric = "auto"
    """Score of this head on dev; the mean over all heads chooses the best epoch, unless training.best_head is set."""

    @property
    def kind(self) -> Kind:
        """Which of `tag`, `label` and `string` is set."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def column(self) -> str | int:
        """The column of its answers."""
        column: str | int = getattr(self, self.kind)
        return column

    @model_validator(mode="after")
    def _one_kind(self) -> "HeadConfig":
        named = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(named) != 1:
            got = " and ".join(f"`{kind}`" for kind in named) or "none"
            raise ValueError(f"set exactly one of `tag`, `label` and `string` to a column; got {got}")
        problems = {}
        for key in () if named == ["tag"] else TAG_KEYS:
            if getattr(self, key) != type(self).model_fields[key].default:
                problems[f".{key}"] = f"is for a head of tags, and this one has `{named[0]}`"
        if named != ["label"] and self.pool != "last":
            problems[".pool"] = f"is for a head of labels, and this one has `{named[0]}`"
        if named != ["tag"] and self.metric in ("span_f1", "segment_f1"):
            problems[".metric"] = f'"{self.metric}" is for a head of tags, and this one has `{named[0]}`'
        if self.crf and self.class_weights != "none":
            problems[".class_weights"] = "cannot be used with `crf = true`; a CRF learns whole sequences"
        if problems:
            raise problems_at(problems)
        return self

"""The sections of the network and of training: keys, defaults, descriptions, and which values exclude each other.

The string below each field is the only description of its key: `tagger init` writes its first paragraph beside the key,
`tagger config KEY` and configs/README.md show all of it.
"""

from typing import Literal

from pydantic import Field, model_validator

from tagger.bounds import MOST_LAYERS
from tagger.config.values import (
    ClassWeights,
    Count,
    Metric,
    MinDuration,
    Positive,
    Section,
    Seed,
    Share,
    Size,
    absent,
    planned,
)

PLATEAU = 2  # epochs without a better dev score after which schedule = "plateau" halves the learning rate


class Model(Section):
    """The recurrent layers and the head."""

    cell: Literal["simple_rnn", "lstm", "gru"] = "lstm"
    """Kind of recurrent cell."""
    units: list[Size] = planned([100], min_length=1, max_length=MOST_LAYERS, examples=[[64, 64]])
    """Units of each recurrent layer, one entry per layer, at most 100."""
    bidirectional: bool = True
    """Whether a second set of layers reads from the end."""
    merge: Literal["concat", "sum", "mul", "ave"] = "concat"
    """How the outputs of both directions are combined."""
    reset_after: bool = True
    """GRU only: whether the reset gate is applied after the matrix product."""
    dropout: Share = planned(0.5)
    """Fraction of values dropped before each layer and the head, the same ones at every step."""
    residual: bool = False
    """Whether the input of a layer is added to its output, from the second on; all units equal."""
    layer_norm: bool = False
    """Whether the input of each layer is normalised, from the second on."""
    head: Literal["softmax", "crf"] = planned("softmax")
    """A crf also learns which tags follow each other, and which come first and last."""
    decode: Literal["auto", "free", "valid"] = "auto"
    """free: any sequence of tags; valid: only what the scheme allows; auto: valid if the tags have a scheme."""
    min_duration: MinDuration = Field(default=1, examples=[5])
    """Fewest steps that a predicted state lasts, for tags without a scheme: of all, or of each in a table.

    In a table, states that are not named have 1. The first and the last run of a series may be shorter, since they may
    be cut off. The best of all such sequences is found; confidence is that of each step alone.
    """

    @model_validator(mode="after")
    def _residual_layers_are_alike(self) -> "Model":
        if self.residual and len(set(self.units)) > 1:
            raise ValueError("`residual` adds the input of a layer to its output: all `units` should be equal")
        return self


class Training(Section):
    """Optimisation, early stopping and seeds."""

    epochs: Count = planned(30)
    """Passes over train, at most."""
    batch_size: Count = planned(32)
    """Sentences, series or windows per batch."""
    optimizer: Literal["sgd", "rmsprop", "adam", "nadam", "adamw", "lazy_adam"] = planned("adam")
    """Optimiser; lazy_adam updates only the vectors that occur in the batch: fast with many words."""
    learning_rate: Positive = planned(2e-3)
    """The highest rate of the schedule."""
    schedule: Literal["constant", "cosine", "plateau"] = "constant"
    """Course of the learning rate; cosine: falls to 0; plateau: halved after 2 epochs without a better dev score.

    Without dev, plateau goes by the training loss.
    """
    warm_up: Share = 0.0
    """Share of all steps in which the learning rate rises from 0."""
    clip_norm: Positive = 1.0
    """Longer gradients are scaled down to this norm."""
    averaging: bool = True
    """Whether an exponential moving average of the weights is scored and saved."""
    adversarial: Share = planned(0.0)
    """Norm of the adversarial perturbation, as a fraction of the norm of the inputs; 0: no second pass.

    Each batch is trained on twice: unchanged, and with its inputs moved in the direction that raises the loss most. It
    takes twice the time and helps with little data (Miyato et al., 2017).
    """
    label_smoothing: Share = 0.0
    """Share of each target that is spread over all tags; softmax head only."""
    class_weights: ClassWeights = planned("none", examples=["balanced"])
    """Weight of each tag or state in the loss; balanced: every one contributes equally; sqrt: the square root of these.

    With balanced, a very rare one is found more often, but predicted where it is not, too; sqrt is between balanced and
    none. In a table, those that are not named weigh 1. Softmax head only.
    """
    metric: Metric = planned("auto")
    """Score on dev that chooses the best epoch; auto: span_f1 if the tags mark spans, else accuracy.

    segment_f1 is for series of numbers: F1 of the runs of one state, matched at an intersection over union of 0.5.
    Of epochs with the same score, the one with the lowest loss on dev is chosen.
    """
    best_head: str | None = absent("slots")
    """With several heads: the head whose metric on dev chooses the best epoch; if not set, the mean over all heads."""
    patience: Count = planned(5)
    """Epochs without a better dev score before training stops; counted from min_epochs on."""
    min_epochs: Count = planned(1)
    """First epoch whose weights may be chosen as the best.

    Earlier weights can have a high score on a small dev by chance.
    """
    max_steps: Count = planned(5000)
    """Longer sentences and series are cut into windows in training; tagging never cuts them.

    A window also reads the steps before it, up to half as many, which do not count: the network learns to carry its
    state on. Each window has the label of the whole.
    """
    seed: Seed = 1
    """Seed of the initial weights, the order of batches and dropout."""
    deterministic: bool = False
    """Whether repeated runs are bit-identical (same machine, versions, threads); slower."""
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    """mixed_*: products in half precision, faster on a GPU; weights and logits stay in single."""

    @property
    def context(self) -> int:
        """Most steps before a window that it also reads."""
        return self.max_steps // 2

    @model_validator(mode="after")
    def _lazy_adam_needs_unscaled_losses(self) -> "Training":
        if self.optimizer == "lazy_adam" and self.precision == "mixed_float16":
            raise ValueError('`optimizer = "lazy_adam"` cannot be used with `precision = "mixed_float16"`')
        return self

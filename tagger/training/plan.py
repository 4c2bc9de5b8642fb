"""The plan of a training: values for keys that a config leaves open, chosen by the size and tags of train.

`tests/benchmarks/own_data.py` measures the plan on data of several tasks, and the README beside it reports the effect
of each choice.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from tagger.config import Config, parse_config
from tagger.corpus.counted import counted
from tagger.corpus.sentences import Sentences
from tagger.errors import ConfigError
from tagger.inputs.characters import Characters
from tagger.tagging.architecture import Architecture

MANY_SENTENCES = 20_000  # from this many on, a larger layer is worth its time
BATCH_SIZES = ((200, 4), (500, 16), (10_000, 32))  # (fewer sentences than this, batch size); else 64
FEW_ANSWERS = 90_000  # with fewer tagged tokens, or labels and nothing else, an adversarial pass is worth its time
VERY_FEW_TOKENS = 20_000  # below this, characters are worth their time
EPOCHS = (8, 35)  # fewest and most
TOKENS_OF_ALL_EPOCHS = 2_400_000  # about a minute on two cores
ADVERSARIAL_COST = 2.6  # times the time per token, smaller batches included
WINDOW = 200  # steps per window, if sentences are longer than this on average
FEW_SERIES = 2_000  # series or windows
RARE = 0.2  # a tag is rare below this fraction of 1 / n_tags
MIN_RARE_STEPS = 10  # a tag with fewer steps may be an annotation error


class Choice(NamedTuple):
    """A value for a key of a config.

    Args:
        key: section and key, such as `training.epochs`.
        value: the value in the config.
        reason: one clause with the number that the value follows from.
    """

    key: str
    value: Any
    reason: str


def plan(config: Config, train: Sentences, *, span_tags: Mapping[str, int]) -> list[Choice]:
    """Choose values that fit train and the keys that a config sets.

    Args:
        config: a key that it sets is taken into account by the choices for others.
        train: tagged sentences of train's file, before dev or test is split off.
        span_tags: number of tags of each head whose tags mark spans.
    """
    window, n_windows = _window(config, train)
    features = config.features
    if features.reads_words or features.columns:
        return [*window, *_for_symbols(config, train, n_windows, span_tags)]
    return [*window, *_for_series(config, train, n_windows)]


def initial_tagger_choices(config: Config, architecture: Architecture) -> list[Choice]:
    """Choose the layers of an initial tagger, because its weights fit no others.

    Heads that it does not have are left open.
    """
    characters = next((each for each in architecture.inputs if isinstance(each, Characters)), None)
    chars = characters and {"kind": characters.encoder, "dim": characters.dim, "units": characters.units}
    reason = "as in the initial tagger (--from)"
    heads = [
        _crf_choice(config, head.name, head.kind == "crf", reason)
        for head in architecture.heads
        if head.name in config.all_heads() and config.all_heads()[head.name].kind == "tag"
    ]
    return [
        Choice("model.units", list(architecture.units), reason),
        *heads,
        Choice("features.chars", chars or False, reason),
    ]


def _crf_choice(config: Config, head: str, is_crf: bool, reason: str) -> Choice:
    """Choose softmax or CRF for a head of tags."""
    if head in config.heads:
        return Choice(f"heads.{head}.crf", is_crf, reason)
    return Choice("model.head", "crf" if is_crf else "softmax", reason)


def apply_plan(config: Config, choices: Iterable[Choice]) -> tuple[Config, list[Choice]]:
    """Fill the open keys of a config, and return it with the choices that were applied.

    A choice is skipped if the config or an earlier choice sets its key, if the config does not allow it, or if it is a
    feature and the config sets any feature.
    """
    applied, sets_features = [], bool(_keys_set(config, "features"))
    for choice in choices:
        tables: dict[str, Any] = config.model_dump(exclude_unset=True)
        *sections, key = choice.key.split(".")
        table = tables
        for section in sections:
            table = table.setdefault(section, {})
        if key in table or (sections == ["features"] and sets_features):
            continue
        table[key] = choice.value
        try:
            config = parse_config(tables)
        except ConfigError:  # such as a CRF with class weights
            continue
        applied.append(choice)
    return config, applied


def _keys_set(config: Config, section: str) -> dict[str, Any]:
    """The keys of a section that a config sets, with their values."""
    table = getattr(config, section)
    return {key: getattr(table, key) for key in table.model_fields_set} if section in config.model_fields_set else {}


def _window(config: Config, train: Sentences) -> tuple[list[Choice], int]:
    """Choose `max_steps`, and count the windows of train."""
    max_steps, mean = _keys_set(config, "training").get("max_steps"), len(train.tokens) / len(train)
    has_labels = any(head.kind == "label" for head in config.all_heads().values())  # a window rarely shows its label
    longest = max_steps or (WINDOW if mean > WINDOW and not has_labels else config.training.max_steps)
    noun = "series" if config.features.reads_series else "sentences"
    reason = f"{noun} have {mean:,.0f} steps on average, and shorter windows give more training steps"
    choices = [Choice("training.max_steps", WINDOW, reason)] if not max_steps and longest == WINDOW else []
    return choices, int(np.sum(-(-train.lengths // longest)))


def _for_symbols(config: Config, train: Sentences, n_windows: int, span_tags: Mapping[str, int]) -> Iterator[Choice]:
    keys, n_tokens = _keys_set(config, "training"), len(train.tokens)
    count = counted(n_windows, "sentence" if n_windows == len(train) else "window")
    for head, n_tags in span_tags.items():
        yield _crf_choice(config, head, True, f"a CRF learns which of the {n_tags} tags follow each other")
    if not span_tags and n_tokens < VERY_FEW_TOKENS:
        reason = f"train's file has only {n_tokens:,} tokens, and characters help with unseen words"
        yield Choice("features.chars", {"kind": "lstm", "units": 32}, reason)
    if n_windows >= MANY_SENTENCES:
        yield Choice("model.units", [200], f"train's file has {count}, enough for a larger layer")
    batch_size = next((size for limit, size in BATCH_SIZES if n_windows < limit), 64)
    reason = f"train's file has {count}, and larger batches are faster but give fewer steps"
    yield Choice("training.batch_size", batch_size, reason)
    yield Choice("model.dropout", 0.3, "as accurate as 0.5 with averaged weights, in fewer epochs")
    has_labels_only = all(head.kind == "label" for head in config.all_heads().values())
    answers = counted(len(train), "label") if has_labels_only else counted(n_tokens, "token")
    is_small = (len(train) if has_labels_only else n_tokens) < FEW_ANSWERS
    adversarial = keys.get("adversarial", 0.3 if is_small else 0.0)
    if adversarial:
        reason = f"train's file has only {answers}, and an adversarial pass helps with rare and unseen words"
        yield Choice("training.adversarial", adversarial, reason)
    cost = ADVERSARIAL_COST if adversarial else 1.0
    epochs = int(np.clip(TOKENS_OF_ALL_EPOCHS // (cost * n_tokens), *EPOCHS))
    yield Choice("training.epochs", epochs, f"an epoch has {n_tokens:,} tokens, and fewer tokens need more epochs")
    epochs = keys.get("epochs", epochs)
    if config.data.has_dev:
        yield Choice("training.patience", max(4, epochs // 3), f"a third of {epochs} epochs, at least 4")
        reason = f"half of {epochs} epochs, because early on dev may prefer a network that has learned little"
        yield Choice("training.min_epochs", max(1, epochs // 2), reason)
    if "optimizer" not in keys and config.training.precision != "mixed_float16":
        reason = f"train's file has {len(train.forms):,} distinct words, and lazy_adam updates only those of the batch"
        yield Choice("training.optimizer", "lazy_adam", reason)
        yield Choice("training.learning_rate", 4e-3, "lazy_adam needs half as many epochs as with 0.002")


def _for_series(config: Config, train: Sentences, n_windows: int) -> Iterator[Choice]:
    keys, n_steps = _keys_set(config, "training"), len(train.tokens)
    count = f"{n_windows:,} series or windows"
    is_small = n_windows < FEW_SERIES
    yield Choice("model.units", [32 if is_small else 64], f"a small network fits {count} with {n_steps:,} steps")
    reason = f"a step has few numbers ({len(config.features.numeric)}), and the network needs all of them"
    yield Choice("model.dropout", 0.0, reason)
    yield Choice("training.learning_rate", 1e-2, "a small network learns well at 5 times the default rate")
    if is_small:
        reason = f"train's file has only {count}, and smaller batches give more training steps"
        yield Choice("training.batch_size", 8, reason)
        yield Choice("training.epochs", 60, f"train's file has only {count}, and fewer need more epochs")
    if not config.data.has_dev:
        return
    if is_small:
        epochs = keys.get("epochs", 60)
        yield Choice("training.patience", max(4, epochs // 6), f"a sixth of {epochs} epochs, at least 4")
    if "metric" in keys or "class_weights" in keys:
        return  # they are chosen together
    counts = {tag: n for tag, n in train.tag_counts().items() if tag not in config.data.ignore}
    rarest = min(counts, key=counts.__getitem__, default="")
    if len(counts) > 1 and counts[rarest] >= MIN_RARE_STEPS and counts[rarest] / n_steps < RARE / len(counts):
        share = counts[rarest] / n_steps
        reason = f"only {share:.2%} of all steps are {rarest}, and rare states should count more than their share"
        yield Choice("training.class_weights", "sqrt", reason)
        yield Choice("training.metric", "macro_f1", reason)

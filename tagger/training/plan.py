"""The plan of a training: what a config leaves open, chosen by measures of train.

`tests/benchmarks/own_data.py` measures what a config of nothing but files gets.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from tagger.config import Config, parse_config
from tagger.corpus.sentences import Sentences
from tagger.errors import ConfigError
from tagger.tagging.architecture import Architecture

MANY_SENTENCES = 20_000  # from which on a larger layer is worth its time
BATCH_SIZES = ((200, 4), (500, 16), (10_000, 32))  # up to so many sentences; more: 64
FEW_TOKENS = 90_000  # for which an adversarial pass is worth twice the time
VERY_FEW_TOKENS = 30_000  # for which characters are worth theirs
EPOCHS = (8, 35)  # the fewest and the most
TOKENS_OF_ALL_EPOCHS = 2_400_000  # about a minute on two cores
ADVERSARIAL_COST = 2.6  # times the time of a token, smaller batches included
WINDOW = 200  # steps of sentences that are longer than this on the mean
RARE = 0.2  # a tag is rare whose share is below this share of an equal one

log = logging.getLogger("tagger")


class Choice(NamedTuple):
    """A value for a key of a config.

    Args:
        key: such as `training.epochs`.
        value: as the config has it.
        reason: the measure that it follows from.
    """

    key: str
    value: object
    reason: str


def plan(train: Sentences, *, has_spans: bool, is_series: bool) -> list[Choice]:
    """What fits train.

    Args:
        train: the tagged sentences of train's file, before dev or test is cut off.
        has_spans: whether tags are of a scheme.
        is_series: whether numbers enter, and words do not.
    """
    window, n_pieces = _window(train)
    chosen = _for_series(train, n_pieces) if is_series else _for_words(train, n_pieces, has_spans)
    return [*window, *chosen]


def of_start(architecture: Architecture) -> list[Choice]:
    """What fits a tagger to begin with, whose weights decide the layers."""
    why = "as the tagger that training begins with"
    return [
        Choice("model.units", list(architecture.units), why),
        Choice("model.head", architecture.head.kind, why),
    ]


def with_plan(config: Config, choices: Iterable[Choice]) -> tuple[Config, list[Choice]]:
    """A config with the choices for keys that it leaves open and that go with what it says; and which those are.

    Features are left as they are where the config names any.
    """
    taken, names_features = [], "features" in config.model_fields_set and config.features.model_fields_set
    for choice in choices:
        tables = config.model_dump(exclude_unset=True)
        section, key = choice.key.split(".")
        table = tables.setdefault(section, {})
        if key in table or (section == "features" and names_features):
            continue
        table[key] = choice.value
        try:
            config = parse_config(tables)
        except ConfigError:  # such as a CRF beside class weights
            continue
        taken.append(choice)
    return config, taken


def _window(train: Sentences) -> tuple[list[Choice], int]:
    """How long sentences are cut for the loss, and into how many pieces all are cut."""
    mean = len(train.tokens) / len(train)
    if mean <= WINDOW:
        return [], len(train)
    reason = f"{mean:,.0f} steps a sentence on the mean: shorter windows make more steps of training"
    return [Choice("training.max_steps", WINDOW, reason)], int(np.sum(-(-train.lengths // WINDOW)))


def _for_words(train: Sentences, n_pieces: int, has_spans: bool) -> Iterator[Choice]:
    n_tokens = len(train.tokens)
    sentences, tokens = f"{n_pieces:,} sentences", f"{n_tokens:,} tokens"
    if has_spans:
        yield Choice("model.head", "crf", "tags of spans: which of them follow each other counts")
    elif n_tokens < VERY_FEW_TOKENS:
        reason = f"{tokens} are very few: characters tell of words that are not among them"
        yield Choice("features.chars", {"kind": "lstm", "units": 32}, reason)
    if n_pieces >= MANY_SENTENCES:
        yield Choice("model.units", [200], f"{sentences} are many: a larger layer")
    batch_size = next((size for limit, size in BATCH_SIZES if n_pieces < limit), 64)
    reason = f"{sentences}: larger batches are faster, smaller ones make more steps"
    yield Choice("training.batch_size", batch_size, reason)
    yield Choice("model.dropout", 0.3, "with averaged weights as good as 0.5, in fewer epochs")
    cost = 1.0
    if n_tokens < FEW_TOKENS:
        cost = ADVERSARIAL_COST
        yield Choice("training.adversarial", 0.3, f"{tokens} are few: words that are rare, or new, gain")
    epochs = int(np.clip(TOKENS_OF_ALL_EPOCHS // (cost * n_tokens), *EPOCHS))
    yield Choice("training.epochs", epochs, f"{tokens} an epoch")
    yield Choice("training.patience", max(4, epochs // 3), "a third of the epochs")
    yield Choice("training.min_epochs", epochs // 2, "half of the epochs: a dev of other text may favour a raw network")
    yield Choice("training.optimizer", "lazy_adam", f"{len(train.forms):,} words: a step moves only those of its batch")
    yield Choice("training.learning_rate", 4e-3, "what batches of this size can take")


def _for_series(train: Sentences, n_pieces: int) -> Iterator[Choice]:
    n_steps = len(train.tokens)
    few = n_pieces < 2_000
    pieces = f"{n_pieces:,} series or windows, {n_steps:,} steps"
    yield Choice("model.units", [32 if few else 64], f"{pieces}: a small network")
    yield Choice("model.dropout", 0.0, "a few numbers, of which none can be spared")
    yield Choice("training.learning_rate", 1e-2, "a small network")
    if few:
        yield Choice("training.batch_size", 8, f"{pieces} are few")
        yield Choice("training.epochs", 60, f"{pieces} are few")
        yield Choice("training.patience", 10, "of 60 epochs")
    counts = train.tag_counts()
    rarest = min(counts, key=counts.__getitem__)
    share = counts[rarest] / n_steps
    if len(counts) > 1 and share < RARE / len(counts):
        reason = f"{rarest} is {share:.2%} of all steps: rare states count as much as frequent ones"
        yield Choice("training.class_weights", "balanced", reason)
        yield Choice("training.metric", "macro_f1", reason)

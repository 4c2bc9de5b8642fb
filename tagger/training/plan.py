"""The plan of a training: values for what a config leaves open, chosen by measures of train.

`tests/benchmarks/own_data.py` measures what a config of nothing but files gets, and the README beside it says what each
choice brought.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tagger.config import Config, parse_config
from tagger.corpus.sentences import Sentences
from tagger.errors import ConfigError
from tagger.inputs.characters import Characters
from tagger.tagging.architecture import Architecture

MANY_SENTENCES = 20_000  # from which on a larger layer is worth its time
BATCH_SIZES = ((200, 4), (500, 16), (10_000, 32))  # for fewer sentences than that; else 64
FEW_TOKENS = 90_000  # below which an adversarial pass is worth its time
VERY_FEW_TOKENS = 20_000  # below which characters are worth theirs
EPOCHS = (8, 35)  # the fewest and the most
TOKENS_OF_ALL_EPOCHS = 2_400_000  # about a minute on two cores
ADVERSARIAL_COST = 2.6  # times the time of a token, smaller batches included
WINDOW = 200  # steps of sentences that are longer than this on the mean
RARE = 0.2  # a tag is rare whose share is below this share of an equal one
LEAST = 10  # steps of a rare tag that is no slip of the pen


class Choice(NamedTuple):
    """A value for a key of a config.

    Args:
        key: such as `training.epochs`.
        value: as the config has it.
        reason: the measure that it follows from.
    """

    key: str
    value: Any
    reason: str


def plan(config: Config, train: Sentences, *, has_spans: bool) -> list[Choice]:
    """Choices that fit train, and what the config says.

    Args:
        config: of which a key that is set counts in the choice of others.
        train: the tagged sentences of train's file, before dev or test is cut off.
        has_spans: whether tags are of a scheme.
    """
    window, n_pieces = _window(config, train)
    features = config.features
    if features.reads_words or features.columns:
        return [*window, *_for_symbols(config, train, n_pieces, has_spans)]
    return [*window, *_for_series(config, train, n_pieces)]


def start_choices(architecture: Architecture) -> list[Choice]:
    """The layers of a tagger to begin with, whose weights fit no others."""
    characters = next((each for each in architecture.inputs if isinstance(each, Characters)), None)
    chars = characters and {"kind": characters.encoder, "dim": characters.dim, "units": characters.units}
    reason = "as the tagger that training begins with"
    return [
        Choice("model.units", list(architecture.units), reason),
        Choice("model.head", architecture.head.kind, reason),
        Choice("features.chars", chars or False, reason),
    ]


def with_plan(config: Config, choices: Iterable[Choice]) -> tuple[Config, list[Choice]]:
    """A config with the choices for keys that it leaves open and that go with what it says; and which those are.

    Features are left as they are where the config names any. Of two choices for a key, the first counts.
    """
    taken, names_features = [], bool(_said(config, "features"))
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


def _said(config: Config, section: str) -> dict[str, Any]:
    """The keys of a section that a config sets, and their values."""
    table = getattr(config, section)
    return {key: getattr(table, key) for key in table.model_fields_set} if section in config.model_fields_set else {}


def _window(config: Config, train: Sentences) -> tuple[list[Choice], int]:
    """How long sentences are cut for the loss, and into how many pieces all are cut."""
    said, mean = _said(config, "training").get("max_steps"), len(train.tokens) / len(train)
    longest = said or (WINDOW if mean > WINDOW else config.training.max_steps)
    reason = f"{mean:,.0f} steps a sentence on the mean: shorter windows make more steps of training"
    choices = [Choice("training.max_steps", WINDOW, reason)] if not said and longest == WINDOW else []
    return choices, int(np.sum(-(-train.lengths // longest)))


def _for_symbols(config: Config, train: Sentences, n_pieces: int, has_spans: bool) -> Iterator[Choice]:
    said, n_tokens = _said(config, "training"), len(train.tokens)
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
    adversarial = said.get("adversarial", 0.3 if n_tokens < FEW_TOKENS else 0.0)
    if adversarial:
        yield Choice("training.adversarial", adversarial, f"{tokens} are few: words that are rare, or new, gain")
    cost = ADVERSARIAL_COST if adversarial else 1.0
    epochs = int(np.clip(TOKENS_OF_ALL_EPOCHS // (cost * n_tokens), *EPOCHS))
    yield Choice("training.epochs", epochs, f"{tokens} an epoch")
    epochs = said.get("epochs", epochs)
    yield Choice("training.patience", max(4, epochs // 3), "a third of the epochs")
    reason = "half of the epochs: a dev of other text may favour a network that has learned little"
    yield Choice("training.min_epochs", max(1, epochs // 2), reason)
    if "optimizer" not in said and config.training.precision != "mixed_float16":
        yield Choice("training.optimizer", "lazy_adam", f"{len(train.forms):,} words: a step moves those of its batch")
        yield Choice("training.learning_rate", 4e-3, "for lazy_adam: half of the epochs that 2e-3 takes")


def _for_series(config: Config, train: Sentences, n_pieces: int) -> Iterator[Choice]:
    said, n_steps = _said(config, "training"), len(train.tokens)
    few = n_pieces < 2_000
    pieces = f"{n_pieces:,} series or windows, {n_steps:,} steps"
    yield Choice("model.units", [32 if few else 64], f"{pieces}: a small network")
    yield Choice("model.dropout", 0.0, "a few numbers, of which none can be spared")
    yield Choice("training.learning_rate", 1e-2, "for a small network")
    if few:
        yield Choice("training.batch_size", 8, f"{pieces} are few")
        yield Choice("training.epochs", 60, f"{pieces} are few")
        yield Choice("training.patience", max(4, said.get("epochs", 60) // 6), "a sixth of the epochs")
    if "metric" in said or "class_weights" in said or config.data.dev is None:
        return  # what counts in training should choose the weights, too
    counts = {tag: n for tag, n in train.tag_counts().items() if tag not in config.data.ignore}
    rarest = min(counts, key=counts.__getitem__, default="")
    if len(counts) > 1 and counts[rarest] >= LEAST and counts[rarest] / n_steps < RARE / len(counts):
        share = counts[rarest] / n_steps
        reason = f"{rarest} is {share:.2%} of all steps: rare states count as much as frequent ones"
        yield Choice("training.class_weights", "balanced", reason)
        yield Choice("training.metric", "macro_f1", reason)

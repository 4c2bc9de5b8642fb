"""What is inspected: a config, a saved tagger, or a layer in a line of text; all become layers, some have weights."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from tagger.config import Config, load_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Floats
from tagger.errors import ConfigError, DataError
from tagger.inputs import fit_inputs
from tagger.inputs.description import Layer, total
from tagger.inputs.fitting import TrainingData
from tagger.inputs.recurrent import Recurrent
from tagger.inspection.constant import constant_weights
from tagger.inspection.layer_text import read_layer
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.graph_weights import saved_weights
from tagger.training.prepare import new_architecture, prepare

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is inspected.

    Args:
        name: as it was given.
        kind: what it is.
        layers: all of them, on paper.
        recurrent: those over the steps of sentences, from the input up.
        n_steps: of the series, where a layer's line tells.
        bundle: the network beside its weights; None for a bare layer, and for a config whose data cannot be read.
        weights: by name; None where there are none.
    """

    name: str
    kind: str
    layers: tuple[Layer, ...]
    recurrent: tuple[Recurrent, ...]
    n_steps: int | None = None
    bundle: Bundle | None = None
    weights: dict[str, Floats] | None = None

    @property
    def n_parameters(self) -> int | None:
        """Of all layers; None where that is not known."""
        return total(layer.n_parameters for layer in self.layers)

    def with_constant(self, value: float) -> "Subject":
        """The same with weights that are all alike, and probabilities as its scores give them."""
        bundle = self.bundle and replace(self.bundle, temperature=1.0)
        return replace(self, bundle=bundle, weights=constant_weights(self.layers, value))


def subject_of(path: Path | None, layer: str | None, *, constant: float | None, needs_weights: bool) -> Subject:
    """The config (a file), model (a folder) or layer (a line of text) that a command line names.

    `constant` is what every weight is to be; weights are needed where states are to be computed.

    Raises:
        ConfigError: it cannot be used, or has no weights where they are needed.
        DataError: the data cannot be read, and is needed.
        BundleError: there is no tagger in the folder, or it is damaged.
    """
    if path is None:
        subject = layer_subject(layer or "")
    elif path.is_file():
        subject = config_subject(path, needs_data=needs_weights)
    else:
        subject = model_subject(path)
    if needs_weights and constant is not None:
        return subject.with_constant(constant)
    if needs_weights and subject.weights is None:
        train = f"; or train it: tagger train {path}, and inspect the run" if path else ""
        raise ConfigError(
            f"{subject.name}: {subject.kind}, which has no weights to compute states with",
            f"--constant 0.1 makes every weight 0.1{train}",
        )
    return subject


def model_subject(model: Path) -> Subject:
    """A saved tagger.

    Raises:
        BundleError: there is none, or it is damaged.
    """
    bundle, graphs, _ = load_bundle(find_bundle(model))
    weights = saved_weights(bundle, graphs)
    layers, recurrent = bundle.architecture.describe(), bundle.architecture.layers
    return Subject(str(model), "a saved tagger", layers, recurrent, None, bundle, weights)


def config_subject(path: Path, *, needs_data: bool) -> Subject:
    """The network that a config describes, before it is trained.

    Where its data cannot be read, and is not needed, what only data tells has a name in place of a number, and it is
    said.

    Raises:
        ConfigError: the config cannot be used.
        DataError: the data cannot be read, and is needed.
    """
    config = load_config(path)
    try:
        prepared = prepare(config)
    except DataError as error:
        if needs_data:
            raise
        log.warning("%s; what only data tells has a name here in place of a number", error.message)
        architecture, unread = _unread_network(config)
        return Subject(str(path), "a config, its data not read", architecture.describe(unread), architecture.layers)
    bundle, architecture = prepared.bundle({}), prepared.architecture
    return Subject(str(path), "a config, not trained", architecture.describe(), architecture.layers, None, bundle)


def layer_subject(text: str) -> Subject:
    """A layer in a line of text.

    Raises:
        ConfigError: it is no such line.
    """
    layer, n_steps = read_layer(text)
    return Subject(text, "a layer", (layer.describe(),), (layer,), n_steps)


def _unread_network(config: Config) -> tuple[Architecture, set[str]]:
    """The network of a config without its data, fitted to a made-up word, and the sizes that only data would tell."""
    features, words = config.features, config.features.words
    unread = {"ids", "tags"}
    if words and words.vectors:
        unread.add("dim")
        features = features.model_copy(update={"words": words.model_copy(update={"vectors": None})})
    made_up = Sentence(
        ("word",),
        numbers=((0.0,) * len(features.numeric),),
        columns=(("value",) * (len(features.columns.names) if features.columns else 0),),
    )
    least = max([words.min_count if words else 1, features.affixes.min_count if features.affixes else 1])
    fitted = fit_inputs(features, TrainingData(Sentences.collect([made_up] * least)))
    return new_architecture(config.model, tuple(each.input for each in fitted), 1), unread

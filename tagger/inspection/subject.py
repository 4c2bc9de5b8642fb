"""The subject of an inspection: a config, a saved tagger or layers alone, described as layers and perhaps weights."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagger.config import Config, load_config
from tagger.config.values import shown
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.terms import in_terms
from tagger.encoding.arrays import Floats
from tagger.errors import DataError
from tagger.heads import Head
from tagger.inputs import fit_inputs
from tagger.inputs.casing import CASINGS, Casing
from tagger.inputs.description import Layer, total
from tagger.inputs.fitting import TrainingData
from tagger.inputs.numbers import Numbers
from tagger.inputs.recurrent import Recurrent
from tagger.inputs.words import WordInput
from tagger.inspection.initial_weights import constant_weights, random_weights
from tagger.inspection.layer_option import parse_layer
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle
from tagger.tagging.graph_weights import saved_weights
from tagger.training.prepare import network_head, new_architecture, prepare

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A network or layer to inspect.

    Args:
        name: its path or text on the command line.
        kind: "a saved tagger", for example.
        layers: descriptions of all layers.
        recurrent: the recurrent layers over the steps of sentences, from the input up.
        heads: the heads above them; none for a layer alone.
        n_steps: number of steps, if a layer's text sets it.
        bundle: vocabularies, tags and network; None for layers alone, and for a config whose data cannot be read.
        weights: arrays by name; None for an untrained network.
        weights_note: how an untrained network got its weights; empty otherwise.
        vectors: pretrained vectors that training would start with, by name.
        defaults: sizes that the config leaves open, as `key = value`, if no data was read to choose them by.
    """

    name: str
    kind: str
    layers: tuple[Layer, ...]
    recurrent: tuple[Recurrent, ...]
    heads: tuple[Head, ...]
    n_steps: int | None = None
    bundle: Bundle | None = None
    weights: dict[str, Floats] | None = None
    weights_note: str = ""
    vectors: dict[str, Floats] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()

    @property
    def is_series(self) -> bool:
        """Whether it is a network that reads series of numbers."""
        return self.bundle is not None and self.bundle.architecture.reads_series

    @property
    def layers_in_terms(self) -> tuple[Layer, ...]:
        """The layers, whose formulas and notes speak of states if the network reads series."""
        return tuple(map(_in_series_terms, self.layers)) if self.is_series else self.layers

    @property
    def n_parameters(self) -> int | None:
        """Number of parameters of all layers; None if a size is unknown."""
        return total(layer.n_parameters for layer in self.layers)

    def uses(self, return_sequences: bool) -> bool:
        """Whether another layer reads the first recurrent layer's outputs with, or without, `return_sequences`."""
        reads_last = [head.pool == "last" for head in self.heads]
        if len(self.recurrent) > 1:
            return return_sequences
        return not all(reads_last) if return_sequences else any(reads_last)

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs of the first recurrent layer; empty for layers alone."""
        names: list[str] = []
        for each in self.bundle.architecture.inputs if self.bundle else ():
            if isinstance(each, WordInput) and each.dim is None:
                names += [f"word {word}" for word in each.vocabulary.symbols]
            elif isinstance(each, Casing):
                names += [f"casing {casing}" for casing in CASINGS]
            elif isinstance(each, Numbers):
                names += [f"{'channel' if self.is_series else 'number'} {column}" for column in each.columns]
                names += [f"missing {each.columns[i]}" for i in each.indicators]
            else:
                names += [f"{each.name} {i}" for i in range(1, each.width + 1)]
        return names

    def with_constant(self, value: float) -> "Subject":
        """Return the subject with every weight set to a value, and a temperature of 1."""
        bundle = self.bundle
        if bundle is not None:
            bundle = bundle.with_targets("temperature", dict.fromkeys((each.name for each in bundle.targets), 1.0))
        note = f"every weight is {value:g}, every bias 0 (LSTM forget gate: 1)"
        return replace(self, bundle=bundle, weights=constant_weights(self.layers, value), weights_note=note)

    def with_random(self, seed: int) -> "Subject":
        """Return the subject with the weights that training would start with."""
        weights = random_weights(self.layers, seed) | self.vectors
        return replace(self, weights=weights, weights_note=f"random weights, as training starts with (seed {seed})")


def _in_series_terms(layer: Layer) -> Layer:
    if layer.kind == "Numbers":  # its note names columns of the user
        return layer
    formula, note = (in_terms(text, is_series=True) for text in (layer.symbolic_formula, layer.note))
    sizes = tuple((in_terms(name, is_series=True), size) for name, size in layer.sizes)
    return replace(layer, symbolic_formula=formula, sizes=sizes, note=note)


def subject_of(
    path: Path | None,
    layer: str | None = None,
    *,
    settings: list[str] | None = None,
    constant: float | None = None,
    seed: int = 1,
    needs_weights: bool,
) -> Subject:
    """Load the subject that a command line names.

    Args:
        path: a config file, or the folder of a saved tagger; None for a layer.
        layer: the text of a layer.
        settings: changes to the config, `KEY=VALUE` each.
        constant: value of every weight; None: the subject's own weights, or random ones.
        seed: seed of random weights.
        needs_weights: whether weights are shown or states computed.

    Raises:
        ConfigError: the config or layer cannot be used.
        DataError: the data is needed and cannot be read.
        BundleError: the folder has no bundle, or a damaged one.
    """
    if path is None:
        subject = layer_subject(layer or "")
    elif path.is_file():
        subject = config_subject(path, settings, needs_data=needs_weights)
    else:
        subject = model_subject(path)
    if not needs_weights:
        return subject
    if constant is not None:
        return subject.with_constant(constant)
    return subject.with_random(seed) if subject.weights is None else subject


def model_subject(model: Path) -> Subject:
    """Load a saved tagger.

    Raises:
        BundleError: there is no bundle, or it is damaged.
    """
    bundle, graphs, _ = load_bundle(find_bundle(model))
    weights = saved_weights(bundle, graphs)
    return _network(str(model), "a saved tagger", bundle.architecture, bundle=bundle, weights=weights)


def config_subject(path: Path, settings: list[str] | None = None, *, needs_data: bool) -> Subject:
    """Describe the untrained network of a config.

    If its data cannot be read and is not needed, sizes that depend on it are names, and a warning is logged.

    Raises:
        ConfigError: the config cannot be used.
        DataError: the data is needed and cannot be read.
    """
    config = load_config(path, settings)
    try:
        prepared = prepare(config)
    except DataError as error:
        if needs_data:
            raise
        log.warning("%s; sizes that depend on the data are shown as names", error.message)
        architecture, unknown = _network_without_data(config)
        subject = _network(str(path), "a config, its data not read", architecture, unknown)
        return replace(subject, defaults=tuple(_default_sizes(config)))
    subject = _network(str(path), "a config, not trained", prepared.architecture, bundle=prepared.bundle({}))
    vectors = {each.input.name: each.vectors.rows for each in prepared.fitted if each.vectors is not None}
    return replace(subject, vectors=vectors)


def layer_subject(text: str) -> Subject:
    """Describe a single layer, or several in a chain.

    Raises:
        ConfigError: the text is not a layer.
    """
    parsed = parse_layer(text)
    layers, heads = parsed.describe(), () if parsed.dense is None else (parsed.dense,)
    kind = "a layer" if len(layers) == 1 else "a chain of layers"
    return Subject(text, kind, layers, parsed.layers, heads, parsed.n_steps)


def _network(
    name: str,
    kind: str,
    architecture: Architecture,
    unknown_sizes: Collection[str] = (),
    *,
    bundle: Bundle | None = None,
    weights: dict[str, Floats] | None = None,
) -> Subject:
    layers = architecture.describe(unknown_sizes)
    return Subject(name, kind, layers, architecture.layers, architecture.heads, None, bundle, weights)


def _network_without_data(config: Config) -> tuple[Architecture, set[str]]:
    """The network of a config, fitted to an invented word, and the names of sizes that depend on the data."""
    features, words = config.features, config.features.words
    unknown = {"ids", "tags", "labels"}
    if words and words.vectors:
        unknown.add("dim")
        features = features.model_copy(update={"words": words.model_copy(update={"vectors": None})})
    invented = Sentence(
        ("word",),
        numbers=((0.0,) * len(features.numeric),),
        columns=(("value",) * (len(features.columns.names) if features.columns else 0),),
    )
    count = max([words.min_count if words else 1, features.affixes.min_count if features.affixes else 1])
    fitted = fit_inputs(features, TrainingData(Sentences.collect([invented] * count)))
    heads = [network_head(settings, name, 1) for name, settings in config.all_heads().items()]
    return new_architecture(config.model, tuple(each.input for each in fitted), heads), unknown


def _default_sizes(config: Config) -> Iterator[str]:
    """The sizes that a config leaves open, as `key = value`."""
    features, words = config.features, config.features.words
    has_dim = words and words.kind == "embedding" and words.vectors is None
    for table, section, keys in (
        ("model", config.model, ("units",)),
        ("features.words", words if has_dim else None, ("dim",)),
        ("features.chars", features.chars, ("dim", "units")),
        ("features.affixes", features.affixes, ("dim",)),
        ("features.columns", features.columns, ("dim",)),
    ):
        for key in keys:
            if section and key not in section.model_fields_set:
                yield f"{table}.{key} = {shown(getattr(section, key))}"

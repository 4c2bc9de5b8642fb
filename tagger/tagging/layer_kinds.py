"""The layers that networks are made of: the shapes of each, its weights, and the formula that counts them."""

from collections.abc import Collection
from dataclasses import replace

from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import FILTER_WIDTH, GATES, Architecture, Cell, Characters, Recurrent
from tagger.tagging.layer_description import KERAS_NAME, Layer, Shape, Size, Weight

STEPS: Shape = ("batch", "time")
GATES_IN_WORDS: dict[Cell, str] = {
    "simple_rnn": "each unit weighs every unit's last output, every input and a bias",
    "lstm": "4: input, forget and output gate, and the candidate; each weighs the last output, the input and a bias",
    "gru": "3: update and reset gate, and the candidate; each weighs the last output, the input and a bias",
}


def network_layers(architecture: Architecture, *, unread: Collection[str] = ()) -> tuple[Layer, ...]:
    """All layers of a network, from its inputs to its scores.

    Args:
        architecture: the network.
        unread: the sizes that only data tells, where no data was read: of `ids`, `tags` and `dim`. Their numbers in the
            architecture are not looked at; the names stand in their place.
    """

    def size(name: str, number: int) -> Size:
        return name if name in unread else number

    layers: list[Layer] = []
    if words := architecture.words:
        ids = size("ids", words.n_ids)
        if words.dim is None:
            width: Size = "words" if "ids" in unread else words.width
            layers.append(
                _onehot("words", width, "a one at the word's place, zeros elsewhere; an unknown word is all zeros")
            )
        else:
            layers.append(_embedding("words", ids, size("dim", words.dim)))
    if architecture.casing:
        layers.append(_onehot("casing", len(CASINGS), "how the word is written: lower, upper, title and so on"))
    if characters := architecture.characters:
        layers += _characters(characters, size("ids", characters.n_ids))
    layers += [_embedding(found.name, size("ids", found.n_ids), found.dim) for found in architecture.symbols]
    if n := architecture.n_numbers:
        layers.append(
            Layer(
                "numbers", "Numbers", (*STEPS, n), (*STEPS, n), note="columns of the file as they are, or standardised"
            )
        )
    widths = [layer.output[-1] for layer in layers if layer.name != "characters"]
    numbers = [width for width in widths if isinstance(width, int)]
    inputs: Size = sum(numbers) if len(numbers) == len(widths) else "inputs"
    if len(widths) > 1:
        layers.append(
            Layer(
                "input",
                "Concatenate",
                (*STEPS, " + ".join(map(str, widths))),
                (*STEPS, inputs),
                note="all of the above, side by side",
            )
        )
    for layer in architecture.layers:
        if layer.norm:
            layers.append(_norm(layer.norm, layer.inputs))
        layers.append(recurrent_layer(layer, inputs=inputs))
        inputs = layer.width
    tags = size("tags", architecture.n_tags)
    layers.append(
        _head(
            inputs,
            tags,
            scores="a score for each tag"
            if architecture.head == "crf"
            else "a score for each tag, which softmax makes a probability",
        )
    )
    if architecture.head == "crf":
        layers.append(_transitions(tags))
    return tuple(layers)


def recurrent_layer(layer: Recurrent, *, inputs: Size | None = None) -> Layer:
    """A recurrent layer; `inputs` is told where the layer's own number of them is not to be looked at."""
    inputs = layer.inputs if inputs is None else inputs
    width = GATES[layer.cell] * layer.units
    has_two_biases = layer.cell == "gru" and layer.reset_after
    weights = []
    for direction in layer.directions:
        name = f"{layer.name}/{direction}"
        weights.append(Weight(f"{name}/kernel", (inputs, width)))
        weights.append(Weight(f"{name}/recurrent", (layer.units, width)))
        weights.append(Weight(f"{name}/bias", (2, width) if has_two_biases else (width,)))
    gates = f"{GATES[layer.cell]} × " if GATES[layer.cell] > 1 else ""
    note = GATES_IN_WORDS[layer.cell]
    if has_two_biases:
        note += "; with reset_after the input and the last output have a bias each, hence + 2"
    if layer.bidirectional:
        note += "; twice, as each direction has weights of its own"
    if layer.residual:
        note += "; what enters is added to what leaves"
    return Layer(
        name=layer.name,
        kind=("Bidirectional " if layer.bidirectional else "") + KERAS_NAME[layer.cell],
        input=(*STEPS, inputs),
        output=(*STEPS, layer.width),
        weights=tuple(weights),
        letters=f"{'2 × ' if layer.bidirectional else ''}{gates}(units + inputs + {1 + has_two_biases}) × units",
        sizes=(("units", layer.units), ("inputs", inputs)),
        note=note,
        recurrent=layer,
    )


def _onehot(name: str, width: Size, note: str) -> Layer:
    return Layer(name, "One-hot", STEPS, (*STEPS, width), note=note)


def _embedding(name: str, ids: Size, dim: Size, *, steps: Shape = STEPS) -> Layer:
    return Layer(
        name=name,
        kind="Embedding",
        input=steps,
        output=(*steps, dim),
        weights=(Weight(name, (ids, dim)),),
        letters="ids × dim",
        sizes=(("ids", ids), ("dim", dim)),
        note="a vector for each id: what train has, one for padding and one for all that is unknown",
    )


def _characters(characters: Characters, ids: Size) -> list[Layer]:
    """The vectors of characters, and what makes one vector of a word's."""
    forms: Shape = ("words", "characters")
    vectors = _embedding("characters", ids, characters.dim, steps=forms)
    entering: Shape = (*forms, characters.dim)
    if characters.kind == "lstm":
        layer = recurrent_layer(characters.lstm)
        note = f"{layer.note}; the final states of both directions, side by side, stand for the word"
        return [
            vectors,
            replace(layer, name="character_lstm", input=entering, output=(*STEPS, characters.width), note=note),
        ]
    shape = (FILTER_WIDTH, characters.dim, characters.units)
    filters = Layer(
        name="character_cnn",
        kind="Conv1D",
        input=entering,
        output=(*STEPS, characters.width),
        weights=(Weight("characters/kernel", shape), Weight("characters/bias", (characters.units,))),
        letters="(width × dim + 1) × filters",
        sizes=(("width", FILTER_WIDTH), ("dim", characters.dim), ("filters", characters.units)),
        note="each filter weighs three neighbouring characters and a bias; its highest value stands for the word",
    )
    return [vectors, filters]


def _norm(name: str, inputs: int) -> Layer:
    return Layer(
        name=name,
        kind="LayerNormalization",
        input=(*STEPS, inputs),
        output=(*STEPS, inputs),
        weights=(Weight(f"{name}/scale", (inputs,)), Weight(f"{name}/offset", (inputs,))),
        letters="2 × inputs",
        sizes=(("inputs", inputs),),
        note="each step's numbers at mean 0 and deviation 1, then a learned scale and offset for each",
    )


def _head(inputs: Size, tags: Size, *, scores: str) -> Layer:
    return Layer(
        name="head",
        kind="Dense",
        input=(*STEPS, inputs),
        output=(*STEPS, tags),
        weights=(Weight("head/kernel", (inputs, tags)), Weight("head/bias", (tags,))),
        letters="(inputs + 1) × tags",
        sizes=(("inputs", inputs), ("tags", tags)),
        note=f"{scores}: every input weighed, and a bias",
    )


def _transitions(tags: Size) -> Layer:
    return Layer(
        name="transitions",
        kind="CRF",
        input=(*STEPS, tags),
        output=(*STEPS, tags),
        weights=(
            Weight("head/transitions", (tags, tags)),
            Weight("head/starts", (tags,)),
            Weight("head/ends", (tags,)),
        ),
        letters="(tags + 2) × tags",
        sizes=(("tags", tags),),
        note="a score for each pair of neighbouring tags, for each first and for each last one",
    )

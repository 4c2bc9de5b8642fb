"""`tagger train --dry-run`: a description of the training, without TensorFlow."""

from collections.abc import Iterator, Mapping

from tagger.config import Config
from tagger.corpus.tags import format_tags
from tagger.corpus.terms import in_terms
from tagger.encoding.batches import windows
from tagger.inputs.cells import CELLS
from tagger.tagging.architecture import Architecture
from tagger.training.class_weights import class_weights, describe_weights
from tagger.training.head_data import HeadData
from tagger.training.initial_tagger import InitialTagger
from tagger.training.prepare import prepare

BYTES = 4  # bytes per number
COPIES = 4  # copies per parameter: itself, its gradient, and Adam's two moments


def describe_training(config: Config, initial: InitialTagger | None = None) -> str:
    """Describe splits, tags, batches, layers and memory as text.

    Raises:
        TaggerError: the config or its data cannot be used, see `prepare`.
    """
    prepared = prepare(config, initial)
    config = prepared.config
    train = windows(prepared.encode("train"), config.training.max_steps, config.training.context)
    weights = class_weights(prepared.heads, train)
    longest, size = int(train.lengths.max()), config.training.batch_size
    is_series = config.features.reads_series
    sentences = in_terms("sentences", is_series=is_series)
    lines = [
        f"splits    {', '.join(f'{split} {len(each):,}' for split, each in prepared.splits.items())} {sentences}",
        *(line for head in prepared.heads for line in _describe_head(head, weights, is_series=is_series)),
        *([f"channels  {', '.join(map(str, config.features.numeric))}"] if is_series else []),
        f"batches   {-(-len(train.lengths) // size):,} of up to {size} {sentences}, up to {longest:,} steps long",
        "",
        "layer           output shape            parameters",
    ]
    labels = {head.name for head in prepared.architecture.heads if head.pool is not None}
    for name, width, n_parameters in prepared.architecture.table():
        time = "" if name.partition(".")[0] in labels else "time, "  # a label has no time axis
        lines.append(f"{name:<14}  {f'(batch, {time}{width})':<22}  {n_parameters:>10,}")
    n_parameters = prepared.architecture.n_parameters
    copies = COPIES + config.training.averaging
    lines += [
        f"{'all':<38}  {n_parameters:>10,}",
        "",
        f"memory    about {n_parameters * copies * BYTES / 2**20:.1f} MiB for weights, gradients and moments, "
        f"{size * longest * _numbers_per_step(prepared.architecture) * BYTES / 2**20:.1f} MiB for the longest batch, "
        f"{train.nbytes / 2**20:.1f} MiB of data; TensorFlow itself needs about 500 MiB",
    ]
    return "\n".join(lines)


def _describe_head(head: HeadData, weights: Mapping[str, tuple[float, ...]], *, is_series: bool) -> Iterator[str]:
    target = head.target
    noun = "labels" if target.kind == "label" else in_terms("tags", is_series=is_series)
    yield f"{noun:<8}  {head.keys.prefix}{format_tags(target.spelled_tags)}"
    if target.name in weights:
        yield f"weights   {head.keys.prefix}{describe_weights(target.spelled_tags, weights[target.name])}"


def _numbers_per_step(architecture: Architecture) -> int:
    """Numbers of one step that are kept until its gradient is computed: inputs, gates, states and scores."""
    gates_and_states = sum(
        len(layer.directions) * layer.units * (CELLS[layer.cell].n_gates + 2) for layer in architecture.layers
    )
    scores = sum(head.activations_per_tag * head.n_tags for head in architecture.heads)
    return architecture.input_width + gates_and_states + scores

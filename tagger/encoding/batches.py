"""Encoded sentences, and batches of sentences of similar length."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from tagger.encoding.arrays import Array, Flags, Ids, Lengths, Positions

NOT_SCORED = -1  # tag id of padding, and of steps that are neither trained on nor scored


@dataclass(frozen=True, slots=True)
class CharacterIds:
    """Character ids of word forms.

    Args:
        ids: (forms, longest) right-padded.
        lengths: (forms,) characters per form, 1 to longest.
    """

    ids: Ids
    lengths: Lengths


@dataclass(frozen=True, slots=True)
class Forms:
    """Inputs that depend on the word form alone, once per distinct form.

    Args:
        inputs: (forms,) ids, by name of the input.
        characters: characters of the forms; None if the network does not read them.
    """

    inputs: dict[str, Ids]
    characters: CharacterIds | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Encoded sentences, concatenated along the steps.

    Args:
        inputs: inputs that do not depend on the form alone, by name: (steps,) ids or (steps, columns) float32.
        tags: (steps,) tag ids by head, `NOT_SCORED` for steps that do not count; empty if the sentences are not tagged.
        offsets: (sentences + 1,) first step of each sentence, then the number of steps.
        forms: inputs of the distinct word forms; None if the network reads no words.
        form: (steps,) index into `forms` of each step; None if `forms` is.
        labels: (sentences,) label ids by head, `NOT_SCORED` for sentences that do not count.
    """

    inputs: dict[str, Array]
    tags: dict[str, Ids]
    offsets: Positions
    forms: Forms | None = None
    form: Ids | None = None
    labels: dict[str, Ids] = field(default_factory=dict)

    @property
    def lengths(self) -> Positions:
        """(sentences,) steps per sentence."""
        return np.diff(self.offsets)

    @property
    def nbytes(self) -> int:
        """Size of all arrays, in bytes."""
        arrays = [*self.inputs.values(), *self.tags.values(), *self.labels.values(), self.offsets, self.form]
        if self.forms:
            arrays += self.forms.inputs.values()
            if self.forms.characters:
                arrays += [self.forms.characters.ids, self.forms.characters.lengths]
        return sum(array.nbytes for array in arrays if array is not None)

    @property
    def n_steps(self) -> int:
        """Number of steps of all sentences."""
        return int(self.offsets[-1])


@dataclass(frozen=True, slots=True)
class Batch:
    """Right-padded sentences; padding is zero, and no result depends on it.

    Args:
        inputs: (batch, time) ids or (batch, time, columns) float32, by name. A network that reads characters has three
            arrays for them: `characters` (forms, longest) and `form_lengths` (forms,) hold each distinct form of the
            batch once, `forms` (batch, time) is the index of each step's form among them.
        lengths: (batch,) steps per sentence.
        positions: (batch,) index of each sentence in its dataset.
        tags: (batch, time) tag ids by head, `NOT_SCORED` on padding and for steps that do not count; (batch, 1) for
            a head of labels; empty if the sentences are not tagged.
    """

    inputs: dict[str, Array]
    lengths: Lengths
    positions: Positions
    tags: dict[str, Ids]


def windows(dataset: Dataset, max_steps: int, context: int = 0) -> Dataset:
    """The dataset with its sentences cut into windows.

    Args:
        dataset: the encoded sentences.
        max_steps: most steps of a window.
        context: most steps before those of a window that are part of it, too, and do not count; they repeat the end of
            the window before.
    """
    n_windows = -(-dataset.lengths // max_steps)
    # Index of each window in its sentence, from 0.
    index = np.arange(n_windows.sum()) - np.repeat(np.cumsum(n_windows) - n_windows, n_windows)
    starts = np.repeat(dataset.offsets[:-1], n_windows) + index * max_steps
    cut = replace(
        dataset,
        offsets=np.append(starts, dataset.offsets[-1]),
        labels={name: np.repeat(ids, n_windows) for name, ids in dataset.labels.items()},
    )
    return _with_context(cut, np.minimum(index * max_steps, context)) if context and index.any() else cut


def _with_context(dataset: Dataset, n_before: Positions) -> Dataset:
    """Each sentence of a dataset after some steps before it, which do not count.

    Args:
        dataset: encoded sentences.
        n_before: (sentences,) number of steps.
    """
    lengths = dataset.lengths + n_before
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    steps = np.repeat(dataset.offsets[:-1] - n_before - offsets[:-1], lengths) + np.arange(offsets[-1])
    is_context = np.arange(offsets[-1]) < np.repeat(offsets[:-1] + n_before, lengths)
    return replace(
        dataset,
        inputs={name: values[steps] for name, values in dataset.inputs.items()},
        tags={name: np.where(is_context, NOT_SCORED, ids[steps]) for name, ids in dataset.tags.items()},
        offsets=offsets,
        form=None if dataset.form is None else dataset.form[steps],
    )


def take(dataset: Dataset, positions: Positions) -> Dataset:
    """The sentences at some positions of a dataset, in this order."""
    lengths = dataset.lengths[positions]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    steps = np.repeat(dataset.offsets[positions] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return replace(
        dataset,
        inputs={name: values[steps] for name, values in dataset.inputs.items()},
        tags={name: ids[steps] for name, ids in dataset.tags.items()},
        offsets=offsets,
        form=None if dataset.form is None else dataset.form[steps],
        labels={name: ids[positions] for name, ids in dataset.labels.items()},
    )


def has_scored_answer(dataset: Dataset) -> Flags:
    """(sentences,) whether the label or any step of a sentence is scored, by any head."""
    has_scored = np.zeros(len(dataset.lengths), bool)
    for tags in dataset.tags.values():
        n_scored = np.concatenate([[0], np.cumsum(tags != NOT_SCORED)])
        has_scored |= n_scored[dataset.offsets[1:]] > n_scored[dataset.offsets[:-1]]
    for labels in dataset.labels.values():
        has_scored |= labels != NOT_SCORED
    return has_scored


def batches(
    dataset: Dataset, batch_size: int, *, rng: "np.random.Generator | None" = None, among: Flags | None = None
) -> Iterator[Batch]:
    """Batches of sentences of similar length; empty sentences are in none.

    Args:
        dataset: the encoded sentences.
        batch_size: sentences per batch; the last batch may have fewer.
        rng: shuffles sentences of the same length, and the order of the batches; default: the shortest come first, in
            the order of the dataset.
        among: (sentences,) which sentences to use; default: all.
    """
    positions = batch_positions(dataset, batch_size, rng=rng, among=among)
    for i in range(len(positions)) if rng is None else rng.permutation(len(positions)):
        yield pad(dataset, positions[i])


def batch_positions(
    dataset: Dataset, batch_size: int, *, rng: "np.random.Generator | None" = None, among: Flags | None = None
) -> list[Positions]:
    """Indices of the sentences of each batch, shortest first; the arguments are those of `batches`."""
    lengths = dataset.lengths if among is None else np.where(among, dataset.lengths, 0)
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    order = order[np.argsort(lengths[order], kind="stable")]
    order = order[lengths[order] > 0]
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def pad(dataset: Dataset, positions: Positions, *, time: int | None = None) -> Batch:
    """The sentences at `positions` as one batch of `time` steps; default: as many as the longest sentence has."""
    starts = dataset.offsets[positions]
    lengths = dataset.offsets[positions + 1] - starts
    width = int(lengths.max()) if time is None else time
    is_step = np.arange(width) < lengths[:, None]
    # Index into the dataset's arrays of each real step, row by row.
    steps = (starts[:, None] + np.arange(width))[is_step]

    def padded(values: Array, fill: int) -> Array:
        rows = np.full((len(positions), width, *values.shape[1:]), fill, values.dtype)
        rows[is_step] = values
        return rows

    inputs: dict[str, Array] = {name: padded(values[steps], 0) for name, values in dataset.inputs.items()}
    if (forms := dataset.forms) and dataset.form is not None:
        form = dataset.form[steps]
        inputs |= {name: padded(ids[form], 0) for name, ids in forms.inputs.items()}
        if characters := forms.characters:
            rows, form_in_batch = np.unique(form, return_inverse=True)
            inputs["forms"] = padded(form_in_batch.astype(np.int32), 0)
            inputs["form_lengths"] = characters.lengths[rows]
            inputs["characters"] = characters.ids[rows, : inputs["form_lengths"].max()]
    tags = {name: padded(ids[steps], NOT_SCORED).astype(np.int32, copy=False) for name, ids in dataset.tags.items()}
    labels = {name: ids[positions, None].astype(np.int32, copy=False) for name, ids in dataset.labels.items()}
    return Batch(inputs=inputs, lengths=lengths.astype(np.int32), positions=positions, tags=tags | labels)

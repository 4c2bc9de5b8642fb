"""Encoded sentences, and batches of like length cut from them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tagger.encoding.arrays import Array, Flags, Ids, Lengths, Positions

NOT_SCORED = -1  # the tag id of padding, and of steps that are neither trained on nor scored


@dataclass(frozen=True, slots=True)
class CharacterIds:
    """Words, character by character.

    Args:
        ids: (forms, longest) right-padded.
        lengths: (forms,) characters of each, 1 to longest.
    """

    ids: Ids
    lengths: Lengths


@dataclass(frozen=True, slots=True)
class Forms:
    """What enters of distinct words, each once: it is the same wherever they stand.

    Args:
        inputs: by name of the input, (forms,) ids.
        characters: of the forms; None where they do not enter.
    """

    inputs: dict[str, Ids]
    characters: CharacterIds | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """All steps of all sentences, one after the other.

    Args:
        inputs: by name of the input, (steps,) ids or (steps, columns) numbers, of what is not of the word alone.
        tags: (steps,) tag ids, `NOT_SCORED` where a step does not count; None where sentences are not tagged.
        offsets: (sentences + 1,) where each sentence starts, and the last one ends.
        forms: None where words do not enter.
        form: (steps,) which of the forms each step has; None as above.
    """

    inputs: dict[str, Array]
    tags: Ids | None
    offsets: Positions
    forms: Forms | None = None
    form: Ids | None = None

    @property
    def lengths(self) -> Positions:
        """(sentences,) steps of each."""
        return np.diff(self.offsets)

    @property
    def nbytes(self) -> int:
        """Of all arrays."""
        arrays = [*self.inputs.values(), self.tags, self.offsets, self.form]
        if self.forms:
            arrays += self.forms.inputs.values()
            if self.forms.characters:
                arrays += [self.forms.characters.ids, self.forms.characters.lengths]
        return sum(array.nbytes for array in arrays if array is not None)

    @property
    def n_steps(self) -> int:
        """Steps of all sentences."""
        return int(self.offsets[-1])


@dataclass(frozen=True, slots=True)
class Batch:
    """Right-padded sentences of like length; what stands after a sentence's end is zero, and is never read.

    Args:
        inputs: by name, (batch, time) ids or (batch, time, columns) numbers. Where characters enter, `characters`
            (forms, longest) and `form_lengths` (forms,) are of the batch's distinct forms, each once, and `forms`
            (batch, time) says which of them stands where.
        lengths: (batch,) steps of each sentence.
        positions: (batch,) where each sentence stands in its dataset.
        tags: (batch, time) tag ids, `NOT_SCORED` on padding and where a step does not count.
    """

    inputs: dict[str, Array]
    lengths: Lengths
    positions: Positions
    tags: Ids | None


def windows(dataset: Dataset, max_steps: int) -> Dataset:
    """The same steps, sentences of more than `max_steps` cut into pieces of at most so many."""
    n_pieces = -(-dataset.lengths // max_steps)
    number = np.arange(n_pieces.sum()) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)  # in its sentence, from 0
    starts = np.repeat(dataset.offsets[:-1], n_pieces) + number * max_steps
    return replace(dataset, offsets=np.append(starts, dataset.offsets[-1]))


def has_scored_step(dataset: Dataset) -> Flags:
    """(sentences,) whether one of its steps is scored."""
    n_scored = np.concatenate([[0], np.cumsum(np.asarray(dataset.tags) != NOT_SCORED)])
    found: Flags = n_scored[dataset.offsets[1:]] > n_scored[dataset.offsets[:-1]]
    return found


def batches(
    dataset: Dataset, batch_size: int, *, rng: "np.random.Generator | None" = None, among: Flags | None = None
) -> Iterator[Batch]:
    """Every sentence that has a step, in batches of like length.

    Args:
        dataset: what to cut.
        batch_size: sentences in each batch but the last.
        rng: draws which sentences of a length meet, and in which order batches come; without it the longest come last.
        among: (sentences,) which of them to take; default: all.
    """
    of_like_length = groups(dataset, batch_size, rng=rng, among=among)
    for i in range(len(of_like_length)) if rng is None else rng.permutation(len(of_like_length)):
        yield pad(dataset, of_like_length[i])


def groups(
    dataset: Dataset, batch_size: int, *, rng: "np.random.Generator | None" = None, among: Flags | None = None
) -> list[Positions]:
    """The positions of the sentences of each batch, the shortest first; arguments as for `batches`."""
    lengths = dataset.lengths if among is None else np.where(among, dataset.lengths, 0)
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    order = order[np.argsort(lengths[order], kind="stable")]
    order = order[lengths[order] > 0]
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def pad(dataset: Dataset, positions: Positions, *, time: int | None = None) -> Batch:
    """The sentences at some positions as one batch, `time` steps wide (default: the longest one's)."""
    starts = dataset.offsets[positions]
    lengths = dataset.offsets[positions + 1] - starts
    width = int(lengths.max()) if time is None else time
    is_step = np.arange(width) < lengths[:, None]
    # Row by row, the places in the flat arrays of the steps that `is_step` marks.
    flat = (starts[:, None] + np.arange(width))[is_step]

    def padded(values: Array, fill: int) -> Array:
        rows = np.full((len(positions), width, *values.shape[1:]), fill, values.dtype)
        rows[is_step] = values
        return rows

    inputs: dict[str, Array] = {name: padded(values[flat], 0) for name, values in dataset.inputs.items()}
    if (forms := dataset.forms) and dataset.form is not None:
        of_step = dataset.form[flat]
        inputs |= {name: padded(ids[of_step], 0) for name, ids in forms.inputs.items()}
        if characters := forms.characters:
            rows, places = np.unique(of_step, return_inverse=True)
            inputs["forms"] = padded(places.astype(np.int32), 0)
            inputs["form_lengths"] = characters.lengths[rows]
            inputs["characters"] = characters.ids[rows, : inputs["form_lengths"].max()]
    return Batch(
        inputs=inputs,
        lengths=lengths.astype(np.int32),
        positions=positions,
        tags=None if dataset.tags is None else padded(dataset.tags[flat], NOT_SCORED).astype(np.int32, copy=False),
    )

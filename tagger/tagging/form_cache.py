"""Cache of form rows: the values that each word form adds to the gates of the first layer, computed once per form."""

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tagger.encoding.arrays import Array, Floats, Ids
from tagger.inputs.encoder import Encoder

CACHE_BYTES = 1 << 27  # 27,962 forms of the network of configs/pos.toml
FORMS_PER_BATCH = 512  # forms of similar length
BATCHES_AT_ONCE = 16  # bounds the memory of rows that are computed but not stored yet
ComputeRows = Callable[[dict[str, Array]], Floats]
MapBatches = Callable[[ComputeRows, Sequence[dict[str, Array]]], Iterator[Floats]]


class FormCache:
    """Cache of form rows, safe for several threads; when it is full, it is emptied and filled anew.

    Args:
        encoder: the network's encoder.
        compute: computes the (forms, width) rows of a batch of forms from its inputs, by name.
        width: number of values in a row.
        map_batches: applies `compute` to batches and yields the results in order, for example in threads.
    """

    def __init__(self, encoder: Encoder, compute: ComputeRows, width: int, *, map_batches: MapBatches = map) -> None:
        self._encoder, self._compute, self._map_batches = encoder, compute, map_batches
        self._capacity = max(1, CACHE_BYTES // (4 * width))
        self._lock = threading.Lock()
        _caches.add(self)
        self._indices: dict[str, int] = {}
        self._rows = np.empty((0, width), np.float32)

    def look_up(self, forms: Sequence[str]) -> tuple[Ids, Floats]:
        """Return the rows of some forms, and compute those that are missing.

        Returns:
            (forms,) row index of each form, and the (rows, width) rows, which may include other forms.
        """
        with self._lock:
            self._add_missing(forms)
            return np.fromiter(map(self._indices.__getitem__, forms), np.int32, len(forms)), self._rows

    def _add_missing(self, forms: Sequence[str]) -> None:
        missing = {form: None for form in forms if form not in self._indices}
        if len(self._indices) + len(missing) > len(self._rows):
            self._indices, missing = {}, dict.fromkeys(forms)
            # A new array, as callers may still read the old one. Unfilled rows take no memory.
            self._rows = np.empty((max(self._capacity, len(forms)), self._rows.shape[1]), np.float32)
        if missing:
            self._add(sorted(missing, key=lambda form: (len(form), form)))

    def _add(self, forms: list[str]) -> None:
        batches = [forms[start : start + FORMS_PER_BATCH] for start in range(0, len(forms), FORMS_PER_BATCH)]
        for start in range(0, len(batches), BATCHES_AT_ONCE):
            some = batches[start : start + BATCHES_AT_ONCE]
            for batch, rows in zip(some, self._map_batches(self._compute, [*map(self._inputs, some)]), strict=True):
                first = len(self._indices)
                self._rows[first : first + len(batch)] = rows
                self._indices.update(zip(batch, range(first, first + len(batch)), strict=True))

    def renew_lock(self) -> None:
        """Replace the lock in a forked process: a thread of its parent may have held it during the fork."""
        self._lock = threading.Lock()

    def _inputs(self, forms: list[str]) -> dict[str, Array]:
        encoded = self._encoder.encode_forms(forms)
        inputs: dict[str, Array] = {**encoded.inputs}
        if encoded.characters:
            inputs |= {"characters": encoded.characters.ids, "form_lengths": encoded.characters.lengths}
        return inputs


_caches: weakref.WeakSet[FormCache] = weakref.WeakSet()


def _renew_locks() -> None:
    for cache in _caches:
        cache.renew_lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew_locks)

"""A cache of what each word form adds to the first layer's gates, computed once."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tagger.encoding.arrays import Array, Floats, Ids
from tagger.inputs.encoder import Encoder

KEPT = 1 << 27  # bytes of rows that are kept: of the network of configs/pos.toml, those of 27,962 forms
TOGETHER = 512  # forms of like length whose rows are made together
AT_ONCE = 16  # times as many, whose rows wait to be kept
Each = Callable[[Callable[[dict[str, Array]], Floats], Sequence[dict[str, Array]]], Iterator[Floats]]


class FormRows:
    """The rows of the forms that were met; when they are too many, it begins anew with those that are needed.

    Args:
        encoder: of the network.
        make: the rows, (forms, width), of inputs of forms by name.
        width: of a row.
        each: what `make` gives for each of some inputs, in their order.
    """

    def __init__(
        self, encoder: Encoder, make: Callable[[dict[str, Array]], Floats], width: int, *, each: Each = map
    ) -> None:
        self._encoder, self._make, self._each, self._n_kept = encoder, make, each, max(1, KEPT // (4 * width))
        self._lock, self._process = threading.Lock(), os.getpid()  # threads may tag with one tagger
        self._places: dict[str, int] = {}
        self._rows = np.empty((0, width), np.float32)

    def of(self, forms: Sequence[str]) -> tuple[Ids, Floats]:
        """(forms,) which row is each one's, and (…, width) rows, of which some may be other forms'."""
        if self._process != os.getpid():  # which a thread of the parent may have held as it was forked
            self._lock, self._process = threading.Lock(), os.getpid()
        with self._lock:
            return self._of(forms)

    def _of(self, forms: Sequence[str]) -> tuple[Ids, Floats]:
        new = {form: None for form in forms if form not in self._places}
        if len(self._places) + len(new) > len(self._rows):
            self._places, new = {}, dict.fromkeys(forms)
            # Another array, as whoever was given the last one may still read it; what no row fills takes no memory.
            self._rows = np.empty((max(self._n_kept, len(forms)), self._rows.shape[1]), np.float32)
        if new:
            self._add(sorted(new, key=lambda form: (len(form), form)))
        return np.fromiter(map(self._places.__getitem__, forms), np.int32, len(forms)), self._rows

    def _add(self, forms: list[str]) -> None:
        parts = [forms[start : start + TOGETHER] for start in range(0, len(forms), TOGETHER)]
        for start in range(0, len(parts), AT_ONCE):
            some = parts[start : start + AT_ONCE]
            for part, rows in zip(some, self._each(self._make, [*map(self._inputs, some)]), strict=True):
                first = len(self._places)
                self._rows[first : first + len(part)] = rows
                self._places.update(zip(part, range(first, first + len(part)), strict=True))

    def _inputs(self, forms: list[str]) -> dict[str, Array]:
        encoded = self._encoder.encode_forms(forms)
        inputs: dict[str, Array] = {**encoded.inputs}
        if encoded.characters:
            inputs |= {"characters": encoded.characters.ids, "form_lengths": encoded.characters.lengths}
        return inputs

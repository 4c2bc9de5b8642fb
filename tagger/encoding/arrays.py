"""Array types, each name with one meaning."""

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int32]  # symbol ids or tag ids
Lengths = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]  # the precision of a network
Doubles = npt.NDArray[np.float64]
Reals = TypeVar("Reals", Floats, Doubles)

Weights = Mapping[str, Floats]  # all weights of a network, keyed by the names in its layer descriptions
TableBits = Literal[8, 16, 32]  # bits per value in a stored table of vectors

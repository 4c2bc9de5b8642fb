"""Types of arrays, each name with one meaning."""

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int32]  # of symbols and tags
Lengths = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]  # as networks compute
Doubles = npt.NDArray[np.float64]
Reals = TypeVar("Reals", Floats, Doubles)

Weights = Mapping[str, Floats]  # of a whole network, by the names that its layers' descriptions have
TableBits = Literal[8, 16, 32]  # of each number in a stored table of vectors

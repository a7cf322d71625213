"""Statistics of many short runs of values at once: thousands of calls on a few pixels each cost most of a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Values side by side, those of one run together.

    Attributes:
        keys: ``(runs,)`` what each run is of, rising.
        starts: ``(runs,)`` where each begins.
        sizes: ``(runs,)`` how many values it has, one at least.
    """

    keys: NDArray[np.int32]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @property
    def own(self) -> NDArray[np.intp]:
        """By value the index of its run."""
        return np.repeat(np.arange(len(self.keys)), self.sizes)

    def percentiles(self, values: Floats, percent: float) -> Floats:
        """``(runs,)``, between two values as far along as the share falls between them."""
        ordered = self._ordered(values)
        at = (self.sizes - 1).astype(np.float32) * (np.float32(percent) / np.float32(100))
        below = np.floor(at).astype(np.intp)
        low = ordered[self.starts + below]
        high = ordered[self.starts + np.minimum(below + 1, self.sizes - 1)]
        return np.asarray(low + (high - low) * (at - below), np.float32)

    def medians(self, values: Floats) -> Floats:
        """``(runs,)``; of an even number the mean of the two in the middle."""
        ordered = self._ordered(values)
        low, high = ordered[self.starts + (self.sizes - 1) // 2], ordered[self.starts + self.sizes // 2]
        return np.asarray((low + high) / 2, np.float32)

    def means(self, values: Floats) -> Floats:
        """``(runs,)``."""
        return np.asarray(np.add.reduceat(values, self.starts) / self.sizes, np.float32)

    def _ordered(self, values: Floats) -> Floats:
        return values[np.lexsort((values, self.own))]


def runs_of(ordered: NDArray[np.int32]) -> Runs:
    """The runs of equal keys of ``(n,)`` keys in rising order, of which there is at least one."""
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return Runs(ordered[starts], starts, np.diff(starts, append=len(ordered)))

"""How much of their outlines areas share."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Labels, Mask

Table = NDArray[np.float64]


def contacts(masks: list[Mask]) -> tuple[Table, Table]:
    """Lengths of the borders between pairs, ``(n, n)``, and of whole outlines, ``(n,)``, in pixels.

    Where masks overlap the later one counts.
    """
    labels = np.zeros(masks[0].shape, np.int32)
    for index, mask in enumerate(masks):
        labels[mask] = index + 1
    table = border_lengths(labels, len(masks) + 1)
    return table[1:, 1:].copy(), table[1:].sum(axis=1)


def border_lengths(labels: Labels, count: int) -> Table:
    """Lengths of the borders between pairs of ``count`` labels, 0 among them, ``(count, count)``, in pixels."""
    lengths = np.zeros(count * count, np.float64)
    for first, second in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        apart = first != second
        lengths += np.bincount(first[apart].astype(np.int64) * count + second[apart], minlength=count * count)
    table = lengths.reshape(count, count)
    return table + table.T

"""In how many pieces each true layer was found: fragmentation and redundancy, after the DLCV-2025 layer challenge.

Every found layer goes to the true layer it is most like, by half of ``1 - RGB L1`` inside the true layer and half of
the IoU of what is more than half opaque. Of a true layer with ``k`` pieces the fragmentation is ``1 - 1/k``; the
redundancy is the mean share of a piece that the other pieces cover.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.quality.layerd import match
from model.layers import Pixels

OPAQUE_ABOVE = 127


@dataclass(frozen=True, slots=True)
class Fragments:
    """Means over the true layers that got a piece, 0-1, and the share of true layers that got none."""

    fragmentation: float
    redundancy: float
    missed: float


def fragments(found: Sequence[Pixels], true: Sequence[Pixels]) -> Fragments:
    """Both are lists of ``(H, W, 4)`` uint8 layers of one size, in any order; at least one each."""
    found_masks = [layer[:, :, 3] > OPAQUE_ABOVE for layer in found]
    true_masks = [layer[:, :, 3] > OPAQUE_ABOVE for layer in true]
    pieces: list[list[NDArray[np.bool_]]] = [[] for _ in true]
    for layer, mask in zip(found, found_masks, strict=True):
        likeness = [
            (1 - match(layer, wanted).l1 + _iou(mask, wanted_mask)) / 2
            for wanted, wanted_mask in zip(true, true_masks, strict=True)
        ]
        pieces[int(np.argmax(likeness))].append(mask)
    got = [group for group in pieces if group]
    return Fragments(
        fragmentation=float(np.mean([1 - 1 / len(group) for group in got])),
        redundancy=float(np.mean([_redundancy(group) for group in got])),
        missed=1 - len(got) / len(true),
    )


def _redundancy(pieces: list[NDArray[np.bool_]]) -> float:
    count = np.sum(pieces, axis=0)
    shares = [float((count[piece] > 1).mean()) if piece.any() else 0.0 for piece in pieces]
    return float(np.mean(shares))


def _iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    union = int((first | second).sum())
    return int((first & second).sum()) / union if union else 0.0

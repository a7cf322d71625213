"""Areas that a stroke cuts are one."""

from itertools import combinations

import numpy as np

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Labels, Mask, box_of, grown, half_stroke
from model.decomposers.classic.regions.strokes import Stroke

_SAME = 5.0
_LEAST_PX = 8
_RIM = 3


def one_again(labels: Labels, paints: dict[int, Paint], found: list[Stroke]) -> Labels:
    """Labels, those made one that go on as the same paint on the other side of a stroke.

    Args:
        labels: ``(H, W)`` areas, 0 where nothing is known (the strokes too).
    """
    labels = labels.copy()
    for stroke in found:
        reach = int(half_stroke(stroke.mask)) + _RIM
        box = box_of(stroke.mask, reach + 1)
        near = [int(name) for name in np.unique(labels[box][grown(stroke.mask[box], reach)]) if name > 0]
        y, x = np.nonzero(stroke.mask)
        step = max(1, len(y) // 100)
        colors = {name: paints[name].at(y[::step], x[::step]) for name in near}
        pairs = [(a, b) for a, b in combinations(near, 2) if _alike(paints, colors, a, b)]
        beside = {name: _beside(labels, stroke.mask, name, box, reach) for name in {n for pair in pairs for n in pair}}
        for a, b in pairs:
            if int((beside[a] & beside[b]).sum()) >= _LEAST_PX:
                labels[labels == b] = a
    return labels


def _alike(paints: dict[int, Paint], colors: dict[int, np.ndarray], a: int, b: int) -> bool:
    if paints[a].degree is None or paints[b].degree is None:
        return False
    return bool(np.median(np.abs(colors[a] - colors[b]).max(axis=1)) <= _SAME)


def _beside(labels: Labels, mask: Mask, name: int, box: tuple[slice, slice], reach: int) -> Mask:
    """Which of the stroke's pixels an area is beside: few, where pairs of areas are many."""
    return grown(labels[box] == name, reach)[mask[box]]

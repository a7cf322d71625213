"""Strokes that are one drawing though they do not touch: grid lines, dashes, letters nobody read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Labels
from model.decomposers.classic.regions.joints import Segment, alike

_PARALLEL = 0.999
_BEND_PX = 1.2
_LETTER_PX = 56
_LEAST_LENGTH = 5.0
_LARGE_LETTER_PX = 120
_SAME_COLOR = 20
_MOST = 600
"""Groups that are compared with one another, the longest: of squared paper or hatching there are tens of thousands."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A stroke as one piece: its longest segment with the length of all, its axis or ``None``, its places and box."""

    main: Segment
    axis: NDArray[np.float64] | None
    places: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def size(self) -> float:
        return float((self.high - self.low).max())


def in_rows(groups: list[list[int]], segments: dict[int, Segment], labels: Labels, tolerance: float) -> list[list[int]]:
    """The groups of segments, those joined that a designer would keep in one layer.

    Straight ones of one colour and width that are parallel and lie beside each other or in one line; and small ones of
    one colour, no farther apart than they are large. Only the longest are looked at; the others stay as they are.
    """
    lengths = np.array([sum(segments[number].length for number in group) for group in groups])
    longest = np.argsort(-lengths, kind="stable")[:_MOST]
    known = np.sort(longest[lengths[longest] >= _LEAST_LENGTH]).tolist()
    if len(known) < 2:
        return groups
    y, x = np.nonzero(labels)
    numbers = labels[y, x]
    order = np.argsort(numbers, kind="stable")
    places = np.stack([y, x], axis=1).astype(np.float64)[order]
    starts = np.searchsorted(numbers[order], np.arange(int(labels.max()) + 2))
    shapes = [_shape(groups[index], segments, places, starts) for index in known]
    colors = np.array([shape.main.color for shape in shapes])
    name = np.array(known)
    for i in range(len(known)):
        near = np.abs(colors - colors[i]).max(axis=1) <= _SAME_COLOR + 4 * tolerance
        for j in np.flatnonzero(near & (name != name[i])).tolist():
            if j > i and name[i] != name[j] and _one_row(shapes[i], shapes[j], tolerance):
                name[name == name[j]] = name[i]
    home = dict(zip(known, name.tolist(), strict=True))
    rows: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        rows.setdefault(home.get(index, index), []).extend(group)
    return list(rows.values())


def _shape(
    group: list[int], segments: dict[int, Segment], places: NDArray[np.float64], starts: NDArray[np.intp]
) -> _Shape:
    own = np.concatenate([places[starts[number] : starts[number + 1]] for number in group])
    longest = max((segments[number] for number in group), key=lambda segment: segment.length)
    length = sum(segments[number].length for number in group)
    main = Segment(longest.number, longest.color, longest.width, length)
    axis = None
    if length >= 4 * main.width:
        away = own - own.mean(axis=0)
        values, vectors = np.linalg.eigh(away.T @ away / len(own))
        if values[0] <= _BEND_PX**2 / 4:
            axis = vectors[:, 1]
    return _Shape(main, axis, own[:: max(1, len(own) // 50)], own.min(axis=0), own.max(axis=0))


def _one_row(first: _Shape, second: _Shape, tolerance: float) -> bool:
    if max(first.size, second.size) <= _LETTER_PX:
        gap = np.maximum(first.low, second.low) - np.minimum(first.high, second.high)
        return bool(gap.max() <= max(first.size, second.size))  # of any width: letters have thick and thin strokes
    if not alike(first.main, second.main, tolerance):
        return False
    if max(first.size, second.size) <= _LARGE_LETTER_PX:
        gap = np.maximum(first.low, second.low) - np.minimum(first.high, second.high)
        return bool(gap.max() <= 0.5 * max(first.size, second.size))
    if first.axis is None or second.axis is None or abs(float(first.axis @ second.axis)) < _PARALLEL:
        return False
    one, other = first.places @ first.axis, second.places @ first.axis
    both = min(one.max(), other.max()) - max(one.min(), other.min())
    side = np.array([-first.axis[1], first.axis[0]])
    in_line = abs(float((first.places @ side).mean() - (second.places @ side).mean())) <= 2
    return bool(in_line or both >= 0.6 * min(np.ptp(one), np.ptp(other)))

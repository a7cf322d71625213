"""What ties elements to one another: borders they share, what rests on what, colours they have in common."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import Table
from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Labels, Mask, box_of, grown

_STEP = 4
"""Every so many pixels are looked at where the form of a whole element counts."""
_ALIKE = 18.0
"""Distance in Lab, lightness counting less, at which two colours are half way to being unlike."""
_LIGHTNESS = 0.6
"""A shaded side of a thing has another lightness and nearly the same hue."""
_LEAST_BORDER = 4
_CLEAR, _BULGE = 0.85, 0.46
_NOTABLE = 0.01
"""Share of an element's area from which on a colour is one of its colours."""


@dataclass(slots=True, eq=False)
class Links:
    """Tables over ``n`` elements that are kept up to date while elements become one.

    Attributes:
        members: by element the indices of what it was made of; empty where it went into another.
        shared: ``(n, n)`` length of the border between two, pixels; ``below[i, j]`` of the part where j is under i.
        outlines, bottoms, grounded: ``(n,)`` length of the whole border, of its downward part (the canvas' lower
            border included), and of the part along the ground.
        areas: ``(n,)`` pixels.
        colors: ``(n, n)`` how much of each first element's colour an element has, pixels.
        likeness: ``(n, n)`` of the first elements' colours, 0-1.
    """

    members: list[list[int]]
    shared: Table
    below: Table
    outlines: Table
    bottoms: Table
    grounded: Table
    areas: Table
    colors: Table
    likeness: Table
    forms: list[Mask]

    @property
    def alive(self) -> NDArray[np.intp]:
        return np.flatnonzero([bool(own) for own in self.members])

    def merge(self, first: int, second: int) -> int:
        """Make two one; the index of the larger one, which stays."""
        kept, gone = (first, second) if self.areas[first] >= self.areas[second] else (second, first)
        inner, under = 2 * self.shared[kept, gone], self.below[kept, gone] + self.below[gone, kept]
        for table in (self.shared, self.below):
            table[kept] += table[gone]
            table[:, kept] += table[:, gone]
            table[kept, kept] = 0
            table[gone] = table[:, gone] = 0
        for row in (self.outlines, self.bottoms, self.grounded, self.areas):
            row[kept] += row[gone]
        self.outlines[kept] -= inner
        self.bottoms[kept] -= under
        self.colors[kept] += self.colors[gone]
        self.members[kept] += self.members[gone]
        self.members[gone] = []
        self.forms[kept] = self.forms[kept] | self.forms[gone]
        return kept

    def contact(self) -> Table:
        """``(n, n)``: the part of the shorter one's outline that runs along the other."""
        shorter = np.minimum(self.outlines[:, None], self.outlines[None])
        return np.asarray(self.shared / np.maximum(shorter, 1), np.float64)

    def resting(self) -> Table:
        """``[i, j]``: the part of i's downward border that lies on j."""
        return np.asarray(self.below / np.maximum(self.bottoms, 1)[:, None], np.float64)

    def palettes(self) -> Table:
        """``(n, n)``: how alike the colours of two are, by area, 0-1."""
        gram = self.colors @ self.likeness @ self.colors.T
        size = np.sqrt(np.maximum(np.diag(gram), 1e-9))
        return np.asarray(gram / (size[:, None] * size[None]), np.float64)

    def known(self, first: int, second: int) -> float:
        """The part of the smaller one whose colours the larger one has as well, 0-1."""
        small, large = (first, second) if self.areas[first] <= self.areas[second] else (second, first)
        own = self.colors[large] / max(self.areas[large], 1)
        there = np.flatnonzero(own >= min(_NOTABLE, float(own.max())))
        nearest = self.likeness[:, there].max(axis=1)
        return float((self.colors[small] * nearest).sum() / max(self.areas[small], 1))


def links(elements: list[Element], ground: Mask) -> Links:
    """The links between elements, at least one; where masks overlap the later one counts."""
    count = len(elements)
    labels = np.zeros(ground.shape, np.int32)
    labels[ground] = count + 1
    for index, element in enumerate(elements):
        labels[element.seen] = index + 1
    under, beside = _borders(labels[:-1], labels[1:], count), _borders(labels[:, :-1], labels[:, 1:], count)
    both = under + under.T + beside + beside.T
    own = slice(1, count + 1)
    areas = np.bincount(labels.ravel(), minlength=count + 2)[own].astype(np.float64)
    coarse = labels[::_STEP, ::_STEP]
    return Links(
        [[index] for index in range(count)],
        both[own, own].copy(),
        under[own, own].copy(),
        both[own].sum(axis=1),
        under[own].sum(axis=1) + np.bincount(labels[-1], minlength=count + 2)[own],
        both[own, count + 1].copy(),
        areas,
        np.diag(areas),
        _likeness(elements),
        [coarse == index + 1 for index in range(count)],
    )


def bulges(inner: Mask, outer: Mask) -> bool:
    """Whether ``inner`` bulges into ``outer`` where they touch: a head before a shoulder that is behind it.

    Around the points of a straight border there is as much of the one as of the other; of what bulges there is less.
    Looked at in windows as wide as half the border is long, where little else than the two is in them.
    """
    border = (inner & grown(outer, 1)) | (outer & grown(inner, 1))
    length = int(border.sum()) // 2
    if length < _LEAST_BORDER:
        return False
    size = 2 * min(max(length // 4, 2), 20) + 1
    box = box_of(border, size)
    own, other, border = inner[box], outer[box], border[box]
    share = [
        cv2.boxFilter(mask.astype(np.float32), -1, (size, size), borderType=cv2.BORDER_CONSTANT)
        for mask in (own, other)
    ]
    both = share[0] + share[1]
    clear = border & (both >= min(_CLEAR, float(both[border].max())))
    return float((share[0][clear] / both[clear]).mean()) < _BULGE


def _borders(first: Labels, second: Labels, count: int) -> Table:
    size = count + 2
    apart = first != second
    pairs = first[apart].astype(np.int64) * size + second[apart]
    return np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.float64)


def _likeness(elements: list[Element]) -> Table:
    colors = np.array([color_of(element) for element in elements], np.float32)
    lab = cv2.cvtColor(np.clip(colors, 0, 255)[None] / 255, cv2.COLOR_RGB2LAB)[0].astype(np.float64)
    lab[:, 0] *= _LIGHTNESS
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    return np.asarray(np.exp(-((apart / _ALIKE) ** 2)), np.float64)


def color_of(element: Element) -> NDArray[np.float32]:
    """The mean colour of an element's largest part, ``(3,)``, 0-255."""
    if len(element.parts) == 1:
        return mean_color(*element.parts[0])
    return mean_color(*max(element.parts, key=lambda part: np.count_nonzero(part[0])))


def mean_color(mask: Mask, paint: Paint) -> NDArray[np.float32]:
    """The mean colour of a paint where a mask is, ``(3,)``, 0-255."""
    step = _STEP
    y, x = np.nonzero(mask[::_STEP, ::_STEP])
    if not len(y):
        step = 1
        y, x = np.nonzero(mask)
    if paint.degree is None or not len(y):
        return np.asarray(paint.weights[0], np.float32)
    few = max(1, len(y) // 300)
    return np.asarray(paint.at(y[::few] * step, x[::few] * step).mean(axis=0), np.float32)

"""What the picture would be without halos: large regions of a known paint, going on under small ones."""

from dataclasses import dataclass

import numpy as np

from model.decomposers.classic.planes import Floats, Labels, Mask, box_of, grown
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.segment import Region

_LEAST = 0.01
_RIM = 2


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """``labels`` ``(H, W)``: the region's number, -1 where no paint is known; ``below`` ``(H, W, 3)``: its paint."""

    labels: Labels
    below: Floats

    def inner(self) -> Mask:
        """Known ground, rims aside."""
        rim = np.zeros(self.labels.shape, bool)
        down, across = self.labels[1:] != self.labels[:-1], self.labels[:, 1:] != self.labels[:, :-1]
        rim[1:] |= down
        rim[:-1] |= down
        rim[:, 1:] |= across
        rim[:, :-1] |= across
        return (self.labels >= 0) & ~grown(rim, _RIM)


def grounds_of(regions: list[Region]) -> Grounds:
    """Regions that are large; what is small (a band of a halo, a line) lies on the one that is nearest."""
    labels = np.zeros(regions[0].mask.shape, np.int32)
    for index, region in enumerate(regions):
        if region.area >= _LEAST * labels.size and region.whole is None:
            labels[region.mask] = index + 1
    labels = nearest(labels) - 1 if labels.any() else labels - 1
    below = np.zeros((*labels.shape, 3), np.float32)
    for index, region in enumerate(regions):
        own = labels == index
        if region.paint.degree is None:
            labels[own] = -1
        elif own.any():
            box = box_of(own)
            below[box][own[box]] = region.paint.on(box)[own[box]]
    return Grounds(labels, below)

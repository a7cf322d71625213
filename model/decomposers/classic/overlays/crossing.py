"""An overlay where its rim crosses the border of two grounds: four colours that meet in a point say what it is."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import Table, contacts
from model.decomposers.classic.planes import Floats, Mask, grown
from model.decomposers.classic.regions.segment import Region

_NEAR = 5
"""Pixels within which four regions meet."""
_LEAST_CONTRAST = 25.0
_CLEAREST, _DENSEST = 0.12, 0.82
_CLEAR = 4.0
_LEAST_TOUCH = 8
_MOST_SEEN = 0.6
"""Of the canvas: what is most of the picture is what lies below."""
_LEAST_EXPLAINED = 0.5
_MOST_TRIED = 24

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """``opacity`` and ``tint`` ``(3,)`` of an overlay, and by region inside it the one outside that it goes over."""

    opacity: float
    tint: Numbers
    pairs: dict[int, int]

    @property
    def through(self) -> float:
        return 1 - self.opacity

    def over(self, colors: Floats) -> Numbers:
        """What it makes of colours below it."""
        return np.asarray(self.opacity * self.tint + self.through * colors, np.float64)


def crossed(rgb: Floats, regions: list[Region], tolerance: float) -> Veil | None:
    """The overlay that explains the largest area, or ``None``.

    Four regions that meet in a point, two inside and two outside, obey ``A' − B' = (1 − α)(A − B)``; then
    ``αT = A' − (1 − α)A``. What else lies inside is a piece when it is the same overlay on one of its neighbours. Most
    of the rim has to part a piece from what it goes over: that of the lower one of two overlays does not, nor do four
    colours that only happen to fit.
    """
    if len(regions) < 4:
        return None
    touch, _ = contacts([region.mask for region in regions])
    found: list[tuple[float, Veil]] = []
    tried: set[frozenset[tuple[int, int]]] = set()
    for four, place in _junctions(regions, touch):
        pairs = frozenset({(four[0], four[2]), (four[1], four[3])})
        if pairs in tried:
            continue
        veil = _solved(regions, four, place, tolerance)
        if veil is None:
            continue
        tried.add(pairs)
        extend(veil, rgb, regions, touch, tolerance)
        explained = _explained(veil, touch)
        area = sum(regions[index].area for index in veil.pairs)
        if explained >= _LEAST_EXPLAINED and area <= _MOST_SEEN * regions[0].mask.size:
            found.append((explained**2 * area, veil))
        if len(tried) >= _MOST_TRIED:
            break
    if not found:
        return None
    return _settled(max(found, key=lambda one: one[0])[1], rgb, regions)


def _junctions(regions: list[Region], touch: Table) -> list[tuple[tuple[int, ...], tuple[NDArray[np.intp], ...]]]:
    """Two inside and the two outside they go over, each pair touching, and the pixels that are near to all."""
    near = np.zeros(regions[0].mask.shape, np.int64)
    count = np.zeros(near.shape, np.int8)
    painted = [index for index, region in enumerate(regions) if region.paint.degree is not None]
    for index in painted:
        wide = grown(regions[index].mask, _NEAR)
        near |= wide.astype(np.int64) << index
        count += wide
    y, x = np.nonzero(count >= 4)
    codes, which, sizes = np.unique(near[y, x], return_inverse=True, return_counts=True)
    found: list[tuple[tuple[int, ...], tuple[NDArray[np.intp], ...]]] = []
    for number in np.argsort(-sizes, kind="stable"):
        inside = [index for index in painted if int(codes[number]) >> index & 1]
        here = which == number
        place = y[here], x[here]
        for four in permutations(inside, 4):
            a_in, b_in, a_out, b_out = four
            edges = ((a_in, b_in), (a_out, b_out), (a_in, a_out), (b_in, b_out))
            if a_in < b_in and all(touch[edge] > _LEAST_TOUCH for edge in edges):
                found.append((four, place))
    return found


def _solved(
    regions: list[Region], four: tuple[int, ...], place: tuple[NDArray[np.intp], ...], tolerance: float
) -> Veil | None:
    a_in, b_in, a_out, b_out = (regions[index].paint.at(*place).mean(axis=0).astype(np.float64) for index in four)
    apart = a_out - b_out
    length = float(apart @ apart)
    if length < _LEAST_CONTRAST**2:
        return None
    through = float((a_in - b_in) @ apart) / length
    if not 1 - _DENSEST <= through <= 1 - _CLEAREST:
        return None
    limit = 2.5 + 2.5 * tolerance
    if through * length**0.5 < _CLEAR * limit:
        return None  # what is seen of the border below is little more than what it may stray
    tint = ((a_in - through * a_out) + (b_in - through * b_out)) / 2 / (1 - through)
    fits = float(np.abs(a_in - b_in - through * apart).max()) <= limit
    if not fits or tint.min() < -8 or tint.max() > 263:
        return None
    return Veil(1 - through, np.clip(tint, 0, 255), {four[0]: four[2], four[1]: four[3]})


def extend(
    veil: Veil, rgb: Floats, regions: list[Region], touch: Table, tolerance: float, outline: Mask | None = None
) -> None:
    """Add to the pairs, until there are no more, what is the overlay on a neighbour outside.

    Args:
        touch: see ``contacts``.
        outline: ``(H, W)`` where the overlay lies, if known; else what touches a piece can be another one.
    """
    within = None if outline is None else [bool(outline[region.places].mean() > 0.9) for region in regions]
    grew = True
    while grew:
        grew = False
        for index, region in enumerate(regions):
            if index in veil.pairs or index in veil.pairs.values() or region.paint.degree is None:
                continue
            if within is None and not any(touch[index, piece] > _LEAST_TOUCH for piece in veil.pairs):
                continue
            if within is not None and not within[index]:
                continue
            outside = _base(index, veil, rgb, regions, touch, tolerance, within)
            if outside is not None:
                veil.pairs[index] = outside
                grew = True


def _base(
    index: int, veil: Veil, rgb: Floats, regions: list[Region], touch: Table, tolerance: float,
    within: list[bool] | None,
) -> int | None:  # fmt: skip
    """The neighbour over which the overlay gives what is seen of a region."""
    y, x = regions[index].places
    for outside in np.argsort(-touch[index], kind="stable"):
        base = regions[int(outside)]
        if touch[index, outside] <= _LEAST_TOUCH:
            return None
        if int(outside) in veil.pairs or base.paint.degree is None or (within is not None and within[int(outside)]):
            continue
        if np.median(np.abs(rgb[y, x] - veil.over(base.paint.at(y, x))).max(axis=1)) <= 3 + 2.5 * tolerance:
            return int(outside)
    return None


def _explained(veil: Veil, touch: Table) -> float:
    """The share of the overlay's rim along which it goes over what lies beside it."""
    pieces = list(veil.pairs)
    outlines = np.maximum(touch.sum(axis=1), 1.0)
    within = touch[:, pieces].sum(axis=1) >= 0.95 * outlines
    free = [index for index in range(len(touch)) if index not in veil.pairs and not within[index]]
    rim = float(touch[np.ix_(pieces, free)].sum())
    bases = set(veil.pairs.values()) & set(free)
    # where a piece meets the ground of another one, a border below runs along the rim for a while
    own = sum(touch[piece, base] for piece in pieces for base in bases)
    return float(own) / max(rim, 1.0)


def _settled(veil: Veil, rgb: Floats, regions: list[Region]) -> Veil:
    """Opacity and tint in least squares over all pieces."""
    seen, under = [], []
    for inside, outside in veil.pairs.items():
        y, x = regions[inside].places
        seen.append(rgb[y, x])
        under.append(regions[outside].paint.at(y, x))
    above, below = np.concatenate(seen).astype(np.float64), np.concatenate(under).astype(np.float64)
    near = np.abs(above - veil.over(below.astype(np.float32))).max(axis=1) <= 8
    if near.sum() < 20:
        return veil
    above, below = above[near], below[near]
    away = below - below.mean(axis=0)
    through = float((away * (above - above.mean(axis=0))).sum()) / max(float((away * away).sum()), 1e-6)
    if abs(through - veil.through) > 0.05:
        return veil
    tint = (above.mean(axis=0) - through * below.mean(axis=0)) / (1 - through)
    return Veil(1 - through, np.clip(tint, 0, 255), veil.pairs)

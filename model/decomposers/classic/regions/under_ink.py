"""What lies under the ink of text: told by what is seen on both sides of it."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import border_lengths
from model.decomposers.classic.paint import Paint, Places
from model.decomposers.classic.planes import Floats, Labels, Mask, box_of, grown, largest
from model.decomposers.classic.regions.nearest import nearest, nearest_places

_RIM = 3
"""Pixels beside a region's sure ones that may be its rim, whatever their colour."""
_ALIKE, _STRANGE = 4.0, 20.0
"""Steps up to which a colour is a panel's, and from which on, beyond the rim, it is not."""
_BESIDE = 24
"""Pixels around letters in which slivers are looked for: counters and gaps of headlines are hardly wider."""
_LEAST_PANEL = 0.01
_FARTHEST = 255
"""Pixels up to which two sides face each other; strokes of headlines are narrower."""


def without_ink(rgb: Floats, ink: Mask) -> Floats:
    """The picture with each pixel of ink in the colour nearest to it: between two sides that step is seen which is
    between their colours, and none of the ink's."""
    if not ink.any() or ink.all():
        return rgb
    box = box_of(ink, 1)
    result = rgb.copy()
    here = result[box].reshape(-1, 3)
    hidden = np.flatnonzero(ink[box])
    here[hidden] = here[nearest_places(~ink[box]).ravel()[hidden]]
    result[box] = here.reshape(result[box].shape)
    return result


def beside_ink(rgb: Floats, seeds: Labels, labels: Labels, paints: dict[int, Paint], ink: Mask) -> Labels:
    """Labels after slivers between letters went to the painted region or the texture whose colour they have.

    Between a letter and the edge of a bar, or in a counter, a bar or the photograph under it may show too narrowly to
    be an area of its own; it is of the nearest large painted region if it has its colour, and if it has not, and lies
    farther from its sure pixels than a rim is wide, of the nearest texture.

    Args:
        seeds: sure pixels by label, 0 where nothing is sure.
        labels: all pixels by label.
    """
    textures = [name for name, paint in paints.items() if paint.degree is None]
    areas = np.bincount(seeds.ravel(), minlength=max(paints, default=0) + 1)
    panels = [n for n, paint in paints.items() if paint.degree is not None and areas[n] >= _LEAST_PANEL * seeds.size]
    beside = grown(ink, _BESIDE) & ~ink
    if not beside.any() or not panels:
        return labels
    panel = nearest(_only(panels, areas.size)[seeds])
    texture = nearest(_only(textures, areas.size)[seeds]) if textures else None
    result = labels.copy()
    for name in panels:
        y, x = np.nonzero(beside & (panel == name))
        away = largest(np.abs(rgb[y, x] - paints[name].at(y, x)))
        own = (away <= _ALIKE) & np.isin(labels[y, x], panels, invert=True)
        result[y[own], x[own]] = name
        if texture is None:
            continue
        strange = (labels[y, x] == name) & (away > _STRANGE) & ~grown(seeds == name, _RIM)[y, x]
        result[y[strange], x[strange]] = texture[y[strange], x[strange]]
    return result


def _only(names: list[int], count: int) -> Labels:
    """``(count,)``: each of the names itself, the others 0."""
    table = np.zeros(count, np.int32)
    table[names] = names
    return table


def through_ink(labels: Labels, paints: dict[int, Paint], ink: Mask) -> Labels:
    """Labels after each piece of texture most of whose outline is ink went to the larger texture beyond the ink: what
    it ends at are letters, and no edge of its own.

    Args:
        labels: all pixels, those of ink by the nearest that is none.
    """
    count = int(labels.max()) + 1
    textures = [name for name, paint in paints.items() if paint.degree is None]
    outlines = border_lengths(np.where(ink, 0, labels), count)
    beyond = border_lengths(labels, count)
    areas = np.bincount(labels.ravel(), minlength=count)
    host = np.arange(count, dtype=np.int32)
    for name in sorted(textures, key=lambda name: int(areas[name])):
        larger = [other for other in textures if areas[other] > areas[name] and beyond[name, other]]
        if larger and outlines[name, 0] >= 0.5 * outlines[name].sum():
            into = max(larger, key=lambda other: beyond[name, other])
            host[host == name] = into
            beyond[into] += beyond[name]
            beyond[:, into] += beyond[:, name]
    return host[labels]


def faced(labels: Labels, paints: dict[int, Paint], ink: Mask) -> Labels:
    """Labels after each pixel of ink went to what is seen on both sides of it, along rows, columns or diagonals.

    Two areas of one paint, parted by a line of text, count as one. Of several that face themselves across it the
    nearest pair wins, so that an edge which goes under a letter goes on straight; where nothing does, the nearest
    pixel that was told decides.
    """
    if not ink.any() or ink.all():
        return labels
    box = box_of(ink, 1)
    told = np.where(ink, 0, labels)[box]
    if len(np.unique(told)) <= 2:  # 0 is one of them
        return _placed(labels, box, ink, nearest(told) if told.any() else labels[box])
    alike = _alike(labels, paints, grown(ink, 2) & ~ink)
    y, x = np.nonzero(told == 0)
    best, found = np.full(len(y), _FARTHEST + 1.0, np.float32), np.zeros(len(y), np.int32)
    for step in ((0, 1), (1, 0), (1, 1), (1, -1)):
        before, gone = _carried(told, y, x, step)
        after, come = _carried(told, y, x, (-step[0], -step[1]))
        span = (gone + come) * np.float32(np.hypot(*step))
        better = (before > 0) & (alike[before] == alike[after]) & (span < best)
        best[better], found[better] = span[better], np.where(gone <= come, before, after)[better]
    told[y, x] = found
    return _placed(labels, box, ink, nearest(told))


def _alike(labels: Labels, paints: dict[int, Paint], ring: Mask) -> Labels:
    """For each label the first one of the same paint, judged where this one is seen on the ring; or itself."""
    same = np.arange(int(labels.max()) + 1, dtype=np.int32)
    y, x = np.nonzero(ring)
    around = labels[y, x]
    firsts: list[int] = []
    for name in (int(name) for name in np.unique(around)):
        if paints[name].degree is None:
            continue
        places = np.flatnonzero(around == name)[:: max(1, int((around == name).sum()) // 50)]
        own = paints[name].at(y[places], x[places])
        for first in firsts:
            if np.median(largest(np.abs(paints[first].at(y[places], x[places]) - own))) <= _ALIKE:
                same[name] = first
                break
        else:
            firsts.append(name)
    return same


def _placed(labels: Labels, box: tuple[slice, slice], ink: Mask, found: Labels) -> Labels:
    result = labels.copy()
    result[box] = np.where(ink[box], found, labels[box])
    return result


def _carried(told: Labels, y: Places, x: Places, step: tuple[int, int]) -> tuple[Labels, NDArray[np.float32]]:
    """The last label met on the way along ``step`` to each place that was not told, and how many steps ago, by doubling
    strides; 0 where there is none near."""
    label, steps = told.copy(), np.zeros(told.shape, np.float32)
    height, width = told.shape
    rows, columns, stride = y, x, 1
    while stride <= _FARTHEST and len(rows):
        from_rows, from_columns = rows - step[0] * stride, columns - step[1] * stride
        there = (from_rows >= 0) & (from_rows < height) & (from_columns >= 0) & (from_columns < width)
        from_rows, from_columns = from_rows[there], from_columns[there]
        to = rows[there], columns[there]
        seen, old = label[from_rows, from_columns], steps[from_rows, from_columns]  # all as they were before this round
        label[to] = seen
        steps[to] = np.where(seen > 0, old + stride, 0)
        left = np.ones(len(rows), np.bool_)
        left[there] = seen == 0
        rows, columns = rows[left], columns[left]
        stride *= 2
    return label[y, x], steps[y, x]

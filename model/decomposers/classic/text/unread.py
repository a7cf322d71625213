"""Text that the reader missed: letters of a known ink, stroke and height next to what was read."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, components, half_stroke
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.segment import Region
from model.decomposers.classic.text.ink import Ink, Line
from model.decomposers.classic.text.reader import Words

_LARGEST_REMNANT = 0.005


def with_unread(
    lines: list[Line], ground: Element, regions: list[Region], rgb: Floats, tolerance: float
) -> tuple[list[Line], list[Region]]:
    """The lines and, without words, what looks like more of them; and the regions that are left.

    A region belongs to a line when it has its colour, strokes no wider than half as wide again, hardly more than its
    height, and lies no farther from it, or from what was found before, than a letter is high. Scraps of texture within
    lines' boxes are remnants of their letters and go to what lies around.
    """
    found: list[Line] = list(lines)
    left = list(regions)
    taken = np.zeros(rgb.shape[:2], bool)
    strokes = {id(line): half_stroke(line.core) for line in lines}
    boxes = {id(region): box_of(region.mask) for region in regions}
    start = 0
    while start < len(found):
        line = found[start]
        start += 1
        for region in [region for region in left if _continues(line, region, boxes[id(region)], strokes[id(line)])]:
            box = boxes[id(region)]
            mask = region.mask[box]
            core = mask & (np.abs(rgb[box] - line.color).max(axis=2) <= 14 + 2 * tolerance)
            if core.any():
                words = Words("", _rectangle(box, line.words.height))
                more = Line(words, line.canvas, box, mask, box, (), line.height).of((Ink(line.color, core, core),))
                strokes[id(more)] = strokes[id(line)]
                found.append(more)
                left = [other for other in left if other is not region]
                taken |= region.mask
    zones = _zones(lines, taken.shape)
    for index, region in reversed(list(enumerate(left))):
        remnants = _remnants(region, zones)
        if remnants is not None:
            taken |= remnants
            rest = region.mask & ~remnants
            left[index : index + 1] = [Region(rest, region.paint, int(rest.sum()), region.whole)] if rest.any() else []
    if taken.any():
        _give_away(taken, ground, left)
    return found, left


def _zones(lines: list[Line], shape: tuple[int, ...]) -> Mask:
    zones = np.zeros(shape, bool)
    for line in lines:
        zones[line.window] |= line.zone
    return zones


def _remnants(region: Region, zones: Mask) -> Mask | None:
    """The pieces of a small texture that lie where words were read: rims, and strokes too thin to show their colour.

    Such scraps are joined to one texture wherever in the picture they are, so each piece is asked.
    """
    if region.paint.degree is not None or region.area > _LARGEST_REMNANT * region.mask.size:
        return None
    count, labels, _ = components(region.mask)
    total = np.bincount(labels.ravel(), minlength=count)
    within = np.bincount(labels[zones], minlength=count)
    are_remnants = within > 0.6 * total
    are_remnants[0] = False
    return np.asarray(are_remnants[labels]) if are_remnants.any() else None


def _give_away(taken: Mask, ground: Element, regions: list[Region]) -> None:
    """Pixels under ink belong to whatever is nearest, as those of text that was read do."""
    seeds = np.zeros(taken.shape, np.int32)
    owners = [ground.seen, *(region.mask for region in regions)]
    for index, mask in enumerate(owners):
        seeds[mask & ~taken] = index + 1
    labels = nearest(seeds)
    for index, owner in enumerate(owners):
        owner[taken & (labels == index + 1)] = True
    ground.parts[0][0][taken & (labels == 1)] = True


def _continues(line: Line, region: Region, box: Box, stroke: float) -> bool:
    rows, columns = box
    height, width = rows.stop - rows.start, columns.stop - columns.start
    size = line.words.height
    if not (height <= 1.1 * size and width <= 4 * size and max(height, width) >= 0.2 * size):
        return False
    polygon = line.words.polygon
    gap_y = max(float(polygon[:, 1].min()) - rows.stop, rows.start - float(polygon[:, 1].max()))
    gap_x = max(float(polygon[:, 0].min()) - columns.stop, columns.start - float(polygon[:, 0].max()))
    if max(gap_x, gap_y) > 0.8 * size or region.paint.degree is None:
        return False
    if np.abs(region.paint.at(*region.places) - line.color).max() > 24:
        return False
    return half_stroke(region.mask[box]) <= 1.5 * stroke + 1.5


def _rectangle(box: Box, height: float) -> Floats:
    """The box, stretched to the height of a line around its middle."""
    rows, columns = box
    middle = (rows.start + rows.stop) / 2
    half = max(rows.stop - rows.start, height) / 2
    left, right = columns.start, columns.stop
    corners = [[left, middle - half], [right, middle - half], [right, middle + half], [left, middle + half]]
    return np.array(corners, np.float32)

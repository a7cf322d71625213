"""Text that the reader missed: letters of a known ink, stroke and height next to what was read."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Places
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, half_stroke
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
    a line's box are remnants of its letters and go to what lies around.
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
    remnants = [region for region in left if _is_remnant(region, lines)]
    for region in remnants:
        taken |= region.mask
    left = [region for region in left if not any(region is remnant for remnant in remnants)]
    if taken.any():
        _give_away(taken, ground, left)
    return found, left


def _is_remnant(region: Region, lines: list[Line]) -> bool:
    """Strokes too thin to show their colour, in the box of a line: no texture of its own."""
    if region.paint.degree is not None or region.area > _LARGEST_REMNANT * region.mask.size:
        return False
    y, x = region.places
    return any(_share_in(line, y, x) > 0.6 for line in lines)


def _share_in(line: Line, y: Places, x: Places) -> float:
    """The share of places that lie where a line was read."""
    rows, columns = line.window
    near = (y >= rows.start) & (y < rows.stop) & (x >= columns.start) & (x < columns.stop)
    return float(line.zone[y[near] - rows.start, x[near] - columns.start].sum()) / len(y)


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

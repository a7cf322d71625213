"""Text that the reader missed: letters of a known ink, stroke and height next to what was read."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.planes import Floats, Mask, box_of, half_stroke
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
    start = 0
    while start < len(found):
        line = found[start]
        start += 1
        for region in [region for region in left if _continues(line, region, strokes[id(line)])]:
            core = region.mask & (np.abs(rgb - line.color).max(axis=2) <= 14 + 2 * tolerance)
            if core.any():
                words = Words("", _rectangle(region.mask, line.words.height))
                more = Line(words, region.mask, box_of(core), (Ink(line.color, core, core),), line.height)
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
    return any(float(line.zone[y, x].mean()) > 0.6 for line in lines)


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


def _continues(line: Line, region: Region, stroke: float) -> bool:
    if region.paint.degree is None or np.abs(region.paint.at(*region.places) - line.color).max() > 24:
        return False
    rows, columns = box_of(region.mask)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    size = line.words.height
    if not (height <= 1.1 * size and width <= 4 * size and max(height, width) >= 0.2 * size):
        return False
    polygon = line.words.polygon
    gap_y = max(float(polygon[:, 1].min()) - rows.stop, rows.start - float(polygon[:, 1].max()))
    gap_x = max(float(polygon[:, 0].min()) - columns.stop, columns.start - float(polygon[:, 0].max()))
    return max(gap_x, gap_y) <= 0.8 * size and half_stroke(region.mask[rows, columns]) <= 1.5 * stroke + 1.5


def _rectangle(mask: Mask, height: float) -> Floats:
    """The box of the mask, stretched to the height of a line around its middle."""
    rows, columns = box_of(mask)
    middle = (rows.start + rows.stop) / 2
    half = max(rows.stop - rows.start, height) / 2
    left, right = columns.start, columns.stop
    corners = [[left, middle - half], [right, middle - half], [right, middle + half], [left, middle + half]]
    return np.array(corners, np.float32)

"""The inks of a line: their colours and pixels."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from model.decomposers.classic.planes import Box, Floats, Mask, box_of, components, filled, grown, moved, widened
from model.decomposers.classic.text.candidates import Candidate, candidates
from model.decomposers.classic.text.reader import Words


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """``color`` ``(3,)``; ``core`` ``(h, w)`` in its line's window, the pixels that show nothing but this ink;
    ``reach``, those and thin strokes that show it in part."""

    color: Floats
    core: Mask
    reach: Mask

    def without(self, mask: Mask) -> "Ink":
        """The ink where the mask is not."""
        return Ink(self.color, self.core & ~mask, self.reach & ~mask)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line. Its masks cover a window of the canvas, so that a page of them costs no more than its area.

    Attributes:
        words: as they were read.
        canvas: its height and width.
        window: rows and columns that ``zone`` and the masks of ``inks`` cover.
        zone: ``(h, w)`` where the words are.
        box: rows and columns that hold the ink.
        inks: an outline before what fills it.
        height: of its letters, in pixels; boxes are drawn with much room around short words.
    """

    words: Words
    canvas: tuple[int, int]
    window: Box
    zone: Mask
    box: Box
    inks: tuple[Ink, ...]
    height: float

    def of(self, inks: tuple[Ink, ...]) -> "Line":
        """The line with a part of its inks' pixels."""
        return replace(self, inks=inks, box=_on_canvas(_together([ink.core for ink in inks]), self.window))

    @property
    def color(self) -> Floats:
        return self.inks[-1].color

    @property
    def angle(self) -> float:
        """Of the line, clockwise from level, in degrees from -180 to 180."""
        across = self.words.polygon[1] - self.words.polygon[0]
        return float(np.degrees(np.arctan2(across[1], across[0])))

    @property
    def core(self) -> Mask:
        """The cores of all inks together, ``(h, w)``."""
        return _together([ink.core for ink in self.inks])

    @property
    def reach(self) -> Mask:
        """The reaches of all inks together, ``(h, w)``."""
        return _together([ink.reach for ink in self.inks])

    def around(self, margin: int) -> Box:
        """The window and so many pixels around it."""
        return widened(self.window, margin, self.canvas)

    def seen(self, mask: Mask, box: Box) -> Mask:
        """One of the line's masks as it lies in a box of the canvas."""
        return moved(mask, self.window, box)


def lettered(lines: list[Line], shape: tuple[int, int], margin: int) -> Mask:
    """Where the letters of lines are on the canvas, and so many pixels around them."""
    mask = np.zeros(shape, bool)
    for line in lines:
        box = line.around(margin)
        mask[box] |= grown(line.seen(line.reach, box), margin)
    return mask


def inked(rgb: Floats, words: Words, tolerance: float) -> Line | None:
    """The line with its inks; ``None`` where the box holds no colour of its own that could be ink."""
    height, width = rgb.shape[:2]
    margin = max(4, int(words.height * 0.35))
    x0, y0 = np.maximum(words.polygon.min(axis=0).astype(int) - margin, 0)
    x1, y1 = np.minimum(words.polygon.max(axis=0).astype(int) + margin + 1, (width, height))
    if x1 - x0 < 6 or y1 - y0 < 6:
        return None
    crop = rgb[y0:y1, x0:x1]
    inside = _polygon(words.polygon - (x0, y0), crop.shape[:2], max(1.0, words.height * 0.06))
    known = candidates(crop, inside, tolerance, words.height, words.is_upright)
    if not known:
        return None
    window = slice(int(y0), int(y1)), slice(int(x0), int(x1))
    inks = tuple(Ink(one.color, one.core, one.reach) for one in _chosen(known))
    core = _together([ink.core for ink in inks])
    box = _on_canvas(core, window)
    return Line(words, (height, width), window, inside, box, inks, letter_height(core, words))


def _together(masks: list[Mask]) -> Mask:
    return masks[0] if len(masks) == 1 else np.asarray(np.any(masks, axis=0))


def _on_canvas(mask: Mask, window: Box) -> Box:
    """Rows and columns of the canvas that hold a mask of the window."""
    rows, columns = (
        slice(part.start + own.start, part.stop + own.start) for part, own in zip(box_of(mask), window, strict=True)
    )
    return rows, columns


def letter_height(core: Mask, words: Words) -> float:
    """The usual height of a line's letters across the line, in pixels, dots and accents left out."""
    solid = grown(core, 1)[box_of(core, 2)]
    across = words.polygon[1] - words.polygon[0]
    if words.is_upright:
        solid = np.ascontiguousarray(solid.T)
    elif abs(float(across[1])) > 0.05 * abs(float(across[0])):
        solid = _turned(solid, float(np.degrees(np.arctan2(across[1], across[0]))))
    _, _, stats = components(solid)
    tall = np.sort(stats[1:, cv2.CC_STAT_HEIGHT].astype(np.float64)) - 2
    if not tall.size:
        return words.height
    return float(min(words.height, max(1.0, np.median(tall[tall >= 0.5 * tall[-1]]))))


def _turned(mask: Mask, degrees: float) -> Mask:
    """Turned against the line's angle, on a canvas that holds it."""
    height, width = mask.shape
    side = int(np.ceil(np.hypot(height, width)))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return cv2.warpAffine(mask.astype(np.uint8), turn, (side, side), flags=cv2.INTER_NEAREST).astype(bool)


def _chosen(known: list[Candidate]) -> list[Candidate]:
    """The strongest; with it what outlines it, fills it, or goes on beside it at its height. Outlines first."""
    best = max(known, key=lambda candidate: candidate.weight)
    taken = [best]
    for candidate in sorted(known, key=lambda candidate: -candidate.weight):
        strong = candidate is not best and candidate.weight >= 0.02 * best.weight
        mask = candidate.core
        if strong and any(_holds(mask, m.core) or _holds(m.core, mask) or _beside(m.core, mask) for m in taken):
            taken.append(candidate)
    return sorted(taken, key=lambda candidate: -int(filled(grown(candidate.core, 2)).sum()))


def _holds(outline: Mask, filling: Mask) -> bool:
    """Whether nearly all of a filling lies within an outline and touches it; a counter is no filling."""
    within = filled(grown(outline, 2)) & ~outline
    ring = grown(filling, 4) & ~grown(filling, 2)
    return bool(
        (filling & within).sum() >= 0.9 * filling.sum()
        and filling.sum() >= 0.04 * outline.sum()
        and (ring & outline).sum() >= 0.6 * ring.sum()
    )


def _beside(first: Mask, second: Mask) -> bool:
    a, b = box_of(first), box_of(second)
    heights = sorted([a[0].stop - a[0].start, b[0].stop - b[0].start])
    shared = min(a[0].stop, b[0].stop) - max(a[0].start, b[0].start)
    both = int((first.any(axis=0) & second.any(axis=0)).sum())
    columns = int(second.any(axis=0).sum())
    return shared >= 0.7 * heights[1] and columns >= 0.5 * heights[1] and both <= 0.15 * columns


def _polygon(points: Floats, shape: tuple[int, int], margin: float) -> Mask:
    center = points.mean(axis=0)
    away = points - center
    length = np.maximum(np.abs(away).max(axis=0), 1)
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(center + away * (1 + margin / length)).astype(np.int32)], 1)
    return mask.astype(bool)

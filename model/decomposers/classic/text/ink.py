"""The colour of a line's ink and its pixels."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from model.decomposers.classic.planes import Floats, Mask, box_of, components, filled, grown, half_stroke
from model.decomposers.classic.text.reader import Words

_WIDEST = 0.2
"""Half a stroke's width as a share of the line's height."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """``color`` ``(3,)`` and ``core``, the pixels that show nothing but this ink."""

    color: Floats
    core: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: its words, the ``zone`` it was read in, and its inks, an outline before what fills it."""

    words: Words
    zone: Mask
    inks: tuple[Ink, ...]

    @property
    def color(self) -> Floats:
        return self.inks[-1].color

    @property
    def core(self) -> Mask:
        """The cores of all inks together."""
        return np.asarray(np.any([ink.core for ink in self.inks], axis=0))


def inked(rgb: Floats, words: Words, tolerance: float) -> Line | None:
    """The line with its inks; ``None`` where the box holds no colour of its own.

    Ink ends in the box and the ground leaves it: of the colours frequent on plateaus those count whose connected pieces
    end inside, as most do of ink and few (the counters of letters) of the ground. Where strokes are too thin for
    plateaus, what is farthest from the colours on the box's rim is the ink.
    """
    height, width = rgb.shape[:2]
    margin = max(4, int(words.height * 0.35))
    x0, y0 = np.maximum(words.polygon.min(axis=0).astype(int) - margin, 0)
    x1, y1 = np.minimum(words.polygon.max(axis=0).astype(int) + margin + 1, (width, height))
    if x1 - x0 < 6 or y1 - y0 < 6:
        return None
    crop = rgb[y0:y1, x0:x1]
    inside = _polygon(words.polygon - (x0, y0), crop.shape[:2], max(1.0, words.height * 0.06))
    found = [_candidate(crop, color, inside, tolerance, words.height) for color in _frequent(crop, inside, tolerance)]
    known = [candidate for candidate in found if candidate is not None]
    if not known:
        color = _mode(crop, _far_from_ground(crop, inside), tolerance)
        thin = None if color is None else _candidate(crop, color, inside, tolerance, words.height)
        known = [] if thin is None else [thin]
    if not known:
        return None
    box, shape = (slice(y0, y1), slice(x0, x1)), (height, width)
    inks = tuple(Ink(color, _placed(core, box, shape)) for _, color, core in _chosen(known))
    return Line(words, _placed(inside, box, shape), inks)


Candidate: TypeAlias = tuple[float, Floats, Mask]
"""How much of the box the colour holds and along how much of the line, the colour, its pieces."""


def _candidate(crop: Floats, color: Floats, inside: Mask, tolerance: float, height: float) -> Candidate | None:
    alike = np.abs(crop - color).max(axis=2) <= 14 + 2 * tolerance
    core = _kept_inside(alike, inside)
    area, room = int(core.sum()), int(inside.sum())
    if not max(12, 0.02 * room) <= area <= 0.75 * room or area < 0.35 * int((alike & inside).sum()):
        return None
    if half_stroke(core) > _WIDEST * height:
        return None  # a panel between the letters, not a stroke
    solid = filled(core)
    ring = grown(solid, 3) & ~grown(solid, 1)
    if (np.abs(crop - color).max(axis=2)[ring] > 22 + 2 * tolerance).mean() < 0.6:
        return None  # a band of a gradient ends inside as well, but softly
    along = float((core.any(axis=0) & inside.any(axis=0)).sum()) / max(1, int(inside.any(axis=0).sum()))
    return (area * along, color, core) if along >= 0.08 else None


def _frequent(crop: Floats, inside: Mask, tolerance: float) -> list[Floats]:
    """Up to eight colours that hold plateaus in the box, most frequent first."""
    spread = (cv2.dilate(crop, np.ones((3, 3))) - cv2.erode(crop, np.ones((3, 3)))).max(axis=2)
    colors = crop[inside & (spread <= 9 + 3 * tolerance)]
    least = max(16, 0.01 * inside.sum())
    step = max(1, len(colors) // 20_000)
    colors = colors[::step]
    found: list[Floats] = []
    while len(found) < 8 and len(colors) >= max(8, least / step):
        bins = (colors / 12).astype(np.int64) @ np.array([1, 32, 1024])
        middle = np.median(colors[bins == np.bincount(bins).argmax()], axis=0)
        near = np.abs(colors - middle).max(axis=1) <= 12
        found.append(np.asarray(np.median(colors[near], axis=0), np.float32))
        colors = colors[~near]
    return found


def _chosen(known: list[Candidate]) -> list[tuple[float, Floats, Mask]]:
    """The strongest; with it what outlines it, fills it, or goes on beside it at its height. Outlines first."""
    best = max(known, key=lambda candidate: candidate[0])
    taken = [best]
    for candidate in sorted(known, key=lambda candidate: -candidate[0]):
        mask = candidate[2]
        strong = candidate is not best and candidate[0] >= 0.02 * best[0]
        if strong and any(_holds(mask, m) or _holds(m, mask) or _beside(m, mask) for _, _, m in taken):
            taken.append(candidate)
    return sorted(taken, key=lambda candidate: -int(filled(grown(candidate[2], 2)).sum()))


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


def _placed(part: Mask, box: tuple[slice, slice], shape: tuple[int, int]) -> Mask:
    whole = np.zeros(shape, bool)
    whole[box] = part
    return whole


def _polygon(points: Floats, shape: tuple[int, int], margin: float) -> Mask:
    center = points.mean(axis=0)
    away = points - center
    length = np.maximum(np.abs(away).max(axis=0), 1)
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(center + away * (1 + margin / length)).astype(np.int32)], 1)
    return mask.astype(bool)


def _far_from_ground(crop: Floats, inside: Mask) -> Floats:
    """Distance (largest channel) of each pixel in the polygon to the nearest colour of the rim; 0 outside."""
    rim = grown(inside, 4) & ~inside
    if not rim.any():
        rim = inside & ~cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    bins, counts = np.unique((crop[rim] / 8).astype(np.int32), axis=0, return_counts=True)
    keep = np.argsort(counts)[::-1][:64]
    keep = keep[counts[keep] >= max(1, 0.01 * counts.sum())] if counts.size > 8 else keep
    distance = np.full(crop.shape[:2], np.inf, np.float32)
    for color in bins[keep]:
        distance = np.minimum(distance, np.abs(crop - (color * 8 + 4)).max(axis=2))
    return np.where(inside, distance, 0).astype(np.float32)


def _mode(crop: Floats, far: Floats, tolerance: float) -> Floats | None:
    candidates = far > 20 + 2 * tolerance
    if int(candidates.sum()) < 12:
        return None
    spread = (cv2.dilate(crop, np.ones((3, 3))) - cv2.erode(crop, np.ones((3, 3)))).max(axis=2)
    plateau = candidates & (spread <= 6 + 3 * tolerance)
    if int(plateau.sum()) < 16:
        plateau = candidates & (far >= 0.8 * np.percentile(far[candidates], 95))
    colors = crop[plateau]
    bins, inverse = np.unique((colors / 12).astype(np.int32), axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), minlength=len(bins))
    middle = np.median(colors[inverse.ravel() == int(counts.argmax())], axis=0)
    near = np.abs(colors - middle).max(axis=1) <= 12
    return np.asarray(np.median(colors[near], axis=0), np.float32)


def _kept_inside(core: Mask, inside: Mask) -> Mask:
    count, labels, _ = components(core)
    total = np.bincount(labels.ravel(), minlength=count)
    within = np.bincount(labels[inside], minlength=count)
    keep = within >= 0.8 * total
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    keep[edge] &= (
        within[edge] >= 0.97 * total[edge]
    )  # what leaves the crop leaves the box; at the canvas' border it may not
    keep[0] = False
    return np.asarray(keep[labels])

"""The colours in a box that may be the ink of a line."""

from dataclasses import dataclass

import cv2
import numpy as np

from model.decomposers.classic.planes import Floats, Mask, components, filled, grown, half_stroke, largest
from model.decomposers.classic.rims import coverage

_WIDEST = 0.2
"""Half a stroke's width as a share of the box's height."""
_BLOB = 0.14
"""Half the width, as a share of the box's height, from which what leaves the box is no letter but a thing."""
_BESIDE, _AROUND = 0.2, 0.6
"""Share of a box's rim that a thing of the ink's colour may take; and where nothing else in the box can be ink."""
_HAIR = 9
"""Pixels: hairlines are thinner; what a square of this side closes is the ground that they lie on."""
_CONTRAST = 40.0
"""Steps between ink and ground from which what shows a part of the ink is told from ripples of compression."""
_LEAST = 12
"""Pixels of a core."""
_SHARP = 0.9
"""Share of the outline that ends in a step, where the colour is found along much of the rim as well."""
_ALIKE = 24.0
"""Steps between colours that are one ink."""
_HAT = 0.3
"""Side of the square that takes strokes away, as a share of the box's height; half-strokes are under a third of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A colour that may be ink.

    Attributes:
        color: ``(3,)``.
        core: its pixels in the crop.
        reach: those, and what hangs together with them of strokes too thin to show their colour: hairlines, serifs.
        along: the share of the line's length in which it is found.
        sharp: the share of its outline that ends in a step.
        apart: how strongly it differs from what is around its strokes, of what anything thin in the box does, 0-1.
    """

    color: Floats
    core: Mask
    reach: Mask
    along: float
    sharp: float
    apart: float

    @property
    def weight(self) -> float:
        """Much ink along all of the line; what is soft or faint beside other strokes is rather a photograph's."""
        return self.sharp**4 * self.apart**4 * self.along * float(self.reach.sum())


def candidates(crop: Floats, inside: Mask, tolerance: float, height: float, upright: bool) -> list[Candidate]:
    """Colours whose pieces end in the box, as most do of ink and few (the counters of letters) of the ground.

    Those frequent on plateaus come first. Where they run along less than half of the line, strokes may be too thin for
    plateaus: the colour of what a hat transform takes away (Serra, 1982) may be the ink, and what is farthest from the
    colours on the box's rim.

    Args:
        crop: ``(H, W, 3)``.
        inside: ``(H, W)`` the box in the crop.
        tolerance: the picture's noise.
        height: of the box across the line, in pixels.
        upright: whether the line runs down.
    """
    box = Box(crop, inside, tolerance, height, upright)
    frequent = _frequent(crop, inside, tolerance)
    known = box.tried(frequent)
    if known and max(min(candidate.along, candidate.apart) for candidate in known) >= 0.5:
        return known
    for color in [*box.hat_colors(), *box.far_colors()]:
        if _is_new(color, known, _ALIKE):
            known += box.tried([color])
    others = [color for color in frequent if _is_new(color, known, _ALIKE / 2)]
    touching = [candidate for candidate in box.tried(others, _AROUND) if candidate.sharp >= _SHARP]
    return [*known, *touching]


def _is_new(color: Floats, known: list[Candidate], limit: float) -> bool:
    return all(np.abs(candidate.color - color).max() > limit for candidate in known)


class Box:
    """What is asked of a colour in one box; see ``candidates`` for the arguments."""

    def __init__(self, crop: Floats, inside: Mask, tolerance: float, height: float, upright: bool) -> None:
        self._crop, self._inside, self._tolerance, self._height = crop, inside, tolerance, height
        self._across = 1 if upright else 0
        self._hats = [hat(crop, height, way) for way in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT)]
        self._strokes = np.maximum(*self._hats)
        square = np.ones((_HAIR, _HAIR), np.uint8)
        self._closed, self._opened = (cv2.morphologyEx(crop, way, square) for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
        self._strongest = max(1.0, float(np.percentile(self._strokes[inside], 97))) if inside.any() else 1.0

    def tried(self, colors: list[Floats], most_around: float = _BESIDE) -> list[Candidate]:
        """The colours that may be ink.

        Args:
            colors: ``(3,)`` each.
            most_around: share of the box's rim up to which a colour may be found there and not be the ground.
        """
        found = [self._tried(color, most_around) for color in colors]
        return [candidate for candidate in found if candidate is not None]

    def _tried(self, color: Floats, most_around: float) -> Candidate | None:
        inside, tolerance = self._inside, self._tolerance
        apart = largest(np.abs(self._crop - color))
        alike = _without_things(apart <= 14 + 2 * tolerance, inside, self._height, most_around)
        core = _kept_inside(alike, inside)
        area, room = int(core.sum()), int(inside.sum())
        if not _LEAST <= area <= 0.75 * room or area < 0.35 * int((alike & inside).sum()):
            return None
        if half_stroke(core) > _WIDEST * self._height:
            return None  # a panel between the letters, not a stroke
        reach = self._reach(color, core)
        if int(reach.sum()) < 0.02 * room:
            return None
        solid = filled(reach)
        ring = grown(solid, 3) & ~grown(solid, 1)
        sharp = float((apart[ring] > 22 + 2 * tolerance).mean()) if ring.any() else 0.0
        if sharp < 0.6:
            return None  # a band of a gradient ends inside as well, but softly
        length = max(1, int(inside.any(axis=self._across).sum()))
        along = float((reach.any(axis=self._across) & inside.any(axis=self._across)).sum()) / length
        stands = float(np.minimum(self._strokes[core] / self._strongest, 1).mean())
        return Candidate(color, core, reach, along, sharp, stands) if along >= 0.08 else None

    def _reach(self, color: Floats, core: Mask) -> Mask:
        around = self._crop[self._inside & ~grown(core, 2)]
        darker = color < (np.median(around, axis=0) if len(around) else 128)
        ink = np.broadcast_to(color, self._crop.shape).astype(np.float32)
        ground = np.where(darker, self._closed, self._opened)
        cover, residual = coverage(self._crop, ink, ground)
        part = (cover >= 0.4) & (residual <= 30) & (largest(np.abs(ink - ground)) >= _CONTRAST) & self._inside
        _, labels = cv2.connectedComponents((part | core).astype(np.uint8), connectivity=8)
        return np.asarray(core | (part & np.isin(labels, np.unique(labels[core]))))

    def hat_colors(self) -> list[Floats]:
        """Those of what is thin and darker than around it, and lighter; up to four each."""
        return [color for left in self._hats for color in self._hat_colors(left)]

    def _hat_colors(self, left: Floats) -> list[Floats]:
        highest = float(np.percentile(left[self._inside], 98)) if self._inside.any() else 0.0
        if highest < 24 + 2 * self._tolerance:
            return []
        colors = self._crop[self._inside & (left >= 0.8 * highest)]
        # of strokes thinner than a pixel the strongest are nearest to the ink
        strongest = self._crop[self._inside & (left >= np.percentile(left[self._inside], 99.5))]
        return [np.asarray(np.median(strongest, axis=0), np.float32), *_modes(colors, 3, 0.15 * len(colors))]

    def far_colors(self) -> list[Floats]:
        """What is farthest from the colours on the box's rim, if anything is."""
        color = _far_color(self._crop, self._inside, self._tolerance)
        return [] if color is None else [color]


def _without_things(alike: Mask, inside: Mask, height: float, most_around: float) -> Mask:
    """Letters that touch a thing of their own colour, cut from it; the ground, which is all around, stays as it is."""
    rim = grown(inside, 2) & ~inside
    if not rim.any() or not 0.02 < float(alike[rim].mean()) < most_around:
        return alike
    side = 2 * max(4, round(_BLOB * height)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, disc).astype(bool)
    return alike & ~grown(wide, 2) if (wide & ~inside).any() else alike


def _frequent(crop: Floats, inside: Mask, tolerance: float) -> list[Floats]:
    """Up to eight colours that hold plateaus in the box, most frequent first."""
    spread = largest(cv2.dilate(crop, np.ones((3, 3))) - cv2.erode(crop, np.ones((3, 3))))
    colors = crop[inside & (spread <= 9 + 3 * tolerance)]
    least = max(16, 0.01 * inside.sum())
    step = max(1, len(colors) // 20_000)
    return _modes(colors[::step], 8, max(8, least / step))


def _modes(colors: Floats, most: int, least: float) -> list[Floats]:
    """The colours that most of ``(n, 3)`` are near to, as long as so many are left."""
    found: list[Floats] = []
    while len(found) < most and len(colors) >= max(1, least):
        bins = (colors / 12).astype(np.int64) @ np.array([1, 32, 1024])
        middle = np.median(colors[bins == np.bincount(bins).argmax()], axis=0)
        near = np.abs(colors - middle).max(axis=1) <= 12
        found.append(np.asarray(np.median(colors[near], axis=0), np.float32))
        colors = colors[~near]
    return found


def hat(crop: Floats, height: float, way: int) -> Floats:
    """How much darker (black hat) or lighter (top hat) than around it a pixel is, if what is so is thin."""
    side = 2 * max(2, round(_HAT * height / 2)) + 1
    steps = np.clip(np.rint(crop), 0, 255).astype(np.uint8)  # a third of the time that it takes of floats
    return largest(np.asarray(cv2.morphologyEx(steps, way, np.ones((side, side), np.uint8)), np.float32))


def _far_color(crop: Floats, inside: Mask, tolerance: float) -> Floats | None:
    far = _far_from_ground(crop, inside)
    strays = far > 20 + 2 * tolerance
    if int(strays.sum()) < 12:
        return None
    spread = largest(cv2.dilate(crop, np.ones((3, 3))) - cv2.erode(crop, np.ones((3, 3))))
    plateau = strays & (spread <= 6 + 3 * tolerance)
    if int(plateau.sum()) < 16:
        plateau = strays & (far >= 0.8 * np.percentile(far[strays], 95))
    colors = crop[plateau]
    bins, inverse = np.unique((colors / 12).astype(np.int32), axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), minlength=len(bins))
    middle = np.median(colors[inverse.ravel() == int(counts.argmax())], axis=0)
    near = np.abs(colors - middle).max(axis=1) <= 12
    return np.asarray(np.median(colors[near], axis=0), np.float32)


def _far_from_ground(crop: Floats, inside: Mask) -> Floats:
    """Distance (largest channel) of each pixel in the polygon to the nearest colour of the rim; 0 outside."""
    rim = grown(inside, 4) & ~inside
    if not rim.any():
        rim = inside & ~cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    bins, counts = np.unique((crop[rim] / 8).astype(np.int32), axis=0, return_counts=True)
    keep = np.argsort(counts)[::-1][:64]
    keep = keep[counts[keep] >= max(1, 0.01 * counts.sum())] if counts.size > 8 else keep
    distance = np.full(crop.shape[:2], np.inf if keep.size else 0, np.float32)  # of a texture no colour is frequent
    for color in bins[keep]:
        distance = np.minimum(distance, largest(np.abs(crop - (color * 8 + 4).astype(np.float32))))
    return np.where(inside, distance, 0).astype(np.float32)


def _kept_inside(core: Mask, inside: Mask) -> Mask:
    count, labels, _ = components(core)
    total = np.bincount(labels.ravel(), minlength=count)
    within = np.bincount(labels[inside], minlength=count)
    keep = within >= 0.8 * total
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    # what leaves the crop leaves the box; at the canvas' border it may not
    keep[edge] &= within[edge] >= 0.97 * total[edge]
    keep[0] = False
    return np.asarray(keep[labels])

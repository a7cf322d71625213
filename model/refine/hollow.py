"""Parts of something transparent stand on nothing; a ground was laid under them to make the stack exact.

The ground is opaque wherever the picture is. Of a picture that was cut out, that is right where the ground is seen
beside the parts, a card beside its letters. It is wrong where the parts are all there is, three icons on nothing: moved
away, each would leave a stain of its own form. So, for each island of the picture,

    ground to be seen      it stays, and where parts hide it, it is as transparent as it is beside them
    a rim of it at most    it goes, and what it showed goes to the nearest part

A pixel that loses its ground, and has no part that is opaque, becomes its topmost part's alone. So the stack recomposes
as it did before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import trimmed
from model.layers import Layer, Pixels, on_canvas
from model.refine.seethrough import carried_on
from model.refine.spread import spread

Mask: TypeAlias = NDArray[np.bool_]
Bytes: TypeAlias = NDArray[np.uint8]

_SEEN = 0.1
"""The share of an island in which a ground is seen alone, from which on it is one."""
_SEEN_BROADLY = 0.02
"""The same, counting only what is farther than ``_RIM`` from any part: rims do not count."""
_RIM = 2
_SOLID = 250
_FAINT = 8
"""An alpha up to which what is left beside parts is the end of a fade and no ground."""


def hollowed(layers: Sequence[Layer], picture: Pixels, min_alpha_area_ratio: float) -> tuple[Layer | None, list[Layer]]:
    """The ground, ``None`` where nothing is left of it, and the parts over it; none of them blank.

    Args:
        layers: bottom first, the first opaque wherever the picture is; they recompose to it. Not written to.
        picture: ``(h, w, 4)`` uint8, straight alpha, RGB 0 where alpha is 0.
        min_alpha_area_ratio: a ground that is seen on less of the canvas is none.
    """
    if len(layers) == 1 or picture[:, :, 3].min() == 255:
        return layers[0], list(layers[1:])
    height, width = picture.shape[:2]
    top, solid = _coverage(layers[1:], height, width)
    ground = on_canvas(layers[0], width, height)
    alone = (ground[:, :, 3] > 0) & (top == 0)
    least = min_alpha_area_ratio * height * width
    stays = _stays(picture[:, :, 3] > 0, alone & (ground[:, :, 3] > _FAINT), least)
    wanted = _alpha(ground[:, :, 3], alone & stays) * stays
    thinner = (picture[:, :, 3] == 255) & (top > 0) & (wanted < 255)
    strays = alone & ~stays
    # a speck that became a part of the ground may lie under another's rim
    shared = (ground[:, :, 3] > 0) & (top > 0) & (picture[:, :, 3] < 255) & ~stays
    owner = top * ((thinner & ~solid) | shared)
    if strays.any():
        owner += _nearest(top) * strays
    ground[:, :, 3][thinner] = wanted[thinner]
    ground[strays | shared] = 0
    parts = [_with(layer, owner == index, picture) for index, layer in enumerate(layers[1:], 1)]
    rest = trimmed(replace(layers[0], pixels=ground, x=0, y=0))
    return rest, carried_on([part for part in parts if part is not None], picture, least)


def _coverage(parts: Sequence[Layer], height: int, width: int) -> tuple[Bytes, Mask]:
    """``(h, w)`` each: 1 + the index of the topmost part that shows anything, 0 where none does; is any opaque?"""
    top, solid = np.zeros((height, width), np.uint8), np.zeros((height, width), bool)
    for index, part in enumerate(parts, 1):
        top[part.box][part.pixels[:, :, 3] > 0] = index
        solid[part.box] |= part.pixels[:, :, 3] == 255
    return top, solid


def _stays(picture: Mask, alone: Mask, least: float) -> Mask:
    """Where the ground is one: all over the islands on which enough of it is seen, if ``least`` pixels are in all. An
    island of fewer is a strand of hair or the end of a fade."""
    around = np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)
    # Specks off an island's shore belong to it.
    count, labels = cv2.connectedComponents(cv2.dilate(picture.astype(np.uint8), around), connectivity=8)
    broad = cv2.erode(alone.astype(np.uint8), around) > 0
    area, seen, seen_broadly = (np.bincount(labels[where], minlength=count) for where in (picture, alone, broad))
    found = (area >= least) & (
        (seen >= np.maximum(_SEEN * area, 1)) | (seen_broadly >= np.maximum(_SEEN_BROADLY * area, 1))
    )
    return np.asarray(found[labels] & picture & (seen[found].sum() >= least))


def _alpha(alpha: Bytes, known: Mask) -> Bytes:
    """The ground's alpha, carried on from where it is seen; rims tell less of it than what lies inside."""
    inside = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8))
    if not known.any() or (inside.any() and alpha[inside > 0].min() >= _SOLID):
        return np.full_like(alpha, 255)
    share = alpha.astype(np.float32) / np.float32(255)
    weight = np.maximum(inside.astype(np.float32), np.where(known, share * share * np.float32(0.01), np.float32(0)))
    values = np.repeat(share[:, :, None], 3, axis=2)
    found = np.rint(np.clip(spread(values, weight)[:, :, 0] * 255, 0, 255)).astype(np.uint8)
    found[found >= _SOLID] = 255
    return found


def _nearest(top: Bytes) -> Bytes:
    """For every pixel the part that is topmost at the nearest pixel that has one."""
    beside = (top == 0).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(beside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(labels.max()) + 1, np.uint8)
    table[labels[top > 0]] = top[top > 0]
    return np.asarray(table[labels])


def _with(part: Layer, mine: Mask, picture: Pixels) -> Layer | None:
    """The part with these pixels of the picture for its own, colour and alpha."""
    rows, columns = np.nonzero(mine)
    if rows.size == 0:
        return part
    left, top = min(part.x, int(columns.min())), min(part.y, int(rows.min()))
    right = max(part.x + part.width, int(columns.max()) + 1)
    bottom = max(part.y + part.height, int(rows.max()) + 1)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    pixels[part.y - top :, part.x - left :][: part.height, : part.width] = part.pixels
    pixels[rows - top, columns - left] = picture[rows, columns]
    return trimmed(replace(part, pixels=pixels, x=left, y=top))

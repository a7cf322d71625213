"""Pixels made ready to be laid over a canvas many times, as an editor does: what of them is clear, opaque or between is
found out once, so that the clear is skipped, the opaque copied and only the rest computed.

The arithmetic is ``model.compositing``'s, Pillow's, to the bit. Over an opaque canvas, where nearly all of it happens,
it is ``round((c a + b (255 - a)) / 255)``, and sixteen bits hold all of it; elsewhere Pillow itself is called.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model import blend as blending
from model.alpha import alpha_of
from model.area import Area
from model.compositing import faded, faded_alphas
from model.layers import Pixels

_MANY = 0.12
"""The share of pixels to be computed from which on picking them out costs more than computing all of a band."""
_BAND = 32
"""Rows that are judged together."""
_BLOCK_PIXELS = 1 << 15
"""Pixels computed at a time: at sixteen bits they stay in the cache."""


class Sheet:
    """Pixels ready to be laid.

    Attributes:
        area: the smallest that holds all that is not clear, in the pixels' own coordinates; may be empty.
        solid: laid plainly it hides all that lies below its area.
        nbytes: what is kept beside the pixels.
    """

    def __init__(self, pixels: Pixels, plain: bool = True, with_mask: bool = True) -> None:
        """
        Args:
            pixels: ``(h, w, 4)`` uint8, straight alpha; not to be changed afterwards.
            plain: they will be laid as they are; or else with an opacity or a blend mode.
            with_mask: a byte for each pixel is kept, which makes laying them several times as fast.
        """
        self._pixels = np.ascontiguousarray(pixels)
        self._plain = plain
        alpha = alpha_of(self._pixels) if pixels.size else np.zeros(pixels.shape[:2], np.uint8)
        left, top, width, height = cv2.boundingRect(alpha) if pixels.size else (0, 0, 0, 0)
        self.area = Area(left, top, left + width, top + height)
        alpha = alpha[top : top + height, left : left + width]
        least, most = (int(alpha.min()), int(alpha.max())) if alpha.size else (0, 255)
        self._even = least if least == most else None
        self.solid = plain and not self.area.empty and least == 255
        self._mask: NDArray[np.uint8] | None = None
        self._rows = self._columns = np.empty(0, np.int32)
        self._picked = np.empty(0, np.uint32)
        self._starts = np.zeros(1, np.intp)
        self._runs: list[tuple[int, int, bool]] = []
        if not self.solid and not self.area.empty:
            self._judge(alpha)
            if plain and with_mask and not all(dense for *_, dense in self._runs):
                self._mask = _opaque_in(alpha)
        kept = (self._rows, self._columns, self._picked, self._starts, self._mask)
        self.nbytes = 256 + sum(part.nbytes for part in kept if part is not None)

    def _judge(self, alpha: NDArray[np.uint8]) -> None:
        """Which pixels are computed: those partly clear or, if not laid plainly, all that are not clear."""
        height, width = alpha.shape
        computed = cv2.inRange(alpha, 1, 254 if self._plain else 255)
        counts = cv2.reduce(computed, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0] // 255
        bands = np.add.reduceat(counts, np.arange(0, height, _BAND))
        for band, count in enumerate(bands.tolist()):
            top, bottom = band * _BAND, min((band + 1) * _BAND, height)
            dense = count > _MANY * width * (bottom - top)
            if dense:
                computed[top:bottom] = 0
                counts[top:bottom] = 0
            if self._runs and self._runs[-1][2] == dense:
                self._runs[-1] = (self._runs[-1][0], bottom, dense)
            else:
                self._runs.append((top, bottom, dense))
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        if self._starts[-1]:
            points = np.asarray(cv2.findNonZero(computed), np.int32).reshape(-1, 2)
            self._columns, self._rows = points[:, 0].copy(), points[:, 1].copy()
            inner = _packed(self._pixels)[self.area.rows, self.area.columns]
            self._picked = inner[self._rows, self._columns]

    def lay(
        self, canvas: Pixels, x: int, y: int, area: Area, opaque: bool, opacity: float = 1.0, blend: str = "normal"
    ) -> None:
        """Lay the pixels over the canvas, in place.

        Args:
            canvas: ``(H, W, 4)`` uint8, straight alpha, contiguous.
            x, y: where the pixels' own origin lies.
            area: what of the canvas may be written to.
            opaque: the canvas is known to be opaque all over ``area``.
            opacity, blend: only of what was not made ready to be laid plainly.
        """
        area = area.within(self.area.moved(x, y))
        if area.empty:
            return
        if self.solid:
            below, above = self._cut(canvas, x, y, area)
            below[:] = above
            return
        how = _How(opaque, opacity, blend)
        down = y + self.area.top
        for top, bottom, dense in self._runs:
            part = Area(area.left, max(top + down, area.top), area.right, min(bottom + down, area.bottom))
            if part.top >= part.bottom:
                continue
            if dense:
                self._compute_all(canvas, x, y, part, how)
            else:
                self._compute_picked(canvas, x, y, part, how)

    def _cut(self, canvas: Pixels, x: int, y: int, area: Area) -> tuple[Pixels, Pixels]:
        left, top, right, bottom = area
        return canvas[top:bottom, left:right], self._pixels[top - y : bottom - y, left - x : right - x]

    def _compute_all(self, canvas: Pixels, x: int, y: int, area: Area, how: "_How") -> None:
        step = max(1, _BLOCK_PIXELS // (area.right - area.left))
        for top in range(area.top, area.bottom, step):
            block = Area(area.left, top, area.right, min(top + step, area.bottom))
            below, above = self._cut(canvas, x, y, block)
            below[:] = _over(below, above, how, self._even)

    def _compute_picked(self, canvas: Pixels, x: int, y: int, area: Area, how: "_How") -> None:
        left, top = x + self.area.left, y + self.area.top
        if self._plain:
            below, above = self._cut(canvas, x, y, area)
            if self._mask is None:
                mask = _opaque_in(alpha_of(above))
            else:
                mask = self._mask[area.top - top : area.bottom - top, area.left - left : area.right - left]
            cv2.copyTo(above, mask, below)
        some = slice(self._starts[area.top - top], self._starts[area.bottom - top])
        rows, columns, picked = self._rows[some], self._columns[some], self._picked[some]
        if area.right - area.left < self.area.right - self.area.left:
            inside = np.flatnonzero((columns >= area.left - left) & (columns < area.right - left))
            rows, columns, picked = rows[inside], columns[inside], picked[inside]
        if rows.size:
            whole = _packed(canvas).reshape(-1)
            places = rows * canvas.shape[1] + (columns + (top * canvas.shape[1] + left))
            below = whole.take(places)[None, :, None].view(np.uint8)
            whole[places] = _packed(_over(below, picked[None, :, None].view(np.uint8), how))[0]


class _How(NamedTuple):
    opaque: bool
    opacity: float
    blend: str


def _over(below: Pixels, above: Pixels, how: _How, even: int | None = None) -> Pixels:
    if how.blend == "normal" and (how.opaque or _is_opaque(below)):
        return over_opaque(below, above, how.opacity, even)
    if how.opacity < 1:
        above = faded(above, how.opacity)
    if how.blend != "normal":
        above = blending.mixed(below, above, how.blend)
    return over_opaque(below, above) if how.opaque or _is_opaque(below) else _over_any(below, above)


def over_opaque(below: Pixels, above: Pixels, opacity: float = 1.0, even: int | None = None) -> Pixels:
    """Source-over where ``below`` is opaque, ``(h, w, 4)`` uint8 both: Pillow's result to the bit, sooner.

    A quotient by 255 never lies half-way between two whole numbers, so float32 rounds it as whole numbers would be.

    Args:
        even: the alpha of all of ``above``, where it is known to have one.
    """
    if even is not None:
        least = most = int(faded_alphas(opacity)[even]) if opacity < 1 else even
    else:
        alpha = alpha_of(above)
        if opacity < 1:
            alpha = np.asarray(cv2.LUT(alpha, faded_alphas(opacity)), np.uint8)
        least, most = int(alpha.min()), int(alpha.max())
    if least == most:
        mean = cv2.addWeighted(above, most / 255, below, 1 - most / 255, 0)
    else:
        weight = cv2.merge([alpha, alpha, alpha, alpha]).astype(np.uint16)
        # b 255 + a (c - b): the difference wraps round, and comes back with the sum, which fits
        total, change = below.astype(np.uint16), above.astype(np.uint16)
        change -= total
        change *= weight
        total *= 255
        total += change
        mean = cv2.convertScaleAbs(total.reshape(len(total), -1), alpha=1 / 255).reshape(below.shape)
    result = np.asarray(mean, np.uint8)
    _packed(result)[:] |= _OPAQUE
    return result


_OPAQUE = np.array([0, 0, 0, 255], np.uint8).view(np.uint32)[0]


def _is_opaque(pixels: Pixels) -> bool:
    return int(alpha_of(pixels).min()) == 255


def _over_any(below: Pixels, above: Pixels) -> Pixels:
    images = (Image.fromarray(np.ascontiguousarray(pixels)) for pixels in (below, above))
    return np.asarray(Image.alpha_composite(*images))


def _packed(pixels: Pixels) -> NDArray[np.uint32]:
    """``(h, w)``, a pixel a number: the same memory."""
    return pixels.view(np.uint32)[:, :, 0]


def _opaque_in(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.inRange(alpha, 255, 255), np.uint8)

"""The last step: colours are moved as little as possible until the stack recomposes bit for bit.

Over an opaque base ``over(c, a, b) = round((c a + b (255 - a)) / 255)``. As neither weight is above 1, a step of one in
``c`` or in ``b`` moves the result by one at most, so either of them reaches every value between its two ends. From the
top layer down, carrying the value R that everything from here down must show (first: the picture):

    a = 255   c becomes R; what lies below is free and keeps the proposal's completion
    a = 0     nothing is shown; R is passed on
    between   c becomes the nearest colour that gives R over the ground as proposed. Where even 0 or 255 is not enough,
              it stays there, and R for the ground becomes the nearest value that gives the rest
    bottom    c becomes R

So it is the upper layer that moves, and taking it away shows clean ground.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.compositing import over
from model.layers import Layer, Pixels
from model.refine.strip import Strip, bands, strips

Mask: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int32]


class Mixed(NamedTuple):
    """The partly transparent pixels of one layer, and the colours under them as proposed."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    ground: Pixels


def make_exact(layers: Sequence[Layer], image: Pixels) -> None:
    """Move the colours of the layers, in place, until they recompose to the picture where it is opaque.

    Args:
        layers: bottom first; the first is as large as the canvas and opaque where the picture is. Written to.
        image: ``(H, W, 4)`` uint8, straight alpha. Where it is not opaque, ``model.refine.owners`` has been before and
            nothing is moved.
    """
    height, width = image.shape[:2]
    for rows in bands(width, height):
        _make_band_exact(strips(layers, rows), image[rows])


def _make_band_exact(parts: Sequence[Strip], image: Pixels) -> None:
    mixed = list(_grounds(parts, image))
    target = image.copy()
    shown = image[:, :, 3] == 255
    for strip, partial in zip(parts[:0:-1], mixed[::-1], strict=True):
        wanted, alive = target[strip.box], shown[strip.box]
        _move_mixed(strip.pixels, partial, wanted, alive)
        opaque = alive & (strip.pixels[:, :, 3] == 255)
        _copy(wanted, opaque, strip.pixels)
        alive &= ~opaque
    _copy(target, shown, parts[0].pixels)


def _grounds(parts: Sequence[Strip], image: Pixels) -> Iterator[Mixed]:
    """For every strip but the bottom one, what lies under its partly transparent pixels."""
    canvas = parts[0].pixels.copy()
    for strip in parts[1:]:
        alpha = strip.pixels[:, :, 3]
        # Alpha 0 wraps round to 255 and alpha 255 to 254: one comparison finds what lies between.
        rows, columns = np.nonzero((alpha - np.uint8(1) < 254) & (image[strip.box][:, :, 3] == 255))
        yield Mixed(rows, columns, canvas[strip.box][rows, columns, :3])
        over(canvas, strip.pixels, strip.box)


def _move_mixed(pixels: Pixels, mixed: Mixed, target: Pixels, alive: Mask) -> None:
    seen = np.flatnonzero(alive[mixed.rows, mixed.columns])
    if seen.size == 0:
        return
    rows, columns = mixed.rows[seen], mixed.columns[seen]
    wanted = target[rows, columns, :3].astype(np.int32)
    ground = mixed.ground[seen].astype(np.int32)
    above = pixels[rows, columns]
    alpha = above[:, 3:].astype(np.int32)
    colour = _nearest(above[:, :3], wanted, ground * (255 - alpha), alpha)
    pixels[rows, columns, :3] = colour
    target[rows, columns, :3] = _nearest(ground, wanted, colour * alpha, 255 - alpha)


def _nearest(value: Pixels | Integers, wanted: Integers, rest: Integers, weight: Integers) -> Integers:
    """The 8-bit ``v`` nearest to ``value`` with ``round((v weight + rest) / 255) == wanted``; else the nearest end.

    The rounded mean is ``wanted`` exactly while ``v weight + rest`` is within 127 of ``255 wanted``; as the weight is
    254 at most, an integer always lies in that interval.
    """
    middle = 255 * wanted - rest
    lowest = -((127 - middle) // weight)
    highest = (middle + 127) // weight
    return np.asarray(np.clip(np.clip(value, lowest, highest), 0, 255), np.int32)


def _copy(source: Pixels, where: Mask, destination: Pixels) -> None:
    """All four channels at once: where a pixel is copied, both alphas are 255."""
    np.copyto(destination.view(np.uint32)[:, :, 0], source.view(np.uint32)[:, :, 0], where=where)

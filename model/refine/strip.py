"""The part of a layer that lies in a band of rows, for work that goes over the canvas band by band."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from model.layers import Layer, Pixels

_BAND_PIXELS = 1 << 18


class Strip(NamedTuple):
    """A view of a layer's pixels, and where they lie in the band."""

    pixels: Pixels
    box: tuple[slice, slice]


def bands(width: int, height: int) -> Iterator[slice]:
    """The rows of a canvas, about a quarter of a megapixel at a time."""
    step = max(1, _BAND_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def strips(layers: Sequence[Layer], rows: slice) -> list[Strip]:
    """Of the layers that have any of these rows, in their order."""
    return [strip for layer in layers if (strip := _strip(layer, rows)) is not None]


def _strip(layer: Layer, rows: slice) -> Strip | None:
    first, last = max(layer.y, rows.start), min(layer.y + layer.height, rows.stop)
    if first >= last:
        return None
    box = slice(first - rows.start, last - rows.start), slice(layer.x, layer.x + layer.width)
    return Strip(layer.pixels[first - layer.y : last - layer.y], box)

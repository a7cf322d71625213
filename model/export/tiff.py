"""TIFF 6.0 of several pages: the picture, then a page a layer, bottom to top, each as large as the canvas.

Full pages, as hardly a program heeds a page's offset: so they lie over each other rightly wherever they are opened, and
what is transparent costs next to nothing when it is packed. One layer at a time is in memory.
"""

import json
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, TypeAlias

import numpy as np
from isal import isal_zlib

from model.compositing import faded
from model.errors import NotExportable
from model.export.outline import Item, walked
from model.export.srgb import srgb_profile
from model.export.stack import Exported
from model.layers import Layer, Pixels, rows_on_canvas
from model.premultiply import is_opaque

_MOST_BYTES = 2**32 - 1
_STRIP_PIXELS = 1 << 18
_ADOBE_DEFLATE, _RGB, _HORIZONTAL, _UNASSOCIATED, _INCH, _ONE_OF_SEVERAL = 8, 2, 2, 2, 2, 2
_SHORT, _LONG, _ASCII, _RATIONAL, _UNDEFINED = 3, 4, 2, 5, 7

RowsAt: TypeAlias = Callable[[slice], Pixels]
"""Some rows of a page, ``(rows, width, 4)``."""


class _Page(NamedTuple):
    """``samples`` is 3 of one that is opaque everywhere, or else 4."""

    name: str
    said: str
    rows_at: RowsAt
    samples: int


def write(stack: Exported, file: BinaryIO) -> None:
    """To the file from where it stands, which must be its beginning.

    Raises:
        NotExportable: it would be larger than 4 GiB.
    """
    outline = stack.outline
    count = 1 + sum(not item.is_group for item, _ in walked(outline.items))
    file.write(b"II*\0")
    link = file.tell()
    file.write(b"\0\0\0\0")
    for number, page in enumerate(_pages(stack)):
        strips = list(_strips(file, page, outline.width, outline.height))
        fields = _fields(page, (outline.width, outline.height), strips, number, count)
        link = _put_directory(file, fields, link)


def _pages(stack: Exported) -> Iterator[_Page]:
    picture = stack.picture
    yield _Page("Composite", "", picture.__getitem__, 3 if is_opaque(picture) else 4)
    for item, groups in _leaves(stack.outline.items, ()):
        layer = stack.load(item)
        yield _page(stack, item, groups, layer)
        del layer  # before the next one is loaded


def _leaves(items: tuple[Item, ...], groups: tuple[str, ...]) -> Iterator[tuple[Item, tuple[str, ...]]]:
    """The layers, each with the names of the groups that it is in, the outermost first."""
    for item in items:
        if item.members is None:
            yield item, groups
        else:
            yield from _leaves(item.members, (*groups, item.name))


def _page(stack: Exported, item: Item, groups: tuple[str, ...], layer: Layer | None) -> _Page:
    width, height = stack.outline.width, stack.outline.height
    shown = None if layer is None else _within(layer, width, height, item.opacity)
    is_whole = shown is not None and shown.bbox == (0, 0, width, height) and is_opaque(shown.pixels)

    def rows_at(rows: slice) -> Pixels:
        if shown is None:
            return np.zeros((rows.stop - rows.start, width, 4), np.uint8)
        return rows_on_canvas(shown, rows, width)

    said = {"groups": groups, "blend": item.blend, "opacity": item.opacity, "visible": item.visible}
    return _Page(item.name, json.dumps(said), rows_at, 3 if is_whole else 4)


def _within(layer: Layer, width: int, height: int, opacity: float) -> Layer | None:
    """What of it lies on the canvas, its opacity in its alpha."""
    left, top = max(layer.x, 0), max(layer.y, 0)
    right, bottom = min(layer.x + layer.width, width), min(layer.y + layer.height, height)
    if left >= right or top >= bottom:
        return None
    pixels = layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
    pixels = np.ascontiguousarray(pixels)
    return Layer(faded(pixels, opacity) if opacity < 1 else pixels, left, top)


def _strips(file: BinaryIO, page: _Page, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Written: where each is, and how long."""
    step = _strip_rows(width)
    for top in range(0, height, step):
        rows = page.rows_at(slice(top, min(top + step, height)))[:, :, : page.samples]
        changes = rows.copy()
        changes[:, 1:] -= rows[:, :-1]
        packed = isal_zlib.compress(changes, 1)
        place = file.tell()
        file.write(packed + b"\0" * (len(packed) % 2))
        if file.tell() > _MOST_BYTES:
            raise NotExportable("The TIFF would be larger than 4 GiB, which is the most it may be.")
        yield place, len(packed)


def _strip_rows(width: int) -> int:
    return max(1, _STRIP_PIXELS // width)


def _fields(
    page: _Page, size: tuple[int, int], strips: list[tuple[int, int]], number: int, count: int
) -> Iterator[tuple[int, int, bytes]]:
    """Each field's number, type and values, in order of the numbers."""
    places, lengths = zip(*strips, strict=True)
    yield 254, _LONG, _longs(_ONE_OF_SEVERAL if number else 0)
    yield 256, _LONG, _longs(size[0])
    yield 257, _LONG, _longs(size[1])
    yield 258, _SHORT, _shorts(*[8] * page.samples)
    yield 259, _SHORT, _shorts(_ADOBE_DEFLATE)
    yield 262, _SHORT, _shorts(_RGB)
    if page.said:
        yield 270, _ASCII, page.said.encode("ascii") + b"\0"
    yield 273, _LONG, _longs(*places)
    yield 277, _SHORT, _shorts(page.samples)
    yield 278, _LONG, _longs(_strip_rows(size[0]))
    yield 279, _LONG, _longs(*lengths)
    yield 282, _RATIONAL, _longs(72, 1)
    yield 283, _RATIONAL, _longs(72, 1)
    yield 284, _SHORT, _shorts(1)
    yield 285, _ASCII, page.name.replace("\0", "\ufffd").encode("utf-8", "replace") + b"\0"
    yield 296, _SHORT, _shorts(_INCH)
    yield 297, _SHORT, _shorts(number, count)
    yield 305, _ASCII, b"Lamina\0"
    yield 317, _SHORT, _shorts(_HORIZONTAL)
    if page.samples == 4:
        yield 338, _SHORT, _shorts(_UNASSOCIATED)
    yield 34675, _UNDEFINED, srgb_profile()


_LENGTHS = {_SHORT: 2, _LONG: 4, _ASCII: 1, _RATIONAL: 8, _UNDEFINED: 1}


def _put_directory(file: BinaryIO, fields: Iterator[tuple[int, int, bytes]], link: int) -> int:
    """A page's directory, told to who leads there; where the place of the next one is to be told."""
    entries = []
    for number, type_, data in fields:
        count = len(data) // _LENGTHS[type_]
        entries.append(struct.pack("<HHI4s", number, type_, count, data if len(data) <= 4 else _longs(file.tell())))
        if len(data) > 4:
            file.write(data + b"\0" * (len(data) % 2))
    place = file.tell()
    file.write(struct.pack("<H", len(entries)) + b"".join(entries))
    following = file.tell()
    file.write(b"\0\0\0\0")
    end = file.tell()
    file.seek(link)
    file.write(_longs(place))
    file.seek(end)
    return following


def _shorts(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def _longs(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)

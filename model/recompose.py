"""A canvas that remembers what it shows, so that after an edit only what may differ is composed again.

Whatever was shown before, the pixels are those of ``model.compositing`` with everything laid anew, bit for bit. That is
why what lies *above* an edited piece is never flattened beforehand: 8-bit source-over rounds at every step, so laying a
flattened pair differs from laying the two (it is associative in real numbers only). What lies *below* is an exact
prefix of the work, and is kept.
"""

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import NamedTuple, TypeAlias

import numpy as np

from model.area import NOWHERE, Area
from model.blend import MODES
from model.changes import Shown, changed_areas, common_start
from model.layer_cache import LayerCache
from model.layers import Pixels
from model.png_bands import PngBands
from model.sheet import Sheet

Box: TypeAlias = tuple[int, int, int, int]
"""``(x, y, width, height)`` on the canvas, in pixels."""

_KEPT_BYTES = 128 * 2**20
_WIDER = 2.0
"""The kept backdrop grows to hold a new area too while that is no more than this times both of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Pixels at a place of a canvas.

    A group is a piece whose pixels are those of a canvas of its own. If these differ from those of another key in a box
    only, say so with ``since``: the rest of it is not composed again.

    Attributes:
        key: names the pixels; the same key means the same pixels.
        pixels: ``(h, w, 4)`` uint8, straight alpha; not to be changed afterwards.
        x, y: where their top left corner lies; may be outside of the canvas, as may any part of them.
        opacity: 0..1.
        blend: a name of ``model.blend.MODES``.
        since: a key, and the box ``(x, y, width, height)`` of these pixels outside of which that key's pixels are the
            same; both are of one size.
    """

    key: Hashable
    pixels: Pixels
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    blend: str = "normal"
    since: tuple[Hashable, Box] | None = None


class Canvas:
    """What pieces over each other look like; transparent black at first. May be used from any thread.

    Args:
        width, height: in pixels.
        kept_bytes: how much may be kept about the pieces, at most; beside it there are at most two pictures of the
            canvas's size, and its PNG.
    """

    def __init__(self, width: int, height: int, kept_bytes: int = _KEPT_BYTES) -> None:
        self.width, self.height = width, height
        self._whole = Area(0, 0, width, height)
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self._kept_bytes = kept_bytes // 2  # by what is shown; as much by what was shown of late
        self._lock = threading.Lock()
        self._sheets: LayerCache[Hashable, Sheet] = LayerCache(kept_bytes // 2, lambda sheet: sheet.nbytes)
        self._laid: list[_Laid] | None = []
        self._backdrop = _Backdrop(width, height)
        self._png = PngBands(width, height)

    def show(self, pieces: Sequence[Piece]) -> Box | None:
        """Compose the pieces, bottom to top.

        Returns:
            The box outside of which nothing differs from before, or ``None`` where nothing may differ at all.

        Raises:
            KeyError: no such blend mode.
            ValueError: pixels of another shape or type.
        """
        with self._lock:
            laid, before = self._made_ready(pieces), self._laid
            self._laid = None  # should anything be raised, nothing is known of the pixels
            if before is None:
                areas, same = [self._whole], 0
            else:
                old, new = [one.shown for one in before], [one.shown for one in laid]
                areas, same = changed_areas(old, new), common_start(old, new)
            if areas:
                self._backdrop.stands_for(tuple(one.shown.name for one in laid[:same]))
            for area in areas:
                self._png.changed(area.top, area.bottom)
                self._compose(laid, area, same)
            self._laid = laid
        return _box(reduce(Area.around, areas)) if areas else None

    def unlike(self, pieces: Sequence[Piece]) -> int:
        """How many of these pieces are not shown as they are, in this place."""
        with self._lock:
            known = {one.shown.name for one in self._laid or ()}
        return sum(_name(piece.key, piece) not in known for piece in pieces)

    def pixels(self, box: Box | None = None) -> Pixels:
        """A copy of what is shown, of a box inside the canvas or of all of it: ``(h, w, 4)`` uint8, straight alpha."""
        x, y, width, height = box or (0, 0, self.width, self.height)
        with self._lock:
            return self._pixels[y : y + height, x : x + width].copy()

    def png(self) -> bytes:
        """What is shown as a PNG, to the bit: only rows that changed since the last one are compressed again."""
        with self._lock:
            return self._png.file(self._pixels)

    def _made_ready(self, pieces: Sequence[Piece]) -> "list[_Laid]":
        """Those of before as they were; about the new ones is kept what has room beside all others."""
        known = {one.shown.name: one for one in self._laid or ()}
        room, laid = self._kept_bytes, []
        for piece in pieces:
            name = _name(piece.key, piece)
            one = known.get(name) or _Laid(piece, *self._sheet(piece, name, room))
            room -= one.sheet.nbytes
            laid.append(one)
        return laid

    def _sheet(self, piece: Piece, name: Hashable, room: int) -> tuple[Sheet, Shown]:
        pixels = piece.pixels
        if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
            raise ValueError(f"{piece.key!r} is {pixels.dtype} {pixels.shape}, not RGBA of 8 bits")
        if piece.blend not in MODES:
            raise KeyError(piece.blend)
        plain = piece.opacity >= 1 and piece.blend == "normal"
        sheet = self._sheets.get((piece.key, plain), partial(Sheet, pixels, plain, pixels.size // 4 < room))
        area = sheet.area.moved(piece.x, piece.y).within(self._whole) if piece.opacity > 0 else NOWHERE
        if piece.since is None:
            return sheet, Shown(name, area)
        key, (x, y, width, height) = piece.since
        part = Area(x, y, x + width, y + height).moved(piece.x, piece.y).within(self._whole)
        return sheet, Shown(name, area, _name(key, piece), part)

    def _compose(self, laid: "list[_Laid]", area: Area, same: int) -> None:
        """All anew within the area; the lowest ``same`` are those of before."""
        ground = _ground(laid, area)
        beneath = [one for one in laid[max(ground, 0) : same] if one.shown.area.meets(area)]
        if self._backdrop.kept and len(beneath) > 1:
            below = self._backdrop.composed(laid[:same], area)
            self._pixels[area.rows, area.columns] = below[area.rows, area.columns]
            _lay(laid[same:], self._pixels, area, opaque=ground >= 0)
        else:
            _lay_anew(laid, self._pixels, area)


class _Laid(NamedTuple):
    """A piece, what was found out about its pixels, and where it shows."""

    piece: Piece
    sheet: Sheet
    shown: Shown


class _Backdrop:
    """What the lowest pieces look like, composed where it was asked for: within one area, which grows."""

    def __init__(self, width: int, height: int) -> None:
        self.kept = False
        self._shape = height, width, 4
        self._names: tuple[Hashable, ...] = ()
        self._pixels: Pixels | None = None
        self._area = NOWHERE

    def stands_for(self, names: tuple[Hashable, ...]) -> None:
        """It is worth keeping once a second edit in a row leaves the same pieces alone, as those of a drag do."""
        self.kept = names == self._names
        if not self.kept:
            self._names, self._area = names, NOWHERE

    def composed(self, laid: list[_Laid], area: Area) -> Pixels:
        """A canvas of which the area is right."""
        if self._pixels is None:
            self._pixels = np.empty(self._shape, np.uint8)
        wider = area if self._area.empty else self._area.around(area)
        if wider.size > _WIDER * (area.size + self._area.size):
            self._area, wider = NOWHERE, area
        for missing in wider.without(self._area):
            _lay_anew(laid, self._pixels, missing)
        self._area = wider
        return self._pixels


def _ground(laid: list[_Laid], area: Area) -> int:
    """The index of the topmost piece that hides all below it, or -1."""
    for at in range(len(laid) - 1, -1, -1):
        if laid[at].sheet.solid and laid[at].shown.area.holds(area):
            return at
    return -1


def _lay_anew(laid: list[_Laid], pixels: Pixels, area: Area) -> None:
    ground = _ground(laid, area)
    if ground < 0:
        pixels[area.rows, area.columns] = 0
    _lay(laid[max(ground, 0) :], pixels, area, opaque=ground >= 0)


def _lay(laid: list[_Laid], pixels: Pixels, area: Area, opaque: bool) -> None:
    for piece, sheet, shown in laid:
        if shown.area.meets(area):
            sheet.lay(pixels, piece.x, piece.y, area, opaque, piece.opacity, piece.blend)


def _name(key: Hashable, piece: Piece) -> Hashable:
    """All that its look depends on, had it that key."""
    return key, piece.x, piece.y, piece.opacity, piece.blend


def _box(area: Area) -> Box:
    return area.left, area.top, area.right - area.left, area.bottom - area.top

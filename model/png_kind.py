"""What a PNG's samples are: grey, indices of a palette, RGB or RGBA; the fewest that hold a picture to the bit."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from model.layers import Pixels

Colours = NDArray[np.uint32]
"""A pixel's four bytes as one number, as they lie in memory."""

MOST_COLOURS = 256
_SAMPLED = 1024
_BAND_PIXELS = 1 << 17
_OPAQUE = 0xFF_00_00_00  # the least number of a colour that is opaque
_MULTIPLIERS = range(2_654_435_761, 2_654_435_761 + 2_000_000, 9_998)  # odd; one in two keeps 256 colours apart


def chunk(name: bytes, body: bytes | memoryview) -> bytes:
    """One of a PNG's chunks: its length, its name, what it holds, the checksum."""
    checksum = isal_zlib.crc32(body, isal_zlib.crc32(name))
    return b"".join((struct.pack(">I", len(body)), name, body, struct.pack(">I", checksum)))


@dataclass(frozen=True, slots=False, eq=False)
class Kind:
    """
    Attributes:
        colour_type: as the PNG specification numbers it.
        samples: bytes a pixel.
        colours: a palette's, all different; none for other kinds.
    """

    colour_type: int
    samples: int
    colours: Colours = field(default_factory=lambda: np.empty(0, np.uint32))

    def samples_of(self, pixels: Pixels) -> NDArray[np.uint8]:
        """``(h, w, 4)`` uint8 that this kind holds, as contiguous ``(h, w * samples)``."""
        height = len(pixels)
        if self.colour_type == RGBA.colour_type:
            return np.ascontiguousarray(pixels).reshape(height, -1)
        if self.colour_type == RGB.colour_type:
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8).reshape(height, -1)
        if self.colour_type == GREY.colour_type:
            return np.asarray(cv2.extractChannel(pixels, 0), np.uint8)
        return self._indices(_packed(pixels))

    def pixels_of(self, samples: NDArray[np.uint8], width: int) -> Pixels:
        """The way back, from ``(h, w * samples)``; an index beyond the palette raises ValueError."""
        height = len(samples)
        if self.colour_type == RGBA.colour_type:
            return samples.reshape(height, width, 4)
        if self.colour_type == RGB.colour_type:
            return np.asarray(cv2.cvtColor(samples.reshape(height, width, 3), cv2.COLOR_RGB2RGBA), np.uint8)
        if self.colour_type == GREY.colour_type:
            return np.asarray(cv2.cvtColor(samples, cv2.COLOR_GRAY2RGBA), np.uint8)
        if samples.size and samples.max() >= self.colours.size:
            raise ValueError("A PNG whose palette is too short.")
        return self.colours.take(samples)[:, :, None].view(np.uint8)

    def holds(self, pixels: Pixels) -> bool:
        """Whether the pixels come back from it to the bit."""
        if self.colour_type == RGBA.colour_type:
            return True
        if self.colour_type == RGB.colour_type:
            return _is_opaque(pixels)
        if self.colour_type == GREY.colour_type:
            return _is_opaque(pixels) and _is_grey(pixels)
        packed = _packed(pixels)
        return bool((self.colours.take(self._indices(packed)) == packed).all())

    def widened(self, pixels: Pixels) -> "Kind | None":
        """The same palette with these pixels' colours after its own, or ``None`` where they are too many or this is no
        palette. What was written with this one is right with that one."""
        if not self.colours.size:
            return None
        packed = _packed(pixels)
        missing = np.unique(packed[self.colours.take(self._indices(packed)) != packed])
        if self.colours.size + missing.size > MOST_COLOURS:
            return None
        return indexed(np.concatenate([self.colours, missing]))

    def chunks(self) -> bytes:
        """What a file of this kind says of it between its header and its pixels."""
        if not self.colours.size:
            return b""
        colours = self.colours[:, None].view(np.uint8)
        alphas = colours[:, 3].tobytes().rstrip(b"\xff")
        return chunk(b"PLTE", colours[:, :3].tobytes()) + (chunk(b"tRNS", alphas) if alphas else b"")

    @cached_property
    def _hash(self) -> tuple[np.uint32, NDArray[np.uint8]]:
        """A number by which to multiply a colour so that the upper half of the product finds its index."""
        for multiplier in map(np.uint32, _MULTIPLIERS):
            places = (self.colours * multiplier) >> np.uint32(16)
            if np.unique(places).size == places.size:
                break
        else:
            raise ValueError("colours that are not all different")
        table = np.zeros(1 << 16, np.uint8)
        table[places] = np.arange(places.size)
        return multiplier, table

    def _indices(self, packed: Colours) -> NDArray[np.uint8]:
        """Right for colours of the palette; for others any."""
        multiplier, table = self._hash
        places = packed * multiplier
        places >>= np.uint32(16)
        return table.take(places)


GREY, RGB, RGBA = Kind(0, 1), Kind(2, 3), Kind(6, 4)
_PALETTE = 3


def indexed(colours: Colours) -> Kind:
    """The kind with such a palette, of 1 to 256 colours that are all different."""
    return Kind(_PALETTE, 1, colours)


def kind_of(pixels: Pixels, clear_around: bool = False) -> Kind:
    """The kind of the fewest samples that holds ``(h, w, 4)`` uint8, and transparent black too if that lies around."""
    opaque = not clear_around and _is_opaque(pixels)
    if opaque and _is_grey(pixels):
        return GREY
    colours = few_colours(pixels, [0] if clear_around else [])
    if colours is not None:
        return indexed(colours)
    return RGB if opaque else RGBA


def true_colour(pixels: Pixels, clear_around: bool = False) -> Kind:
    """RGB where all is opaque, else RGBA: what whoever reads layers without asking for a mode expects."""
    return RGBA if clear_around or not _is_opaque(pixels) else RGB


def few_colours(pixels: Pixels, more: Sequence[int] = ()) -> Colours | None:
    """All colours and some more in rising order, or ``None`` where they are more than 256, which is soon found out."""
    found = np.array(more, np.uint32)
    for packed in _bands(pixels):
        starts = packed.reshape(-1)
        starts = np.concatenate([starts[:1], starts[1:][starts[1:] != starts[:-1]]])
        for some in (starts[:: 1 + starts.size // _SAMPLED], starts):
            found = np.union1d(found, some)
            if found.size > MOST_COLOURS:
                return None
    return found if found.size else None


def _bands(pixels: Pixels) -> Iterator[Colours]:
    step = max(1, _BAND_PIXELS // max(1, pixels.shape[1]))
    for top in range(0, len(pixels), step):
        yield _packed(pixels[top : top + step])


def _is_opaque(pixels: Pixels) -> bool:
    return bool(pixels.size) and all(int(packed.min()) >= _OPAQUE for packed in _bands(pixels))


def _is_grey(pixels: Pixels) -> bool:
    return not any((((packed >> np.uint32(8)) ^ packed) & np.uint32(0xFFFF)).any() for packed in _bands(pixels))


def _packed(pixels: Pixels) -> Colours:
    return np.ascontiguousarray(pixels).view("<u4")[:, :, 0]

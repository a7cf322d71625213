"""APNG: a build-up animation, to the bit. The still picture, which is what programs without animations show, is whole.

https://www.w3.org/TR/png-3/#apng-frame-based-animation
"""

import struct
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from model import png_file
from model.export.build_up import Frame, frames
from model.export.frame_size import frame_size
from model.export.options import ANIMATED, Animated
from model.export.stack import Exported
from model.layers import Pixels
from model.png_kind import Kind, chunk, true_colour
from model.resample import resized

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_STAYS, _IN_PLACE_OF = 0, 0
"""A frame is what the next one is drawn on; its pixels take the place of those below, and are not laid over them."""
_MILLISECONDS = 1000


def write(stack: Exported, file: BinaryIO, options: Animated = ANIMATED) -> None:
    """To the file from where it stands, which must be its beginning."""
    still = resized(stack.picture, *frame_size(stack.outline, options))
    kind: Kind | None = None
    numbers, many = count(), 0
    for frame in frames(stack, options):
        if kind is None:  # what is opaque stays so, and all frames are of the first one's kind
            kind = true_colour(frame.pixels)
            place = _put_still(file, still, kind, options.loop)
        _put(file, frame, kind, numbers)
        many += 1
    file.write(chunk(b"IEND", b""))
    file.seek(place)
    file.write(_control(many, options.loop))
    file.seek(0, 2)


def _put_still(file: BinaryIO, still: Pixels, kind: Kind, loop: int) -> int:
    """The header and the still picture, which is no frame; where it says how many frames there are."""
    chunks = list(_chunks(_packed(still, kind)))
    file.write(_SIGNATURE + chunk(*chunks[0]))
    place = file.tell()
    file.write(_control(0, loop))
    for name, body in chunks[1:-1]:
        file.write(chunk(name, body))
    return place


def _control(many: int, loop: int) -> bytes:
    return chunk(b"acTL", struct.pack(">II", many, loop))


def _put(file: BinaryIO, frame: Frame, kind: Kind, numbers: Iterator[int]) -> None:
    height, width = frame.pixels.shape[:2]
    place = struct.pack(">IIIII", next(numbers), width, height, frame.x, frame.y)
    file.write(chunk(b"fcTL", place + struct.pack(">HHBB", frame.ms, _MILLISECONDS, _STAYS, _IN_PLACE_OF)))
    for name, body in _chunks(_packed(frame.pixels, kind)):
        if name == b"IDAT":
            file.write(chunk(b"fdAT", struct.pack(">I", next(numbers)) + bytes(body)))


def _packed(pixels: Pixels, kind: Kind) -> bytes:
    return png_file.written(lambda rows: pixels[rows], pixels.shape[1], pixels.shape[0], kind)


def _chunks(file: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The names and bodies of a PNG's chunks."""
    seen, at = memoryview(file), len(_SIGNATURE)
    while at < len(file):
        length, name = struct.unpack_from(">I4s", file, at)
        yield name, seen[at + 8 : at + 8 + length]
        at += 12 + length

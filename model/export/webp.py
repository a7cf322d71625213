"""WebP: a build-up animation, lossless. Each frame is packed by libwebp and put into the container here, so that one
frame at a time is in memory.

The container: https://developers.google.com/speed/webp/docs/riff_container
"""

import struct
from typing import BinaryIO

from model.encode import webp
from model.errors import NotExportable
from model.export.build_up import Frame, frames
from model.export.frame_size import frame_size
from model.export.options import ANIMATED, Animated
from model.export.stack import Exported

_MOST_BYTES = 2**32 - 10
_ANIMATED, _HAS_ALPHA = 0x02, 0x10
_IN_PLACE_OF = 0x02
"""A frame's pixels take the place of those below, they are not laid over them."""
_HEADER = 8  # bytes of a chunk's name and length


def write(stack: Exported, file: BinaryIO, options: Animated = ANIMATED) -> None:
    """To the file from where it stands, which must be its beginning.

    Raises:
        NotExportable: it would be larger than 4 GiB.
    """
    width, height = frame_size(stack.outline, options)
    file.write(struct.pack("<4sI4s", b"RIFF", 0, b"WEBP"))
    flags = _ANIMATED | _HAS_ALPHA
    file.write(struct.pack("<4sIB3x", b"VP8X", 10, flags) + _three(width - 1) + _three(height - 1))
    file.write(struct.pack("<4sIIH", b"ANIM", 6, 0, options.loop))
    for frame in frames(stack, options, even=True):
        _put(file, frame)
    length = file.tell() - _HEADER
    file.seek(4)
    file.write(struct.pack("<I", length))
    file.seek(0, 2)


def _put(file: BinaryIO, frame: Frame) -> None:
    height, width = frame.pixels.shape[:2]
    packed = _pixels_of(webp(frame.pixels))
    said = _three(frame.x // 2) + _three(frame.y // 2) + _three(width - 1) + _three(height - 1) + _three(frame.ms)
    file.write(struct.pack("<4sI", b"ANMF", len(said) + 1 + len(packed)) + said + bytes([_IN_PLACE_OF]) + packed)
    if file.tell() > _MOST_BYTES:
        raise NotExportable("The WebP would be larger than 4 GiB, which is the most it may be.")


def _pixels_of(file: bytes) -> bytes:
    """The one chunk of a lossless picture, with its name, its length and what makes that even."""
    at = 12
    while file[at : at + 4] != b"VP8L":
        (length,) = struct.unpack_from("<I", file, at + 4)
        at += _HEADER + length + length % 2
    (length,) = struct.unpack_from("<I", file, at + 4)
    return file[at : at + _HEADER + length + length % 2]


def _three(number: int) -> bytes:
    return struct.pack("<I", number)[:3]

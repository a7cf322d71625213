"""What the first bytes of a Photoshop document say, read before anything is made of the rest."""

import struct
from typing import BinaryIO, NamedTuple

from model.errors import ImageRejected

SIGNATURE = b"8BPS"
BITMAP, GREY, INDEXED, RGB = 0, 1, 2, 3
MODES = {
    BITMAP: "bitmap", GREY: "grey", INDEXED: "indexed colours", RGB: "RGB", 4: "CMYK", 7: "multichannel", 8: "duotone",
    9: "Lab",
}  # fmt: skip
_HEADER = struct.Struct(">4sH6xHIIHH")


class Head(NamedTuple):
    """``records`` is how many layers are listed, each group being two; 0 where they are listed elsewhere."""

    version: int
    channels: int
    height: int
    width: int
    depth: int
    mode: int
    records: int


def read_head(file: BinaryIO) -> Head:
    """From where the file stands, its beginning.

    Raises:
        ImageRejected: it is no Photoshop document, or cut short.
    """
    data = file.read(_HEADER.size)
    if len(data) < _HEADER.size:
        raise ImageRejected("The Photoshop document is cut short.")
    signature, version, channels, height, width, depth, mode = _HEADER.unpack(data)
    if signature != SIGNATURE or version not in (1, 2):
        raise ImageRejected("The file is no Photoshop document of a version known here.")
    for _ in ("palette", "resources"):
        file.seek(_length(file, 4), 1)
    wide = 8 if version == 2 else 4
    records = 0
    if _length(file, wide) and _length(file, wide):
        (count,) = struct.unpack(">h", _bytes(file, 2))
        records = abs(count)
    return Head(version, channels, height, width, depth, mode, records)


def _length(file: BinaryIO, size: int) -> int:
    return int.from_bytes(_bytes(file, size), "big")


def _bytes(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise ImageRejected("The Photoshop document is cut short.")
    return data

"""What the first bytes of a Photoshop document say, read before anything is made of the rest."""

import struct
from typing import BinaryIO, NamedTuple

import numpy as np

from model.errors import ImageRejected

SIGNATURE = b"8BPS"
BITMAP, GREY, INDEXED, RGB, CMYK = 0, 1, 2, 3, 4
MODES = {
    BITMAP: "bitmap", GREY: "grey", INDEXED: "indexed colours", RGB: "RGB", CMYK: "CMYK", 7: "multichannel",
    8: "duotone", 9: "Lab",
}  # fmt: skip
_RAW, _RLE = 0, 1
_SHORT = "The Photoshop document is cut short."
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
    """From where the file stands, its beginning; then it stands at the picture of the whole.

    Raises:
        ImageRejected: it is no Photoshop document, or cut short before its layers.
    """
    data = file.read(_HEADER.size)
    if len(data) < _HEADER.size:
        raise ImageRejected(_SHORT)
    signature, version, channels, height, width, depth, mode = _HEADER.unpack(data)
    if signature != SIGNATURE or version not in (1, 2):
        raise ImageRejected("The file is no Photoshop document of a version known here.")
    for _ in ("palette", "resources"):
        file.seek(_length(file, 4), 1)
    wide = 8 if version == 2 else 4
    records, section = 0, _length(file, wide)
    merged = file.tell() + section
    if section and _length(file, wide):
        (count,) = struct.unpack(">h", _bytes(file, 2))
        records = abs(count)
    file.seek(merged)
    return Head(version, channels, height, width, depth, mode, records)


def check_end(file: BinaryIO, head: Head) -> None:
    """From where ``read_head`` left the file: whether it is as long as it says it is.

    Raises:
        ImageRejected: it is cut short.
    """
    rest = _merged_bytes(file, head)
    if file.tell() + rest > file.seek(0, 2):
        raise ImageRejected(_SHORT)


def _merged_bytes(file: BinaryIO, head: Head) -> int:
    """Of the picture of the whole, from where the file stands after this; 0 where only unpacking would tell."""
    (packing,) = struct.unpack(">H", _bytes(file, 2))
    rows = head.height * head.channels
    if packing == _RAW:
        return rows * ((head.width * head.depth + 7) // 8)
    if packing == _RLE:
        size = 4 if head.version == 2 else 2
        lengths = _bytes(file, rows * size)
        return int(np.frombuffer(lengths, f">u{size}").sum(dtype=np.int64))
    return 0


def _length(file: BinaryIO, size: int) -> int:
    return int.from_bytes(_bytes(file, size), "big")


def _bytes(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise ImageRejected(_SHORT)
    return data

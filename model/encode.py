"""Pixels -> bytes. What is stored and served is always written here, never a stranger's own file.

PNGs are ours from end to end: the filter ``Up`` on every row and DEFLATE by ISA-L at its level 1. At 1024² that takes
about 8 ms, where Pillow's fastest level takes 65 and OpenCV 35, with files as small as theirs; and because the filter
is known, reading such a file back is one inflate and one running sum.
"""

import struct
from io import BytesIO
from typing import Literal, TypeAlias

import cv2
import numpy as np
from isal import igzip_lib, isal_zlib
from numpy.typing import NDArray
from PIL import Image

from model.layers import Pixels
from model.premultiply import is_opaque
from model.resample import resized

Format: TypeAlias = Literal["png", "webp", "jpeg"]
FORMATS: tuple[Format, ...] = ("png", "webp", "jpeg")
MEDIA_TYPES: dict[Format, str] = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg"}

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP, _RGB, _RGBA = 2, 2, 6  # a filter and two colour types, as the PNG specification numbers them
_TAIL = 16  # bytes after the compressed rows
_OVERHEAD = 54 + _TAIL
_WEBP_SIDE = 16_383


def png(pixels: Pixels) -> bytes:
    """Lossless: RGBA, or RGB where every pixel is opaque. The same pixels give the same bytes.

    RGB under alpha 0 is kept.
    """
    samples = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB) if is_opaque(pixels) else np.ascontiguousarray(pixels)
    height, width, bands = samples.shape
    rows = samples.reshape(height, width * bands)
    filtered = np.empty((height, width * bands + 1), np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return b"".join(_framed(width, height, bands, isal_zlib.compress(filtered, 1)))


def decode_own(data: bytes) -> Pixels:
    """The pixels of a PNG that ``png`` wrote, to the bit, always ``(H, W, 4)``. For bytes from strangers there is
    ``model.image.decode``.

    Raises:
        ValueError: any other file, or one that is damaged in any place.
    """
    if len(data) < _OVERHEAD or data[:8] != _SIGNATURE:
        raise ValueError("Not a PNG.")
    width, height, _, colour_type = struct.unpack(">IIBB", data[16:26])
    bands = 3 if colour_type == _RGB else 4
    packed = memoryview(data)[_OVERHEAD - _TAIL : -_TAIL]
    head, _, tail = _framed(width, height, bands, packed)
    if head != data[: len(head)] or tail != data[-_TAIL:]:
        raise ValueError("Not a PNG written here, or a damaged one.")
    stride = width * bands + 1
    try:
        raw = isal_zlib.decompress(packed, bufsize=stride * height)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    filtered = np.frombuffer(raw, np.uint8)
    if filtered.size != stride * height or (filtered[::stride] != _UP).any():
        raise ValueError("Not a PNG written here: its rows are of another length or filter.")
    rows = _unfiltered(filtered.reshape(height, stride)).reshape(height, width, bands)
    return np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2RGBA), np.uint8) if bands == 3 else rows


def webp(pixels: Pixels, quality: int | None = None) -> bytes:
    """Lossless without a quality (RGB under alpha 0 kept), else lossy, 1-100.

    Raises:
        ValueError: a side is longer than WebP can hold, 16,383.
    """
    if max(pixels.shape[:2]) > _WEBP_SIDE:
        raise ValueError(f"WebP holds sides of at most {_WEBP_SIDE:,} pixels.")
    out = BytesIO()
    if quality is None:
        # effort 20 of 100: nine tenths of the gain in a tenth of the time
        _shown(pixels).save(out, "WEBP", lossless=True, quality=20, method=1, exact=True)
    else:
        _shown(pixels).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def jpeg(pixels: Pixels, quality: int = 90, background: tuple[int, int, int] = (255, 255, 255)) -> bytes:
    """Over a background, as JPEG has no transparency; 4:4:4 from quality 90 on, so that coloured text stays sharp."""
    picture = Image.fromarray(pixels)
    if not is_opaque(pixels):
        ground = Image.new("RGBA", picture.size, (*background, 255))
        picture = Image.alpha_composite(ground, picture)
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    return out.getvalue()


def encode(pixels: Pixels, format_: Format, quality: int | None = None) -> bytes:
    """One of ``FORMATS``; ``quality`` 1-100 (``None``: lossless, JPEG 90). JPEG's ground is white.

    Raises:
        ValueError: another format, or sides too long for it.
    """
    if format_ == "png":
        return png(pixels)
    if format_ == "webp":
        return webp(pixels, quality)
    if format_ == "jpeg":
        return jpeg(pixels, quality or 90)
    raise ValueError(f"There is no format {format_!r}; known are {', '.join(FORMATS)}.")


def thumbnail(pixels: Pixels, width: int) -> Pixels:
    """At most ``width`` pixels wide, same shape, never enlarged; averaged in premultiplied space."""
    rows, columns = pixels.shape[:2]
    if columns <= width:
        return pixels
    return resized(pixels, width, max(1, round(rows * width / columns)))


def _framed(width: int, height: int, bands: int, packed: bytes | memoryview) -> tuple[bytes, bytes | memoryview, bytes]:
    """What comes before the compressed rows in a file, they themselves, and what comes after."""
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB if bands == 3 else _RGBA, 0, 0, 0)
    checksum = isal_zlib.crc32(packed, isal_zlib.crc32(b"IDAT"))
    head = _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"sRGB", b"\1") + struct.pack(">I", len(packed)) + b"IDAT"
    return head, packed, struct.pack(">I", checksum) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", isal_zlib.crc32(name + body))


def _shown(pixels: Pixels) -> Image.Image:
    picture = Image.fromarray(pixels)
    return picture.convert("RGB") if is_opaque(pixels) else picture


def _unfiltered(filtered: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every row but the first was stored as what it adds to the one above."""
    rows = np.empty((filtered.shape[0], filtered.shape[1] - 1), np.uint8)
    rows[0] = filtered[0, 1:]
    for above, delta, row in zip(rows[:-1], filtered[1:, 1:], rows[1:], strict=True):  # cumsum is 40 times slower
        np.add(above, delta, out=row)
    return rows

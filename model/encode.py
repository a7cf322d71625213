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
from PIL import Image

from model.layers import Pixels
from model.resample import resized

Format: TypeAlias = Literal["png", "webp", "jpeg"]
FORMATS: tuple[Format, ...] = ("png", "webp", "jpeg")
MEDIA_TYPES: dict[Format, str] = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg"}

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2
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
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if bands == 3 else 6, 0, 0, 0)
    data = isal_zlib.compress(filtered, 1)
    return _SIGNATURE + b"".join(
        (_chunk(b"IHDR", header), _chunk(b"sRGB", b"\1"), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    )


def decode_own(data: bytes) -> Pixels:
    """The pixels of a PNG of 8 bits that ``png`` wrote, to the bit, always ``(H, W, 4)``.

    Any other 8-bit PNG is read too, only slower. Not for bytes from strangers: see ``model.image.decode``.

    Raises:
        ValueError: not such a PNG, or a damaged one.
    """
    rows = _unfiltered(data)
    if rows is None:
        return _by_opencv(data)
    return np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2RGBA), np.uint8) if rows.shape[2] == 3 else rows


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


def encode(
    pixels: Pixels,
    format_: Format,
    quality: int | None = None,
    background: tuple[int, int, int] = (255, 255, 255),
) -> bytes:
    """One of ``FORMATS``; ``quality`` 1-100 (``None``: lossless, JPEG 90); ``background`` is JPEG's only.

    Raises:
        ValueError: another format, or sides too long for it.
    """
    if format_ == "png":
        return png(pixels)
    if format_ == "webp":
        return webp(pixels, quality)
    if format_ == "jpeg":
        return jpeg(pixels, quality or 90, background)
    raise ValueError(f"There is no format {format_!r}; known are {', '.join(FORMATS)}.")


def thumbnail(pixels: Pixels, width: int) -> Pixels:
    """At most ``width`` pixels wide, same shape, never enlarged; averaged in premultiplied space."""
    rows, columns = pixels.shape[:2]
    if columns <= width:
        return pixels
    return resized(pixels, width, max(1, round(rows * width / columns)))


def is_opaque(pixels: Pixels) -> bool:
    """Whether alpha is 255 everywhere."""
    return bool(pixels[:, :, 3].min() == 255)


def _chunk(name: bytes, body: bytes) -> bytes:
    checksum = isal_zlib.crc32(body, isal_zlib.crc32(name))
    return b"".join((struct.pack(">I", len(body)), name, body, struct.pack(">I", checksum)))


def _shown(pixels: Pixels) -> Image.Image:
    picture = Image.fromarray(pixels)
    return picture.convert("RGB") if is_opaque(pixels) else picture


def _unfiltered(data: bytes) -> Pixels | None:
    """The samples ``(H, W, 3 or 4)`` of a file laid out as ``png`` does it; ``None`` for any other."""
    if len(data) < 70 or data[:8] != _SIGNATURE or data[12:16] != b"IHDR" or data[37:41] != b"sRGB":
        return None
    width, height, depth, colour_type, *rest = struct.unpack(">IIBBBBB", data[16:29])
    length, name = struct.unpack(">I4s", data[46:54])
    if depth != 8 or colour_type not in (2, 6) or any(rest) or name != b"IDAT" or len(data) != 54 + length + 16:
        return None
    bands = 3 if colour_type == 2 else 4
    stride = width * bands + 1
    try:
        raw = isal_zlib.decompress(memoryview(data)[54 : 54 + length], bufsize=stride * height)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    if len(raw) != stride * height:
        raise ValueError("A damaged PNG: its data has another length than its size needs.")
    filtered = np.frombuffer(raw, np.uint8).reshape(height, stride)
    if (filtered[:, 0] != _UP).any():
        return None
    rows = np.empty((height, width * bands), np.uint8)
    rows[0] = filtered[0, 1:]
    for above, delta, row in zip(rows[:-1], filtered[1:, 1:], rows[1:], strict=True):  # cumsum is 40 times slower
        np.add(above, delta, out=row)
    return rows.reshape(height, width, bands)


def _by_opencv(data: bytes) -> Pixels:
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if samples is None or samples.dtype != np.uint8:
        raise ValueError("Not a PNG of 8 bits, or a damaged one.")
    if samples.ndim == 2:
        return np.asarray(cv2.cvtColor(samples, cv2.COLOR_GRAY2RGBA), np.uint8)
    code = cv2.COLOR_BGR2RGBA if samples.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(samples, code), np.uint8)

"""The PNGs written here, band by band: neither writing nor reading needs a second copy of the picture.

Ours from end to end: the filter ``Up`` on every row and DEFLATE by ISA-L at its level 1. Because the filter is known,
reading such a file back is one inflate and one running sum.
"""

import struct
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from isal import igzip_lib, isal_zlib
from numpy.typing import NDArray

from model.layers import Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP, _RGB, _RGBA = 2, 2, 6  # a filter and two colour types, as the PNG specification numbers them
_TAIL = 16  # bytes after the compressed rows
_OVERHEAD = 54 + _TAIL
_BAND_PIXELS = 1 << 18
_FED_BYTES = 1 << 18
_OTHER_ROWS = "Not a PNG written here: its rows are of another length or filter."


def band_rows(width: int) -> int:
    """Rows to hand over at a time: a quarter of a megapixel, which stays in the cache."""
    return max(1, _BAND_PIXELS // max(1, width))


def written(rows_at: Callable[[slice], Pixels], width: int, height: int, opaque: bool) -> bytes:
    """The file; the same pixels give the same bytes.

    Args:
        rows_at: gives the picture's rows of a slice, ``(rows, width, 4)`` uint8; asked from the top down.
        opaque: alpha is 255 everywhere, and is left out.
    """
    samples = 3 if opaque else 4
    compressor = isal_zlib.compressobj(1)
    above = np.zeros(width * samples, np.uint8)
    packed: list[bytes] = []
    step = band_rows(width)  # the compressor's blocks end where its input does, so it is always in the same bands
    for top in range(0, height, step):
        band = rows_at(slice(top, min(top + step, height)))
        plain = np.asarray(cv2.cvtColor(band, cv2.COLOR_RGBA2RGB) if opaque else np.ascontiguousarray(band), np.uint8)
        rows = plain.reshape(len(plain), width * samples)
        packed.append(compressor.compress(_filtered(rows, above)))
        above = rows[-1].copy()
    packed.append(compressor.flush())
    return b"".join(framed(width, height, samples, b"".join(packed)))


def whole(data: bytes) -> Pixels:
    """The pixels of such a file, ``(H, W, 4)`` uint8, to the bit; sooner than its bands, with twice their memory.

    Raises:
        ValueError: any other file, or one that is damaged in any place.
    """
    width, height, samples = _read_frame(data)
    stride = width * samples + 1
    try:
        raw = isal_zlib.decompress(memoryview(data)[_OVERHEAD - _TAIL : -_TAIL], bufsize=stride * height)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    return _pixels(raw, width, height, np.zeros(stride - 1, np.uint8))


def bands_of(data: bytes) -> Iterator[Pixels]:
    """The same as ``(rows, width, 4)`` uint8: ``band_rows`` at a time, then what is left.

    Raises:
        ValueError: any other file, or one that is damaged in any place; at the end at the latest.
    """
    width, height, samples = _read_frame(data)
    stride, step = width * samples + 1, band_rows(width)
    above = np.zeros(stride - 1, np.uint8)
    inflated = _inflated(memoryview(data)[_OVERHEAD - _TAIL : -_TAIL], stride * step)
    for top in range(0, height, step):
        band = _pixels(next(inflated, b""), width, min(step, height - top), above)
        above = band[-1, :, :samples].reshape(-1).copy()
        yield band
    if any(inflated):
        raise ValueError(_OTHER_ROWS)


def framed(
    width: int, height: int, samples: int, packed: bytes | memoryview
) -> tuple[bytes, bytes | memoryview, bytes]:
    """What comes before the compressed rows in a file, they themselves, and what comes after."""
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB if samples == 3 else _RGBA, 0, 0, 0)
    checksum = isal_zlib.crc32(packed, isal_zlib.crc32(b"IDAT"))
    head = _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"sRGB", b"\1") + struct.pack(">I", len(packed)) + b"IDAT"
    return head, packed, struct.pack(">I", checksum) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", isal_zlib.crc32(name + body))


def _read_frame(data: bytes) -> tuple[int, int, int]:
    if len(data) < _OVERHEAD or data[:8] != _SIGNATURE:
        raise ValueError("Not a PNG.")
    width, height, _, colour_type = struct.unpack(">IIBB", data[16:26])
    samples = 3 if colour_type == _RGB else 4
    head, _, tail = framed(width, height, samples, memoryview(data)[_OVERHEAD - _TAIL : -_TAIL])
    if head != data[: len(head)] or tail != data[-_TAIL:] or not width or not height:
        raise ValueError("Not a PNG written here, or a damaged one.")
    return width, height, samples


def _filtered(rows: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every row as what it adds to the one above, the filter's number before it."""
    filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    np.subtract(rows[0], above, out=filtered[0, 1:])
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return filtered


def _inflated(packed: memoryview, most: int) -> Iterator[bytes]:
    """What is packed, ``most`` bytes at a time, then what is left.

    Raises:
        ValueError: it is damaged or cut, or something comes after it.
    """
    inflater = isal_zlib.decompressobj()
    parts, missing = [b""], most
    try:
        for at in range(0, len(packed), _FED_BYTES):
            fed: bytes | memoryview = packed[at : at + _FED_BYTES]
            while fed and not inflater.eof:
                parts.append(inflater.decompress(fed, missing))
                fed = inflater.unconsumed_tail
                missing -= len(parts[-1])
                if not missing:
                    yield b"".join(parts)
                    parts, missing = [b""], most
        parts.append(inflater.flush())
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    if not inflater.eof or inflater.unused_data:
        raise ValueError(_OTHER_ROWS)
    rest = b"".join(parts)
    yield from (rest[at : at + most] for at in range(0, len(rest), most))


def _pixels(raw: bytes, width: int, height: int, above: NDArray[np.uint8]) -> Pixels:
    """Rows as they were before they were filtered, under the samples of the row above them."""
    samples, stride = above.size // width, above.size + 1
    filtered = np.frombuffer(raw, np.uint8)
    if filtered.size != stride * height or (filtered[::stride] != _UP).any():
        raise ValueError(_OTHER_ROWS)
    rows = _unfiltered(filtered.reshape(height, stride), above).reshape(height, width, samples)
    return np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2RGBA), np.uint8) if samples == 3 else rows


def _unfiltered(filtered: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every row was stored as what it adds to the one above."""
    rows = np.empty((filtered.shape[0], filtered.shape[1] - 1), np.uint8)
    for delta, row in zip(filtered[:, 1:], rows, strict=True):  # cumsum is 40 times slower
        np.add(above, delta, out=row)
        above = row
    return rows

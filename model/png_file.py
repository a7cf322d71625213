"""The PNGs written here, band by band: neither writing nor reading needs a second copy of the picture.

Ours from end to end: the filter ``Up`` on every row and DEFLATE by ISA-L at its level 1. Because the filter is known,
reading such a file back is one inflate and one running sum. Every band of rows is compressed by itself, ends at a whole
byte and is a chunk of its own, so that after a change the others can be kept (``model.png_bands``).
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from isal import igzip_lib, isal_zlib
from numpy.typing import NDArray

from model.layers import Pixels
from model.png_kind import GREY, RGB, RGBA, Kind, chunk, indexed

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2  # as the PNG specification numbers the filters
_STREAM_HEAD, _STREAM_END = b"\x78\x01", b"\x03\x00"  # zlib's; and a last block of DEFLATE, with nothing in it
_ADLER = 65_521
_BAND_PIXELS = 1 << 15
_READ_PIXELS = 1 << 18
_FED_BYTES = 1 << 18
_OTHER_ROWS = "Not a PNG written here: its rows are of another length or filter."
_STRANGE = "Not a PNG written here, or a damaged one."


class Band(NamedTuple):
    """Some rows of a file.

    Attributes:
        chunk: the file's bytes of them.
        checksum: Adler-32 of the filtered rows.
        length: of the filtered rows, in bytes.
    """

    chunk: bytes
    checksum: int
    length: int


def band_rows(width: int) -> int:
    """The rows of a band: so many that their compression loses nothing, so few that little is done again."""
    return min(64, max(1, _BAND_PIXELS // max(1, width)))


def packed_band(samples: NDArray[np.uint8], above: NDArray[np.uint8] | None) -> Band:
    """``(rows, stride)`` uint8 samples, contiguous, under the row above them, ``None`` at the top."""
    filtered = np.empty((len(samples), samples.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    np.subtract(samples[0], 0 if above is None else above, out=filtered[0, 1:])
    np.subtract(samples[1:], samples[:-1], out=filtered[1:, 1:])
    compressor = isal_zlib.compressobj(1, wbits=-15)
    packed = compressor.compress(filtered) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
    return Band(chunk(b"IDAT", packed), isal_zlib.adler32(filtered), filtered.size)


def joined(width: int, height: int, kind: Kind, bands: Sequence[Band]) -> bytes:
    """The file of all bands, top to bottom."""
    parts = [opening(width, height, kind), chunk(b"IDAT", _STREAM_HEAD), *(band.chunk for band in bands)]
    checksum = struct.pack(">I", _checksum(bands))
    return b"".join([*parts, chunk(b"IDAT", _STREAM_END + checksum), chunk(b"IEND", b"")])


def written(rows_at: Callable[[slice], Pixels], width: int, height: int, kind: Kind) -> bytes:
    """The file; the same pixels give the same bytes.

    Args:
        rows_at: gives the picture's rows of a slice, ``(rows, width, 4)`` uint8; asked from the top down.
        kind: one that holds them all.
    """
    above, bands = None, []
    step = band_rows(width)
    for top in range(0, height, step):
        samples = kind.samples_of(rows_at(slice(top, min(top + step, height))))
        bands.append(packed_band(samples, above))
        above = samples[-1].copy()
    return joined(width, height, kind, bands)


def whole(data: bytes) -> Pixels:
    """The pixels of such a file, ``(H, W, 4)`` uint8, to the bit; sooner than its bands, with twice their memory.

    Raises:
        ValueError: any other file, or one that is damaged in any place.
    """
    frame = _read_frame(data)
    try:
        raw = isal_zlib.decompress(b"".join(frame.packed), bufsize=frame.stride * frame.height)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    samples = _unfiltered(raw, frame.height, np.zeros(frame.stride - 1, np.uint8))
    return frame.kind.pixels_of(samples, frame.width)


def bands_of(data: bytes) -> Iterator[Pixels]:
    """The same as ``(rows, width, 4)`` uint8: a quarter of a megapixel at a time, then what is left.

    Raises:
        ValueError: any other file, or one that is damaged in any place; at the end at the latest.
    """
    frame = _read_frame(data)
    step = max(1, _READ_PIXELS // frame.width)
    above = np.zeros(frame.stride - 1, np.uint8)
    inflated = _inflated(frame.packed, frame.stride * step)
    for top in range(0, frame.height, step):
        samples = _unfiltered(next(inflated, b""), min(step, frame.height - top), above)
        above = samples[-1]
        yield frame.kind.pixels_of(samples, frame.width)
    if any(inflated):
        raise ValueError(_OTHER_ROWS)


def opening(width: int, height: int, kind: Kind) -> bytes:
    """All that comes before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, kind.colour_type, 0, 0, 0)
    return _SIGNATURE + chunk(b"IHDR", header) + chunk(b"sRGB", b"\1") + kind.chunks()


class _Frame(NamedTuple):
    width: int
    height: int
    kind: Kind
    packed: list[memoryview]

    @property
    def stride(self) -> int:
        return self.width * self.kind.samples + 1


def _read_frame(data: bytes) -> _Frame:
    if data[:8] != _SIGNATURE:
        raise ValueError("Not a PNG.")
    chunks = list(_chunks(memoryview(data)))
    named = dict(reversed(chunks))
    packed = [body for name, body in chunks if name == b"IDAT"]
    if len(named.get(b"IHDR", b"")) != 13 or not packed:
        raise ValueError(_STRANGE)
    width, height, _, colour_type = struct.unpack(">IIBB", named[b"IHDR"][:10])
    kinds = {kind.colour_type: kind for kind in (GREY, RGB, RGBA)}
    kind = kinds.get(colour_type) or _palette(named.get(b"PLTE", b""), named.get(b"tRNS", b""))
    ours = opening(width, height, kind)
    ends = [name for name, _ in chunks[-len(packed) - 1 :]]
    if data[: len(ours)] != ours or ends != [b"IDAT"] * len(packed) + [b"IEND"] or not width or not height:
        raise ValueError(_STRANGE)
    return _Frame(width, height, kind, packed)


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Their names and what they hold, all checksums found right."""
    at = len(_SIGNATURE)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(data) or isal_zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise ValueError(_STRANGE)
        yield bytes(data[at + 4 : at + 8]), data[at + 8 : end]
        at = end + 4


def _palette(colours: bytes | memoryview, alphas: bytes | memoryview) -> Kind:
    count = len(colours) // 3
    if not 0 < count <= 256 or len(alphas) > count:
        raise ValueError(_STRANGE)
    pixels = np.full((count, 4), 255, np.uint8)
    pixels[:, :3] = np.frombuffer(colours, np.uint8, 3 * count).reshape(count, 3)
    pixels[: len(alphas), 3] = np.frombuffer(alphas, np.uint8)
    return indexed(pixels.view("<u4")[:, 0])


def _checksum(bands: Iterable[Band]) -> int:
    """Adler-32 of what all bands hold one after the other, from that of each."""
    low, high = 1, 0
    for _, checksum, length in bands:
        high = (high + (checksum >> 16) + length * (low - 1)) % _ADLER
        low = (low + (checksum & 0xFFFF) - 1) % _ADLER
    return high << 16 | low


def _inflated(packed: list[memoryview], most: int) -> Iterator[bytes]:
    """What is packed, ``most`` bytes at a time, then what is left.

    Raises:
        ValueError: it is damaged or cut, or something comes after it.
    """
    inflater = isal_zlib.decompressobj()
    parts, missing, more = [b""], most, False
    try:
        for fed in (body[at : at + _FED_BYTES] for body in packed for at in range(0, len(body), _FED_BYTES)):
            rest: bytes | memoryview = fed
            more = more or inflater.eof
            while rest and not inflater.eof:
                parts.append(inflater.decompress(rest, missing))
                rest = inflater.unconsumed_tail
                missing -= len(parts[-1])
                if not missing:
                    yield b"".join(parts)
                    parts, missing = [b""], most
        parts.append(inflater.flush())
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise ValueError(f"A damaged PNG: {error}.") from error
    if not inflater.eof or inflater.unused_data or more:
        raise ValueError(_OTHER_ROWS)
    left = b"".join(parts)
    yield from (left[at : at + most] for at in range(0, len(left), most))


def _unfiltered(raw: bytes, height: int, above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows of samples as they were before they were filtered, under the row above them."""
    stride = above.size + 1
    filtered = np.frombuffer(raw, np.uint8)
    if filtered.size != stride * height or (filtered[::stride] != _UP).any():
        raise ValueError(_OTHER_ROWS)
    rows = np.empty((height, stride - 1), np.uint8)
    for delta, row in zip(filtered.reshape(height, stride)[:, 1:], rows, strict=True):  # cumsum is 40 times slower
        np.add(above, delta, out=row)
        above = row
    return rows

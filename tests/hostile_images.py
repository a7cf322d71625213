"""Makers of pictures that strangers send: odd ones that must work, and broken or hostile ones that must not."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def saved(picture: Image.Image, format_: str, **options: object) -> bytes:
    """A picture as a file of some format, by Pillow."""
    out = io.BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()


def noise(height: int = 40, width: int = 60, bands: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    """``(height, width, bands)`` uint8, smooth enough for JPEG and rich enough to tell orientations apart."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (5, 6, bands), dtype=np.uint8)
    rows, columns = np.arange(height) * 5 // height, np.arange(width) * 6 // width
    return coarse[rows][:, columns]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int, depth: int = 8, colour_type: int = 2) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))


def png(samples: NDArray[np.uint8] | NDArray[np.uint16], colour_type: int, *extra: bytes) -> bytes:
    """A PNG of 8 or 16-bit samples ``(H, W, bands)``, with more chunks before its data."""
    height, width, _ = samples.shape
    big_endian = samples.astype(samples.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + big_endian[y].tobytes() for y in range(height))
    head = png_header(width, height, samples.dtype.itemsize * 8, colour_type)
    return head + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def small_png(*extra: bytes) -> bytes:
    return png(noise(8, 8), 2, *extra)


def huge_header_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """Under 100 bytes that claim gigapixels."""
    return png_header(width, height) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def huge_header_gif() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + b","


def huge_header_jpeg(side: int = 60_000) -> bytes:
    """A small JPEG whose frame header claims another size."""
    data = bytearray(saved(Image.new("RGB", (8, 8)), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", side, side)
    return bytes(data)


def text_bomb_png(inflated: int = 100 * 2**20) -> bytes:
    """A zTXt chunk of some 100 KB that inflates to ``inflated`` bytes."""
    return small_png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * inflated, 9)))


def many_texts_png(count: int = 70) -> bytes:
    """Each text is small enough, all of them are not."""
    return small_png(*[chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 2**20, 9))] * count)


def profile_bomb_png(inflated: int = 100 * 2**20) -> bytes:
    return small_png(chunk(b"iCCP", b"bomb\0\0" + zlib.compress(b"\0" * inflated, 9)))


def bad_checksum_png() -> bytes:
    """One bit of IDAT's checksum is wrong; the pixels would decode."""
    data = bytearray(small_png())
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    data[at + 4 + length] ^= 1
    return bytes(data)


def animated_png() -> bytes:
    red, blue = Image.new("RGB", (9, 7), "red"), Image.new("RGB", (9, 7), "blue")
    return saved(red, "PNG", save_all=True, append_images=[blue], duration=50)


def polyglot_png() -> bytes:
    """A picture with an archive behind it."""
    return small_png() + b"PK\x03\x04" + b"\0" * 64


def oriented(orientation: int, format_: str = "PNG") -> tuple[bytes, NDArray[np.uint8]]:
    """A file with an EXIF orientation, and the upright pixels ``(H, W, 3)`` it must decode to."""
    upright = noise()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if format_ == "WEBP" else {}
    return saved(Image.fromarray(np.ascontiguousarray(stored)), format_, exif=exif, **options), upright


def rgb_profile(swap: bool = False, gamma: float = 1.8) -> bytes:
    """A small ICC v2 matrix profile: sRGB's primaries (red and green exchanged if ``swap``) with a plain gamma."""
    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    if swap:
        red, green = green, red
    curve = _curve(gamma)
    tags = {
        b"rXYZ": _xyz(red),
        b"gXYZ": _xyz(green),
        b"bXYZ": _xyz(blue),
        b"wtpt": _xyz((0.9642, 1.0, 0.8249)),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(b"RGB ", b"XYZ ", b"mntr", tags)


def grey_profile(gamma: float = 1.0) -> bytes:
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"kTRC": _curve(gamma)})


def cmyk_profile() -> bytes:
    """An ICC v2 profile whose table makes any ink darker and knows no hue: white is Lab 100, all inks are Lab 0."""
    inks = np.array(np.meshgrid(*[[0, 1]] * 4, indexing="ij")).reshape(4, 16).sum(axis=0)
    lightness = (255 - inks * 255 // 4).astype(np.uint8)
    table = np.stack([lightness, np.full(16, 128, np.uint8), np.full(16, 128, np.uint8)], axis=1)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    curve = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + curve * 4 + table.tobytes() + curve * 3
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"A2B0": lut, b"A2B1": lut})


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _profile(space: bytes, connection: bytes, class_: bytes, tags: dict[bytes, bytes]) -> bytes:
    at, table, bodies = 128 + 4 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        padded = body + b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += padded
    size = at + len(bodies)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, class_, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + bodies

"""Bytes from strangers -> plain pixels. The only place that decodes what others encoded.

    decode  own limits -> format by its first bytes -> header -> whole decode -> 8 bit sRGB -> orientation -> RGBA

The decoders of exactly five formats are called by name rather than through ``Image.open``, so that no other one of
Pillow's can be reached, and so that Pillow's process-wide pixel limit (a warning, then an error) never stands in for
ours. Metadata is read for orientation and colour profile, then dropped. gAMA, cHRM and cICP chunks are not heeded.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageCms import ImageCmsTransform
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from model import icc
from model.errors import ImageRejected, ImageTooLarge
from model.layers import Pixels

FORMATS = ("PNG", "JPEG", "WebP", "AVIF", "GIF")

_OPENERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WebP": WebPImageFile,
    "AVIF": AvifImageFile,
    "GIF": GifImageFile,
}
_STRIP = 256  # rows converted at once: two whole pictures in memory (Pillow's and ours), never three


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decoded at most.

    Attributes:
        max_bytes: of the file.
        max_pixels: width × height.
        max_side: the longer side, in pixels.
    """

    max_bytes: int = 64 * 2**20
    max_pixels: int = 40_000_000
    max_side: int = 16_384


DEFAULT_LIMITS = Limits()


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS, *, keep_colours: bool = False) -> Pixels:
    """Decode a picture whole; of an animation, its first frame.

    Args:
        keep_colours: those under alpha 0, too, which nobody sees until an edit brings them to light.

    Returns:
        ``(H, W, 4)`` uint8, contiguous: sRGB by the embedded profile, orientation applied, 16 bits rounded to 8,
        straight alpha, RGB 0 where alpha is 0, unless ``keep_colours``.

    Raises:
        ImageTooLarge: more bytes, pixels or a longer side than ``limits``; found from the header, before decoding.
        ImageRejected: anything else that is wrong with the bytes. No other exception leaves here.
    """
    with _opened(data, limits) as picture:
        picture.load()
        return _upright(_rgba(picture, data, keep_colours), _orientation(picture))


def size_of(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[int, int]:
    """The ``(width, height)`` of what ``decode`` gives, found without decoding.

    Raises:
        ImageTooLarge, ImageRejected: as ``decode``, but for what only decoding shows.
    """
    with _opened(data, limits) as picture:
        width, height = picture.size
        return (height, width) if _orientation(picture) >= 5 else (width, height)


@contextmanager
def _opened(data: bytes, limits: Limits) -> Iterator[ImageFile.ImageFile]:
    """The picture behind its header, within the limits. Whatever is raised meanwhile leaves as one of ours."""
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(f"The file has {len(data):,} bytes; at most {limits.max_bytes:,} are taken.")
    name = _format_of(data)
    try:
        if name == "PNG":
            _check_png(data, limits)
        if name == "GIF" and len(data) >= 10:
            width, height = struct.unpack("<HH", data[6:10])
            _check_size((max(width, 1), max(height, 1)), limits)  # a screen of 0 takes the first frame's size
        with _OPENERS[name](BytesIO(data)) as picture:
            _check_size(picture.size, limits)
            yield picture
    except ImageRejected:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise ImageTooLarge(f"The {name} picture is too large to be decoded.") from error
    except Exception as error:  # a decoder fed with hostile bytes may raise whatever it likes
        if "MAX_TEXT" in str(error):
            raise ImageRejected(f"The {name} picture carries too much metadata.") from error
        raise ImageRejected(f"The {name} picture is broken or cut short.") from error


def _format_of(data: bytes) -> str:
    head = data[:32]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and head[8:12] in {b"avif", b"avis", b"mif1", b"msf1"} and b"avi" in data[8:64]:
        return "AVIF"
    taken = "PNG, JPEG, WebP, AVIF and GIF are taken"
    if not data:
        raise ImageRejected(f"The file is empty; {taken}.")
    raise ImageRejected(f"The file {_what_else(data)}; {taken}.")


def _what_else(data: bytes) -> str:
    """A guess at what somebody sent instead, to say it in words."""
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "is an SVG drawing"
    if text.startswith((b"<!doctype html", b"<html")):
        return "is an HTML page, not a picture"
    names = {
        b"%PDF": "a PDF document",
        b"%!PS": "a PostScript document",
        b"8BPS": "a Photoshop document",
        b"II*\0": "a TIFF picture",
        b"MM\0*": "a TIFF picture",
        b"BM": "a BMP picture",
        b"PK\x03\x04": "a ZIP archive",
    }
    for signature, what in names.items():
        if data.startswith(signature):
            return f"is {what}"
    if data[4:8] == b"ftyp":
        return "is a HEIC picture or a video"
    return "is not a picture in a format known here"


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageRejected("The picture has no pixels.")
    if width > limits.max_side or height > limits.max_side:
        raise ImageTooLarge(f"The picture is {width} × {height}; a side may have {limits.max_side:,} pixels.")
    if width * height > limits.max_pixels:
        millions = width * height / 1e6
        raise ImageTooLarge(
            f"The picture is {width} × {height}, {millions:.1f} million pixels; "
            f"at most {limits.max_pixels / 1e6:g} million are taken."
        )


def _check_png(data: bytes, limits: Limits) -> None:
    """Size from the first chunk, then the checksums of the chunks that matter; Pillow does not check IDAT's."""
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise ImageRejected("The PNG picture is cut short: it has no header.")
    _check_size(struct.unpack(">II", data[16:24]), limits)
    view, at = memoryview(data), 8
    while at + 8 <= len(data):
        length, chunk = struct.unpack(">I4s", data[at : at + 8])
        end = at + 8 + length
        if end + 4 > len(data):
            raise ImageRejected(f"The PNG picture is cut short in its {_ascii(chunk)} chunk.")
        critical = not chunk[0] & 0x20
        if critical and zlib.crc32(view[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise ImageRejected(f"The PNG picture is damaged: the checksum of its {_ascii(chunk)} chunk is wrong.")
        if chunk == b"IEND":
            return
        at = end + 4
    raise ImageRejected("The PNG picture is cut short: its end is missing.")


def _rgba(picture: ImageFile.ImageFile, data: bytes, keep_colours: bool) -> Pixels:
    """Strip by strip into our own array. RGB becomes 0 where alpha is 0, unless it is kept."""
    source, profile = _eight_bits(picture, data), picture.info.get("icc_profile")
    transform = icc.to_srgb(profile if isinstance(profile, bytes) else None, source.mode)
    width, height = source.size
    pixels = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, _STRIP):
        rows = pixels[top : top + _STRIP]
        rows[:] = np.asarray(_strip(source.crop((0, top, width, top + len(rows))), transform))
        clear = rows[:, :, 3] == 0
        if not keep_colours and clear.any():
            rows[clear] = 0
    return pixels


def _strip(piece: Image.Image, transform: ImageCmsTransform | None) -> Image.Image:
    if transform is None:
        # by way of RGB, as Pillow has no direct path from CMYK
        return (piece.convert("RGB") if piece.mode == "CMYK" else piece).convert("RGBA")
    space = icc.space_of(transform)
    if space == "CMYK":
        return transform.apply(piece).convert("RGBA")
    whole = piece.convert("RGBA")
    mapped = transform.apply(whole.convert(space))
    mapped.putalpha(whole.getchannel("A"))
    return mapped


def _eight_bits(picture: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """The picture itself, or its 16-bit samples rounded to 8 bits, where Pillow would cut them off or keep them."""
    if picture.format != "PNG" or data[24] != 16:
        return picture
    if picture.mode.startswith("I"):
        grey = np.asarray(picture).astype(np.uint16)
        bands = [_rounded(grey)]
        key = picture.info.get("transparency")
        if isinstance(key, int):
            bands.append(np.where(grey == key, 0, 255).astype(np.uint8))
        return Image.merge("LA"[: len(bands)], [Image.fromarray(band) for band in bands])
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16 or samples.ndim != 3 or samples.shape[1::-1] != picture.size:
        return picture
    order = cv2.COLOR_BGR2RGB if samples.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return Image.fromarray(_rounded(cv2.cvtColor(samples, order).astype(np.uint16, copy=False)))


def _rounded(samples: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """round(v · 255 / 65535), by table."""
    table = ((np.arange(65536, dtype=np.uint32) + 128) // 257).astype(np.uint8)
    return table[samples]


def _orientation(picture: ImageFile.ImageFile) -> int:
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # metadata from strangers; a picture is not refused for it
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation, 1-8 (CIPA DC-008, tag 0x0112)."""
    if orientation == 1:
        return pixels
    turned = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    if orientation in {3, 4, 7, 8}:
        turned = turned[::-1]
    if orientation in {2, 3, 6, 7}:
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)


def _ascii(chunk: bytes) -> str:
    return chunk.decode("ascii", "replace") if chunk.isalpha() else "next"

"""Pixels -> bytes. What is stored and served is always written here, never a stranger's own file.

PNGs are ours from end to end (``model.png_file``). At 1024² one takes about 8 ms, where Pillow's fastest level takes 65
and OpenCV 35, with files as small as theirs.
"""

from io import BytesIO
from typing import Literal, TypeAlias

from PIL import Image

from model import png_file
from model.layers import Layer, Pixels, rows_on_canvas
from model.png_kind import kind_of, true_colour
from model.premultiply import is_opaque
from model.resample import resized
from model.thumbnail import thumbnail_size

Format: TypeAlias = Literal["png", "webp", "jpeg", "avif"]
FORMATS: tuple[Format, ...] = ("png", "webp", "jpeg", "avif")
MEDIA_TYPES: dict[Format, str] = {
    "png": "image/png",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "avif": "image/avif",
}

_WEBP_SIDE = 16_383
_AVIF_SIDE = 32_768
"""What libavif reads, and most of what shows AVIF is made with it."""
_AVIF_PIXELS = 4_000_000
"""Up to so many there is time for smaller files."""


def png(pixels: Pixels, least: bool = False) -> bytes:
    """Lossless: RGBA, or RGB where every pixel is opaque; or the ``least`` of these, grey and a palette.

    The same pixels give the same bytes. RGB under alpha 0 is kept.
    """
    kind = kind_of(pixels) if least else true_colour(pixels)
    return png_file.written(lambda rows: pixels[rows], pixels.shape[1], pixels.shape[0], kind)


def layer_png(layer: Layer, width: int, height: int) -> bytes:
    """``png(on_canvas(layer, width, height))``, without ever making that canvas."""
    kind = true_colour(layer.pixels, clear_around=layer.bbox != (0, 0, width, height))
    return png_file.written(lambda rows: rows_on_canvas(layer, rows, width), width, height, kind)


def decode_own(data: bytes) -> Pixels:
    """The pixels of a PNG that was written here, to the bit, always ``(H, W, 4)``. For bytes from strangers there is
    ``model.image.decode``.

    Raises:
        ValueError: any other file, or one that is damaged in any place.
    """
    return png_file.whole(data)


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


def avif(pixels: Pixels, quality: int = 70) -> bytes:
    """Lossy, 1-100, alpha kept; 4:4:4 from quality 90 on, as for JPEG. The same pixels give the same bytes.

    Raises:
        ValueError: a side is longer than readers of AVIF take, 32,768.
        MemoryError: there is not enough of it, about 22 bytes a pixel.
    """
    rows, columns = pixels.shape[:2]
    if max(rows, columns) > _AVIF_SIDE:
        raise ValueError(f"AVIF holds sides of at most {_AVIF_SIDE:,} pixels.")
    out = BytesIO()
    # at 8 of 10 files are a tenth smaller than WebP that is as close; at 9 they are a fifth larger than it, but take
    # a third of the time, which is up to a second for a million pixels
    speed = 8 if rows * columns <= _AVIF_PIXELS else 9
    try:
        _shown(pixels).save(
            out, "AVIF", quality=quality, subsampling="4:4:4" if quality >= 90 else "4:2:0", speed=speed, max_threads=1
        )
    except RuntimeError as error:
        if "out of memory" in str(error).lower():
            raise MemoryError(str(error)) from error
        raise
    return out.getvalue()


def encode(pixels: Pixels, format_: Format, quality: int | None = None) -> bytes:
    """One of ``FORMATS``; ``quality`` 1-100 (``None``: lossless, JPEG 90, AVIF 70). JPEG's ground is white.

    Raises:
        ValueError: another format, or sides too long for it.
    """
    if format_ == "png":
        return png(pixels)
    if format_ == "webp":
        return webp(pixels, quality)
    if format_ == "jpeg":
        return jpeg(pixels, quality or 90)
    if format_ == "avif":
        return avif(pixels, quality or 70)
    raise ValueError(f"There is no format {format_!r}; known are {', '.join(FORMATS)}.")


def thumbnail(pixels: Pixels, width: int) -> Pixels:
    """At most ``width`` pixels wide, same shape, never enlarged; averaged in premultiplied space."""
    rows, columns = pixels.shape[:2]
    return resized(pixels, *thumbnail_size(columns, rows, width))


def _shown(pixels: Pixels) -> Image.Image:
    picture = Image.fromarray(pixels)
    return picture.convert("RGB") if is_opaque(pixels) else picture

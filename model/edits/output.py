"""The last step of a render: size, background, format."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from model.colour import Colour
from model.compositing import over
from model.content_hash import digest_of
from model.edits.fields import MAX_PIXELS, MAX_SIDE, Fields
from model.encode import FORMATS, MEDIA_TYPES, Format, encode
from model.errors import InvalidEdit
from model.layers import Pixels
from model.resample import resized


@dataclass(frozen=True, slots=True)
class Output:
    """What bytes a picture becomes.

    Attributes:
        width: of the result, in pixels; the height follows. ``None`` keeps the canvas's.
        background: laid under the picture; ``None`` keeps it transparent (JPEG: white).
        quality: 1-100; ``None`` is lossless, for JPEG 90.
    """

    format: Format = "png"
    width: int | None = None
    background: Colour | None = None
    quality: int | None = None

    @classmethod
    def of(cls, value: object, pointer: str = "/output") -> Self:
        """From decoded JSON ``{format, width, background, quality}``; null gives the defaults.

        Raises:
            InvalidEdit.
        """
        if value is None:
            return cls()
        fields = Fields.of(value, pointer)
        name = fields.choice("format", (*FORMATS, "jpg"), "png")
        width = fields.whole("width", 1, MAX_SIDE) if fields.has("width") else None
        background = fields.colour("background") if fields.has("background") else None
        quality = fields.whole("quality", 1, 100) if fields.has("quality") else None
        fields.done()
        if background is not None and background[3] == 0:
            background = None
        format_: Format = "png" if name == "png" else "webp" if name == "webp" else "jpeg"
        return cls(format_, width, background, None if format_ == "png" else quality)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]

    @property
    def key(self) -> str:
        """64 hex digits; joined with a scene's key it names the bytes."""
        return digest_of(["output 1", self.format, self.width, self.background, self.quality])


def encoded(pixels: Pixels, output: Output) -> bytes:
    """The picture ``(H, W, 4)`` at the output's size, on its background, in its format.

    Raises:
        InvalidEdit: the format cannot hold a side so long.
    """
    rows, columns = pixels.shape[:2]
    if output.width is not None and output.width != columns:
        height = max(1, round(rows * output.width / columns))
        if height > MAX_SIDE or (output.width > columns and output.width * height > MAX_PIXELS):
            raise InvalidEdit(
                f"The picture would be {output.width} × {height}; a side may have {MAX_SIDE:,} pixels, the whole "
                f"{MAX_PIXELS / 1e6:g} million.",
                "/output/width",
            )
        pixels = resized(pixels, output.width, height)
    if output.background is not None:
        ground = np.empty_like(pixels)
        ground[:] = output.background
        over(ground, pixels, (slice(None), slice(None)))
        pixels = ground
    try:
        return encode(pixels, output.format, output.quality)
    except ValueError as error:
        raise InvalidEdit(str(error), "/output/format") from error

"""The last step of a render: which part of it, its size, background and format."""

from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias

import numpy as np

from model.colour import Colour
from model.compositing import over
from model.content_hash import digest_of
from model.edits.cut import Box
from model.edits.fields import MAX_PIXELS, MAX_SIDE, Fields, Length
from model.edits.scene import Scene
from model.encode import FORMATS, MEDIA_TYPES, Format, encode, png
from model.errors import InvalidEdit
from model.layers import Pixels
from model.resample import resized

Background: TypeAlias = Colour | Literal["checkerboard"]

SQUARE = 8
"""The side of a checkerboard's squares in pixels of the result, whatever its scale."""
_WHITE, _GREY = (255, 255, 255, 255), (204, 204, 204, 255)


@dataclass(frozen=True, slots=True)
class Output:
    """What bytes a picture becomes.

    Attributes:
        width: of the result, in pixels; the height follows. ``None`` keeps the box's.
        background: laid under the picture; ``None`` keeps it transparent (JPEG: white).
        quality: 1-100; ``None`` is lossless, for JPEG 90, for AVIF 70.
        box: of the canvas, what is shown; ``None`` is all of it.
    """

    format: Format = "png"
    width: int | None = None
    background: Background | None = None
    quality: int | None = None
    box: Box | None = None

    @classmethod
    def of(cls, value: object, pointer: str = "/output") -> Self:
        """From decoded JSON ``{format, width, background, quality, box}``; null gives the defaults.

        Raises:
            InvalidEdit.
        """
        if value is None:
            return cls()
        fields = Fields.of(value, pointer)
        name = fields.choice("format", (*FORMATS, "jpg"), "png")
        width = fields.whole("width", 1, MAX_SIDE) if fields.has("width") else None
        background = _background(fields) if fields.has("background") else None
        quality = fields.whole("quality", 1, 100) if fields.has("quality") else None
        box = Box.listed(fields.list("box", 4)) if fields.has("box") else None
        fields.done()
        format_: Format = next((known for known in FORMATS if known == name), "jpeg")
        return cls(format_, width, background, None if format_ == "png" else quality, box)

    def region(self, scene: Scene, pointer: str = "/output") -> tuple[int, int, int, int]:
        """What of the canvas is shown, as ``(x, y, width, height)`` in whole pixels, inside of it.

        Raises:
            InvalidEdit: nothing of the box lies on the canvas.
        """
        x, y, width, height = (0, 0, scene.width, scene.height) if self.box is None else self.box.pixels(scene)
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, scene.width), min(y + height, scene.height)
        if left >= right or top >= bottom:
            size = f"{scene.width} × {scene.height}"
            raise InvalidEdit(f"Nothing of the box lies on the canvas, which is {size} pixels.", f"{pointer}/box")
        return left, top, right - left, bottom - top

    def settled(self, scene: Scene, pointer: str = "/output") -> Self:
        """The same for this scene: its box in pixels of the canvas, and none where it holds all of it, so that what
        comes to the same picture has the same key.

        Raises:
            InvalidEdit: see ``region``.
        """
        region = self.region(scene, pointer)
        if region == (0, 0, scene.width, scene.height):
            return replace(self, box=None)
        return replace(self, box=Box(*(Length(float(side)) for side in region)))

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]

    @property
    def key(self) -> str:
        """64 hex digits; of a settled output, joined with the scene's key, it names the bytes."""
        box = self.box and [side and [side.value, side.percent] for side in self.box.sides]
        return digest_of(["output 2", self.format, self.width, self.background, self.quality, box])


def encoded(pixels: Pixels, output: Output, corner: tuple[int, int] = (0, 0), most: int = MAX_PIXELS) -> bytes:
    """What is shown of the picture, ``(H, W, 4)``, at the output's size, on its background, in its format.

    Args:
        corner: where it lies on the canvas, x and y: there a checkerboard has the squares that it has in the whole.
        most: pixels that a result larger than what is shown may have.

    Raises:
        InvalidEdit: the format cannot hold a side so long, or the result is too large.
    """
    rows, columns = pixels.shape[:2]
    if output.width is not None and output.width != columns:
        height = max(1, round(rows * output.width / columns))
        if height > MAX_SIDE or (output.width > columns and output.width * height > most):
            raise InvalidEdit(
                f"The picture would be {output.width} × {height}, {output.width * height:,} pixels; at most "
                f"{most:,} are made, and {MAX_SIDE:,} along a side.",
                "/output/width",
            )
        pixels = resized(pixels, output.width, height)
    if output.background is not None:
        x, y = (round(start * pixels.shape[1] / columns) for start in corner)
        ground = _ground(output.background, pixels, x, y)
        over(ground, pixels, (slice(None), slice(None)))
        pixels = ground
    try:
        return png(pixels, least=True) if output.format == "png" else encode(pixels, output.format, output.quality)
    except ValueError as error:
        raise InvalidEdit(str(error), "/output/format") from error


def _background(fields: Fields) -> Background | None:
    """None where it is one that cannot be seen."""
    value = fields.get("background")
    if isinstance(value, str) and value.strip().lower() == "checkerboard":
        return "checkerboard"
    colour = fields.colour("background")
    return colour if colour[3] else None


def _ground(background: Background, pixels: Pixels, x: int, y: int) -> Pixels:
    """As large as the pixels, which lie at x, y of a ground whose squares begin with a white one at the top left."""
    ground = np.empty_like(pixels)
    if background != "checkerboard":
        ground[:] = background
        return ground
    sides = zip((y, x), pixels.shape[:2], strict=True)
    rows, columns = (np.arange(start, start + side) // SQUARE % 2 for start, side in sides)
    ground[:] = np.array([_WHITE, _GREY], np.uint8)[rows[:, None] ^ columns]
    return ground

"""The picture at a size the model knows, and the way back from there."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image

from model.layers import Pixels

Size: TypeAlias = tuple[int, int]
"""``(width, height)``, pixels."""
SizeRule: TypeAlias = Literal["area", "longest"]
"""``area``: the pipeline's own, see ``size_for``; ``longest``: that of some adapters, see ``longest_for``."""

LONGEST_RATIO = 4.0
"""Wider or taller pictures get a margin; the model knows none of them."""
_UNIT = 32
_TOKEN = 16
"""Pixels a side: the autoencoder shrinks by 8, the transformer takes 2 × 2."""
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What the model is shown.

    Attributes:
        shown: RGBA and opaque, of a size that the pipeline keeps.
        left, top, width, height: where the picture lies in it; the rest is margin.
    """

    shown: Image.Image
    left: int
    top: int
    width: int
    height: int

    def inside(self, pixels: Pixels) -> Pixels:
        """``(height, width, 4)``: what lies over the picture, of pixels of the size of ``shown``."""
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]

    @property
    def picture(self) -> Pixels:
        """``(height, width, 4)`` uint8, opaque: the picture as the model sees it, without the margin."""
        return self.inside(np.asarray(self.shown))


def fitted(image: Pixels, resolution: int, rule: SizeRule = "area") -> Frame:
    """The picture on white, stretched to the nearest size that the rule knows.

    A picture more than four times as long as wide lies in the middle of a frame of 4:1, whose margin repeats its edge.

    Args:
        image: ``(H, W, 4)`` uint8, straight alpha.
        resolution: 640 or 1024.
    """
    ratio = image.shape[1] / image.shape[0]
    sized = size_for if rule == "area" else longest_for
    width, height = sized(min(max(ratio, 1 / LONGEST_RATIO), LONGEST_RATIO), resolution)
    inner_width, inner_height = width, height
    if ratio > LONGEST_RATIO:
        inner_height = max(1, round(width / ratio))
    elif ratio < 1 / LONGEST_RATIO:
        inner_width = max(1, round(height * ratio))
    small = Image.fromarray(image).resize((inner_width, inner_height), Image.Resampling.LANCZOS)
    opaque = np.asarray(Image.alpha_composite(Image.new("RGBA", small.size, _WHITE), small))
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    around = (top, height - inner_height - top), (left, width - inner_width - left), (0, 0)
    return Frame(Image.fromarray(np.pad(opaque, around, mode="edge")), left, top, inner_width, inner_height)


def size_for(ratio: float, resolution: int) -> Size:
    """The size at which the pipeline works on a picture of that ratio (width / height) and keeps it unstretched.

    The pipeline's own rule, applied to its own result until nothing changes: it looks only at the ratio of what it is
    given, and would stretch some of its own sizes again.
    """
    size = _rounded(ratio, resolution)
    while (again := _rounded(size[0] / size[1], resolution)) != size:
        size = again
    return size


def longest_for(ratio: float, resolution: int) -> Size:
    """The longer side is ``resolution``, the other is rounded to whole 16s, the least that the model can be given."""
    other = max(_TOKEN, round(resolution * min(ratio, 1 / ratio) / _TOKEN) * _TOKEN)
    return (resolution, other) if ratio >= 1 else (other, resolution)


def _rounded(ratio: float, resolution: int) -> Size:
    """``calculate_dimensions`` of diffusers' pipeline: the area is ``resolution²``, sides are rounded to whole 32s."""
    width = (resolution * resolution * ratio) ** 0.5
    return round(width / _UNIT) * _UNIT, round(width / ratio / _UNIT) * _UNIT

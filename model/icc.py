"""Colour profiles: what an embedded ICC profile makes of a picture's numbers, as a transform into sRGB."""

from io import BytesIO
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image, ImageCms

Space: TypeAlias = Literal["L", "RGB", "CMYK"]
"""The Pillow mode a transform takes; it always gives ``RGB``."""

_SPACES: dict[str, Space] = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}
_SAME = 2  # levels of 255; two renderings of the sRGB curve (formula, 1024-entry table) differ by no more


def to_srgb(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform for pixels of a Pillow mode, or ``None`` where the numbers are to be taken as they are.

    Relative colorimetric with black point compensation, so white stays white and nothing is lifted. ``None`` for no
    profile, a broken one, one of another colour space than the pixels', and one that is sRGB already (tried on a
    lattice of colours rather than read off its name), so that such pictures keep their numbers to the bit.
    """
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = _SPACES.get(source.profile.xcolor_space.strip())
        if space is None or space not in _spaces_of(mode):
            return None
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            space,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return None if _is_identity(transform, space) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a profile that cannot be read is worth less than the picture


def space_of(transform: ImageCms.ImageCmsTransform) -> Space:
    """The mode a transform of ``to_srgb`` takes."""
    mode = transform.input_mode
    return "L" if mode == "L" else "CMYK" if mode == "CMYK" else "RGB"


def _spaces_of(mode: str) -> tuple[Space, ...]:
    if mode == "CMYK":
        return ("CMYK",)
    return ("L", "RGB") if mode in {"1", "L", "LA"} else ("RGB",)


def _is_identity(transform: ImageCms.ImageCmsTransform, space: Space) -> bool:
    if space == "CMYK":
        return False
    levels = range(256) if space == "L" else (0, 8, 32, 64, 96, 128, 160, 192, 224, 248, 255)
    colours = np.array(list(product(levels, repeat=1 if space == "L" else 3)), np.uint8)
    probe = Image.fromarray(colours[:, 0][None] if space == "L" else colours[None])
    mapped = transform.apply(probe)
    return int(np.abs(np.asarray(mapped).astype(int) - colours[None]).max()) <= _SAME

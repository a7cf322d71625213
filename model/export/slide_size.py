"""How large a slide is: 9,525 EMU a pixel, which is 96 pixels an inch, where PowerPoint has room for it."""

from model.errors import NotExportable
from model.export.outline import Outline

PIXEL = 9_525.0
_INCH = 914_400
_LEAST, _MOST = _INCH, 56 * _INCH


def emu_of_pixel(outline: Outline) -> float:
    """EMU a pixel: fewer where the slide would have sides of more than 56 inches, more where of less than one.

    Raises:
        NotExportable: it cannot have both sides between the two.
    """
    least, most = sorted((outline.width, outline.height))
    unit = max(min(PIXEL, _MOST / most), _LEAST / least)
    if unit * most > _MOST + 1:
        raise NotExportable(
            f"PPTX slides have sides of 1 to 56 inches; a canvas of {outline.width:,} × {outline.height:,} pixels is "
            "too long for them."
        )
    return unit


def slide_size(outline: Outline) -> tuple[int, int]:
    """Width and height in EMU."""
    unit = emu_of_pixel(outline)
    return min(_MOST, round(outline.width * unit)), min(_MOST, round(outline.height * unit))


def share(outline: Outline) -> float:
    """Of 96 pixels an inch: below 1 where the slide is made smaller."""
    return emu_of_pixel(outline) / PIXEL

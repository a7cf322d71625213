"""How large the frames of an animation are, and whether that is too much. No pixels."""

from model.errors import NotExportable
from model.export.options import Animated
from model.export.outline import Item, Outline, walked


def frame_size(outline: Outline, options: Animated) -> tuple[int, int]:
    """Width and height; frames are never larger than the canvas."""
    width, height = outline.width, outline.height
    if options.width is None or options.width >= width:
        return width, height
    return options.width, max(1, round(height * options.width / width))


def check_frames(outline: Outline, options: Animated, most: int) -> None:
    """Raises ``NotExportable`` where all frames together may have more than so many pixels."""
    width, height = frame_size(outline, options)
    share = width * height / (outline.width * outline.height)
    areas = [_area(item, outline) for item in outline.items if item.shows]
    pixels = round(share * sum(areas[1:])) + width * height  # the first frame is whole
    if pixels > most:
        raise NotExportable(
            f"An animation has at most {most:,} pixels in all its frames; this one would have {pixels:,}. "
            f"Ask for a smaller width than {width:,}."
        )


def _area(item: Item, outline: Outline) -> int:
    """Of the canvas, that it can change."""
    area = 0
    for inner, _ in walked([item]):
        if inner.box is not None:
            x, y, width, height = inner.box
            across = min(x + width, outline.width) - max(x, 0)
            down = min(y + height, outline.height) - max(y, 0)
            area += max(0, across) * max(0, down)
    return min(area, outline.width * outline.height)

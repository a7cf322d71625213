"""A folded scene -> pixels. Each layer's stored pixels are recoloured, then resampled once, then laid over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from model.affine import Matrix, then
from model.compositing import over
from model.edits.drawn import Box, Drawn, Together, drawn, footprint
from model.edits.recolor import recolored
from model.edits.scene import Scene
from model.edits.state import UNIT, LayerState, Picture, Replacement, Text
from model.edits.words import worded, worded_lines
from model.errors import ImageRejected, InvalidEdit
from model.gaussian import blurred
from model.image import DEFAULT_LIMITS, Limits, decode
from model.layers import Layer, Pixels, TextLine
from model.resample import Placed, placed
from model.warp import covered


@dataclass(frozen=True, slots=True)
class Sources:
    """Where pixels come from.

    Attributes:
        load_layer: the stored layer of an index; called only for layers that show, cropped or on the full canvas.
        load_asset: the pixels of an asset by its SHA-256; raises ``InvalidEdit`` or what it likes if there is none.
        limits: for pictures that came inline with an operation.
        stored_width: the scene's; the canvas's, if it is not given.
    """

    load_layer: Callable[[int], Layer]
    load_asset: Callable[[str], Pixels]
    limits: Limits = DEFAULT_LIMITS
    stored_width: int | None = None


def render(
    scene: Scene,
    load_layer: Callable[[int], Layer],
    load_asset: Callable[[str], Pixels],
    limits: Limits = DEFAULT_LIMITS,
) -> Pixels:
    """The picture of a scene; that of an unedited one is the original, bit for bit.

    Args:
        load_layer, load_asset, limits: see ``Sources``.

    Returns:
        ``(height, width, 4)`` uint8, straight alpha.

    Raises:
        InvalidEdit: an inline picture is broken or too large.
    """
    canvas = np.zeros((scene.height, scene.width, 4), np.uint8)
    sources = Sources(load_layer, load_asset, limits, scene.stored_width)
    _lay(drawn(scene), canvas, (0, 0, scene.width, scene.height), (scene.width, scene.height), sources)
    return canvas


def piece(what: Drawn, width: int, height: int, sources: Sources) -> Placed | None:
    """What a layer or a group comes to on a canvas, before its own opacity and blend mode; ``None`` where nothing does.

    Raises:
        InvalidEdit: an inline picture is broken or too large.
    """
    if not isinstance(what, Together):
        return _layer(what, width, height, sources)
    box = _around(what.inside, width, height)
    if box is None:
        return None
    x, y, columns, rows = box
    together = np.zeros((rows, columns, 4), np.uint8)
    _lay(what.inside, together, box, (width, height), sources)
    return together, x, y


def lines_set(state: LayerState, width: int, sources: Sources) -> tuple[TextLine, ...]:
    """Where the words that an edit set on a layer stand, in its frame; none where none were set.

    Args:
        width: of the canvas.
    """
    if not isinstance(state.source, Text):
        return ()
    return worded_lines(_stored(state, sources), state.source, sources.stored_width or width)


def _lay(some: Iterable[Drawn], onto: Pixels, room: Box, size: tuple[int, int], sources: Sources) -> None:
    """Over what is there of a box of the canvas; nothing of them lies outside of it."""
    for what in some:
        found = piece(what, *size, sources)
        if found is not None:
            pixels, x, y = found[0], found[1] - room[0], found[2] - room[1]
            box = slice(y, y + pixels.shape[0]), slice(x, x + pixels.shape[1])
            state = what.state if isinstance(what, Together) else what
            over(onto, pixels, box, state.opacity, state.blend)


def _around(some: Iterable[Drawn], width: int, height: int) -> Box | None:
    boxes = [
        _around(what.inside, width, height) if isinstance(what, Together) else footprint(what, width, height)
        for what in some
    ]
    found = [box for box in boxes if box is not None]
    return reduce(_joined, found) if found else None


def _joined(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def _layer(state: LayerState, width: int, height: int, sources: Sources) -> Placed | None:
    """What of the layer is on the canvas: within its footprint."""
    room = footprint(state, width, height)
    if room is None:
        return None
    if state.blur is None:
        shown = _sharp(state, state.settled, width, height, sources)
    else:
        shown = blurred(lambda by, *to: _sharp(state, then(state.settled, by), to[0], to[1], sources), state.blur, room)
    if shown is None:
        return None
    cut = _within(shown, room)
    if cut is None or state.crop is None:
        return cut
    pixels, x, y = cut
    crop = then(then(state.crop, state.settled), (1.0, 0.0, -x, 0.0, 1.0, -y))
    share = covered(crop, UNIT, (pixels.shape[1], pixels.shape[0]))
    if share is None:
        return cut
    pixels = pixels.copy()
    pixels[:, :, 3] = np.rint(pixels[:, :, 3] * share)
    return pixels, x, y


def _sharp(state: LayerState, matrix: Matrix, width: int, height: int, sources: Sources) -> Placed | None:
    """All of the layer under a map from its frame, cut to a size, neither blurred nor cropped."""
    other = state.source
    if isinstance(other, Text):
        words, within = worded(_stored(state, sources), other, state.settled, sources.stored_width or width)
        return placed(recolored(words, state.colours), then(within, matrix), width, height)
    if other is None:
        own = recolored(_frame(state, sources), state.colours)
        return placed(own, matrix, width, height)
    cut, inner = fitted(_pixels(other.picture, sources), other, state.bbox[2], state.bbox[3])
    shown = placed(recolored(cut, state.colours), then(inner, matrix), width, height)
    if shown is None or not other.masked:
        return shown
    mask = placed(_frame(state, sources), matrix, width, height)
    return mask and _masked(shown, mask)


def fitted(picture: Pixels, how: Replacement, width: int, height: int) -> tuple[Pixels, Matrix]:
    """What of a picture shows in a frame of ``width`` × ``height``, and the map from there into the frame; an anchor
    beyond the frame is its edge, as a picture never leaves it."""
    rows, columns = picture.shape[:2]
    across, down = width / columns, height / rows
    to_x, to_y = (min(max(share, 0.0), 1.0) for share in how.anchor)
    if how.fit == "cover":
        scale = max(across, down)
        columns, rows = max(1, min(columns, round(width / scale))), max(1, min(rows, round(height / scale)))
        left, top = round(to_x * (picture.shape[1] - columns)), round(to_y * (picture.shape[0] - rows))
        picture, across, down = picture[top : top + rows, left : left + columns], width / columns, height / rows
    elif how.fit == "contain":
        across = down = min(across, down)
    x, y = to_x * (width - columns * across), to_y * (height - rows * down)
    if across == 1 and down == 1:
        x, y = round(x), round(y)
    return picture, (across, 0.0, x, 0.0, down, y)


def _within(shown: Placed, room: Box) -> Placed | None:
    """What of it lies in a box."""
    pixels, x, y = shown
    left, top = max(x, room[0]), max(y, room[1])
    right, bottom = min(x + pixels.shape[1], room[0] + room[2]), min(y + pixels.shape[0], room[1] + room[3])
    if left >= right or top >= bottom:
        return None
    return pixels[top - y : bottom - y, left - x : right - x], left, top


def _masked(shown: Placed, mask: Placed) -> Placed | None:
    """The one only where the other is: their alphas multiplied."""
    cover, x, y = mask
    cut = _within(shown, (x, y, cover.shape[1], cover.shape[0]))
    if cut is None:
        return None
    pixels, left, top = cut
    both = pixels.copy()
    alpha = cover[top - y :, left - x :, 3][: both.shape[0], : both.shape[1]].astype(np.uint16)
    both[:, :, 3] = (both[:, :, 3] * alpha + 127) // 255
    return both, left, top


def _frame(state: LayerState, sources: Sources) -> Pixels:
    return _stored(state, sources).pixels


def _stored(state: LayerState, sources: Sources) -> Layer:
    """What fills the state's bounding box, however the stored layer is cropped."""
    if isinstance(state.origin, Picture):
        return Layer(_of_size(_pixels(state.origin, sources), state.bbox[2], state.bbox[3]))
    if state.origin is None:
        raise ValueError(f"group {state.index} has no pixels")
    layer = sources.load_layer(state.origin)
    if layer.bbox == state.bbox:
        return layer
    x, y, width, height = state.bbox
    left, top = x - layer.x, y - layer.y
    if left >= 0 and top >= 0 and left + width <= layer.width and top + height <= layer.height:
        return replace(layer, pixels=layer.pixels[top : top + height, left : left + width], x=x, y=y)
    raise ValueError(f"layer {state.origin} covers {layer.bbox}, the scene wants {state.bbox}")


def _pixels(picture: Picture, sources: Sources) -> Pixels:
    if picture.inline is None:
        return sources.load_asset(picture.image)
    try:
        return decode(picture.inline, sources.limits)
    except ImageRejected as error:
        raise InvalidEdit(str(error), picture.pointer) from error


def _of_size(pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.shape[:2] != (height, width):
        raise ValueError(f"a picture of {width} × {height} was added, and is {pixels.shape[1]} × {pixels.shape[0]}")
    return pixels

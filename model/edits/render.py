"""A folded scene -> pixels. Each layer's stored pixels are recoloured, then resampled once, then laid over."""

from collections.abc import Callable

import numpy as np

from model.affine import Matrix, then
from model.compositing import over
from model.edits.recolor import recolored
from model.edits.scene import LayerState, Replacement, Scene
from model.errors import ImageRejected, InvalidEdit
from model.image import DEFAULT_LIMITS, Limits, decode
from model.layers import Layer, Pixels
from model.resample import Placed, placed


def render(
    scene: Scene,
    load_layer: Callable[[int], Layer],
    load_asset: Callable[[str], Pixels],
    limits: Limits = DEFAULT_LIMITS,
) -> Pixels:
    """The picture of a scene; that of an unedited one is the original, bit for bit.

    Args:
        load_layer: the stored layer of an index; called only for layers that show, cropped or on the full canvas.
        load_asset: the pixels of an asset by its SHA-256; raises ``InvalidEdit`` or what it likes if there is none.
        limits: for pictures that came inline with a ``replace``.

    Returns:
        ``(height, width, 4)`` uint8, straight alpha.

    Raises:
        InvalidEdit: an inline picture is broken or too large.
    """
    canvas = np.zeros((scene.height, scene.width, 4), np.uint8)
    for index in scene.order:
        state = scene.layers[index]
        if not state.shows:
            continue
        shown = _shown(state, scene, load_layer, load_asset, limits)
        if shown is None:
            continue
        piece, x, y = shown
        box = slice(y, y + piece.shape[0]), slice(x, x + piece.shape[1])
        over(canvas, piece, box, state.opacity, state.blend)
    return canvas


def _shown(
    state: LayerState,
    scene: Scene,
    load_layer: Callable[[int], Layer],
    load_asset: Callable[[str], Pixels],
    limits: Limits,
) -> Placed | None:
    """What of the layer is on the canvas."""
    other = state.replacement
    if other is None:
        own = recolored(_frame(state, load_layer(state.index)), state.colours)
        return placed(own, state.settled, scene.width, scene.height)
    picture = _inline(other, limits) if other.inline is not None else load_asset(other.image)
    cut, inner = fitted(picture, other, state.bbox[2], state.bbox[3])
    shown = placed(recolored(cut, state.colours), then(inner, state.settled), scene.width, scene.height)
    if shown is None or not other.masked:
        return shown
    mask = placed(_frame(state, load_layer(state.index)), state.settled, scene.width, scene.height)
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


def _masked(shown: Placed, mask: Placed) -> Placed | None:
    """The one only where the other is: their alphas multiplied."""
    (piece, x, y), (cover, mask_x, mask_y) = shown, mask
    left, top = max(x, mask_x), max(y, mask_y)
    right = min(x + piece.shape[1], mask_x + cover.shape[1])
    bottom = min(y + piece.shape[0], mask_y + cover.shape[0])
    if left >= right or top >= bottom:
        return None
    both = piece[top - y : bottom - y, left - x : right - x].copy()
    alpha = cover[top - mask_y : bottom - mask_y, left - mask_x : right - mask_x, 3].astype(np.uint16)
    both[:, :, 3] = (both[:, :, 3] * alpha + 127) // 255
    return both, left, top


def _frame(state: LayerState, layer: Layer) -> Pixels:
    """The pixels of the state's bounding box, however the stored layer is cropped."""
    if layer.bbox == state.bbox:
        return layer.pixels
    x, y, width, height = state.bbox
    left, top = x - layer.x, y - layer.y
    if left >= 0 and top >= 0 and left + width <= layer.width and top + height <= layer.height:
        return layer.pixels[top : top + height, left : left + width]
    raise ValueError(f"layer {state.index} covers {layer.bbox}, the scene wants {state.bbox}")


def _inline(other: Replacement, limits: Limits) -> Pixels:
    try:
        return decode(other.inline or b"", limits)
    except ImageRejected as error:
        raise InvalidEdit(str(error), other.pointer) from error

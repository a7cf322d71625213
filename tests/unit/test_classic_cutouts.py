"""``classic`` on pictures that have an alpha channel: layers of just what was drawn, and nothing in its form below."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw
from stack_promises import assert_promises_kept

from model.decomposers import Parameters
from model.decomposers.classic import Classic
from model.decomposers.classic.text.reader import Words
from model.layers import Pixels, Stack, on_canvas
from model.refine import refine

WIDTH, HEIGHT, FINER = 420, 320, 4
Alpha = np.ndarray
Colour = tuple[int, int, int]


class _Illiterate:
    def read(self, rgb: np.ndarray) -> list[Words]:
        return []


def _mask(draw: Callable[[ImageDraw.ImageDraw], None]) -> Alpha:
    """``(320, 420)`` float32, 0-1, with soft edges; drawn four times as large."""
    picture = Image.new("L", (WIDTH * FINER, HEIGHT * FINER))
    draw(ImageDraw.Draw(picture))
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


def _box(left: int, top: int, right: int, bottom: int, radius: int = 0) -> Alpha:
    corners = [FINER * side for side in (left, top, right, bottom)]
    return _mask(lambda pen: pen.rounded_rectangle(corners, FINER * radius, fill=255))


def _ellipse(left: int, top: int, right: int, bottom: int) -> Alpha:
    return _mask(lambda pen: pen.ellipse([FINER * side for side in (left, top, right, bottom)], fill=255))


def _layer(alpha: Alpha, colour: Colour) -> Pixels:
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:, :, :3] = colour
    pixels[:, :, 3] = np.rint(alpha * 255)
    return pixels


def _flat(*layers: Pixels) -> Pixels:
    canvas = Image.new("RGBA", (WIDTH, HEIGHT))
    for pixels in layers:
        canvas = Image.alpha_composite(canvas, Image.fromarray(pixels))
    picture = np.asarray(canvas).copy()
    picture[picture[:, :, 3] == 0] = 0
    return picture


def _layers_of(picture: Pixels) -> Stack:
    parameters = Parameters()
    raw = Classic(_Illiterate()).decompose(picture, parameters, lambda stage, step, steps: None)
    stack = refine(raw, picture, parameters)
    assert_promises_kept(stack, picture, parameters)
    return stack


def _likeness(stack: Stack, true: Pixels) -> float:
    """Soft IoU of the alpha with that of the layer that is most alike."""
    wanted = true[:, :, 3].astype(float)
    found = [on_canvas(layer, WIDTH, HEIGHT)[:, :, 3].astype(float) for layer in stack.layers]
    return max(float(np.minimum(alpha, wanted).sum() / np.maximum(alpha, wanted).sum()) for alpha in found)


def test_shapes_on_nothing_leave_no_ghosts_and_the_lowest_is_the_background() -> None:
    ring, square = (
        _layer(_ellipse(30, 40, 200, 210), (30, 90, 200)),
        _layer(_box(120, 110, 260, 250, 12), (235, 70, 60)),
    )
    far = _layer(_ellipse(300, 60, 390, 150), (60, 170, 90))
    stack = _layers_of(_flat(ring, square, far))
    assert len(stack.layers) == 3
    assert stack.layers[0].name != "background"
    for true in (ring, square, far):
        assert _likeness(stack, true) > 0.99

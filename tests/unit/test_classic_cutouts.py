"""``classic`` on pictures that have an alpha channel: layers of just what was drawn, and nothing in its form below."""

from collections.abc import Callable

import cv2
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


def test_a_glow_is_a_layer_with_its_own_alpha_that_goes_on_under_what_glows() -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    fading = np.clip(1 - np.hypot(x - 170, y - 160) / 140, 0, 1).astype(np.float32) ** 1.6 * 0.85
    glow, core = _layer(fading, (255, 170, 40)), _layer(_ellipse(130, 120, 210, 200), (250, 250, 235))
    gem = _layer(_box(340, 60, 390, 110), (80, 190, 240))
    stack = _layers_of(_flat(glow, core, gem))
    assert stack.layers[0].name == "glow"
    assert len(stack.layers) == 3
    assert _likeness(stack, glow) > 0.9
    assert _likeness(stack, core) > 0.99
    assert _likeness(stack, gem) > 0.99
    lowest = stack.layers[0].pixels
    assert np.abs(lowest[lowest[:, :, 3] > 40][:, :3].astype(int) - (255, 170, 40)).max() <= 4


def test_a_cards_shadow_on_nothing_goes_on_under_the_card_and_leaves_its_rim_clean() -> None:
    card = _box(60, 50, 340, 240, 18)
    cast = cv2.GaussianBlur(np.roll(card, 12, axis=0), (0, 0), 12) * 0.5
    shadow, white = _layer(cast, (0, 0, 0)), _layer(card, (252, 252, 250))
    button = _layer(_box(210, 180, 320, 215, 17), (240, 90, 80))
    stack = _layers_of(_flat(shadow, white, button))
    assert stack.layers[0].name == "shadow"
    assert len(stack.layers) == 3
    assert _likeness(stack, shadow) > 0.97
    found = stack.layers[1].pixels
    assert _likeness(stack, white) > 0.995
    assert np.abs(found[found[:, :, 3] > 60][:, :3].astype(int) - (252, 252, 250)).max() <= 12


def test_a_half_transparent_pane_has_no_holes_where_things_lie_on_it() -> None:
    pane, dot = (
        _layer(_box(40, 110, 380, 200, 40) * 0.7, (30, 30, 36)),
        _layer(_ellipse(70, 130, 120, 180), (90, 220, 130)),
    )
    bar = _layer(_box(150, 145, 330, 165, 10), (255, 255, 255))
    stack = _layers_of(_flat(pane, dot, bar))
    assert len(stack.layers) == 3
    for true in (pane, dot, bar):
        assert _likeness(stack, true) > 0.985
    lowest = on_canvas(stack.layers[0], WIDTH, HEIGHT)
    inside = cv2.erode((lowest[:, :, 3] > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.abs(lowest[inside].astype(int) - (30, 30, 36, 178)).max() <= 12


def test_what_is_grey_on_nothing_is_seen() -> None:
    grey = _layer(_ellipse(60, 60, 240, 240), (128, 128, 128))
    white, black = _layer(_box(250, 40, 400, 140), (255, 255, 255)), _layer(_box(250, 180, 400, 280), (0, 0, 0))
    stack = _layers_of(_flat(grey, white, black))
    assert len(stack.layers) == 3
    for true in (grey, white, black):
        assert _likeness(stack, true) > 0.99


def test_a_sticker_comes_apart_into_its_border_and_what_is_on_it_though_its_edge_is_blurred() -> None:
    face = _ellipse(110, 60, 310, 260)
    wide = cv2.dilate(face, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (33, 33)))
    border = _layer(cv2.GaussianBlur(wide, (0, 0), 1.2), (255, 255, 255))
    yellow, mouth = _layer(face, (250, 190, 40)), _layer(_ellipse(180, 180, 240, 220), (200, 50, 60))
    eyes = _layer(np.maximum(_ellipse(155, 110, 180, 145), _ellipse(240, 110, 265, 145)), (40, 30, 30))
    stack = _layers_of(_flat(border, yellow, mouth, eyes))
    assert len(stack.layers) == 4
    for true in (border, yellow, mouth, eyes):
        assert _likeness(stack, true) > 0.99

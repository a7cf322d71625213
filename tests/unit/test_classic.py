"""``classic`` from a picture to its layers, with a reader that knows the words."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.decomposers import Parameters, revision_of
from model.decomposers.classic import Classic
from model.decomposers.classic.text.reader import Words
from model.fidelity import max_error
from model.layers import Layer, Pixels, Stack, on_canvas
from model.refine import refine

GOLDEN = Path(__file__).parents[1] / "golden" / "classic.json"
HEADLINE = (70, 76)
SIDE = 360


class Known:
    """Reads what it was told is there, for pictures of one size; other pictures hold no words."""

    def __init__(self, *words: Words) -> None:
        self.words = list(words)

    def read(self, rgb: Pixels) -> list[Words]:
        return self.words if rgb.shape[:2] == (SIDE, SIDE) else []


def opaque(rgb: object) -> Pixels:
    colors = np.asarray(rgb, np.uint8)
    return np.dstack([colors, np.full(colors.shape[:2], 255, np.uint8)])


def ground() -> Pixels:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.stack([40 + x * 0.2, 80 + y * 0.3, 170 - x * 0.1], axis=2).round().astype(np.uint8)


def poster(text: bool = True, panel: bool = True, disc: bool = True) -> Pixels:
    """A yellow panel, a red disc over its corner and two words on it, over a gradient."""
    big = Image.fromarray(cv2.resize(ground(), None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR))
    pen = ImageDraw.Draw(big)
    if panel:
        pen.rectangle((50 * 4, 60 * 4, 310 * 4 - 1, 220 * 4 - 1), (250, 215, 40))
    if disc:
        pen.ellipse((250 * 4, 160 * 4, 340 * 4, 250 * 4), (210, 30, 40))
    if text:
        pen.text((HEADLINE[0] * 4, HEADLINE[1] * 4), "OPEN AIR", (20, 25, 60), ImageFont.load_default(44 * 4))
    small = np.asarray(big.resize((SIDE, SIDE), Image.Resampling.BOX)).copy()
    untouched = np.abs(small.astype(int) - ground()).max(axis=2) <= 1
    small[untouched] = ground()[untouched]
    return opaque(small)


def headline() -> Words:
    length = ImageFont.load_default(44).getlength("OPEN AIR")
    left, right, top, bottom = HEADLINE[0] - 3, HEADLINE[0] + length + 3, HEADLINE[1] + 3, HEADLINE[1] + 52
    return Words("OPEN AIR", np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32))


def layers_of(picture: Pixels, **parameters: int) -> Stack:
    classic = Classic(Known(headline()))
    chosen = Parameters(**parameters)  # type: ignore[arg-type]
    return refine(classic.decompose(picture, chosen, lambda stage, step, steps: None), picture, chosen)


def without(stack: Stack, name: str) -> np.ndarray:
    seen = np.zeros((SIDE, SIDE, 3), np.float32)
    for layer in stack.layers:
        if layer.name != name:
            canvas = on_canvas(layer, SIDE, SIDE).astype(np.float32)
            seen = canvas[:, :, :3] * canvas[:, :, 3:] / 255 + seen * (1 - canvas[:, :, 3:] / 255)
    return seen


@pytest.fixture(scope="module")
def stack() -> Stack:
    return layers_of(poster())


def test_the_layers_have_the_names_a_person_would_give(stack: Stack) -> None:
    assert [layer.name for layer in stack.layers] == ["background gradient", "yellow panel", "red circle", "OPEN AIR"]
    assert [layer.kind for layer in stack.layers] == ["background", "shape", "shape", "text"]
    assert stack.layers[3].text == "OPEN AIR"
    assert max_error(stack, poster()) == 0


def test_the_gradient_under_a_removed_panel_is_what_was_there(stack: Stack) -> None:
    background = on_canvas(stack.layers[0], SIDE, SIDE)[:, :, :3].astype(int)
    assert np.abs(background - ground()).max() <= 3


def test_text_can_be_removed_without_a_trace_and_the_panel_below_is_whole(stack: Stack) -> None:
    assert np.abs(without(stack, "OPEN AIR") - poster(text=False)[:, :, :3]).max() <= 12


def test_the_panel_goes_on_under_the_disc(stack: Stack) -> None:
    difference = np.abs(without(stack, "red circle") - poster(disc=False)[:, :, :3]).max(axis=2)
    assert (difference > 12).mean() < 0.001


def test_the_rims_of_a_layer_hold_no_colour_of_what_was_around(stack: Stack) -> None:
    disc = stack.layers[2].pixels
    rim = (disc[:, :, 3] > 60) & (disc[:, :, 3] < 255)
    assert rim.sum() > 50
    assert np.abs(disc[rim][:, :3].astype(int) - (210, 30, 40)).max(axis=1).mean() < 25


def test_the_same_picture_gives_the_same_bytes(stack: Stack) -> None:
    again = layers_of(poster())
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(stack.layers, again.layers, strict=True))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 16])
def test_there_are_never_more_layers_than_asked_for_and_they_are_exact(count: int) -> None:
    few = layers_of(poster(), max_layers=count)
    assert len(few.layers) <= count + 1  # what nothing explains may lie in a residual layer
    assert max_error(few, poster()) == 0


@pytest.mark.parametrize(
    "picture",
    [
        opaque(np.full((1, 1, 3), 90)),
        opaque(np.random.default_rng(0).integers(0, 256, (2, 3, 3))),
        opaque(np.random.default_rng(0).integers(0, 256, (3, 2, 3))),
        opaque(np.random.default_rng(0).integers(0, 256, (1, 300, 3))),
        opaque(np.repeat(np.random.default_rng(0).integers(0, 256, (120, 90, 1)), 3, axis=2)),
        opaque(np.zeros((64, 64, 3))),
        np.zeros((40, 40, 4), np.uint8),
    ],
    ids=["1x1", "3x2", "2x3", "300x1", "grey noise", "black", "transparent"],
)
def test_odd_pictures_come_apart_exactly(picture: Pixels) -> None:
    chosen = Parameters()
    raw = Classic(Known()).decompose(picture, chosen, lambda stage, step, steps: None)
    assert raw.layers[0].kind == "background"
    assert max_error(refine(raw, picture, chosen), picture) == 0


def test_a_drawing_on_transparent_ground_is_found() -> None:
    picture = np.zeros((120, 120, 4), np.uint8)
    picture[30:90, 20:100] = (220, 30, 40, 255)
    chosen = Parameters()
    raw = Classic(Known()).decompose(picture, chosen, lambda stage, step, steps: None)
    assert [layer.name for layer in raw.layers] == ["background", "red panel"]
    assert max_error(refine(raw, picture, chosen), picture) == 0


def test_a_large_cut_out_is_looked_at_without_dark_rims() -> None:
    picture = np.zeros((1100, 1500, 4), np.uint8)
    cv2.circle(picture, (700, 500), 301, (255, 255, 255, 255), -1)
    raw = Classic(Known()).decompose(picture, Parameters(), lambda stage, step, steps: None)
    assert raw.width < 1500
    assert [layer.name for layer in raw.layers] == ["background", "white circle"]
    circle = raw.layers[1].pixels
    assert circle[circle[:, :, 3] > 0][:, :3].min() >= 250


def summary(layer: Layer) -> list[object]:
    return [layer.name, layer.kind, *layer.bbox, round(float(layer.pixels[:, :, 3].mean()) / 255, 2)]


def test_the_layers_of_a_poster_change_only_with_the_revision(stack: Stack) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert golden["revision"] == revision_of("classic"), "raise both together, after a look at the new layers"
    for layer, expected in zip(stack.layers, golden["layers"], strict=True):
        found = summary(layer)
        assert found[:2] == expected[:2]
        assert np.abs(np.subtract(found[2:6], expected[2:6])).max() <= 2
        assert found[6] == pytest.approx(expected[6], abs=0.03)

"""``classic`` on one layer of a stack: what it is shown a layer on is not left in the parts."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model.alpha import trimmed
from model.compositing import composite
from model.decomposers import Parameters
from model.decomposers.classic import Classic
from model.decomposers.classic.text.reader import Words
from model.layers import Layer, Pixels, Stack, on_canvas
from model.nested import Nested, cutout, split

WIDTH, HEIGHT, FINER = 420, 260, 4
Colour = tuple[int, int, int]
RED, BLUE, YELLOW, GREEN = (220, 40, 30), (30, 60, 210), (250, 220, 30), (30, 160, 80)
WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)


class _Illiterate:
    def read(self, rgb: np.ndarray) -> list[Words]:
        return []


def _silent(stage: str, step: int, steps: int) -> None:
    pass


def _drawn(*shapes: tuple[str, tuple[int, int, int, int], Colour]) -> Pixels:
    """``(260, 420, 4)``, smooth edges on nothing."""
    picture = Image.new("RGBA", (WIDTH * FINER, HEIGHT * FINER))
    pen = ImageDraw.Draw(picture)
    for shape, (left, top, right, bottom), colour in shapes:
        box = tuple(FINER * side for side in (left, top, right, bottom))
        getattr(pen, shape)(box, fill=(*colour, 255))
    return np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)).copy()


def _split(pixels: Pixels) -> tuple[Stack, Nested]:
    ground = np.full((HEIGHT, WIDTH, 4), (228, 222, 205, 255), np.uint8)
    layer = trimmed(Layer(pixels, name="things", kind="object", depth=1.0))
    assert layer is not None
    whole = Stack(WIDTH, HEIGHT, (Layer(ground, name="background", kind="background", depth=0.0), layer))
    parameters = Parameters(max_layers=8)
    classic = Classic(_Illiterate())
    raw = classic.decompose(cutout(layer).shown_to(classic), parameters, _silent)
    nested = split(whole, 1, raw, parameters, _silent)
    assert np.array_equal(composite(nested.stack), composite(whole))
    assert nested.stack.layers[0].pixels is ground
    return whole, nested


def _likeness(layer: Layer, pixels: Pixels) -> float:
    """Soft IoU of the two alphas."""
    found, true = (alpha[:, :, 3].astype(float) for alpha in (on_canvas(layer, WIDTH, HEIGHT), pixels))
    return float(np.minimum(found, true).sum() / np.maximum(found, true).sum())


@pytest.mark.parametrize(
    "colours",
    [(RED, BLUE, YELLOW, GREEN), (WHITE, BLUE, YELLOW, GREY), (BLACK, RED, WHITE, BLACK)],
    ids=["bright", "none like black", "none like grey"],
)
def test_icons_of_any_colour_come_apart_and_leave_nothing_behind(colours: tuple[Colour, ...]) -> None:
    shapes = (
        ("ellipse", (30, 60, 120, 180), colours[0]),
        ("rectangle", (160, 70, 260, 170), colours[1]),
        ("ellipse", (190, 100, 230, 140), colours[2]),
        ("ellipse", (300, 70, 390, 160), colours[3]),
    )
    _, nested = _split(_drawn(*shapes))
    parts = nested.stack.layers[1:]
    assert len(parts) == 4
    for shape in shapes:
        assert max(_likeness(part, _drawn(shape)) for part in parts) > 0.97


def test_a_card_is_parted_from_what_lies_on_it_and_stays_whole() -> None:
    card, sun, sea = (
        ("rectangle", (40, 40, 360, 220), (250, 240, 220)),
        ("ellipse", (70, 70, 150, 150), RED),
        ("rectangle", (200, 120, 330, 190), BLUE),
    )
    _, nested = _split(_drawn(card, sun, sea))
    parts = nested.stack.layers[1:]
    assert len(parts) == 3
    assert parts[0].name == "things"
    assert _likeness(parts[0], _drawn(card)) > 0.97
    for shape in (sun, sea):
        assert max(_likeness(part, _drawn(shape)) for part in parts) > 0.97
    assert np.abs(parts[0].pixels[:, :, :3].astype(int) - card[2]).max() <= 6


def test_a_glow_is_parted_from_what_glows_with_its_alpha() -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    glow = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    glow[:, :, :3] = (255, 170, 40)
    glow[:, :, 3] = np.rint(np.clip(1 - np.hypot(x - 210, y - 130) / 120, 0, 1) ** 1.6 * 216)
    core = _drawn(("ellipse", (175, 95, 245, 165), (250, 250, 235)))
    things = np.asarray(Image.alpha_composite(Image.fromarray(glow), Image.fromarray(core)))
    _, nested = _split(things.copy())
    parts = nested.stack.layers[1:]
    assert len(parts) == 2
    assert max(_likeness(part, glow) for part in parts) > 0.9
    assert max(_likeness(part, core) for part in parts) > 0.97

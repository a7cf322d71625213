"""Halos: strength and colour are solved where the ground is known, and nothing is seen where nothing is proven."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.names import named
from model.decomposers.classic.overlays.halo import Scene, solved
from model.decomposers.classic.overlays.halos import of_letters
from model.decomposers.classic.overlays.shape_halos import Haloed, beneath, of_shapes
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, grown
from model.decomposers.classic.regions.segment import Region, segment
from model.decomposers.classic.text.ink import Line, inked, lettered
from model.decomposers.classic.text.reader import Words

SIZE = 160
BLUE, SAND, PINK = (20, 60, 140), (220, 200, 150), (255, 120, 180)


def disc() -> Mask:
    y, x = np.mgrid[:SIZE, :SIZE]
    return np.asarray((x - 80) ** 2 + (y - 80) ** 2 <= 30**2)


def grounds(two: bool) -> Floats:
    below = np.full((SIZE, SIZE, 3), SAND, np.float32)
    below[:, : SIZE // 2 if two else 0] = BLUE
    return below


def around(below: Floats, color: tuple[int, int, int], strength: float, down: int = 0) -> Scene:
    """A disc with a halo on known grounds."""
    soft = cv2.GaussianBlur(np.roll(disc(), down, axis=0).astype(np.float32), (0, 0), 9)
    alpha = strength * soft[:, :, None]
    seen = np.rint(below * (1 - alpha) + alpha * np.array(color, np.float32))
    return Scene(disc().astype(np.float32), below, seen.astype(np.float32), ~disc(), 0.0, 32.0, 0.85)


def test_two_grounds_tell_the_strength_and_the_colour_of_a_glow() -> None:
    halo = solved(around(grounds(two=True), PINK, 0.6))
    assert halo is not None
    assert np.abs(halo.color - PINK).max() < 12
    assert abs(float(halo.alpha.max()) - 0.6 * 0.996) < 0.05
    assert halo.proof > 0.95


def test_a_ground_of_one_colour_that_is_darkened_lies_in_a_black_shadow() -> None:
    halo = solved(around(grounds(two=False), (0, 0, 0), 0.4, down=8))
    assert halo is not None
    assert not halo.color.any()
    truth = 0.4 * cv2.GaussianBlur(np.roll(disc(), 8, axis=0).astype(np.float32), (0, 0), 9)
    assert np.abs(halo.alpha - truth).max() < 0.03


def test_a_ground_that_runs_otherwise_than_its_paint_has_no_halo() -> None:
    below = grounds(two=False)
    seen = below - np.linspace(0, 40, SIZE, dtype=np.float32)[None, :, None]
    assert solved(Scene(disc().astype(np.float32), below, np.rint(seen), ~disc(), 0.0, 32.0, 0.85)) is None


def written(shadow: float) -> tuple[Floats, Line]:
    """White letters on sand, with a soft shadow below."""
    image = Image.new("L", (360, 140), 0)
    ImageDraw.Draw(image).text((50, 40), "SALE", 255, ImageFont.load_default(56))
    cover = np.asarray(image, np.float32)[:, :, None] / 255
    soft = cv2.GaussianBlur(np.roll(cover[:, :, 0], 4, axis=0), (0, 0), 3)[:, :, None]
    picture = np.array(SAND, np.float32) * (1 - shadow * soft)
    picture = np.rint(picture * (1 - cover) + 250 * cover).astype(np.float32)
    line = inked(picture, Words("SALE", np.array([[45, 45], [215, 45], [215, 105], [45, 105]], np.float32)), 0.0)
    assert line is not None
    return picture, line


def test_the_shadow_of_letters_comes_off_and_leaves_their_ground() -> None:
    picture, line = written(0.5)
    regions, _ = segment(picture, 0.0, lettered([line], picture.shape[:2], 2))
    (element,) = of_letters(picture, regions, [[line]], lettered([line], picture.shape[:2], 2), 0.0)
    assert element.name == "shadow"
    assert element.alpha is not None
    assert 0.25 < float(element.alpha.max()) < 0.55
    assert element.clear is not None
    core = line.seen(line.core, (slice(0, 140), slice(0, 360)))
    away = ~cv2.dilate(core.astype(np.uint8), np.ones((5, 5))).astype(bool)
    assert np.abs(element.clear - SAND)[away].max() <= 6
    assert np.abs(picture - SAND)[away].max() > 40


def test_letters_without_a_shadow_have_none() -> None:
    picture, line = written(0.0)
    regions, _ = segment(picture, 0.0, lettered([line], picture.shape[:2], 2))
    assert of_letters(picture, regions, [[line]], lettered([line], picture.shape[:2], 2), 0.0) == []


def glowing(strength: float) -> Floats:
    """A red disc with a pink glow, half on a blue card and half on sand."""
    below = grounds(two=True)
    alpha = strength * cv2.GaussianBlur(disc().astype(np.float32), (0, 0), 9)[:, :, None]
    picture = below * (1 - alpha) + alpha * np.array(PINK, np.float32)
    picture[disc()] = (200, 20, 20)
    large = cv2.resize(np.rint(picture), (4 * SIZE, 4 * SIZE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.rint(large), np.float32)


def taken(picture: Floats) -> tuple[list[Haloed], list[Region], Floats]:
    nothing = np.zeros(picture.shape[:2], bool)
    regions, is_drawing = segment(picture, 0.0, nothing)
    halos, regions, _, clear = of_shapes(
        picture, regions, is_drawing, nothing, 0.0, lambda clear: segment(clear, 0.0, nothing)
    )
    return halos, regions, clear


def test_a_glow_comes_off_and_leaves_both_of_its_grounds() -> None:
    (haloed,), regions, clear = taken(glowing(0.6))
    assert haloed.element.name == "glow"
    assert np.abs(haloed.element.paint.weights[0] - PINK).max() < 16
    below = cv2.resize(grounds(two=True), clear.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    wide = cv2.resize(disc().astype(np.uint8), clear.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    away = cv2.dilate(wide, np.ones((11, 11))) == 0
    away[:, 2 * SIZE - 8 : 2 * SIZE + 8] = False
    assert np.percentile(np.abs(clear - below)[away], 99) <= 6
    assert sum(region.area for region in regions[:3]) > 0.98 * wide.size


def test_a_glow_is_called_by_its_colour_and_a_black_shadow_is_a_shadow() -> None:
    (haloed,), _, _ = taken(glowing(0.6))
    assert named(haloed.element).name == "pink glow"
    black = Paint(0, np.zeros((1, 3)), 160.0, 0.0, 1.0)
    assert named(Element(disc(), black, "object", "shadow", alpha=disc().astype(np.float32))).name == "shadow"


def test_without_a_glow_nothing_comes_off() -> None:
    assert taken(glowing(0.0))[0] == []


def test_a_halo_lies_directly_below_its_shape_and_the_picture_below_it_is_without_it() -> None:
    picture = np.full((SIZE, SIZE, 3), 100, np.float32)
    card, top = np.zeros((SIZE, SIZE), bool), disc()
    card[:, 80:] = True
    paint = Paint(0, np.zeros((1, 3)), 160.0, 0.0, 1.0)
    shapes = [Element(card, paint), Element(top, paint)]
    upper, lower = (Element(grown(mask, 9), paint, alpha=np.ones((SIZE, SIZE), np.float32)) for mask in (top, card))
    upper.clear, lower.clear = picture - 10, picture - 30
    order = beneath(shapes, [Haloed(lower, card), Haloed(upper, top)], picture)
    assert [id(element) for element in order] == [id(element) for element in (lower, shapes[0], upper, shapes[1])]
    assert order[0].clear is not None
    assert order[2].clear is not None
    assert float(order[0].clear.max()) == 70
    assert float(order[2].clear.max()) == 90


def test_the_soft_rim_of_a_thing_is_no_halo() -> None:
    below = grounds(two=False)
    soft = cv2.GaussianBlur(disc().astype(np.float32), (0, 0), 2)[:, :, None]
    seen = below * (1 - soft) + soft * np.array((200, 220, 255), np.float32)
    assert solved(Scene(disc().astype(np.float32), below, seen, ~disc(), 0.0, 32.0, 0.5)) is None

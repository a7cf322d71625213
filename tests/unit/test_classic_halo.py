"""Halos: strength and colour are solved where the ground is known, and nothing is seen where nothing is proven."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.overlays.halo import Scene, solved
from model.decomposers.classic.overlays.halos import of_letters
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.segment import segment
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
    return Scene(disc().astype(np.float32), below, seen.astype(np.float32), ~disc(), 0.0, 32.0)


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
    assert solved(Scene(disc().astype(np.float32), below, np.rint(seen), ~disc(), 0.0, 32.0)) is None


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

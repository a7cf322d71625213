"""A picture is known again when it was compressed or scaled, and never taken for one with another word or colour."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from app.cli.sample_poster import sample_poster
from model.image import decode
from model.layers import Pixels
from model.perceptual_hash import distance, distances, sketch
from model.sketch import BITS, SAME_BITS, Sketch, bands


@pytest.fixture(scope="module")
def poster() -> Pixels:
    return decode(sample_poster())


@pytest.fixture(scope="module")
def known(poster: Pixels) -> Sketch:
    return sketch(poster)


def apart(one: Sketch, other: Sketch) -> int:
    """How many bits differ."""
    return ((one.hash ^ other.hash) & ((1 << BITS) - 1)).bit_count()


def saved(pixels: Pixels, kind: str, quality: int) -> Pixels:
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, kind, quality=quality)
    return decode(out.getvalue())


def scaled(pixels: Pixels, by: float) -> Pixels:
    height, width = pixels.shape[:2]
    size = round(width * by), round(height * by)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


COPIES = {
    "JPEG 75": lambda pixels: saved(pixels, "JPEG", 75),
    "JPEG 30": lambda pixels: saved(pixels, "JPEG", 30),
    "WebP 60": lambda pixels: saved(pixels, "WEBP", 60),
    "half": lambda pixels: scaled(pixels, 0.5),
    "half as JPEG": lambda pixels: saved(scaled(pixels, 0.5), "JPEG", 80),
    "twice": lambda pixels: scaled(pixels, 2.0),
    "a pixel less all around": lambda pixels: np.ascontiguousarray(pixels[1:-1, 1:-1]),
    "soft": lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 1.0),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_the_same_picture(poster: Pixels, known: Sketch, name: str) -> None:
    copy = sketch(COPIES[name](poster))
    assert apart(copy, known) <= SAME_BITS
    assert set(enumerate(bands(copy.hash))) & set(enumerate(bands(known.hash)))
    assert distance(known.grid, copy.grid) < 1


def test_the_very_pixels_are_at_distance_0(poster: Pixels, known: Sketch) -> None:
    assert distance(known.grid, sketch(poster.copy()).grid) == 0


def changed(pixels: Pixels, what: str) -> Pixels:
    other = pixels.copy()
    height, width = pixels.shape[:2]
    if what == "a price":
        text = (width // 3, height // 2), cv2.FONT_HERSHEY_SIMPLEX, width / 900
        cv2.putText(other, "19.90", text[0], *text[1:], (20, 20, 20, 255), 2, cv2.LINE_AA)
        other[..., 3] = 255
    elif what == "a hue":
        other[..., :3] = other[..., [1, 2, 0]]
    elif what == "a thing moved":
        other[height // 4 : height // 2] = np.roll(other[height // 4 : height // 2], width // 40, axis=1)
    elif what == "lighter":
        other[..., :3] = np.clip(other[..., :3] * 1.06 + 5, 0, 255).astype(np.uint8)
    else:
        other[height // 4 : height // 2, width // 4 : width // 2] = 0
    return other


@pytest.mark.parametrize("what", ["a price", "a hue", "a thing moved", "lighter", "a hole"])
def test_a_changed_picture_is_another_one_even_as_a_small_jpeg(poster: Pixels, known: Sketch, what: str) -> None:
    other = changed(poster, what)
    assert distance(known.grid, sketch(other).grid) > 1
    assert distance(known.grid, sketch(saved(scaled(other, 0.5), "JPEG", 50)).grid) > 1


def test_one_digit_of_a_price_makes_another_picture() -> None:
    one, other = np.full((900, 700, 4), 255, np.uint8), np.full((900, 700, 4), 255, np.uint8)
    for pixels, price in ((one, "19.90"), (other, "18.90")):
        cv2.putText(pixels, price, (60, 800), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (10, 10, 10, 255), 4, cv2.LINE_AA)
        pixels[..., 3] = 255
    assert apart(sketch(one), sketch(other)) <= SAME_BITS, "the hash does not tell them apart"
    assert distance(sketch(one).grid, sketch(other).grid) > 1


def test_the_hash_of_a_symmetric_poster_survives_compression() -> None:
    """Half of its waves are 0: their signs are what compression makes of them."""
    pixels = np.full((600, 600, 4), (240, 238, 230, 255), np.uint8)
    pixels[150:450, 150:450, :3] = (30, 60, 120)
    copy = sketch(saved(pixels, "JPEG", 40))
    assert apart(sketch(pixels), copy) <= 3


def test_of_many_grids_the_nearest_are_looked_at(poster: Pixels, known: Sketch) -> None:
    others = [sketch(changed(poster, "a hole")).grid] * 20 + [sketch(saved(poster, "JPEG", 75)).grid]
    found = distances(known.grid, others)
    assert found[:20] == [None] * 20
    assert found[20] is not None
    assert 0 < found[20] < 1


def test_a_grid_of_another_version_is_no_match(known: Sketch) -> None:
    assert distances(known.grid, [b"\x00" + known.grid[1:], b""] * 10) == [None] * 20
    assert distance(known.grid, b"") > 1

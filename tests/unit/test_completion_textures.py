"""Textures go on where they are hidden."""

import cv2
import numpy as np
import pytest

from model.completion import Floats, Mask, textured


def hole(size: int = 256) -> Mask:
    hidden = np.zeros((size, size), np.uint8)
    hidden[60:150, 80:190] = 1
    cv2.putText(hidden, "Ab", (40, 235), cv2.FONT_HERSHEY_DUPLEX, 2.5, 1, 12)
    return hidden > 0


def grid(size: int = 256) -> tuple[Floats, Floats]:
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return y, x


def completed(truth: Floats) -> Floats:
    hidden = hole()
    return textured(np.where(hidden[:, :, None], 0, truth).astype(np.float32), ~hidden)


def checks() -> Floats:
    y, x = grid()
    return (150 + 60 * ((x // 17 + y // 17) % 2))[:, :, None].repeat(3, axis=2)


def stripes() -> Floats:
    y, x = grid()
    away = np.abs((x * np.cos(0.7) + y * np.sin(0.7)) % 21.3 - 10.6) - 5.3
    return (150 + 60 * np.clip(0.5 - away, 0, 1))[:, :, None].repeat(3, axis=2)


@pytest.mark.parametrize("truth", [checks(), stripes()], ids=["checks", "stripes"])
def test_a_pattern_goes_on_in_step(truth: Floats) -> None:
    assert np.abs(completed(truth) - truth)[hole()].mean() < 3


def test_a_pattern_in_changing_light_goes_on_in_that_light() -> None:
    y, x = grid()
    weave = 90 + 50 * np.sin(x * 2 * np.pi / 9) * np.sin(y * 2 * np.pi / 9)
    truth = (weave * (1 + 0.3 * np.sin((x + y) / 90)))[:, :, None].repeat(3, axis=2).astype(np.float32)
    assert np.abs(completed(truth) - truth)[hole()].mean() < 6


def blades() -> Floats:
    """Strokes at random places, as of grass: nothing repeats, and all of it is alike."""
    random = np.random.default_rng(4)
    plane = np.full((256, 256), 60, np.float32)
    for y, x in random.integers(0, 256, (2500, 2)):
        lean = int(random.integers(-4, 5))
        cv2.line(plane, (int(x), int(y)), (int(x) + lean, int(y) - 14), float(random.uniform(70, 190)), 1, cv2.LINE_AA)
    return plane[:, :, None].repeat(3, axis=2)


def test_a_texture_without_repeats_stays_as_sharp_as_it_is() -> None:
    truth = blades()
    inside = cv2.erode(hole().astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    steps = [np.abs(np.diff(plane[:, :, 0], axis=1))[inside[:, 1:]].mean() for plane in (completed(truth), truth)]
    assert steps[0] > 0.6 * steps[1]


def test_what_is_seen_is_kept_and_the_same_picture_gives_the_same_bytes() -> None:
    truth = blades()
    first, second = completed(truth), completed(truth)
    assert np.array_equal(first[~hole()], truth[~hole()])
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (5, 5), (40, 9)])
def test_any_size_is_completed(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).uniform(0, 255, (*shape, 3)).astype(np.float32)
    known = np.ones(shape, bool)
    known[: shape[0] // 2 + 1, shape[1] // 3 : shape[1] // 2 + 1] = False
    filled = textured(rgb, known)
    assert filled.shape == rgb.shape
    assert np.isfinite(filled).all()
    assert np.array_equal(filled[known], rgb[known])

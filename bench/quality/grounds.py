"""Textured grounds: stripes, dots and checks on the tuning split, bricks, weave and paper on the reported one."""

import cv2
import numpy as np

from bench.quality.poster import SIZE, Floats


def texture(random: np.random.Generator, split: str, color: Floats, size: int = SIZE) -> Floats:
    """``(size, size, 3)`` float32, 0-255, around one colour."""
    makers = (_stripes, _dots, _checks) if split == "tuning" else (_bricks, _weave, _paper)
    pattern = makers[int(random.integers(len(makers)))](random, size)
    away = -1.0 if color.mean() > 128 else 1.0
    strength = random.uniform(18, 60)
    plane = color + (pattern * away * strength)[:, :, None]
    return np.clip(plane, 0, 255).astype(np.float32)


def _grid(size: int) -> tuple[Floats, Floats]:
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return y, x


def _soft(distance: Floats) -> Floats:
    """1 inside, 0 outside, a pixel wide in between."""
    return np.asarray(np.clip(0.5 - distance, 0, 1), np.float32)


def _stripes(random: np.random.Generator, size: int) -> Floats:
    y, x = _grid(size)
    angle, period = random.uniform(0, np.pi), random.uniform(10, 48)
    t = (x * np.cos(angle) + y * np.sin(angle)) % period
    return _soft(np.abs(t - period / 2) - period / 4)


def _dots(random: np.random.Generator, size: int) -> Floats:
    y, x = _grid(size)
    period = random.uniform(14, 44)
    odd = (y // period) % 2 * period / 2
    away = np.hypot((x + odd) % period - period / 2, y % period - period / 2)
    return _soft(away - period * random.uniform(0.14, 0.34))


def _checks(random: np.random.Generator, size: int) -> Floats:
    y, x = _grid(size)
    period = int(random.integers(12, 56))
    return np.asarray(((x // period) + (y // period)) % 2, np.float32)


def _bricks(random: np.random.Generator, size: int) -> Floats:
    width, height = int(random.integers(40, 90)), int(random.integers(16, 34))
    tones = random.uniform(0, 0.55, (size // height + 2, size // width + 3)).astype(np.float32)
    y, x = _grid(size)
    row = (y // height).astype(int)
    shifted = x + row % 2 * width / 2
    column = (shifted // width).astype(int)
    joint = np.minimum(
        np.minimum(shifted % width, width - shifted % width), np.minimum(y % height, height - y % height)
    )
    mortar = _soft(joint - 1.5)
    return np.asarray(tones[row, column] * (1 - mortar) + mortar, np.float32)


def _weave(random: np.random.Generator, size: int) -> Floats:
    y, x = _grid(size)
    period = random.uniform(5, 14)
    over = np.sin(x * 2 * np.pi / period) * np.sin(y * 2 * np.pi / period)
    threads = 0.5 + 0.5 * np.where(over > 0, np.abs(np.sin(x * np.pi / period)), np.abs(np.sin(y * np.pi / period)))
    return np.asarray(threads * 0.7 + random.normal(0, 0.04, (size, size)), np.float32)


def _paper(random: np.random.Generator, size: int) -> Floats:
    grain = random.normal(0, 1, (size, size)).astype(np.float32)
    fine, coarse = cv2.GaussianBlur(grain, (0, 0), 1.2), cv2.GaussianBlur(grain, (0, 0), 24)
    return np.asarray(0.5 + 0.25 * fine / fine.std() + 0.2 * coarse / coarse.std(), np.float32)

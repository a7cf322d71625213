"""Outlines as points: ``(n, 2)`` float arrays, x and y in pixels, closed unless they say otherwise."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
STEPS = 200


def box(x: float, y: float, width: float, height: float) -> Points:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], float)


def rounded(x: float, y: float, width: float, height: float, radius: float) -> Points:
    """A rectangle with quarter circles for corners."""
    radius = min(radius, width / 2, height / 2)
    if radius <= 0:
        return box(x, y, width, height)
    centers = [
        (x + width - radius, y + height - radius),
        (x + radius, y + height - radius),
        (x + radius, y + radius),
        (x + width - radius, y + radius),
    ]
    parts = [
        arc(cx, cy, radius, quarter * np.pi / 2, (quarter + 1) * np.pi / 2, 24)
        for quarter, (cx, cy) in enumerate(centers)
    ]
    return np.concatenate(parts)


def arc(cx: float, cy: float, radius: float, start: float, end: float, steps: int = STEPS) -> Points:
    """Open; the angles in radians, clockwise from the right."""
    t = np.linspace(start, end, steps)
    return np.stack([cx + radius * np.cos(t), cy + radius * np.sin(t)], axis=1)


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> Points:
    t = np.linspace(0, 2 * np.pi, STEPS, endpoint=False)
    return np.stack([cx + rx * np.cos(t), cy + (rx if ry is None else ry) * np.sin(t)], axis=1)


def polygon(cx: float, cy: float, radius: float, corners: int, turn: float = 0.0) -> Points:
    t = turn + np.arange(corners) * 2 * np.pi / corners
    return np.stack([cx + radius * np.cos(t), cy + radius * np.sin(t)], axis=1)


def star(cx: float, cy: float, radius: float, corners: int, depth: float = 0.5) -> Points:
    t = -np.pi / 2 + np.arange(2 * corners) * np.pi / corners
    r = np.where(np.arange(2 * corners) % 2, radius * depth, radius)
    return np.stack([cx + r * np.cos(t), cy + r * np.sin(t)], axis=1)


def blob(random: np.random.Generator, cx: float, cy: float, radius: float) -> Points:
    """A closed curve of four harmonics."""
    t = np.linspace(0, 2 * np.pi, STEPS, endpoint=False)
    r = np.ones_like(t)
    for harmonic in range(2, 6):
        r += random.uniform(-0.22, 0.22) / (harmonic - 1) * np.cos(harmonic * t + random.uniform(0, 2 * np.pi))
    return np.stack([cx + radius * r * np.cos(t), cy + radius * r * np.sin(t)], axis=1)


def heart(cx: float, cy: float, radius: float) -> Points:
    """The curve 16 sin³, 13 cos − 5 cos 2 − 2 cos 3 − cos 4."""
    t = np.linspace(0, 2 * np.pi, STEPS, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([cx + radius * x / 17, cy + radius * y / 17], axis=1)


def wave(x: float, y: float, width: float, height: float, periods: float) -> Points:
    """Open; a sine from the left to the right."""
    t = np.linspace(0, 1, STEPS)
    return np.stack([x + t * width, y + height / 2 * np.sin(2 * np.pi * periods * t)], axis=1)

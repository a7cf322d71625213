"""Colour as a function of place: the simplest of constant, linear, quadratic and quartic that fits."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, largest

_SAMPLES = 4000
_BLOCK, _BLOCK_ROWS = 1024, 16
"""Places, and rows of a picture, at a time: their powers stay in the processor's cache, and OpenBLAS wakes no second
thread, which would spin for longer than it works."""
_TERMS = {0: 1, 1: 3, 2: 6, 4: 15}


@dataclass(frozen=True, slots=True)
class Paint:
    """A polynomial of ``degree`` in x and y, or what was seen, carried on smoothly (``degree`` is ``None``).

    Attributes:
        weights: ``(terms, 3)`` float64 over the basis of ``_basis``; one row, the mean colour, without a degree.
        scale: pixels to the unit of the basis.
        origin: where the basis starts, row and column; near the pixels fitted, which keeps the equations well posed.
        residual: root mean square of what the polynomial leaves, in steps, outliers aside.
        inliers: share of the pixels within the tolerance it was fitted with.
    """

    degree: int | None
    weights: NDArray[np.float64]
    scale: float
    residual: float
    inliers: float
    origin: tuple[float, float] = (0.0, 0.0)

    @property
    def is_flat(self) -> bool:
        return self.degree == 0

    @property
    def is_plain(self) -> bool:
        """Of one colour or running evenly: known beyond where it was seen."""
        return self.degree in (0, 1)

    def at(self, y: NDArray[np.generic], x: NDArray[np.generic]) -> Floats:
        """Colours at places, ``(n, 3)`` float32."""
        if not self.degree:
            return np.broadcast_to(self.weights[0], (len(y), 3)).astype(np.float32)
        colors = np.empty((len(y), 3), np.float32)
        for part in _blocks(len(y)):
            colors[part] = _basis(y[part], x[part], self.degree, self.scale, self.origin) @ self.weights
        return colors

    def on(self, box: tuple[slice, slice]) -> Floats:
        """Colours of a box of the canvas, ``(h, w, 3)`` float32, 0-255."""
        rows, columns = box
        shape = (rows.stop - rows.start, columns.stop - columns.start, 3)
        if not self.degree:
            return np.broadcast_to(self.weights[0], shape).astype(np.float32)
        # On a grid the powers of x and of y are known apart: five multiplications a pixel, not fifteen powers.
        down = _powers((np.arange(rows.start, rows.stop) - self.origin[0]) / self.scale - 0.5, self.degree)
        across = _powers((np.arange(columns.start, columns.stop) - self.origin[1]) / self.scale - 0.5, self.degree)
        colors = np.empty(shape, np.float32)
        for channel in range(3):
            weights = np.zeros((self.degree + 1, self.degree + 1))
            for (i, j), weight in zip(_exponents(self.degree), self.weights[:, channel], strict=True):
                weights[j, i] = weight
            for part in _blocks(shape[0], _BLOCK_ROWS):
                plane = (down[part] @ weights) @ across.T
                colors[part, :, channel] = np.clip(plane, 0, 255, out=plane)
        return colors


def _basis(
    y: NDArray[np.generic], x: NDArray[np.generic], degree: int, scale: float, origin: tuple[float, float]
) -> NDArray[np.float64]:
    u, v = (x.astype(np.float64) - origin[1]) / scale - 0.5, (y.astype(np.float64) - origin[0]) / scale - 0.5
    across, down = _powers(u, degree), _powers(v, degree)
    return np.stack([across[:, i] * down[:, j] for i, j in _exponents(degree)], axis=1)


def _exponents(degree: int) -> list[tuple[int, int]]:
    """Of x and of y, in the order of the basis."""
    return [(i, total - i) for total in range(degree + 1) for i in range(total, -1, -1)]


def _powers(values: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """``(n, degree + 1)``, from the power 0 on."""
    powers = np.ones((len(values), degree + 1))
    for exponent in range(1, degree + 1):
        powers[:, exponent] = powers[:, exponent - 1] * values
    return powers


def _blocks(count: int, size: int = _BLOCK) -> list[slice]:
    return [slice(start, start + size) for start in range(0, count, size)]


Places: TypeAlias = NDArray[np.intp]


def fit(
    rgb: Floats,
    y: Places,
    x: Places,
    tolerance: float,
    degrees: tuple[int, ...] = (0, 1, 2),
    least_inliers: float = 0.62,
) -> Paint:
    """The polynomial of least degree whose residual is under the noise.

    Outliers (a shadow on a ground, dirt) are let go by iterated reweighting, weight ``1 / max(|r|, limit)``, so that a
    model holding for six tenths of the pixels is found. Where none holds, ``degree`` is ``None``.

    Args:
        rgb: ``(H, W, 3)``.
        y, x: the pixels to explain, at least one.
        tolerance: see ``tolerance.tolerance``.
        least_inliers: the share of the pixels that has to be explained.
    """
    step = max(1, len(y) // _SAMPLES)
    y, x = y[step // 2 :: step], x[step // 2 :: step]
    colors = rgb[y, x].astype(np.float64)
    origin = float(y.min()), float(x.min())
    scale = max(1.0, float(y.max()) - origin[0], float(x.max()) - origin[1])
    limit = 1.2 + 2.5 * tolerance
    for degree in degrees:
        if len(y) < 4 * _TERMS[degree]:
            continue
        paint = _robust(colors, y, x, degree, scale, origin, limit)
        if paint.inliers >= least_inliers and paint.residual <= limit:
            return paint
    mean = np.median(colors, axis=0)[None]
    spread = float(np.sqrt(((colors - mean) ** 2).mean()))
    return Paint(None, mean, scale, spread, 0.0, origin)


def _robust(
    colors: NDArray[np.float64],
    y: NDArray[np.generic],
    x: NDArray[np.generic],
    degree: int,
    scale: float,
    origin: tuple[float, float],
    limit: float,
) -> Paint:
    if degree == 0:
        weights = np.median(colors, axis=0)[None]
        error = largest(np.abs(colors - weights))
    else:
        weights = np.zeros((_TERMS[degree], 3))
        basis = _basis(y, x, degree, scale, origin)
        ridge = 1e-9 * len(y) * np.eye(basis.shape[1])
        importance = np.ones(len(y))
        for _ in range(8):
            weighted = (basis * importance[:, None]).T
            squares = sum((weighted[:, part] @ basis[part] for part in _blocks(len(y))), ridge)
            weights = np.asarray(np.linalg.solve(squares, weighted @ colors), np.float64)
            error = largest(np.abs(colors - basis @ weights))
            importance = 1 / np.maximum(error, limit / 2)
    close = error <= 2 * limit
    residual = float(np.sqrt((error[close] ** 2).mean())) if close.any() else float("inf")
    return Paint(degree, weights, scale, residual, float(close.mean()), origin)

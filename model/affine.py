"""Affine maps of the plane, as six numbers, and what happens to boxes under them."""

import math
from typing import TypeAlias

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
"""``(a, b, c, d, e, f)``: x' = a·x + b·y + c, y' = d·x + e·y + f; edges of pixels are whole numbers."""

EXACT = 1e-6
"""How far from whole a coefficient may be and still count as whole."""
IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def then(first: Matrix, second: Matrix) -> Matrix:
    """``second(first(point))``."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        g * a + h * d,
        g * b + h * e,
        g * c + h * f + i,
        j * a + k * d,
        j * b + k * e,
        j * c + k * f + m,
    )


def translation(x: float, y: float) -> Matrix:
    """Moved by so many pixels."""
    return 1.0, 0.0, x, 0.0, 1.0, y


def scaling(by_x: float, by_y: float, about: tuple[float, float]) -> Matrix:
    """Scaled along the canvas's axes; ``about`` stays where it is."""
    x, y = about
    return by_x, 0.0, x - by_x * x, 0.0, by_y, y - by_y * y


def rotation(degrees: float, about: tuple[float, float]) -> Matrix:
    """Clockwise as seen (y points down); quarter turns have whole coefficients."""
    cosine, sine = _cosine(degrees), _cosine(degrees - 90)
    x, y = about
    return cosine, -sine, x - cosine * x + sine * y, sine, cosine, y - sine * x - cosine * y


def bounds(matrix: Matrix, width: float, height: float) -> tuple[float, float, float, float]:
    """``(left, top, right, bottom)`` of the mapped rectangle 0, 0, ``width``, ``height``."""
    a, b, c, d, e, f = matrix
    xs = [c, c + a * width, c + b * height, c + a * width + b * height]
    ys = [f, f + d * width, f + e * height, f + d * width + e * height]
    return min(xs), min(ys), max(xs), max(ys)


def is_upright(matrix: Matrix) -> bool:
    """Whether the sides of the mapped rectangle are the canvas's own directions."""
    a, b, _, d, e, _ = matrix
    return max(abs(b), abs(d)) < EXACT or max(abs(a), abs(e)) < EXACT


def settled(matrix: Matrix, width: int, height: int) -> Matrix:
    """The map that is rendered and hashed: rid of the noise of long chains of floating point.

    Where nothing is scaled or turned but by quarters, the mapped rectangle of ``width`` × ``height`` also goes to the
    nearest whole pixel, so that what was only moved stays as sharp as it was.
    """
    a, b, c, d, e, f = matrix
    a, b, d, e = (round(value, 9) + 0.0 for value in (a, b, d, e))
    if {abs(a), abs(b)} == {0.0, 1.0} == {abs(d), abs(e)}:
        left, top, _, _ = bounds(matrix, width, height)
        c += math.floor(round(left, 6) + 0.5) - left
        f += math.floor(round(top, 6) + 0.5) - top
    return a, b, round(c, 6) + 0.0, d, e, round(f, 6) + 0.0


def _cosine(degrees: float) -> float:
    turn = degrees % 360 % 360  # just under 0, the first remainder is 360.0 itself
    if turn % 90 == 0:
        return {0.0: 1.0, 90.0: 0.0, 180.0: -1.0, 270.0: 0.0}[turn]
    return math.cos(math.radians(turn))


def inverted(matrix: Matrix) -> Matrix:
    """The way back.

    Raises:
        ZeroDivisionError: everything is mapped to a line.
    """
    a, b, c, d, e, f = matrix
    area = a * e - b * d
    return e / area, -b / area, (b * f - c * e) / area, -d / area, a / area, (c * d - a * f) / area


def clipped(matrix: Matrix, size: tuple[float, float], room: tuple[float, float]) -> list[tuple[float, float]]:
    """The corners of what the mapped rectangle of a size and the rectangle of a room have in common, in order.

    Both begin at 0, 0; the second is not mapped. Sutherland and Hodgman, 1974. None are left where they do not meet.
    """
    (a, b, c, d, e, f), (width, height) = matrix, size
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in ((0, 0), (width, 0), (width, height), (0, height))]
    for axis, limit, sign in ((0, 0.0, 1), (0, room[0], -1), (1, 0.0, 1), (1, room[1], -1)):
        corners = _beyond(corners, axis, limit, sign)
    return corners


def _beyond(corners: list[tuple[float, float]], axis: int, limit: float, sign: int) -> list[tuple[float, float]]:
    """What of a polygon lies on one side of a line along an axis."""
    kept: list[tuple[float, float]] = []
    for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
        here, there = sign * (one[axis] - limit), sign * (other[axis] - limit)
        if here >= 0:
            kept.append(one)
        if (here > 0 > there) or (here < 0 < there):
            share = here / (here - there)
            kept.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
    return kept

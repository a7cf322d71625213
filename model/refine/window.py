"""A window of a larger canvas, seen through planes of a smaller one: only what is asked for is enlarged."""

from typing import cast

import cv2
import numpy as np

from model.refine.spread import Planes


def window(
    planes: Planes,
    full: tuple[int, int],
    place: tuple[int, int],
    shape: tuple[int, ...],
    *,
    coarse: tuple[int, int] | None = None,
    origin: tuple[int, int] = (0, 0),
) -> Planes:
    """Interpolate planes linearly at the pixels of a window; a pixel's centre lies at ``(index + 0.5) / side`` on both.

    Args:
        planes: ``(h, w)`` or ``(h, w, c)`` float32.
        full: width and height of the large canvas.
        place: row and column of the window on it.
        shape: the window's rows and columns.
        coarse: width and height of the small canvas; the planes' own unless they are a part of it.
        origin: column and row of the planes on the small canvas.

    Returns:
        ``(*shape, c)`` or ``shape`` float32; beyond the planes their edge goes on.
    """
    height, width = planes.shape[:2]
    small = coarse or (width, height)
    ratio = small[0] / full[0], small[1] / full[1]
    shift_x = (place[1] + 0.5) * ratio[0] - 0.5 - origin[0]
    shift_y = (place[0] + 0.5) * ratio[1] - 0.5 - origin[1]
    matrix = np.array([[ratio[0], 0, shift_x], [0, ratio[1], shift_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = shape[1], shape[0]
    return cast(Planes, cv2.warpAffine(planes, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))

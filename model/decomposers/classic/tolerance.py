"""How much of a picture's small variation is noise."""

import cv2
import numpy as np

from model.decomposers.classic.planes import Floats, Mask, mean


def tolerance(rgb: Floats, solid: Mask | None = None) -> float:
    """The deviation, in steps of 0-255, that the picture's quiet parts show by themselves: 0 for clean drawings, 1-8
    for grain or JPEG.

    Immerkær's operator (1996) removes constants and slopes; the standard deviation it leaves is taken in blocks of
    16 × 16, and the 30th percentile of the blocks is the noise; of a picture with an alpha, of the ``solid`` blocks.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
    luma = mean(rgb)
    left = cv2.filter2D(luma, -1, kernel) ** 2
    height, width = luma.shape
    size = (max(1, width // 16), max(1, height // 16))
    blocks = cv2.resize(left, size, interpolation=cv2.INTER_AREA)
    if solid is not None and not solid.all():
        inside = cv2.resize(solid.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.999
        blocks = blocks[inside] if inside.any() else blocks
    return float(np.clip(np.sqrt(np.percentile(blocks, 30)), 0, 8))

"""Known values grow into unknown ones, smoothly: the push-pull of Gortler et al., The Lumigraph, 1996, section 3.4."""

from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Planes: TypeAlias = NDArray[np.float32]


def spread(values: Planes, weight: Planes) -> Planes:
    """Keep values where their weight is 1, fill in from around where it is 0; between, mix.

    Args:
        values: ``(h, w, 3)`` float32.
        weight: ``(h, w)`` float32, 0..1: how far a value is known.

    Returns:
        ``(h, w, 3)`` float32; zeros where nothing at all is known.
    """
    height, width = weight.shape
    known: Planes = values * weight[:, :, None]
    if weight.min() >= 1 or (height == 1 and width == 1):
        return _over(known, weight)
    half = (width + 1) // 2, (height + 1) // 2
    share = resized(weight, half, cv2.INTER_AREA)
    coarse = _over(resized(known, half, cv2.INTER_AREA), share)
    # A quarter of the pixels known is enough to trust their mean, so that holes do not draw from afar.
    coarse = spread(coarse, np.minimum(share * 4, np.float32(1)))
    return known + (1 - weight)[:, :, None] * resized(coarse, (width, height), cv2.INTER_LINEAR)


def resized(planes: Planes, size: tuple[int, int], interpolation: int) -> Planes:
    """``cv2.resize`` to ``(width, height)``, typed."""
    return cast(Planes, cv2.resize(planes, size, interpolation=interpolation))


def _over(sums: Planes, weight: Planes) -> Planes:
    return np.asarray(sums / np.maximum(weight, np.float32(1e-6))[:, :, None], np.float32)

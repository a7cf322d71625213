"""Rims as measurements: an anti-aliased pixel between two known colours says how much of it is covered."""

import numpy as np

from model.decomposers.classic.planes import Floats, largest


def coverage(seen: Floats, over: Floats, under: Floats) -> tuple[Floats, Floats]:
    """Alpha of ``over`` on ``under`` that comes nearest to what is seen, and how far off it stays.

    ``α = (I − B)·(F − B) / |F − B|²``, clipped to 0-1; the residual is the largest channel of ``|I − αF − (1 − α)B|``.

    Args:
        seen, over, under: I, F and B, ``(..., 3)``, 0-255.

    Returns:
        ``(...)`` alpha 0-1 and ``(...)`` residual in steps. Where F and B are alike alpha is 0.
    """
    step = over - under
    length = _sum(step * step)
    alpha = _sum((seen - under) * step) / np.maximum(length, 1e-3)
    alpha = np.where(length < 9, 0, np.clip(alpha, 0, 1)).astype(np.float32)
    return np.asarray(alpha, np.float32), largest(np.abs(seen - under - alpha[..., None] * step))


def _sum(planes: Floats) -> Floats:
    """Over three channels; NumPy's own sum along so short an axis takes five times as long."""
    return planes[..., 0] + planes[..., 1] + planes[..., 2]

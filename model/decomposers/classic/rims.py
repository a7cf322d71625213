"""Rims as measurements: an anti-aliased pixel between two known colours says how much of it is covered."""

import numpy as np

from model.decomposers.classic.planes import Floats


def coverage(seen: Floats, over: Floats, under: Floats) -> tuple[Floats, Floats]:
    """Alpha of ``over`` on ``under`` that comes nearest to what is seen, and how far off it stays.

    ``α = (I − B)·(F − B) / |F − B|²``, clipped to 0-1; the residual is the largest channel of ``|I − αF − (1 − α)B|``.

    Args:
        seen, over, under: I, F and B, ``(..., 3)``, 0-255.

    Returns:
        ``(...)`` alpha 0-1 and ``(...)`` residual in steps. Where F and B are alike alpha is 0.
    """
    step = over - under
    length = (step * step).sum(axis=-1)
    alpha = ((seen - under) * step).sum(axis=-1) / np.maximum(length, 1e-3)
    alpha = np.where(length < 9, 0, np.clip(alpha, 0, 1)).astype(np.float32)
    residual = np.abs(seen - under - alpha[..., None] * step).max(axis=-1)
    return alpha, np.asarray(residual, np.float32)

"""One colour over another: how much of it is in what is seen.

α = (I − B)·(F − B) / |F − B|²        the pixel I is a mixture of the colour F and the ground B
"""

import numpy as np

from model.refine.spread import Planes

_ALIKE = 12.0
"""8-bit steps between F and B at which the mixture counts by half."""
_NOISE = 10.0
"""8-bit steps from the line between F and B at which the mixture is doubted."""
_GRAIN = 4.0
"""8-bit steps, over all three channels, by which a pixel is off without meaning anything."""
_SNAP = 0.05
"""The widest range next to 0 and 1 that is taken for them; ``_GRAIN`` narrows it where F and B are far apart."""


def mixture(seen: Planes, colour: Planes, ground: Planes) -> tuple[Planes, Planes]:
    """How much of ``colour`` is in ``seen``, where both and the ground are known, and how far that can be trusted.

    Args:
        seen, colour, ground: ``(n, 3)`` float32, 0..255.

    Returns:
        Share and trust, ``(n,)`` float32, 0..1. Trust is low where the two colours are alike, and where what is seen
        is no mixture of them.
    """
    line = colour - ground
    length = (line * line).sum(axis=1)
    share = np.clip(((seen - ground) * line).sum(axis=1) / np.maximum(length, np.float32(1)), 0, 1)
    off = ((seen - ground - share[:, None] * line) ** 2).mean(axis=1)
    trust = length / (length + 3 * _ALIKE**2) * np.exp(-off / (2 * _NOISE**2))
    snap = np.minimum(np.float32(_SNAP), _GRAIN / np.sqrt(np.maximum(length, np.float32(1))))
    share = np.where(share < snap, 0, np.where(share > 1 - snap, 1, share))
    return np.asarray(share, np.float32), np.asarray(trust, np.float32)


def blended(seen: Planes, colour: Planes, ground: Planes, otherwise: Planes) -> Planes:
    """The share of ``mixture`` as far as it can be trusted, and ``otherwise``, ``(n,)`` float32, as far as not."""
    share, trust = mixture(seen, colour, ground)
    return trust * share + (1 - trust) * np.clip(otherwise, 0, 1)

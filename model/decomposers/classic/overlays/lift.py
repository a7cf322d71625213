"""The picture without an overlay: what lies below it in its own colours, and the rim closed."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, box_of, grown, shrunk
from model.decomposers.classic.regions.nearest import nearest

_RIM = 2
"""Pixels on both sides of the rim that are part covered."""


def lifted(
    rgb: Floats, pane: Mask, opacity: float, tint: NDArray[np.float64], grounds: list[tuple[Mask, Paint]],
    tolerance: float,
) -> Floats:  # fmt: skip
    """The picture with ``αT + (1 − α)B`` turned into B within ``pane``.

    Taking off an overlay multiplies the rounding and the noise by ``1 / (1 − α)``; where the ground's paint is known
    and explains what comes out, the paint stands for it. Pixels of the rim take the nearest ground's colour.

    Args:
        rgb: ``(H, W, 3)``.
        pane: ``(H, W)`` where the overlay is seen.
        grounds: masks inside it with the paints of what lies below.
    """
    box = box_of(pane, _RIM + 1)
    part, own = rgb[box], pane[box]
    through = 1 - opacity
    bare = np.clip((part - opacity * tint) / through, 0, 255)
    clear = np.where(own[:, :, None], bare, part).astype(np.float32)
    limit = (2 + 2.5 * tolerance) / through + 2
    for mask, paint in grounds:
        if paint.degree is None:
            continue
        y, x = np.nonzero(mask[box])
        model = np.clip(paint.at(y + box[0].start, x + box[1].start), 0, 255)
        near = np.abs(clear[y, x] - model).max(axis=1) <= limit
        clear[y[near], x[near]] = model[near]
    rim = grown(own, _RIM) & ~shrunk(own, _RIM)
    seeds = np.where(rim, 0, np.arange(1, own.size + 1, dtype=np.int32).reshape(own.shape))
    from_ = nearest(seeds.astype(np.int32)) - 1
    clear[rim] = clear.reshape(-1, 3)[from_[rim]]
    result = rgb.copy()
    result[box] = clear
    return result

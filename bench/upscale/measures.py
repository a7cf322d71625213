"""One layer against the truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.upscale.scene import HARD
from model.layers import Layer, on_canvas

Planes = NDArray[np.float32]

_NEAR = 15
"""Pixels from a true edge within which its transition is looked for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Of one layer.

    Attributes:
        whole: soft IoU, ``Σ min / Σ max``, of the alphas, 0..1, hidden parts and all.
        visible: the same of the alphas times what the true layers above let through.
        colour: mean absolute difference of the colours, 0..255, weighted by the true visible alpha.
        width_px: mean width of the transition from 10 to 90 % along true edges that are seen; ``nan`` of soft layers.
    """

    name: str
    whole: float
    visible: float
    colour: float
    width_px: float


def measured(true: Layer, found: Layer | None, clear: Planes) -> Measure:
    """Compare; ``found`` may be missing.

    Args:
        true: of the canvas of ``clear``.
        clear: ``(H, W)`` float32, 0..1: what the true layers above let through.
    """
    height, width = clear.shape
    truth = on_canvas(true, width, height)
    pixels = on_canvas(found, width, height) if found is not None else np.zeros_like(truth)
    alpha, own = (_alpha(one) for one in (truth, pixels))
    seen = alpha * clear
    off = cv2.absdiff(truth, pixels)[:, :, :3].astype(np.float32).mean(axis=2)
    return Measure(
        true.name,
        soft_iou(alpha, own),
        soft_iou(seen, own * clear),
        float((off * seen).sum() / max(float(seen.sum()), 1e-6)),
        transition_px(alpha, own, clear) if true.name in HARD else float("nan"),
    )


def soft_iou(first: Planes, second: Planes) -> float:
    """``Σ min / Σ max``; 1 where both are blank."""
    total = float(np.maximum(first, second).sum(dtype=np.float64))
    return float(np.minimum(first, second).sum(dtype=np.float64)) / total if total else 1.0


def transition_px(true: Planes, found: Planes, clear: Planes) -> float:
    """The mean width of ``found``'s transition from 10 to 90 %, in pixels, along the edges of ``true``.

    The area of a band along an edge over the edge's length; the length is the total variation of a sharp alpha (the
    coarea formula). Both are taken where nothing lies above.
    """
    across, down = (np.diff(true, axis=axis)[:-1, :] if axis else np.diff(true, axis=0)[:, :-1] for axis in (1, 0))
    steep = np.pad(np.hypot(across, down), ((0, 1), (0, 1)))
    edge = (steep > 0.02).astype(np.uint8)
    near = cv2.dilate(edge, np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)) > 0
    counted = near & (cv2.erode(clear, np.ones((3, 3), np.uint8)) > 0.99)
    length = float(steep[counted].sum())
    band = np.count_nonzero(counted & (found > 0.1) & (found < 0.9))
    return band / max(length, 1e-6)


def views(layers: list[Layer], width: int, height: int) -> list[Planes]:
    """For each layer what those above it let through, ``(H, W)`` float32, 0..1."""
    clear = np.ones((height, width), np.float32)
    found = []
    for layer in reversed(layers):
        found.append(clear.copy())
        clear[layer.box] *= 1 - layer.pixels[:, :, 3].astype(np.float32) / np.float32(255)
    return found[::-1]


def _alpha(pixels: NDArray[np.uint8]) -> Planes:
    return np.asarray(pixels[:, :, 3].astype(np.float32) / np.float32(255), np.float32)

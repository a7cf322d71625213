"""Isolation, removal and the largest error of a stack against a poster's true layers."""

from dataclasses import dataclass

import numpy as np

from bench.quality.poster import Floats, Poster
from model.fidelity import max_error
from model.layers import Pixels, Stack, on_canvas


@dataclass(frozen=True, slots=True)
class Score:
    """``isolation`` and ``removal`` are means over the elements; ``by_element`` is name, isolation, removal."""

    isolation: float
    removal: float
    max_error: int
    by_element: tuple[tuple[str, float, float], ...]


def soft_iou(first: Floats, second: Floats) -> float:
    """``Σ min / Σ max`` of two alphas, 0 where both are empty."""
    union = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum()) / union if union > 0 else 0.0


def score(stack: Stack, poster: Poster) -> Score:
    """Score a stack of the poster's own size.

    Isolation of an element: the best soft IoU of its visible alpha with one layer's visible alpha. Removal: the stack
    without that layer against the picture without the element, mean absolute difference (0-1) where it was visible.
    """
    size = (stack.width, stack.height)
    canvases = [on_canvas(layer, *size) for layer in stack.layers]
    shown = _visible(canvases)
    rows: list[tuple[str, float, float]] = []
    for index, alpha in enumerate(poster.visible_alphas()):
        overlaps = [soft_iou(alpha, layer) for layer in shown]
        best = int(np.argmax(overlaps))
        left = _flattened(canvases[:best] + canvases[best + 1 :])
        wanted = poster.picture(without=index)[:, :, :3].astype(np.float32)
        inside = alpha > 0.05
        difference = np.abs(left - wanted)[inside].mean() / 255 if inside.any() else 0.0
        rows.append((poster.elements[index].name, overlaps[best], float(difference)))
    means = np.mean([row[1:] for row in rows], axis=0)
    return Score(float(means[0]), float(means[1]), max_error(stack, poster.picture()), tuple(rows))


def _visible(canvases: list[Pixels]) -> list[Floats]:
    through = np.ones(canvases[0].shape[:2], np.float32)
    shown: list[Floats] = []
    for canvas in reversed(canvases):
        alpha = canvas[:, :, 3].astype(np.float32) / 255
        shown.append(alpha * through)
        through = through * (1 - alpha)
    return shown[::-1]


def _flattened(canvases: list[Pixels]) -> Floats:
    """What is left to see, over black."""
    height, width = canvases[0].shape[:2] if canvases else (1, 1)
    seen = np.zeros((height, width, 3), np.float32)
    for canvas in canvases:
        alpha = canvas[:, :, 3:].astype(np.float32) / 255
        seen = canvas[:, :, :3] * alpha + seen * (1 - alpha)
    return seen

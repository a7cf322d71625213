"""Isolation, removal and the largest error of a stack against a poster's true layers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.quality.poster import Floats, Poster
from model.fidelity import max_error
from model.layers import Layer, Stack


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


@dataclass(frozen=True, slots=True)
class Removed:
    """One element: the layer that is most like it, how much so, and what is left to see without that layer.

    ``left`` is ``(H, W, 3)`` float32, 0-255; ``difference`` is the mean absolute one, 0-1, from the true picture
    without the element, where the element was visible.
    """

    layer: int
    isolation: float
    left: Floats
    difference: float


def removals(stack: Stack, poster: Poster) -> Iterator[Removed]:
    """Take each element's layer out of a stack of the poster's own size, in the elements' order."""
    shown = _visible(stack)
    for index, alpha in enumerate(poster.visible_alphas()):
        overlaps = [soft_iou(alpha, layer) for layer in shown]
        best = int(np.argmax(overlaps))
        left = _flattened([*stack.layers[:best], *stack.layers[best + 1 :]], alpha.shape)
        wanted = poster.picture(without=index)[:, :, :3].astype(np.float32)
        inside = alpha > 0.05
        difference = np.abs(left - wanted)[inside].mean() / 255 if inside.any() else 0.0
        yield Removed(best, overlaps[best], left, float(difference))


def score(stack: Stack, poster: Poster) -> Score:
    """Score a stack of the poster's own size.

    Isolation of an element: the best soft IoU of its visible alpha with one layer's visible alpha. Removal: the stack
    without that layer against the picture without the element, mean absolute difference (0-1) where it was visible.
    """
    found = removals(stack, poster)
    rows = [(e.name, one.isolation, one.difference) for e, one in zip(poster.elements, found, strict=True)]
    means = np.mean([row[1:] for row in rows], axis=0)
    return Score(float(means[0]), float(means[1]), max_error(stack, poster.picture()), tuple(rows))


def _visible(stack: Stack) -> list[Floats]:
    through = np.ones((stack.height, stack.width), np.float32)
    shown: list[Floats] = []
    for layer in reversed(stack.layers):
        alpha = layer.pixels[:, :, 3].astype(np.float32) / 255
        whole = np.zeros_like(through)
        whole[layer.box] = alpha * through[layer.box]
        shown.append(whole)
        through[layer.box] *= 1 - alpha
    return shown[::-1]


def _flattened(layers: Sequence[Layer], size: tuple[int, ...]) -> Floats:
    """What is left to see, over black."""
    seen = np.zeros((*size, 3), np.float32)
    for layer in layers:
        alpha = layer.pixels[:, :, 3:].astype(np.float32) / 255
        seen[layer.box] = layer.pixels[:, :, :3] * alpha + seen[layer.box] * (1 - alpha)
    return seen

"""Whether the picture came apart, and what of it is handed on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.decomposers.qwen_image_layered.pictures.frame import Frame
from model.decomposers.qwen_image_layered.pictures.parts import SEEN
from model.layers import Layer, Pixels, Stack
from model.refine.accept import accepted, grounded

_BLANK_SHARE = 0.0005
_WHOLE_SHARE = 0.98
_LEAST_DIFFERENCE = 4.0
"""Of the background from the picture where other layers cover it, in steps of 255. Decoding alone gives about 3; the
input handed back gave 2.5, good separations more than 12."""


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """One attempt's layers and its measures.

    Attributes:
        layers: each ``(height, width, 4)`` uint8, bottom to top, without blank ones; the first is the background, even
            if it is blank.
        asked: how many were asked for.
        coverage: the share of the picture that layers above the background cover.
        difference: mean absolute difference, 0..255, of the background and the picture where they do.
    """

    layers: tuple[Pixels, ...]
    asked: int
    seed: int
    coverage: float
    difference: float

    @property
    def separated(self) -> bool:
        """One layer asked for cannot fail; otherwise something must lie on a background that looks different there."""
        return self.asked == 1 or (len(self.layers) > 1 and self.difference >= _LEAST_DIFFERENCE)

    def measures(self) -> dict[str, object]:
        """For the manifest."""
        return {
            "seed": self.seed,
            "layers": len(self.layers),
            "coverage": round(self.coverage, 4),
            "difference": round(self.difference, 2),
        }


def judged(layers: list[Pixels], frame: Frame, seed: int) -> Separation:
    """Measure one attempt; ``layers`` are as the model gave them, each of the frame's size."""
    cut = [frame.inside(layer) for layer in layers]
    above = [layer for layer in cut[1:] if not _is_blank(layer)]
    if _is_blank(cut[0]) and len(above) == 1 and _seen(above[0]).mean() >= _WHOLE_SHARE:
        cut, above = above, []  # the picture handed back, only not as the lowest layer
    covered = np.logical_or.reduce([_seen(layer) for layer in above]) if above else np.zeros(cut[0].shape[:2], bool)
    return Separation((cut[0], *above), len(layers), seed, float(covered.mean()), _difference(cut[0], frame, covered))


def proposed(layers: tuple[Pixels, ...], frame: Frame, notes: dict[str, object]) -> Stack:
    """The stack: alphas near the ends put right, an opaque background first, no second copy of the picture."""
    background = [] if _is_blank(layers[0]) else [Layer(layers[0], name="background", kind="background")]
    raw = Stack(frame.width, frame.height, (*background, *(Layer(layer) for layer in layers[1:])))
    ground = grounded(accepted(raw, frame.width, frame.height), frame.picture)
    return Stack(frame.width, frame.height, tuple(ground), notes)


def _seen(layer: Pixels) -> NDArray[np.bool_]:
    return np.asarray(layer[:, :, 3] > SEEN)


def _is_blank(layer: Pixels) -> bool:
    return bool(_seen(layer).mean() < _BLANK_SHARE)


def _difference(background: Pixels, frame: Frame, covered: NDArray[np.bool_]) -> float:
    """A transparent background differs as black does: nothing is known there."""
    if not covered.any():
        return 0.0
    shown = background[covered].astype(np.float32)
    colours = shown[:, :3] * (shown[:, 3:] / 255)
    return float(np.abs(colours - frame.picture[covered][:, :3]).mean())

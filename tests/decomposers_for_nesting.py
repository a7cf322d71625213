"""Decomposers for layers that hold several things: one that sees them as one, and one that tells them apart."""

import cv2
import numpy as np

from model.decomposers import OnProgress, Parameters
from model.layers import Layer, Pixels, Stack

NAMES = ("Disc", "Ring")


class Greens:
    """All that is green as one layer over a grey ground."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        on_progress("greens", 1, 1)
        return _stack(image, [("Greens", greenness(image))])


class Things:
    """Each thing that is green as a layer of its own, from left to right; ``seen`` notes the size of the picture."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        share = greenness(image)
        count, labels = cv2.connectedComponents((share > 0).astype(np.uint8))
        found = [np.where(labels == label, share, 0) for label in range(1, count)]
        found.sort(key=lambda alpha: int(np.nonzero(alpha)[1].min()))
        on_progress("things", 1, 1)
        return _stack(image, list(zip(NAMES, found, strict=False)))


def greenness(image: Pixels) -> np.ndarray:
    """``(h, w)`` uint8: how much of the green that the tests draw with is in each pixel that shows anything."""
    shown = image[:, :, :3].astype(np.float32)
    share = np.clip((shown[:, :, 1] - shown[:, :, 0]) / 140, 0, 1)
    return np.where(image[:, :, 3] > 0, np.rint(share * 255), 0).astype(np.uint8)


def _stack(image: Pixels, found: list[tuple[str, np.ndarray]]) -> Stack:
    height, width = image.shape[:2]
    ground = np.zeros_like(image)
    ground[:, :, :3] = (80 + np.arange(width, dtype=np.uint8))[None, :, None]
    ground[:, :, 3] = 255
    layers = [Layer(ground, name="Ground", kind="background")]
    for name, alpha in found:
        pixels = np.zeros_like(image)
        pixels[:] = (20, 160, 90, 0)
        pixels[:, :, 3] = alpha
        layers.append(Layer(pixels, name=name, kind="shape"))
    return Stack(width, height, tuple(layers), {"seen": [width, height]})

"""One object taken out of the picture: whether there is one, and what lies behind it."""

from dataclasses import dataclass

import cv2
import numpy as np

from model.completion import Mask, textured
from model.decomposers.qwen_image_layered.pictures.frame import Frame
from model.decomposers.qwen_image_layered.pictures.parts import SEEN
from model.layers import Layer, Pixels, Stack
from model.refine.accept import accepted, grounded

_BLANK_SHARE = 0.0005
_SOLID = 250
_RIM = 0.004
"""Of the longer side: the model's own rims are soft and a little off, so that colours beside them are not trusted."""
_HALO = 0.02
"""Of the longer side: what is fainter than ``SEEN`` and farther than that from the object is noise."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """One attempt and its measures.

    Attributes:
        pixels: ``(height, width, 4)`` uint8, as large as the picture in the frame, transparent away from the object.
        coverage: the share of the picture that the object covers.
        difference: mean absolute difference, 0..255, of its colours from the picture's where it is solid.
    """

    pixels: Pixels
    seed: int
    coverage: float
    difference: float

    @property
    def found(self) -> bool:
        """Where there is nothing of the name the model gives a blank object."""
        return self.coverage >= _BLANK_SHARE

    def measures(self) -> dict[str, object]:
        """For the manifest."""
        return {"seed": self.seed, "coverage": round(self.coverage, 4), "difference": round(self.difference, 2)}


def extracted(pixels: Pixels, frame: Frame, seed: int) -> Extraction:
    """Measure one attempt; ``pixels`` are as the model gave them, of the frame's size."""
    inside = frame.inside(pixels).copy()
    alpha = inside[:, :, 3]
    alpha[~_grown(alpha > SEEN, _HALO)] = 0
    solid = alpha >= _SOLID
    difference = 0.0
    if solid.any():
        difference = float(np.abs(inside[solid][:, :3].astype(np.float32) - frame.picture[solid][:, :3]).mean())
    return Extraction(inside, seed, float((alpha > SEEN).mean()), difference)


def object_on_ground(extraction: Extraction, frame: Frame, prompt: str, notes: dict[str, object]) -> Stack:
    """Two layers: the picture with what the object hides completed, and the object, named by the prompt.

    One that covers the whole picture is the picture: the stack is the background alone.
    """
    name = _shortened(prompt)
    ground = Layer(_completed(extraction.pixels, frame), name="background", kind="background")
    raw = Stack(frame.width, frame.height, (ground, Layer(extraction.pixels, name=name)))
    return Stack(
        frame.width, frame.height, tuple(grounded(accepted(raw, frame.width, frame.height), frame.picture)), notes
    )


def _shortened(prompt: str) -> str:
    """The prompt on one line, at the end of a word where it has any: Chinese and Japanese write without spaces."""
    words = " ".join(prompt.split())
    if len(words) <= _LONGEST_NAME:
        return words
    cut = words[: _LONGEST_NAME - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _completed(pixels: Pixels, frame: Frame) -> Pixels:
    """The picture, opaque; under the object its surroundings go on."""
    hidden = _grown(pixels[:, :, 3] > SEEN, _RIM)
    ground = frame.picture.copy()
    ground[:, :, :3] = np.rint(textured(ground[:, :, :3].astype(np.float32), ~hidden)).astype(np.uint8)
    return ground


def _grown(mask: Mask, share: float) -> Mask:
    """With everything within that share of the longer side."""
    size = 2 * max(1, round(share * max(mask.shape))) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)

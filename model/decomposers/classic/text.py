"""Text: where a reader finds words, the colour of their ink and its pixels."""

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask, components, grown
from model.errors import ModelUnavailable

_LONG_SIDE = 960


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """``polygon`` is ``(4, 2)`` float32, x and y in pixels, clockwise from the top left of the line."""

    text: str
    polygon: Floats

    @property
    def height(self) -> float:
        return float(np.linalg.norm(self.polygon[3] - self.polygon[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One line: its words, ``color`` ``(3,)`` and the ``core``, pixels that show nothing but ink."""

    words: Words
    color: Floats
    core: Mask
    zone: Mask


class Reader(Protocol):
    def read(self, rgb: NDArray[np.uint8]) -> list[Words]:
        """The lines of a picture, ``(H, W, 3)`` uint8, top to bottom."""


class RapidReader:
    """RapidOCR on ONNX Runtime; its wheel carries the weights (PP-OCR), so nothing is downloaded.

    Raises:
        ModelUnavailable: the packages are not installed.
    """

    def __init__(self, threads: int = 2) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise ModelUnavailable(
                f"The model 'classic' reads text with rapidocr and onnxruntime, and one is missing ({error}). "
                "Install them with: pip install 'lamina[classic]'."
            ) from error
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        options = {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": _LONG_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONG_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        self._engine: Any = RapidOCR(params=options)

    def read(self, rgb: NDArray[np.uint8]) -> list[Words]:
        if min(rgb.shape[:2]) < 16:
            return []
        answer = self._engine(np.ascontiguousarray(rgb[:, :, ::-1]))
        if answer.boxes is None or answer.txts is None:
            return []
        found = [
            Words(str(text).strip(), np.asarray(box, np.float32))
            for box, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
            if float(score) >= 0.6 and len(str(text).strip()) >= 2
        ]
        return sorted(found, key=lambda words: (float(words.polygon[:, 1].min()), float(words.polygon[:, 0].min())))


def ink(rgb: Floats, words: Words, tolerance: float) -> Ink | None:
    """The ink of a line, or ``None`` where the box holds no colour of its own.

    Colours met on the box's rim are the ground. Of the rest the most frequent colour on plateaus is the ink; connected
    pieces of it that go on outside the box belong to something else.
    """
    height, width = rgb.shape[:2]
    margin = max(4, int(words.height * 0.35))
    x0, y0 = np.maximum(words.polygon.min(axis=0).astype(int) - margin, 0)
    x1, y1 = np.minimum(words.polygon.max(axis=0).astype(int) + margin + 1, (width, height))
    if x1 - x0 < 6 or y1 - y0 < 6:
        return None
    crop = rgb[y0:y1, x0:x1]
    inside = _polygon(words.polygon - (x0, y0), crop.shape[:2], max(1.0, words.height * 0.06))
    far = _far_from_ground(crop, inside)
    color = _mode(crop, far, tolerance)
    if color is None:
        return None
    core = np.abs(crop - color).max(axis=2) <= 14 + 2 * tolerance
    core = _kept_inside(core, inside)
    share = float(core.sum()) / max(1, int(inside.sum()))
    if not 0.02 <= share <= 0.75:
        return None
    whole, zone = np.zeros((height, width), bool), np.zeros((height, width), bool)
    whole[y0:y1, x0:x1] = core
    zone[y0:y1, x0:x1] = inside
    return Ink(words, color, whole, zone)


def _polygon(points: Floats, shape: tuple[int, int], margin: float) -> Mask:
    center = points.mean(axis=0)
    away = points - center
    length = np.maximum(np.abs(away).max(axis=0), 1)
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(center + away * (1 + margin / length)).astype(np.int32)], 1)
    return mask.astype(bool)


def _far_from_ground(crop: Floats, inside: Mask) -> Floats:
    """Distance (largest channel) of each pixel in the polygon to the nearest colour of the rim; 0 outside."""
    rim = grown(inside, 4) & ~inside
    if not rim.any():
        rim = inside & ~cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    bins, counts = np.unique((crop[rim] / 8).astype(np.int32), axis=0, return_counts=True)
    keep = np.argsort(counts)[::-1][:64]
    keep = keep[counts[keep] >= max(1, 0.01 * counts.sum())] if counts.size > 8 else keep
    distance = np.full(crop.shape[:2], np.inf, np.float32)
    for color in bins[keep]:
        distance = np.minimum(distance, np.abs(crop - (color * 8 + 4)).max(axis=2))
    return np.where(inside, distance, 0).astype(np.float32)


def _mode(crop: Floats, far: Floats, tolerance: float) -> Floats | None:
    candidates = far > 20 + 2 * tolerance
    if int(candidates.sum()) < 12:
        return None
    spread = (cv2.dilate(crop, np.ones((3, 3))) - cv2.erode(crop, np.ones((3, 3)))).max(axis=2)
    plateau = candidates & (spread <= 6 + 3 * tolerance)
    if int(plateau.sum()) < 16:
        plateau = candidates & (far >= 0.8 * np.percentile(far[candidates], 95))
    colors = crop[plateau]
    bins, inverse = np.unique((colors / 12).astype(np.int32), axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), minlength=len(bins))
    middle = np.median(colors[inverse.ravel() == int(counts.argmax())], axis=0)
    near = np.abs(colors - middle).max(axis=1) <= 12
    return np.asarray(np.median(colors[near], axis=0), np.float32)


def _kept_inside(core: Mask, inside: Mask) -> Mask:
    count, labels, _ = components(core)
    total = np.bincount(labels.ravel(), minlength=count)
    within = np.bincount(labels[inside], minlength=count)
    keep = within >= 0.8 * total
    keep[0] = False
    return np.asarray(keep[labels])

"""Text: where a reader finds words."""

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats
from model.errors import ModelUnavailable

_LONG_SIDE = 960
_LEAST_SIDE = 16
"""Pixels; the engine rounds sides to multiples of twice as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """``polygon`` is ``(4, 2)`` float32, x and y in pixels, clockwise from the top left of the line."""

    text: str
    polygon: Floats

    @property
    def height(self) -> float:
        return float(np.linalg.norm(self.polygon[3] - self.polygon[0]))


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
        short, long = sorted(rgb.shape[:2])
        # A line's width of a picture, at the size that the engine looks at, would be rounded to nothing there.
        if short < _LEAST_SIDE or (long > _LONG_SIDE and short * _LONG_SIDE // long <= _LEAST_SIDE):
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

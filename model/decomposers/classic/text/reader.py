"""Text: where a reader finds words, and lines that it cannot read."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats
from model.errors import ModelUnavailable

_LONG_SIDE = 736
"""Pixels of the picture in which boxes are looked for; they are read at the picture's own size, so letters of 9 pixels
at 1,024 are found and read as well as at 960, in half the time."""
_LONGEST_CROP = 2000
_LEAST_WIDTH = 128
"""Pixels, at a height of 48, to which the engine pads a shorter crop. Its own 320 took twice the time for the same
words of 256 crops; 96 began to lose letters."""
_LONG, _PART = 12.0, 4.0
"""Times as wide as high: of a longer box both ends are read first, so much of each."""
_HARDLY = 0.55
"""Score that one of the ends must reach; rows of a pattern look like long lines, and reading one takes 0.1 s."""
_LEAST_SIDE = 16
"""Pixels; the engine rounds sides to multiples of twice as many."""
_LEAST_SCORE, _SHORT_SCORE = 0.6, 0.8
"""Of words, and of up to three letters: what is scribbled is read as such, "mm" with 0.61."""
_SHORT = 3
_SINGLE_SCORE = 0.9
"""Of one letter that stands; rings and lines are often read as one, less surely or not in the style of other text."""
_FAINT, _SURE = 0.35, 0.5
"""How much like text a box must look for it to be read, and to be a line even if it cannot be read."""
_UPRIGHT = 1.5
"""Times as high as wide: the engine turns such a box by 90 degrees before it reads it."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """``polygon`` is ``(4, 2)`` float32, x and y in pixels, clockwise from the line's own top left.

    Attributes:
        text: empty where there seems to be a line that cannot be read: of another script, or bent.
        score: how sure the reader is of the words, 0-1.
    """

    text: str
    polygon: Floats
    score: float = 1.0

    @property
    def is_upright(self) -> bool:
        """Whether the line runs up or down."""
        across = np.abs(self.polygon[1] - self.polygon[0])
        return bool(across[1] > across[0])

    @property
    def height(self) -> float:
        """Across the line, in pixels."""
        return float(np.linalg.norm(self.polygon[3] - self.polygon[0]))


class Reader(Protocol):
    def read(self, rgb: NDArray[np.uint8]) -> list[Words]:
        """The lines of a picture, ``(H, W, 3)`` uint8, top to bottom."""


class RapidReader:
    """RapidOCR on ONNX Runtime; its wheel carries the weights (PP-OCR), so nothing is downloaded.

    Boxes are looked for with all threads; then each thread reads a crop of its own. Two threads at one crop wait for
    each other: 60 lines of 11-pixel letters took half as much processor time again.

    Raises:
        ModelUnavailable: the packages are not installed.
    """

    def __init__(self, threads: int = 2) -> None:
        try:
            import onnxruntime  # noqa: F401  - RapidOCR itself imports it when it first reads
            from rapidocr import RapidOCR
        except ImportError as error:
            raise ModelUnavailable(
                f"The model 'classic' reads text with rapidocr and onnxruntime, and one is missing ({error}). "
                "Install them with: pip install 'lamina[classic]'."
            ) from error
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        self._threads = threads
        self._finder: Any = RapidOCR(params=_options(threads))
        self._engine: Any = RapidOCR(params=_options(1))
        # each loads its model when it first runs: that is part of setting up, not of the first picture
        blank = np.full((48, _LEAST_WIDTH, 3), 255, np.uint8)
        self._finder(blank, use_det=True, use_rec=False)
        self._engine(blank, use_det=False, use_rec=True)

    def read(self, rgb: NDArray[np.uint8]) -> list[Words]:
        short, long = sorted(rgb.shape[:2])
        # A line's width of a picture, at the size that the engine looks at, would be rounded to nothing there.
        if short < _LEAST_SIDE or (long > _LONG_SIDE and short * _LONG_SIDE // long <= _LEAST_SIDE):
            return []
        bgr = np.ascontiguousarray(rgb[:, :, ::-1])
        seen = self._finder(bgr, use_det=True, use_rec=False)
        if seen.boxes is None or not len(seen.boxes):
            return []
        crops = self._finder.crop_text_regions(bgr, seen.boxes)
        with ThreadPoolExecutor(self._threads) as pool:
            read = pool.map(partial(self._words, bgr), crops, [np.asarray(box, np.float32) for box in seen.boxes])
            found = [words for words, score in zip(read, seen.scores, strict=True) if words.text or score >= _SURE]
        return sorted(found, key=lambda words: (float(words.polygon[:, 1].min()), float(words.polygon[:, 0].min())))

    def _words(self, bgr: NDArray[np.uint8], crop: NDArray[np.uint8], box: Floats) -> Words:
        """Of a box that stands the engine turns the crop, so that a line that runs down lies; one that runs up is then
        upside down, and one of few tall letters lies on its side."""
        wide, high = (float(np.linalg.norm(box[corner] - box[0])) for corner in (1, 3))
        if high < _UPRIGHT * wide:
            if wide > _LONG * high and not self._is_worded(crop):
                return Words("", box, 0.0)
            words = Words(*self._told(crop, box, least=1))
            return self._level(bgr, words) if len(words.text) <= 1 and wide < _UPRIGHT * high else words
        ways = [self._told(crop, np.roll(box, -1, axis=0)), self._told(np.rot90(crop, 2), np.roll(box, 1, axis=0))]
        if not any(text for text, _, _ in ways):
            ways.append(self._told(np.rot90(crop, -1), box, least=1))
        return Words(*max(ways, key=lambda way: (bool(way[0]), way[2])))

    def _level(self, bgr: NDArray[np.uint8], letter: Words) -> Words:
        """What may be one letter, read in a level box: around it, or the disc it stands on, boxes lean at random."""
        left, top = np.maximum(np.floor(letter.polygon.min(axis=0)), 0).astype(int)
        right, bottom = np.minimum(np.ceil(letter.polygon.max(axis=0)), bgr.shape[1::-1]).astype(int)
        box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        text, _, score = self._told(bgr[top:bottom, left:right], box, least=1)
        if len(text) == 1:
            return Words(text, box, score)
        return Words(letter.text, box, letter.score) if letter.text else letter

    def _is_worded(self, crop: NDArray[np.uint8]) -> bool:
        """Whether a long box begins or ends with something like letters."""
        part = int(_PART * crop.shape[0])
        for end in (crop[:, :part], crop[:, -part:]):
            answer = self._engine(np.ascontiguousarray(end), use_det=False, use_rec=True)
            if answer.txts and float(answer.scores[0]) >= _HARDLY:
                return True
        return False

    def _told(self, crop: NDArray[np.uint8], polygon: Floats, least: int = 2) -> tuple[str, Floats, float]:
        # one crop at a time: in a batch the widest would pad all others, and their words would depend on it
        answer = self._engine(np.ascontiguousarray(crop), use_det=False, use_rec=True)
        if not answer.txts:
            return "", polygon, 0.0
        text, score = str(answer.txts[0]).strip(), float(answer.scores[0])
        asked = _SINGLE_SCORE if len(text) == 1 else _SHORT_SCORE if len(text) <= _SHORT else _LEAST_SCORE
        is_read = score >= asked and len(text) >= least and any(letter.isalnum() for letter in text)
        return (text if is_read else ""), polygon, score


def _options(threads: int) -> dict[str, Any]:
    return {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": _LONGEST_CROP,
        "Det.limit_type": "max",
        "Det.limit_side_len": _LONG_SIDE,
        "Det.box_thresh": _FAINT,
        "Det.score_mode": "slow",  # over the shape found, of which a bent line fills its box but in part
        "Rec.rec_img_shape": [3, 48, _LEAST_WIDTH],
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }

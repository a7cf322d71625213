"""Two of three renderers of outlines and words: Pillow's, with the machine's fonts, and OpenCV's, with its own.

Both give an alpha, ``(height, width)`` float32, 0-1. They share no font for the Latin letters and no filling code;
which scripts can be written depends on the machine, and ``scripts`` says so.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

from bench.quality.figures import Points
from bench.quality.poster import Floats

ARABIC_FACES = {"tuning": "DejaVuSansMono-Bold.ttf", "reported": "DejaVuSans.ttf"}
CJK_FACES = (
    "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "SourceHanSansSC-Regular.otf", "wqy-microhei.ttc",
    "wqy-zenhei.ttc", "DroidSansFallback.ttf", "DroidSansFallbackFull.ttf",
)  # fmt: skip
LATIN_FACES = (
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerifCondensed-Italic.ttf",
    "DejaVuSans-ExtraLight.ttf",
)


class Pen(Protocol):
    """Draws alphas for a canvas of ``size`` (width, height) pixels."""

    size: tuple[int, int]

    def scripts(self) -> tuple[str, ...]:
        """Of ``latin``, ``cyrillic``, ``cjk``, ``arabic`` the ones this machine can write."""

    def fill(self, outlines: Sequence[Points]) -> Floats:
        """What an odd number of outlines lies around."""

    def stroke(self, points: Points, width: float, closed: bool = False) -> Floats:
        """A line through the points."""

    def write(
        self,
        text: str,
        center: tuple[float, float],
        size: float,
        fit: float,
        script: str = "latin",
        face: int = 0,
        angle: float = 0.0,
    ) -> Floats:
        """One line of text around a point; ``size`` in pixels, less where it would be longer than ``fit``; degrees."""


class PillowPen:
    """Three times the size, a box filter."""

    scale = 3

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size

    def scripts(self) -> tuple[str, ...]:
        dejavu = _font_exists("DejaVuSerif.ttf")
        found = {"latin": True, "cyrillic": dejavu, "cjk": _cjk_face() is not None, "arabic": _writes_arabic("tuning")}
        return tuple(script for script, can in found.items() if can)

    def fill(self, outlines: Sequence[Points]) -> Floats:
        total: Floats | None = None
        for points in outlines:
            image, pen = self._canvas()
            pen.polygon([(x * self.scale, y * self.scale) for x, y in points], 255)
            alpha = self._alpha(image)
            total = alpha if total is None else np.abs(total - alpha)
        return np.zeros(self.size[::-1], np.float32) if total is None else total

    def stroke(self, points: Points, width: float, closed: bool = False) -> Floats:
        image, pen = self._canvas()
        path = [(x * self.scale, y * self.scale) for x, y in points]
        pen.line(path + path[:1] if closed else path, 255, max(1, round(width * self.scale)), "curve")
        return self._alpha(image)

    def write(
        self,
        text: str,
        center: tuple[float, float],
        size: float,
        fit: float,
        script: str = "latin",
        face: int = 0,
        angle: float = 0.0,
    ) -> Floats:
        font = self._font(script, face, size * self.scale)
        image, pen = self._canvas()
        length = pen.textlength(text, font=font)
        if length > fit * self.scale:
            font = self._font(script, face, size * self.scale * fit * self.scale / length)
        at = (center[0] * self.scale, center[1] * self.scale)
        if not angle:
            pen.text(at, text, 255, font=font, anchor="mm")
            return self._alpha(image)
        middle = (image.width / 2, image.height / 2)  # where the whole line has room
        pen.text(middle, text, 255, font=font, anchor="mm")
        move = (round(at[0] - middle[0]), round(at[1] - middle[1]))
        return self._alpha(image.rotate(angle, Image.Resampling.BICUBIC, translate=move))

    def _font(self, script: str, face: int, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        if script == "cjk":
            return _face(_cjk_face(), size)
        if script == "arabic":
            return _face(ARABIC_FACES["tuning"], size)
        return _face(LATIN_FACES[face % len(LATIN_FACES)] if script == "cyrillic" or face % 2 else None, size)

    def _canvas(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        image = Image.new("L", (self.size[0] * self.scale, self.size[1] * self.scale))
        return image, ImageDraw.Draw(image)

    def _alpha(self, image: Image.Image) -> Floats:
        return np.asarray(image.resize(self.size, Image.Resampling.BOX), np.float32) / 255


class OpenCvPen:
    """Four times the size, averaged over areas; the letters are those inside OpenCV, Arabic apart, which it sets
    letter by letter from the left."""

    scale = 4
    shift = 4
    weights = (400, 700, 300, 900)

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size

    def scripts(self) -> tuple[str, ...]:
        return ("latin", "cyrillic", "cjk", *(("arabic",) if _writes_arabic("reported") else ()))

    def fill(self, outlines: Sequence[Points]) -> Floats:
        big = self._canvas()
        cv2.fillPoly(big, [self._fixed(points) for points in outlines], 255, shift=self.shift)
        return self._alpha(big)

    def stroke(self, points: Points, width: float, closed: bool = False) -> Floats:
        big = self._canvas()
        thick = max(1, round(width * self.scale))
        cv2.polylines(big, [self._fixed(points)], closed, 255, thick, shift=self.shift)
        return self._alpha(big)

    def write(
        self,
        text: str,
        center: tuple[float, float],
        size: float,
        fit: float,
        script: str = "latin",
        face: int = 0,
        angle: float = 0.0,
    ) -> Floats:
        at = center if not angle else (self.size[0] / 2, self.size[1] / 2)  # where the whole line has room
        if script == "arabic":
            big = self._arabic(text, at, size, fit)
        else:
            big = self._canvas()
            font = cv2.FontFace("uni" if script == "cjk" else ("sans", "sans", "italic")[face % 3])
            weight = self.weights[face % len(self.weights)]
            extent = cv2.getTextSize(big.shape[::-1], text, (0, 0), font, round(size * self.scale), weight)
            size = min(size, size * fit * self.scale / max(1, extent[2]))
            extent = cv2.getTextSize(big.shape[::-1], text, (0, 0), font, round(size * self.scale), weight)
            x = round(at[0] * self.scale - extent[0] - extent[2] / 2)
            y = round(at[1] * self.scale - extent[1] - extent[3] / 2)
            cv2.putText(big, text, (x, y), 255, font, round(size * self.scale), weight)  # type: ignore[call-overload]
        if angle:
            turn = cv2.getRotationMatrix2D((at[0] * self.scale, at[1] * self.scale), angle, 1.0)
            turn[:, 2] += (np.array(center) - at) * self.scale
            big = cv2.warpAffine(big, turn, big.shape[::-1], flags=cv2.INTER_CUBIC)
        return self._alpha(big)

    def _arabic(self, text: str, center: tuple[float, float], size: float, fit: float) -> np.ndarray:
        image = Image.fromarray(self._canvas())
        pen = ImageDraw.Draw(image)
        font = _face(ARABIC_FACES["reported"], size * self.scale)
        length = pen.textlength(text, font=font)
        if length > fit * self.scale:
            font = _face(ARABIC_FACES["reported"], size * self.scale * fit * self.scale / length)
        pen.text((center[0] * self.scale, center[1] * self.scale), text, 255, font=font, anchor="mm")
        return np.array(image)

    def _canvas(self) -> np.ndarray:
        return np.zeros((self.size[1] * self.scale, self.size[0] * self.scale), np.uint8)

    def _fixed(self, points: Points) -> np.ndarray:
        return np.rint(points * self.scale * 2**self.shift).astype(np.int32)

    def _alpha(self, big: np.ndarray) -> Floats:
        return cv2.resize(big, self.size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _face(name: str | None, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The machine's font of this name, or the one inside Pillow."""
    if name is None or not _font_exists(name):
        return ImageFont.load_default(size)
    return ImageFont.truetype(name, size)


@lru_cache(maxsize=64)
def _font_exists(name: str) -> bool:
    try:
        ImageFont.truetype(name, 12)
    except OSError:
        return False
    return True


def _cjk_face() -> str | None:
    return next((name for name in CJK_FACES if _font_exists(name)), None)


def _writes_arabic(split: str) -> bool:
    """Letters are joined and set from the right by Raqm only."""
    return bool(features.check("raqm")) and _font_exists(ARABIC_FACES[split])

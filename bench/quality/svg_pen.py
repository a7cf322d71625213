"""The third renderer: outlines and words as SVG, drawn by resvg, whose edges are exact coverages and not averages."""

from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
import resvg_py
from PIL import Image

from bench.quality.figures import Points
from bench.quality.pens import OpenCvPen
from bench.quality.poster import Floats

FONTS = (
    "font-family='DejaVu Sans' font-weight='700' font-stretch='condensed'",
    "font-family='DejaVu Sans Mono'",
    "font-family='DejaVu Sans' font-style='oblique'",
    "font-family='DejaVu Sans' font-stretch='condensed'",
)
ARABIC = "font-family='DejaVu Sans' font-weight='700'"


class SvgPen:
    """Writes with the machine's fonts; what they have no letters for is written by OpenCV's pen."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._other = OpenCvPen(size)

    def scripts(self) -> tuple[str, ...]:
        return self._other.scripts()

    def fill(self, outlines: Sequence[Points]) -> Floats:
        path = "".join(_path(points, closed=True) for points in outlines)
        return self._drawn(f"<path d='{path}' fill='#fff' fill-rule='evenodd'/>", fonts=False)

    def stroke(self, points: Points, width: float, closed: bool = False) -> Floats:
        look = f"fill='none' stroke='#fff' stroke-width='{width:.3f}' stroke-linejoin='round'"
        return self._drawn(f"<path d='{_path(points, closed)}' {look}/>", fonts=False)

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
        font = ARABIC if script == "arabic" else FONTS[face % len(FONTS)]
        middle = (self.size[0] / 2, self.size[1] / 2)
        measured_at = min(size, 0.9 * self.size[0] / len(text))  # at which the whole line lies on the canvas
        box = None if script == "cjk" else _box(self._drawn(_words(text, middle, measured_at, font)))
        if box is None:
            return self._other.write(text, center, size, fit, script, face, angle)
        left, top, right, bottom = box
        scale = min(size / measured_at, fit / (right - left))
        offset = (left + right) / 2 - middle[0], (top + bottom) / 2 - middle[1]
        at = center[0] - offset[0] * scale, center[1] - offset[1] * scale
        turn = f"rotate({-angle:.3f} {center[0]:.2f} {center[1]:.2f})"
        return self._drawn(f"<g transform='{turn}'>{_words(text, at, measured_at * scale, font)}</g>")

    def _drawn(self, content: str, fonts: bool = True) -> Floats:
        """Reading the machine's fonts takes longer than drawing."""
        width, height = self.size
        head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'>"
        png = resvg_py.svg_to_bytes(svg_string=f"{head}{content}</svg>", skip_system_fonts=not fonts)
        with Image.open(BytesIO(png)) as opened:
            return np.asarray(opened.convert("RGBA").getchannel("A"), np.float32) / 255


def _path(points: Points, closed: bool) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points) + ("Z" if closed else "")


def _words(text: str, at: tuple[float, float], size: float, font: str) -> str:
    look = f"text-anchor='middle' fill='#fff' font-size='{size:.3f}' {font}"
    return f"<text x='{at[0]:.3f}' y='{at[1]:.3f}' {look}>{escape(text)}</text>"


def _box(alpha: Floats) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is drawn; ``None`` where nothing is."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if rows.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

"""How a line is set: where its words stand, measured from the ink."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.text.ink import Line

_SPACE = 0.3
"""Of the letters' height: the least gap that is taken for a space which the reader left out."""
_WIDER = 2.2
"""Times the usual gap between letters; the letters of a spaced-out word stand evenly."""
_NARROW, _WIDE = "iIlj1.,:;!'|()[]ftr", "mMwWQO@%&"


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """``corners`` ``(4, 2)``, clockwise from the line's own top left, close around the ink; its words, each with its
    box (x, y, width, height); all in pixels of the canvas."""

    corners: Floats
    words: tuple[tuple[str, tuple[int, int, int, int]], ...]


def setting(line: Line) -> Setting:
    """Words and boxes: as many of the widest gaps part the ink as there are spaces in the text."""
    y, x, along, down, axes = _placed(line)
    parts = line.words.text.split()
    gaps = _gaps(along)
    chosen = sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[: max(0, len(parts) - 1)])
    edges = [-np.inf, *((start + stop) / 2 for start, stop in chosen), np.inf]
    found = []
    if len(edges) == len(parts) + 1:
        for part, start, stop in zip(parts, edges[:-1], edges[1:], strict=True):
            own = (along >= start) & (along < stop)
            found.append((part, _box(x[own], y[own])))
    elif parts:
        found.append((" ".join(parts), _box(x, y)))
    start, stop, top, bottom = along.min(), along.max() + 1, down.min(), down.max() + 1
    square = np.array([[start, top], [stop, top], [stop, bottom], [start, bottom]])
    return Setting(np.asarray(line.words.polygon[0] + square @ axes, np.float32), tuple(found))


def spaced(line: Line) -> Line:
    """The line with the spaces that the reader left out: where a gap is much wider than those between letters."""
    text = line.words.text
    if " " in text or len(text) < 4:
        return line
    _, _, along, down, _ = _placed(line)
    height = min(line.height, float(np.ptp(down)))  # without what outlines the letters
    gaps = _gaps(along)
    widths = np.array([stop - start for start, stop in gaps])
    if not widths.size:
        return line
    usual = float(np.median(widths)) if len(gaps) >= len(text) - 2 else 0.0
    wide = [gap for gap in gaps if gap[1] - gap[0] >= max(_SPACE * height, _WIDER * usual)]
    if not wide or len(wide) > len(text) // 2:
        return line
    places = sorted({_letters_before(text, along, start) for start, _ in wide} - {0, len(text)})
    parts = [text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)]
    return replace(line, words=replace(line.words, text=" ".join(parts)))


def _placed(line: Line) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats, Floats]:
    """The ink's rows and columns, how far along the line and down from its top they are, and the two directions."""
    y, x = np.nonzero(_letters(line))
    y, x = y + line.window[0].start, x + line.window[1].start
    across = line.words.polygon[1] - line.words.polygon[0]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    if abs(float(across[1])) < 0.05:  # the reader's boxes lean by a degree or two, lines do so seldom
        across = np.array([np.sign(across[0]) or 1.0, 0.0])
    axes = np.array([across, [-across[1], across[0]]], np.float32)
    away = np.stack([x, y], axis=1).astype(np.float32) - line.words.polygon[0]
    return y, x, np.asarray(away @ axes[0], np.float32), np.asarray(away @ axes[1], np.float32), axes


def _letters(line: Line) -> Mask:
    """Fillings without what outlines them, which closes the gaps between letters."""
    fillings = line.inks[1:] if len(line.inks) > 1 else line.inks
    return np.asarray(np.any([ink.reach for ink in fillings], axis=0))


def _gaps(along: Floats) -> list[tuple[float, float]]:
    """Where no ink is along the line, from its first pixel to its last."""
    first = float(along.min())
    filled = np.bincount(np.floor(along - first).astype(np.int64)) > 0
    steps = np.flatnonzero(np.diff(filled.astype(np.int8)))
    return [(first + start + 1, first + stop + 1) for start, stop in zip(steps[::2], steps[1::2], strict=True)]


def _letters_before(text: str, along: Floats, place: float) -> int:
    """How many letters end before the place, if each takes its usual share of the inked length."""
    widths = np.array([0.45 if letter in _NARROW else 1.4 if letter in _WIDE else 1.0 for letter in text])
    columns = np.unique(np.floor(along))
    share = float((columns < place).mean())
    ends = np.concatenate([[0], np.cumsum(widths) / widths.sum()])
    return int(np.abs(ends - share).argmin())


def _box(x: NDArray[np.intp], y: NDArray[np.intp]) -> tuple[int, int, int, int]:
    if not x.size:
        return 0, 0, 0, 0
    left, top = int(x.min()), int(y.min())
    return left, top, int(x.max()) + 1 - left, int(y.max()) + 1 - top

"""Lines: broken where a line may break, and made smaller until they fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model.typeset.bidi import Direction
from model.typeset.fonts import Face
from model.typeset.shape import direction_of, width_of

LEAST_SIZE = 4.0
"""Pixels; smaller than this nothing is made to fit a box: it sticks out then."""
_STEPS = 24  # of a bisection, which then knows the size to within a thousandth
_IDEOGRAPHS = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_NEVER_FIRST = r"、。，．！？：；）」』】〕》〉ー々…"
_PIECE = re.compile(rf"[{_IDEOGRAPHS}][{_NEVER_FIRST}]*\s*|[^\s{_IDEOGRAPHS}]+\s*|\s+")
"""What is never parted: a word with the space after it, or an ideograph with what may not begin a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """``width`` is how far the pen goes, in pixels."""

    text: str
    width: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Room:
    """What text has to fit.

    Attributes:
        width: in pixels.
        most_lines: and how many lines of its own size fit below each other; smaller ones, more of them.
        wraps: whether lines may be broken; otherwise only where the text breaks them itself.
    """

    width: float
    most_lines: int = 1
    wraps: bool = False


def lines(
    text: str, faces: Sequence[Face], size: float, direction: Direction | None, width: float | None
) -> list[Line]:
    """The text's lines, broken at ``width`` pixels where there is one. A word that is wider stays whole."""
    found = []
    for paragraph in text.splitlines() or [""]:
        way = direction or direction_of(paragraph)
        for words in _broken(paragraph, faces, size, way, width) if width is not None else [paragraph]:
            kept = words.rstrip()
            found.append(Line(kept, width_of(kept, faces, size, way), way))
    return found


def fitting(
    text: str, faces: Sequence[Face], size: float, direction: Direction | None, room: Room
) -> tuple[float, list[Line]]:
    """The largest size up to this one at which the text fits the room, and its lines."""
    width = room.width if room.wraps else None

    def at(tried: float) -> tuple[bool, list[Line]]:
        set_ = lines(text, faces, tried, direction, width)
        most = room.most_lines * size / tried if room.wraps else len(set_)
        # a hair is forgiven, as a guessed size is seldom exact
        return len(set_) <= most + 0.01 and max(line.width for line in set_) <= room.width * 1.01 + 1, set_

    fits, set_ = at(size)
    if fits:
        return size, set_
    low, high = LEAST_SIZE, size
    best = low, at(low)[1]
    for _ in range(_STEPS):
        middle = (low + high) / 2
        fits, set_ = at(middle)
        if fits:
            low, best = middle, (middle, set_)
        else:
            high = middle
    return best


def _broken(text: str, faces: Sequence[Face], size: float, direction: Direction, width: float) -> list[str]:
    found = [""]
    for piece in _PIECE.findall(text):
        longer = found[-1] + piece
        if found[-1] and width_of(longer.rstrip(), faces, size, direction) > width * 1.01 + 1:
            found.append(piece)
        else:
            found[-1] = longer
    return found

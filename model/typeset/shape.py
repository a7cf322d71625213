"""Words -> glyphs of one line. HarfBuzz forms the glyphs and FriBidi orders them, both through Pillow; what is done
here is what Pillow leaves to others: one line of several fonts."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.typeset.bidi import Direction, levels, visual_order
from model.typeset.fonts import Face, is_drawn

VISIBLE = 128
"""Of 255: from here on ink counts as seen where its extent is measured."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line in one font."""

    text: str
    face: Face


def direction_of(text: str) -> Direction:
    """By the first letter that has one, as Unicode's bidirectional algorithm does for a paragraph (rules P2 and P3)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def runs(text: str, faces: Sequence[Face]) -> list[Run]:
    """The text in stretches, each in the first font that has its letters; marks and spaces stay with what they follow.

    Args:
        faces: every letter is in one of them.
    """
    found: list[Run] = []
    for letter in text:
        if found and (not is_drawn(letter) or unicodedata.combining(letter)):
            face = found[-1].face
        else:
            face = next((face for face in faces if face.covers(letter)), faces[0])
        if found and found[-1].face == face:
            found[-1] = Run(found[-1].text + letter, face)
        else:
            found.append(Run(letter, face))
    return found


def width_of(text: str, faces: Sequence[Face], size: float, direction: Direction) -> float:
    """Of a line, in pixels: how far the pen goes."""
    return sum(font(run.face, size).getlength(run.text, direction=way) for run, way in _pieces(text, faces, direction))


def drawn(
    pen: ImageDraw.ImageDraw,
    text: str,
    faces: Sequence[Face],
    size: float,
    direction: Direction,
    at: tuple[float, float],
) -> None:
    """Draw a line on an image of mode ``L``; ``at`` is where its left end meets its baseline, in pixels."""
    x, y = at
    for run, way in _pieces(text, faces, direction):
        pen.text((x, y), run.text, fill=255, font=font(run.face, size), anchor="ls", direction=way)
        x += font(run.face, size).getlength(run.text, direction=way)


def ink(text: str, faces: Sequence[Face], size: float, direction: Direction) -> tuple[NDArray[np.uint8], float, float]:
    """A line's coverage ``(h, w)`` uint8, cropped to what is seen clearly, and where that begins: x from the pen's
    start, y down from the baseline, in pixels."""
    pad = int(2 * size) + 2
    length = int(width_of(text, faces, size, direction)) + 1
    page = Image.new("L", (length + 2 * pad, 2 * pad), 0)
    drawn(ImageDraw.Draw(page), text, faces, size, direction, (pad, pad))
    cover = np.asarray(page)
    left, top, right, bottom = page.point(lambda value: value >= VISIBLE and 255).getbbox() or (
        pad,
        pad,
        pad + 1,
        pad + 1,
    )
    return cover[top:bottom, left:right], left - pad, top - pad


@lru_cache(maxsize=128)
def font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, size, face.index, layout_engine=ImageFont.Layout.RAQM)


def _pieces(text: str, faces: Sequence[Face], direction: Direction) -> list[tuple[Run, Direction]]:
    """What is drawn at once, from the left, and in which direction: all of a line of one font; of one of several, what
    is of one font and one level."""
    line = runs(text, faces)
    if len(line) == 1:
        return [(line[0], _way(line[0], direction))]
    level, pieces, at = levels(text, direction), list[tuple[Run, int]](), 0
    for run in line:
        for height, some in groupby(range(at, at + len(run.text)), level.__getitem__):
            pieces.append((Run("".join(text[each] for each in some), run.face), height))
        at += len(run.text)
    order = visual_order([height for _, height in pieces])
    return [(pieces[each][0], "rtl" if pieces[each][1] % 2 else "ltr") for each in order]


def _way(run: Run, direction: Direction) -> Direction:
    """A run of another script keeps its own direction within the line's."""
    strong = {unicodedata.bidirectional(letter) for letter in run.text}
    if strong & {"R", "AL"} and "L" in strong:
        return direction
    return "rtl" if strong & {"R", "AL"} else "ltr" if "L" in strong else direction

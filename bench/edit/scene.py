"""A poster of any size in so many layers, and the edits that are timed on it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from model.edits.recolor import recolored
from model.edits.state import Recoloring
from model.layers import Pixels
from model.recompose import Piece

GROUND, LARGE, PANE, SHADOW, SMALL, TEXT = range(6)
_versions = count()


def scene(side: int, layers: int) -> list[Piece]:
    """A photograph, a large cut-out of another, a pane of glass, a soft shadow, a small badge and a line of text; from
    there on cards, badges and lines of text in turn, all over the place. ``layers`` ≥ 6, bottom to top."""
    rng = np.random.default_rng(side + layers)
    pieces = [
        _placed("ground", _photograph(rng, side, side), 0, 0),
        _placed("large", _ellipse(_photograph(rng, side // 2, side // 2)), side // 8, side // 5),
        _placed("pane", _filled((230, 240, 255, 150), side // 3, side // 2), side // 3, side // 2),
        _placed("shadow", _soft(side // 4, side // 3), side // 2, side // 10),
        _placed("small", _ellipse(_filled((220, 60, 40, 255), side // 16, side // 16)), side // 6, side // 9),
        _placed("text", _lettering("Summer sale", side * 6 // 10, side // 12), side // 5, side * 7 // 10),
    ]
    makers: list[Callable[[], Pixels]] = [
        lambda: _ellipse(_photograph(rng, side // 5, side // 4)),
        lambda: _ellipse(_filled((40, 160, 90, 255), side // 20, side // 20)),
        lambda: _lettering("only today", side // 4, side // 20),
    ]
    for at in range(6, layers):
        pixels = makers[at % 3]()
        room = side - pixels.shape[1], side - pixels.shape[0]
        pieces.append(_placed(f"layer {at}", pixels, int(rng.integers(room[0])), int(rng.integers(room[1]))))
    return pieces


def dragged(pieces: list[Piece], at: int, step: int) -> list[Piece]:
    """A piece somewhat farther right and up with every step."""
    return _moved(pieces, at, 4 * step)


def _moved(pieces: list[Piece], at: int, step: int) -> list[Piece]:
    side = pieces[GROUND].pixels.shape[1]
    piece = pieces[at]
    return _with(pieces, at, replace(piece, x=piece.x + step + side // 50, y=piece.y + side // 70 - step))


def _with(pieces: list[Piece], at: int, piece: Piece) -> list[Piece]:
    return [*pieces[:at], piece, *pieces[at + 1 :]]


def _recoloured(pieces: list[Piece], step: int) -> list[Piece]:
    colour = (200 - step * 9 % 150, 40 + step * 11 % 200, 30 + step * 5 % 200)
    pixels = recolored(pieces[TEXT].pixels, [Recoloring("hue", colour, 1.0)])
    return _with(pieces, TEXT, replace(pieces[TEXT], key=("text", next(_versions)), pixels=pixels))


def _reordered(pieces: list[Piece], step: int) -> list[Piece]:
    """The large one comes above the pane and the shadow."""
    return [pieces[GROUND], *pieces[PANE:SMALL], pieces[LARGE], *pieces[SMALL:]]


EDITS: dict[str, Callable[[list[Piece], int], list[Piece]]] = {
    "recolor a text layer": _recoloured,
    "move a small object": lambda pieces, step: _moved(pieces, SMALL, step),
    "move a large one": lambda pieces, step: _moved(pieces, LARGE, step),
    "opacity of a mid layer": lambda pieces, step: _with(
        pieces, PANE, replace(pieces[PANE], opacity=0.9 - step % 50 / 100)
    ),
    "delete": lambda pieces, step: _with(pieces, SHADOW, replace(pieces[SHADOW], opacity=0)),
    "reorder": _reordered,
}
"""By name: the pieces before, and a number that makes each time another edit of the kind -> the pieces afterwards."""


def _placed(name: str, pixels: Pixels, x: int, y: int) -> Piece:
    return Piece(name, pixels, x, y)


def _photograph(rng: np.random.Generator, height: int, width: int) -> Pixels:
    coarse = rng.integers(20, 236, (12, 12, 3)).astype(np.float32)
    colours = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 3, (height, width)).astype(np.float32)[:, :, None]
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, :, :3] = np.clip(colours + grain, 0, 255)
    return pixels


def _filled(colour: tuple[int, int, int, int], height: int, width: int) -> Pixels:
    return np.full((height, width, 4), colour, np.uint8)


def _ellipse(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 2 - 2, height // 2 - 2), 0, 0, 360, 255, -1, cv2.LINE_AA)
    pixels[:, :, 3] = mask
    pixels[mask == 0] = 0
    return pixels


def _soft(height: int, width: int) -> Pixels:
    alpha: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
    alpha[height // 4 : -height // 4, width // 4 : -width // 4] = 170
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :, 3] = cv2.GaussianBlur(alpha, (0, 0), height / 16)
    return pixels


def _lettering(words: str, width: int, height: int) -> Pixels:
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, height * 6 // 10, max(1, height // 9))
    mask = np.zeros((height, width), np.uint8)
    place = 2, height * 7 // 10
    cv2.putText(mask, words, place, cv2.FONT_HERSHEY_DUPLEX, scale, 255, max(1, height // 9), cv2.LINE_AA)
    pixels = _filled((190, 30, 60, 0), height, width)
    pixels[:, :, 3] = mask
    pixels[mask == 0] = 0
    return pixels

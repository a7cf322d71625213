"""``max_layers=auto``: start at four layers, and split further what still holds several things.

What lies clearly apart in a layer is cut along a line, which costs nothing and changes no pixel. Only things that
interlock are shown to the model once more, each time for the price of a whole picture, and only so often. What it
gives is taken where it puts the layer together again; else the layer stays whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from PIL import Image

from model.decomposers.base import MOST_LAYERS
from model.decomposers.qwen_image_layered.pictures.frame import Frame
from model.decomposers.qwen_image_layered.pictures.parts import SEEN, apart, parts_of
from model.decomposers.qwen_image_layered.pictures.separation import Separation
from model.layers import Pixels

Separate: TypeAlias = Callable[[Frame, int, str], Separation]
"""``separate(frame, layers, stage)``: one run of the model, judged; raises whatever runs do, ``Canceled`` above all."""
Colour: TypeAlias = tuple[int, int, int]

FIRST_LAYERS = 4
"""What the model was trained on most and separates best."""
_MOST_RUNS = 2
_MOST_PARTS = 6
"""More of them in one layer are a pattern, and a pattern is one thing."""
_LEAST_SHARE = 0.005
"""Of the canvas: the smallest thing that is worth a layer of its own."""
_STRAYS = 10.0
"""In steps of 255: how far the parts may be from their layer. Decoding alone gives about 3."""
_GROUNDS: tuple[Colour, ...] = ((255, 255, 255), (0, 0, 0), (128, 128, 128))
"""What a layer is shown on, the most usual first."""
_ALIKE = 48
"""In steps of 255, in the channel that differs most."""


@dataclass(slots=True, eq=False)
class _Piece:
    """A layer, or what is left of one.

    Attributes:
        origin: the index of the layer in the first run's stack.
        pixels: as large as the picture in the frame.
        parts: how many things it holds that no line separates.
    """

    origin: int
    pixels: Pixels
    parts: int = 1

    @property
    def area(self) -> int:
        return int((self.pixels[:, :, 3] > SEEN).sum())


@dataclass(slots=True, eq=False)
class _Account:
    """What was done, for the manifest."""

    runs: int = 0
    splits: list[dict[str, object]] = field(default_factory=list)


def split_further(
    first: Separation, frame: Frame, separate: Separate, min_alpha_area_ratio: float
) -> tuple[tuple[Pixels, ...], dict[str, object]]:
    """The layers of a first run, those that hold several things split, and notes on how.

    Args:
        first: of ``FIRST_LAYERS`` layers of ``frame``. One that did not separate is given back as it is.
        separate: called twice at most, with the layer to split as its frame's picture; may give more layers than asked
            for, which are taken where there is room for them.
        min_alpha_area_ratio: nothing smaller is split off.

    Returns:
        At most ``MOST_LAYERS`` layers, bottom to top, the background as it was; and ``runs``, how often the model was
        asked again, and ``splits``: by which means (``line`` or ``model``), of how many parts, and of the model's
        what it made of them.
    """
    account = _Account()
    pieces = [_Piece(index, pixels) for index, pixels in enumerate(first.layers)]
    if first.separated:
        pieces = _by_lines(pieces, max(_LEAST_SHARE, min_alpha_area_ratio), account)
        pieces = _by_model(pieces, frame, separate, account)
    return tuple(piece.pixels for piece in pieces), {"runs": account.runs, "splits": account.splits}


def _by_lines(pieces: list[_Piece], least_share: float, account: _Account) -> list[_Piece]:
    found = [[pieces[0]], *(_cut(piece, least_share) for piece in pieces[1:])]
    room = MOST_LAYERS - len(pieces)
    # Where there is not room for all, the largest layers are split first.
    for index in sorted(range(1, len(pieces)), key=lambda index: -pieces[index].area):
        if len(found[index]) - 1 > room:
            found[index] = [pieces[index]]
        if len(found[index]) > 1:
            room -= len(found[index]) - 1
            account.splits.append({"layer": index, "by": "line", "parts": len(found[index])})
    return [piece for cut in found for piece in cut]


def _cut(piece: _Piece, least_share: float) -> list[_Piece]:
    """What lies clearly apart, each with the number of things in it that do not."""
    alpha = piece.pixels[:, :, 3]
    parts = parts_of(alpha, least_share)
    if len(parts) > _MOST_PARTS:
        return [piece]
    cut: list[_Piece] = []
    for indices in apart(parts, alpha) if len(parts) > 1 else [[0]]:
        inside = np.logical_or.reduce([parts[index] for index in indices])
        cut.append(_Piece(piece.origin, np.where(inside[:, :, None], piece.pixels, np.uint8(0)), len(indices)))
    return cut


def _by_model(pieces: list[_Piece], frame: Frame, separate: Separate, account: _Account) -> list[_Piece]:
    tangled = sorted((piece for piece in pieces if piece.parts > 1), key=lambda piece: -piece.area)[:_MOST_RUNS]
    result = list(pieces)
    for number, piece in enumerate(tangled, 1):
        # One of the layers asked for will be the ground that the piece is shown on.
        room = MOST_LAYERS - len(result) + 1
        most = min(FIRST_LAYERS - 1, room)
        if most < 2:
            break
        ground = _ground(piece.pixels)
        shown = _on(ground, frame, [piece.pixels])
        answer = separate(shown, min(piece.parts, most) + 1, f"layers, split {number} of {len(tangled)}")
        parts = [_within(part, piece.pixels) for part in answer.layers[1:]]
        strays = _difference(_on(ground, frame, parts), shown, piece.pixels)
        taken = answer.separated and 1 < len(parts) <= room and strays <= _STRAYS
        if taken:
            parts[0] = _with_the_rest(parts, piece.pixels)
            at = next(index for index, other in enumerate(result) if other is piece)
            result[at : at + 1] = [_Piece(piece.origin, part) for part in parts]
        account.runs += 1
        done = {"layer": piece.origin, "by": "model", "parts": len(parts) if taken else 1}
        account.splits.append({**done, "strays": round(strays, 2), "run": answer.measures()})
    return result


def _ground(layer: Pixels) -> Colour:
    """The one that the layer has least of, so that nothing of it is lost on it."""
    colours = layer[layer[:, :, 3] > SEEN][:, :3].astype(np.int16)
    return min(_GROUNDS, key=lambda ground: int((np.abs(colours - np.array(ground)).max(axis=1) < _ALIKE).sum()))


def _on(ground: Colour, frame: Frame, layers: Sequence[Pixels]) -> Frame:
    """The layers on a ground of one colour, at their place and size: what the model makes of it fits to the pixel."""
    canvas = Image.new("RGBA", frame.shown.size, (*ground, 255))
    for layer in layers:
        canvas.alpha_composite(Image.fromarray(layer), (frame.left, frame.top))
    return replace(frame, shown=canvas)


def _within(part: Pixels, layer: Pixels) -> Pixels:
    """A part of a layer is nowhere more opaque than the layer."""
    kept = part.copy()
    kept[:, :, 3] = np.minimum(part[:, :, 3], layer[:, :, 3])
    return kept


def _difference(first: Frame, second: Frame, layer: Pixels) -> float:
    """Mean absolute difference of the two, 0..255, where the layer is seen."""
    one, other = (frame.picture[layer[:, :, 3] > SEEN][:, :3].astype(np.float32) for frame in (first, second))
    return float(np.abs(one - other).mean())


def _with_the_rest(parts: Sequence[Pixels], layer: Pixels) -> Pixels:
    """The lowest part, and what of the layer is in none."""
    covered = np.logical_or.reduce([part[:, :, 3] > SEEN for part in parts])
    return np.where(covered[:, :, None], parts[0], layer)

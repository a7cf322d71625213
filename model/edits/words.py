"""Words that an edit set -> pixels in the layer's frame, and whether they can be set at all."""

import math
from collections.abc import Iterable
from dataclasses import replace

from model.affine import Matrix
from model.edits.operation import Operation
from model.edits.state import Text
from model.edits.text import LONGEST, longest_line, texts
from model.errors import InvalidEdit
from model.layers import Layer, Pixels, TextLine
from model.typeset import NoGlyphs, NoSuchFont, Style, checked, guessed, standing, typeset

_ANY_FONT = "sans-serif"
_FINEST = 16_000_000
"""Pixels that a frame is set at, at most, when its layer was made larger."""
_COARSEST = 1 / 16


def check_texts(operations: Iterable[Operation]) -> None:
    """Whether there is a font of each name, and a glyph for each letter.

    Raises:
        InvalidEdit.
    """
    for operation in texts(operations):
        try:
            checked(operation.font or _ANY_FONT, operation.value or "")
        except NoSuchFont as error:
            raise InvalidEdit(str(error), f"{operation.pointer}/font") from error
        except NoGlyphs as error:
            raise InvalidEdit(str(error), f"{operation.pointer}/value") from error


def worded(layer: Layer, text: Text, matrix: Matrix, canvas_width: int) -> tuple[Pixels, Matrix]:
    """The words as they are to be drawn, and the map from there into the layer's frame.

    Args:
        layer: the stored one, with its lines.
        matrix: from the frame to the canvas; set at its scale, words stay sharp.
        canvas_width: of the canvas that the layer was made for.

    Raises:
        InvalidEdit: no such font here, no glyphs, or more pixels than are set.
    """
    try:
        block = typeset(text.value, _style(layer, text, canvas_width), _scale(layer, matrix))
    except ValueError as error:
        raise InvalidEdit(str(error), text.pointer) from error
    return block.pixels, block.matrix


def worded_lines(layer: Layer, text: Text, canvas_width: int) -> tuple[TextLine, ...]:
    """Where the words stand line by line, in the layer's frame, however they were broken; see ``worded``.

    Raises:
        InvalidEdit.
    """
    try:
        return standing(text.value, _style(layer, text, canvas_width))
    except ValueError as error:
        raise InvalidEdit(str(error), text.pointer) from error


def _style(layer: Layer, text: Text, canvas_width: int) -> Style:
    style = guessed(layer, canvas_width, text.font, text.size)
    # what is made smaller until it fits may as well begin with a size that is measured
    exact = text.size is not None and not text.shrinks
    size = style.size if exact else min(style.size, LONGEST / longest_line(text.value))
    direction = {"ltr": "ltr", "rtl": "rtl"}.get(text.direction or "auto")
    return replace(
        style,
        size=size,
        color=text.color or style.color,
        align=text.align or style.align,
        direction="ltr" if direction == "ltr" else "rtl" if direction == "rtl" else None,
        shrinks=text.shrinks,
    )


def _scale(layer: Layer, matrix: Matrix) -> float:
    a, b, _, d, e, _ = matrix
    largest = math.sqrt(_FINEST / max(1, layer.width * layer.height))
    return min(max(math.sqrt(abs(a * e - b * d)), _COARSEST), max(1.0, largest))

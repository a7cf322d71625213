"""Other words in a text layer's place: ``text``."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Self, get_args

from model.colour import Colour
from model.edits.fields import Fields
from model.edits.operation import Operation
from model.edits.paint import ADJUSTMENTS
from model.edits.scene import Scene
from model.edits.selector import Selector, capital, label
from model.edits.state import Align, Direction, LayerState, Text, TextFit
from model.errors import InvalidEdit

MAX_LETTERS = 10_000
MAX_FONT_NAME = 200
MAX_SIZE = 10_000.0
MIN_SIZE = 0.5
LONGEST = 1_000_000
"""Letters of a line times their size; beyond it lengths are no longer measured right."""
ALIGNS: tuple[Align, ...] = get_args(Align)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
TEXT_FITS: tuple[TextFit, ...] = get_args(TextFit)


@dataclass(frozen=True, slots=True)
class SetText:
    """The words are set anew in the layer's place: its ``value``, ``font``, ``size``, ``color``, ``align``,
    ``direction`` and ``fit``, as far as they are given. What is not stays as an earlier ``text`` left it, or else is
    taken from how the layer looks.

    ``size`` is in pixels of the canvas as the layer lies now. Words are made smaller than that until they are no wider
    than the layer's own, with a ``fit`` of ``shrink``; with ``none`` they go where they go. By default a size is kept,
    and words without one shrink. A ``color`` is the colour they end with: recolorings before it are gone.
    """

    op: ClassVar[str] = "text"
    layer: Selector
    value: str | None
    font: str | None
    size: float | None
    color: Colour | None
    align: Align | None
    direction: Direction | None
    fit: TextFit | None
    pointer: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        keys = ("value", "font", "size", "color", "align", "direction", "fit")
        asked = [key for key in keys if fields.has(key)]
        if not asked:
            raise InvalidEdit(f"Some of {', '.join(keys)} are needed.", fields.pointer)
        align = fields.choice("align", ALIGNS) if "align" in asked else None
        direction = fields.choice("direction", DIRECTIONS) if "direction" in asked else None
        fit = fields.choice("fit", TEXT_FITS) if "fit" in asked else None
        return cls(
            layer,
            fields.text("value", MAX_LETTERS) if "value" in asked else None,
            fields.text("font", MAX_FONT_NAME) if "font" in asked else None,
            fields.number("size", MIN_SIZE, MAX_SIZE) if "size" in asked else None,
            fields.colour("color") if "color" in asked else None,
            next((one for one in ALIGNS if one == align), None),
            next((one for one in DIRECTIONS if one == direction), None),
            next((one for one in TEXT_FITS if one == fit), None),
            fields.pointer,
        )

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._set(scene.layers[index]) for index in self.layer.pictures(scene)])

    def _set(self, state: LayerState) -> LayerState:
        before = state.source if isinstance(state.source, Text) else Text(state.words or "")
        a, b, _, d, e, _ = state.matrix
        scale = math.sqrt(abs(a * e - b * d)) or 1.0
        given = {key: getattr(self, key) for key in ("value", "font", "color", "align", "direction", "fit")}
        given["size"] = None if self.size is None else self.size / scale
        new = {key: value for key, value in given.items() if value is not None}
        if not (self.value or before.value):
            said = f"{capital(label(state))} has no words of its own; a value is needed."
            raise InvalidEdit(said, f"{self.pointer}/value")
        source = replace(before, **new, pointer=self.pointer)
        if source.size is not None and not source.shrinks and longest_line(source.value) * source.size > LONGEST:
            raise InvalidEdit("The text would be too long a line; make it shorter or smaller.", self.pointer)
        kept = state.colours
        if self.color is not None:
            kept = tuple(step for step in kept if step.mode in ADJUSTMENTS.values())
        return replace(state, source=source, colours=kept)


def longest_line(words: str) -> int:
    """Letters of the longest of its lines."""
    return max(len(line) for line in words.split("\n"))


def texts(operations: Iterable[Operation]) -> tuple[SetText, ...]:
    """What they ask to be set, before it is known on which layers."""
    return tuple(operation for operation in operations if isinstance(operation, SetText))

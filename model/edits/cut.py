"""What is cut off, and can come back: ``crop`` of a layer, ``canvas`` of the whole."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.affine import Matrix, inverted, then, translation
from model.edits.fields import MAX_PIXELS, MAX_SIDE, Anchor, Fields, Length, length
from model.edits.scene import Scene
from model.edits.selector import Selector, capital, label
from model.edits.state import LayerState
from model.errors import InvalidEdit


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the canvas; a side that is left out goes on to the canvas's end."""

    x: Length | None
    y: Length | None
    width: Length | None
    height: Length | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """From ``box {x, y, width, height}``, of which some must be there."""
        box = fields.object("box")
        corner = (box.length(key) for key in ("x", "y"))
        sides = (box.length(key, low=0.5) for key in ("width", "height"))
        read = cls(*corner, *sides)
        box.done()
        if read == cls(None, None, None, None):
            raise InvalidEdit("Some of x, y, width and height are needed.", box.pointer)
        return read

    @property
    def sides(self) -> tuple[Length | None, Length | None, Length | None, Length | None]:
        return self.x, self.y, self.width, self.height

    @classmethod
    def listed(cls, sides: Fields) -> Self:
        """From a list ``[x, y, width, height]``, as ``Fields.list`` gives it."""
        corner = (length(sides.get(key), sides.at(key)) for key in "01")
        return cls(*corner, *(length(sides.get(key), sides.at(key), low=0.5) for key in "23"))

    def pixels(self, scene: Scene) -> tuple[int, int, int, int]:
        """``(x, y, width, height)``, in whole pixels, at least one of them; may lie beyond the canvas."""
        x, width = _span(self.x, self.width, scene.width)
        y, height = _span(self.y, self.height, scene.height)
        return x, y, width, height


@dataclass(frozen=True, slots=True)
class Crop:
    """Only what of the layer lies in a box of the canvas, now, shows from here on, wherever the layer goes.

    Another crop takes the place of the one before, so that more can be shown again; ``reset`` shows all. Of a group,
    each layer is cropped to the box.
    """

    op: ClassVar[str] = "crop"
    layer: Selector
    box: Box | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        if fields.one_of("box", "reset") == "box":
            return cls(layer, Box.read(fields))
        fields.true("reset")
        return cls(layer, None)

    def apply(self, scene: Scene) -> Scene:
        meant = [scene.layers[index] for index in self.layer.leaves(scene)]
        if self.box is None:
            return scene.changed([replace(state, crop=None) for state in meant])
        x, y, width, height = self.box.pixels(scene)
        box = (float(width), 0.0, float(x), 0.0, float(height), float(y))
        return scene.changed([self._cropped(state, box) for state in meant])

    def _cropped(self, state: LayerState, box: Matrix) -> LayerState:
        try:
            return replace(state, crop=then(box, inverted(state.settled)))
        except ZeroDivisionError:
            raise InvalidEdit(f"{capital(label(state))} is too thin to be cropped.", self.layer.pointer) from None


@dataclass(frozen=True, slots=True)
class Largest:
    """What a canvas may be made: so many ``pixels`` in all, and so many along each ``side``. One that is larger
    already, as others were allowed before, may stay so."""

    pixels: int = MAX_PIXELS
    side: int = MAX_SIDE

    def allows(self, width: int, height: int, before: Scene) -> bool:
        """Whether the canvas of a scene may become so large."""
        return (
            width <= max(self.side, before.width)
            and height <= max(self.side, before.height)
            and width * height <= max(self.pixels, before.width * before.height)
        )


USUAL = Largest()
"""Where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Another size of the canvas. The layers stay as they are; what comes to lie outside is kept and can come back.

    Either ``width``, ``height`` or both, where what is there keeps to the ``anchor`` (center) and goes on by ``x`` and
    ``y``; or a ``box`` of the canvas as it is, which becomes all of it. How large it may become is not its own to say;
    see ``within``.
    """

    op: ClassVar[str] = "canvas"
    box: Box | None
    width: Length | None
    height: Length | None
    anchor: Anchor
    by: tuple[Length | None, Length | None]
    pointer: str
    largest: Largest = USUAL

    @classmethod
    def read(cls, fields: Fields) -> Self:
        if fields.has("box"):
            return cls(Box.read(fields), None, None, (0.0, 0.0), (None, None), fields.pointer)
        width, height = (fields.length(key, low=0.001) for key in ("width", "height"))
        if width is None and height is None:
            raise InvalidEdit("width, height or both are needed, or a box.", fields.pointer)
        by = fields.length("x"), fields.length("y")
        return cls(None, width, height, fields.anchor("center"), by, fields.pointer)

    def within(self, largest: Largest) -> Self:
        """With another bound."""
        return replace(self, largest=largest)

    def apply(self, scene: Scene) -> Scene:
        if self.box is not None:
            x, y, width, height = self.box.pixels(scene)
            left, top = -x, -y
        else:
            width, left = self._side(self.width, scene.width, self.anchor[0], self.by[0])
            height, top = self._side(self.height, scene.height, self.anchor[1], self.by[1])
        if not self.largest.allows(width, height, scene):
            raise InvalidEdit(
                f"The canvas would be {width} × {height}, {width * height:,} pixels; at most {self.largest.pixels:,} "
                f"are taken, and {self.largest.side:,} along a side.",
                self.pointer,
            )
        moved = translation(left, top)
        states = [state for state in scene.layers if not state.group]
        scene = scene.changed([replace(state.mapped(moved), home=then(state.home, moved)) for state in states])
        return replace(scene, width=width, height=height)

    @staticmethod
    def _side(asked: Length | None, side: int, anchor: float, by: Length | None) -> tuple[int, int]:
        """The new side, and how far what is there goes along it; whole pixels, so that it stays as sharp as it was."""
        new = side if asked is None else max(1, _whole(asked.pixels(side)))
        return new, _whole(anchor * (new - side) + (0.0 if by is None else by.pixels(side)))


def _span(start: Length | None, length: Length | None, side: int) -> tuple[int, int]:
    first = 0.0 if start is None else start.pixels(side)
    last = max(float(side), first) if length is None else first + length.pixels(side)
    return _whole(first), max(1, _whole(last) - _whole(first))


def _whole(value: float) -> int:
    """The nearest whole pixel; a half goes up, as everywhere on the canvas."""
    return math.floor(value + 0.5)

"""Where a layer lies: ``move``, ``scale``, ``rotate``, ``flip``. Each multiplies the layer's one matrix.

All work in the canvas's axes, about an anchor: a point of the box around the layer as it is at that moment. A group
goes as one, about the box around its layers.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

from model.affine import Matrix, rotation, scaling, translation
from model.edits.fields import MAX_LENGTH, MAX_SCALE, Anchor, Fields, Fit, Length, number
from model.edits.scene import Scene
from model.edits.selector import Selector, label
from model.edits.state import Bounds, LayerState, anchor_point
from model.errors import InvalidEdit

MIN_SCALE = 1 / MAX_SCALE
MIN_SIDE = 1e-3
AXES = ("horizontal", "vertical")


class _Step(NamedTuple):
    """A map of the canvas; what it does to the angle of what it maps: mirrored first, then turned."""

    matrix: Matrix
    degrees: float = 0.0
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class _Placing(ABC):
    """What the four have in common."""

    layer: Selector

    def apply(self, scene: Scene) -> Scene:
        for index in self.layer.outermost(scene):
            box = scene.bounds(index)
            if box is not None:
                step = self.step(box, scene.layers[index].angle, scene)
                inner = {index, *scene.leaves(index)}
                scene = scene.changed([self._placed(scene.layers[each], step) for each in inner])
        return scene

    @abstractmethod
    def step(self, box: Bounds, angle: float, scene: Scene) -> _Step:
        """What it does to what has this box, and has been turned by so many degrees."""

    def _placed(self, state: LayerState, step: _Step) -> LayerState:
        angle = ((-state.angle if step.mirrored else state.angle) + step.degrees) % 360
        placed = replace(state if state.group else state.mapped(step.matrix), angle=angle)
        if any(not -1e9 < value < 1e9 for value in placed.matrix):  # beyond what arithmetic can hold
            raise InvalidEdit(f"The operations so far carry {label(state)} too far.", self.layer.pointer)
        return placed


@dataclass(frozen=True, slots=True)
class Move(_Placing):
    """``to``: the anchor (top left by default) comes to lie there; an axis left out stays. ``by``: from where it is."""

    op: ClassVar[str] = "move"
    x: Length | None
    y: Length | None
    relative: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields) -> Self:
        way = fields.one_of("to", "by")
        point = fields.object(way)
        x, y = point.length("x"), point.length("y")
        point.done()
        if x is None and y is None:
            raise InvalidEdit("x, y or both are needed.", point.pointer)
        return cls(Selector.read(fields), x, y, way == "by", fields.anchor("top-left"))

    def step(self, box: Bounds, angle: float, scene: Scene) -> _Step:
        here = (0.0, 0.0) if self.relative else anchor_point(box, self.anchor)
        x = here[0] if self.x is None else self.x.pixels(scene.width)
        y = here[1] if self.y is None else self.y.pixels(scene.height)
        if self.relative:
            x, y = (0.0 if self.x is None else x), (0.0 if self.y is None else y)
        return _Step(translation(x - here[0], y - here[1]))


@dataclass(frozen=True, slots=True)
class Scale(_Placing):
    """``by`` a factor or one for each axis; or ``to`` a box: its width, height or both.

    With both, ``fit`` says how the shape is kept: ``contain`` within the box, ``cover`` all of it, ``fill`` exactly.
    """

    op: ClassVar[str] = "scale"
    by: tuple[float, float] | None
    width: Length | None
    height: Length | None
    fit: Fit
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields) -> Self:
        anchor = fields.anchor("center")
        if fields.one_of("by", "to") == "by":
            return cls(Selector.read(fields), _factors(fields), None, None, "contain", anchor)
        box = fields.object("to")
        width, height = (box.length(key, low=MIN_SIDE) for key in ("width", "height"))
        box.done()
        if width is None and height is None:
            raise InvalidEdit("width, height or both are needed.", box.pointer)
        return cls(Selector.read(fields), None, width, height, fields.fit(), anchor)

    def step(self, box: Bounds, angle: float, scene: Scene) -> _Step:
        by = self.by or self._factors_to(box, scene)
        return _Step(scaling(*by, anchor_point(box, self.anchor)))

    def _factors_to(self, box: Bounds, scene: Scene) -> tuple[float, float]:
        left, top, right, bottom = box
        if right <= left or bottom <= top:
            return 1.0, 1.0
        across = self.width.pixels(scene.width) / (right - left) if self.width else None
        down = self.height.pixels(scene.height) / (bottom - top) if self.height else None
        if across is None or down is None:
            both = across if across is not None else down if down is not None else 1.0
            return both, both
        if self.fit == "fill":
            return across, down
        both = min(across, down) if self.fit == "contain" else max(across, down)
        return both, both


@dataclass(frozen=True, slots=True)
class Rotate(_Placing):
    """Clockwise; ``to`` counts from how the layer was stored, by the rotations so far."""

    op: ClassVar[str] = "rotate"
    degrees: float
    relative: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields) -> Self:
        way = fields.one_of("by", "to")
        return cls(
            Selector.read(fields), fields.number(way, -MAX_LENGTH, MAX_LENGTH), way == "by", fields.anchor("center")
        )

    def step(self, box: Bounds, angle: float, scene: Scene) -> _Step:
        degrees = self.degrees if self.relative else self.degrees - angle
        return _Step(rotation(degrees, anchor_point(box, self.anchor)), degrees)


@dataclass(frozen=True, slots=True)
class Flip(_Placing):
    """``horizontal`` exchanges left and right, ``vertical`` top and bottom; about the box's middle by default."""

    op: ClassVar[str] = "flip"
    horizontal: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields) -> Self:
        axis = fields.choice("axis", AXES)
        return cls(Selector.read(fields), axis == "horizontal", fields.anchor("center"))

    def step(self, box: Bounds, angle: float, scene: Scene) -> _Step:
        by = (-1.0, 1.0) if self.horizontal else (1.0, -1.0)
        # in a mirror, what was turned clockwise is turned the other way
        return _Step(scaling(*by, anchor_point(box, self.anchor)), mirrored=True)


def _factors(fields: Fields) -> tuple[float, float]:
    value = fields.get("by")
    if isinstance(value, int | float):
        both = number(value, fields.at("by"), MIN_SCALE, MAX_SCALE)
        return both, both
    axes = fields.object("by")
    by = axes.number("x", MIN_SCALE, MAX_SCALE, 1.0), axes.number("y", MIN_SCALE, MAX_SCALE, 1.0)
    axes.done()
    return by

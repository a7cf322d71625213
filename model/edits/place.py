"""Where a layer lies: ``move``, ``scale``, ``rotate``, ``flip``. Each multiplies the layer's one matrix.

All work in the canvas's axes, about an anchor: a point of the box around the layer as it is at that moment.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.affine import rotation, scaling, translation
from model.edits.fields import MAX_LENGTH, MAX_SCALE, Anchor, Fields, Fit, Length, number
from model.edits.scene import LayerState, Scene
from model.edits.selector import Selector
from model.errors import InvalidEdit

MIN_SCALE = 1 / MAX_SCALE
MIN_SIDE = 1e-3
AXES = ("horizontal", "vertical")


@dataclass(frozen=True, slots=True)
class Move:
    """``to``: the anchor (top left by default) comes to lie there; an axis left out stays. ``by``: from where it is."""

    op: ClassVar[str] = "move"
    layer: Selector
    x: Length | None
    y: Length | None
    relative: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        way = fields.one_of("to", "by")
        point = fields.object(way)
        x, y = point.length("x"), point.length("y")
        point.done()
        if x is None and y is None:
            raise InvalidEdit("x, y or both are needed.", point.pointer)
        return cls(layer, x, y, way == "by", fields.anchor("top-left"))

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._moved(scene.layers[index], scene) for index in self.layer.indices(scene)])

    def _moved(self, state: LayerState, scene: Scene) -> LayerState:
        here = (0.0, 0.0) if self.relative else state.anchor_point(self.anchor)
        x = here[0] if self.x is None else self.x.pixels(scene.width)
        y = here[1] if self.y is None else self.y.pixels(scene.height)
        if self.relative:
            x, y = (0.0 if self.x is None else x), (0.0 if self.y is None else y)
        return _within(state.mapped(translation(x - here[0], y - here[1])), self.layer)


@dataclass(frozen=True, slots=True)
class Scale:
    """``by`` a factor or one for each axis; or ``to`` a box: its width, height or both.

    With both, ``fit`` says how the shape is kept: ``contain`` within the box, ``cover`` all of it, ``fill`` exactly.
    """

    op: ClassVar[str] = "scale"
    layer: Selector
    by: tuple[float, float] | None
    width: Length | None
    height: Length | None
    fit: Fit
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        anchor = fields.anchor("center")
        if fields.one_of("by", "to") == "by":
            return cls(layer, _factors(fields), None, None, "contain", anchor)
        box = fields.object("to")
        width, height = (box.length(key, low=MIN_SIDE) for key in ("width", "height"))
        box.done()
        if width is None and height is None:
            raise InvalidEdit("width, height or both are needed.", box.pointer)
        return cls(layer, None, width, height, fields.fit(), anchor)

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._scaled(scene.layers[index], scene) for index in self.layer.indices(scene)])

    def _scaled(self, state: LayerState, scene: Scene) -> LayerState:
        by = self.by or self._factors_to(state, scene)
        return _within(state.mapped(scaling(*by, state.anchor_point(self.anchor))), self.layer)

    def _factors_to(self, state: LayerState, scene: Scene) -> tuple[float, float]:
        left, top, right, bottom = state.bounds
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
class Rotate:
    """Clockwise; ``to`` counts from how the layer was stored, by the rotations so far."""

    op: ClassVar[str] = "rotate"
    layer: Selector
    degrees: float
    relative: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        way = fields.one_of("by", "to")
        return cls(layer, fields.number(way, -MAX_LENGTH, MAX_LENGTH), way == "by", fields.anchor("center"))

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._rotated(scene.layers[index]) for index in self.layer.indices(scene)])

    def _rotated(self, state: LayerState) -> LayerState:
        degrees = self.degrees if self.relative else self.degrees - state.angle
        turned = state.mapped(rotation(degrees, state.anchor_point(self.anchor)))
        return _within(replace(turned, angle=(state.angle + degrees) % 360), self.layer)


@dataclass(frozen=True, slots=True)
class Flip:
    """``horizontal`` exchanges left and right, ``vertical`` top and bottom; about the box's middle by default."""

    op: ClassVar[str] = "flip"
    layer: Selector
    horizontal: bool
    anchor: Anchor

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        axis = fields.choice("axis", AXES)
        return cls(layer, axis == "horizontal", fields.anchor("center"))

    def apply(self, scene: Scene) -> Scene:
        return scene.changed([self._flipped(scene.layers[index]) for index in self.layer.indices(scene)])

    def _flipped(self, state: LayerState) -> LayerState:
        by = (-1.0, 1.0) if self.horizontal else (1.0, -1.0)
        # in a mirror, what was turned clockwise is turned the other way
        mirrored = state.mapped(scaling(*by, state.anchor_point(self.anchor)))
        return _within(replace(mirrored, angle=-state.angle % 360), self.layer)


def _factors(fields: Fields) -> tuple[float, float]:
    value = fields.get("by")
    if isinstance(value, int | float):
        both = number(value, fields.at("by"), MIN_SCALE, MAX_SCALE)
        return both, both
    axes = fields.object("by")
    by = axes.number("x", MIN_SCALE, MAX_SCALE, 1.0), axes.number("y", MIN_SCALE, MAX_SCALE, 1.0)
    axes.done()
    return by


def _within(state: LayerState, layer: Selector) -> LayerState:
    """The state, if many operations together have not driven it out of what arithmetic can hold."""
    if any(not -1e9 < value < 1e9 for value in state.matrix):
        raise InvalidEdit(f"The operations so far carry the layer {state.index} {state.name!r} too far.", layer.pointer)
    return state

"""A picture as a new layer: ``add``."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeAlias

from model.affine import Matrix, inverted, then
from model.edits.cut import Box
from model.edits.fields import Anchor, Fields, Fit
from model.edits.operation import Operation
from model.edits.picture import read_picture
from model.edits.scene import Scene
from model.edits.selector import Selector
from model.edits.state import LayerState, Picture
from model.edits.tree import free_name, put_together, taken_apart, with_more
from model.errors import InvalidEdit

Size: TypeAlias = tuple[int, int]
"""Width and height, in pixels."""
ENDS = ("top", "bottom")


@dataclass(frozen=True, slots=True)
class Add:
    """A picture becomes a layer with the next free index: on top, or ``to`` the bottom, ``above`` or ``below`` another.

    It comes into a ``box``, the canvas by default, by ``fit`` and ``anchor`` (center); what ``cover`` leaves outside is
    cropped off. Without ``fit`` and ``box`` it keeps its size, and is made smaller only if the canvas cannot hold it.

    ``size`` is known only once somebody has looked at the picture; see ``sized``.
    """

    op: ClassVar[str] = "add"
    picture: Picture
    box: Box | None
    fit: Fit | None
    anchor: Anchor
    name: str | None
    to: str
    other: Selector | None
    pointer: str
    size: Size | None = None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        picture = read_picture(fields)
        box = Box.read(fields) if fields.has("box") else None
        fit = fields.fit() if fields.has("fit") else None
        ways = [way for way in ("to", "above", "below") if fields.has(way)]
        way = fields.one_of("to", "above", "below") if ways else "top"
        other = Selector.read_one(fields, way) if way in {"above", "below"} else None
        to = fields.choice("to", ENDS) if way == "to" else way
        return cls(picture, box, fit, fields.anchor("center"), fields.name_or_none("name"), to, other, fields.pointer)

    def sized(self, sizes: Mapping[str, Size]) -> "Add":
        """With the picture's size, by its ``image``; as it is where that is not among them."""
        return replace(self, size=sizes.get(self.picture.image, self.size))

    def apply(self, scene: Scene) -> Scene:
        if self.size is None:
            raise InvalidEdit(f"There is no asset {self.picture.image}; upload it first.", self.picture.pointer)
        state = self._state(scene, *self.size)
        tree = taken_apart(scene)
        if self.other is None:
            tree[None].insert(0 if self.to == "bottom" else len(tree[None]), state.index)
        else:
            (neighbour,) = self.other.indices(scene)
            siblings = tree[scene.layers[neighbour].parent]
            siblings.insert(siblings.index(neighbour) + (1 if self.to == "above" else 0), state.index)
        return put_together(with_more(scene, [state], self.pointer), tree, self.pointer)

    def _state(self, scene: Scene, width: int, height: int) -> LayerState:
        x, y, across, down = (0, 0, scene.width, scene.height) if self.box is None else self.box.pixels(scene)
        scale = self._scale(across / width, down / height)
        left, top = self.anchor[0] * (across - width * scale[0]), self.anchor[1] * (down - height * scale[1])
        if scale == (1.0, 1.0):
            left, top = math.floor(left + 0.5), math.floor(top + 0.5)
        matrix: Matrix = (scale[0], 0.0, x + left, 0.0, scale[1], y + top)
        name = self.name or free_name("Picture", (state.name for state in scene.layers))
        state = LayerState(len(scene.layers), name, (0, 0, width, height), matrix, matrix, origin=self.picture)
        if self.fit == "cover":
            box = (float(across), 0.0, float(x), 0.0, float(down), float(y))
            return replace(state, crop=then(box, inverted(state.settled)))
        return state

    def _scale(self, across: float, down: float) -> tuple[float, float]:
        """How much larger the picture becomes, given how much larger the box is."""
        if self.fit == "fill":
            return across, down
        if self.fit == "cover":
            return max(across, down), max(across, down)
        both = min(across, down)
        if self.fit is None and self.box is None:
            both = min(both, 1.0)
        return both, both


def added(operations: Iterable[Operation]) -> tuple[Picture, ...]:
    """The pictures whose sizes must be known before the operations are folded."""
    return tuple(operation.picture for operation in operations if isinstance(operation, Add))

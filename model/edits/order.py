"""Which layer lies over which: ``reorder``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import ALL, Selector
from model.errors import InvalidEdit

PLACES = ("top", "bottom", "forward", "backward")


@dataclass(frozen=True, slots=True)
class Reorder:
    """``to`` top, bottom, forward or backward (one step); or ``above`` or ``below`` another layer; or to ``index``.

    Several layers keep their order among themselves. ``index`` counts the layers that are not deleted, 0 at the bottom.
    """

    op: ClassVar[str] = "reorder"
    layer: Selector
    to: str
    other: Selector | None = None
    index: int = 0

    @classmethod
    def read(cls, fields: Fields, layer: Selector) -> Self:
        way = fields.one_of("to", "above", "below", "index")
        if way == "to":
            return cls(layer, fields.choice("to", PLACES))
        if way == "index":
            value = fields.number("index", 0, 1_000_000)
            if not value.is_integer():
                raise InvalidEdit("A whole number is needed here.", fields.at("index"))
            return cls(layer, "index", index=int(value))
        other = Selector.of(fields.get(way), fields.at(way))
        if other.listed or other.references == (ALL,):
            raise InvalidEdit("One layer is needed here.", other.pointer)
        return cls(layer, way, other)

    def apply(self, scene: Scene) -> Scene:
        moved = self.layer.indices(scene)
        live = [index for index in scene.live if index not in moved]
        if self.to in {"forward", "backward"}:
            arranged = _stepped(list(scene.live), set(moved), up=self.to == "forward")
        else:
            at = self._position(scene, live, moved)
            arranged = [*live[:at], *moved, *live[at:]]
        return replace(scene, order=_with_deleted(scene, arranged))

    def _position(self, scene: Scene, others: list[int], moved: tuple[int, ...]) -> int:
        if self.other is None:
            return {"top": len(others), "bottom": 0}.get(self.to, min(self.index, len(others)))
        (neighbour,) = self.other.indices(scene)
        if neighbour in moved:
            raise InvalidEdit("A layer cannot lie above or below itself.", self.other.pointer)
        return others.index(neighbour) + (1 if self.to == "above" else 0)


def _stepped(order: list[int], moved: set[int], up: bool) -> list[int]:
    """Each of the moved goes past the next that is not moved."""
    walk = order[::-1] if up else order
    for at in range(1, len(walk)):
        if walk[at] in moved and walk[at - 1] not in moved:
            walk[at - 1], walk[at] = walk[at], walk[at - 1]
    return walk[::-1] if up else walk


def _with_deleted(scene: Scene, arranged: list[int]) -> tuple[int, ...]:
    """The deleted stay right above what they were above."""
    order, below = list(arranged), -1
    for index in scene.order:
        if scene.layers[index].deleted:
            order.insert(order.index(below) + 1 if below >= 0 else 0, index)
        below = index
    return tuple(order)

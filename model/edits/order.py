"""Which layer lies over which: ``reorder``."""

from dataclasses import dataclass
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector, capital, label
from model.edits.tree import Tree, put_together, taken_apart
from model.errors import InvalidEdit

PLACES = ("top", "bottom", "forward", "backward")


@dataclass(frozen=True, slots=True)
class Reorder:
    """``to`` top, bottom, forward or backward (one step); or ``above`` or ``below`` another layer; or to ``index``.

    Several layers keep their order among themselves. ``index`` counts the layers that are not deleted, 0 at the bottom.
    A layer stays within its group; next to a layer of another group it comes into that one.
    """

    op: ClassVar[str] = "reorder"
    layer: Selector
    to: str
    other: Selector | None = None
    index: int = 0

    @classmethod
    def read(cls, fields: Fields) -> Self:
        layer = Selector.read(fields)
        way = fields.one_of("to", "above", "below", "index")
        if way == "to":
            return cls(layer, fields.choice("to", PLACES))
        if way == "index":
            return cls(layer, "index", index=fields.whole("index", 0, 1_000_000))
        return cls(layer, way, Selector.read_one(fields, way))

    def apply(self, scene: Scene) -> Scene:
        moved = self.layer.indices(scene)
        tree = taken_apart(scene)
        if self.other is not None:
            self._next_to(scene, tree, moved, self.other)
        else:
            for parent, children in tree.items():
                some = [index for index in children if index in moved]
                if some:
                    tree[parent] = self._arranged(scene, children, some)
        return put_together(scene, tree, self.layer.pointer)

    def _next_to(self, scene: Scene, tree: Tree, moved: tuple[int, ...], other: Selector) -> None:
        (neighbour,) = other.indices(scene)
        if neighbour in moved:
            raise InvalidEdit("A layer cannot lie above or below itself.", other.pointer)
        for group in scene.around(neighbour):
            if group.index in moved:
                said = f"{capital(label(scene.layers[neighbour]))} is in {label(group)}, which cannot come into itself."
                raise InvalidEdit(said, other.pointer)
        home = scene.layers[neighbour].parent
        before = {parent: children for parent, children in tree.items() if any(index in moved for index in children)}
        for parent, children in before.items():
            tree[parent] = [index for index in children if index not in moved]
        live = [index for index in tree[home] if not scene.layers[index].deleted]
        at = live.index(neighbour) + (1 if self.to == "above" else 0)
        tree[home] = _with_deleted(scene, before.get(home, tree[home]), [*live[:at], *moved, *live[at:]])

    def _arranged(self, scene: Scene, children: list[int], moved: list[int]) -> list[int]:
        """The children of one group, with those that are moved where they are to be."""
        live = [index for index in children if not scene.layers[index].deleted]
        if self.to in {"forward", "backward"}:
            return _with_deleted(scene, children, _stepped(live, set(moved), up=self.to == "forward"))
        others = [index for index in live if index not in moved]
        at = {"top": len(others), "bottom": 0}.get(self.to, min(self.index, len(others)))
        return _with_deleted(scene, children, [*others[:at], *moved, *others[at:]])


def _stepped(order: list[int], moved: set[int], up: bool) -> list[int]:
    """Each of the moved goes past the next that is not moved."""
    walk = order[::-1] if up else list(order)
    for at in range(1, len(walk)):
        if walk[at] in moved and walk[at - 1] not in moved:
            walk[at - 1], walk[at] = walk[at], walk[at - 1]
    return walk[::-1] if up else walk


def _with_deleted(scene: Scene, before: list[int], arranged: list[int]) -> list[int]:
    """The deleted stay right above what they were above; at the bottom where that has gone to another group."""
    order, below = list(arranged), -1
    for index in before:
        if scene.layers[index].deleted:
            order.insert(order.index(below) + 1 if below in order else 0, index)
        below = index
    return order

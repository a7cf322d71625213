"""A layer twice: ``duplicate``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector
from model.edits.tree import copy_name, put_together, taken_apart, with_more
from model.errors import InvalidEdit


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A copy with all its edits right above each layer meant, called ``X copy`` unless ``name`` says otherwise.

    Copies get the next free indices, bottom first, so that no other index changes. With a group comes a copy of
    everything in it, right after the group's own.
    """

    op: ClassVar[str] = "duplicate"
    layer: Selector
    name: str | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields), fields.name_or_none("name"))

    def apply(self, scene: Scene) -> Scene:
        outer = self.layer.whole(scene)
        if self.name is not None and len(outer) != 1:
            raise InvalidEdit("A name is for the copy of one layer.", self.layer.pointer)
        for index in outer:
            scene = self._with_copy(scene, index)
        return scene

    def _with_copy(self, scene: Scene, original: int) -> Scene:
        """With a copy of the layer, or of the group and of all that is in it."""
        inner = [i for i in scene.live if any(group.index == original for group in scene.around(i))]
        new = {old: len(scene.layers) + at for at, old in enumerate((original, *inner))}
        names, copies = {state.name for state in scene.layers}, []
        for old, index in new.items():
            state = scene.layers[old]
            name = self.name if self.name is not None and old == original else copy_name(state.name, names)
            names.add(name)
            parent = state.parent if old == original else new[state.parent]  # type: ignore[index]
            copies.append(replace(state, index=index, name=name, parent=parent))
        tree = taken_apart(scene)
        scene = with_more(scene, copies, self.layer.pointer)
        for old, index in new.items():
            if scene.layers[old].group:
                tree[index] = [new[child] for child in tree[old] if child in new]
        siblings = tree[scene.layers[original].parent]
        siblings.insert(siblings.index(original) + 1, new[original])
        return put_together(scene, tree, self.layer.pointer)

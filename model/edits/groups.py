"""Several layers as one: ``group``, ``ungroup``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector, capital, label
from model.edits.state import LayerState
from model.edits.tree import free_name, put_together, taken_apart, with_more
from model.errors import InvalidEdit


@dataclass(frozen=True, slots=True)
class Group:
    """The layers come together, in their order, where the topmost of them is; the group gets the next free index.

    At opacity 1 and blend mode ``normal`` it changes nothing of the picture, to the bit. Otherwise its layers are laid
    over each other by themselves, and what they come to over what is below (W3C Compositing and Blending Level 1).
    """

    op: ClassVar[str] = "group"
    layer: Selector
    name: str | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields), fields.name_or_none("name"))

    def apply(self, scene: Scene) -> Scene:
        members = list(self.layer.whole(scene))
        if not members:
            raise InvalidEdit("There is no layer to group.", self.layer.pointer)
        name = self.name or free_name("Group", (state.name for state in scene.layers))
        top = members[-1]
        group = LayerState(len(scene.layers), name, (0, 0, 0, 0), group=True, parent=scene.layers[top].parent)
        scene = with_more(scene, [group], self.layer.pointer)
        tree = taken_apart(scene)
        siblings = tree[group.parent]
        siblings.insert(siblings.index(top) + 1, group.index)
        for parent, children in tree.items():
            tree[parent] = [index for index in children if index not in members]
        tree[group.index] = members
        return put_together(scene, tree, self.layer.pointer)


@dataclass(frozen=True, slots=True)
class Ungroup:
    """What is in the group takes its place; the group itself, with its opacity and blend mode, is gone.

    What a hidden group held stays hidden, so that nothing comes up that nobody asked for.
    """

    op: ClassVar[str] = "ungroup"
    layer: Selector

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields))

    def apply(self, scene: Scene) -> Scene:
        for index in self.layer.changeable(scene):
            state = scene.layers[index]
            if not state.group:
                raise InvalidEdit(f"{capital(label(state))} is no group.", self.layer.pointer)
            tree = taken_apart(scene)
            siblings = tree[state.parent]
            at = siblings.index(index)
            siblings[at:at] = tree[index]
            inside = [scene.layers[child] for child in tree[index]] if not state.visible else []
            tree[index] = []
            hidden = [replace(child, visible=False) for child in inside]
            scene = put_together(scene.changed([*hidden, replace(state, deleted=True)]), tree, self.layer.pointer)
        return scene

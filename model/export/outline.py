"""What is to be exported, without its pixels: the tree of layers and groups, and where each of them lies.

Nothing here loads a picture, so that the API can say what a format will not hold before anything is made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.edits.alone import extents
from model.edits.drawn import Box, pixels_key
from model.edits.scene import Scene
from model.edits.state import LayerState, Text
from model.edits.tree import Tree, taken_apart


@dataclass(frozen=True, slots=True)
class Item:
    """A layer or a group.

    Attributes:
        index: in the scene; names it for whoever loads its pixels.
        name: as a person gave it: any script, any length, several of the same.
        opacity: 0..1.
        blend: a name of ``model.blend.MODES``.
        visible: by itself; whoever is in a hidden group is hidden all the same.
        box: ``(x, y, width, height)`` on the plane, in pixels, that holds all its pixels, on the canvas or beside it;
            ``None`` of what has none.
        members: of a group, bottom to top; ``None`` of a layer.
        text: its words, where it has some.
        stands: whether it is known where they stand.
        pixels: names what its pixels come from, given the stored layers.
    """

    index: int
    name: str
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    box: Box | None = None
    members: "tuple[Item, ...] | None" = None
    text: str | None = None
    stands: bool = False
    pixels: str = ""

    @property
    def is_group(self) -> bool:
        return self.members is not None

    @property
    def shows(self) -> bool:
        """Whether anything of it can be seen, as far as it is up to itself."""
        return self.visible and self.opacity > 0

    @property
    def is_step(self) -> bool:
        """Whether there is something in it that can be seen, as far as that is known without its pixels."""
        if self.members is None:
            return self.shows and self.box is not None
        return self.shows and any(member.is_step for member in self.members)

    @property
    def is_isolated(self) -> bool:
        """Of a group: whether its members are laid over each other first, and then as one over what is below."""
        return self.is_group and (self.opacity < 1 or self.blend != "normal")


def is_boxed(item: Item) -> bool:
    """Whether its words can be set anew where they stand, laid as ``normal``."""
    return bool(item.text) and item.stands and item.blend == "normal"


@dataclass(frozen=True, slots=True)
class Outline:
    """``items`` lie on a canvas of ``width`` × ``height`` pixels, bottom first."""

    width: int
    height: int
    items: tuple[Item, ...]


def walked(items: Iterable[Item], parent: Item | None = None) -> Iterator[tuple[Item, Item | None]]:
    """All layers and groups bottom to top, each with the group that it is in; a group comes right after its members."""
    for item in items:
        yield from walked(item.members or (), item)
        yield item, parent


def outline_of(scene: Scene, told: Sequence[Mapping[str, Any]]) -> Outline:
    """All of a scene that is not deleted, hidden or not.

    Args:
        told: what the manifest says of the stored layers, by index.
    """
    boxes = extents(scene)

    def items(tree: Tree, parent: int | None) -> tuple[Item, ...]:
        live = (scene.layers[index] for index in tree[parent])
        return tuple(item(state, tree) for state in live if not state.deleted)

    def item(state: LayerState, tree: Tree) -> Item:
        return Item(
            state.index,
            state.name,
            state.opacity,
            state.blend,
            state.visible,
            None if state.group else boxes[state.index],
            items(tree, state.index) if state.group else None,
            _words(state, told),
            _stands(state, told),
            "" if state.group else pixels_key(state),
        )

    return Outline(scene.width, scene.height, items(taken_apart(scene), None))


def _words(state: LayerState, told: Sequence[Mapping[str, Any]]) -> str | None:
    if isinstance(state.source, Text):
        return state.source.value
    if state.source is None and isinstance(state.origin, int):
        return told[state.origin].get("text") or None
    return None


def _stands(state: LayerState, told: Sequence[Mapping[str, Any]]) -> bool:
    """As ``model.frozen.named`` has the lines of a layer."""
    a, b, _, d, e, _ = state.matrix
    if state.crop is not None or a * e - b * d <= 0:
        return False
    if isinstance(state.source, Text):
        return True
    return state.source is None and isinstance(state.origin, int) and bool(told[state.origin].get("lines"))

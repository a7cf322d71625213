"""What edits fold into: the state of each layer and group, their order, and who is in which group. No pixels here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from model.edits.state import Bounds, LayerState
from model.layers import Layer, Stack


@dataclass(frozen=True, slots=True)
class Scene:
    """A decomposition with its edits.

    Attributes:
        width, height: of the canvas, in pixels.
        layers: all layers and groups by index, however they are ordered.
        stored_width: of the decomposition's canvas, which edits do not change.
        order: the indices bottom to top, deleted ones included, so that they can come back to their place. A group
            stands right above its members, which stand together.
    """

    width: int
    height: int
    layers: tuple[LayerState, ...]
    order: tuple[int, ...]
    stored_width: int

    @property
    def live(self) -> tuple[int, ...]:
        """The indices bottom to top, without what is deleted by itself or with its group."""
        return tuple(index for index in self.order if not self.is_gone(index))

    def changed(self, states: Sequence[LayerState]) -> "Scene":
        """With these in place of those of the same index."""
        layers = list(self.layers)
        for state in states:
            layers[state.index] = state
        return replace(self, layers=tuple(layers))

    def around(self, index: int) -> Iterator[LayerState]:
        """The groups that it is in, the nearest first."""
        parent = self.layers[index].parent
        while parent is not None:
            yield self.layers[parent]
            parent = self.layers[parent].parent

    def is_gone(self, index: int) -> bool:
        """Whether it is deleted, by itself or with a group that it is in."""
        return self.layers[index].deleted or any(group.deleted for group in self.around(index))

    def children(self, parent: int | None) -> tuple[int, ...]:
        """What is right in a group, or in none, bottom to top; deleted ones included."""
        return tuple(index for index in self.order if self.layers[index].parent == parent)

    def leaves(self, index: int) -> tuple[int, ...]:
        """The layers in a group and in the groups in it, without the deleted; of a layer, itself."""
        if not self.layers[index].group:
            return (index,)
        return tuple(
            inner
            for inner in self.order
            if not self.layers[inner].group
            and any(group.index == index for group in self.around(inner))
            and not self.is_gone(inner)
        )

    def bounds(self, index: int) -> Bounds | None:
        """Of a layer, or around the layers of a group; ``None`` where it has none."""
        boxes = [self.layers[leaf].bounds for leaf in self.leaves(index)]
        if not boxes:
            return None
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)


def scene_of(width: int, height: int, layers: Sequence[Mapping[str, object]]) -> Scene:
    """The unedited scene of a manifest's layers, bottom to top, and of its groups after them.

    Args:
        layers: with ``name`` and ``bbox [x, y, width, height]``; ``opacity`` and ``blend`` where they are not 1 and
            normal; ``text`` of those that have words; ``visible`` of those that may be hidden; ``parent``, an index, of
            those that are in a group. A group has ``group`` and, in place of a bbox, its ``position`` in the order of
            all, bottom to top.

    Raises:
        ValueError: this is no such list.
    """
    states = [_state(index, layer) for index, layer in enumerate(layers)]
    order = [state.index for state in states if not state.group]
    for state in states:
        if state.group:
            order.insert(_position(layers[state.index]), state.index)
    return Scene(width, height, tuple(states), tuple(order), width)


def _state(index: int, layer: Mapping[str, object]) -> LayerState:
    box, name = layer.get("bbox"), str(layer["name"])
    if layer.get("group"):
        state = LayerState(index, name, (0, 0, 0, 0), group=True)
    elif isinstance(box, Sequence) and len(box) == 4:
        x, y, w, h = (int(value) for value in box)
        state = LayerState.stored(index, name, (x, y, w, h))
    else:
        raise ValueError(f"layer {index} has no bbox of four numbers: {box!r}")
    opacity, parent = layer.get("opacity", 1.0), layer.get("parent")
    return replace(
        state,
        opacity=float(opacity) if isinstance(opacity, int | float) else 1.0,
        blend=str(layer.get("blend", "normal")),
        words=str(layer["text"]) if layer.get("text") else None,
        visible=bool(layer.get("visible", True)),
        parent=parent if isinstance(parent, int) else None,
    )


def _position(group: Mapping[str, object]) -> int:
    position = group.get("position")
    if not isinstance(position, int):
        raise ValueError(f"group {group['name']!r} has no position")
    return position


def scene_of_stack(stack: Stack) -> Scene:
    """The unedited scene of a stack."""
    layers = [{"name": layer.name, "bbox": layer.bbox, "text": _words_of(layer)} for layer in stack.layers]
    return scene_of(stack.width, stack.height, layers)


def _words_of(layer: Layer) -> str | None:
    return "\n".join(line.text for line in layer.lines) or layer.text

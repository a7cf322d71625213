"""The order of a scene, taken apart into groups and put together again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from model.edits.scene import Scene
from model.edits.state import LayerState
from model.errors import InvalidEdit

Tree: TypeAlias = dict[int | None, list[int]]
"""What is right in each group, bottom to top; ``None`` stands for what is in none."""

MAX_LAYERS = 500
"""Of a scene, with its groups, copies and what is deleted."""
MAX_DEPTH = 10
"""Of groups in groups, as in Photoshop."""

_COPY = re.compile(r" copy( [0-9]{1,4})?$")


def taken_apart(scene: Scene) -> Tree:
    """Every group is a key, an empty one too."""
    tree: Tree = {None: [], **{state.index: [] for state in scene.layers if state.group}}
    for index in scene.order:
        tree[scene.layers[index].parent].append(index)
    return tree


def put_together(scene: Scene, tree: Mapping[int | None, Sequence[int]], pointer: str) -> Scene:
    """The scene with its layers ordered, and in groups, as a tree says.

    Raises:
        InvalidEdit: groups in groups in groups, too many of them.
    """
    order: list[int] = []
    parents: dict[int, int | None] = {}
    waiting: list[tuple[int, int | None, int, bool]] = [(index, None, 0, False) for index in reversed(tree[None])]
    while waiting:
        index, parent, depth, done = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidEdit(f"A group may lie {MAX_DEPTH} groups deep, no deeper.", pointer)
        if done or index not in tree:
            order.append(index)
            parents[index] = parent
        else:
            waiting.append((index, parent, depth, True))
            waiting += [(inner, index, depth + 1, False) for inner in reversed(tree[index])]
    layers = tuple(
        state if state.parent == parents[state.index] else replace(state, parent=parents[state.index])
        for state in scene.layers
    )
    return replace(scene, layers=layers, order=tuple(order))


def with_more(scene: Scene, more: Sequence[LayerState], pointer: str) -> Scene:
    """The scene with more layers at the end of its indices; their place in the order is not theirs yet.

    Raises:
        InvalidEdit: there would be too many.
    """
    if len(scene.layers) + len(more) > MAX_LAYERS:
        raise InvalidEdit(f"There would be more than {MAX_LAYERS} layers, groups and deleted ones included.", pointer)
    return replace(scene, layers=(*scene.layers, *more))


def copy_name(name: str, taken: Iterable[str]) -> str:
    """``X copy``, ``X copy 2`` and so on, the first that is not taken; so too of what is a copy already."""
    used = {each.casefold() for each in taken}
    base = _COPY.sub("", name)
    at = 1
    while (found := f"{base} copy" + (f" {at}" if at > 1 else "")).casefold() in used:
        at += 1
    return found


def free_name(base: str, taken: Iterable[str]) -> str:
    """``base 1``, ``base 2`` and so on, the first that is not taken."""
    used = {each.casefold() for each in taken}
    at = 1
    while f"{base} {at}".casefold() in used:
        at += 1
    return f"{base} {at}"

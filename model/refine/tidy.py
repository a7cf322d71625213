"""Fewer layers: specks go into what lies under them, the most alike become one; and every layer gets its name."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np

from model.layers import Layer
from model.refine.group import Group, flat, group_of, joined, overlap, same_shape

_TWIN = 0.97
_OTHER_KIND = 1.0
"""How much farther apart, in diagonals of the canvas, two layers seem that are not of one kind."""


def tidied(
    layers: Sequence[Layer], width: int, height: int, min_alpha_area_ratio: float, max_layers: int
) -> list[Layer]:
    """``without_specks``, then ``at_most``; layers are measured once that stay as they are."""
    groups = _without_specks(_groups(layers, width, height), min_alpha_area_ratio * width * height)
    alone = [group if len(group.layers) == 1 else group_of(flat(group), width, height) for group in groups]
    return [flat(group) for group in _at_most(alone, float(np.hypot(width, height)), max_layers)]


def without_specks(layers: Sequence[Layer], width: int, height: int, min_alpha_area_ratio: float) -> list[Layer]:
    """Every layer that covers less of the canvas is merged into the one under it, the background at last.

    What counts is alpha, and of text the room of its lines.
    """
    groups = _without_specks(_groups(layers, width, height), min_alpha_area_ratio * width * height)
    return [flat(group) for group in groups]


def at_most(layers: Sequence[Layer], width: int, height: int, max_layers: int) -> list[Layer]:
    """The most alike are merged until there are at most ``max_layers``; the background is merged last of all.

    Layers that cover the same pixels are one layer, whatever their number.
    """
    groups = _at_most(_groups(layers, width, height), float(np.hypot(width, height)), max_layers)
    return [flat(group) for group in groups]


def named(layers: Sequence[Layer]) -> list[Layer]:
    """Unique names and depths: 0 for the bottom layer to 1 for the top one, in even steps."""
    taken: set[str] = set()
    result = []
    for index, layer in enumerate(layers):
        name = _unique(" ".join(layer.name.split()) or layer.kind, taken)
        taken.add(name)
        result.append(replace(layer, name=name, depth=index / max(1, len(layers) - 1)))
    return result


def _groups(layers: Sequence[Layer], width: int, height: int) -> list[Group]:
    return [group_of(layer, width, height) for layer in layers]


def _without_specks(groups: list[Group], least: float) -> list[Group]:
    while len(groups) > 1:
        # Of equal ones the upper first: it may make the lower one large enough.
        index = min(range(1, len(groups)), key=lambda index: (_extent(groups[index]), -index))
        if _extent(groups[index]) >= least:
            break
        under = next((below for below in range(index - 1, 0, -1) if overlap(groups[below], groups[index])), 0)
        groups[under] = joined(groups[under], groups.pop(index))
    return groups


def _extent(group: Group) -> float:
    """What a group covers, in pixels; text the room of its lines, of which letters fill a small part."""
    lines = (np.array(line.polygon, np.float32) for layer in group.layers for line in layer.lines)
    return max(group.mass, sum(float(cv2.contourArea(corners)) for corners in lines))


def _at_most(groups: list[Group], diagonal: float, max_layers: int) -> list[Group]:
    groups = _without_twins(groups)
    while len(groups) > max(1, max_layers):
        if len(groups) == 2:
            return [joined(*groups)]
        pairs = (pair for pair in combinations(range(1, len(groups)), 2) if _meeting_place(groups, *pair) is not None)
        _merge(groups, *min(pairs, key=lambda pair: _unlikeness(groups[pair[0]], groups[pair[1]], diagonal)))
    return groups


def _unique(name: str, taken: set[str]) -> str:
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name} {number}"
    return unique


def _without_twins(groups: list[Group]) -> list[Group]:
    index = 1
    while index < len(groups):
        twin = next((at for at in range(1, index) if same_shape(groups[at], groups[index], _TWIN)), None)
        if twin is not None and _meeting_place(groups, twin, index) is not None:
            _merge(groups, twin, index)
        else:
            index += 1
    return groups


def _merge(groups: list[Group], first: int, second: int) -> None:
    kept, gone = (first, second) if _meeting_place(groups, first, second) == first else (second, first)
    groups[kept] = joined(groups[first], groups[second])
    del groups[gone]


def _meeting_place(groups: Sequence[Group], first: int, second: int) -> int | None:
    """Where in the order the two can become one without anything between them changing sides; ``None``: nowhere."""
    between = groups[first + 1 : second]
    if not any(overlap(groups[second], group) for group in between):
        return first
    if not any(overlap(groups[first], group) for group in between):
        return second
    return None


def _unlikeness(first: Group, second: Group, diagonal: float) -> float:
    """Distance, difference of colour and of kind; what is small counts less, so that details merge before subjects."""
    (left, top, right, bottom), other = first.box, second.box
    gap = float(np.hypot(max(0, left - other[2], other[0] - right), max(0, top - other[3], other[1] - bottom)))
    colours = float(np.abs(first.colour - second.colour).mean()) / 255
    size = float(np.sqrt(min(first.mass, second.mass))) / diagonal
    return gap / diagonal + colours / 2 + size + _OTHER_KIND * (first.kind != second.kind)

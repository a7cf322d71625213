"""Lines of one style, and fewer styles than a picture has."""

import numpy as np

from model.decomposers.classic.text.ink import Line


def lines_of_one_style(lines: list[Line]) -> list[list[Line]]:
    """Lines of like ink and height that stand under or beside one another, top first."""
    groups: list[list[Line]] = []
    for line in lines:
        for group in groups:
            if any(_one_style(line, other) for other in group):
                group.append(line)
                break
        else:
            groups.append([line])
    return groups


def _one_style(first: Line, second: Line) -> bool:
    if np.abs(first.color - second.color).max() > 24:
        return False
    heights = sorted([first.words.height, second.words.height])
    if heights[1] > 1.7 * heights[0]:
        return False
    gap_y, gap_x = _gaps(first, second)
    return gap_y < 1.2 * heights[1] and gap_x < 1.5 * heights[1]


def _gaps(first: Line, second: Line) -> tuple[float, float]:
    a, b = first.words.polygon, second.words.polygon
    gap_y = max(float(a[:, 1].min() - b[:, 1].max()), float(b[:, 1].min() - a[:, 1].max()))
    gap_x = max(float(a[:, 0].min() - b[:, 0].max()), float(b[:, 0].min() - a[:, 0].max()))
    return gap_y, gap_x


def fewer_texts(groups: list[list[Line]], count: int) -> list[list[Line]]:
    """At most ``count`` groups, at least one if there is any: those nearest in height, colour and place become one."""
    left = [list(group) for group in groups]
    while len(left) > max(1, count):
        pairs = [(_text_distance(left[i], left[j]), j, i) for i in range(len(left)) for j in range(i)]
        _, first, second = min(pairs)
        left[first] = sorted(left[first] + left[second], key=lambda line: float(line.words.polygon[:, 1].min()))
        del left[second]
    return left


def _text_distance(first: list[Line], second: list[Line]) -> float:
    side = max(first[0].zone.shape)
    found: list[float] = []
    for one in first:
        for other in second:
            gap_y, gap_x = _gaps(one, other)
            heights = sorted([one.words.height, other.words.height])
            color = float(np.abs(one.color - other.color).max()) / 255
            found.append((max(gap_y, 0) + max(gap_x, 0)) / side + 0.1 * heights[1] / max(heights[0], 1) + 0.3 * color)
    return min(found)

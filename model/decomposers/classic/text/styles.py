"""Lines of one style, and fewer styles than a picture has."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.text.ink import Line

_RATIO = 1.7
"""Of the heights of letters; a headline is at least so much larger than what stands under it."""
_GAP = 1.5
"""Heights of letters between lines, or words, that stand together."""
_GAP_UNREAD = 0.8
"""Between rows of which one cannot be read: they may be of two scripts."""
_LABEL = 0.001
"""Of the canvas: lines that take less room are labels, and one by one hardly a layer."""
_LABEL_COLOR, _LABEL_RATIO = 16.0, 1.5
"""Steps between the inks of two labels in one style, and times between their heights, of digits and small letters."""
_TURN, _BEND = 12.0, 50.0
"""Degrees between the directions of two lines of one style; and between the pieces of a line that is bent."""


def lines_of_one_style(lines: list[Line]) -> list[list[Line]]:
    """Lines of like ink and height that stand under or beside one another, top first; and labels too small to be a
    layer by themselves, as those of an axis, wherever they stand."""
    groups: list[list[Line]] = []
    for line in lines:
        own = [group for group in groups if any(_one_style(line, other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in own)]
        groups.append([*(other for group in own for other in group), line])
    return [in_reading_order(group) for group in _with_labels(groups)]


def _with_labels(groups: list[list[Line]]) -> list[list[Line]]:
    """Groups after each label, smallest first, went to the nearest of its style, if there is any."""
    left = list(groups)
    for label in sorted((group for group in groups if _room(group) < _LABEL), key=_room):
        hosts = [group for group in left if group[0] is not label[0] and _alike(label[0], group[0])]
        own = next((group for group in left if group[0] is label[0]), None)
        if own is not None and hosts:
            host = min(hosts, key=lambda group: _text_distance(own, group))
            left = [group for group in left if group is not own and group is not host]
            left.append([*host, *own])
    return left


def _room(group: list[Line]) -> float:
    """The share of the canvas that the boxes of the lines' ink take."""
    sizes = ((line.box[0].stop - line.box[0].start) * (line.box[1].stop - line.box[1].start) for line in group)
    return float(sum(sizes)) / (group[0].canvas[0] * group[0].canvas[1])


def _alike(first: Line, second: Line) -> bool:
    heights = sorted([first.height, second.height])
    turn = abs((first.angle - second.angle + 90) % 180 - 90)
    near = np.abs(first.color - second.color).max() <= _LABEL_COLOR
    return bool(near and turn < _TURN and heights[1] <= _LABEL_RATIO * heights[0])


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Top row first, in each row from the left; lines that share half of their height are on one row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box[0].start, line.box[1].start)):
        if rows and _on_one_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[1].start)]


def _on_one_row(first: Line, second: Line) -> bool:
    a, b = first.box[0], second.box[0]
    shared = min(a.stop, b.stop) - max(a.start, b.start)
    return bool(shared >= 0.5 * min(a.stop - a.start, b.stop - b.start))


def _one_style(first: Line, second: Line) -> bool:
    if np.abs(first.color - second.color).max() > 24:
        return False
    heights = sorted([first.height, second.height])
    if heights[1] > _RATIO * heights[0]:
        return False
    gap_y, gap_x = _gaps(first, second)
    is_other = bool(first.words.text) != bool(second.words.text) and not _on_one_row(first, second)
    limit = (_GAP_UNREAD if is_other else _GAP) * heights[1]
    if not (gap_y < limit and gap_x < limit):
        return False
    turn = abs((first.angle - second.angle + 90) % 180 - 90)  # a short word is as often read upside down
    is_beside = gap_x > 0 and _on_one_row(first, second)
    return turn < (_BEND if is_beside or max(gap_y, gap_x) < 0.5 * heights[1] else _TURN)


def _gaps(first: Line, second: Line) -> tuple[float, float]:
    """Between the boxes of their ink, down and across; below 0 where they overlap."""
    gap_y, gap_x = (
        float(max(a.start, b.start) - min(a.stop, b.stop)) for a, b in zip(first.box, second.box, strict=True)
    )
    return gap_y, gap_x


def fewer_texts(groups: list[list[Line]], count: int) -> list[list[Line]]:
    """At most ``count`` groups, at least one if there is any: those nearest in height, colour and place become one."""
    left = [list(group) for group in groups]
    apart = np.full((len(left), len(left)), np.inf)
    if len(left) > max(1, count):
        for i, j in combinations(range(len(left)), 2):
            apart[i, j] = _text_distance(left[i], left[j])
    while len(left) > max(1, count):
        first, second = divmod(int(apart.argmin()), len(left))
        left[first] = in_reading_order(left[first] + left[second])
        del left[second]
        apart = _as_near(apart, first, second)
    return left


def _as_near(apart: NDArray[np.float64], first: int, second: int) -> NDArray[np.float64]:
    """Distances, each between a lower and a higher index, when two have become one: as near as the nearer was."""
    both = np.minimum(apart, apart.T)
    both[first] = both[:, first] = np.minimum(both[first], both[second])
    both = np.delete(np.delete(both, second, axis=0), second, axis=1)
    both[np.tri(len(both), dtype=bool)] = np.inf
    return both


def _text_distance(first: list[Line], second: list[Line]) -> float:
    side = max(first[0].canvas)
    found: list[float] = []
    for one in first:
        for other in second:
            gap_y, gap_x = _gaps(one, other)
            heights = sorted([one.height, other.height])
            color = float(np.abs(one.color - other.color).max()) / 255
            found.append((max(gap_y, 0) + max(gap_x, 0)) / side + 0.1 * heights[1] / max(heights[0], 1) + 0.3 * color)
    return min(found)

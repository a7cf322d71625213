"""Strokes: lines of one to ten pixels, whatever they cross, each with its colour and its pixels."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Labels, Mask, grown, largest, length
from model.decomposers.classic.regions.joints import Bridge, Segment, going_on, touching
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.rows import in_rows
from model.decomposers.classic.regions.runs import runs_of
from model.decomposers.classic.regions.skeleton import Skeleton, skeleton
from model.decomposers.classic.regions.thin import Thin, thin_parts
from model.decomposers.classic.rims import coverage

_LEAST_PIXELS = 24
_LEAST_LENGTH = 14.0
_LEAST_STEP = 11.0
_SLIM = 3.0
_SOFTEST = 4.5
"""Pixels of rim to a pixel of length: one to two on each side, in enlarged copies; a shadow has more."""
_STRAY_SHARE = 0.1
_MOST_OFF = 0.15
_TIP = 40.0
_MOST = 60


Places = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """``mask`` ``(H, W)`` the pixels that show it; ``whole`` also those where it goes on unseen; ``color`` ``(3,)``."""

    mask: Mask
    whole: Mask
    color: Floats


def strokes(
    rgb: Floats, labels: Labels, paints: dict[int, Paint], tolerance: float, where: Mask
) -> tuple[list[Stroke], Labels]:
    """The strokes, longest first, and the labels with each area's own thin parts (tips, a gap between bars) added.

    Args:
        labels: ``(H, W)`` areas, 0 where nothing is known.
        where: ``(H, W)`` pixels that are looked at.
    """
    thin = thin_parts(rgb, labels, paints, tolerance, where)
    if thin is None:
        return [], labels
    lines = skeleton(thin.mask, rgb - thin.under)
    closest = nearest(lines.labels) if lines.labels.any() else lines.labels
    owner = np.where(thin.mask, closest, 0).astype(np.int32)
    segments = _segments(rgb, thin, lines, owner, tolerance)
    segments = _standing_out(segments, thin, closest, tolerance)
    if not segments:
        return [], labels
    bridges = going_on(segments, lines.ends, thin.known[labels] & where, tolerance)
    pairs = [pair[:2] for pair in bridges] + touching(segments, lines.ends, tolerance)
    groups = in_rows(_united(list(segments), pairs), segments, lines.labels, tolerance)
    return _placed(rgb, thin, owner, (segments, groups, bridges), (labels, paints), tolerance)


def _segments(rgb: Floats, thin: Thin, lines: Skeleton, owner: Labels, tolerance: float) -> dict[int, Segment]:
    """Colour and width of what is a line: of one colour, steep on both sides."""
    amount = length(rgb - thin.under) * thin.mask
    on = np.nonzero(lines.labels)
    if not on[0].size:
        return {}
    count = int(lines.labels.max()) + 1
    colors, steps = _colors(rgb, thin, amount, owner, count, _on_ridge(amount, (on[0], on[1])), tolerance)
    all_y, all_x = np.nonzero(owner)
    members = owner[all_y, all_x]
    share = np.minimum(amount[all_y, all_x] / steps[members], 1)
    widths = np.bincount(members, share, count) / np.maximum(lines.lengths, 1)
    soft = np.bincount(members, (share > 0.2) & (share < 0.8), count) / np.maximum(lines.lengths, 1)
    are_lines = np.isfinite(steps) & ((soft <= _SOFTEST) | (lines.lengths < 10))
    return {
        index: Segment(index, colors[index], float(widths[index]), float(lines.lengths[index]), float(steps[index]))
        for index in (np.flatnonzero(are_lines[1:]) + 1).tolist()
    }


def _colors(
    rgb: Floats, thin: Thin, amount: Floats, owner: Labels, count: int, ridge: Places, tolerance: float
) -> tuple[Floats, Floats]:
    """By number the colour of each middle line, ``(count, 3)``, and its distance from what lies below, ``(count,)``,
    infinite where it is of more than one colour or too close to it."""
    order = np.argsort(owner[ridge], kind="stable")
    y, x = ridge[0][order], ridge[1][order]
    runs = runs_of(owner[y, x])
    seen, under, own = rgb[y, x], thin.under[y, x], amount[y, x]
    strong = own >= (0.85 * runs.percentiles(own, 90))[runs.own]
    cores = runs_of(owner[y, x][strong])  # of each run at least its strongest pixel
    own_colors = np.stack([cores.medians(seen[strong, channel]) for channel in range(3)], axis=1)
    _, residual = coverage(seen, own_colors[runs.own], under)
    jumps = cores.means(largest(np.abs(own_colors[cores.own] - under[strong])))
    good = (runs.medians(residual) <= 10 + 4 * tolerance) & (jumps >= _LEAST_STEP + 5 * tolerance)
    colors, steps = np.zeros((count, 3), np.float32), np.full(count, np.inf, np.float32)
    colors[runs.keys[good]], steps[runs.keys[good]] = own_colors[good], cores.means(own[strong])[good]
    return colors, steps


def _standing_out(segments: dict[int, Segment], thin: Thin, closest: Labels, tolerance: float) -> dict[int, Segment]:
    """Without the dark of a shadow along an edge: beside a line there is what there should be."""
    y, x, strays = thin.beside
    names = closest[y, x]
    limits = np.full(int(closest.max()) + 1, np.inf)
    for number, segment in segments.items():
        limits[number] = 3 + 2 * tolerance + _STRAY_SHARE * segment.step
    count = np.bincount(names, minlength=len(limits))
    off = np.bincount(names, strays > limits[names], len(limits)) / np.maximum(count, 1)
    return {number: segment for number, segment in segments.items() if off[number] <= _MOST_OFF}


def _on_ridge(amount: Floats, places: Places) -> Places:
    """Of each place and its eight neighbours the one that is farthest from what lies below."""
    y, x = places
    padded = np.pad(amount, 1)
    steps = [(dy, dx) for dy in (0, -1, 1) for dx in (0, -1, 1)]
    around = np.stack([padded[y + 1 + dy, x + 1 + dx] for dy, dx in steps])
    best = np.array(steps)[around.argmax(axis=0)]
    return y + best[:, 0], x + best[:, 1]


def _united(numbers: list[int], pairs: list[tuple[int, int]]) -> list[list[int]]:
    name = {number: number for number in numbers}

    def root(number: int) -> int:
        while name[number] != number:
            number = name[number]
        return number

    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        name[high] = low
    groups: dict[int, list[int]] = {}
    for number in numbers:
        groups.setdefault(root(number), []).append(number)
    return list(groups.values())


Found = tuple[dict[int, Segment], list[list[int]], list[tuple[int, int, Bridge]]]


def _placed(
    rgb: Floats, thin: Thin, owner: Labels, found: Found, areas: tuple[Labels, dict[int, Paint]], tolerance: float
) -> tuple[list[Stroke], Labels]:
    segments, groups, bridges = found
    labels, paints = areas[0].copy(), areas[1]
    group_of = {number: index for index, group in enumerate(groups) for number in group}
    colors = np.array([_color(group, segments) for group in groups], np.float32)
    owners, hidden = _crossed(rgb, thin, owner, group_of, colors, segments, bridges)
    main = int(np.bincount(labels[thin.known[labels]]).argmax())
    lengths = np.array([sum(segments[number].length for number in group) for group in groups])
    widths = np.array([max(segments[number].width for number in group) for group in groups])
    places = _by_owner(owners, len(groups))
    long = (lengths >= np.maximum(_LEAST_LENGTH, _SLIM * widths)) & ([len(y) >= _LEAST_PIXELS for y, _ in places])
    kept: list[int] = []
    for index in np.argsort(-lengths, kind="stable").tolist():
        only = main if lengths[index] > _TIP else None
        home = _home(places[index], colors[index], thin, (labels, paints), only, tolerance)
        if home is not None:
            labels[places[index]] = home
        elif long[index] and len(kept) < _MOST:
            kept.append(index)
    _leftovers(owners, kept, places, colors, tolerance)
    masks = {index: owners == index + 1 for index in kept}
    return [Stroke(mask, mask | hidden.get(index, mask), colors[index]) for index, mask in masks.items()], labels


def _by_owner(owners: Labels, count: int) -> list[Places]:
    y, x = np.nonzero(owners)
    order = np.argsort(owners[y, x], kind="stable")
    y, x = y[order], x[order]
    starts = np.searchsorted(owners[y, x], np.arange(1, count + 2))
    return [(y[start:stop], x[start:stop]) for start, stop in pairwise(starts.tolist())]


def _leftovers(owners: Labels, kept: list[int], places: list[Places], colors: Floats, tolerance: float) -> None:
    """Pieces too short to tell (of crossings, mostly) go to a stroke of their colour that they touch."""
    for index, (y, x) in enumerate(places):
        if index in kept or y.size == 0:
            continue
        box = slice(max(0, y.min() - 3), y.max() + 4), slice(max(0, x.min() - 3), x.max() + 4)
        near = grown(owners[box] == index + 1, 3)
        for other in np.unique(owners[box][near]) - 1:
            if other in kept and np.abs(colors[other] - colors[index]).max() <= 24 + 4 * tolerance:
                owners[y, x] = other + 1
                break


def _color(group: list[int], segments: dict[int, Segment]) -> Floats:
    """The median of what the segments say, each as often as it is long."""
    parts = [segments[number] for number in group]
    weights = np.array([max(1, round(part.length)) for part in parts])
    return np.asarray(np.median(np.repeat([part.color for part in parts], weights, axis=0), axis=0), np.float32)


def _crossed(
    rgb: Floats,
    thin: Thin,
    owner: Labels,
    group_of: dict[int, int],
    colors: Floats,
    segments: dict[int, Segment],
    bridges: list[tuple[int, int, Bridge]],
) -> tuple[Labels, dict[int, Mask]]:
    """Owners by group, from 1 on, and where each goes on unseen: a crossing's pixels belong to the line whose colour
    explains them best."""
    table = np.zeros(int(owner.max()) + 1, np.int32)
    for number, index in group_of.items():
        table[number] = index + 1
    owners = table[owner]
    hidden: dict[int, Mask] = {}
    for first, _, (start, stop) in bridges:
        index = group_of[first]
        plane = hidden.setdefault(index, np.zeros(owner.shape, bool))
        corner = np.maximum(np.minimum(start, stop).astype(int) - 12, 0)
        far = np.maximum(start, stop).astype(int) + 13
        box = slice(corner[0], far[0]), slice(corner[1], far[1])
        way = _bridge(plane[box].shape, start - corner, stop - corner, max(1, round(segments[first].width)))
        plane[box] |= way
        y, x = np.nonzero(grown(way, 1) & thin.mask[box])
        y, x = y + box[0].start, x + box[1].start
        seen, under, now = rgb[y, x], thin.under[y, x], owners[y, x]
        _, mine = coverage(seen, np.broadcast_to(colors[index], seen.shape), under)
        _, theirs = coverage(seen, colors[np.maximum(now - 1, 0)], under)
        take = (now == 0) | (mine < theirs - 2)
        owners[y[take], x[take]] = index + 1
    return owners, hidden


def _bridge(shape: tuple[int, ...], start: NDArray[np.float64], stop: NDArray[np.float64], width: int) -> Mask:
    plane = np.zeros(shape, np.uint8)
    ends = [(round(float(place[1])), round(float(place[0]))) for place in (start, stop)]
    cv2.line(plane, ends[0], ends[1], 1, width)
    return plane.astype(bool)


def _home(
    places: Places,
    color: Floats,
    thin: Thin,
    areas: tuple[Labels, dict[int, Paint]],
    only: int | None,
    tolerance: float,
) -> int | None:
    """The area that touches and has this colour, if any: the stroke is a thin part of it."""
    y, x = places
    if y.size == 0:
        return None
    labels, paints = areas
    step = max(1, len(y) // 50)
    few = y[::step], x[::step]
    names = {only} if only is not None else set(_near(labels, y, x, 4))
    for name in sorted(name for name in names if thin.known[name]):
        apart = largest(np.abs(paints[name].at(*few) - color))
        if float(np.median(apart)) <= 8 + 3 * tolerance and (only is None or name in _near(labels, y, x, 4)):
            return name
    return None


def _near(labels: Labels, y: NDArray[np.intp], x: NDArray[np.intp], reach: int) -> list[int]:
    """What lies within a square of so many pixels around places."""
    ways = np.arange(-reach, reach + 1)
    rows = np.clip(y[:, None] + ways, 0, labels.shape[0] - 1)
    columns = np.clip(x[:, None] + ways, 0, labels.shape[1] - 1)
    return [int(name) for name in np.unique(labels[rows[:, :, None], columns[:, None]])]

"""Texture carried on from patches of itself, coarse to fine."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.completion.smooth import Floats, Mask, carried_on, only

Places: TypeAlias = NDArray[np.intp]
"""``(n, 2)``: rows and columns."""

_RADIUS = RING = 2
"""Patches have five by five pixels of their level; as far as one reaches beyond what is hidden it tells how well it
meets what is seen."""
_MOST_SEARCHED = 9000
"""Hidden pixels of the finest level that is searched; from there on places are only carried to finer levels."""
_COARSEST_SIDE = 24
_LEAST_SOURCES = 64
_ROUNDS, _ROUNDS_FINE = 3, 2
_SEED = 7


@dataclass(slots=True, eq=False)
class _Level:
    """One size of the picture: its colours, what of them is known, the centres of patches that are known wholly."""

    rgb: Floats
    known: Mask
    sources: Places
    is_source: Mask


def patched(rgb: Floats, known: Mask) -> Floats | None:
    """What is hidden, put together from overlapping patches of what is known; two pixels beside it, what would be put
    there.

    Wexler et al., "Space-Time Completion of Video", 2007, searched as in Barnes et al., "PatchMatch", 2009: at each
    size of the picture every patch that holds something hidden looks for the known patch most like it, first where its
    neighbours found theirs, then at random places around; hidden pixels become the mean of what the patches over them
    say. The seed is fixed, so the same picture is completed the same way.

    Args:
        rgb: ``(H, W, 3)``.
        known: ``(H, W)``.

    Returns:
        ``(H, W, 3)``, as given where nothing is hidden near; ``None`` where too little is known to take patches from.
    """
    levels = _levels(rgb, known)
    if levels is None:
        return None
    random = np.random.default_rng(_SEED)
    current = carried_on(levels[-1].rgb, levels[-1].known)
    found: NDArray[np.intp] | None = None
    centres = _centres(levels[-1])
    for index in range(len(levels) - 1, -1, -1):
        level = levels[index]
        centres = _centres(level)
        is_large = int((~level.known).sum()) > _MOST_SEARCHED
        if found is None:
            found = np.zeros((*level.known.shape, 2), np.intp)
            found[centres[:, 0], centres[:, 1]] = level.sources[random.integers(0, len(level.sources), len(centres))]
        else:
            found = _finer(found, level, centres)
            if is_large and index:
                continue  # places alone are carried on; colours are wanted of the last level
            current = _voted(level, found, centres, None, is_large)
            if is_large:
                continue
        for _ in range(_ROUNDS_FINE if index == 0 else _ROUNDS):
            away = _searched(current, level, found, centres, random)
            current = _voted(level, found, centres, away, False)
    assert found is not None
    beside = level.known[centres[:, 0], centres[:, 1]]
    y, x = centres[beside].T
    current[y, x] = level.rgb[found[y, x, 0], found[y, x, 1]]
    return current


def _levels(rgb: Floats, known: Mask) -> list[_Level] | None:
    weight = known.astype(np.float32)
    color = only(rgb, known)
    levels: list[_Level] = []
    while True:
        shares = color / np.maximum(weight, 1e-3)[:, :, None]
        now = weight > 0.6
        whole = cv2.erode(now.astype(np.uint8), np.ones((2 * _RADIUS + 1,) * 2, np.uint8)).astype(bool)
        edge = _RADIUS
        inside = np.zeros_like(whole)
        inside[edge:-edge, edge:-edge] = whole[edge:-edge, edge:-edge]
        sources = np.argwhere(inside)
        if len(sources) < _LEAST_SOURCES:
            return levels or None
        levels.append(_Level(np.asarray(shares, np.float32), now, sources, inside))
        if now.all():
            return levels[:-1] or None
        height, width = now.shape
        deepest = float(cv2.distanceTransform((~now).astype(np.uint8), cv2.DIST_L2, 3).max())
        if min(height, width) < 2 * _COARSEST_SIDE or deepest <= _RADIUS:
            return levels
        half = (width // 2, height // 2)
        weight = np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.float32)
        color = np.asarray(cv2.resize(color, half, interpolation=cv2.INTER_AREA), np.float32)


def _centres(level: _Level) -> Places:
    """Centres of the patches that hold something hidden, as far as they lie within the canvas."""
    size = 2 * _RADIUS + 1
    near = cv2.dilate((~level.known).astype(np.uint8), np.ones((size, size), np.uint8)).astype(bool)
    return np.argwhere(near)


def _finer(coarse: NDArray[np.intp], level: _Level, centres: Places) -> NDArray[np.intp]:
    """Places of the next finer level: twice the coarser ones, at the same corner of the four."""
    size = np.array(level.known.shape)
    above = np.minimum(centres // 2, np.array(coarse.shape[:2]) - 1)
    fine = 2 * coarse[above[:, 0], above[:, 1]] + centres - 2 * above
    np.clip(fine, 0, size - 1, out=fine)
    lost = ~level.is_source[fine[:, 0], fine[:, 1]]
    if lost.any():  # beside what is hidden: the nearest place that is a source
        places, table = _nearest_sources(level)
        fine[lost] = table[places[fine[lost, 0], fine[lost, 1]]]
    found = np.zeros((*level.known.shape, 2), np.intp)
    found[centres[:, 0], centres[:, 1]] = fine
    return found


def _nearest_sources(level: _Level) -> tuple[NDArray[np.int32], Places]:
    _, places = cv2.distanceTransformWithLabels(
        (~level.is_source).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((int(places.max()) + 1, 2), np.intp)
    table[places[level.sources[:, 0], level.sources[:, 1]]] = level.sources
    return np.asarray(places, np.int32), table


def _searched(
    current: Floats, level: _Level, found: NDArray[np.intp], centres: Places, random: np.random.Generator
) -> NDArray[np.float32]:
    """Better places for all centres, in place; how unlike each patch and its place still are."""
    padded = np.asarray(cv2.copyMakeBorder(current, *(_RADIUS,) * 4, cv2.BORDER_REFLECT_101), np.float32)
    size = 2 * _RADIUS + 1
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size, 3))[:, :, 0]
    own = windows[centres[:, 0], centres[:, 1]].reshape(len(centres), -1)
    best = found[centres[:, 0], centres[:, 1]]
    away = _unlike(windows, own, best)
    height, width = level.known.shape
    for step in ((0, 1), (1, 0), (0, -1), (-1, 0), (0, 3), (3, 0), (0, -3), (-3, 0)):
        y = np.clip(centres[:, 0] - step[0], 0, height - 1)
        x = np.clip(centres[:, 1] - step[1], 0, width - 1)
        _tried(windows, own, best, away, found[y, x] + step, level)
        found[centres[:, 0], centres[:, 1]] = best
    reach = float(max(height, width)) / 2
    while reach >= 1:
        shift = np.rint(random.uniform(-reach, reach, best.shape)).astype(np.intp)
        _tried(windows, own, best, away, best + shift, level)
        reach /= 2.5
    found[centres[:, 0], centres[:, 1]] = best
    return away


def _tried(
    windows: NDArray[np.float32],
    own: NDArray[np.float32],
    best: Places,
    away: NDArray[np.float32],
    places: Places,
    level: _Level,
) -> None:
    """Take the places that are sources and more alike than the best so far."""
    height, width = level.known.shape
    inside = (places >= 0).all(axis=1) & (places[:, 0] < height) & (places[:, 1] < width)
    usable = np.flatnonzero(inside)
    usable = usable[level.is_source[places[usable, 0], places[usable, 1]]]
    usable = usable[(places[usable] != best[usable]).any(axis=1)]
    if not len(usable):
        return
    now = _unlike(windows, own[usable], places[usable])
    better = now < away[usable]
    chosen = usable[better]
    best[chosen], away[chosen] = places[chosen], now[better]


def _unlike(windows: NDArray[np.float32], own: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
    """Mean squared difference, in squared steps."""
    difference = windows[places[:, 0], places[:, 1]].reshape(len(places), -1) - own
    return np.asarray((difference * difference).mean(axis=1), np.float32)


def _voted(
    level: _Level, found: NDArray[np.intp], centres: Places, away: NDArray[np.float32] | None, is_sparse: bool
) -> Floats:
    """The level with each hidden pixel as the patches over it say, the likest of them most."""
    height, width = level.known.shape
    colors, own = level.rgb.reshape(-1, 3), centres[:, 0] * width + centres[:, 1]
    moves = np.zeros(height * width, np.intp)  # from each centre to its place, on the flat canvas
    moves[own] = found[centres[:, 0], centres[:, 1]] @ (width, 1) - own
    trust = np.ones(height * width, np.float32)
    if away is not None and len(away):
        scale = max(float(np.percentile(away, 60)), 1.0)
        trust[own] = np.exp(-away / scale) + 1e-3
    here = np.flatnonzero(~level.known)
    y, x = np.divmod(here, width)
    total, weights = np.zeros((len(y), 3), np.float32), np.zeros(len(y), np.float32)
    reach = range(-_RADIUS, _RADIUS + 1)
    for down in reach:
        for right in reach:
            if is_sparse and (down % 2 or abs(down) != abs(right)):  # the middle and the four corners
                continue
            over = np.clip(y - down, 0, height - 1) * width + np.clip(x - right, 0, width - 1)
            said = colors.take(here + moves[over], axis=0)
            if away is None:
                total += said
                weights += 1
            else:
                weight = trust[over]
                total += said * weight[:, None]
                weights += weight
    result = colors.copy()
    result[here] = total / weights[:, None]
    return result.reshape(level.rgb.shape)

"""Which segments of thin lines are one line: across crossings, under what lies on it, around corners."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.skeleton import End

_FARTHEST = 70.0
_TOUCHING = 12.0
_SURE_LENGTH = 10.0
_MOST_ENDS = 400

Bridge: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a thin line: number in the skeleton, colour ``(3,)``, width and length in pixels, and the distance of
    its colour from what lies below (Euclidean)."""

    number: int
    color: Floats
    width: float
    length: float
    step: float = 0.0


def alike(first: Segment, second: Segment, tolerance: float) -> bool:
    """Whether two pieces have one colour and one width, as far as they are long enough to tell."""
    short = min(first.length, second.length) < _SURE_LENGTH
    apart = float(np.abs(first.color - second.color).max())
    wide, narrow = max(first.width, second.width), min(first.width, second.width)
    return apart <= (40 if short else 18) + 4 * tolerance and wide - narrow <= (0.6 if short else 0.3) * wide + 0.4


def going_on(
    segments: dict[int, Segment], ends: tuple[End, ...], open_ground: Mask, tolerance: float
) -> list[tuple[int, int, Bridge]]:
    """Pairs of ends that are one line, each end in one at most, the straightest and shortest ways first.

    Args:
        open_ground: ``(H, W)`` pixels that would show a line if there were one.
    """
    known = [end for end in ends if end.segment in segments][:_MOST_ENDS]
    if len(known) < 2:
        return []
    places = np.array([end.place for end in known])
    outward = np.array([end.outward for end in known])
    way = places[None] - places[:, None]
    far = np.hypot(way[..., 0], way[..., 1])
    ahead = way / np.maximum(far, 1e-6)[..., None]
    leaving = (ahead * outward[:, None]).sum(axis=2)
    facing = -(outward[:, None] * outward[None]).sum(axis=2)
    straight = np.minimum(np.where(far < 4, 1, np.minimum(leaving, leaving.T)), facing)
    good = (far <= _FARTHEST) & (straight >= 0.8) & np.triu(np.ones(far.shape, bool), 1)
    cost = far + 60 * (1 - straight)
    found: list[tuple[int, int, Bridge]] = []
    used: set[int] = set()
    for i, j in np.argwhere(good)[np.argsort(cost[good], kind="stable")].tolist():
        one, other = segments[known[i].segment], segments[known[j].segment]
        if i in used or j in used or not alike(one, other, tolerance):
            continue
        if far[i, j] > 3 and _share(open_ground, places[i], places[j]) > 0.25:
            continue
        used |= {i, j}
        found.append((one.number, other.number, (places[i], places[j])))
    return found


def touching(segments: dict[int, Segment], ends: tuple[End, ...], tolerance: float) -> list[tuple[int, int]]:
    """Pairs that meet at a corner or a crossing and are of one colour and width: one drawing."""
    known = [end for end in ends if end.segment in segments][:_MOST_ENDS]
    if len(known) < 2:
        return []
    places = np.array([end.place for end in known])
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    found = []
    for i, j in np.argwhere((apart <= _TOUCHING) & np.tri(len(known), k=-1, dtype=bool)).tolist():
        one, other = segments[known[i].segment], segments[known[j].segment]
        near = min(_TOUCHING, 4 + 2 * max(one.width, other.width))
        if one is not other and apart[i, j] <= near and alike(one, other, tolerance):
            found.append((one.number, other.number))
    return found


def _share(mask: Mask, start: NDArray[np.float64], stop: NDArray[np.float64]) -> float:
    steps = np.linspace(0, 1, max(2, int(np.abs(stop - start).max()) + 1))[:, None]
    y, x = np.rint(start + steps * (stop - start)).astype(np.intp).T
    return float(mask[y, x].mean())

"""What of a canvas may differ between two lists of pieces that are laid over it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from model.area import NOWHERE, Area

_WORTH = 1.25
"""Two areas become one where that holds no more than this times what both hold."""


class Shown(NamedTuple):
    """A piece as it lies on a canvas.

    Attributes:
        name: all that its look depends on; equal names look equal.
        area: all that it may touch; may be empty.
        since: a name from which it differs within ``part`` only.
    """

    name: Hashable
    area: Area
    since: Hashable = None
    part: Area = NOWHERE


def common_start(before: Sequence[Shown], after: Sequence[Shown]) -> int:
    """How many of the lowest pieces are the same."""
    count = 0
    for old, new in zip(before, after, strict=False):
        if old.name != new.name:
            break
        count += 1
    return count


def changed_areas(before: Sequence[Shown], after: Sequence[Shown]) -> list[Area]:
    """Where the two lists, bottom to top, may look different: areas that do not overlap much, none of them empty.

    What came, went or changed counts with all of its area; two pieces that are in both but in another order only with
    what they have in common.
    """
    low = common_start(before, after)
    high = common_start(before[low:][::-1], after[low:][::-1])
    olds, news = (_numbered(pieces[low : len(pieces) - high]) for pieces in (before, after))
    gone = {name: piece.area for name, piece in olds.items() if name not in news}
    areas = []
    for name, piece in news.items():
        if name not in olds:
            was_there = gone.pop((piece.since, 0), None) if piece.since is not None else None
            areas.append(piece.area if was_there is None else piece.part)
    areas += gone.values()
    was = {name: at for at, name in enumerate(name for name in olds if name in news)}
    areas += _swapped([(was[name], piece.area) for name, piece in news.items() if name in olds])
    return _joined([area for area in areas if not area.empty])


def _numbered(pieces: Sequence[Shown]) -> dict[tuple[Hashable, int], Shown]:
    """By names that are all different: the same piece may lie there several times."""
    seen: Counter[Hashable] = Counter()
    numbered = {}
    for piece in pieces:
        numbered[piece.name, seen[piece.name]] = piece
        seen[piece.name] += 1
    return numbered


def _swapped(pieces: list[tuple[int, Area]]) -> list[Area]:
    """What pieces have in common whose order changed, given the place each had before."""
    stayed = _longest_rise([place for place, _ in pieces])
    areas = []
    for at, (place, area) in enumerate(pieces):
        if at in stayed:
            continue
        for other_at, (other_place, other) in enumerate(pieces):
            if (other_at < at) != (other_place < place):
                areas.append(area.within(other))
    return areas


def _longest_rise(places: list[int]) -> set[int]:
    """The indices of as many as possible that are still in order: the fewest others were moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, place in enumerate(places):
        length = bisect_left(tails, place)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [at]
        before.append(ends[length - 1] if length else -1)
    return set(_walked(ends[-1] if ends else -1, before))


def _walked(at: int, before: list[int]) -> list[int]:
    walked = []
    while at >= 0:
        walked.append(at)
        at = before[at]
    return walked


def _joined(areas: list[Area]) -> list[Area]:
    """Areas that are near each other as one, until none are."""
    joined: list[Area] = []
    waiting = list(set(areas))
    while waiting:
        area = waiting.pop()
        for at, other in enumerate(joined):
            both = area.around(other)
            if both.size <= _WORTH * (area.size + other.size):
                del joined[at]
                waiting.append(both)
                break
        else:
            joined.append(area)
    return sorted(joined, key=lambda area: (area.top, area.left))

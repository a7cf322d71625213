"""Figures: which pieces of an illustration are one thing."""

import cv2
import numpy as np

from model.decomposers.base import MOST_LAYERS
from model.decomposers.classic.contacts import Table
from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.alike import MANY, swarms
from model.decomposers.classic.layering.fewer import fewer
from model.decomposers.classic.layering.links import Links, bulges, links
from model.decomposers.classic.layering.names import shape_name
from model.decomposers.classic.planes import Mask, box_of, components, filled

_PANELS = ("panel", "bar")
_LEAST_PANEL = 0.04
_DETAIL = 0.25
"""Contact, halved where the colours are unlike, from which on one is a detail of the other: half of an eye's outline
runs along the face, a quarter of a shaded side's along the lit one."""
_ONE_PAINT, _TOUCH = 0.9, 0.06
_PARTS, _WHOLES = (0.35, 0.2), (0.3, 0.14)
"""What stands: the share of its underside on the other, and of the shorter outline along it; of the parts of figures,
and of what these have become."""
_MOST_TIMES = 8.0
"""A head is not so many times smaller than its body; what is does not stand on it but somewhere before it."""
_SHADES, _SURROUNDED = 1.8, 0.27
_PART, _FIGURE = 0.015, 0.045
"""Of the canvas: up to where something may be a part and is not a figure yet; from where on it is one surely."""
_LEAST_FIGURE, _HELD = 0.004, 0.2
_AIR, _NECK, _ONLY, _UPRIGHT = 0.7, 0.07, 0.6, 0.4
"""A head on its neck: most of its outline on the ground, little but not nothing on the body, nothing much elsewhere."""
_MANY_DETAILS, _SEVERAL_COLORS, _IN_ONE = 5, 3, 0.9
_OUTLINED, _OUTLINE = 4, 0.4
_TRIFLE = 0.002
"""Of the canvas: what is regretted less than an area of this size is not kept apart in an illustration."""


def figures(elements: list[Element], ground: Mask) -> list[Element]:
    """Elements made one where a person would see one thing: figures.

    An illustration has more pieces than a stack has room for. First a detail goes into what it lies in or along, then
    what stands on something is one with it (heads with bodies, bodies with legs) unless that lies in front of it, then
    scraps go to what they touch most, and like things scattered over the ground are one. Panels are ground to what
    lies on them.

    Args:
        elements: with masks that do not overlap.
        ground: ``(H, W)`` the background.
    """
    if len(elements) <= MOST_LAYERS:
        return _single_figures(elements, ground)
    panels = [element for element in elements if _is_panel(element)]
    pieces = [element for element in elements if not any(element is panel for panel in panels)]
    if not pieces:
        return panels
    under = np.asarray(np.any([ground, *(panel.seen for panel in panels)], axis=0))
    grouping = Grouping(links(pieces, under), ground.size)
    grouping.run()
    own = [members for members in grouping.tied.members if members]
    found = swarms([as_one([pieces[index] for index in members]) for members in own], under)
    return panels + fewer(found, len(found), _TRIFLE * ground.size)


def _single_figures(elements: list[Element], ground: Mask) -> list[Element]:
    """In a picture of few pieces, what holds many details of several colours, or outlines some, as one with them."""
    panels = [element for element in elements if _is_panel(element)]
    pieces = [element for element in elements if not any(element is panel for panel in panels)]
    if len(pieces) < _OUTLINED:
        return list(elements)
    under = np.asarray(np.any([ground, *(panel.seen for panel in panels)], axis=0))
    tied = links(pieces, under)
    Grouping(tied, ground.size).details()
    result: list[Element] = []
    for members in tied.members:
        own = [pieces[index] for index in members]
        is_rich = len(own) >= _MANY_DETAILS and _count_of_colors(tied.likeness, members) >= _SEVERAL_COLORS
        if len(own) >= _OUTLINED and _is_held(own, is_rich):
            own = [as_one(own)]
        result += own
    return panels + swarms(result, under, MANY)


def _is_held(own: list[Element], is_rich: bool) -> bool:
    """Whether one piece surrounds all: no panel or frame, no pattern from border to border; and an outline, or rich."""
    whole = sum(element.area for element in own)
    for element in sorted(own, key=lambda element: -element.area):
        closed = filled(element.seen)
        area = int(np.count_nonzero(closed))
        if area >= _IN_ONE * whole and (is_rich or element.area <= _OUTLINE * area):
            _, _, stats = components(element.seen)
            spans = [part.stop - part.start for part in box_of(element.seen)] == list(closed.shape)
            in_one = int(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) >= _IN_ONE * element.area
            return in_one and not spans and shape_name(element.seen) not in (*_PANELS, "frame")
    return False


def _count_of_colors(likeness: Table, members: list[int]) -> int:
    unlike: list[int] = []
    for index in members:
        if all(likeness[index, other] < 0.5 for other in unlike):
            unlike.append(index)
    return len(unlike)


def _is_panel(element: Element) -> bool:
    return element.area >= _LEAST_PANEL * element.seen.size and shape_name(element.seen) in _PANELS


class Grouping:
    """One illustration's pieces on their way to figures.

    Attributes:
        tied: the links between what there is.
    """

    def __init__(self, tied: Links, canvas: int) -> None:
        self.tied = tied
        self._canvas = canvas
        self._homes: list[list[int]] = []

    def run(self) -> None:
        """All steps, in order."""
        tied = self.tied
        self.details()
        below, forms = tied.below.copy(), list(tied.forms)
        self._homes = [[index] if members else [] for index, members in enumerate(tied.members)]
        self._standing(below, forms, _PARTS)
        self._scraps()
        self._standing(below, forms, _PARTS)
        self._shades()
        self._standing(below, forms, _WHOLES)
        self._extremities()
        self._shades()

    def details(self) -> None:
        """What lies in something or along it, or goes on in its paint, becomes one with it."""
        while True:
            contact, palettes = self.tied.contact(), self.tied.palettes()
            score = contact * (0.5 + 0.5 * palettes)
            same = (palettes >= _ONE_PAINT) & (contact >= _TOUCH)
            first, second, best = _best(np.where(same, np.maximum(score, _DETAIL), score))
            if best < _DETAIL:
                return
            self.tied.merge(first, second)

    def _standing(self, below: Table, forms: list[Mask], least: tuple[float, float]) -> None:
        """What rests on something becomes one with it, unless that bulges into it: then it lies in front.

        Args:
            below, forms: links and forms of the pieces after the details: who is in front is seen where they touch.
            least: of the underside and of the outline.
        """
        tied = self.tied
        in_front: dict[tuple[int, int], bool] = {}
        while True:
            contact, resting = tied.contact(), tied.resting()
            times = tied.areas[:, None] / np.maximum(tied.areas, 1)[None]
            near = (contact >= least[1]) & (np.maximum(times, times.T) <= _MOST_TIMES)
            found: list[tuple[float, int, int]] = []
            for upper, lower in np.argwhere((resting >= least[0]) & near):
                pairs = ((one, other) for one in self._homes[upper] for other in self._homes[lower])
                rests, on = max(pairs, key=lambda pair: below[pair])
                if (on, rests) not in in_front:
                    in_front[on, rests] = bulges(forms[on], forms[rests])
                if not in_front[on, rests]:
                    known = 0.5 + 0.5 * tied.known(int(upper), int(lower))
                    score = float(resting[upper, lower] * contact[upper, lower]) * known
                    found.append((score, int(upper), int(lower)))
            if not found:
                return
            self._merge(*max(found)[1:])

    def _scraps(self) -> None:
        """The small go, smallest first, to what they touch longest, colours they share counting."""
        tied = self.tied
        stays: set[int] = set()
        while True:
            small = [int(one) for one in tied.alive if tied.areas[one] < _LEAST_FIGURE * self._canvas]
            free = [one for one in small if one not in stays]
            if not free:
                return
            scrap = min(free, key=lambda one: (tied.areas[one], one))
            share = tied.shared[scrap] / max(tied.outlines[scrap], 1)
            hosts = [(share[host] * (0.5 + 0.5 * tied.known(scrap, int(host))), int(host)) for host in tied.alive]
            hosts = [(score, host) for score, host in hosts if share[host] >= _HELD]
            if hosts:
                self._merge(scrap, max(hosts)[1])
            else:
                stays.add(scrap)

    def _shades(self) -> None:
        """Areas of like colours that touch, and parts that another one surrounds, are one with it."""
        while True:
            contact, palettes = self.tied.contact(), self.tied.palettes()
            smaller = np.minimum(self.tied.areas[:, None], self.tied.areas[None]) / self._canvas
            shades = _SHADES * palettes
            score = contact * np.where(smaller < _PART, np.maximum(0.5 + 0.5 * palettes, shades), shades)
            first, second, best = _best(np.where(smaller < _FIGURE, score, 0))
            if best < _SURROUNDED:
                return
            self._merge(first, second)

    def _extremities(self) -> None:
        """What sticks out into the air from one thing alone, over or under it, belongs to it."""
        tied = self.tied
        while True:
            found: list[tuple[float, int, int]] = []
            for one in tied.alive:
                held = tied.shared[one]
                host = int(held.argmax())
                upright = tied.below[one, host] + tied.below[host, one] >= _UPRIGHT * held[host]
                alone = held[host] >= _ONLY * held.sum()
                in_air = tied.grounded[one] >= _AIR * tied.outlines[one]
                if upright and alone and in_air and held[host] >= _NECK * tied.outlines[one]:
                    found.append((float(held[host] / tied.outlines[one]), int(one), host))
            if not found:
                return
            self._merge(*max(found)[1:])

    def _merge(self, first: int, second: int) -> None:
        kept = self.tied.merge(first, second)
        gone = second if kept == first else first
        self._homes[kept] += self._homes[gone]
        self._homes[gone] = []


def _best(score: Table) -> tuple[int, int, float]:
    np.fill_diagonal(score, -1)
    first, second = np.unravel_index(int(score.argmax()), score.shape)
    return int(first), int(second), float(score[first, second])

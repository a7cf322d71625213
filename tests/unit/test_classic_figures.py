"""Illustrations: pieces become figures, like things one layer."""

import cv2
import numpy as np

from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.alike import swarms
from model.decomposers.classic.layering.fewer import fewer
from model.decomposers.classic.layering.figures import figures
from model.decomposers.classic.layering.links import bulges, links
from model.decomposers.classic.layering.order import complete
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask
from model.decomposers.classic.regions.group import joined
from model.decomposers.classic.regions.segment import Region

SIZE = 300
SKIN, SHIRT, COAT = (240, 180, 150), (30, 150, 70), (230, 120, 30)
HAIR, YELLOW, WHITE = (20, 20, 20), (250, 215, 40), (255, 255, 255)


def paint(color: tuple[int, int, int]) -> Paint:
    return Paint(0, np.array([color], np.float64), float(SIZE), 0.0, 1.0)


def box(left: int, top: int, right: int, bottom: int) -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[top:bottom, left:right] = True
    return mask


def disc(x: int, y: int, radius: int) -> Mask:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(mask, (x, y), radius, 1, -1)
    return mask.astype(bool)


def seen(*drawn: tuple[Mask, tuple[int, int, int]]) -> tuple[list[Element], Mask]:
    """Elements as they are seen, each with what later ones leave of it, and the ground."""
    elements = []
    over = np.zeros((SIZE, SIZE), bool)
    for mask, color in reversed(drawn):
        elements.append(Element(mask & ~over, paint(color)))
        over |= mask
    return elements[::-1], ~over


def person(x: int, y: int, coat: tuple[int, int, int]) -> list[tuple[Mask, tuple[int, int, int]]]:
    """A body down to y + 90, a head on it, hair, eyes, a mouth and buttons."""
    head, crown = disc(x, y, 20), disc(x, y, 20) & box(0, 0, SIZE, y - 8)
    buttons = [(disc(x, y + 35 + 15 * number, 3), WHITE) for number in range(3)]
    face = [(disc(x - 7, y, 2), HAIR), (disc(x + 7, y, 2), HAIR), (box(x - 5, y + 9, x + 5, y + 12), (200, 40, 40))]
    return [(disc(x, y + 55, 40) & box(0, 0, SIZE, y + 90), coat), (head, SKIN), (crown, HAIR), *face, *buttons]


def dots(count: int) -> list[tuple[Mask, tuple[int, int, int]]]:
    return [(disc(20 + 22 * number, 20, 5), YELLOW) for number in range(count)]


def holding(found: list[Element], x: int, y: int) -> Element:
    return next(element for element in found if element.seen[y, x])


def test_a_person_of_many_pieces_is_one_figure_and_dots_on_the_ground_are_one_layer() -> None:
    elements, ground = seen(*person(150, 140, SHIRT), *dots(12))
    found = figures(elements, ground)
    assert len(found) == 2
    assert len(holding(found, 150, 200).parts) == 9
    assert holding(found, 150, 150) is holding(found, 150, 200)
    assert holding(found, 20, 20) is holding(found, 262, 20)


def test_of_two_people_who_stand_behind_each_other_each_keeps_the_own_head() -> None:
    elements, ground = seen(*person(120, 120, SHIRT), *person(170, 190, COAT), *dots(6))
    found = figures(elements, ground)
    assert holding(found, 120, 128) is holding(found, 100, 180)
    assert holding(found, 170, 198) is holding(found, 170, 270)
    assert holding(found, 120, 128) is not holding(found, 170, 198)


def test_in_a_picture_of_few_pieces_what_holds_many_details_is_one_and_a_panel_is_not() -> None:
    details = [(disc(120 + 20 * number, 150, 6), color) for number, color in enumerate((HAIR, YELLOW, HAIR, SHIRT))]
    face, sign = disc(150, 150, 60), box(80, 80, 220, 220)
    star = (disc(20, 20, 8), YELLOW)
    elements, ground = seen((face, SKIN), *details, star)
    assert sorted(len(element.parts) for element in figures(elements, ground)) == [1, 5]
    elements, ground = seen((sign, SKIN), *details, star)
    assert len(figures(elements, ground)) == 6


def test_stripes_from_border_to_border_hold_no_figure() -> None:
    stripes = np.any([box(left, 0, left + 15, SIZE) for left in range(0, SIZE, 30)], axis=0)
    marks = [(disc(37 + 60 * number, 150, 6), color) for number, color in enumerate((HAIR, YELLOW, HAIR, SHIRT))]
    elements, ground = seen((stripes, COAT), *marks)
    assert len(figures(elements, ground)) == 5


def test_what_one_outline_closes_around_is_one_also_on_a_panel() -> None:
    cup = [(disc(150, 160, 34), WHITE), (disc(150, 160, 30) & box(0, 0, SIZE, 150), HAIR)]
    cup += [(disc(150, 160, 30) & box(0, 150, SIZE, 172), SHIRT), (disc(150, 160, 30) & box(0, 172, SIZE, SIZE), SHIRT)]
    elements, ground = seen((box(60, 80, 240, 260), COAT), *cup, (disc(20, 20, 8), YELLOW))
    assert sorted(len(element.parts) for element in figures(elements, ground)) == [1, 1, 4]


def test_shapes_on_each_other_are_left_as_they_are() -> None:
    elements, ground = seen((disc(100, 100, 60), SHIRT), (disc(150, 150, 60), COAT), (disc(180, 90, 40), YELLOW))
    assert figures(elements, ground) == elements


def test_a_panel_is_ground_to_what_lies_on_it() -> None:
    marks = [(disc(60 + 20 * number, 120, 5), YELLOW) for number in range(5)]
    elements, ground = seen((box(40, 80, 260, 260), WHITE), *person(200, 160, COAT), *marks, *dots(10))
    found = figures(elements, ground)
    panel = holding(found, 45, 250)
    assert len(panel.parts) == 1
    assert holding(found, 60, 120) is holding(found, 140, 120)
    assert holding(found, 200, 170) is holding(found, 200, 220)
    assert len({id(panel), id(holding(found, 60, 120)), id(holding(found, 200, 170))}) == 3


def test_three_like_things_are_a_swarm_and_two_are_not() -> None:
    elements, ground = seen(*dots(3))
    assert len(swarms(elements, ground)) == 1
    elements, ground = seen(*dots(2))
    assert len(swarms(elements, ground)) == 2


def test_things_of_other_colours_or_on_other_things_are_in_no_swarm() -> None:
    odd = [(disc(150, 60, 5), SHIRT), (box(100, 200, 200, 290), COAT), (disc(150, 250, 5), YELLOW)]
    elements, ground = seen(*dots(5), *odd)
    found = swarms(elements, ground)
    assert sorted(len(element.parts) for element in found) == [1, 1, 1, 5]


def test_the_two_halves_of_a_curtain_are_one() -> None:
    curtains = [(box(0, 0, 40, SIZE), COAT), (box(255, 0, SIZE, SIZE), COAT), (box(0, 280, 300, 300), SHIRT)]
    elements, ground = seen(*curtains)
    found = swarms(elements, ground)
    assert holding(found, 5, 50) is holding(found, 295, 50)
    assert len(found) == 2


def test_like_things_apart_become_one_before_unlike_neighbours_do() -> None:
    stars = [(disc(40, 40, 10), YELLOW), (disc(260, 60, 10), YELLOW)]
    elements, _ = seen(*stars, (disc(40, 75, 12), COAT), (disc(200, 200, 40), SHIRT))
    found = fewer(elements, 3)
    assert holding(found, 40, 40) is holding(found, 260, 60)
    assert len(found) == 3


def test_links_after_a_merge_are_those_of_the_merged_elements() -> None:
    elements, ground = seen(*person(150, 140, SHIRT), *dots(2))
    tied = links(elements, ground)
    tied.merge(0, 1)
    merged = links([as_one(elements[:2]), *elements[2:]], ground)
    left = tied.alive
    assert np.array_equal(tied.shared[np.ix_(left, left)], merged.shared)
    assert np.array_equal(tied.below[np.ix_(left, left)], merged.below)
    for row in ("outlines", "bottoms", "grounded", "areas"):
        assert np.array_equal(getattr(tied, row)[left], getattr(merged, row)), row


def test_a_round_thing_bulges_into_what_it_lies_before_and_not_the_other_way_round() -> None:
    front = disc(150, 150, 40)
    behind = box(100, 40, 260, 150) & ~front
    assert bulges(front, behind)
    assert not bulges(behind, front)
    assert not bulges(box(0, 100, 200, 200), box(0, 0, 200, 100))


def test_in_a_crowded_picture_two_faces_with_something_between_them_stay_two() -> None:
    faces = [Region(disc(x, 150, 30), paint(SKIN), 2800) for x in (80, 160)]
    between = Region(box(100, 110, 140, 190) & ~faces[0].mask & ~faces[1].mask, paint(SHIRT), 2000)
    crowd = [Region(disc(7 * number + 8, 280, 2), paint((6 * number, 90, 200)), 13) for number in range(40)]
    ground = np.zeros((SIZE, SIZE), bool)
    assert len(joined([*faces, between], ground)) == 2
    assert len(joined([*faces, between, *crowd], ground)) == 43


def test_a_figure_goes_on_where_it_surrounds_what_is_over_it_and_not_to_its_convex_hull() -> None:
    badge, sign = disc(150, 200, 8), box(200, 120, 260, 200)
    elements, _ = seen(*person(150, 140, SHIRT)[:2], (badge, YELLOW), (sign, COAT))
    figure = as_one(elements[:2])
    complete([figure, elements[2], elements[3]], np.zeros(figure.seen.shape, bool))
    assert figure.whole[200, 150]
    assert not (figure.whole & sign).any()


def test_many_like_shapes_around_the_border_are_one_in_a_picture_of_few_pieces() -> None:
    places = [(0, top) for top in range(10, SIZE - 30, SIZE // 4)] + [
        (SIZE - 14, top) for top in range(10, SIZE - 30, SIZE // 4)
    ]
    dots = [(disc(x + 7, y + 7, 7), HAIR) for x, y in places]
    assert len(dots) >= 6
    assert len(figures(*seen(*dots))) == 1
    assert len(figures(*seen(*dots[:4]))) == 4

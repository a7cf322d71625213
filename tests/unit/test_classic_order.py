"""Order, number and names of elements."""

import itertools

import cv2
import numpy as np
import pytest

from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.fewer import fewer
from model.decomposers.classic.layering.names import color_name, ground_name, named, shape_name
from model.decomposers.classic.layering.order import bottom_up, complete, in_order
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask

SIZE = 200


def paint(*color: int) -> Paint:
    return Paint(0, np.array([color], np.float64), float(SIZE), 0.0, 1.0)


def box(rows: slice, columns: slice) -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[rows, columns] = True
    return mask


def disc(x: int, y: int, radius: int) -> Mask:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(mask, (x, y), radius, 1, -1)
    return mask.astype(bool)


def star(x: int, y: int, radius: int) -> Mask:
    turns = np.arange(10) * np.pi / 5
    reach = np.where(np.arange(10) % 2, radius * 0.45, radius)
    points = np.stack([x + reach * np.sin(turns), y - reach * np.cos(turns)], axis=1)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1)
    return mask.astype(bool)


RED, WHITE, BLUE = paint(220, 30, 30), paint(255, 255, 255), paint(30, 60, 220)


def test_a_container_lies_below_what_it_holds_even_where_that_is_many_small_things() -> None:
    letters = np.any([box(slice(60, 80), slice(x, x + 8)) for x in range(30, 170, 14)], axis=0)
    card = Element(box(slice(20, 180), slice(20, 180)) & ~letters, WHITE)
    words = Element(letters, RED)
    assert bottom_up([words, card]) == [card, words]


def test_of_two_that_overlap_the_bitten_one_lies_below() -> None:
    over = disc(120, 120, 50)
    lower, upper = Element(box(slice(20, 120), slice(20, 120)) & ~over, RED), Element(over, BLUE)
    assert bottom_up([upper, lower]) == [lower, upper]


def test_a_ring_that_ends_at_a_panel_lies_below_it_however_little_is_hidden() -> None:
    panel = box(slice(60, 140), slice(60, 140))
    ring = disc(160, 60, 34) & ~disc(160, 60, 16) & ~panel
    lower, upper = Element(ring, WHITE), Element(panel, BLUE)
    assert bottom_up([upper, lower]) == [lower, upper]


def test_a_star_on_the_edge_of_a_panel_lies_over_it() -> None:
    arms = star(100, 40, 40)
    lower, upper = Element(box(slice(40, 160), slice(30, 170)) & ~arms, WHITE), Element(arms, BLUE)
    assert bottom_up([upper, lower]) == [lower, upper]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_card_lies_below_its_photo_though_a_badge_hides_where_their_outlines_meet(size: int) -> None:
    card, photo, badge = (np.zeros((200 * size, 200 * size), np.uint8) for _ in range(3))
    cv2.rectangle(card, (10 * size, 10 * size), (150 * size, 190 * size), 1, -1)
    cv2.rectangle(photo, (19 * size, 19 * size), (141 * size, 110 * size), 1, -1)
    cv2.circle(badge, (143 * size, 25 * size), 27 * size, 1, -1)
    below = Element((card > 0) & (photo == 0) & (badge == 0), WHITE)
    between, above = Element((photo > 0) & (badge == 0), RED), Element(badge > 0, BLUE)
    for given in itertools.permutations([below, between, above]):
        assert bottom_up(list(given)) == [below, between, above]
    complete([below, between, above], np.zeros(card.shape, bool))
    assert np.array_equal(below.whole, card > 0)


def test_a_line_lies_over_a_panel_it_crosses_and_below_one_it_ends_at() -> None:
    line = box(slice(98, 102), slice(0, 120))
    crossed, ending = box(slice(60, 140), slice(20, 60)) & ~line, box(slice(60, 140), slice(120, 180))
    stroke = Element(line, RED, whole=line | box(slice(98, 102), slice(120, 180)))
    panels = Element(crossed, WHITE), Element(ending, BLUE)
    assert bottom_up([panels[1], stroke, panels[0]]) == [panels[0], stroke, panels[1]]


def test_a_circle_of_orders_is_cut_where_the_least_is_known() -> None:
    below = np.zeros((3, 3))
    below[1, 0], below[2, 1], below[0, 2] = 1, 0.9, 0.01
    elements = [Element(box(slice(0, 10 * size), slice(0, 10)), RED) for size in (1, 2, 3)]
    assert in_order(elements, below) == [0, 1, 2]


def test_glass_lies_over_what_is_seen_through_it() -> None:
    below = Element(disc(120, 120, 50), BLUE)
    pane = Element(box(slice(20, 120), slice(20, 180)), WHITE, opacity=0.5)
    assert bottom_up([pane, below]) == [below, pane]


def test_a_detail_goes_into_what_it_touches_and_far_things_stay_apart() -> None:
    eye = disc(60, 60, 6)
    face = Element(disc(60, 60, 30) & ~eye, RED)
    star = Element(disc(160, 160, 12), BLUE)
    left = fewer([face, star, Element(eye, WHITE)], 2)
    assert sorted(element.area for element in left) == sorted([star.area, face.area + int(eye.sum())])
    assert len(left[0].parts) == 2


def test_as_many_elements_are_left_as_are_asked_for() -> None:
    elements = [Element(box(slice(y, y + 10), slice(x, x + 10)), RED) for y in (10, 50, 90) for x in (10, 50, 90)]
    assert len(fewer(elements, 4)) == 4
    assert len(fewer(elements, 0)) == 1
    assert fewer([], 3) == []


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((250, 220, 30), "yellow"),
        ((220, 30, 40), "red"),
        ((20, 90, 200), "blue"),
        ((250, 130, 20), "orange"),
        ((110, 60, 30), "brown"),
        ((243, 216, 212), "pink"),
        ((245, 235, 215), "beige"),
        ((40, 40, 42), "dark grey"),
        ((5, 5, 5), "black"),
        ((252, 252, 252), "white"),
        ((20, 60, 30), "dark green"),
        ((150, 60, 220), "purple"),
    ],
)
def test_colours_have_everyday_names(color: tuple[int, int, int], name: str) -> None:
    assert color_name(np.array(color, np.float32)) == name


@pytest.mark.parametrize(
    ("mask", "name"),
    [
        (box(slice(20, 120), slice(20, 180)), "panel"),
        (box(slice(20, 40), slice(10, 190)), "bar"),
        (box(slice(20, 24), slice(10, 190)), "line"),
        (disc(100, 100, 60), "circle"),
        (disc(100, 100, 60) & ~disc(100, 100, 40), "ring"),
        (box(slice(20, 120), slice(20, 180)) & ~box(slice(30, 110), slice(30, 170)), "frame"),
        (disc(60, 100, 40) | disc(140, 100, 40), "shape"),
        (star(100, 100, 60), "star"),
    ],
)
def test_shapes_have_everyday_names(mask: Mask, name: str) -> None:
    assert shape_name(mask) == name


@pytest.mark.parametrize("times", [1, 1.5, 3])
def test_shapes_have_the_same_names_in_a_larger_picture(times: float) -> None:
    canvas = np.zeros((4 * SIZE, 4 * SIZE), bool)
    line, dashes, bar = canvas.copy(), canvas.copy(), canvas.copy()
    line[100:106, 50:700] = True
    bar[100:120, 50:700] = True
    for x in range(50, 700, 100):
        dashes[300:307, x : x + 60] = True

    def name(mask: Mask) -> str:
        size = round(mask.shape[1] * times), round(mask.shape[0] * times)
        return named(Element(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0, RED)).name

    assert [name(line), name(dashes), name(bar)] == ["red line", "red lines", "red bar"]


def test_an_element_is_named_by_its_colour_and_its_shape() -> None:
    assert named(Element(box(slice(20, 120), slice(20, 180)), paint(250, 220, 30))).name == "yellow panel"
    assert named(Element(disc(100, 100, 60), RED)).name == "red circle"
    assert named(Element(box(slice(20, 120), slice(20, 180)), WHITE, opacity=0.4)).name == "white glass panel"
    assert named(Element(disc(100, 100, 60), RED, name="shadow", kind="object")).name == "shadow"


def test_like_things_are_named_in_the_plural_and_a_figure_by_the_two_colours_seen_most() -> None:
    stars = as_one([Element(star(x, 60, 25), paint(250, 215, 40)) for x in (40, 100, 160)])
    assert (named(stars).name, stars.kind) == ("yellow stars", "shape")
    face = disc(100, 80, 40)
    figure = as_one([Element(box(slice(110, 190), slice(60, 140)) & ~face, BLUE), Element(face, RED)])
    assert (named(figure).name, figure.kind) == ("blue and red figure", "object")


def test_a_series_of_one_paint_is_named_in_the_plural_and_two_halves_of_a_shape_are_not() -> None:
    bars = np.any([box(slice(20, 180), slice(x, x + 14)) for x in (20, 70, 120)], axis=0)
    assert named(Element(bars, WHITE)).name == "white bars"
    halves = box(slice(20, 90), slice(20, 70)) | box(slice(110, 180), slice(100, 190))
    assert named(Element(halves, WHITE)).name == "white shape"


def test_a_texture_in_a_panel_is_a_photo_and_another_one_an_object() -> None:
    texture = Paint(None, np.array([[90.0, 80, 70]]), float(SIZE), 30.0, 0.0)
    assert named(Element(box(slice(20, 120), slice(20, 180)), texture)).name == "photo"
    assert named(Element(disc(60, 100, 40) | disc(140, 100, 40), texture)).name == "object"


def test_a_background_that_visibly_runs_from_colour_to_colour_is_called_a_gradient() -> None:
    everywhere = np.ones((SIZE, SIZE), bool)
    slope = np.array([[100.0, 100, 100], [90, 0, 0], [0, 0, 0]])
    assert ground_name(Element(everywhere, Paint(1, slope, float(SIZE), 0.0, 1.0))) == "background gradient"
    assert ground_name(Element(everywhere, Paint(1, slope * [[1], [0.05], [0]], float(SIZE), 0.0, 1.0))) == "background"
    assert ground_name(Element(everywhere, RED)) == "background"

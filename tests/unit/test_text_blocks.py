"""Lines of a layer that are one paragraph to the eye, and those that are not."""

import math

import pytest

from model.export.text_blocks import blocks, look_alike, pitch_of
from model.layers import TextLine

BLACK, GREY = "#101010", "#808080"


def line(text: str, x: float, y: float, width: float, height: float = 20, color: str = BLACK) -> TextLine:
    return TextLine(text, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)), (), color)


def texts(*lines: TextLine) -> list[list[str]]:
    return [[one.text for one in block] for block in blocks(lines)]


def test_lines_below_each_other_are_one_block_whichever_side_is_aligned() -> None:
    assert texts(line("a", 10, 0, 90), line("b", 10, 24, 60), line("c", 12, 48, 80)) == [["a", "b", "c"]]
    assert texts(line("a", 10, 0, 90), line("b", 30, 24, 50), line("c", 0, 48, 110)) == [["a", "b", "c"]]
    assert texts(line("a", 10, 0, 90), line("b", 60, 24, 40)) == [["a", "b"]]


@pytest.mark.parametrize(
    "other",
    [
        line("far below", 10, 60, 90),
        line("beside", 150, 0, 90),
        line("in another column", 150, 24, 90),
        line("not aligned", 45, 24, 180),
        line("larger", 10, 24, 90, height=40),
        line("of another colour", 10, 24, 90, color=GREY),
    ],
    ids=lambda one: one.text,
)
def test_a_line_that_stands_apart_is_a_block_of_its_own(other: TextLine) -> None:
    assert texts(line("first", 10, 0, 90), other) == [["first"], [other.text]]


def test_columns_that_are_read_row_by_row_are_a_block_each() -> None:
    rows = [line(f"{column}{row}", 200 * column, 24 * row, 90) for row in range(3) for column in range(2)]
    assert texts(*rows, line("   ", 0, 72, 90)) == [["00", "01", "02"], ["10", "11", "12"]]


def test_lines_of_a_block_do_not_reach_into_each_other() -> None:
    ((first, second),) = blocks([line("tall", 0, 0, 90, 30), line("next", 0, 20, 90, 20)])
    assert (first.polygon[2], second.polygon[0]) == ((90, 25), (0, 25))
    assert (first.polygon[0], second.polygon[2]) == ((0, 0), (90, 40))


@pytest.mark.parametrize("degrees", [-35, 90, 179])
def test_turned_lines_are_a_block_all_the_same(degrees: float) -> None:
    along = math.radians(degrees)
    cos, sin = math.cos(along), math.sin(along)

    def turned(one: TextLine) -> TextLine:
        return TextLine(one.text, tuple((cos * x - sin * y, sin * x + cos * y) for x, y in one.polygon), (), one.color)

    upright = [line("a", 10, 0, 90), line("b", 10, 24, 60), line("c", 200, 24, 60)]
    assert texts(*map(turned, upright)) == [["a", "b"], ["c"]]
    assert pitch_of([turned(one) for one in upright[:2]]) == pytest.approx(24)
    assert texts(upright[0], turned(upright[1])) == [["a"], ["b"]]


def test_lines_of_a_size_and_a_colour_look_alike_wherever_they_stand() -> None:
    first = line("a", 0, 0, 50)
    assert look_alike(first, line("b", 300, 500, 90, 24))
    assert not look_alike(first, line("b", 0, 24, 90, 26))
    assert not look_alike(first, line("b", 0, 24, 90, color=GREY))

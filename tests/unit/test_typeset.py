"""Words set anew in a text layer's place, in the look that they had."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.affine import Matrix
from model.layers import Layer, Pixels, TextLine
from model.typeset import Block, NoGlyphs, NoSuchFont, Style, checked, guessed, standing, typeset
from model.typeset.fonts import faces_for, named
from model.warp import warped
from tests.may_be_missing import fonts_with

RED = (204, 34, 0)
CANVAS = 800, 400
STYLE = Style("sans-serif", 40, (*RED, 255), "start", 0.0, 300.0, baseline=40.0, pitch=48.0)


@pytest.fixture(autouse=True, scope="module")
def _fonts() -> None:
    fonts_with("Ag")


def _layer(text: str, font: str, size: float, at: tuple[int, int], angle: float = 0.0) -> Layer:
    """A text layer as a decomposer would give it: pixels, and lines whose corners stand a little off."""
    face = named(font)
    pen_font = ImageFont.truetype(face.path, size, face.index)
    page = Image.new("L", CANVAS)
    lines, y = [], at[1]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    for words in text.split("\n"):
        ImageDraw.Draw(page).text((at[0], y), words, fill=255, font=pen_font)
        left, top, right, bottom = pen_font.getbbox(words)
        box = [(left - 3, top - 3), (right + 3, top - 3), (right + 3, bottom + 3), (left - 3, bottom + 3)]
        corners = [(at[0] + x, y + down) for x, down in box]
        lines.append(
            TextLine(
                words,
                tuple((at[0] + cos * (x - at[0]) - sin * (v - at[1]), at[1] + sin * (x - at[0]) + cos * (v - at[1]))
                      for x, v in corners),
                color="#cc2200",
            )
        )  # fmt: skip
        y += round(size * 1.3)
    if angle:
        page = page.rotate(-angle, Image.Resampling.BICUBIC, center=at)
    left, top, right, bottom = page.getbbox() or (0, 0, 1, 1)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    pixels[:, :, :3] = RED
    pixels[:, :, 3] = np.asarray(page)[top:bottom, left:right]
    return Layer(pixels, left, top, "headline", "text", text, lines=tuple(lines))


def _shown(block: Block, layer: Layer) -> Pixels:
    """The block on the canvas."""
    a, b, c, d, e, f = block.matrix
    matrix: Matrix = (a, b, c + layer.x, d, e, f + layer.y)
    canvas = np.zeros((CANVAS[1], CANVAS[0], 4), np.uint8)
    piece = warped(block.pixels, matrix, *CANVAS)
    assert piece is not None
    pixels, x, y = piece
    canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
    return canvas


def _likeness(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.minimum(first, second).sum() / np.maximum(first, second).sum())


def _on_canvas(layer: Layer) -> np.ndarray:
    canvas = np.zeros((CANVAS[1], CANVAS[0]), np.uint8)
    canvas[layer.box] = layer.pixels[:, :, 3]
    return canvas


@pytest.mark.parametrize("size", [22, 60])
def test_the_same_words_come_out_where_they_were_in_the_font_they_had(size: int) -> None:
    for font in fonts_with("Grand Opening")[:3]:  # sans-serif, serif, monospace; after them ornaments may come
        layer = _layer("Grand Opening", font, size, (100, 80))
        style = guessed(layer, CANVAS[0])
        assert abs(style.size - size) < 0.04 * size
        assert style.color == (*RED, 255)
        assert _likeness(_shown(typeset("Grand Opening", style), layer)[:, :, 3], _on_canvas(layer)) > 0.75


def test_of_two_lines_pitch_and_place_are_found() -> None:
    layer = _layer("Summer sale\nup to 50% off", fonts_with("S")[0], 40, (60, 40))
    style = guessed(layer, CANVAS[0])
    assert abs(style.pitch - 52) < 1
    assert (style.rows, style.wraps) == (2, True)
    shown = _shown(typeset("Summer sale\nup to 50% off", style), layer)
    assert _likeness(shown[:, :, 3], _on_canvas(layer)) > 0.7


def test_a_turned_line_stays_turned() -> None:
    layer = _layer("Grand Opening", fonts_with("G")[0], 50, (100, 40), angle=20)
    style = guessed(layer, CANVAS[0])
    assert abs(style.angle - 20) < 0.5
    assert _likeness(_shown(typeset("Grand Opening", style), layer)[:, :, 3], _on_canvas(layer)) > 0.6


def test_centred_lines_stay_centred() -> None:
    font = fonts_with("S")[0]
    layer = _layer("Grand Summer Sale\nnow", font, 40, (100, 40))
    first, second = layer.lines
    shift = round((first.polygon[1][0] + first.polygon[0][0] - second.polygon[1][0] - second.polygon[0][0]) / 2)
    moved = np.zeros_like(layer.pixels)
    half = layer.height // 2 + 4
    moved[:half] = layer.pixels[:half]
    moved[half:, shift:] = layer.pixels[half:, : layer.width - shift]
    centred = Layer(moved, layer.x, layer.y, "t", "text", layer.text, lines=(first, second.moved(shift, 0)))
    assert guessed(centred, 4000).align == "center"
    assert guessed(layer, 4000).align == "start"


def test_long_words_are_made_smaller_and_short_ones_not_larger() -> None:
    room = STYLE.right - STYLE.left
    long, short = typeset("A much longer headline than that", STYLE), typeset("Hi", STYLE)
    assert long.pixels.shape[1] <= room * 1.02 + 1
    assert short.pixels.shape[0] > long.pixels.shape[0]
    assert typeset("Hi", STYLE).pixels.shape == typeset("Hi", STYLE).pixels.shape


def test_several_lines_wrap_and_stay_in_their_room() -> None:
    style = Style("sans-serif", 40, (0, 0, 0, 255), "start", 0.0, 300.0, baseline=40.0, pitch=48.0, rows=2, wraps=True)
    block = typeset("A long text that has to go over several lines of the box", style)
    assert block.pixels.shape[1] <= 305
    assert block.matrix[5] + block.pixels.shape[0] <= 40 + 48 + 20


def test_letters_that_fill_their_em_do_not_run_into_the_line_below() -> None:
    style = Style("sans-serif", 40, (0, 0, 0, 255), "start", 0.0, 300.0, baseline=40.0, pitch=32.0, rows=2, wraps=True)
    upper, lower = standing("柑橘\n市場", style)
    assert lower.polygon[0][1] >= upper.polygon[3][1] - 4  # their soft edges may touch
    above, below = standing("HE\nHE", style)
    assert below.polygon[0][1] - above.polygon[0][1] == 32


def test_a_size_that_was_asked_for_is_kept() -> None:
    fixed = Style("sans-serif", 40, (0, 0, 0, 255), "left", 0.0, 50.0, baseline=40.0, pitch=48.0, shrinks=False)
    assert typeset("Wide words", fixed).pixels.shape[1] > 150


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_alignment(align: str) -> None:
    style = Style("sans-serif", 20, (0, 0, 0, 255), align, 0.0, 300.0, baseline=40.0, pitch=48.0)  # type: ignore[arg-type]
    block = typeset("word", style)
    spare = 300 - block.pixels.shape[1]
    assert abs(block.matrix[2] - {"left": 0, "center": spare / 2, "right": spare}[align]) < 4


def test_right_to_left_begins_at_the_right() -> None:
    fonts_with("م")
    block = typeset("مرحبا", STYLE)
    assert block.matrix[2] + block.pixels.shape[1] > 290
    apart = sum(typeset(letter, STYLE).pixels.shape[1] for letter in "مرحبا")
    assert block.pixels.shape[1] != apart  # letters are joined, not set one by one


def test_letters_that_the_font_lacks_come_from_another() -> None:
    fonts_with("你")
    latin = next(name for name in fonts_with("Hello") if not named(name).covers("你"))
    faces = faces_for(latin, "Hello 你好")
    assert faces[0] is named(latin)
    assert [face.covers("你") for face in faces] == [False, True]
    both = typeset("Hello 你好", Style(latin, 40, (0, 0, 0, 255), "left", 0, 900, baseline=50.0, pitch=48.0))
    alone = typeset("Hello", Style(latin, 40, (0, 0, 0, 255), "left", 0, 900, baseline=50.0, pitch=48.0))
    height, width = alone.pixels.shape[:2]
    top = round(alone.matrix[5] - both.matrix[5])
    assert np.array_equal(both.pixels[top : top + height, :width, 3], alone.pixels[:, :, 3])
    assert cv2.countNonZero(np.ascontiguousarray(both.pixels[:, width + 10 :, 3])) > 300


def test_what_is_enlarged_is_set_anew_and_not_blown_up() -> None:
    small, large = typeset("Sharp", STYLE), typeset("Sharp", STYLE, scale=4)
    blurred = cv2.resize(small.pixels[:, :, 3], None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    partial = [np.count_nonzero((alpha > 20) & (alpha < 235)) for alpha in (large.pixels[:, :, 3], blurred)]
    assert partial[0] < partial[1] / 2
    assert large.matrix[0] == 0.25
    assert abs(large.pixels.shape[1] - 4 * small.pixels.shape[1]) < 12


def test_nothing_but_spaces_is_nothing_to_see() -> None:
    assert not typeset("  \n ", STYLE).pixels[:, :, 3].any()


def test_an_unknown_font_names_near_ones_and_an_unknown_letter_says_which() -> None:
    family = named(fonts_with("A")[0]).family
    with pytest.raises(NoSuchFont, match=family):
        checked(family[:-1] + "x", "Hi")
    with pytest.raises(NoGlyphs, match=r"U\+E000"):
        checked("sans-serif", "\ue000")


def test_a_family_with_a_style_and_a_generic_one_are_found() -> None:
    assert named("sans-serif").weight < named("sans-serif Bold").weight
    face = named(fonts_with("A")[0])
    assert named(f"{face.family} {face.style}") == face


def test_without_lines_the_box_is_one_line() -> None:
    layer = Layer(np.full((50, 200, 4), 255, np.uint8), 20, 20, "t", "text")
    style = guessed(layer, 2000)
    block = typeset("New", style)
    assert style.color == (255, 255, 255, 255)
    assert block.matrix[5] >= 0
    assert block.matrix[5] + block.pixels.shape[0] <= 51


@pytest.mark.parametrize("angle", [0.0, 20.0])
@pytest.mark.parametrize("align", ["start", "center", "right"])
def test_where_lines_stand_is_enough_to_set_others_in_their_place(align: str, angle: float) -> None:
    """What is told of a layer that was set here is as good as what a decomposer tells."""
    style = replace(STYLE, align=align, rows=3, wraps=True, angle=angle, corner=(90.0, 40.0), right=380.0)
    text = "Open air until late at night, whatever the weather"
    block = typeset(text, style)
    shown = _shown(block, Layer(np.zeros((1, 1, 4), np.uint8), 0, 0))
    x, y, width, height = cv2.boundingRect((shown[:, :, 3] > 0).astype(np.uint8))
    lines = standing(text, style)
    assert [line.text for line in lines] == ["Open air until late", "at night, whatever", "the weather"]
    layer = Layer(shown[y : y + height, x : x + width], x, y, "it", "text", text, lines=lines)
    again = guessed(layer, CANVAS[0])
    assert (again.rows, again.wraps, again.color) == (3, True, (*RED, 255))
    assert again.size == pytest.approx(style.size, rel=0.02)
    assert again.align == align
    assert again.pitch == pytest.approx(style.pitch, abs=1)
    anew = _shown(typeset("\n".join(line.text for line in lines), again), layer)
    assert np.abs(anew[:, :, 3].astype(int) - shown[:, :, 3]).mean() < (0.5 if angle == 0 else 2)

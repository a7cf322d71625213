"""Lettering: the layer of the letters holds all of them and leaves nothing behind."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.lettering import text_layer
from model.decomposers.classic.layering.order import place_of
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, filled
from model.decomposers.classic.text.ink import inked
from model.decomposers.classic.text.reader import Words

GREEN, WHITE, ORANGE, BLUE = (26, 160, 90), (255, 255, 255), (255, 110, 10), (20, 40, 90)
CORNERS = np.array([[40, 40], [260, 40], [260, 110], [40, 110]], np.float32)
NOTHING = np.zeros((160, 400), bool)
EVERYWHERE = slice(0, 160), slice(0, 400)


def paint(color: tuple[int, int, int]) -> Paint:
    return Paint(0, np.array([color], np.float64), 400.0, 0.0, 1.0)


def outlined() -> Floats:
    """Orange letters outlined in white on green, with the soft edges of a picture that was enlarged."""
    image = Image.new("RGB", (400, 160), GREEN)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(64)
    pen.text((50, 40), "SALE", WHITE, font, stroke_width=9, stroke_fill=WHITE)
    pen.text((50, 40), "SALE", ORANGE, font, stroke_width=2, stroke_fill=ORANGE)
    return np.asarray(cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), 0.8), np.float32)


def test_there_is_no_gap_between_an_outline_and_what_fills_it() -> None:
    picture = outlined()
    ground = np.full_like(picture, GREEN)
    line = inked(picture, Words("SALE", CORNERS), 0.0)
    assert line is not None
    assert len(line.inks) == 2
    letters, inner = (line.seen(mask, EVERYWHERE) for mask in (line.core, line.inks[1].core))
    layer, result = text_layer(picture, ground, [line], Element(letters, paint(WHITE)), NOTHING)
    assert layer is not None
    fillings = np.asarray(cv2.dilate(inner.astype(np.uint8), np.ones((5, 5)))).astype(bool)
    assert layer.pixels[:, :, 3][fillings[layer.box]].min() == 255
    assert np.abs(result - picture)[filled(letters)].max() <= 48


def test_what_cuts_letters_lies_over_them_and_what_they_are_seen_on_below() -> None:
    picture = outlined()
    disc = cv2.circle(np.zeros(picture.shape[:2], np.uint8), (150, 60), 40, 1, -1) > 0
    panel = np.zeros_like(disc)
    panel[30:140, 160:280] = True
    picture[disc] = BLUE
    line = inked(picture, Words("SALE", CORNERS), 0.0)
    assert line is not None
    lower, cover = Element(panel & ~disc, paint(ORANGE)), Element(disc, paint(BLUE))
    assert place_of([line], [lower, cover]) == 1
    assert place_of([line], [cover, lower]) == 2  # seen on what lies over the cover
    assert place_of([line], [lower]) == 1
    letters = line.seen(line.core, EVERYWHERE)
    layer, result = text_layer(picture, np.full_like(picture, GREEN), [line], Element(letters, paint(WHITE)), disc)
    assert layer is not None
    assert not layer.pixels[:, :, 3][disc[layer.box]].any()
    assert np.abs(result - picture)[letters & ~disc].max() <= 48


def test_a_crumb_between_letters_and_glass_are_no_cover() -> None:
    line = inked(outlined(), Words("SALE", CORNERS), 0.0)
    assert line is not None
    box = line.box
    above = np.zeros_like(NOTHING)
    above[: box[0].start, box[1]] = True
    beside = np.zeros_like(NOTHING)
    beside[box[0].start : box[0].start + 8, box[1].stop : box[1].stop + 60] = True
    crumb = np.zeros_like(NOTHING)
    crumb[70:76, box[1].stop - 6 : box[1].stop] = True
    assert place_of([line], [Element(above, paint(BLUE))]) == 0
    assert place_of([line], [Element(above, paint(BLUE), opacity=0.5)]) == 1
    assert place_of([line], [Element(beside, paint(BLUE))]) == 1  # touches one arm of the E
    assert place_of([line], [Element(crumb, paint(BLUE))]) == 1

"""Lettering: the layer of the letters holds all of them and leaves nothing behind."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.lettering import text_layer
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, filled
from model.decomposers.classic.text.ink import inked
from model.decomposers.classic.text.reader import Words

GREEN, WHITE, ORANGE = (26, 160, 90), (255, 255, 255), (255, 110, 10)


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
    corners = np.array([[40, 40], [260, 40], [260, 110], [40, 110]], np.float32)
    line = inked(picture, Words("SALE", corners), 0.0)
    assert line is not None
    assert len(line.inks) == 2
    plain = Paint(0, np.array([GREEN], np.float64), 400.0, 0.0, 1.0)
    everywhere = slice(0, picture.shape[0]), slice(0, picture.shape[1])
    letters, inner = (line.seen(mask, everywhere) for mask in (line.core, line.inks[1].core))
    layer, result = text_layer(picture, ground, [line], Element(letters, plain, "text", "SALE", "SALE"))
    assert layer is not None
    fillings = np.asarray(cv2.dilate(inner.astype(np.uint8), np.ones((5, 5)))).astype(bool)
    assert layer.pixels[:, :, 3][fillings[layer.box]].min() == 255
    assert np.abs(result - picture)[filled(letters)].max() <= 48

"""Ink: its colours and pixels in the box that a reader gives."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.planes import Floats
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.segment import segment
from model.decomposers.classic.text.ink import Line, inked
from model.decomposers.classic.text.reader import Words
from model.decomposers.classic.text.unread import with_unread

SHAPE = (160, 400)
WHERE = (slice(40, 110), slice(40, 360))


def words(rows: slice = WHERE[0], columns: slice = WHERE[1]) -> Words:
    left, right, top, bottom = columns.start, columns.stop, rows.start, rows.stop
    return Words("SALE", np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32))


def lettered(ground: Floats, text: str, color: tuple[int, int, int], outline: tuple[int, int, int] | None) -> Floats:
    image = Image.fromarray(np.rint(ground).astype(np.uint8))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(64)
    if outline is not None:
        pen.text((50, 40), text, outline, font, stroke_width=6, stroke_fill=outline)
    pen.text((50, 40), text, color, font, stroke_width=2, stroke_fill=color)
    return np.asarray(image, np.float32)


def end_of(text: str) -> int:
    """The column where a text drawn by ``lettered`` ends."""
    return 50 + round(ImageFont.load_default(64).getlength(text))


def flat(*color: int) -> Floats:
    return np.full((*SHAPE, 3), color, np.float32)


def line_of(picture: Floats) -> Line:
    line = inked(picture, words(), 0.0)
    assert line is not None
    return line


def test_the_ink_of_a_line_has_its_colour_and_its_pixels() -> None:
    line = line_of(lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None))
    assert len(line.inks) == 1
    assert np.abs(line.color - (20, 30, 120)).max() < 3
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    true_core = np.abs(picture - (20, 30, 120)).max(axis=2) < 10
    assert (line.core == true_core).mean() > 0.995


def test_outlined_letters_have_two_inks_the_outline_first() -> None:
    line = line_of(lettered(flat(30, 140, 80), "SALE", (250, 110, 10), (255, 255, 255)))
    assert [ink.color.round().tolist() for ink in line.inks] == [[255, 255, 255], [250, 110, 10]]


def test_a_band_of_a_gradient_is_no_ink() -> None:
    y = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]][0]
    ground = np.stack([20 + y * 0.9, 200 - y * 0.5, 180 + y * 0.2], axis=2).astype(np.float32)
    line = line_of(lettered(ground, "SALE", (255, 255, 255), None))
    assert [ink.color.round().tolist() for ink in line.inks] == [[255, 255, 255]]


def test_a_box_without_letters_has_no_line() -> None:
    assert inked(flat(90, 90, 90), words(), 0.0) is None


def test_letters_that_were_not_read_join_the_line_beside_them_and_leave_the_ground_whole() -> None:
    picture = lettered(flat(250, 240, 230), "SALES", (20, 30, 120), None)
    line = inked(picture, words(columns=slice(40, end_of("SALE"))), 0.0)  # the reader saw all but the last letter
    assert line is not None
    ignored = cv2.dilate(line.core.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    ground, rest = ground_and_rest(*segment(picture, 0.0, ignored))
    lines, left = with_unread([line], ground, rest, picture, 0.0)
    assert len(lines) == 2
    assert left == []
    assert ground.seen.all()
    columns_of_ink = np.flatnonzero(np.any([found.core for found in lines], axis=0).any(axis=0))
    assert columns_of_ink.max() > end_of("SALES") - 10


def test_a_disc_of_the_ink_s_colour_is_not_taken_for_a_letter() -> None:
    picture = lettered(flat(250, 240, 230), "SAL", (20, 30, 120), None)
    cv2.circle(picture, (300, 70), 34, (20, 30, 120), -1)
    line = inked(picture, words(columns=slice(40, end_of("SAL") + 4)), 0.0)
    assert line is not None
    ignored = cv2.dilate(line.core.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    ground, rest = ground_and_rest(*segment(picture, 0.0, ignored))
    lines, left = with_unread([line], ground, rest, picture, 0.0)
    assert len(lines) == 1
    assert len(left) == 1

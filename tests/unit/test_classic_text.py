"""Ink: its colours and pixels in the box that a reader gives."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.segment import Region, segment
from model.decomposers.classic.text.ink import Ink, Line, inked
from model.decomposers.classic.text.lines import is_lettering, parted, with_more
from model.decomposers.classic.text.reader import Words
from model.decomposers.classic.text.setting import setting, spaced
from model.decomposers.classic.text.styles import lines_of_one_style
from model.decomposers.classic.text.unread import with_unread

SHAPE = (160, 400)
WHERE = (slice(40, 110), slice(40, 360))


def words(rows: slice = WHERE[0], columns: slice = WHERE[1], text: str = "SALE") -> Words:
    left, right, top, bottom = columns.start, columns.stop, rows.start, rows.stop
    return Words(text, np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32))


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


def line_of(picture: Floats, read: Words | None = None) -> Line:
    line = inked(picture, read or words(), 0.0)
    assert line is not None
    return line


def core_of(line: Line) -> Mask:
    """On the canvas."""
    return line.seen(line.core, (slice(0, line.canvas[0]), slice(0, line.canvas[1])))


def reach_of(line: Line) -> Mask:
    """On the canvas."""
    return line.seen(line.reach, (slice(0, line.canvas[0]), slice(0, line.canvas[1])))


def test_the_ink_of_a_line_has_its_colour_and_its_pixels() -> None:
    line = line_of(lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None))
    assert len(line.inks) == 1
    assert np.abs(line.color - (20, 30, 120)).max() < 3
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    true_core = np.abs(picture - (20, 30, 120)).max(axis=2) < 10
    assert (core_of(line) == true_core).mean() > 0.995


def test_the_masks_of_a_line_are_no_larger_than_its_window() -> None:
    line = line_of(lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None))
    rows, columns = line.window
    shape = rows.stop - rows.start, columns.stop - columns.start
    assert {mask.shape for mask in (line.zone, line.core, line.reach)} == {shape}
    assert shape[0] * shape[1] < SHAPE[0] * SHAPE[1]
    assert line.box[0].start >= rows.start


def test_outlined_letters_have_two_inks_the_outline_first() -> None:
    line = line_of(lettered(flat(30, 140, 80), "SALE", (250, 110, 10), (255, 255, 255)))
    assert [ink.color.round().tolist() for ink in line.inks] == [[255, 255, 255], [250, 110, 10]]


def test_a_band_of_a_gradient_is_no_ink() -> None:
    y = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]][0]
    ground = np.stack([20 + y * 0.9, 200 - y * 0.5, 180 + y * 0.2], axis=2).astype(np.float32)
    line = line_of(lettered(ground, "SALE", (255, 255, 255), None))
    assert [ink.color.round().tolist() for ink in line.inks] == [[255, 255, 255]]


def test_letters_keep_their_ink_where_they_touch_a_thing_of_their_colour() -> None:
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    letters = np.abs(picture - (20, 30, 120)).max(axis=2) < 10
    cv2.circle(picture, (end_of("SALE") + 22, 80), 30, (20, 30, 120), -1)
    line = line_of(picture, words(slice(40, 115), slice(40, end_of("SALE") + 30)))
    assert (core_of(line) & letters).sum() > 0.85 * letters.sum()
    assert (core_of(line) & ~letters).sum() < 0.1 * letters.sum()


def test_thin_letters_on_a_texture_have_the_colour_of_their_strokes() -> None:
    coarse = np.random.default_rng(3).uniform(60, 220, (20, 50, 3)).astype(np.float32)
    image = Image.fromarray(
        cv2.resize(coarse, SHAPE[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)
    )
    ImageDraw.Draw(image).text((50, 60), "Sale today only", (0, 0, 0), ImageFont.load_default(24))
    line = line_of(np.asarray(image, np.float32), words(slice(58, 94), slice(44, 240)))
    assert line.color.max() < 40


def test_hairlines_belong_to_the_letters_they_hang_on() -> None:
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    cv2.line(picture, (60, 66), (end_of("SALE") - 6, 66), (135, 135, 175), 1)  # half covered, so of half the colour
    line = line_of(picture)
    gap = slice(end_of("S") - 1, end_of("S") + 2)
    assert reach_of(line)[66, gap].all()
    assert not core_of(line)[66, gap].all()


def test_a_panel_is_no_lettering_and_letters_are() -> None:
    panel = flat(250, 240, 230)
    cv2.rectangle(panel, (60, 60), (330, 84), (240, 200, 20), -1)
    found = inked(panel, words(text="0-"), 0.0)
    assert found is None or not is_lettering(found)
    assert is_lettering(line_of(lettered(flat(250, 240, 230), "SA", (20, 30, 120), None), words(text="SA")))


def test_a_space_that_the_reader_left_out_is_where_the_gap_is() -> None:
    picture = lettered(flat(250, 240, 230), "SALE NOW", (20, 30, 120), None)
    line = line_of(picture, words(columns=slice(40, end_of("SALE NOW") + 10), text="SALENOW"))
    assert spaced(line).words.text == "SALE NOW"


def test_spaces_between_outlined_words_are_measured_between_what_fills_the_outlines() -> None:
    picture = lettered(flat(30, 140, 80), "NO NO", (250, 110, 10), (255, 255, 255))
    line = line_of(picture, words(columns=slice(40, end_of("NO NO") + 12), text="NONO"))
    assert len(line.inks) == 2
    assert spaced(line).words.text == "NO NO"


def test_letters_along_a_thing_of_their_colour_are_the_ink_and_not_the_rims() -> None:
    image = Image.new("RGB", (400, 300), (250, 220, 40))
    pen = ImageDraw.Draw(image)
    pen.ellipse((60, 84, 360, 384), fill=(4, 4, 4))
    pen.text((80, 20), "Unruffled", (4, 4, 4), ImageFont.load_default(44))
    line = line_of(np.asarray(image, np.float32), words(slice(6, 150), slice(60, 330), "Unruffled"))
    assert np.abs(line.color - 4).max() < 6
    assert core_of(line)[30:66].sum() > 0.8 * core_of(line).sum()


def test_a_word_with_wide_gaps_between_all_its_letters_stays_one() -> None:
    picture = lettered(flat(250, 240, 230), "S A L E", (20, 30, 120), None)
    line = line_of(picture, words(columns=slice(40, end_of("S A L E") + 10)))
    assert spaced(line).words.text == "SALE"


def test_words_have_boxes_and_the_line_has_corners_close_around_the_ink() -> None:
    picture = lettered(flat(250, 240, 230), "SALE NOW", (20, 30, 120), None)
    found = setting(line_of(picture, words(columns=slice(40, end_of("SALE NOW") + 10), text="SALE NOW")))
    assert [text for text, _ in found.words] == ["SALE", "NOW"]
    for (_, (x, y, width, height)), (start, stop) in zip(
        found.words, [(50, end_of("SALE")), (end_of("SALE "), end_of("SALE NOW"))], strict=True
    ):
        assert abs(x - start) < 8
        assert abs(x + width - stop) < 8
        assert 40 < y < y + height < 112
    assert np.abs(found.corners[0] - (50, 52)).max() < 8
    assert (found.corners[2] > found.corners[0]).all()


@pytest.mark.parametrize(
    ("second", "layers"), [("under it", 1), ("twice as large", 2), ("turned", 2), ("in another colour", 2)]
)
def test_lines_of_one_style_are_one_layer(second: str, layers: int) -> None:
    image = Image.new("RGB", (400, 300), (250, 240, 230))
    pen = ImageDraw.Draw(image)
    pen.text((40, 20), "SALE", (20, 30, 120), ImageFont.load_default(40))
    color = (220, 30, 30) if second == "in another colour" else (20, 30, 120)
    size = 90 if second == "twice as large" else 40
    other = Image.new("L", (300, 120))
    ImageDraw.Draw(other).text((10, 5), "TODAY", 255, ImageFont.load_default(size))
    turned = other.rotate(25 if second == "turned" else 0)
    image.paste(color, (30, 60), turned)
    picture = np.asarray(image, np.float32)
    x, y, width, height = cv2.boundingRect((np.asarray(turned) > 128).astype(np.uint8))
    first = words(slice(20, 66), slice(34, 150))
    if second == "turned":
        corners = cv2.boxPoints(cv2.minAreaRect(np.argwhere(np.asarray(turned) > 128)[:, ::-1].astype(np.float32)))
        start = int(np.argmin(corners @ (1.0, 0.6)))
        below = Words("TODAY", np.asarray(np.roll(corners, -start, axis=0) + np.array([30, 60]), np.float32))
    else:
        below = words(slice(60 + y - 6, 60 + y + height + 6), slice(30 + x - 6, 30 + x + width + 6), "TODAY")
    found = lines_of_one_style([line_of(picture, first), line_of(picture, below)])
    assert len(found) == layers


def test_words_of_an_arc_are_one_layer_and_a_short_one_read_upside_down_goes_with_its_line() -> None:
    picture = lettered(flat(250, 240, 230), "SAL NO", (20, 30, 120), None)
    first = line_of(picture, words(columns=slice(40, end_of("SAL") + 6)))
    second = line_of(picture, words(columns=slice(end_of("SAL ") - 8, end_of("SAL NO") + 10), text="NO"))
    for turn in (28.0, 180.0):
        across = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
        corners = second.words.polygon.mean(axis=0) + np.array(
            [
                a * 60 * across + b * 30 * np.array([-across[1], across[0]])
                for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]
        )
        turned = replace(second, words=Words("NO", np.asarray(corners, np.float32)))
        assert len(lines_of_one_style([first, turned])) == 1


def test_a_box_without_letters_has_no_line() -> None:
    assert inked(flat(90, 90, 90), words(), 0.0) is None


def test_letters_that_were_not_read_join_the_line_beside_them_and_leave_the_ground_whole() -> None:
    picture = lettered(flat(250, 240, 230), "SALES", (20, 30, 120), None)
    line = inked(picture, words(columns=slice(40, end_of("SALE"))), 0.0)  # the reader saw all but the last letter
    assert line is not None
    ignored = cv2.dilate(core_of(line).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    ground, rest = ground_and_rest(*segment(picture, 0.0, ignored))
    lines, left = with_unread([line], ground, rest, picture, 0.0)
    assert len(lines) == 2
    assert left == []
    assert ground.seen.all()
    columns_of_ink = np.flatnonzero(np.any([core_of(found) for found in lines], axis=0).any(axis=0))
    assert columns_of_ink.max() > end_of("SALES") - 10


def test_scraps_of_a_texture_are_letters_remnants_where_words_were_read_and_stay_elsewhere() -> None:
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    line = line_of(picture)
    mask = np.zeros(SHAPE, bool)
    mask[60:64, 100:110] = mask[140:144, 300:340] = True  # one region, in two pieces
    texture = Paint(None, np.array([[120.0, 110, 150]]), 400.0, 9.0, 0.0)
    ground = Element(~mask, Paint(0, np.array([[250.0, 240, 230]]), 400.0, 0.0, 1.0))
    lines, left = with_unread([line], ground, [Region(mask, texture, int(mask.sum()))], picture, 0.0)
    assert lines == [line]
    assert [region.area for region in left] == [160]
    assert not left[0].mask[:120].any()
    assert ground.seen[60:64, 100:110].all()


def test_a_disc_of_the_ink_s_colour_is_not_taken_for_a_letter() -> None:
    picture = lettered(flat(250, 240, 230), "SAL", (20, 30, 120), None)
    cv2.circle(picture, (300, 70), 34, (20, 30, 120), -1)
    line = inked(picture, words(columns=slice(40, end_of("SAL") + 4)), 0.0)
    assert line is not None
    ignored = cv2.dilate(core_of(line).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    ground, rest = ground_and_rest(*segment(picture, 0.0, ignored))
    lines, left = with_unread([line], ground, rest, picture, 0.0)
    assert len(lines) == 1
    assert len(left) == 1


def test_letters_in_two_boxes_are_the_smaller_line_s() -> None:
    picture = lettered(flat(250, 240, 230), "SALE NOW", (20, 30, 120), None)
    small = line_of(picture, words(columns=slice(end_of("SALE ") - 4, end_of("SALE NOW") + 6), text="NOW"))
    large = line_of(picture, words(columns=slice(40, end_of("SALE NOW") + 6), text="SALE"))
    assert (core_of(small) & core_of(large)).any()
    found = parted([large, small])
    assert [line.words.text for line in found] == ["SALE", "NOW"]
    assert not (core_of(found[0]) & core_of(found[1])).any()
    assert (core_of(found[1]) == core_of(small)).all()
    assert found[0].box[1].stop <= end_of("SALE ")


def test_the_tip_of_a_letter_in_a_smaller_line_s_box_is_the_letter_s() -> None:
    image = Image.fromarray(lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None).astype(np.uint8))
    ImageDraw.Draw(image).text((60, 12), "ENTRY", (20, 30, 120), ImageFont.load_default(26), stroke_width=1)
    picture = np.asarray(image, np.float32)
    large = line_of(picture)
    top = large.box[0].start
    alone = line_of(picture, words(rows=slice(10, top + 4), columns=slice(50, 200), text="ENTRY"))
    tips = core_of(large)
    tips[top + 2 :] = False
    (ink,) = alone.inks
    cut = tips[alone.window]
    small = alone.of((Ink(ink.color, ink.core | cut, ink.reach | cut),))
    assert core_of(small)[top:].any()
    entry, sale = parted([small, large])
    assert (core_of(sale) == core_of(large)).all()
    assert (core_of(entry)[: top - 4] == core_of(small)[: top - 4]).all()
    assert not reach_of(entry)[top:].any()


def test_a_line_whose_letters_all_are_a_smaller_one_s_is_none() -> None:
    picture = lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None)
    line = line_of(picture)
    rows, columns = line.box
    wide = replace(line, box=(rows, slice(columns.start - 9, columns.stop)), words=words(text=""))
    assert [found.words.text for found in parted([wide, line])] == ["SALE"]


@pytest.mark.parametrize(("text", "count"), [("ALE", 1), ("sal e", 1), ("SALT", 1), ("NOW", 2)])
def test_a_second_reading_of_a_part_of_known_words_is_no_other_line(text: str, count: int) -> None:
    line = line_of(lettered(flat(250, 240, 230), "SALE", (20, 30, 120), None))
    rims = replace(line, words=words(text=text))
    assert len(with_more(rims, [line])) == count

"""The reader that comes with ``classic``: words are found where they are, and their layer can be taken away."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.decomposers import Parameters
from model.decomposers.classic import Classic
from model.decomposers.classic.text.lines import lines_of
from model.decomposers.classic.text.reader import RapidReader
from model.fidelity import max_error
from model.layers import Pixels, on_canvas
from model.refine import refine

LINES = (("Summer", 40, 60), ("Concerts", 40, 140))


@pytest.fixture(scope="session")
def reader() -> RapidReader:
    return RapidReader()


def poster(text: bool = True) -> Pixels:
    image = Image.new("RGB", (400, 300), (235, 230, 220))
    pen = ImageDraw.Draw(image)
    pen.ellipse((250, 90, 380, 220), fill=(230, 120, 30))
    for line, x, y in LINES if text else ():
        pen.text((x, y), line, (20, 40, 110), ImageFont.load_default(56))
    return np.dstack([np.asarray(image), np.full((300, 400), 255, np.uint8)])


def test_lines_are_read_top_to_bottom_where_they_are(reader: RapidReader) -> None:
    words = reader.read(poster()[:, :, :3])
    assert [found.text for found in words] == ["Summer", "Concerts"]
    for found, (_, x, y) in zip(words, LINES, strict=True):
        left, top = found.polygon.min(axis=0)
        assert abs(left - x) < 12
        assert y - 8 < top < y + 24


def test_nothing_is_read_where_nothing_is_written(reader: RapidReader) -> None:
    assert not any(words.text for words in reader.read(poster(text=False)[:, :, :3]))
    assert reader.read(np.zeros((8, 8, 3), np.uint8)) == []


def test_lines_of_one_style_are_one_layer_that_leaves_the_shape_behind_it_whole(reader: RapidReader) -> None:
    picture, chosen = poster(), Parameters()
    raw = Classic(reader).decompose(picture, chosen, lambda stage, step, steps: None)
    stack = refine(raw, picture, chosen)
    assert [layer.name for layer in stack.layers] == ["background", "orange circle", "Summer Concerts"]
    assert max_error(stack, picture) == 0
    left = np.zeros((300, 400, 3), np.float32)
    for layer in stack.layers[:2]:
        canvas = on_canvas(layer, 400, 300).astype(np.float32)
        left = canvas[:, :, :3] * canvas[:, :, 3:] / 255 + left * (1 - canvas[:, :, 3:] / 255)
    assert (np.abs(left - poster(text=False)[:, :, :3]).max(axis=2) > 12).mean() < 0.001


def test_single_digits_are_read_and_scribbles_are_not(reader: RapidReader) -> None:
    image = Image.new("RGB", (600, 400), (245, 243, 238))
    pen = ImageDraw.Draw(image)
    for text, x, y in (("Coffee", 60, 50), ("3", 480, 50), ("Tea", 60, 100), ("2", 480, 100)):
        pen.text((x, y), text, (40, 30, 20), ImageFont.load_default(30))
    wave = [(60 + 2.2 * x, 280 + 40 * float(np.sin(0.35 * x)) + 20 * float(np.sin(0.13 * x))) for x in range(110)]
    pen.line(wave, fill=(200, 40, 60), width=6)
    assert sorted(words.text for words in reader.read(np.asarray(image)) if words.text) == ["2", "3", "Coffee", "Tea"]
    assert len(lines_of(np.asarray(image, np.float32), reader, 0.0)) == 4


def test_words_across_other_words_are_read_at_a_second_look(reader: RapidReader) -> None:
    image = Image.new("RGB", (420, 220), (200, 215, 240))
    pen = ImageDraw.Draw(image)
    pen.text((30, 30), "Design", (60, 90, 150), ImageFont.load_default(110), stroke_width=3, stroke_fill=(60, 90, 150))
    pen.text((45, 88), "Open Night", (220, 20, 30), ImageFont.load_default(26))
    found = lines_of(np.asarray(image, np.float32), reader, 0.0)
    assert len(found) == 2
    assert found[1].words.text == "Open Night"
    assert np.abs(found[1].color - (220, 20, 30)).max() < 12


def test_small_letters_on_a_large_page_are_read(reader: RapidReader) -> None:
    image = Image.new("RGB", (1200, 900), (240, 235, 225))
    ImageDraw.Draw(image).text((700, 500), "Doors open at eight", (40, 40, 60), ImageFont.load_default(13))
    found = reader.read(np.asarray(image))
    assert [words.text.replace(" ", "") for words in found] == ["Doorsopenateight"]


def test_a_line_many_times_as_long_as_high_is_read_whole(reader: RapidReader) -> None:
    image = Image.new("RGB", (900, 200), (240, 235, 225))
    text = "Doors open at eight and the concert starts at half past, bring a coat"
    ImageDraw.Draw(image).text((30, 80), text, (40, 40, 60), ImageFont.load_default(24))
    found = reader.read(np.asarray(image))
    assert [words.text.replace(" ", "") for words in found] == [text.replace(" ", "")]


def test_rows_of_a_pattern_are_no_words(reader: RapidReader) -> None:
    picture = np.full((400, 760, 3), 235, np.uint8)
    for y in range(20, 400, 22):
        for x in range(10, 760, 20):
            cv2.circle(picture, (x, y), 6, (120, 90, 60), 3)
    assert not any(len(words.text) > 1 for words in reader.read(picture))  # a ring by itself may be an O
    assert not any(line.words.text for line in lines_of(picture.astype(np.float32), reader, 0.0))


@pytest.mark.parametrize("turn", [90, -90])
def test_words_that_run_up_or_down_are_read_the_way_they_run(reader: RapidReader, turn: int) -> None:
    image = Image.new("L", (260, 60), 240)
    ImageDraw.Draw(image).text((20, 4), "Late Show", 20, ImageFont.load_default(44))
    picture = np.full((320, 200, 3), 240, np.uint8)
    picture[30:290, 70:130] = np.asarray(image.rotate(turn, expand=True))[:, :, None]
    found = reader.read(picture)
    assert [words.text for words in found] == ["Late Show"]
    assert found[0].is_upright
    across = found[0].polygon[1] - found[0].polygon[0]
    assert np.sign(across[1]) == -np.sign(turn)


def test_a_line_in_a_script_that_cannot_be_read_is_a_line_without_words(reader: RapidReader) -> None:
    # strokes in the manner of letters, in no alphabet
    picture = np.full((200, 420, 3), 245, np.uint8)
    for index, x in enumerate(range(60, 340, 34)):
        cv2.ellipse(picture, (x, 100), (11, 18), 0, 40 * index, 40 * index + 220, (30, 30, 90), 5)
        cv2.line(picture, (x + 8, 80), (x + 8, 122), (30, 30, 90), 5)
    found = lines_of(picture.astype(np.float32), reader, 0.0)
    assert len(found) == 1
    assert found[0].core.any(axis=0).sum() > 0.6 * (340 - 60)


@pytest.mark.parametrize(
    "size", [(3000, 2), (20, 3000), (961, 16), (1920, 33), (1920, 34), (737, 16), (4000, 80), (16, 16), (960, 16)]
)
def test_a_picture_of_any_shape_is_read(reader: RapidReader, size: tuple[int, int]) -> None:
    width, height = size
    assert reader.read(np.full((height, width, 3), 200, np.uint8)) == []

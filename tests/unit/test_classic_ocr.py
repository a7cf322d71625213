"""The reader that comes with ``classic``: words are found where they are, and their layer can be taken away."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.decomposers import Parameters
from model.decomposers.classic import Classic
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
    assert reader.read(poster(text=False)[:, :, :3]) == []
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


@pytest.mark.parametrize("size", [(3000, 2), (20, 3000), (961, 16), (1920, 33), (1920, 34), (16, 16), (960, 16)])
def test_a_picture_of_any_shape_is_read(reader: RapidReader, size: tuple[int, int]) -> None:
    width, height = size
    assert reader.read(np.full((height, width, 3), 200, np.uint8)) == []

"""Labels: single letters and digits, and words too small to be a layer each."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.planes import Floats
from model.decomposers.classic.text.lines import lines_of
from model.decomposers.classic.text.reader import Words
from model.decomposers.classic.text.styles import lines_of_one_style

GROUND, INK, OTHER = (248, 246, 240), (40, 40, 60), (200, 60, 40)


class Told:
    """A reader that says what was drawn, where it was."""

    def __init__(self, words: list[Words]) -> None:
        self._words = words

    def read(self, rgb: NDArray[np.uint8]) -> list[Words]:
        return self._words if rgb.shape[:2] == (600, 800) else []


def page(*labels: tuple[str, int, int, tuple[int, int, int]], size: int = 24) -> tuple[Floats, Told]:
    """A page with labels, each a text, its left and top, and its colour; and a reader of it."""
    image = Image.new("RGB", (800, 600), GROUND)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    words = []
    for text, x, y, color in labels:
        pen.text((x, y), text, color, font)
        left, top, right, bottom = pen.textbbox((x, y), text, font)
        box = [[left - 4, top - 4], [right + 4, top - 4], [right + 4, bottom + 4], [left - 4, bottom + 4]]
        words.append(Words(text, np.array(box, np.float32)))
    return np.asarray(image, np.float32), Told(words)


def texts(found: list[list[str]]) -> list[str]:
    return sorted(" ".join(group) for group in found)


def test_a_single_letter_in_the_style_of_other_text_is_text_and_one_in_none_is_not() -> None:
    picture, reader = page(("Coffee", 60, 60, INK), ("3", 600, 60, INK), ("O", 300, 200, OTHER))
    assert [line.words.text for line in lines_of(picture, reader, 0.0)] == ["Coffee", "3"]


def test_a_single_letter_of_another_height_is_not_text() -> None:
    large, _ = page(("O", 500, 300, INK), size=120)
    picture, reader = page(("Coffee", 60, 60, INK))
    box = np.array([[490, 320], [590, 320], [590, 430], [490, 430]], np.float32)
    both = Told([*reader.read(picture.astype(np.uint8)), Words("O", box)])
    assert [line.words.text for line in lines_of(np.minimum(picture, large), both, 0.0)] == ["Coffee"]


def test_small_labels_of_one_style_are_one_layer_wherever_they_stand_and_larger_words_are_not() -> None:
    labels = [(text, 40, y, INK) for text, y in (("20", 100), ("10", 250), ("5", 400))]
    picture, reader = page(*labels, ("OK", 700, 500, OTHER), size=14)
    groups = lines_of_one_style(lines_of(picture, reader, 0.0))
    assert texts([[line.words.text for line in group] for group in groups]) == ["20 10 5", "OK"]
    picture, reader = page(("Breakfast", 40, 100, INK), ("Dinner", 40, 400, INK), size=40)
    assert len(lines_of_one_style(lines_of(picture, reader, 0.0))) == 2


def test_a_digit_that_no_drawing_looks_like_is_text_and_takes_those_in_its_column_with_it() -> None:
    picture, reader = page(("1", 60, 60, INK), ("2", 60, 260, OTHER), ("1", 400, 500, OTHER))
    assert [(line.words.text, line.box[0].start < 100) for line in lines_of(picture, reader, 0.0)] == [
        ("1", True),
        ("2", False),
    ]

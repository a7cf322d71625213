"""Styles of text: which become one where there are more than layers asked for."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.decomposers.classic.text.ink import Line, inked
from model.decomposers.classic.text.reader import Words
from model.decomposers.classic.text.styles import fewer_texts

TOPS = {"one": 10, "two": 50, "three": 100, "four": 280, "five": 325}


def groups() -> list[list[Line]]:
    """Five words under one another, each a style by itself: three near one another and, far below, two."""
    image = Image.new("RGB", (200, 380), (250, 250, 250))
    pen = ImageDraw.Draw(image)
    for word, top in TOPS.items():
        pen.text((20, top), word, (20, 30, 120), ImageFont.load_default(32))
    picture = np.asarray(image, np.float32)
    lines = []
    for word, top in TOPS.items():
        corners = np.array([[15, top], [120, top], [120, top + 40], [15, top + 40]], np.float32)
        line = inked(picture, Words(word, corners), 0.0)
        assert line is not None
        lines.append([line])
    return lines


def told(found: list[list[Line]]) -> list[list[str]]:
    return [[line.words.text for line in group] for group in found]


def test_the_nearest_become_one_first_and_what_has_become_one_is_as_near_as_its_nearer_part() -> None:
    assert told(fewer_texts(groups(), 4)) == [["one", "two"], ["three"], ["four"], ["five"]]
    assert told(fewer_texts(groups(), 3)) == [["one", "two"], ["three"], ["four", "five"]]
    assert told(fewer_texts(groups(), 2)) == [["one", "two", "three"], ["four", "five"]]


def test_one_text_is_left_where_none_is_asked_for_and_all_where_there_is_room() -> None:
    assert told(fewer_texts(groups(), 0)) == [list(TOPS)]
    assert told(fewer_texts(groups(), 5)) == [[word] for word in TOPS]
    assert fewer_texts([], 0) == []

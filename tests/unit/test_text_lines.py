"""The lines of a text layer, from the decomposer's canvas to the picture's."""

from dataclasses import replace

import numpy as np

from model.compositing import composite
from model.decomposers import Parameters
from model.layers import Kind, Layer, Stack, TextLine, TextWord, moved
from model.nested import cutout, split
from model.refine import refine

EVERY = Parameters(max_layers=16, min_alpha_area_ratio=0)
WIDTH, HEIGHT = 120, 80


def _line(text: str, x: int, y: int, width: int, height: int) -> TextLine:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    half = width // 2
    words = (TextWord(text[:1], (x, y, half, height)), TextWord(text[1:], (x + half, y, width - half, height)))
    return TextLine(text, tuple((float(a), float(b)) for a, b in corners), words, "#1e1e1e")


def _bars(line: TextLine, kind: Kind = "text", colour: int = 30) -> Layer:
    """A layer that has opaque pixels all over its line."""
    (x, y), _, (right, bottom), _ = line.polygon
    pixels = np.full((int(bottom - y), int(right - x), 4), (colour, colour, colour, 255), np.uint8)
    return Layer(pixels, int(x), int(y), line.text, kind, line.text, lines=(line,))


def _raw(*layers: Layer) -> Stack:
    ground = np.full((HEIGHT, WIDTH, 4), (240, 235, 230, 255), np.uint8)
    return Stack(WIDTH, HEIGHT, (Layer(ground, name="ground", kind="background"), *layers))


def test_lines_are_where_they_were_in_a_picture_of_the_same_size() -> None:
    line = _line("one", 20, 10, 60, 12)
    raw = _raw(_bars(line), _bars(_line("box", 70, 50, 20, 20), "shape", 120))
    refined = refine(raw, composite(raw), EVERY)
    assert [layer.lines for layer in refined.layers] == [(), (line,), ()]


def test_lines_grow_and_shrink_with_the_canvas() -> None:
    raw = _raw(_bars(_line("one", 20, 10, 60, 12)))
    picture = composite(raw)
    larger = np.repeat(np.repeat(picture, 3, axis=0), 2, axis=1)
    assert refine(raw, larger, EVERY).layers[1].lines == (
        TextLine(
            "one",
            ((40, 30), (160, 30), (160, 66), (40, 66)),
            (TextWord("o", (40, 30, 60, 36)), TextWord("ne", (100, 30, 60, 36))),
            "#1e1e1e",
        ),
    )
    (line,) = refine(raw, picture[::3, ::3].copy(), EVERY).layers[1].lines
    assert np.allclose(line.polygon, np.array([(20, 10), (80, 10), (80, 22), (20, 22)]) * ((40 / 120, 27 / 80),))
    assert line.words[0] == TextWord("o", (6, 3, 11, 5))


def test_texts_that_become_one_layer_join_their_lines_in_reading_order() -> None:
    below, above, beside = _line("three", 20, 40, 30, 10), _line("one", 20, 10, 30, 10), _line("two", 60, 12, 30, 10)
    raw = _raw(*(_bars(line) for line in (below, beside, above)))
    refined = refine(raw, composite(raw), replace(EVERY, max_layers=2))
    (text,) = refined.layers[1:]
    assert text.text == "one\ntwo\nthree"
    assert text.lines == (above, beside, below)


def test_what_is_no_text_has_no_lines() -> None:
    large = np.full((40, 90, 4), (200, 60, 60, 255), np.uint8)
    raw = _raw(
        _bars(_line("sign", 5, 5, 10, 10), "object"),
        Layer(large, 20, 30, "card", "shape"),
        _bars(_line("a", 30, 34, 8, 8)),
    )
    refined = refine(raw, composite(raw), replace(EVERY, max_layers=2))
    assert [(layer.kind, layer.lines) for layer in refined.layers] == [("background", ()), ("shape", ())]
    only = Stack(WIDTH, HEIGHT, (_bars(_line("all", 0, 0, WIDTH, HEIGHT)),))
    refined = refine(only, composite(only), EVERY)
    assert [(layer.kind, layer.lines) for layer in refined.layers] == [("background", ())]


def test_parts_of_a_layer_have_their_lines_on_the_whole_canvas() -> None:
    first, second = _line("one", 20, 10, 60, 12), _line("two", 20, 40, 60, 12)
    both = composite(Stack(WIDTH, HEIGHT, (_bars(first), _bars(second, colour=200))))
    whole = refine(
        _raw(Layer(both, name="both", kind="text", text="one two", lines=(first, second))),
        composite(_raw(Layer(both))),
        EVERY,
    )
    cut = cutout(whole.layers[1])
    parts = [moved(_bars(first), -cut.x, -cut.y), moved(_bars(second, colour=200), -cut.x, -cut.y)]
    ground = Layer(np.full_like(cut.pixels, 128) | np.array([0, 0, 0, 255], np.uint8), kind="background")
    raw = Stack(cut.pixels.shape[1], cut.pixels.shape[0], (ground, *parts))
    nested = split(whole, 1, raw, EVERY, lambda stage, step, steps: None)
    assert [layer.lines for layer in nested.stack.layers] == [(), (first,), (second,)]


def test_a_layer_that_does_not_come_apart_keeps_its_lines() -> None:
    line = _line("one", 20, 10, 60, 12)
    raw = _raw(_bars(line))
    whole = refine(raw, composite(raw), EVERY)
    cut = cutout(whole.layers[1])
    same = Stack(cut.pixels.shape[1], cut.pixels.shape[0], (Layer(cut.pixels, name="one", kind="text", text="one"),))
    nested = split(whole, 1, same, EVERY, lambda stage, step, steps: None)
    assert [layer.lines for layer in nested.stack.layers] == [(), (line,)]

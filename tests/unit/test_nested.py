"""A layer split further: exact, in its place, and nothing else touched."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.compositing import composite, over
from model.content_hash import decomposition_id, nested_id
from model.decomposers import Parameters
from model.layers import Layer, Pixels, Stack, on_canvas
from model.nested import Nested, cutout, split
from model.refine import refine
from tests.stack_promises import assert_promises_kept, by_pillow

WIDTH, HEIGHT = 80, 60
EVERY = Parameters(max_layers=16, min_alpha_area_ratio=0)


def _silent(stage: str, step: int, steps: int) -> None:
    pass


def _disc(left: int, top: int, across: int, colour: tuple[int, int, int], alpha: int = 255, name: str = "") -> Layer:
    """With a soft rim."""
    rows, columns = np.mgrid[:across, :across]
    share = np.clip(across / 2 - np.hypot(columns - across / 2 + 0.5, rows - across / 2 + 0.5), 0, 1)
    pixels = np.zeros((across, across, 4), np.uint8)
    pixels[:, :, :3], pixels[:, :, 3] = colour, np.rint(share * alpha)
    return Layer(pixels, left, top, name, "shape")


def _slope() -> Layer:
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:, :, 0], pixels[:, :, 1], pixels[:, :, 3] = 60 + np.arange(WIDTH), 90, 255
    return Layer(pixels, name="background", kind="background")


def _whole(*layers: Layer) -> Stack:
    """An exact stack of what the layers show together over a slope, with these layers."""
    raw = Stack(WIDTH, HEIGHT, (_slope(), *layers))
    return refine(raw, composite(raw), EVERY)


def _joined(*layers: Layer, name: str = "things") -> Layer:
    return Layer(composite(Stack(WIDTH, HEIGHT, layers)), name=name, kind="object")


def _proposal(layer: Layer, *parts: Layer, ground: int = 128) -> Stack:
    """Of a decomposer that knows the parts, and sees nothing as grey, as ``classic`` does."""
    cut = cutout(layer)
    height, width = cut.pixels.shape[:2]
    grey = np.full((height, width, 4), ground, np.uint8)
    grey[:, :, 3] = 255
    moved = [replace(part, x=part.x - cut.x, y=part.y - cut.y) for part in parts]
    return Stack(width, height, (Layer(grey, name="background", kind="background"), *moved), {"caption": "parts"})


def _assert_only_the_layer_changed(whole: Stack, index: int, nested: Nested) -> None:
    """And it is split exactly, over any ground."""
    picture = composite(whole)
    assert_promises_kept(nested.stack, picture, EVERY)
    parts = nested.stack.layers[index : index + nested.child_count]
    others = [*nested.stack.layers[:index], *nested.stack.layers[index + nested.child_count :]]
    before = [*whole.layers[:index], *whole.layers[index + 1 :]]
    assert [(layer.name, layer.text, layer.bbox) for layer in others] == [
        (layer.name, layer.text, layer.bbox) for layer in before
    ]
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(others, before, strict=True))
    for ground in (_noise(5), np.zeros((HEIGHT, WIDTH, 4), np.uint8), _noise(6, alpha=True)):
        whole_over, parts_over = ground.copy(), ground.copy()
        over(whole_over, whole.layers[index].pixels, whole.layers[index].box)
        for part in parts:
            over(parts_over, part.pixels, part.box)
        assert np.array_equal(whole_over, parts_over)


def _noise(seed: int, *, alpha: bool = False) -> Pixels:
    pixels = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    if not alpha:
        pixels[:, :, 3] = 255
    return pixels


def test_things_that_stand_apart_become_layers_with_nothing_under_them() -> None:
    red, blue = _disc(10, 12, 20, (220, 30, 40), name="red"), _disc(44, 20, 24, (30, 50, 210), name="blue")
    whole = _whole(_joined(red, blue), _disc(20, 40, 12, (240, 240, 240), name="top"))
    nested = split(whole, 1, _proposal(whole.layers[1], red, blue), EVERY, _silent)
    assert [layer.name for layer in nested.stack.layers] == ["background", "red", "blue", "top"]
    assert nested.child_count == 2
    assert nested.stack.notes == {"caption": "parts", "separated": True}
    _assert_only_the_layer_changed(whole, 1, nested)
    for found, true in zip(nested.stack.layers[1:3], (red, blue), strict=True):
        difference = _alpha(found).astype(int) - _alpha(true)
        assert np.abs(difference).sum() < 0.02 * _alpha(true).sum()


def test_what_is_left_of_a_card_stays_the_card_and_goes_on_under_its_parts() -> None:
    card = np.zeros((40, 60, 4), np.uint8)
    card[:] = (250, 240, 220, 255)
    dot = _disc(30, 20, 16, (200, 20, 20), name="dot")
    whole = _whole(_joined(Layer(card, 10, 10), dot, name="card"))
    nested = split(whole, 1, _proposal(whole.layers[1], Layer(card, 10, 10, "panel"), dot), EVERY, _silent)
    assert [layer.name for layer in nested.stack.layers] == ["background", "card", "dot"]
    assert nested.stack.layers[1].kind == "object"
    _assert_only_the_layer_changed(whole, 1, nested)
    assert np.abs(nested.stack.layers[1].pixels.astype(int) - card).max() <= 3


def test_glass_goes_on_under_what_stands_on_it_as_clear_as_beside_it() -> None:
    pane = np.zeros((40, 60, 4), np.uint8)
    pane[:] = (240, 240, 250, 110)
    dot = _disc(30, 20, 16, (200, 20, 20), name="dot")
    layer = _joined(Layer(pane, 10, 10), dot, name="glass")
    whole = _whole()
    whole = Stack(WIDTH, HEIGHT, (*whole.layers, replace(layer, depth=1.0)))
    nested = split(whole, 1, _proposal(layer, dot), EVERY, _silent)
    assert [layer.name for layer in nested.stack.layers] == ["background", "glass", "dot"]
    _assert_only_the_layer_changed(whole, 1, nested)
    core = _alpha(nested.stack.layers[1])[24:32, 34:42]
    assert core.min() >= 108
    assert core.max() <= 112


def test_the_background_comes_apart_and_stays_the_background() -> None:
    dot = _disc(30, 20, 16, (200, 20, 20), name="dot")
    ground = _joined(_slope(), dot, name="background")
    whole = Stack(WIDTH, HEIGHT, (replace(ground, kind="background", depth=0.0),))
    raw = Stack(WIDTH, HEIGHT, (_slope(), dot))
    nested = split(whole, 0, raw, EVERY, _silent)
    assert [(layer.name, layer.kind) for layer in nested.stack.layers] == [
        ("background", "background"),
        ("dot", "shape"),
    ]
    _assert_only_the_layer_changed(whole, 0, nested)


def test_a_layer_that_does_not_come_apart_is_left_as_it_was() -> None:
    whole = _whole(_disc(10, 12, 20, (220, 30, 40), name="red"), _disc(40, 12, 20, (20, 30, 240), name="blue"))
    for raw in (_proposal(whole.layers[1]), _proposal(whole.layers[1], whole.layers[1]), Stack(36, 36, ())):
        nested = split(whole, 1, raw, EVERY, _silent)
        assert (nested.child_count, nested.stack.notes["separated"]) == (1, False)
        assert [layer.name for layer in nested.stack.layers] == ["background", "red", "blue"]
        assert all(one.pixels is other.pixels for one, other in zip(nested.stack.layers, whole.layers, strict=True))


def test_names_of_parts_give_way_to_names_that_are_taken() -> None:
    leaves = [_disc(8 + 24 * place, 20, 20, (20, 160, 20), name="leaf") for place in range(3)]
    whole = _whole(_joined(*leaves[:2], name="leaves"), leaves[2])
    nested = split(whole, 1, _proposal(whole.layers[1], *leaves[:2]), EVERY, _silent)
    assert [layer.name for layer in nested.stack.layers] == ["background", "leaf 2", "leaf 3", "leaf"]
    assert [layer.depth for layer in nested.stack.layers] == [0, 1 / 3, 2 / 3, 1]


def test_words_are_those_of_the_parts_where_they_have_any() -> None:
    dot, word = _disc(10, 20, 16, (200, 20, 20)), _disc(40, 20, 16, (20, 20, 200), name="word")
    lines = replace(_joined(_slope(), dot, word, name="lines"), kind="text", text="dot word")
    whole = Stack(WIDTH, HEIGHT, (replace(_slope(), depth=0.0), replace(lines, depth=1.0)))
    raw = Stack(WIDTH, HEIGHT, (_slope(), dot, replace(word, kind="text", text="word")))
    nested = split(whole, 1, raw, EVERY, _silent)
    assert [(layer.kind, layer.text) for layer in nested.stack.layers] == [
        ("background", None),
        ("text", None),
        ("shape", None),
        ("text", "word"),
    ]


def test_no_more_parts_are_made_than_were_asked_for() -> None:
    discs = [_disc(2 + 13 * place, 20, 11, (250 - 40 * place, 40 * place, 99), name=f"d{place}") for place in range(6)]
    whole = _whole(_joined(*discs))
    nested = split(whole, 1, _proposal(whole.layers[1], *discs), Parameters(max_layers=3), _silent)
    assert 2 <= nested.child_count <= 3
    assert np.array_equal(by_pillow(nested.stack), composite(whole))


def test_a_layer_is_looked_at_in_its_own_box() -> None:
    small = _disc(50, 40, 10, (1, 2, 3))
    cut = cutout(small)
    assert (cut.pixels.shape[:2], cut.x, cut.y) == ((26, 26), 42, 32)
    assert np.array_equal(cut.pixels[8:-8, 8:-8][small.pixels[:, :, 3] > 0], small.pixels[small.pixels[:, :, 3] > 0])
    assert not cut.pixels[cut.pixels[:, :, 3] == 0].any()
    card = Layer(np.full((20, 30, 4), 255, np.uint8), 5, 6)
    assert cutout(card).pixels.shape == (20, 30, 4)
    assert (cutout(card).x, cutout(card).y) == (5, 6)


def test_a_layer_is_shown_on_what_it_stands_out_from() -> None:
    dark, light = _disc(20, 10, 30, (20, 20, 30)), _disc(20, 10, 30, (250, 250, 240))
    both = _joined(dark, replace(light, x=50))
    for layer, grey in ((dark, 255), (light, 0), (both, 128)):
        shown = cutout(layer).shown()
        assert (shown[0, 0] == (grey, grey, grey, 255)).all()
        assert (shown[:, :, 3] == 255).all()
        cut = cutout(layer).pixels
        assert np.array_equal(shown[cut[:, :, 3] == 255], cut[cut[:, :, 3] == 255])
    assert np.array_equal(cutout(_slope()).shown(), _slope().pixels)
    for alpha in (0, 1, 32):
        faint = Layer(np.full((4, 5, 4), alpha, np.uint8))
        assert (cutout(faint).shown()[:, :, 3] == 255).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["opaque", "clear", "blends"]))
def test_any_layer_of_any_stack_is_split_by_any_proposal(seed: int, alpha: str) -> None:
    generator = np.random.default_rng(seed)
    image = _noise(seed)
    if alpha != "opaque":
        image[:, : WIDTH // 2, 3] = 0 if alpha == "clear" else generator.integers(0, 256, (HEIGHT, WIDTH // 2))
        image[image[:, :, 3] == 0] = 0
    whole = refine(_any_stack(generator, WIDTH, HEIGHT), image, EVERY)
    index = int(generator.integers(len(whole.layers)))
    height, width = cutout(whole.layers[index]).pixels.shape[:2]
    size = (width, height) if generator.random() < 0.7 else (max(1, width // 2), max(1, height // 2))
    nested = split(whole, index, _any_stack(generator, *size), EVERY, _silent)
    _assert_only_the_layer_changed(whole, index, nested)
    again = split(nested.stack, index, _any_stack(generator, 9, 7), EVERY, _silent)
    assert np.array_equal(by_pillow(again.stack), image)


def _any_stack(generator: np.random.Generator, width: int, height: int) -> Stack:
    layers = []
    for place in range(int(generator.integers(0, 5))):
        x, y = int(generator.integers(-3, width)), int(generator.integers(-3, height))
        pixels = generator.integers(0, 256, (int(generator.integers(1, height + 3)), width, 4), np.uint8)
        if generator.random() < 0.6:
            pixels[:, :, 3] = np.where(pixels[:, :, 3] > 128, 255, 0)
        layers.append(Layer(pixels, x, y, "any", "background" if place == 0 else "object"))
    return Stack(width, height, tuple(layers))


@pytest.mark.parametrize("change", [lambda: ("dec_b", 1), lambda: ("dec_a", 2)], ids=["parent", "layer"])
def test_an_id_is_of_one_layer_of_one_parent(change: Callable[[], tuple[str, int]]) -> None:
    of = ("classic", "1", {"seed": 0})
    first = nested_id("dec_a", 1, *of)
    assert first == nested_id("dec_a", 1, "classic", "1", {"seed": 0.0})
    assert first != nested_id(*change(), *of)
    assert first != nested_id("dec_a", 1, "classic", "2", {"seed": 0})
    assert first != decomposition_id("dec_a", *of)
    assert len(first) == len(decomposition_id("dec_a", *of)) == 36


def _alpha(layer: Layer) -> Pixels:
    return on_canvas(layer, WIDTH, HEIGHT)[:, :, 3]

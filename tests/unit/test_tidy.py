from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.compositing import flattened
from model.layers import Kind, Layer, TextLine, on_canvas
from model.refine.thumbnail import small_alpha
from model.refine.tidy import at_most, named, tidied, without_specks

WIDTH, HEIGHT = 200, 100


def _box(x: int, y: int, width: int, height: int, colour: int = 100, kind: Kind = "shape", name: str = "") -> Layer:
    return Layer(np.full((height, width, 4), (colour, colour, colour, 255), np.uint8), x, y, name=name, kind=kind)


def _ground() -> Layer:
    return _box(0, 0, WIDTH, HEIGHT, 250, "background", "ground")


def _boxes(layers: list[Layer]) -> list[tuple[int, int, int, int]]:
    return [layer.bbox for layer in layers]


def test_a_speck_becomes_part_of_the_layer_under_it() -> None:
    layers = [_ground(), _box(10, 10, 80, 60), _box(120, 10, 60, 60), _box(30, 30, 4, 4, 20)]
    tidy = without_specks(layers, WIDTH, HEIGHT, 0.01)
    assert _boxes(tidy) == [(0, 0, WIDTH, HEIGHT), (10, 10, 80, 60), (120, 10, 60, 60)]
    assert tidy[1].pixels[20, 20, 0] == 20
    assert np.array_equal(flattened(tidy, WIDTH, HEIGHT), flattened(layers, WIDTH, HEIGHT))


def test_a_speck_over_nothing_else_becomes_background() -> None:
    layers = [_ground(), _box(10, 10, 80, 60), _box(150, 30, 4, 4, 20)]
    tidy = without_specks(layers, WIDTH, HEIGHT, 0.01)
    assert [layer.kind for layer in tidy] == ["background", "shape"]
    assert tidy[0].pixels[30, 150, 0] == 20


def test_a_small_word_is_no_speck_as_its_line_takes_more_room_than_its_letters() -> None:
    label = replace(_box(10, 10, 2, 2, kind="text"), lines=(TextLine("ok", ((10, 10), (26, 10), (26, 18), (10, 18))),))
    assert len(without_specks([_ground(), label], WIDTH, HEIGHT, 0.005)) == 2
    assert len(without_specks([_ground(), replace(label, lines=())], WIDTH, HEIGHT, 0.005)) == 1


def test_specks_that_are_large_enough_together_stay_one_layer() -> None:
    layers = [_ground(), _box(20, 20, 12, 12, 10), _box(26, 26, 12, 12, 20)]
    tidy = without_specks(layers, WIDTH, HEIGHT, 0.01)
    assert _boxes(tidy) == [(0, 0, WIDTH, HEIGHT), (20, 20, 18, 18)]


def test_no_ratio_keeps_every_speck() -> None:
    layers = [_ground(), _box(150, 30, 1, 1)]
    assert without_specks(layers, WIDTH, HEIGHT, 0.0) == layers


def test_the_most_alike_become_one_and_texts_join_texts() -> None:
    layers = [
        _ground(),
        _box(10, 60, 180, 30, 120, name="panel"),
        _box(20, 10, 60, 10, 30, "text", "one"),
        _box(20, 24, 60, 10, 30, "text", "two"),
    ]
    tidy = at_most(layers, WIDTH, HEIGHT, 3)
    assert [(layer.kind, layer.bbox) for layer in tidy[1:]] == [
        ("shape", (10, 60, 180, 30)),
        ("text", (20, 10, 60, 24)),
    ]


def test_texts_that_become_one_are_read_in_rows() -> None:
    lines = [_box(x, y, 40, 10, 30, "text") for x, y in ((100, 12), (20, 40), (20, 10))]
    texts = [
        Layer(line.pixels, line.x, line.y, name=words, kind="text", text=words)
        for line, words in zip(lines, ("right", "below", "left"), strict=True)
    ]
    tidy = at_most([_ground(), *texts], WIDTH, HEIGHT, 2)
    assert tidy[1].text == "left\nright\nbelow"


def test_layers_between_keep_their_side() -> None:
    """The two alike lie under and over a third that overlaps both: merging them would bring one to the wrong side."""
    layers = [
        _ground(),
        _box(20, 20, 60, 60, 100, name="under"),
        _box(50, 30, 60, 40, 200, "object", "between"),
        _box(40, 40, 60, 20, 100, name="over"),
    ]
    tidy = at_most(layers, WIDTH, HEIGHT, 3)
    assert len(tidy) == 3
    assert np.array_equal(flattened(tidy, WIDTH, HEIGHT), flattened(layers, WIDTH, HEIGHT))


def test_twins_are_one_layer_though_there_is_room() -> None:
    layers = [_ground(), _box(10, 10, 50, 50, 90), _box(10, 10, 50, 50, 110)]
    assert _boxes(at_most(layers, WIDTH, HEIGHT, 5)) == [(0, 0, WIDTH, HEIGHT), (10, 10, 50, 50)]


@pytest.mark.parametrize("most", [1, 2, 3, 4, 6])
def test_there_are_never_more_than_asked_for_and_they_look_the_same(most: int) -> None:
    generator = np.random.default_rng(most)
    layers = [_ground()]
    for _ in range(7):
        x, y = int(generator.integers(0, 150)), int(generator.integers(0, 60))
        layers.append(_box(x, y, 40, 30, int(generator.integers(0, 256))))
    tidy = at_most(layers, WIDTH, HEIGHT, most)
    assert len(tidy) <= most
    assert tidy[0].kind == "background"
    assert tidy[0].bbox == (0, 0, WIDTH, HEIGHT)
    if most == 1:
        assert np.array_equal(tidy[0].pixels, flattened(layers, WIDTH, HEIGHT))


def test_names_are_unique_and_depths_rise_in_even_steps() -> None:
    layers = [_ground(), _box(0, 0, 1, 1, name="star"), _box(0, 0, 1, 1, name=" star\n"), _box(0, 0, 1, 1), _ground()]
    result = named(layers)
    assert [layer.name for layer in result] == ["ground", "star", "star 2", "shape", "ground 2"]
    assert [layer.depth for layer in result] == [0, 0.25, 0.5, 0.75, 1]


def test_a_made_up_number_never_meets_a_name_that_has_it() -> None:
    names = [layer.name for layer in named([_box(0, 0, 1, 1, name=name) for name in ("a", "a 2", "a", "a 2", "a")])]
    assert len(set(names)) == 5


def test_the_only_layer_is_farthest() -> None:
    assert named([_ground()])[0].depth == 0


@pytest.mark.parametrize("most", [2, 3, 16])
def test_both_steps_at_once_give_what_one_after_the_other_gives(most: int) -> None:
    layers = [_ground(), _box(10, 10, 80, 60), _box(120, 10, 60, 60, 90), _box(30, 30, 4, 4, 20), _box(125, 15, 5, 5)]
    one = at_most(without_specks(layers, WIDTH, HEIGHT, 0.01), WIDTH, HEIGHT, most)
    both = tidied(layers, WIDTH, HEIGHT, 0.01, most)
    assert _boxes(both) == _boxes(one)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(both, one, strict=True))


@pytest.mark.parametrize(("width", "height"), [(192, 100), (1000, 700), (4003, 1501), (3000, 1), (5, 900)])
def test_a_small_alpha_is_the_whole_one_averaged_within_half_a_small_pixel(width: int, height: int) -> None:
    scale = min(1.0, 192 / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    layer = Layer(np.full((-(-height // 3), width // 2, 4), 255, np.uint8), width // 4, height // 3)
    whole = on_canvas(layer, width, height)[:, :, 3]
    wanted = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(float)
    found = small_alpha(layer, width, height, size).astype(float)
    rim = 2 * (sum(wanted.shape))
    assert np.abs(found - wanted).sum() / 255 <= max(0.5 * rim, 0.01)
    if scale == 1:
        assert np.array_equal(found, wanted)

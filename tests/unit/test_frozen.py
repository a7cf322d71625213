"""Layers as edits left them, and what is still known of them."""

from typing import Any

import numpy as np
import pytest

from model.compositing import over
from model.edits import fold, parse, scene_of
from model.edits.render import Sources, render
from model.frozen import Frozen, frozen
from model.layers import Layer, Pixels

WIDTH, HEIGHT = 40, 30
WORDS = {
    "text": "AB", "polygon": [[4, 5], [14, 5], [14, 11], [4, 11]], "color": "#102030",
    "words": [{"text": "AB", "bbox": [4, 5, 10, 6]}],
}  # fmt: skip
TOLD: list[dict[str, Any]] = [
    {"name": "ground", "kind": "background", "text": None, "lines": [], "bbox": [0, 0, WIDTH, HEIGHT]},
    {"name": "words", "kind": "text", "text": "AB", "lines": [WORDS], "bbox": [4, 5, 10, 6]},
    {"name": "glow", "kind": "object", "text": None, "bbox": [2, 3, 25, 20]},
]


@pytest.fixture
def sources() -> Sources:
    dice = np.random.default_rng(5)
    layers = []
    for said in TOLD:
        x, y, width, height = said["bbox"]
        layers.append(Layer(dice.integers(0, 256, (height, width, 4)).astype(np.uint8), x, y))
    return Sources(layers.__getitem__, {}.__getitem__)


def freeze(sources: Sources, *operations: dict[str, Any]) -> tuple[list[Frozen], Pixels]:
    scene = fold(parse(list(operations)), scene_of(WIDTH, HEIGHT, TOLD))
    return list(frozen(scene, TOLD, sources)), render(scene, sources.load_layer, sources.load_asset)


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"op": "opacity", "layer": "*", "to": 0.31}],
        [{"op": "rotate", "layer": 1, "by": 33}, {"op": "blend", "layer": 1, "mode": "overlay"}],
        [{"op": "scale", "layer": 2, "by": 0.4}, {"op": "blend", "layer": 2, "mode": "color-dodge"}],
        [
            {"op": "group", "layer": [1, 2], "name": "both"},
            {"op": "blend", "layer": 2, "mode": "multiply"},
            {"op": "opacity", "layer": "both", "to": 0.5},
            {"op": "blend", "layer": "both", "mode": "screen"},
        ],
    ],
    ids=["nothing", "opacity", "turned", "shrunk", "group"],
)
def test_laid_over_each_other_they_are_the_picture(sources: Sources, operations: list[dict[str, Any]]) -> None:
    some, picture = freeze(sources, *operations)
    canvas = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for one in some:
        over(canvas, one.layer.pixels, one.layer.box, blend=one.blend)
    assert np.array_equal(canvas, picture)


def test_lines_of_text_stand_where_they_were_moved_to(sources: Sources) -> None:
    some, _ = freeze(sources, {"op": "move", "layer": "words", "by": {"x": 3, "y": 2}})
    (line,) = some[1].layer.lines
    assert line.polygon == ((7, 7), (17, 7), (17, 13), (7, 13))
    assert [(word.text, word.bbox) for word in line.words] == [("AB", (7, 7, 10, 6))]
    assert (line.text, line.color, some[1].layer.text, some[1].layer.kind) == ("AB", "#102030", "AB", "text")


def test_lines_of_text_turn_with_their_layer(sources: Sources) -> None:
    some, _ = freeze(sources, {"op": "rotate", "layer": "words", "by": 90})
    (line,) = some[1].layer.lines
    assert np.allclose(line.polygon, [[12, 3], [12, 13], [6, 13], [6, 3]])
    assert line.words[0].bbox == (6, 3, 6, 10)


def test_only_what_is_still_so_is_told_of_text(sources: Sources) -> None:
    recolored, _ = freeze(sources, {"op": "recolor", "layer": "words", "color": "red"})
    assert [line.color for line in recolored[1].layer.lines] == [None]
    mirrored, _ = freeze(sources, {"op": "flip", "layer": "words", "axis": "horizontal"})
    assert (mirrored[1].layer.lines, mirrored[1].layer.text) == ((), "AB")
    cropped, _ = freeze(sources, {"op": "crop", "layer": "words", "box": {"x": 0, "y": 0, "width": 8, "height": 30}})
    assert cropped[1].layer.lines == ()


def test_lines_of_text_go_with_the_canvas(sources: Sources) -> None:
    some, _ = freeze(sources, {"op": "canvas", "width": 60, "height": 50, "anchor": "bottom-right"})
    (line,) = some[1].layer.lines
    assert line.polygon == ((24, 25), (34, 25), (34, 31), (24, 31))


def _inked(some: list[Frozen]) -> tuple[np.ndarray, Layer]:
    layer = next(one.layer for one in some if one.layer.kind == "text")
    rows, columns = np.nonzero(layer.pixels[:, :, 3] >= 128)
    return np.array(
        [columns.min() + layer.x, rows.min() + layer.y, columns.max() + layer.x, rows.max() + layer.y]
    ), layer


def test_words_that_were_set_say_where_their_lines_stand(sources: Sources) -> None:
    set_ = {"op": "text", "layer": "words", "value": "Ab\n\nCd", "color": "#0a0b0c", "size": 7}
    some, _ = freeze(sources, set_, {"op": "move", "layer": "words", "by": {"x": 2.5, "y": -3}})
    ink, layer = _inked(some)
    first, second = layer.lines
    assert (first.text, second.text, first.color, layer.text) == ("Ab", "Cd", "#0a0b0c", "Ab\n\nCd")
    corners = np.array([corner for line in layer.lines for corner in line.polygon])
    around = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    assert np.abs(around - ink).max() <= 2.5
    assert first.polygon[2][1] < second.polygon[0][1]


def test_only_what_is_still_so_is_told_of_words_that_were_set(sources: Sources) -> None:
    set_ = {"op": "text", "layer": "words", "value": "CD"}
    for more, told in {
        "recolor": ({"mode": "tint", "color": "red"}, [None]),
        "flip": ({"axis": "vertical"}, []),
        "crop": ({"box": {"x": 0, "width": 9}}, []),
    }.items():
        some, _ = freeze(sources, set_, {"op": more, "layer": "words", **told[0]})
        assert [line.color for line in _inked(some)[1].lines] == told[1], more


def test_depths_go_from_the_bottom_to_the_top(sources: Sources) -> None:
    some, _ = freeze(sources, {"op": "reorder", "layer": "glow", "to": "bottom"})
    assert [(one.layer.name, one.layer.depth) for one in some] == [("glow", 0.0), ("ground", 0.5), ("words", 1.0)]


def test_where_nothing_shows_there_is_one_empty_layer(sources: Sources) -> None:
    some, picture = freeze(sources, {"op": "hide", "layer": "*"})
    assert [(one.layer.bbox, one.blend, bool(one.layer.pixels.any())) for one in some] == [
        ((0, 0, WIDTH, HEIGHT), "normal", False)
    ]
    assert not picture.any()

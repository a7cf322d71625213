import base64

import hostile_images as made
import numpy as np
import pytest
from edit_scenes import alone, edited, noise, picture, stack
from PIL import Image

from model.edits import scene_key, scene_of_stack
from model.edits.render import fitted, render
from model.edits.state import Picture, Replacement
from model.errors import InvalidEdit
from model.image import Limits
from model.layers import Layer, Stack

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)
ASSET = "ab" * 32


def _flat(width, height, colour=RED):
    return np.full((height, width, 4), colour, np.uint8)


def _replaced(asset, *more, frame=(20, 10), **parameters):
    """A blue layer of size ``frame`` at 5, 5 of a canvas of 40 × 30, with the asset in its place."""
    one = Stack(40, 30, (Layer(_flat(*frame, BLUE), 5, 5, "it"),))
    swap = {"op": "replace", "layer": 0, "asset": ASSET, **parameters}
    return picture(edited(*more, swap, scene=scene_of_stack(one)), one, {ASSET: asset})


def _extent(pixels, colour=RED):
    """``(left, top, right, bottom)`` of where a colour is."""
    rows, columns = np.nonzero((pixels == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize(
    ("size", "how", "extent"),
    [
        ((10, 10), {}, (10, 5, 20, 15)),
        ((10, 10), {"anchor": "left"}, (5, 5, 15, 15)),
        ((10, 10), {"anchor": "bottom-right"}, (15, 5, 25, 15)),
        ((10, 10), {"anchor": [0.3, 0]}, (8, 5, 18, 15)),
        ((40, 10), {"anchor": "top"}, (5, 5, 25, 10)),
        ((40, 10), {"anchor": "bottom"}, (5, 10, 25, 15)),
        ((10, 10), {"fit": "cover"}, (5, 5, 25, 15)),
        ((300, 10), {"fit": "cover"}, (5, 5, 25, 15)),
        ((7, 13), {"fit": "fill"}, (5, 5, 25, 15)),
        ((20, 10), {}, (5, 5, 25, 15)),
    ],
    ids=str,
)
def test_the_picture_comes_into_the_layers_frame(size, how, extent):
    shown = _replaced(_flat(*size), **how)
    assert _extent(shown) == extent
    assert not (shown == BLUE).all(axis=2).any()


@pytest.mark.parametrize(("anchor", "first"), [("left", 0), ("center", 10), ("right", 20)])
def test_cover_shows_the_part_the_anchor_names(anchor, first):
    wide = _flat(40, 10)
    wide[:, :, 1] = np.arange(40)[None, :]
    shown = _replaced(wide, fit="cover", anchor=anchor)
    assert shown[5:15, 5:25, 1].tolist() == [list(range(first, first + 20))] * 10


def test_a_picture_of_the_frames_size_is_copied_to_the_bit():
    asset = noise(1, 10, 20, opaque=True)
    assert np.array_equal(_replaced(asset)[5:15, 5:25], asset)


def test_an_odd_gap_leaves_the_picture_on_whole_pixels():
    asset = noise(2, 10, 13, opaque=True)
    assert np.array_equal(_replaced(asset)[5:15, 9:22], asset)


@pytest.mark.parametrize(
    ("keep", "extent"),
    [(None, (0, 0, 20, 10)), (["position"], (0, 0, 20, 10)), ([], (5, 5, 25, 15)), (["opacity"], (5, 5, 25, 15))],
)
def test_position_is_kept_unless_told_otherwise(keep, extent):
    move = {"op": "move", "layer": 0, "to": {"x": 0, "y": 0}}
    assert _extent(_replaced(_flat(20, 10), move, **({} if keep is None else {"keep": keep}))) == extent


def test_opacity_and_blend_are_kept_and_recolorings_are_not():
    before = [
        {"op": "opacity", "layer": "logo", "to": 0.5},
        {"op": "blend", "layer": "logo", "mode": "screen"},
        {"op": "recolor", "layer": "logo", "color": "lime"},
        {"op": "rotate", "layer": "logo", "by": 20},
    ]
    swap = {"op": "replace", "layer": "logo", "asset": ASSET}
    by_default, nothing = edited(*before, swap).layers[4], edited(*before, {**swap, "keep": []}).layers[4]
    colours = edited(*before, {**swap, "keep": ["color"]}).layers[4]
    assert (by_default.opacity, by_default.blend, by_default.colours, by_default.angle) == (0.5, "screen", (), 20)
    assert (nothing.opacity, nothing.blend, nothing.colours, nothing.angle) == (1, "normal", (), 0)
    assert (colours.opacity, colours.blend, len(colours.colours)) == (1, "normal", 1)


def test_a_later_operation_acts_on_the_new_picture():
    recolor = {"op": "recolor", "layer": 0, "mode": "tint", "color": "lime"}
    one = Stack(20, 10, (Layer(_flat(20, 10, BLUE), 0, 0, "it"),))
    scene = edited({"op": "replace", "layer": 0, "asset": ASSET}, recolor, scene=scene_of_stack(one))
    assert (picture(scene, one, {ASSET: _flat(20, 10)}) == (0, 255, 0, 255)).all()


def test_a_mask_shows_the_picture_only_where_the_layer_is():
    layer = noise(3, 10, 20)
    one = Stack(40, 30, (Layer(layer, 5, 5, "it"),))
    swap = {"op": "replace", "layer": 0, "asset": ASSET, "fit": "fill", "keep": ["mask", "position"]}
    asset = _flat(20, 10, (9, 8, 7, 100))
    shown = picture(edited(swap, scene=scene_of_stack(one)), one, {ASSET: asset})
    assert shown[5:15, 5:25, 3].tolist() == np.rint(layer[:, :, 3] * (100 / 255)).tolist()
    move = {"op": "move", "layer": 0, "by": {"x": 3, "y": -9}}
    moved = picture(edited(swap, move, scene=scene_of_stack(one)), one, {ASSET: asset})
    assert np.array_equal(moved[:6, 8:28], shown[9:15, 5:25])


def test_a_mask_of_a_turned_layer_turns_with_it():
    turn = {"op": "rotate", "layer": 0, "by": 30}
    mask = _replaced(_flat(20, 10), turn, fit="fill", keep=["mask", "position"])
    plain = _replaced(_flat(20, 10), turn, fit="fill")
    covers = mask[:, :, 3].astype(int), plain[:, :, 3].astype(int)
    assert np.abs(covers[0] - covers[1] ** 2 / 255).max() <= 1  # only the rim, partly covered by both, is thinner


@pytest.mark.parametrize("fit", ["contain", "cover"])
def test_an_anchor_beyond_the_frame_is_its_edge(fit):
    asset = noise(7, 10, 12, opaque=True)
    beyond, edge = (_replaced(asset, fit=fit, anchor=anchor) for anchor in ([30, -2], "top-right"))
    assert np.array_equal(beyond, edge)


def test_a_picture_may_come_with_the_request():
    inside = made.png(np.full((5, 5, 3), (0, 200, 0), np.uint8), 2)
    text = base64.b64encode(inside).decode()
    swaps = [
        {"op": "replace", "layer": 0, "image_base64": sent}
        for sent in (text, f"data:image/png;base64,{text}", "\n".join([text[:30], text[30:]]))
    ]
    assert len({scene_key(edited(swap)) for swap in swaps}) == 1
    assert (alone(_flat(10, 10, BLUE), swaps[0]) == (0, 200, 0, 255)).all()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg/>", "SVG"),
        (made.small_png()[:-20], "cut short"),
        (made.saved(Image.new("RGB", (60, 60)), "PNG"), "at most 0.001 million"),
    ],
    ids=["empty", "svg", "cut", "large"],
)
def test_a_broken_picture_in_a_request_is_refused_at_its_place(data, words):
    swap = {"op": "replace", "layer": 0, "image_base64": base64.b64encode(data).decode()}
    scene = edited({"op": "hide", "layer": 1}, swap)
    with pytest.raises(InvalidEdit, match=words) as caught:
        render(scene, stack().layers.__getitem__, {}.__getitem__, Limits(max_pixels=1000))
    assert caught.value.pointer == "/operations/1/image_base64"


def test_only_layers_and_assets_that_show_are_loaded():
    asked = []
    scene = edited(
        {"op": "hide", "layer": 0},
        {"op": "replace", "layer": 1, "asset": ASSET},
        {"op": "replace", "layer": 2, "asset": ASSET, "keep": ["mask"]},
        {"op": "delete", "layer": 3},
    )

    def load_layer(index):
        asked.append(index)
        return stack().layers[index]

    def load_asset(sha256):
        asked.append(sha256)
        return _flat(4, 4)

    render(scene, load_layer, load_asset)
    assert asked == [ASSET, ASSET, 2, 4]


@pytest.mark.parametrize("fit", ["contain", "cover", "fill"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("frame", [(1, 1), (300, 2), (2, 300)])
def test_the_oddest_shapes_fit_into_each_other(fit, size, frame):
    cut, (across, _, x, _, down, y) = fitted(_flat(*size), Replacement(Picture(ASSET), fit, (0.5, 0.5)), *frame)
    assert min(cut.shape) > 0
    reaches = x + across * cut.shape[1], y + down * cut.shape[0]
    assert -1 <= x <= reaches[0] <= frame[0] + 1
    assert -1 <= y <= reaches[1] <= frame[1] + 1

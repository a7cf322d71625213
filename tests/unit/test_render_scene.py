"""How a folded scene comes out as pixels."""

import subprocess
import sys

import numpy as np
import pytest
from edit_scenes import HEIGHT, NAMES, WIDTH, alone, bounded, draws, edited, noise, picture, stack
from hypothesis import given
from hypothesis import strategies as st

from model.blend import MODES
from model.compositing import composite, flattened, over
from model.edits import scene_of, scene_of_stack
from model.edits.render import render
from model.layers import Layer, Stack, on_canvas


def _without(name):
    return flattened([layer for layer in stack().layers if layer.name != name], WIDTH, HEIGHT)


@pytest.mark.parametrize("op", ["hide", "delete"])
@pytest.mark.parametrize("name", NAMES)
def test_a_hidden_or_deleted_layer_leaves_the_others(op, name):
    assert np.array_equal(picture(edited({"op": op, "layer": name})), _without(name))


@pytest.mark.parametrize(("away", "back"), [("hide", "show"), ("delete", "restore")])
def test_what_comes_back_is_the_original(away, back):
    scene = edited({"op": away, "layer": "*"}, {"op": back, "layer": "*"})
    assert np.array_equal(picture(scene), composite(stack()))
    assert not picture(edited({"op": away, "layer": "*"})).any()


def test_opacity_0_is_no_layer_and_1_is_the_layer():
    assert np.array_equal(picture(edited({"op": "opacity", "layer": "glow", "to": 0})), _without("glow"))
    assert np.array_equal(picture(edited({"op": "opacity", "layer": "*", "to": 1})), composite(stack()))


@pytest.mark.parametrize("to", [0.25, 0.5, 0.999])
def test_opacity_scales_alpha(to):
    pixels = noise(1, 20, 20)
    shown = alone(pixels, {"op": "opacity", "layer": 0, "to": to})
    assert np.abs(shown[:, :, 3] - pixels[:, :, 3] * to).max() <= 0.5


@pytest.mark.parametrize("mode", MODES)
def test_a_blend_mode_is_that_of_the_compositor(mode):
    below, above = noise(2, 9, 9, opaque=True), noise(3, 9, 9)
    pair = Stack(9, 9, (Layer(below, 0, 0, "below"), Layer(above, 0, 0, "above")))
    scene = edited(
        {"op": "blend", "layer": 1, "mode": mode}, {"op": "opacity", "layer": 1, "to": 0.7}, scene=scene_of_stack(pair)
    )
    expected = below.copy()
    over(expected, above, (slice(0, 9), slice(0, 9)), 0.7, mode)
    assert np.array_equal(picture(scene, pair), expected)


def test_reordered_layers_are_composed_in_their_new_order():
    layers = stack().layers
    shown = picture(edited({"op": "reorder", "layer": "background", "to": "top"}))
    assert np.array_equal(shown, flattened([*layers[1:], layers[0]], WIDTH, HEIGHT))


@bounded
@given(st.lists(draws(["move", "scale", "rotate", "flip", "recolor", "blend"]), max_size=4))
def test_cropped_and_full_canvas_layers_render_the_same(operations):
    scene, layers = edited(*operations), stack().layers
    full = [Layer(on_canvas(layer, WIDTH, HEIGHT)) for layer in layers]
    assert np.array_equal(picture(scene), render(scene, full.__getitem__, {}.__getitem__))


def test_a_layer_that_does_not_hold_its_box_is_a_defect():
    scene = scene_of(20, 20, [{"name": "it", "bbox": [5, 5, 10, 10]}])
    with pytest.raises(ValueError, match="layer 0 covers"):
        render(scene, lambda index: Layer(noise(4, 10, 10), 6, 5), {}.__getitem__)


def test_a_layer_without_pixels_is_no_layer():
    scene = scene_of(20, 20, [{"name": "empty", "bbox": [0, 0, 0, 0]}])
    moved = edited({"op": "scale", "layer": 0, "to": {"width": 5}}, {"op": "rotate", "layer": 0, "by": 5}, scene=scene)
    assert not picture(moved, Stack(20, 20, ())).any()


@bounded
@given(st.lists(draws(["move", "scale", "rotate", "flip", "opacity", "blend", "recolor", "reorder"]), max_size=6))
def test_the_stored_layers_stay_as_they_are(operations):
    layers = stack()
    before = [layer.pixels.copy() for layer in layers.layers]
    picture(edited(*operations), layers)
    assert all(np.array_equal(layer.pixels, kept) for layer, kept in zip(layers.layers, before, strict=True))


def test_over_an_opaque_background_every_picture_is_opaque():
    edits = [{"op": "rotate", "layer": "glow", "by": 33}, {"op": "blend", "layer": "glow", "mode": "soft-light"}]
    assert (picture(edited(*edits))[:, :, 3] == 255).all()


_PEAK = """
import resource
import numpy as np
from model.edits import fold, parse, scene_of_stack
from model.edits.render import render
from model.layers import Layer, Stack
pixels = np.full((2000, 3000, 4), 200, np.uint8)
stack = Stack(3000, 2000, (Layer(pixels, 0, 0, "it"),))
bodies = [{"op": "rotate", "layer": 0, "by": 20}, {"op": "scale", "layer": 0, "by": 1.5},
          {"op": "recolor", "layer": 0, "mode": "tint", "color": "red"}]
for body in bodies:
    render(fold(parse([{**body, "layer": 0}]), scene_of_stack(Stack(40, 30, (Layer(pixels[:30, :40], 0, 0, "it"),)))),
           lambda index: Layer(pixels[:30, :40]), {}.__getitem__)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
render(fold(parse(bodies), scene_of_stack(stack)), stack.layers.__getitem__, {}.__getitem__)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / pixels.nbytes)
"""


def test_a_large_layer_turned_scaled_and_recoloured_takes_at_most_seven_copies_of_memory():
    done = subprocess.run([sys.executable, "-c", _PEAK], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 7

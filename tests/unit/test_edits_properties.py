"""What holds of every operation there is, drawn at random."""

import json

import numpy as np
import pytest
from edit_scenes import LOOKING, NAMES, PLACING, alone, bounded, draws, edited, everything, noise, picture
from hypothesis import given
from hypothesis import strategies as st

from model.edits import scene_key
from model.edits.dirty import dirty
from model.edits.recolor import recolored
from model.edits.scene_json import scene_from_json, scene_to_json
from model.edits.state import Recoloring
from tests.may_be_missing import fonts_with

EVERYTHING = st.lists(everything(), max_size=7)
ON_ONE = [*PLACING, *LOOKING, "crop", "text"]


@pytest.fixture(autouse=True, scope="module")
def _fonts():
    fonts_with("Ag")


def _kept(scene):
    return scene_from_json(json.loads(json.dumps(scene_to_json(scene))))


@bounded
@given(EVERYTHING)
def test_a_list_is_the_same_as_its_operations_one_by_one_kept_in_between(operations):
    scene = edited()
    for operation in operations:
        scene = _kept(edited(operation, scene=scene))
    assert scene == edited(*operations)
    assert scene_key(scene) == scene_key(edited(*operations))


@bounded
@given(EVERYTHING, st.integers(0, 7))
def test_undo_is_folding_what_is_left(operations, left):
    states = [edited()]
    for operation in operations:
        states.append(edited(operation, scene=states[-1]))
    back = states[min(left, len(operations))]
    assert back == edited(*operations[:left])
    assert scene_key(back) == scene_key(edited(*operations[:left]))
    assert dirty(back, edited(*operations[:left])) is None


@bounded
@given(st.data())
def test_operations_on_different_layers_may_come_in_any_order(data):
    lists = [data.draw(st.lists(draws(ON_ONE, st.just(name)), max_size=3)) for name in NAMES]
    shuffled = data.draw(st.permutations([at for at, operations in enumerate(lists) for _ in operations]))
    queues = [iter(operations) for operations in lists]
    one = edited(*(operation for operations in lists for operation in operations))
    other = edited(*(next(queues[at]) for at in shuffled))
    assert one == other
    assert scene_key(one) == scene_key(other)


@bounded
@given(EVERYTHING, st.sampled_from(NAMES), st.integers(-400, 400), st.integers(-400, 400))
def test_a_move_there_and_back_is_no_edit_to_the_bit(operations, name, x, y):
    before = edited(*operations)
    away, back = ({"op": "move", "layer": name, "by": {"x": way * x, "y": way * y}} for way in (1, -1))
    after = edited(away, back, scene=before)
    assert scene_key(after) == scene_key(before)
    assert dirty(before, after) is None
    assert np.array_equal(picture(after), picture(before))


@bounded
@given(EVERYTHING)
def test_a_group_around_everything_is_no_edit(operations):
    before = edited(*operations)
    top = [index for index in before.order if before.layers[index].parent is None]
    assert scene_key(edited({"op": "group", "layer": top}, scene=before)) == scene_key(before)


_COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
_GENTLE = st.one_of(
    st.builds(lambda color, s: Recoloring("hue", color, s), _COLOURS, st.sampled_from([0.3, 1.0])),
    st.builds(lambda dark, light: Recoloring("duotone", dark, other=light), _COLOURS, _COLOURS),
    st.builds(
        lambda mode, by: Recoloring(mode, numbers=(by,)), st.sampled_from(["brightness", "contrast"]), st.floats(0, 1)
    ),
    st.builds(lambda by: Recoloring("saturation", numbers=(by,)), st.floats(0, 1)),
)


@bounded
@given(st.lists(_GENTLE, min_size=1, max_size=4), st.integers(0, 1000))
def test_colours_folded_are_colours_changed_one_by_one_but_for_their_rounding(steps, seed):
    pixels = noise(seed, 12, 12, opaque=True)
    together, one_by_one = recolored(pixels, steps), pixels
    for step in steps:
        one_by_one = recolored(one_by_one, [step])
    # each rounding is half a step, and no step here makes it larger
    assert np.abs(together.astype(int) - one_by_one).max() <= len(steps)


@bounded
@given(st.lists(draws(["recolor", "opacity"], st.just(0)), max_size=4))
def test_colours_change_alike_wherever_a_layer_lies(operations):
    pixels = noise(3, 10, 12)
    here = alone(pixels, *operations)
    there = alone(pixels, {"op": "move", "layer": 0, "by": {"x": 7, "y": 5}}, *operations, size=(30, 20))
    assert np.array_equal(there[5:15, 7:19], here)

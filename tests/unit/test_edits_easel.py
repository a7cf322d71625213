"""Scenes drawn one after another are what each would be by itself, and nothing is read or placed twice."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from edit_scenes import HEIGHT, LOOKING, NAMES, PLACING, STACKING, WIDTH, bounded, draws, edited, noise, picture, stack
from hypothesis import given
from hypothesis import strategies as st

from model.edits.easel import Easel
from model.edits.render import Sources
from model.encode import decode_own
from model.layers import on_canvas

ASSETS = {"a" * 64: noise(7, 9, 14)}
GROUPED = {"op": "group", "layer": ["badge", "headline"], "name": "Group"}
EDITS = st.lists(
    st.one_of(
        draws([*PLACING, *LOOKING, *STACKING, "crop", "hide", "show"], st.integers(0, len(NAMES) - 1)),
        st.just(GROUPED),
        st.just({"op": "replace", "layer": "logo", "asset": "a" * 64}),
        st.sampled_from([{"op": "canvas", "width": 60, "height": 30}]),
    ),
    max_size=4,
)


class Shelf:
    """The layers of the test's stack, and how often each was read."""

    def __init__(self, easel: Easel) -> None:
        self.read: Counter[int] = Counter()
        self._easel = easel
        self._stack = stack()
        self.sources = Sources(self._layer, ASSETS.__getitem__)

    def _layer(self, index: int) -> Any:
        layer = self._stack.layers[index]

        def load() -> Any:
            self.read[index] += 1
            return on_canvas(layer, WIDTH, HEIGHT)

        return self._easel.layer(index, layer.bbox, load)


def _all(*edits: list[dict[str, Any]]) -> list[Any]:
    scenes = [edited()]
    for operations in edits:
        names = {state.name for state in scenes[-1].layers}
        scenes.append(
            edited(*[one for one in operations if one is not GROUPED or "Group" not in names], scene=scenes[-1])
        )
    return scenes


@bounded
@given(st.lists(EDITS, max_size=4))
def test_each_is_what_it_would_be_alone(edits: list[list[dict[str, Any]]]) -> None:
    easel = Easel()
    shelf = Shelf(easel)
    scenes = _all(*edits)
    for scene in [*scenes, *scenes[::-1]]:
        expected = picture(scene, assets=ASSETS)
        assert np.array_equal(easel.pixels(scene, "stack", shelf.sources), expected)
        file = easel.png(scene, "stack", shelf.sources)
        assert file is not None
        shown = decode_own(file)
        seen = expected[:, :, 3] > 0
        assert np.array_equal(shown[seen], expected[seen])
        assert np.array_equal(shown[:, :, 3], expected[:, :, 3])
    assert max(shelf.read.values()) == 1


def test_one_that_is_too_large_to_keep_is_still_drawn() -> None:
    easel = Easel(layers_bytes=0, placed_bytes=0, canvases_bytes=100)
    shelf = Shelf(easel)
    scene = edited({"op": "move", "layer": "badge", "by": {"x": 3}})
    assert easel.png(scene, "stack", shelf.sources) is None
    assert np.array_equal(easel.pixels(scene, "stack", shelf.sources), picture(scene))


@pytest.mark.parametrize("kept", [100, 2**20])
def test_a_box_of_it_is_that_of_the_whole_and_nobody_else_s(kept: int) -> None:
    easel = Easel(canvases_bytes=kept)
    shelf = Shelf(easel)
    moved = edited({"op": "rotate", "layer": "badge", "by": 20}, {"op": "move", "layer": "logo", "by": {"x": 3}})
    whole = picture(moved)
    for x, y, width, height in ((0, 0, WIDTH, HEIGHT), (5, 3, 11, 7), (WIDTH - 1, HEIGHT - 1, 1, 1)):
        part = easel.pixels(moved, "stack", shelf.sources, (x, y, width, height))
        assert np.array_equal(part, whole[y : y + height, x : x + width])
        part[:] = 77
    assert np.array_equal(easel.pixels(moved, "stack", shelf.sources), whole)


def test_stacks_do_not_mix() -> None:
    easel = Easel(canvases_bytes=3 * WIDTH * HEIGHT * 4)
    shelf = Shelf(easel)
    moved = edited({"op": "move", "layer": "badge", "by": {"x": 3}})
    for scene, name in ((edited(), "one"), (moved, "other"), (edited(), "one"), (moved, "one")):
        assert np.array_equal(easel.pixels(scene, name, shelf.sources), picture(scene))


def test_a_picture_that_is_missing_harms_no_later_one() -> None:
    easel = Easel()
    shelf = Shelf(easel)
    lost = edited({"op": "replace", "layer": "badge", "asset": "b" * 64})
    easel.pixels(edited(), "stack", shelf.sources)
    try:
        easel.pixels(lost, "stack", shelf.sources)
    except KeyError:
        pass
    else:
        raise AssertionError
    moved = edited({"op": "move", "layer": "badge", "by": {"x": 3}})
    assert np.array_equal(easel.pixels(moved, "stack", shelf.sources), picture(moved))


def test_two_who_edit_the_same_layers_in_turn_have_a_canvas_each_while_there_is_room() -> None:
    picture_bytes = 3 * WIDTH * HEIGHT * 4
    for room, canvases in ((10, 2), (1, 1)):
        easel = Easel(canvases_bytes=room * picture_bytes)
        shelf = Shelf(easel)
        for step in range(4):
            for layer in ("badge", "logo"):
                scene = edited({"op": "move", "layer": layer, "by": {"x": step}})
                assert np.array_equal(easel.pixels(scene, "stack", shelf.sources), picture(scene))
        assert len(easel._canvases) == canvases

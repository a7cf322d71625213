"""A scene that is kept as JSON comes back as it was."""

import json

import pytest
from edit_scenes import LOOKING, PLACING, bounded, draws, edited
from hypothesis import given
from hypothesis import strategies as st

from model.edits import scene_key, scene_of
from model.edits.scene_json import scene_from_json, scene_to_json

SWAP = {"op": "replace", "layer": "glow", "asset": "a" * 64, "fit": "cover", "anchor": [0.1, 1 / 3], "keep": ["mask"]}
EVERYTHING = [
    {"op": "recolor", "layer": "glow", "mode": "replace", "from": "red", "color": "blue", "tolerance": 1 / 3},
    {"op": "recolor", "layer": "glow", "mode": "matrix", "matrix": [0.1] * 20},
    {"op": "adjust", "layer": "glow", "hue": 10, "blur": 1 / 3},
    {"op": "crop", "layer": "glow", "box": {"x": 1, "width": "30%"}},
    {"op": "canvas", "width": 100, "x": 1},
    {"op": "group", "layer": ["glow", "logo"], "name": "Two"},
    {"op": "duplicate", "layer": "Two"},
    {"op": "rename", "layer": "glow", "name": "Glühen \N{SPARKLES}"},
    {"op": "lock", "layer": "Two"},
    {"op": "opacity", "layer": "Two copy", "to": 1 / 3},
]


def _back(scene):
    return scene_from_json(json.loads(json.dumps(scene_to_json(scene))))


@bounded
@given(st.lists(draws([*PLACING, *LOOKING, "reorder"]), max_size=8))
def test_what_is_read_is_what_was_written(operations):
    scene = edited(*operations, SWAP, {"op": "delete", "layer": "badge"}, *EVERYTHING)
    assert _back(scene) == scene
    assert scene_key(_back(scene)) == scene_key(scene)


def test_an_unedited_layer_is_its_name_and_its_box():
    written = scene_to_json(scene_of(20, 10, [{"name": "it", "bbox": [1, 2, 3, 4]}]))
    layer = {"name": "it", "bbox": [1, 2, 3, 4]}
    assert written == {"version": 1, "width": 20, "height": 10, "layers": [layer], "order": [0]}


def test_a_picture_within_a_request_is_not_kept_silently():
    inline = {"op": "replace", "layer": "glow", "image_base64": "AAAA"}
    with pytest.raises(ValueError, match="must be made an asset"):
        scene_to_json(edited(inline))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"version": None},
        {"layers": None},
        {"layers": [{"name": "it"}]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3]}]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3, 4], "glow": 5}]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3, 4], "matrix": [1, 0, 0]}]},
        {"order": [1]},
        {"order": []},
        {"order": [0, 0]},
        {"order": [-1]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3, 4], "parent": 0}]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3, 4], "parent": 7}]},
        {"layers": [{"name": "it", "bbox": [1, 2, 3, 4], "group": True, "parent": 0}]},
        {"width": None},
    ],
    ids=str,
)
def test_what_is_no_scene_of_this_version_is_refused(changes):
    written = scene_to_json(scene_of(20, 10, [{"name": "it", "bbox": [1, 2, 3, 4]}]))
    with pytest.raises(ValueError, match=r"scene|unpack|does not know"):
        scene_from_json({**written, **changes})

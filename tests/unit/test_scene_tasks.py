"""What the pixel processes do for documents: a kept scene and a request give the next scene, and what is told of it."""

import base64
import json
from pathlib import Path
from typing import Any

import hostile_images as pictures
import numpy as np
import pytest

from app.flow.scene_tasks import edit_scene, plan_scene, render_scene
from model import edits, encode
from model.edits.scene_json import scene_to_json
from model.errors import InvalidEdit

WIDTH, HEIGHT = 12, 8
LIMITS = {"max_bytes": 2**20, "max_pixels": 10_000, "max_side": 200}
MANIFEST = [{"name": "ground", "bbox": [0, 0, WIDTH, HEIGHT]}, {"name": "dot", "bbox": [2, 1, 3, 4]}]
RIGHT = {"op": "move", "layer": "dot", "by": {"x": 4}}
LEFT = {"op": "move", "layer": 1, "by": {"x": -4}}


def inline(colour: tuple[int, int, int, int] = (0, 255, 0, 255)) -> str:
    return base64.b64encode(encode.png(np.full((4, 3, 4), colour, np.uint8))).decode()


@pytest.fixture
def scene() -> dict[str, Any]:
    return scene_to_json(edits.scene_of(WIDTH, HEIGHT, MANIFEST))


@pytest.fixture
def apply(tmp_path: Path) -> Any:
    """``apply(scene, {…}, {…})``: what the task answers."""

    def applied(scene: dict[str, Any], *operations: object) -> dict[str, Any]:
        body = {"text": json.dumps({"operations": operations})}
        return edit_scene(json.loads(json.dumps(scene)), body, str(tmp_path), LIMITS, {})

    return applied


def test_operations_go_on_from_the_scene_that_was_kept(apply: Any, scene: dict[str, Any]) -> None:
    moved = apply(scene, RIGHT)
    assert (moved["dirty"], moved["summary"], moved["operations"]) == ((2, 1, 7, 4), "move dot", [RIGHT])
    back = apply(moved["scene"], LEFT)
    assert (back["scene"], back["dirty"]) == (scene, moved["dirty"])
    assert apply(scene, RIGHT, LEFT)["dirty"] is None
    assert json.loads(json.dumps(moved)) == {**moved, "dirty": [2, 1, 7, 4]}


def test_a_picture_becomes_an_asset_and_is_decoded_once(apply: Any, scene: dict[str, Any], tmp_path: Path) -> None:
    swap = {"op": "replace", "layer": "dot", "image_base64": inline(), "fit": None}
    found = apply(scene, swap, {**swap, "layer": 0}, {**swap, "image_base64": inline((9, 9, 9, 255))})
    (first, second) = found["pictures"]
    assert {first["sha256"], second["sha256"]} == set(found["assets"])
    assert [one["asset"] for one in found["operations"]] == [first["sha256"], first["sha256"], second["sha256"]]
    assert found["assets"][second["sha256"]] == "/operations/2/asset"
    assert found["operations"][0] == {"op": "replace", "layer": "dot", "asset": first["sha256"]}
    assert (first["width"], first["height"]) == (3, 4)
    assert (encode.decode_own(Path(first["path"]).read_bytes()) == (0, 255, 0, 255)).all()
    again = apply(scene, *found["operations"])
    assert (again["scene"], again["pictures"]) == (found["scene"], [])


def test_a_data_url_is_taken(apply: Any, scene: dict[str, Any]) -> None:
    swap = {"op": "replace", "layer": "dot", "image_base64": f"data:image/png;base64,{inline()}"}
    plain = {**swap, "image_base64": inline()}
    assert apply(scene, swap)["scene"] == apply(scene, plain)["scene"]


def test_what_layers_are_to_be_is_kept_as_the_operations_it_stands_for(scene: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "body").write_text(
        json.dumps({"operations": [RIGHT], "layers": {"dot": {"image": inline(), "opacity": 0.5}, "0": {"x": 1}}})
    )
    found = edit_scene(scene, {"path": str(tmp_path / "body")}, str(tmp_path), LIMITS, {})
    (picture,) = found["pictures"]
    assert found["operations"] == [
        RIGHT,
        {"op": "replace", "layer": "dot", "asset": picture["sha256"]},
        {"op": "opacity", "layer": "dot", "to": 0.5},
        {"op": "move", "layer": 0, "to": {"x": 1}},
    ]
    assert found["assets"] == {picture["sha256"]: "/layers/dot/image"}
    assert found["summary"] == "move dot, replace dot, opacity dot and 1 more"


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({"layers": {}}, "/operations"),
        ({"layers": {"dot": {"opacity": 7}}}, "/layers/dot/opacity"),
        ({"layers": {"dots": {"opacity": 1}}}, "/layers/dots"),
        ({"layers": {"dot": {"image": "AAAA"}}}, "/layers/dot/image"),
        ({"layers": {"dots": {"image": inline()}}}, "/layers/dots"),
        ({"layers": {"a\x00": {"opacity": 1}}}, "/layers"),
        ({"operations": [RIGHT], "layers": 7}, "/layers"),
        ({"operations": [RIGHT] * 999, "layers": {"dot": {"x": 1, "opacity": 1}}}, "/layers"),
        ({"operations": [RIGHT], "layer": {}}, "/layer"),
    ],
)
def test_what_is_wrong_with_what_layers_are_to_be_is_pointed_at(
    scene: dict[str, Any], tmp_path: Path, request_: dict[str, Any], pointer: str
) -> None:
    (tmp_path / "body").write_text(json.dumps(request_))
    with pytest.raises(InvalidEdit) as caught:
        edit_scene(scene, {"path": str(tmp_path / "body")}, str(tmp_path), LIMITS, {})
    assert caught.value.pointer == pointer


@pytest.mark.parametrize("name", ["huge_header_png", "text_bomb_png", "bad_checksum_png"])
def test_a_hostile_picture_points_at_itself(apply: Any, scene: dict[str, Any], name: str) -> None:
    hostile = base64.b64encode(getattr(pictures, name)()).decode()
    with pytest.raises(InvalidEdit) as caught:
        apply(scene, RIGHT, {"op": "replace", "layer": 1, "image_base64": hostile})
    assert caught.value.pointer == "/operations/1/image_base64"


def test_words_that_cannot_be_given_back_are_refused(apply: Any, scene: dict[str, Any]) -> None:
    for word in ("\ud800", "a\x00b"):
        with pytest.raises(InvalidEdit) as caught:
            apply(scene, {"op": "hide", "layer": ["dot", word]})
        assert caught.value.pointer == "/operations/0/layer/1"


def test_a_kept_scene_and_a_request_of_the_same_edit_are_one_picture(
    apply: Any, scene: dict[str, Any], tmp_path: Path
) -> None:
    moved = apply(scene, RIGHT)["scene"]
    plan = plan_scene(moved, {"format": "webp"}, 10_000)
    assert (plan["media_type"], plan["layers"], plan["assets"]) == ("image/webp", [0, 1], {})
    assert plan["key"] != plan_scene(scene, {"format": "webp"}, 10_000)["key"]
    assert plan["key"] == plan_scene(apply(moved, RIGHT, LEFT)["scene"], {"format": "webp"}, 10_000)["key"]
    ground, dot = np.full((HEIGHT, WIDTH, 4), (1, 2, 3, 255), np.uint8), np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    dot[1:5, 2:5] = 200, 40, 0, 255
    paths = {}
    for index, pixels in enumerate((ground, dot)):
        (tmp_path / f"{index}.png").write_bytes(encode.png(pixels))
        paths[str(index)] = str(tmp_path / f"{index}.png")
    render_scene(moved, {"format": "png"}, "stack", paths, {}, {}, LIMITS, str(tmp_path / "out"))
    expected = ground.copy()
    expected[1:5, 6:9] = 200, 40, 0, 255
    assert np.array_equal(encode.decode_own((tmp_path / "out").read_bytes()), expected)


@pytest.mark.parametrize(
    ("output", "pointer"),
    [
        ({"width": 16_000}, "/width"),
        ({"width": 2_000, "box": [0, 0, 1, 8]}, "/width"),
        ({"background": "reddish"}, "/background"),
        ({"box": [0, 0, 1]}, "/box"),
        ({"box": [0, 0, 1, "tall"]}, "/box/3"),
        ({"box": [0, HEIGHT, 1, 1]}, "/box"),
    ],
)
def test_what_is_wrong_with_a_query_points_at_its_field(
    scene: dict[str, Any], output: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidEdit) as caught:
        plan_scene(scene, output, 10_000)
    assert caught.value.pointer == pointer


def test_the_size_of_a_result_is_that_of_its_box(scene: dict[str, Any]) -> None:
    """240 × 160 would be too much, 240 × 20 is not."""
    assert plan_scene(scene, {"width": 240, "box": [0, 0, 12, 1]}, 10_000)["media_type"] == "image/png"
    with pytest.raises(InvalidEdit, match="more than 10000 pixels"):
        plan_scene(scene, {"width": 240}, 10_000)


def test_a_box_that_holds_all_is_the_picture_itself(scene: dict[str, Any]) -> None:
    keys = {plan_scene(scene, output, 10_000)["key"] for output in ({}, {"box": [0, "0%", "100%", 90]})}
    assert len(keys) == 1
    assert plan_scene(scene, {"box": [0, 0, 3, 90]}, 10_000)["key"] not in keys


def test_a_picture_that_its_format_cannot_hold_points_at_the_query(tmp_path: Path) -> None:
    wide = scene_to_json(edits.scene_of(17_000, 1, []))
    with pytest.raises(InvalidEdit) as caught:
        render_scene(wide, {"format": "webp"}, "stack", {}, {}, {}, LIMITS, str(tmp_path / "out"))
    assert caught.value.pointer == "/format"

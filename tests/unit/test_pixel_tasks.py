"""The tasks of the pixel processes: a render request folds to a key, and its picture is what the edits say."""

import base64
import json
from pathlib import Path
from typing import Any

import hostile_images as pictures
import numpy as np
import pytest

from app.flow.pixel_tasks import composite, identify, plan_edit, render_edit, to_png, variant
from app.flow.request_body import RequestBody
from model import encode
from model.errors import ImageRejected, InvalidEdit
from model.layers import Pixels

WIDTH, HEIGHT = 12, 8
LIMITS = {"max_bytes": 2**20, "max_pixels": 10_000, "max_side": 200}
MANIFEST = [
    {"name": "ground", "bbox": [0, 0, WIDTH, HEIGHT], "opacity": 1.0, "blend": "normal"},
    {"name": "dot", "bbox": [2, 1, 3, 4], "opacity": 1.0, "blend": "normal"},
]


@pytest.fixture
def stack() -> list[Pixels]:
    ground = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    ground[:] = 10, 20, 30, 255
    dot = np.zeros_like(ground)
    dot[1:5, 2:5] = 200, 40, 0, 255
    return [ground, dot]


@pytest.fixture
def paths(tmp_path: Path, stack: list[Pixels]) -> dict[str, str]:
    for index, pixels in enumerate(stack):
        (tmp_path / f"{index}.png").write_bytes(encode.png(pixels))
    return {str(index): str(tmp_path / f"{index}.png") for index in range(len(stack))}


def _body(tmp_path: Path, **request: object) -> RequestBody:
    return RequestBody.of(json.dumps(request).encode(), tmp_path / "edit.json")


def _plan(tmp_path: Path, sizes: Any = None, **request: object) -> dict[str, Any]:
    body = _body(tmp_path, **request)
    return plan_edit(body.sha256, dict(body.said), WIDTH, HEIGHT, MANIFEST, LIMITS, sizes or {})


def _render(
    tmp_path: Path, paths: dict[str, str], assets: dict[str, str], sizes: Any = None, **request: object
) -> bytes:
    target = tmp_path / "out"
    body = _body(tmp_path, **request)
    files = str(tmp_path), paths, assets, {}
    said = dict(body.said)
    render_edit(body.sha256, said, WIDTH, HEIGHT, MANIFEST, *files, LIMITS, sizes or {}, str(target))
    return target.read_bytes()


def test_no_edit_is_the_composite_to_the_byte(tmp_path: Path, paths: dict[str, str]) -> None:
    layers = [{"path": path, "opacity": 1.0, "blend": "normal"} for path in paths.values()]
    composite(layers, WIDTH, HEIGHT, str(tmp_path / "composite.png"))
    assert _render(tmp_path, paths, {}) == (tmp_path / "composite.png").read_bytes()


def test_edits_that_come_to_the_same_have_the_same_key(tmp_path: Path) -> None:
    there, back = [{"op": "move", "layer": "dot", "by": {"x": x}} for x in (5, -5)]
    assert _plan(tmp_path, operations=[there, back])["key"] == _plan(tmp_path)["key"]
    assert _plan(tmp_path, operations=[there])["key"] != _plan(tmp_path)["key"]
    assert _plan(tmp_path, output={"format": "webp"})["key"] != _plan(tmp_path)["key"]


def test_a_move_moves_the_pixels(tmp_path: Path, paths: dict[str, str], stack: list[Pixels]) -> None:
    moved = _render(tmp_path, paths, {}, operations=[{"op": "move", "layer": 1, "by": {"x": 4, "y": "25%"}}])
    expected = stack[0].copy()
    expected[3:7, 6:9] = stack[1][1:5, 2:5]
    assert np.array_equal(encode.decode_own(moved), expected)


def test_what_layers_are_to_be_comes_after_the_operations(tmp_path: Path) -> None:
    moves = [{"op": "move", "layer": "dot", "by": {"x": 9}}, {"op": "move", "layer": "dot", "to": {"x": 4}}]
    short = _plan(tmp_path, operations=moves[:1], layers={"dot": {"x": 4}})
    assert short["key"] == _plan(tmp_path, operations=moves)["key"]
    with pytest.raises(InvalidEdit) as caught:
        _plan(tmp_path, layers={"dot": {"x": 4}, "1": {"scale": {"x": 0}}})
    assert caught.value.pointer == "/layers/1/scale/x"


def test_only_layers_that_show_are_asked_for(tmp_path: Path) -> None:
    asset = "a" * 64
    operations = [{"op": "hide", "layer": "ground"}, {"op": "replace", "layer": "dot", "asset": asset}]
    plan = _plan(tmp_path, operations=operations)
    assert (plan["layers"], plan["assets"]) == ([], {asset: "/operations/1/asset"})


def test_a_mask_needs_the_layer_beside_the_asset(tmp_path: Path) -> None:
    swap = {"op": "replace", "layer": "dot", "asset": "b" * 64, "keep": ["mask"]}
    assert _plan(tmp_path, operations=[swap])["layers"] == [0, 1]


def test_a_picture_within_the_request_takes_the_place_of_a_layer(tmp_path: Path, paths: dict[str, str]) -> None:
    green = encode.png(np.full((4, 3, 4), (0, 255, 0, 255), np.uint8))
    swap = {"op": "replace", "layer": "dot", "image_base64": base64.b64encode(green).decode()}
    shown = encode.decode_own(_render(tmp_path, paths, {}, operations=[swap]))
    assert (shown[1:5, 2:5] == (0, 255, 0, 255)).all()


def test_a_broken_picture_within_the_request_points_at_itself(tmp_path: Path, paths: dict[str, str]) -> None:
    swap = {"op": "replace", "layer": 1, "image_base64": base64.b64encode(pictures.huge_header_png()).decode()}
    with pytest.raises(InvalidEdit) as caught:
        _render(tmp_path, paths, {}, operations=[swap])
    assert caught.value.pointer == "/operations/0/image_base64"


def test_the_size_of_an_asset_that_is_added_is_asked_for(tmp_path: Path, paths: dict[str, str]) -> None:
    asset, add = "c" * 64, {"op": "add", "asset": "c" * 64}
    assert _plan(tmp_path, operations=[add]) == {"unsized": {asset: "/operations/0/asset"}}
    plan = _plan(tmp_path, {asset: [2, 2]}, operations=[add])
    assert (plan["layers"], plan["assets"]) == ([0, 1], {asset: "/operations/0/asset"})
    (tmp_path / "asset.png").write_bytes(encode.png(np.full((2, 2, 4), (0, 255, 0, 255), np.uint8)))
    drawn = _render(tmp_path, paths, {asset: str(tmp_path / "asset.png")}, {asset: [2, 2]}, operations=[add])
    assert (encode.decode_own(drawn)[3:5, 5:7] == (0, 255, 0, 255)).all()


def test_a_picture_within_the_request_is_added_without_asking(tmp_path: Path, paths: dict[str, str]) -> None:
    data = pictures.oriented(6)[0]
    add = {"op": "add", "image_base64": base64.b64encode(data).decode(), "fit": "fill"}
    assert _plan(tmp_path, operations=[add])["assets"] == {}
    assert _render(tmp_path, paths, {}, operations=[add]) != _render(tmp_path, paths, {})


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b'{"operation": []}', "/operation"),
        (b'{"operations": {}}', "/operations"),
        (b'{"operations": [{"op": "explode", "layer": 0}]}', "/operations/0/op"),
        (b'{"operations": [{"op": "move", "layer": 9, "by": {"x": 1}}]}', "/operations/0/layer"),
        (b'{"operations": [{"op": "opacity", "layer": 0, "to": NaN}]}', "/operations/0/to"),
        (b'{"operations": [{"op": "opacity", "layer": 0, "to": 1' + b"0" * 400 + b"}]}", "/operations/0/to"),
        (b'{"output": {"format": "bmp"}}', "/output/format"),
        (b'{"output": {"width": 0}}', "/output/width"),
        (b'{"output": {"width": 16000}}', "/output/width"),
        (b'{"output": {"background": "reddish"}}', "/output/background"),
    ],
)
def test_what_is_wrong_with_a_request_is_pointed_at(tmp_path: Path, text: bytes, pointer: str) -> None:
    body = RequestBody.of(text, tmp_path / "edit.json")
    with pytest.raises(InvalidEdit) as caught:
        plan_edit(body.sha256, dict(body.said), WIDTH, HEIGHT, MANIFEST, LIMITS, {})
    assert caught.value.pointer == pointer


def test_an_upload_keeps_its_name_when_it_becomes_our_own_png(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(pictures.oriented(6)[0])
    first = identify(str(tmp_path / "upload"), LIMITS)
    assert to_png(str(tmp_path / "upload"), LIMITS, str(tmp_path / "own.png")) == first
    assert identify(str(tmp_path / "own.png"), LIMITS) == first


def test_a_hostile_upload_is_refused(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(pictures.text_bomb_png())
    with pytest.raises(ImageRejected):
        identify(str(tmp_path / "upload"), LIMITS)


@pytest.mark.parametrize("format_", ["png", "webp"])
def test_a_trimmed_layer_is_its_box(tmp_path: Path, paths: dict[str, str], format_: encode.Format) -> None:
    variant(paths["1"], str(tmp_path / "out"), [2, 1, 3, 4], None, format_)
    (tmp_path / "upload").write_bytes((tmp_path / "out").read_bytes())
    found = identify(str(tmp_path / "upload"), LIMITS)
    assert (found["width"], found["height"]) == (3, 4)

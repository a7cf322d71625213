"""A document says what made it so: all operations that lead to a revision, and what edits did to each layer's look."""

import base64
import math
from typing import Any

import hostile_images
import pytest
from PIL import Image

from tests.api_in_thread import Api
from tests.documents_made import Editor

LEAF = base64.b64encode(hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 90)), "PNG")).decode()


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def operations(editor: Editor, n: int) -> list[dict[str, Any]]:
    answer = editor.http.get(f"{editor.url}/revisions/{n}/operations")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["decomposition_id"], found["revision"]) == (editor.decomposition_id, n)
    listed: list[dict[str, Any]] = found["operations"]
    return listed


def layer_of(editor: Editor, index: int) -> dict[str, Any]:
    layers = editor.http.get(editor.url).json()["layers"]
    return next(layer for layer in layers if layer["index"] == index)


def test_the_operations_of_a_revision_make_its_picture_without_the_document(editor: Editor) -> None:
    first = {"op": "move", "layer": "Red card", "by": {"x": 4.5}}
    second = {"op": "add", "image_base64": LEAF, "name": "Leaf"}
    undone = {"op": "hide", "layer": "*"}
    last = {"op": "rotate", "layer": "Leaf", "by": 20}
    for one in (first, second, undone):
        assert editor.edit(one).status_code == 200
    assert editor.step("undo").status_code == 200
    assert editor.edit(last).status_code == 200
    found = operations(editor, 6)
    assert [one["op"] for one in found] == ["move", "add", "rotate"]
    assert len(found[1]["asset"]) == 64
    assert "image_base64" not in found[1]
    said = {"operations": found, "output": {"format": "png"}}
    drawn = editor.http.post(f"/v1/decompositions/{editor.decomposition_id}/render", json=said)
    assert drawn.status_code == 200
    assert drawn.content == editor.picture(revision=6).content
    assert [one["op"] for one in operations(editor, 4)] == ["move", "add", "hide"]
    assert [one["op"] for one in operations(editor, 2)] == ["move"]


def test_before_any_edit_there_are_no_operations_and_of_no_revision_none_are_told(editor: Editor) -> None:
    assert operations(editor, 1) == []
    for n in (2, 99):
        refused = editor.http.get(f"{editor.url}/revisions/{n}/operations")
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    again = editor.http.get(f"{editor.url}/revisions/1/operations", headers={"If-None-Match": '"r1"'})
    assert again.status_code == 304


def test_what_edits_did_to_a_layer_is_told_as_the_operations_that_ask_for_it(editor: Editor) -> None:
    plain = layer_of(editor, 1)
    assert (plain["colors"], plain["blur"], plain["words"]) == ([], None, None)
    steps: list[dict[str, Any]] = [
        {"op": "recolor", "mode": "tint", "color": "#ffd700", "strength": 0.5},
        {"op": "adjust", "brightness": 1.25},
        {"op": "recolor", "mode": "replace", "color": "#000080", "from": "#c92a2a", "tolerance": 0.15},
        {"op": "recolor", "mode": "duotone", "colors": ["#1b1464", "#ffe8cc"]},
        {"op": "adjust", "saturation": 0.5},
        {"op": "adjust", "hue": 30.0},
        {"op": "recolor", "mode": "matrix", "matrix": [*[0.3, 0.6, 0.1, 0.0, 0.0] * 3, 0.0, 0.0, 0.0, 1.0, 0.0]},
    ]
    assert editor.edit(*({**step, "layer": 1} for step in steps)).status_code == 200
    told = layer_of(editor, 1)["colors"]
    assert told == steps
    other = editor.another()
    assert other.edit(*({**step, "layer": 1} for step in told)).status_code == 200
    assert other.picture().content == editor.picture().content


def test_blurs_add_up_and_grow_with_the_layer(editor: Editor) -> None:
    editor.edit({"op": "adjust", "layer": 1, "blur": 3}, {"op": "adjust", "layer": 1, "blur": 4})
    assert layer_of(editor, 1)["blur"] == pytest.approx(5)
    editor.edit({"op": "scale", "layer": 1, "by": {"x": 2, "y": 1}})
    assert layer_of(editor, 1)["blur"] == pytest.approx(math.sqrt((100 + 25) / 2))
    editor.edit({"op": "adjust", "layer": 1, "reset": True})
    assert layer_of(editor, 1)["blur"] is None


def test_words_are_told_as_far_as_they_were_said_in_pixels_of_the_canvas(editor: Editor) -> None:
    editor.edit({"op": "text", "layer": 1, "value": "Hi", "size": 12, "color": "#e11d4880"})
    editor.edit({"op": "scale", "layer": 1, "by": 1.5})
    words = layer_of(editor, 1)["words"]
    assert words.pop("size") == pytest.approx(18)
    assert words == {"font": None, "color": "#e11d4880", "align": None, "direction": None, "fit": None}


def test_every_font_that_is_listed_can_be_asked_for(editor: Editor) -> None:
    answer = editor.http.get("/v1/fonts")
    assert answer.status_code == 200
    fonts = answer.json()["fonts"]
    assert fonts
    assert len({font["name"] for font in fonts}) == len(fonts)
    assert all(font["name"].startswith(font["family"]) for font in fonts)
    for name in [fonts[0]["name"], fonts[-1]["name"], *answer.json()["generic"]]:
        assert editor.edit({"op": "text", "layer": 1, "value": "Ag", "font": name}).status_code == 200, name

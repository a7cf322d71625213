"""A frozen document is a decomposition like any other: its layers recompose to the document's picture, bit for bit."""

import base64
from typing import Any

import hostile_images
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from app.store import blobs
from model import blend
from tests.api_in_thread import Api, pixels_of
from tests.documents_made import Editor

TURN: dict[str, Any] = {"op": "rotate", "layer": "Red card", "by": 17}
FADE: dict[str, Any] = {"op": "opacity", "layer": "Blue card", "to": 0.37}
HALF: dict[str, Any] = {"op": "scale", "layer": "Blue card", "by": 1.7}
GREEN = base64.b64encode(hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 90)), "PNG")).decode()
EDITS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "opacity": [FADE],
    "all at once": [TURN, FADE, HALF, {"op": "recolor", "layer": 1, "color": "gold", "strength": 0.6}],
    "a picture": [{"op": "replace", "layer": 1, "image_base64": GREEN, "keep": ["position", "mask"]}, TURN, FADE],
    "hidden and deleted": [{"op": "hide", "layer": 0}, {"op": "delete", "layer": 1}],
    "out of sight": [{"op": "move", "layer": 1, "by": {"x": 500}}, TURN],
    "nothing left": [{"op": "hide", "layer": "*"}],
    "order": [{"op": "reorder", "layer": 1, "to": "top"}, HALF],
    "a group": [
        {"op": "group", "layer": [1, 2], "name": "Cards"},
        {"op": "opacity", "layer": "Cards", "to": 0.4},
        HALF,
    ],
    "a blur": [{"op": "adjust", "layer": 1, "blur": 2, "contrast": 1.4}, TURN],
    "a copy": [{"op": "duplicate", "layer": 1}, TURN],
    "another canvas": [{"op": "canvas", "width": 90, "height": 30}, TURN],
}


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def frozen(editor: Editor, status: int = 201) -> dict[str, Any]:
    answer = editor.step("freeze")
    assert answer.status_code == status, answer.text
    manifest: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == manifest["urls"]["self"]
    assert editor.http.get(answer.headers["Location"]).json() == manifest
    return manifest


@pytest.mark.parametrize("name", EDITS)
def test_its_layers_are_the_documents_picture_bit_for_bit(editor: Editor, name: str) -> None:
    if EDITS[name]:
        assert editor.edit(*EDITS[name]).status_code == 200
    picture = pixels_of(editor.picture().content)
    manifest = frozen(editor)
    assert manifest["max_error"] == 0
    assert (manifest["image"]["width"], manifest["image"]["height"]) == picture.shape[1::-1]
    for url in (manifest["urls"]["source"], manifest["urls"]["composite"]):
        assert np.array_equal(pixels_of(editor.http.get(url).content), picture)
    canvas = Image.new("RGBA", picture.shape[1::-1])
    for layer in manifest["layers"]:
        assert layer["opacity"] == 1.0
        drawn = Image.fromarray(pixels_of(editor.http.get(layer["url"]).content))
        x, y, width, height = layer["bbox"]
        assert drawn.getbbox() in (None, (x, y, x + width, y + height))
        canvas = Image.alpha_composite(canvas, drawn)
    assert np.array_equal(np.array(canvas), picture)  # all of them are blended normally
    again = editor.http.post(manifest["urls"]["render"], json={"operations": []})
    assert np.array_equal(pixels_of(again.content), picture)


def test_blend_modes_stay_with_their_layers(editor: Editor) -> None:
    for mode in blend.MODES:
        editor.edit({"op": "blend", "layer": 2, "mode": mode}, HALF, FADE, {"op": "hide", "layer": 1})
        picture = pixels_of(editor.picture().content)
        manifest = frozen(editor)
        assert [layer["blend"] for layer in manifest["layers"]] == ["normal", mode]
        for url in (manifest["urls"]["composite"], manifest["urls"]["source"]):
            assert np.array_equal(pixels_of(editor.http.get(url).content), picture), mode
        other = Editor(editor.http, *_document_of(editor, manifest["id"]))
        assert np.array_equal(pixels_of(other.picture().content), picture), mode
        editor.step("undo")


def _document_of(editor: Editor, decomposition_id: str) -> tuple[str, str]:
    answer = editor.http.post("/v1/documents", json={"decomposition_id": decomposition_id})
    return answer.json()["id"], decomposition_id


def test_the_same_layers_under_other_modes_are_other_composites(editor: Editor) -> None:
    editor.edit(HALF)
    plain = frozen(editor)
    editor.edit({"op": "blend", "layer": 2, "mode": "multiply"})
    multiplied = frozen(editor)
    assert [one["sha256"] for one in plain["layers"]] == [one["sha256"] for one in multiplied["layers"]]
    both = plain["urls"], multiplied["urls"]
    first, second = (editor.http.get(urls["composite"]).content for urls in both)
    assert first != second
    rendered = [editor.http.post(urls["render"], json={"operations": []}) for urls in both]
    assert [one.content for one in rendered] == [first, second]
    assert rendered[0].headers["ETag"] != rendered[1].headers["ETag"]


def test_what_was_known_of_a_layer_goes_on_with_it(editor: Editor) -> None:
    editor.edit(
        {"op": "rename", "layer": 1, "name": "Ticket"},
        {"op": "replace", "layer": 2, "image_base64": GREEN},
        {"op": "move", "layer": 1, "by": {"x": 3, "y": 2}},
    )
    manifest = frozen(editor)
    told = [(one["index"], one["name"], one["kind"], one["bbox"], one["depth"]) for one in manifest["layers"]]
    assert told[:2] == [
        (0, "Ground", "background", [0, 0, 60, 40], 0.0), (1, "Ticket", "shape", [9, 10, 20, 16], 0.5),
    ]  # fmt: skip
    assert told[2][1:3] == ("Blue card", "object")
    assert manifest["model"] == {"name": "freeze", "revision": "2"}
    assert manifest["notes"]["frozen"] == {
        "document_id": editor.id, "revision": 2, "decomposition_id": editor.decomposition_id,
    }  # fmt: skip


def test_the_same_scene_freezes_once(api: Api, editor: Editor) -> None:
    editor.edit(FADE, {"op": "move", "layer": 1, "by": {"x": 5}})
    first = frozen(editor)
    assert frozen(editor, 200) == first
    other = Editor.of(api, editor.decomposition_id)
    other.edit({"op": "move", "layer": 1, "by": {"x": 3}})
    other.edit({"op": "move", "layer": 1, "by": {"x": 2}}, FADE)
    assert frozen(other, 200) == first
    other.edit({"op": "rename", "layer": 1, "name": "Ticket"})
    renamed = frozen(other)
    assert renamed["id"] != first["id"]
    assert [one["sha256"] for one in renamed["layers"]] == [one["sha256"] for one in first["layers"]]


def test_it_outlives_the_document_and_all_that_it_came_from(api: Api, editor: Editor) -> None:
    editor.edit(TURN, {"op": "replace", "layer": 2, "image_base64": GREEN})
    picture = editor.picture().content
    manifest = frozen(editor)
    for url in (editor.url, f"/v1/decompositions/{editor.decomposition_id}"):
        assert api.http.delete(url).status_code == 204
    with api.engine.begin() as connection:
        for table, moment in (("blobs", "touched_at"), ("images", "touched_at"), ("assets", "created_at")):
            connection.execute(text(f"UPDATE {table} SET {moment} = now() - interval '1 day'"))
        assert blobs.collect(connection, 3600.0, 100) > 0
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    api.kept.forget(None)
    assert np.array_equal(pixels_of(api.http.get(manifest["urls"]["composite"]).content), pixels_of(picture))
    assert api.http.get(manifest["urls"]["source"]).status_code == 200


def test_a_frozen_document_can_be_split_further_unless_it_is_blended(api: Api, editor: Editor) -> None:
    editor.edit(HALF)
    plain = frozen(editor)
    job = api.http.post(f"{plain['urls']['self']}/layers/1/decompositions", data={"model": "noop"})
    assert job.status_code == 202
    api.work("noop")
    assert api.http.get(job.headers["Location"]).json()["status"] == "succeeded"
    editor.edit({"op": "blend", "layer": 2, "mode": "screen"})
    blended = frozen(editor)
    refused = api.http.post(f"{blended['urls']['self']}/layers/1/decompositions", data={"model": "noop"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert "screen" in refused.json()["detail"]


def test_a_freeze_honours_if_match_and_its_key(editor: Editor) -> None:
    editor.edit(TURN)
    stale = editor.step("freeze", if_match='"r1"')
    assert (stale.status_code, stale.json()["revision"]) == (412, 2)
    first = editor.step("freeze", if_match='"r2"', key="k")
    editor.edit(FADE)
    again = editor.step("freeze", if_match='"r2"', key="k")
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert editor.step("freeze").json()["id"] != first.json()["id"]


def test_nothing_is_left_in_the_way(api: Api, editor: Editor) -> None:
    editor.edit(TURN)
    frozen(editor)
    assert list((api.settings.data_dir / "uploads").iterdir()) == []
    assert api.http.post("/v1/documents/doc_0/freeze").status_code == 404

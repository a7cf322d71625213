"""Documents over HTTP: made of a decomposition, edited by operations, all or none."""

import base64
import json
from typing import Any

import hostile_images as pictures
import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from app.store import documents
from app.store.tables import DEFAULT_TENANT
from tests.api_in_thread import CARDS, HEIGHT, WIDTH, Api
from tests.documents_made import Editor
from tests.job_makers import add_tenant

GREEN = (0, 200, 80)


def green_base64(size: tuple[int, int] = (20, 16)) -> str:
    return base64.b64encode(pictures.saved(Image.new("RGB", size, GREEN), "PNG")).decode()


@pytest.fixture
def made(api: Api) -> str:
    return api.made()


@pytest.fixture
def editor(api: Api, made: str) -> Editor:
    return Editor.of(api, made)


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    found = answer.json()
    return answer.status_code, found["code"], [error["pointer"] for error in found.get("errors", [])]


def test_a_document_is_made_and_read(api: Api, made: str) -> None:
    answer = api.http.post("/v1/documents", json={"decomposition_id": made, "name": "Poster"})
    document = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"r1"')
    assert answer.headers["Location"] == document["urls"]["self"] == f"/v1/documents/{document['id']}"
    assert (document["name"], document["decomposition_id"], document["revision"]) == ("Poster", made, 1)
    assert (document["width"], document["height"]) == (WIDTH, HEIGHT)
    assert (document["can_undo"], document["can_redo"]) == (False, False)
    assert [layer["name"] for layer in document["layers"]] == ["Ground", *CARDS]
    red = document["layers"][1]
    assert (red["index"], red["kind"], red["bbox"], red["source_bbox"]) == (1, "shape", [6, 8, 20, 16], [6, 8, 20, 16])
    assert (red["matrix"], red["opacity"], red["blend"]) == ([1, 0, 0, 1, 6, 8], 1.0, "normal")
    assert (red["visible"], red["deleted"], red["locked"], red["parent"]) == (True, False, False, None)
    assert api.http.get(red["url"]).status_code == api.http.get(red["thumbnail_url"]).status_code == 200
    got = api.http.get(document["urls"]["self"])
    assert (got.status_code, got.json(), got.headers["ETag"]) == (200, document, '"r1"')
    assert api.http.get(document["urls"]["self"], headers={"If-None-Match": '"r1"'}).status_code == 304
    assert api.http.get(document["urls"]["decomposition"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{}", (422, "invalid-request", ["/decomposition_id"])),
        (b"", (422, "invalid-request", [""])),
        (b"[]", (422, "invalid-request", [""])),
        (b'{"decomposition_id": 7}', (422, "invalid-request", ["/decomposition_id"])),
        (b'{"decomposition_id": "dec_0"}', (404, "not-found", [])),
        (b'{"decomposition_id": "a\\u0000b"}', (422, "invalid-request", ["/decomposition_id"])),
        (b'{"decomposition_id": "dec_0", "name": "\\ud800"}', (422, "invalid-request", ["/name"])),
        (b'{"decomposition_id": "dec_0", "title": "x"}', (422, "invalid-request", ["/title"])),
        (b'{"decomposition_id": "' + b"d" * 70_000 + b'"}', (422, "invalid-request", [""])),
    ],
)
def test_what_is_wrong_with_a_new_document_is_said(api: Api, body: bytes, found: tuple[int, str, list[str]]) -> None:
    answer = api.http.post("/v1/documents", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer) == found


def test_a_document_is_asked_for_as_json(api: Api) -> None:
    assert problem(api.http.post("/v1/documents", data={"decomposition_id": "d"})) == (415, "unsupported-image", [])


def test_documents_are_listed_in_pages(api: Api, made: str) -> None:
    ids = [api.http.post("/v1/documents", json={"decomposition_id": made}).json()["id"] for _ in range(3)]
    first = api.http.get("/v1/documents", params={"limit": 2}).json()
    rest = api.http.get(first["next"]).json()
    assert [one["id"] for one in [*first["documents"], *rest["documents"]]] == ids[::-1]
    assert rest["next"] is None


def test_operations_are_one_revision(api: Api, editor: Editor) -> None:
    answer = editor.edit(
        {"op": "move", "layer": "Red card", "by": {"x": 4, "y": -3}},
        {"op": "opacity", "layer": 2, "to": 0.5},
        {"op": "reorder", "layer": 1, "to": "top"},
    )
    changed = answer.json()
    assert (answer.status_code, answer.headers["ETag"], changed["revision"]) == (200, '"r2"', 2)
    assert [layer["index"] for layer in changed["layers"]] == [0, 2, 1]
    assert [layer["opacity"] for layer in changed["layers"]] == [1.0, 0.5, 1.0]
    assert (changed["layers"][2]["bbox"], changed["layers"][2]["source_bbox"]) == ([10, 5, 20, 16], [6, 8, 20, 16])
    assert changed["layers"][2]["matrix"] == [1, 0, 0, 1, 10, 5]
    assert (changed["can_undo"], changed["can_redo"]) == (True, False)
    got = api.http.get(editor.url).json()
    assert {**got, "dirty": changed["dirty"]} == changed
    assert got["updated_at"] > got["created_at"]


def test_a_viewer_is_told_what_it_cannot_draw_itself(editor: Editor) -> None:
    turned = editor.edit({"op": "rotate", "layer": 1, "by": 30}).json()["layers"]
    assert [(layer["angle"], layer["changed"]) for layer in turned] == [(0, []), (30, []), (0, [])]
    edited = editor.edit(
        {"op": "replace", "layer": 1, "image_base64": green_base64()},
        {"op": "recolor", "layer": 1, "color": "red"},
        {"op": "adjust", "layer": 1, "blur": 2},
        {"op": "crop", "layer": 1, "box": {"x": 8, "y": 8, "width": 10, "height": 10}},
        {"op": "adjust", "layer": 2, "brightness": 1.2},
    )
    changed = [layer["changed"] for layer in edited.json()["layers"]]
    assert changed == [[], ["picture", "colours", "blur", "crop"], ["colours"]]


def test_what_must_be_drawn_anew_is_told(editor: Editor) -> None:
    moved = editor.edit({"op": "move", "layer": 1, "by": {"x": 4, "y": -3}}).json()
    assert moved["dirty"] == [6, 5, 24, 19]
    nothing = editor.edit({"op": "move", "layer": 1, "by": {"x": 5}}, {"op": "move", "layer": 1, "by": {"x": -5}})
    assert nothing.json()["dirty"] is None
    assert nothing.json()["revision"] == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"{}", "/operations"),
        (b'{"operations": []}', "/operations"),
        (b'{"operations": {}}', "/operations"),
        (b'{"operations": null}', "/operations"),
        (b'{"operations": [{"op": "hide", "layer": 1}], "output": {}}', "/output"),
        (b'{"operations": [{"op": "hide", "layer": 1}, {"op": "explode", "layer": 1}]}', "/operations/1/op"),
        (b'{"operations": [{"op": "hide", "layer": 1}, {"op": "hide", "layer": 9}]}', "/operations/1/layer"),
        (b'{"operations": [{"op": "hide", "layer": 1}, {"op": "hide", "layer": "\\ud800"}]}', "/operations/1/layer"),
        (b'{"operations": [{"op": "hide", "layer": "a\\u0000"}]}', "/operations/0/layer"),
        (b'{"operations": [{"op": "replace", "layer": 1, "asset": "' + b"0" * 64 + b'"}]}', "/operations/0/asset"),
        (b'{"operations": [{"op": "replace", "layer": 1, "image_base64": "?"}]}', "/operations/0/image_base64"),
        (b'{"operations": [{"op": "replace", "layer": 1, "image_base64": "AAAA"}]}', "/operations/0/image_base64"),
        (b'{"operations": [' + b",".join([b'{"op": "hide", "layer": 1}'] * 1001) + b"]}", "/operations"),
    ],
)
def test_operations_that_fail_leave_no_revision(api: Api, editor: Editor, body: bytes, pointer: str) -> None:
    answer = api.http.post(f"{editor.url}/operations", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer) == (422, "invalid-request", [pointer])
    assert api.http.get(editor.url).headers["ETag"] == '"r1"'
    assert len(api.http.get(f"{editor.url}/revisions").json()["revisions"]) == 1


def test_operations_as_long_as_a_book_are_not_kept(editor: Editor) -> None:
    answer = editor.edit(*[{"op": "hide", "layer": list(range(3)) * 85}] * 1000)
    assert answer.status_code == 200
    longer = [{"op": "hide", "layer": ["Red card"] * 250}] * 500
    assert problem(editor.edit(*longer)) == (422, "invalid-request", ["/operations"])


def test_a_picture_within_an_operation_becomes_an_asset(api: Api, editor: Editor) -> None:
    swap = {"op": "replace", "layer": "Red card", "image_base64": green_base64()}
    changed = editor.edit(swap, {**swap, "layer": "Blue card"}).json()
    sha256 = changed["layers"][1]["asset"]
    assert changed["layers"][2]["asset"] == sha256
    assert api.http.get(f"/v1/assets/{sha256}").status_code == 200
    with api.engine.connect() as connection:
        document = documents.get(connection, DEFAULT_TENANT, editor.id)
        assert connection.scalars(text("SELECT sha256 FROM document_assets")).all() == [sha256]
    assert document is not None
    assert document.operations == [{"op": "replace", "layer": name, "asset": sha256} for name in CARDS]
    assert green_base64() not in json.dumps([document.operations, document.scene])
    again = editor.edit({"op": "replace", "layer": 1, "asset": sha256})
    assert again.json()["dirty"] is None


def test_a_picture_is_added_as_a_layer_copied_and_grouped(api: Api, editor: Editor) -> None:
    changed = editor.edit({"op": "add", "image_base64": green_base64(), "name": "Sale", "anchor": "top-left"}).json()
    added = changed["layers"][-1]
    assert (added["index"], added["name"], added["kind"], added["parent"], added["url"]) == (
        3, "Sale", "object", None, None)  # fmt: skip
    more = editor.edit(
        {"op": "add", "asset": added["asset"], "to": "bottom"},
        {"op": "duplicate", "layer": "Red card"},
        {"op": "group", "layer": ["Sale", "Red card copy"], "name": "Both"},
        {"op": "lock", "layer": "Both"},
    ).json()
    assert [layer["index"] for layer in more["layers"]] == [4, 0, 1, 2, 5, 3, 6]
    copy, group = more["layers"][4], more["layers"][6]
    assert (copy["url"], copy["parent"]) == (more["layers"][2]["url"], 6)
    assert (group["name"], group["kind"], group["locked"]) == ("Both", "group", True)
    locked = editor.edit({"op": "move", "layer": "Sale", "by": {"x": 1}})
    assert problem(locked) == (422, "invalid-request", ["/operations/0/layer"])
    assert api.http.get(f"{editor.url}/render.png").status_code == 200
    missing = editor.edit({"op": "add", "asset": "0" * 64})
    assert problem(missing) == (422, "invalid-request", ["/operations/0/asset"])


@pytest.mark.parametrize("name", ["huge_header_png", "text_bomb_png", "bad_checksum_png"])
def test_a_hostile_picture_within_an_operation_leaves_nothing(api: Api, editor: Editor, name: str) -> None:
    inline = base64.b64encode(getattr(pictures, name)()).decode()
    answer = editor.edit(
        {"op": "replace", "layer": 1, "image_base64": green_base64()},
        {"op": "replace", "layer": 2, "image_base64": inline},
    )
    assert problem(answer) == (422, "invalid-request", ["/operations/1/image_base64"])
    with api.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM assets")) == 0
    assert list((api.settings.data_dir / "uploads").iterdir()) == []


def test_a_stale_change_is_refused_and_told_the_newest(editor: Editor) -> None:
    hide = {"op": "hide", "layer": 1}
    assert editor.edit(hide, if_match='"r1"').status_code == 200
    stale = editor.edit(hide, if_match='"r1"')
    assert problem(stale) == (412, "revision-conflict", [])
    assert (stale.json()["revision"], stale.headers["ETag"]) == (2, '"r2"')
    assert editor.edit(hide, if_match='"r7", "r2"').json()["revision"] == 3
    assert editor.edit(hide, if_match="*").json()["revision"] == 4
    assert editor.edit(hide, if_match='W/"r4"').status_code == 412
    assert editor.edit(hide, if_match='"other"').status_code == 412
    assert problem(editor.edit(hide, if_match="r4")) == (422, "invalid-request", ["/if-match"])
    assert editor.edit(hide).json()["revision"] == 5


def test_a_repeated_key_edits_once(api: Api, editor: Editor) -> None:
    move = {"op": "move", "layer": 1, "by": {"x": 1}}
    first = editor.edit(move, key="k", if_match='"r1"')
    again = editor.edit(move, key="k", if_match='"r1"')
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, first.json(), '"r2"')
    assert again.headers["Idempotency-Replayed"] == "true"
    assert problem(editor.edit({**move, "layer": 2}, key="k")) == (422, "idempotency-mismatch", [])
    assert editor.edit({**move, "layer": 7}, key="wrong").status_code == 422
    assert editor.edit(move, key="wrong").json()["revision"] == 3  # what came to nothing does not use up a key
    other = Editor.of(api, editor.decomposition_id)
    assert problem(other.edit(move, key="k")) == (422, "idempotency-mismatch", [])


def test_a_repeated_key_makes_one_document(api: Api, made: str) -> None:
    headers = {"Idempotency-Key": "k"}
    first = api.http.post("/v1/documents", json={"decomposition_id": made}, headers=headers)
    again = api.http.post("/v1/documents", json={"decomposition_id": made}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert len(api.http.get("/v1/documents").json()["documents"]) == 1
    other = api.http.post("/v1/documents", json={"decomposition_id": made, "name": "x"}, headers=headers)
    assert problem(other) == (422, "idempotency-mismatch", [])


def test_a_decomposition_stays_as_long_as_its_documents(api: Api, made: str, editor: Editor) -> None:
    refused = api.http.delete(f"/v1/decompositions/{made}")
    assert problem(refused) == (409, "decomposition-in-use", [])
    assert editor.id in refused.json()["detail"]
    assert editor.edit({"op": "hide", "layer": 1}).status_code == 200
    assert api.http.delete(editor.url).status_code == 204
    assert api.http.delete(f"/v1/decompositions/{made}").status_code == 204


def test_a_deleted_document_is_gone_with_all_that_is_below_it(api: Api, editor: Editor) -> None:
    editor.edit({"op": "hide", "layer": 1})
    assert api.http.delete(editor.url).status_code == 204
    _nothing_is_there(api, editor.url)


def _nothing_is_there(api: Api, url: str) -> None:
    body: dict[str, Any] = {"operations": [{"op": "hide", "layer": 1}]}
    answers = [
        *(api.http.get(url + rest) for rest in ("", "/revisions", "/revisions/1", "/render.png")),
        *(api.http.post(url + rest) for rest in ("/undo", "/redo", "/revisions/1/restore")),
        api.http.post(f"{url}/operations", json=body),
        api.http.delete(url),
    ]
    for answer in answers:
        assert problem(answer) == (404, "not-found", []), answer.url


def test_a_document_of_another_tenant_is_not_there(api: Api, editor: Editor) -> None:
    editor.edit({"op": "hide", "layer": 1})
    add_tenant(api.engine, "other")
    with api.engine.begin() as connection:
        for table in ("images", "image_layers", "documents", "document_states", "document_revisions"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            connection.execute(text(f"UPDATE {table} SET tenant_id = 'other'"))
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
    _nothing_is_there(api, editor.url)
    with api.engine.begin() as connection:
        assert documents.get(connection, "other", editor.id) is not None

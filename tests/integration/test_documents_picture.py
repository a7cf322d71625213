"""The picture of a document: immutable at a revision, made once for all that come to the same."""

import base64
import io
from typing import Any

import hostile_images as pictures
import numpy as np
import pytest
from PIL import Image

from tests.api_in_thread import Api, pixels_of
from tests.documents_made import Editor

HIT, MISS = "lamina; hit", "lamina; fwd=miss"
MOVE: dict[str, Any] = {"op": "move", "layer": "Red card", "by": {"x": 4}}


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def test_an_unedited_document_is_the_source_to_the_bit(editor: Editor) -> None:
    source = editor.http.get(f"/v1/decompositions/{editor.decomposition_id}/source.png").content
    picture = editor.picture()
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", source)


def test_a_picture_at_a_revision_never_changes(editor: Editor) -> None:
    editor.edit(MOVE)
    then = editor.picture(revision=2)
    assert "immutable" in then.headers["Cache-Control"]
    assert "Content-Location" not in then.headers
    editor.edit({"op": "hide", "layer": "*"})
    again = editor.picture(revision=2)
    assert (again.content, again.headers["ETag"], again.headers["Cache-Status"]) == (
        then.content, then.headers["ETag"], HIT,
    )  # fmt: skip
    known = editor.http.get(
        f"{editor.url}/render.png", params={"revision": 2}, headers={"If-None-Match": then.headers["ETag"]}
    )
    assert (known.status_code, known.content) == (304, b"")


def test_a_picture_without_a_revision_is_the_newest_and_says_which(editor: Editor) -> None:
    editor.edit(MOVE)
    now = editor.picture(width=30, background="#ff00aa")
    assert "no-cache" in now.headers["Cache-Control"]
    assert "immutable" not in now.headers["Cache-Control"]
    there = editor.http.get(now.headers["Content-Location"])
    assert (there.content, there.headers["ETag"], there.headers["Cache-Status"]) == (
        now.content, now.headers["ETag"], HIT,
    )  # fmt: skip
    assert "immutable" in there.headers["Cache-Control"]
    editor.edit({"op": "hide", "layer": "*"})
    assert editor.picture(width=30, background="#ff00aa").headers["ETag"] != now.headers["ETag"]


def test_an_undo_hits_the_cache(editor: Editor) -> None:
    first = editor.picture()
    assert first.headers["Cache-Status"] == MISS
    editor.edit(MOVE)
    moved = editor.picture()
    assert (moved.headers["Cache-Status"], moved.content == first.content) == (MISS, False)
    editor.step("undo")
    undone = editor.picture()
    assert (undone.headers["Cache-Status"], undone.content) == (HIT, first.content)
    editor.step("redo")
    assert editor.picture().headers["Cache-Status"] == HIT
    editor.edit({"op": "move", "layer": 1, "by": {"x": -4}})  # there and back is no move
    back = editor.picture()
    assert (back.headers["Cache-Status"], back.headers["ETag"]) == (HIT, first.headers["ETag"])


def test_a_stateless_render_of_the_same_edit_is_the_same_picture(editor: Editor) -> None:
    editor.edit(MOVE)
    kept = editor.picture()
    url = f"/v1/decompositions/{editor.decomposition_id}/render"
    stateless = editor.http.post(url, json={"operations": [MOVE]})
    assert (stateless.headers["Cache-Status"], stateless.content) == (HIT, kept.content)
    assert stateless.headers["ETag"] == kept.headers["ETag"]


def test_pictures_come_in_each_format_and_size(editor: Editor) -> None:
    editor.edit(MOVE)
    exact = pixels_of(editor.picture().content)
    webp = editor.http.get(f"{editor.url}/render.webp")
    assert webp.headers["Content-Type"] == "image/webp"
    assert np.array_equal(pixels_of(webp.content), exact)
    jpeg = editor.http.get(f"{editor.url}/render.jpg", params={"width": 30, "quality": 95})
    with Image.open(io.BytesIO(jpeg.content)) as picture:
        assert (jpeg.headers["Content-Type"], picture.format, picture.size) == ("image/jpeg", "JPEG", (30, 20))
    editor.edit({"op": "hide", "layer": "*"})
    assert (pixels_of(editor.picture(background="white").content) == 255).all()


@pytest.mark.parametrize(
    ("extension", "query", "pointer"),
    [
        ("png", "revision=0", "/revision"),
        ("png", "revision=one", "/revision"),
        ("png", "width=0", "/width"),
        ("png", "width=16384", "/width"),
        ("png", "width=wide", "/width"),
        ("png", "background=reddish", "/background"),
        ("jpg", "quality=101", "/quality"),
    ],
)
def test_what_is_wrong_with_a_query_is_pointed_at(editor: Editor, extension: str, query: str, pointer: str) -> None:
    answer = editor.http.get(f"{editor.url}/render.{extension}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_revision_that_is_not_yet_has_no_picture(editor: Editor) -> None:
    answer = editor.picture(revision=2)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_part_of_a_picture_can_be_asked_for(editor: Editor) -> None:
    whole = editor.picture().content
    part = editor.http.get(f"{editor.url}/render.png", headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content) == (206, whole[3:10])


def test_a_picture_in_a_layer_s_place_is_drawn(editor: Editor) -> None:
    green = pictures.saved(Image.new("RGB", (20, 16), (0, 200, 80)), "PNG")
    inline = base64.b64encode(green).decode()
    editor.edit({"op": "replace", "layer": "Red card", "image_base64": inline})
    assert (pixels_of(editor.picture().content)[8:24, 6:26] == (0, 200, 80, 255)).all()


def test_pictures_are_made_again_when_the_disk_cache_was_emptied(api: Api, editor: Editor) -> None:
    green = base64.b64encode(pictures.saved(Image.new("RGB", (20, 16), (0, 200, 80)), "PNG")).decode()
    editor.edit({"op": "replace", "layer": "Red card", "image_base64": green, "keep": ["mask"]})
    before = editor.picture(revision=2)
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    api.kept.forget(None)
    after = editor.picture(revision=2)
    assert (after.headers["Cache-Status"], after.content) == (MISS, before.content)

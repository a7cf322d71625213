"""The picture of a document: immutable at a revision, made once for all that come to the same."""

import base64
import io
from typing import Any

import hostile_images
import numpy as np
import pytest
from PIL import Image

from model.edits import OPERATIONS
from tests.api_in_thread import HEIGHT, WIDTH, Api, pixels_of
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


def every_operation(asset: str) -> list[dict[str, Any]]:
    """One of each kind, but for words, which need a layer of words; in an order in which all can be done."""
    return [
        {"op": "move", "layer": "Red card", "by": {"x": "7.3%", "y": -2}},
        {"op": "rotate", "layer": 1, "by": 33.3},
        {"op": "scale", "layer": 2, "by": {"x": 1.37, "y": 0.7}, "anchor": "left"},
        {"op": "flip", "layer": 1, "axis": "horizontal"},
        {"op": "recolor", "layer": 1, "mode": "tint", "color": "gold", "strength": 0.7},
        {"op": "adjust", "layer": 2, "brightness": 1.1, "blur": 1.5},
        {"op": "opacity", "layer": 2, "to": 1 / 3},
        {"op": "duplicate", "layer": 1, "name": "Copy"},
        {"op": "replace", "layer": "Copy", "asset": asset, "keep": ["position", "mask"]},
        {"op": "add", "asset": asset, "name": "Badge", "box": {"x": 3, "y": 4, "width": 11, "height": 9}},
        {"op": "crop", "layer": "Badge", "box": {"x": 4, "y": 5, "width": 6, "height": 6}},
        {"op": "reorder", "layer": "Copy", "to": "top"},
        {"op": "blend", "layer": "Copy", "mode": "multiply"},
        {"op": "group", "layer": ["Badge", "Red card"], "name": "Both"},
        {"op": "opacity", "layer": "Both", "to": 0.6},
        {"op": "rotate", "layer": "Both", "to": 12},
        {"op": "rename", "layer": "Both", "name": "Pair"},
        {"op": "delete", "layer": "Copy"},
        {"op": "restore", "layer": "Copy"},
        {"op": "hide", "layer": "Blue card"},
        {"op": "show", "layer": "Blue card"},
        {"op": "lock", "layer": "Blue card"},
        {"op": "unlock", "layer": "Blue card"},
        {"op": "canvas", "width": 71, "height": "110%", "anchor": "center"},
        {"op": "ungroup", "layer": "Pair"},
    ]


def test_edits_kept_one_by_one_come_to_the_same_as_all_in_one_request(editor: Editor) -> None:
    """Each goes through JSON, the database and back before the next."""
    picture = hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 150)), "PNG")
    asset = editor.http.post("/v1/assets", files={"image": picture}).json()["sha256"]
    operations = every_operation(asset)
    assert {one["op"] for one in operations} == set(OPERATIONS) - {"text"}
    url = f"/v1/decompositions/{editor.decomposition_id}/render"
    for count, operation in enumerate(operations, 1):
        answer = editor.edit(operation)
        assert answer.status_code == 200, answer.text
        kept = editor.picture()
        at_once = editor.http.post(url, json={"operations": operations[:count]})
        assert (at_once.headers["ETag"], at_once.content) == (kept.headers["ETag"], kept.content), operation
    for count in range(len(operations), 0, -1):
        now = editor.picture()
        assert (now.headers["ETag"], now.headers["Cache-Status"]) == (
            editor.picture(revision=count + 1).headers["ETag"],
            HIT,
        )
        assert editor.step("undo").status_code == 200


def test_pictures_come_in_each_format_and_size(editor: Editor) -> None:
    editor.edit(MOVE)
    exact = pixels_of(editor.picture().content)
    webp = editor.http.get(f"{editor.url}/render.webp")
    assert webp.headers["Content-Type"] == "image/webp"
    assert np.array_equal(pixels_of(webp.content), exact)
    jpeg = editor.http.get(f"{editor.url}/render.jpg", params={"width": 30, "quality": 95})
    with Image.open(io.BytesIO(jpeg.content)) as picture:
        assert (jpeg.headers["Content-Type"], picture.format, picture.size) == ("image/jpeg", "JPEG", (30, 20))
    avif = editor.http.get(f"{editor.url}/render.avif", params={"width": 30, "quality": 70})
    with Image.open(io.BytesIO(avif.content)) as picture:
        assert (avif.headers["Content-Type"], picture.format, picture.size) == ("image/avif", "AVIF", (30, 20))
    there = editor.http.get(avif.headers["Content-Location"])
    assert (there.content, there.headers["Cache-Status"]) == (avif.content, HIT)
    editor.edit({"op": "hide", "layer": "*"})
    assert (pixels_of(editor.picture(background="white").content) == 255).all()
    board = editor.picture(background="checkerboard")
    assert pixels_of(board.content)[0, [0, 7, 8, 15, 16], 0].tolist() == [255, 255, 204, 204, 255]
    assert editor.picture(background="transparent").content == editor.picture().content


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ("4,6,20,10", slice(6, 16), slice(4, 24)),
        ("-5, -5, 20, 10.0", slice(0, 5), slice(0, 15)),
        ("50%,25%,50%,1000", slice(10, 40), slice(30, 60)),
    ],
)
def test_a_box_of_a_picture_is_its_very_pixels(editor: Editor, box: str, rows: slice, columns: slice) -> None:
    editor.edit(MOVE, {"op": "rotate", "layer": "Blue card", "by": 10})
    exact = pixels_of(editor.picture().content)
    assert exact.shape == (HEIGHT, WIDTH, 4)
    part = editor.picture(box=box)
    assert np.array_equal(pixels_of(part.content), exact[rows, columns])
    there = editor.http.get(part.headers["Content-Location"])
    assert (there.content, there.headers["ETag"], there.headers["Cache-Status"]) == (
        part.content, part.headers["ETag"], HIT,
    )  # fmt: skip
    listed = [columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start]
    url = f"/v1/decompositions/{editor.decomposition_id}/render"
    operations = [MOVE, {"op": "rotate", "layer": "Blue card", "by": 10}]
    stateless = editor.http.post(url, json={"operations": operations, "output": {"box": listed}})
    assert (stateless.headers["ETag"], stateless.headers["Cache-Status"]) == (part.headers["ETag"], HIT)
    editor.edit({"op": "hide", "layer": 0})
    board = pixels_of(editor.picture(background="checkerboard").content)
    assert np.array_equal(pixels_of(editor.picture(background="checkerboard", box=box).content), board[rows, columns])
    doubled = editor.picture(box=box, width=2 * listed[2])
    assert pixels_of(doubled.content).shape == (2 * listed[3], 2 * listed[2], 4)


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
        ("avif", "quality=0", "/quality"),
        ("png", "box=1,2,3", "/box"),
        ("png", "box=", "/box"),
        ("png", "box=1,2,3,four", "/box/3"),
        ("png", "box=1,2,-3,4", "/box/2"),
        ("png", "box=1,2,nan,4", "/box/2"),
        ("webp", "box=100%,0,5,5", "/box"),
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
    green = hostile_images.saved(Image.new("RGB", (20, 16), (0, 200, 80)), "PNG")
    inline = base64.b64encode(green).decode()
    editor.edit({"op": "replace", "layer": "Red card", "image_base64": inline})
    assert (pixels_of(editor.picture().content)[8:24, 6:26] == (0, 200, 80, 255)).all()


def test_pictures_are_made_again_when_the_disk_cache_was_emptied(api: Api, editor: Editor) -> None:
    green = base64.b64encode(hostile_images.saved(Image.new("RGB", (20, 16), (0, 200, 80)), "PNG")).decode()
    editor.edit({"op": "replace", "layer": "Red card", "image_base64": green, "keep": ["mask"]})
    before = editor.picture(revision=2)
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    api.kept.forget(None)
    after = editor.picture(revision=2)
    assert (after.headers["Cache-Status"], after.content) == (MISS, before.content)

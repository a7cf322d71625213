"""The pictures of a document's layers, each by itself: what is in them, where they lie, and that they are made once."""

from typing import Any

import hostile_images
import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from model.compositing import over
from model.layers import Pixels
from tests.api_in_thread import CARDS, HEIGHT, RED, WIDTH, Api, pixels_of
from tests.documents_made import Editor

HIT, MISS = "lamina; hit", "lamina; fwd=miss"
TINT: dict[str, Any] = {"op": "recolor", "layer": 1, "mode": "tint", "color": "gold"}
TURN: dict[str, Any] = {"op": "rotate", "layer": 1, "by": 33.3}


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def layers_of(editor: Editor) -> list[dict[str, Any]]:
    """Of the newest revision, bottom to top."""
    found: list[dict[str, Any]] = editor.http.get(editor.url).json()["layers"]
    return found


def layer_of(editor: Editor, index: int) -> dict[str, Any]:
    return next(layer for layer in layers_of(editor) if layer["index"] == index)


def picture(editor: Editor, index: int, extension: str = "png", **query: Any) -> httpx.Response:
    answer = editor.http.get(f"{editor.url}/layers/{index}.{extension}", params=query)
    assert answer.status_code == 200, answer.text
    return answer


def on_canvas(pixels: Pixels, box: list[int], width: int, height: int) -> Pixels:
    """What of a trimmed picture lies on the canvas."""
    canvas = np.zeros((height, width, 4), np.uint8)
    x, y, across, down = box
    assert pixels.shape == (down, across, 4)
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + across, width), min(y + down, height)
    if left < right and top < bottom:
        canvas[top:bottom, left:right] = pixels[top - y : bottom - y, left - x : right - x]
    return canvas


def every_look(editor: Editor) -> list[dict[str, Any]]:
    """Edits of each kind, one after another; none of a layer that they leave inside is scaled, turned or blurred over
    the canvas's edge."""
    half = hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 150)), "PNG")
    asset = editor.http.post("/v1/assets", files={"image": half}).json()["sha256"]
    return [
        TINT,
        {"op": "move", "layer": 1, "by": {"x": 9, "y": 2}},
        TURN,
        {"op": "opacity", "layer": 1, "to": 0.4},
        {"op": "adjust", "layer": 2, "brightness": 1.2, "blur": 1.5},
        {"op": "scale", "layer": 2, "by": 0.8},
        {"op": "blend", "layer": 2, "mode": "multiply"},
        {"op": "add", "asset": asset, "name": "Badge", "box": {"x": 3, "y": 4, "width": 11, "height": 9}},
        {"op": "crop", "layer": "Badge", "box": {"x": 4, "y": 5, "width": 6, "height": 6}},
        {"op": "duplicate", "layer": 1, "name": "Copy"},
        {"op": "replace", "layer": "Copy", "asset": asset, "keep": ["position", "mask"]},
        {"op": "move", "layer": 2, "by": {"x": -3}},
        {"op": "flip", "layer": "Badge", "axis": "horizontal"},
        {"op": "duplicate", "layer": "Blue card", "name": "Words"},
        {"op": "text", "layer": "Words", "value": "Ab"},
        {"op": "text", "layer": "Words", "value": "Ab", "size": 11, "color": "teal"},
        {"op": "group", "layer": ["Badge", "Copy"], "name": "Both"},
        {"op": "opacity", "layer": "Both", "to": 0.6},
        {"op": "blend", "layer": "Both", "mode": "screen"},
        {"op": "hide", "layer": 1},
        {"op": "show", "layer": 1},
        {"op": "delete", "layer": 2},
        {"op": "restore", "layer": 2},
        {"op": "canvas", "width": 71, "height": 44, "anchor": "center"},
    ]


def test_the_layers_laid_over_each_other_are_the_picture_to_the_bit(editor: Editor) -> None:
    for operation in [None, *every_look(editor)]:
        if operation is not None:
            answer = editor.edit(operation)
            assert answer.status_code == 200, answer.text
        document = editor.http.get(editor.url).json()
        width, height = document["width"], document["height"]
        whole, trimmed = np.zeros((height, width, 4), np.uint8), np.zeros((height, width, 4), np.uint8)
        all_of_it = slice(0, height), slice(0, width)
        for layer in document["layers"]:
            if layer["parent"] is not None or layer["deleted"] or not layer["visible"]:
                continue
            full = pixels_of(picture(editor, layer["index"]).content)
            over(whole, full, all_of_it, layer["opacity"], layer["blend"])
            cut = pixels_of(editor.http.get(layer["edited_url"]).content)
            placed = on_canvas(cut, layer["edited_bbox"], width, height)
            over(trimmed, placed, all_of_it, layer["opacity"], layer["blend"])
        shown = pixels_of(editor.picture().content)
        assert np.array_equal(whole, shown), operation
        assert np.array_equal(trimmed, shown), operation


def test_a_trimmed_layer_is_not_cut_off_by_the_canvas(editor: Editor) -> None:
    _, y, width, height = CARDS["Red card"]
    editor.edit(TINT)
    inside = picture(editor, 1, trim=1)
    for by, x in (({"x": -15}, -9), ({"x": -500}, -509)):
        editor.edit({"op": "move", "layer": 1, "by": by})
        layer = layer_of(editor, 1)
        outside = picture(editor, 1, trim=1)
        assert outside.headers["X-Layer-Offset"] == f"{x},{y}"
        assert layer["edited_bbox"] == [x, y, width, height]
        assert (outside.content, outside.headers["Cache-Status"]) == (inside.content, HIT)
    assert not pixels_of(picture(editor, 1).content).any()
    turned = editor.edit(TURN).json()["layers"][1]
    pixels = pixels_of(picture(editor, 1, trim=1).content)
    assert pixels.shape == (turned["edited_bbox"][3], turned["edited_bbox"][2], 4)
    assert abs(int((pixels[:, :, 3] / 255).sum()) - width * height) < 10


def test_what_is_not_drawn_otherwise_keeps_its_name_and_its_address(editor: Editor) -> None:
    def named() -> tuple[str, str, str, str]:
        layer = layer_of(editor, 1)
        answers = picture(editor, 1), picture(editor, 1, trim=1)
        return layer["edited_url"], layer["thumbnail_url"], *(answer.headers["ETag"] for answer in answers)

    seen = [named()]
    for operations, changes in [
        ([TINT], [True, True, True, True]),
        ([{"op": "rename", "layer": 1, "name": "Card"}], [False] * 4),
        ([{"op": "hide", "layer": 1}], [False] * 4),
        ([{"op": "opacity", "layer": 1, "to": 0.5}, {"op": "blend", "layer": 1, "mode": "screen"}], [False] * 4),
        ([{"op": "reorder", "layer": 1, "to": "top"}], [False] * 4),
        ([{"op": "delete", "layer": 1}], [False] * 4),
        ([{"op": "restore", "layer": 1}], [False] * 4),
        ([{"op": "recolor", "layer": 2, "mode": "tint", "color": "gold"}], [False] * 4),
        ([{"op": "move", "layer": 1, "by": {"x": 3, "y": -1}}], [False, True, True, False]),
        ([TURN], [True] * 4),
        ([{"op": "canvas", "width": 80}], [False, True, True, False]),
    ]:
        assert editor.edit(*operations).status_code == 200
        seen.append(named())
        differ = [one != other for one, other in zip(seen[-2], seen[-1], strict=True)]
        assert differ == changes, operations
        at = editor.http.get(seen[-1][0])
        assert (at.headers["ETag"], "immutable" in at.headers["Cache-Control"]) == (seen[-1][3], True)
        assert editor.http.get(seen[-1][1]).headers["ETag"] == picture(editor, 1, w=256).headers["ETag"]
    for step in range(len(seen) - 2, -1, -1):
        editor.step("undo")
        assert named() == seen[step]


def test_an_unedited_layer_is_that_of_the_decomposition(editor: Editor) -> None:
    stack = f"/v1/decompositions/{editor.decomposition_id}/layers"
    for layer in layers_of(editor):
        assert layer["thumbnail_url"] == f"{layer['url']}?w=256"
        for query in ({}, {"trim": 1}, {"w": 20}, {"trim": 1, "w": 9}):
            stored = editor.http.get(f"{stack}/{layer['index']}.png", params=query)
            own = picture(editor, layer["index"], **query)
            assert (own.content, own.headers["Cache-Status"]) == (stored.content, HIT)
            assert own.headers.get("X-Layer-Offset") == stored.headers.get("X-Layer-Offset")
    etags = [picture(editor, 1, **query).headers["ETag"] for query in ({}, {"trim": 1}, {"w": 20}, {"w": 4000})]
    assert len(set(etags)) == 3
    assert etags[3] == etags[0]
    assert picture(editor.another(), 1, trim=1).headers["ETag"] == etags[1]


def test_on_another_canvas_a_layer_is_not_the_stored_one(editor: Editor) -> None:
    editor.edit({"op": "canvas", "height": HEIGHT + 5, "anchor": "top-left"})
    assert pixels_of(picture(editor, 1).content).shape == (HEIGHT + 5, WIDTH, 4)
    assert np.array_equal(pixels_of(picture(editor, 1).content)[8:24, 6:26], np.full((16, 20, 4), (*RED, 255)))


def test_a_picture_is_known_ranged_and_measured(editor: Editor) -> None:
    editor.edit(TINT)
    url = f"{editor.url}/layers/1.webp"
    whole = editor.http.get(url, params={"trim": 1, "revision": 2})
    assert (whole.headers["Content-Type"], whole.headers["Cache-Status"]) == ("image/webp", MISS)
    etag, offset = whole.headers["ETag"], whole.headers["X-Layer-Offset"]
    assert not etag.startswith("W/")
    known = editor.http.get(url, params={"trim": 1}, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)
    assert known.headers["X-Layer-Offset"] == offset == "6,8"
    part = editor.http.get(url, params={"trim": 1}, headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content, part.headers["X-Layer-Offset"]) == (206, whole.content[3:10], offset)
    outside = editor.http.get(url, params={"trim": 1}, headers={"Range": "bytes=999999-"})
    assert (outside.status_code, outside.json()["code"]) == (416, "range-not-satisfiable")
    head = editor.http.head(url, params={"trim": 1})
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole.content)))
    assert head.headers["ETag"] == etag
    assert np.array_equal(pixels_of(whole.content), pixels_of(picture(editor, 1, trim=1).content))
    assert "sandbox" in whole.headers["Content-Security-Policy"]


def test_what_a_client_has_is_not_made(api: Api, editor: Editor) -> None:
    editor.edit(TINT)
    etag = picture(editor, 1, w=30).headers["ETag"]
    empty_cache(api)
    known = editor.http.get(f"{editor.url}/layers/1.png", params={"w": 30}, headers={"If-None-Match": etag})
    assert known.status_code == 304
    assert not [path for path in (api.settings.data_dir / "cache").rglob("*") if path.is_file()]


def test_without_a_revision_the_newest_is_shown_and_named(editor: Editor) -> None:
    editor.edit(TINT)
    now = picture(editor, 1, trim=1, w=9)
    assert "no-cache" in now.headers["Cache-Control"]
    there = editor.http.get(now.headers["Content-Location"])
    assert (there.content, there.headers["ETag"]) == (now.content, now.headers["ETag"])
    assert "immutable" in there.headers["Cache-Control"]
    assert "Content-Location" not in there.headers
    editor.edit(TURN)
    assert picture(editor, 1, trim=1, w=9, revision=2).content == now.content
    assert picture(editor, 1, trim=1, w=9).headers["ETag"] != now.headers["ETag"]


def test_a_thumbnail_shows_what_edits_made_even_of_what_is_deleted(editor: Editor) -> None:
    editor.edit({"op": "recolor", "layer": 1, "mode": "replace", "from": "#dc281e", "color": "#00ff00"})
    editor.edit({"op": "delete", "layer": 1})
    layer = layer_of(editor, 1)
    assert layer["deleted"]
    small = pixels_of(editor.http.get(layer["thumbnail_url"]).content)
    assert small.shape == (HEIGHT, WIDTH, 4)  # never enlarged
    assert small[16, 16, 1] > 200 > 60 > small[16, 16, 0]
    assert pixels_of(picture(editor, 1, w=30).content).shape == (20, 30, 4)


def test_a_group_is_its_members(editor: Editor) -> None:
    editor.edit({"op": "group", "layer": [1, 2], "name": "Cards"}, {"op": "opacity", "layer": 2, "to": 0.5})
    editor.edit({"op": "hide", "layer": "Cards"}, {"op": "opacity", "layer": "Cards", "to": 0.2})
    group = next(layer for layer in layers_of(editor) if layer["kind"] == "group")
    assert group["edited_bbox"] == group["bbox"] == [6, 8, 44, 22]
    pixels = pixels_of(editor.http.get(group["edited_url"]).content)
    assert (pixels[0, 0] == (*RED, 255)).all()
    assert pixels[2, 30, 3] == 128
    editor.edit({"op": "delete", "layer": [1, 2]})
    empty = layer_of(editor, group["index"])
    assert (empty["edited_url"], empty["edited_bbox"], empty["thumbnail_url"]) == (None, None, None)
    nothing = picture(editor, group["index"], trim=1)
    assert pixels_of(nothing.content).tolist() == [[[0, 0, 0, 0]]]
    assert not pixels_of(picture(editor, group["index"]).content).any()


def test_what_is_very_large_is_cut_around_the_canvas(editor: Editor) -> None:
    editor.edit({"op": "scale", "layer": 1, "by": 1000, "anchor": "center"})
    layer = layer_of(editor, 1)
    assert layer["edited_bbox"] == [-WIDTH, -HEIGHT, 3 * WIDTH, 3 * HEIGHT]
    assert (pixels_of(picture(editor, 1, trim=1).content) == (*RED, 255)).all()
    editor.edit({"op": "move", "layer": 1, "by": {"x": 500_000}})
    assert layer_of(editor, 1)["edited_url"] is None


@pytest.mark.parametrize(
    ("name", "status", "pointer"),
    [
        ("layers/3.png", 404, None),
        ("layers/99999999999999999999.webp", 404, None),
        ("layers/1.png?revision=9", 404, None),
        ("layers/1.gif", 404, None),
        ("layers/-1.png", 422, "/index"),
        ("layers/one.png", 422, "/index"),
        ("layers/1.png?w=0", 422, "/w"),
        ("layers/1.png?w=5000", 422, "/w"),
        ("layers/1.png?trim=perhaps", 422, "/trim"),
        ("layers/1.png?revision=0", 422, "/revision"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(editor: Editor, name: str, status: int, pointer: str | None) -> None:
    answer = editor.http.get(f"{editor.url}/{name}")
    code = "not-found" if status == 404 else "invalid-request"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [error["pointer"] for error in answer.json().get("errors", [])] == ([pointer] if pointer else [])


def test_webp_cannot_hold_what_is_very_long(editor: Editor) -> None:
    tall = {"width": 5, "height": 16_384}
    editor.edit({"op": "scale", "layer": 1, "to": tall, "fit": "fill", "anchor": "top-left"})
    url = f"{editor.url}/layers/1.webp"
    for query in ({"trim": 1}, {"trim": 1, "w": 5}, {"trim": 1, "w": 4096}):
        answer = editor.http.get(url, params=query)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/w")
    assert pixels_of(editor.http.get(url, params={"trim": 1, "w": 2}).content).shape == (6554, 2, 4)
    assert pixels_of(picture(editor, 1, trim=1).content).shape == (16_384, 5, 4)


def empty_cache(api: Api) -> None:
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    api.kept.forget(None)


def test_pictures_are_made_again_when_the_disk_cache_was_emptied(api: Api, editor: Editor) -> None:
    editor.edit(TINT, TURN)
    queries: list[dict[str, Any]] = [{}, {"trim": 1}, {"w": 20}]
    before = [picture(editor, index, **query).content for index in (0, 1) for query in queries]
    empty_cache(api)
    assert [picture(editor, index, **query).content for index in (0, 1) for query in queries] == before


def test_pictures_go_with_their_document(editor: Editor) -> None:
    editor.edit(TINT)
    urls = [layer_of(editor, 1)[name] for name in ("edited_url", "thumbnail_url")]
    assert [editor.http.get(url).status_code for url in urls] == [200, 200]
    editor.http.delete(editor.url)
    assert [editor.http.get(url).json()["code"] for url in urls] == ["not-found", "not-found"]


def test_a_state_of_an_earlier_version_is_shown_under_its_own_revision(api: Api, editor: Editor) -> None:
    editor.edit(TINT)
    with api.engine.begin() as connection:
        connection.execute(
            text("UPDATE document_states SET scene = CAST(CAST(scene AS jsonb) - 'looks_since' AS json)")
        )
    assert layer_of(editor, 2)["edited_url"].endswith("/layers/2.png?revision=2&trim=1")
    editor.edit(TURN)
    urls = [layer["edited_url"].rpartition("?")[2] for layer in layers_of(editor)]
    assert urls == ["revision=2&trim=1", "revision=3&trim=1", "revision=2&trim=1"]


def test_lists_have_small_pictures(api: Api, editor: Editor) -> None:
    editor.edit(TINT)
    (document,) = api.http.get("/v1/documents").json()["documents"]
    small = api.http.get(document["thumbnail_url"])
    assert small.headers["Content-Type"] == "image/webp"
    assert pixels_of(small.content).shape == (HEIGHT, WIDTH, 4)
    assert "immutable" in small.headers["Cache-Control"]
    assert document["urls"]["source"] == f"/v1/decompositions/{editor.decomposition_id}/source.png"
    assert api.http.get(document["urls"]["source"]).status_code == 200

"""Exports over HTTP: of decompositions and documents, in every format; their headers, and what is told of losses."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import unquote

import hostile_images
import httpx
import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from model.compositing import over
from model.export.table import FORMATS
from model.export.zip_layers import write as write_zip
from tests.api_in_thread import Api, cards_pixels, pixels_of
from tests.documents_made import Editor
from tests.export_readers import READERS, Opened, Read
from tests.export_stacks import Maker, noise, put

HIT, MISS = "lamina; hit", "lamina; fwd=miss"


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


@pytest.fixture(params=sorted(READERS))
def format_(request: pytest.FixtureRequest) -> str:
    """Of those that hold layers."""
    return str(request.param)


@pytest.fixture(params=sorted(FORMATS))
def any_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def got(http: httpx.Client, url: str, **headers: str) -> httpx.Response:
    answer = http.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def names(items: tuple[Read, ...]) -> list[Any]:
    return [item.name if item.members is None else [item.name, *names(item.members)] for item in items]


def recomposed(found: Opened) -> np.ndarray[Any, Any]:
    canvas = np.zeros((found.height, found.width, 4), np.uint8)
    for item in found.items:
        if item.visible and item.pixels is not None:
            whole = np.zeros_like(canvas)
            put(whole, item.pixels, item.x, item.y)
            over(canvas, whole, np.s_[:, :], item.opacity, item.blend)
    return canvas


def file_name(answer: httpx.Response) -> str:
    """As a browser reads it: the extended one where there is one (RFC 6266, section 4.3)."""
    said = answer.headers["Content-Disposition"]
    found = re.fullmatch(r'attachment; filename="([\x20-\x7e]+)"(?:; filename\*=UTF-8\'\'([\w%.~-]+))?', said, re.ASCII)
    assert found is not None, said
    return unquote(found[2]) if found[2] else found[1]


def test_a_decomposition_is_exported_whole(api: Api, format_: str) -> None:
    id_ = api.made()
    manifest = api.http.get(f"/v1/decompositions/{id_}").json()
    answer = got(api.http, manifest["urls"]["exports"][format_])
    assert answer.headers["Content-Type"] == FORMATS[format_].media_type
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert file_name(answer) == f"{id_}.{format_}"
    assert json.loads(answer.headers["X-Export-Warnings"]) == []
    found = READERS[format_](answer.content)
    assert names(found.items) == ["Ground", "Red card", "Blue card"]
    assert np.array_equal(recomposed(found), cards_pixels())


def test_an_export_is_made_once_and_not_sent_twice(api: Api, any_format: str) -> None:
    url = f"/v1/decompositions/{api.made()}/export.{any_format}"
    head = api.http.head(url)
    first = got(api.http, url)
    assert (head.status_code, head.content, first.headers["Cache-Status"]) == (200, b"", HIT)
    for name in ("ETag", "Content-Length", "Content-Disposition", "X-Export-Warnings", "Content-Type"):
        assert head.headers[name] == first.headers[name]
    known = api.http.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["X-Export-Warnings"] == first.headers["X-Export-Warnings"]
    part = api.http.get(url, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, first.content[2:6])


def test_a_document_is_exported_as_edits_left_it(editor: Editor, format_: str) -> None:
    told = FORMATS[format_]
    half = 51 / 255
    for operation in (
        {"op": "move", "layer": 1, "by": {"x": -15}},
        {"op": "rotate", "layer": 2, "by": 33.3},
        {"op": "adjust", "layer": 2, "blur": 7},
        {"op": "opacity", "layer": 2, "to": half},
        {"op": "duplicate", "layer": 1, "name": "Копия 🚀"},
        {"op": "delete", "layer": 1},
        {"op": "duplicate", "layer": 2, "name": "Unseen"},
        {"op": "hide", "layer": "Unseen"},
    ):
        answer = editor.edit(operation)
        assert answer.status_code == 200, answer.text
    answer = got(editor.http, f"{editor.url}/export.{format_}")
    found = READERS[format_](answer.content)
    assert names(found.items) == ["Ground", "Копия 🚀", "Blue card", "Unseen"]
    if told.hidden:
        assert np.array_equal(recomposed(found), pixels_of(editor.picture().content))
    if told.beyond:
        copy = found.items[1]
        assert copy.pixels is not None
        assert (copy.x, copy.pixels.shape[1]) == (-9, 20)
    assert bool(json.loads(answer.headers["X-Export-Warnings"])) == (not told.beyond or not told.hidden)


def test_groups_stay_groups_where_there_are_any(editor: Editor, format_: str) -> None:
    editor.edit({"op": "group", "layer": [1, 2], "name": "Cards"}, {"op": "opacity", "layer": "Cards", "to": 0.2})
    answer = got(editor.http, editor.http.get(editor.url).json()["urls"]["exports"][format_])
    cards = ["Red card", "Blue card"]
    shown = names(READERS[format_](answer.content).items)
    told = FORMATS[format_]
    assert shown == ["Ground", *([["Cards", *cards] if told.isolated else "Cards"] if told.groups else cards)]
    losses = json.loads(answer.headers["X-Export-Warnings"])
    assert any("“Cards”" in sentence for sentence in losses) == (not told.groups or not told.isolated)


def test_a_revision_never_changes_and_the_newest_says_which_it_is(editor: Editor, format_: str) -> None:
    first = got(editor.http, f"{editor.url}/export.{format_}?revision=1")
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    editor.edit({"op": "rename", "layer": 1, "name": "Ruby"})
    newest = got(editor.http, f"{editor.url}/export.{format_}")
    assert newest.headers["Cache-Control"] == "private, no-cache"
    assert newest.headers["Content-Location"] == f"{editor.url}/export.{format_}?revision=2"
    assert newest.headers["ETag"] != first.headers["ETag"]
    assert names(READERS[format_](newest.content).items)[1] == "Ruby"
    again = got(editor.http, f"{editor.url}/export.{format_}?revision=1")
    assert (again.headers["ETag"], again.content) == (first.headers["ETag"], first.content)
    editor.step("undo")
    undone = got(editor.http, f"{editor.url}/export.{format_}")
    assert (undone.headers["ETag"], undone.headers["Cache-Status"]) == (first.headers["ETag"], HIT)


@pytest.mark.parametrize(
    ("title", "called"),
    [
        ("Summer poster", "Summer poster"),
        ("Плакат “лето” 🚀", "Плакат “лето” 🚀"),
        ("../a/b\\c:d*e?f\"g<h>i|j", "a-b-c-d-e-f-g-h-i-j"),
        ("100 % sure; filename=x", "100 % sure; filename=x"),
        ("turned \u202egnp.exe", "turned -gnp.exe"),
        ("...", "layers"),
    ],
)  # fmt: skip
def test_the_file_has_the_documents_name(editor: Editor, title: str, called: str) -> None:
    editor.http.patch(editor.url, json={"name": title}).raise_for_status()
    answer = got(editor.http, f"{editor.url}/export.zip")
    assert file_name(answer) == f"{called}.zip"


def test_a_document_without_a_name_gives_its_id(editor: Editor) -> None:
    assert file_name(got(editor.http, f"{editor.url}/export.zip")) == f"{editor.id}.zip"


def test_what_is_not_there_is_a_problem(editor: Editor, any_format: str) -> None:
    for url, status in (
        (f"/v1/decompositions/none/export.{any_format}", 404),
        (f"/v1/documents/none/export.{any_format}", 404),
        (f"{editor.url}/export.{any_format}?revision=7", 404),
        (f"{editor.url}/export.{any_format}?revision=0", 422),
        (f"{editor.url}/export.cdr", 404),
    ):
        answer = editor.http.get(url)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), url


def test_a_picture_that_an_edit_brought_is_in_it_although_it_is_hidden(editor: Editor) -> None:
    picture = hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 150)), "PNG")
    asset = editor.http.post("/v1/assets", files={"image": picture}).json()["sha256"]
    editor.edit({"op": "add", "asset": asset, "name": "Badge", "box": {"x": 3, "y": 4, "width": 9, "height": 7}})
    editor.edit({"op": "hide", "layer": "Badge"})
    found = READERS["zip"](got(editor.http, f"{editor.url}/export.zip").content)
    badge = found.items[3]
    assert badge.pixels is not None
    assert (badge.name, badge.visible, badge.x, badge.y) == ("Badge", False, 3, 4)
    assert np.array_equal(badge.pixels, np.full((7, 9, 4), (0, 200, 80, 150), np.uint8))


def test_words_that_were_set_are_told_line_by_line(editor: Editor) -> None:
    answer = editor.edit({"op": "text", "layer": 1, "value": "Ab\nc"})
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(got(editor.http, f"{editor.url}/export.zip").content)) as archive:
        card = json.loads(archive.read("manifest.json"))["layers"][1]
    assert (card["kind"], card["text"]) == ("text", "Ab\nc")
    assert [line["text"] for line in card["lines"]] == ["Ab", "c"]
    losses = json.loads(got(editor.http, f"{editor.url}/export.psd").headers["X-Export-Warnings"])
    assert losses == ["PSD keeps words as pixels: “Red card” cannot be typed over."]


def test_words_are_boxes_on_a_slide_where_that_is_asked_for(editor: Editor) -> None:
    editor.edit({"op": "text", "layer": 1, "value": "Ab\nc"}).raise_for_status()
    url = f"{editor.url}/export.pptx"
    kept = json.loads(got(editor.http, url).headers["X-Export-Warnings"])
    assert kept == ["PPTX keeps words as pixels: “Red card” cannot be typed over."]
    answer = got(editor.http, f"{url}?text=boxes&build=slides")
    assert answer.headers["Content-Location"] == f"{url}?revision=2&text=boxes&build=slides"
    assert json.loads(answer.headers["X-Export-Warnings"]) == [
        "PPTX sets the words of “Red card” anew: they may look different."
    ]
    slides = Presentation(io.BytesIO(answer.content)).slides
    assert [len(slide.shapes) for slide in slides] == [1, 2, 3]
    assert slides[2].shapes[1].text_frame.text == "Ab\vc"
    problem = editor.http.get(f"{url}?text=letters&build=all")
    assert (problem.status_code, [one["pointer"] for one in problem.json()["errors"]]) == (422, ["/text", "/build"])


def test_a_scene_tells_where_all_pixels_are_and_how_they_lie(editor: Editor) -> None:
    picture = hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 150)), "PNG")
    asset = editor.http.post("/v1/assets", files={"image": picture}).json()["sha256"]
    editor.edit(
        {"op": "opacity", "layer": 2, "to": 0.5},
        {"op": "blend", "layer": 2, "mode": "multiply"},
        {"op": "scale", "layer": 1, "by": 1.5},
        {"op": "move", "layer": 1, "by": {"x": -15}},
        {"op": "add", "asset": asset, "name": "Badge", "box": {"x": 3, "y": 4, "width": 9, "height": 7}},
        {"op": "group", "layer": [1, 2], "name": "Cards"},
        {"op": "delete", "layer": 0},
    ).raise_for_status()
    scene = got(editor.http, f"{editor.url}/export.json").json()
    assert (scene["format"], scene["width"], scene["height"]) == ("lamina-scene", 60, 40)
    layers = {one["name"]: one for one in scene["layers"]}
    assert list(layers) == ["Red card", "Blue card", "Cards", "Badge"]
    assert [one["type"] for one in scene["layers"]] == ["layer", "layer", "group", "layer"]
    assert {layers[name]["parent"] for name in ("Red card", "Blue card")} == {layers["Cards"]["index"]}
    canvas = np.zeros((40, 60, 4), np.uint8)
    for one in scene["layers"]:
        drawn = pixels_of(got(editor.http, one["url"]).content)
        assert drawn.shape[1::-1] == tuple(one["bbox"][2:])
        if one["type"] == "layer":
            put(whole := np.zeros_like(canvas), drawn, *one["bbox"][:2])
            over(canvas, whole, np.s_[:, :], one["opacity"], one["blend"])
            source = got(editor.http, one["source"]["url"]).content
            assert hashlib.sha256(source).hexdigest() == one["source"]["sha256"]
    assert np.array_equal(canvas, pixels_of(got(editor.http, scene["url"]).content))
    assert layers["Red card"]["matrix"][:4] == [1.5, 0, 0, 1.5]
    assert layers["Badge"]["source"]["sha256"] == asset


def test_a_scene_of_an_imported_file_has_its_groups_and_what_lies_beyond(api: Api) -> None:
    make = Maker()
    card = make.layer("Card", noise(2, 12, 9), -5, 16, visible=False)
    out = io.BytesIO()
    write_zip(make.stack(make.layer("Ground", noise(1, 37, 29, True)), make.group("Cards", [card], opacity=0.5)), out)
    sent = api.http.post(
        "/v1/decompositions/import", content=out.getvalue(), headers={"Content-Type": "application/zip"}
    )
    scene = got(api.http, f"/v1/decompositions/{sent.json()['id']}/export.json").json()
    ground, card_there, group = scene["layers"]
    assert (group["name"], group["type"], group["opacity"], group["url"]) == ("Cards", "group", 0.5, None)
    assert (card_there["parent"], card_there["visible"]) == (group["index"], False)
    assert (card_there["bbox"], ground["bbox"]) == ([-5, 16, 12, 9], [0, 0, 37, 29])
    assert np.array_equal(pixels_of(got(api.http, card_there["url"]).content), noise(2, 12, 9))


def test_a_scene_is_the_same_again_after_an_undo(editor: Editor, api: Api) -> None:
    first = got(editor.http, f"{editor.url}/export.json")
    editor.edit({"op": "rename", "layer": 1, "name": "Ruby"})
    assert got(editor.http, f"{editor.url}/export.json").json()["revision"] == 2
    editor.step("undo")
    editor.http.patch(editor.url, json={"name": "Renamed"}).raise_for_status()
    again = got(editor.http, f"{editor.url}/export.json")
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    stored = got(api.http, f"/v1/decompositions/{first.json()['decomposition_id']}/export.json").json()
    assert (stored["document_id"], stored["revision"], len(stored["layers"])) == (None, None, 3)
    for one in stored["layers"]:
        assert pixels_of(got(api.http, one["url"]).content).shape[1::-1] == tuple(one["bbox"][2:])


def test_the_source_is_the_picture_before_any_edit(editor: Editor) -> None:
    editor.edit({"op": "delete", "layer": 2})
    with zipfile.ZipFile(io.BytesIO(got(editor.http, f"{editor.url}/export.zip").content)) as archive:
        assert np.array_equal(pixels_of(archive.read("source.png")), cards_pixels())
        assert np.array_equal(pixels_of(archive.read("composite.png")), pixels_of(editor.picture().content))


def test_an_animation_is_made_as_it_is_asked_for(editor: Editor) -> None:
    url = f"{editor.url}/export.webp"
    plain = got(editor.http, url)
    asked = got(editor.http, f"{url}?frame_ms=250&width=20&loop=0")
    assert asked.headers["Content-Location"] == f"{url}?revision=1&frame_ms=250&width=20"
    assert asked.headers["ETag"] != plain.headers["ETag"]
    assert got(editor.http, f"{url}?frame_ms=1000").headers["ETag"] == plain.headers["ETag"]
    with Image.open(io.BytesIO(plain.content)) as played:
        assert (played.n_frames, played.size) == (3, pixels_of(editor.picture().content).shape[1::-1])  # type: ignore[attr-defined]
        played.seek(2)
        assert np.array_equal(np.array(played.convert("RGBA")), pixels_of(editor.picture().content))
    with Image.open(io.BytesIO(asked.content)) as played:
        assert played.width == 20
    for query in ("frame_ms=5", "hold_ms=70000", "width=0", "loop=-1"):
        answer = editor.http.get(f"{url}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
        assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_a_canvas_that_a_format_cannot_hold_is_refused(serve: Callable[..., AbstractContextManager[Api]]) -> None:
    with serve(max_side=40_000) as api:
        id_ = api.made(hostile_images.saved(Image.new("RGB", (30_001, 2)), "PNG"), model="noop")
        answer = api.http.get(f"/v1/decompositions/{id_}/export.psd")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
        assert answer.json()["detail"] == (
            "PSD holds sides of at most 30,000 pixels; the canvas is 30,001 × 2."
        )  # fmt: skip
        assert READERS["ora"](got(api.http, f"/v1/decompositions/{id_}/export.ora").content).width == 30_001

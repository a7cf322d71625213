"""Edits over HTTP: one call, one picture, made once, and the stored layers stay as they are."""

import base64
import io
from collections.abc import Callable
from typing import Any, TypeAlias

import hostile_images as pictures
import httpx
import numpy as np
import pytest
from PIL import Image

from model.layers import Pixels
from tests.api_in_thread import BLUE, CARDS, GREY, HEIGHT, RED, WIDTH, Api, cards_pixels, cards_png, pixels_of
from tests.may_be_missing import fonts_with

Render: TypeAlias = Callable[..., httpx.Response]
GREEN = (0, 200, 80)


@pytest.fixture
def made(api: Api) -> str:
    return api.made()


@pytest.fixture
def render(api: Api, made: str) -> Render:
    """``render({…}, {…}, output={…})``: the answer to these operations."""

    def post(*operations: dict[str, Any], headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        url = f"/v1/decompositions/{made}/render"
        return api.http.post(url, json={"operations": operations, **body}, headers=headers)

    return post


def drawn(*boxes: tuple[tuple[int, int, int, int], tuple[int, int, int]]) -> Pixels:
    """The grey ground with coloured boxes over it, later ones in front."""
    pixels = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:] = (*GREY, 255)
    for (x, y, width, height), colour in boxes:
        pixels[max(0, y) : y + height, max(0, x) : x + width, :3] = colour
    return pixels


RED_BOX, BLUE_BOX = CARDS["Red card"], CARDS["Blue card"]
MOVED = (10, 5, 20, 16)
EDITS: dict[str, tuple[list[dict[str, Any]], Pixels]] = {
    "move by": ([{"op": "move", "layer": "Red card", "by": {"x": 4, "y": -3}}], drawn((MOVED, RED), (BLUE_BOX, BLUE))),
    "move to": ([{"op": "move", "layer": 1, "to": {"x": 10, "y": 5}}], drawn((MOVED, RED), (BLUE_BOX, BLUE))),
    "move by percent": (
        [{"op": "move", "layer": 1, "by": {"x": "10%", "y": "-12.5%"}}],
        drawn(((12, 3, 20, 16), RED), (BLUE_BOX, BLUE)),
    ),
    "scale": (
        [{"op": "scale", "layer": 1, "by": {"x": 1, "y": 0.5}, "anchor": "top-left"}],
        drawn(((6, 8, 20, 8), RED), (BLUE_BOX, BLUE)),
    ),
    "scale to": (
        [{"op": "scale", "layer": 1, "to": {"width": 10, "height": 8}, "fit": "fill", "anchor": "top-left"}],
        drawn(((6, 8, 10, 8), RED), (BLUE_BOX, BLUE)),
    ),
    "rotate": ([{"op": "rotate", "layer": 1, "by": 90}], drawn(((8, 6, 16, 20), RED), (BLUE_BOX, BLUE))),
    "flip": (
        [{"op": "flip", "layer": 1, "axis": "horizontal", "anchor": [1.5, 0.5]}],
        drawn(((46, 8, 20, 16), RED), (BLUE_BOX, BLUE)),
    ),
    "opacity": (
        [{"op": "opacity", "layer": 1, "to": 0}],
        drawn((BLUE_BOX, BLUE)),
    ),
    "recolor tint": (
        [{"op": "recolor", "layer": 1, "mode": "tint", "color": "rgb(0, 200, 80)"}],
        drawn((RED_BOX, GREEN), (BLUE_BOX, BLUE)),
    ),
    "recolor hue": (
        [{"op": "recolor", "layer": 1, "mode": "hue", "color": "#00f"}],
        drawn((RED_BOX, (30, 30, 220)), (BLUE_BOX, BLUE)),
    ),
    "reorder": (
        [{"op": "move", "layer": 2, "to": {"x": 6, "y": 8}}, {"op": "reorder", "layer": 1, "to": "top"}],
        drawn(((6, 8, 16, 20), BLUE), (RED_BOX, RED)),
    ),
    "delete": ([{"op": "delete", "layer": "Blue card"}], drawn((RED_BOX, RED))),
    "delete and restore": ([{"op": "delete", "layer": 2}, {"op": "restore", "layer": 2}], cards_pixels()),
    "hide": ([{"op": "hide", "layer": [1, "Blue card"]}], drawn()),
    "hide and show": ([{"op": "hide", "layer": "*"}, {"op": "show", "layer": "*"}], cards_pixels()),
    "blend": (
        [{"op": "move", "layer": 2, "to": {"x": 6, "y": 8}}, {"op": "blend", "layer": 2, "mode": "darken"}],
        drawn(((6, 8, 16, 20), (30, 60, 120)), (RED_BOX, RED), ((6, 8, 16, 16), (30, 40, 30))),
    ),
}


def test_each_edit_gives_the_picture_that_it_says(render: Render) -> None:
    for name, (operations, expected) in EDITS.items():
        answer = render(*operations)
        assert answer.status_code == 200, (name, answer.text)
        assert np.array_equal(pixels_of(answer.content), expected), name


def test_no_operations_are_the_source_to_the_bit(api: Api, made: str, render: Render) -> None:
    source = api.http.get(f"/v1/decompositions/{made}/source.png").content
    for body in ({"operations": []}, {}, {"operations": None, "output": None}, {"output": {}}):
        answer = api.http.post(f"/v1/decompositions/{made}/render", json=body)
        assert (answer.headers["Content-Type"], answer.content) == ("image/png", source)


def test_an_edit_and_its_opposite_are_no_edit_and_a_hit(render: Render) -> None:
    plain = render()
    assert plain.headers["Cache-Status"] == "lamina; fwd=miss"
    back = render(*({"op": "move", "layer": 1, "by": {"x": x}} for x in (5, -5)))
    assert back.headers["Cache-Status"] == "lamina; hit"
    assert back.headers["ETag"] == plain.headers["ETag"]
    assert back.content == plain.content


def test_a_picture_that_the_client_has_is_neither_made_nor_sent(render: Render) -> None:
    move = {"op": "move", "layer": 1, "by": {"x": 5}}
    etag = render(move).headers["ETag"]
    assert etag.startswith('"')
    known = render(move, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)
    assert known.headers["Cache-Status"] == "lamina; hit"
    assert render({**move, "layer": 2}, headers={"If-None-Match": etag}).status_code == 200


def test_the_output_is_as_it_was_asked_for(render: Render) -> None:
    answer = render(output={"format": "jpg", "width": 30, "quality": 95})
    assert answer.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (30, 20))
    hidden = {"op": "hide", "layer": "*"}
    clear = render(hidden, output={"format": "webp"})
    assert clear.headers["Content-Type"] == "image/webp"
    assert (pixels_of(clear.content)[:, :, 3] == 0).all()
    white = render(hidden, output={"background": "white"})
    assert (pixels_of(white.content) == 255).all()
    board = render(hidden, output={"background": "checkerboard"})
    assert pixels_of(board.content)[:17:8, 0].tolist() == [[255] * 4, [204, 204, 204, 255], [255] * 4]
    avif = render(hidden, output={"format": "avif"})
    assert avif.headers["Content-Type"] == "image/avif"
    assert (pixels_of(avif.content)[:, :, 3] == 0).all()


def test_a_box_of_the_picture_is_its_very_pixels(render: Render) -> None:
    whole = pixels_of(render().content)
    part = render(output={"box": ["10%", 8, 20, "40%"]})
    assert np.array_equal(pixels_of(part.content), whole[8:24, 6:26])
    larger = render(output={"box": ["10%", 8, 20, "40%"], "width": 40})
    assert pixels_of(larger.content).shape == (32, 40, 4)
    all_of_it = render(output={"box": [-1, 0, "200%", HEIGHT]})
    assert (all_of_it.headers["ETag"], all_of_it.headers["Cache-Status"]) == (render().headers["ETag"], "lamina; hit")


@pytest.mark.parametrize(
    ("output", "pointer"),
    [
        ({"box": [WIDTH, 0, 5, 5]}, "/output/box"),
        ({"box": "0,0,5,5"}, "/output/box"),
        ({"box": [0, 0, 5, 0]}, "/output/box/3"),
        ({"box": [0, 0, 5, 5], "width": 16_384}, "/output/width"),
        ({"format": "avif", "quality": 101}, "/output/quality"),
        ({"background": "chequered"}, "/output/background"),
    ],
)
def test_what_is_wrong_with_an_output_is_pointed_at(render: Render, output: dict[str, Any], pointer: str) -> None:
    answer = render(output=output)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_layer_is_replaced_by_an_asset(api: Api, render: Render) -> None:
    green = pictures.saved(Image.new("RGB", RED_BOX[2:], GREEN), "PNG")
    asset = api.http.post("/v1/assets", files={"image": green}).json()["sha256"]
    answer = render({"op": "replace", "layer": "Red card", "asset": asset})
    assert np.array_equal(pixels_of(answer.content), drawn((RED_BOX, GREEN), (BLUE_BOX, BLUE)))


def test_a_layer_is_replaced_by_a_picture_within_the_request(render: Render) -> None:
    green = base64.b64encode(pictures.saved(Image.new("RGB", (40, 32), GREEN), "PNG")).decode()
    answer = render({"op": "replace", "layer": "Red card", "image_base64": green})
    assert np.array_equal(pixels_of(answer.content), drawn((RED_BOX, GREEN), (BLUE_BOX, BLUE)))


def test_an_asset_becomes_a_layer_of_its_own(api: Api, render: Render) -> None:
    asset = api.http.post("/v1/assets", files={"image": pictures.saved(Image.new("RGB", (6, 4), GREEN), "PNG")}).json()
    answer = render({"op": "add", "asset": asset["sha256"], "anchor": "top-left"})
    assert np.array_equal(pixels_of(answer.content), drawn((RED_BOX, RED), (BLUE_BOX, BLUE), ((0, 0, 6, 4), GREEN)))
    gone = render({"op": "show", "layer": 0}, {"op": "add", "asset": "0" * 64})
    assert (gone.status_code, gone.json()["errors"][0]["pointer"]) == (422, "/operations/1/asset")


def test_words_are_set_in_a_layers_place(render: Render) -> None:
    fonts_with("Hi")
    words = {"op": "text", "layer": "Red card", "value": "Hi", "color": "lime"}
    shown = pixels_of(render(words).content).astype(int)
    assert not (shown[:, :, :3] == RED).all(axis=2).any()
    assert ((shown[:, :, 1] > 200) & (shown[:, :, 0] < 90)).any()
    missing = render({**words, "font": "No Such Font 17"})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/operations/0/font")


def test_an_asset_that_is_not_there_is_pointed_at(render: Render) -> None:
    answer = render({"op": "show", "layer": 0}, {"op": "replace", "layer": 1, "asset": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert answer.json()["errors"][0]["pointer"] == "/operations/1/asset"
    assert "/v1/assets" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["huge_header_png", "text_bomb_png", "bad_checksum_png"])
def test_a_hostile_picture_within_the_request_is_pointed_at(render: Render, name: str) -> None:
    inline = base64.b64encode(getattr(pictures, name)()).decode()
    answer = render({"op": "replace", "layer": 1, "image_base64": inline})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/operations/0/image_base64"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b'{"ops": []}', "/ops"),
        (b'{"\\ud800": []}', "/?"),
        (b'{"operations": 7}', "/operations"),
        (b'{"operations": [{"op": "move", "layer": "Read card", "by": {"x": 1}}]}', "/operations/0/layer"),
        (b'{"operations": [{"op": "recolor", "layer": 1, "color": "reddish"}]}', "/operations/0/color"),
        (b'{"operations": [{"op": "scale", "layer": 1, "by": 1e999}]}', "/operations/0/by"),
        (b'{"operations": [{"op": "move", "layer": 1, "by": {"x": 1' + b"0" * 400 + b"}}]}", "/operations/0/by/x"),
        (b'{"output": {"format": "gif"}}', "/output/format"),
        (b'{"output": {"width": 16384}}', "/output/width"),
    ],
)
def test_what_is_wrong_with_an_edit_is_pointed_at(api: Api, made: str, body: bytes, pointer: str) -> None:
    url = f"/v1/decompositions/{made}/render"
    answer = api.http.post(url, content=body, headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_name_that_is_nearly_right_is_suggested(render: Render) -> None:
    answer = render({"op": "hide", "layer": "red kard"})
    assert "Red card" in answer.json()["detail"]


def test_a_body_that_is_no_json_is_of_the_wrong_kind(api: Api, made: str) -> None:
    answer = api.http.post(f"/v1/decompositions/{made}/render", data={"operations": "[]"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-image")


def test_a_range_of_an_edit_is_ignored(api: Api, made: str) -> None:
    url = f"/v1/decompositions/{made}/render"
    whole = api.http.post(url, json={"operations": []})
    asked = api.http.post(url, json={"operations": []}, headers={"Range": "bytes=0-9"})
    assert (asked.status_code, asked.content) == (200, whole.content)


def test_edits_of_nothing_are_not_found(api: Api) -> None:
    answer = api.http.post("/v1/decompositions/dec_0/render", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_edits_leave_the_stored_layers_as_they_are(api: Api, made: str, render: Render) -> None:
    url = f"/v1/decompositions/{made}"
    before = api.http.get(url).json()
    render({"op": "delete", "layer": "*"})
    assert api.http.get(url).json() == before
    assert np.array_equal(pixels_of(api.http.get(f"{url}/composite.png").content), cards_pixels())


def test_a_decomposition_made_anew_is_not_taken_for_the_old_one(api: Api, render: Render) -> None:
    """Rendered pictures are kept under the layers they were made of, not under an id that may come back."""
    render()
    other = Image.new("RGB", (WIDTH, HEIGHT), GREY)
    another = api.made(pictures.saved(other, "PNG"))
    answer = api.http.post(f"/v1/decompositions/{another}/render", json={})
    assert answer.headers["Cache-Status"] == "lamina; fwd=miss"


def test_an_edit_is_rendered_again_when_the_disk_cache_was_emptied(api: Api, render: Render) -> None:
    move = {"op": "move", "layer": 1, "by": {"x": 5}}
    before = render(move)
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    api.kept.forget(None)
    after = render(move)
    assert (after.headers["Cache-Status"], after.content) == ("lamina; fwd=miss", before.content)


def test_a_request_of_megabytes_is_read(render: Render) -> None:
    big = pictures.saved(Image.effect_noise((1500, 1500), 90), "PNG")
    assert len(big) > 2**20
    answer = render({"op": "replace", "layer": 1, "image_base64": base64.b64encode(big).decode()})
    assert answer.status_code == 200


def test_the_file_that_comes_first_is_not_needed_again(api: Api, made: str) -> None:
    assert api.post(cards_png()).json()["result"]["decomposition_id"] == made
    assert list((api.settings.data_dir / "uploads").iterdir()) == []

"""Pictures for edits: kept once, under the hash of their bytes."""

import base64
import hashlib

import hostile_images as pictures
import numpy as np
import pytest

from tests.api_in_thread import Api, cards_pixels, cards_png, pixels_of


def test_an_asset_is_named_by_its_bytes_and_kept_once(api: Api) -> None:
    first = api.http.post("/v1/assets", files={"image": cards_png()})
    asset = first.json()
    assert (first.status_code, first.headers["Location"]) == (201, asset["url"])
    assert asset == {"sha256": asset["sha256"], "width": 60, "height": 40, "url": f"/v1/assets/{asset['sha256']}"}
    again = api.http.post("/v1/assets", json={"image_base64": base64.b64encode(cards_png()).decode()})
    assert (again.status_code, again.json()) == (200, asset)
    got = api.http.get(asset["url"])
    assert hashlib.sha256(got.content).hexdigest() == asset["sha256"]
    assert got.headers["ETag"] == f'"{asset["sha256"]}"'
    assert np.array_equal(pixels_of(got.content), cards_pixels())
    assert api.http.get(asset["url"], headers={"If-None-Match": got.headers["ETag"]}).status_code == 304


def test_an_unknown_asset_is_not_found(api: Api) -> None:
    answer = api.http.get("/v1/assets/" + "0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/image"),
        ({"image_url": 7}, "/image_url"),
        ({"name": "logo"}, "/name"),
        ({"image_base64": "?"}, "/image_base64"),
    ],
)
def test_what_is_wrong_with_an_asset_is_pointed_at(api: Api, body: dict[str, object], pointer: str) -> None:
    answer = api.http.post("/v1/assets", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_hostile_asset_is_refused(api: Api) -> None:
    answer = api.http.post("/v1/assets", files={"image": pictures.huge_header_png()})
    assert (answer.status_code, answer.json()["code"]) == (413, "image-too-large")

"""Layers, composite and source: immutable bytes with strong names."""

import hashlib

import numpy as np
import pytest

from tests.api_in_thread import BLUE, CARDS, HEIGHT, WIDTH, Api, cards_pixels, pixels_of


@pytest.fixture
def base(api: Api) -> str:
    return f"/v1/decompositions/{api.made()}"


def test_a_layer_is_the_very_bytes_of_the_manifest(api: Api, base: str) -> None:
    for layer in api.http.get(base).json()["layers"]:
        answer = api.http.get(layer["url"])
        assert hashlib.sha256(answer.content).hexdigest() == layer["sha256"]
        assert answer.headers["ETag"] == f'"{layer["sha256"]}"'
        assert answer.headers["Content-Type"] == "image/png"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "X-Layer-Offset" not in answer.headers
        assert pixels_of(answer.content).shape == (HEIGHT, WIDTH, 4)


@pytest.mark.parametrize("format_", ["png", "webp"])
def test_a_trimmed_layer_is_its_box_and_says_where_it_lies(api: Api, base: str, format_: str) -> None:
    x, y, width, height = CARDS["Blue card"]
    answer = api.http.get(f"{base}/layers/2.{format_}", params={"trim": 1})
    assert answer.headers["X-Layer-Offset"] == f"{x},{y}"
    assert answer.headers["Content-Type"] == f"image/{format_}"
    pixels = pixels_of(answer.content)
    assert pixels.shape == (height, width, 4)
    assert (pixels == (*BLUE, 255)).all()


@pytest.mark.parametrize("format_", ["png", "webp"])
def test_a_thumbnail_is_as_wide_as_asked_and_never_enlarged(api: Api, base: str, format_: str) -> None:
    small = pixels_of(api.http.get(f"{base}/layers/1.{format_}", params={"w": 30}).content)
    assert small.shape == (20, 30, 4)
    whole = pixels_of(api.http.get(f"{base}/layers/1.{format_}", params={"w": 4000}).content)
    assert whole.shape == (HEIGHT, WIDTH, 4)


def test_the_thumbnail_of_the_manifest_is_there(api: Api, base: str) -> None:
    thumbnail = api.http.get(api.http.get(base).json()["layers"][0]["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", ["composite.png", "source.png"])
def test_the_whole_picture_has_thumbnails(api: Api, base: str, name: str) -> None:
    small = api.http.get(f"{base}/{name}", params={"w": 30})
    assert pixels_of(small.content).shape == (20, 30, 4)
    assert small.headers["ETag"] == f'"{hashlib.sha256(small.content).hexdigest()}"'
    assert "immutable" in small.headers["Cache-Control"]
    assert np.array_equal(pixels_of(api.http.get(f"{base}/{name}", params={"w": 4000}).content), cards_pixels())
    wrong = api.http.get(f"{base}/{name}", params={"w": 0})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/w")
    (listed,) = api.http.get("/v1/decompositions").json()["decompositions"]
    assert pixels_of(api.http.get(listed["thumbnail_url"]).content).shape == (HEIGHT, WIDTH, 4)


def test_webp_is_the_same_pixels(api: Api, base: str) -> None:
    for index in range(3):
        png, webp = (pixels_of(api.http.get(f"{base}/layers/{index}.{kind}").content) for kind in ("png", "webp"))
        assert np.array_equal(png, webp)


@pytest.mark.parametrize(
    "name", ["layers/1.png", "layers/1.webp", "layers/1.png?trim=1", "composite.png", "source.png"]
)
def test_a_picture_that_is_known_is_not_sent_again(api: Api, base: str, name: str) -> None:
    first = api.http.get(f"{base}/{name}")
    etag = first.headers["ETag"]
    assert etag == f'"{hashlib.sha256(first.content).hexdigest()}"'
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        known = api.http.get(f"{base}/{name}", headers={"If-None-Match": given})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)
    assert api.http.get(f"{base}/{name}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("name", ["composite.png", "source.png"])
def test_the_composite_is_the_source_to_the_bit(api: Api, base: str, name: str) -> None:
    assert np.array_equal(pixels_of(api.http.get(f"{base}/{name}").content), cards_pixels())


def test_a_part_of_a_picture_is_sent_where_a_range_is_asked_for(api: Api, base: str) -> None:
    url = f"{base}/layers/0.png"
    whole = api.http.get(url).content
    size = len(whole)
    for given, start, end in [("0-9", 0, 10), ("10-", 10, size), ("-7", size - 7, size), (f"5-{10**15}", 5, size)]:
        part = api.http.get(url, headers={"Range": f"bytes={given}"})
        assert (part.status_code, part.content) == (206, whole[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    outside = api.http.get(url, headers={"Range": f"bytes={size}-"})
    assert (outside.status_code, outside.json()["code"]) == (416, "range-not-satisfiable")
    assert outside.headers["Content-Range"] == f"bytes */{size}"


@pytest.mark.parametrize("given", ["bytes=5-2", "bytes=", "lines=1-2", "bytes=0-1,4-5", "bytes=" + "9" * 6000 + "-"])
def test_a_range_that_is_none_is_ignored(api: Api, base: str, given: str) -> None:
    assert api.http.get(f"{base}/layers/0.png", headers={"Range": given}).status_code == 200


def test_a_range_of_an_older_picture_is_ignored(api: Api, base: str) -> None:
    url = f"{base}/layers/0.png"
    etag = api.http.get(url).headers["ETag"]
    asked = {"Range": "bytes=0-3"}
    assert api.http.get(url, headers={**asked, "If-Range": etag}).status_code == 206
    assert api.http.get(url, headers={**asked, "If-Range": '"older"'}).status_code == 200


def test_a_head_request_tells_the_size(api: Api, base: str) -> None:
    url = f"{base}/layers/0.png"
    head, got = api.http.head(url), api.http.get(url)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(got.content)))
    assert head.headers["ETag"] == got.headers["ETag"]
    for asked in ("bytes=0-3", "bytes=999999999-"):
        ranged = api.http.head(url, headers={"Range": asked})
        assert (ranged.status_code, ranged.headers["Content-Length"]) == (200, str(len(got.content)))
        assert "Content-Range" not in ranged.headers


@pytest.mark.parametrize(
    "name", ["layers/3.png", "layers/99999999999999999999.png", "layers/0.gif", "layers/0", "other.png"]
)
def test_what_is_not_there_is_not_found(api: Api, base: str, name: str) -> None:
    answer = api.http.get(f"{base}/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("name", "pointer"),
    [("layers/0.png?w=0", "/w"), ("layers/0.png?w=5000", "/w"), ("layers/0.png?trim=perhaps", "/trim")],
)
def test_a_wrong_question_is_pointed_at(api: Api, base: str, name: str, pointer: str) -> None:
    answer = api.http.get(f"{base}/{name}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_pictures_are_made_again_when_the_disk_cache_was_emptied(api: Api, base: str) -> None:
    names = ["layers/1.png", "layers/1.webp", "composite.png", "source.png"]
    before = [api.http.get(f"{base}/{name}").content for name in names]
    cache = api.settings.data_dir / "cache"
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.unlink()
    assert [api.http.get(f"{base}/{name}").content for name in names] == before


def test_pictures_run_no_scripts(api: Api, base: str) -> None:
    headers = api.http.get(f"{base}/layers/0.png").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]

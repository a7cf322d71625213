"""Pictures and bodies from strangers over HTTP: the odd ones work, the bad ones get a problem that says why."""

import io
import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import hostile_images as made
import httpx
import numpy as np
import pytest
from PIL import Image

from tests.api_in_thread import Api, cards_png, pixels_of
from tests.documents_made import Editor

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "cut short": (lambda: cards_png()[:-40], 415, "unsupported-image"),
    "empty": (lambda: b"", 415, "unsupported-image"),
    "not an image": (lambda: b"hello, this is text", 415, "unsupported-image"),
    "SVG": (lambda: SVG, 415, "unsupported-image"),
    "HTML": (lambda: b"<!doctype html><p>no", 415, "unsupported-image"),
    "TIFF": (lambda: made.saved(Image.new("RGB", (4, 4)), "TIFF"), 415, "unsupported-image"),
    "a PNG of 60,000 × 60,000": (made.huge_header_png, 413, "image-too-large"),
    "a GIF of 60,000 × 60,000": (made.huge_header_gif, 413, "image-too-large"),
    "a JPEG of 60,000 × 60,000": (made.huge_header_jpeg, 413, "image-too-large"),
    "a zTXt bomb": (made.text_bomb_png, 415, "unsupported-image"),
    "many texts": (made.many_texts_png, 415, "unsupported-image"),
    "a profile bomb": (made.profile_bomb_png, 415, "unsupported-image"),
    "a wrong checksum": (made.bad_checksum_png, 415, "unsupported-image"),
}


def test_bad_pictures_are_refused_with_a_problem_that_says_why(api: Api) -> None:
    for name, (picture, status, code) in REFUSED.items():
        answer = api.post(picture())
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), (name, problem)
        assert answer.headers["Content-Type"] == "application/problem+json", name
        assert set(problem) >= {"type", "title", "status", "detail", "code", "request_id"}, name
        assert problem["request_id"] == answer.headers["X-Request-Id"], name
        assert problem["status"] == status, name
    assert api.http.get("/v1/jobs").json()["jobs"] == []
    assert list((api.settings.data_dir / "uploads").iterdir()) == []


def _odd() -> dict[str, tuple[bytes, tuple[int, int]]]:
    """Files, and the width and height they decode to."""
    grey16 = made.png((np.arange(96, dtype=np.uint16) * 600).reshape(8, 12, 1), 0)
    cmyk = made.saved(Image.new("CMYK", (9, 7), (200, 20, 90, 10)), "JPEG")
    palette = made.saved(Image.fromarray(made.noise()).quantize(7), "PNG")
    alpha = Image.fromarray(made.noise(20, 30, 4))
    return {
        "CMYK": (cmyk, (9, 7)),
        "16 bits": (grey16, (12, 8)),
        "16 bits in colour": (made.png(made.noise(8, 12).astype(np.uint16) * 257, 2), (12, 8)),
        "palette": (palette, (60, 40)),
        "grey": (made.saved(Image.new("L", (5, 6), 77), "PNG"), (5, 6)),
        "grey with alpha": (made.saved(Image.new("LA", (5, 6), (77, 30)), "PNG"), (5, 6)),
        "alpha": (made.saved(alpha, "PNG"), (30, 20)),
        "all transparent": (made.saved(Image.new("RGBA", (5, 5)), "PNG"), (5, 5)),
        "animated PNG": (made.animated_png(), (9, 7)),
        "animated GIF": (_animated_gif(), (9, 7)),
        "1 × 1": (made.saved(Image.new("RGB", (1, 1), "red"), "PNG"), (1, 1)),
        "WebP": (made.saved(Image.new("RGB", (5, 6), "red"), "WEBP"), (5, 6)),
        "AVIF": (made.saved(Image.new("RGB", (16, 18), "red"), "AVIF"), (16, 18)),
        "with an archive behind it": (made.polyglot_png(), (8, 8)),
        **{f"orientation {number}": (made.oriented(number)[0], (60, 40)) for number in range(1, 9)},
    }


def _animated_gif() -> bytes:
    first, second = Image.new("RGB", (9, 7), "red"), Image.new("RGB", (9, 7), "blue")
    return made.saved(first, "GIF", save_all=True, append_images=[second], duration=50)


def test_odd_pictures_work_and_recompose_to_what_they_decode_to(api: Api) -> None:
    for name, (picture, size) in _odd().items():
        url = f"/v1/decompositions/{api.made(picture, model='noop')}"
        manifest = api.http.get(url).json()
        assert (manifest["image"]["width"], manifest["image"]["height"]) == size, name
        composite, source = (api.http.get(f"{url}/{what}.png") for what in ("composite", "source"))
        assert composite.status_code == source.status_code == 200, name
        assert np.array_equal(pixels_of(composite.content), pixels_of(source.content)), name
        assert api.http.get(f"{url}/layers/0.webp", params={"trim": 1}).status_code == 200, name


def test_every_orientation_comes_out_upright(api: Api) -> None:
    for number in range(1, 9):
        file, upright = made.oriented(number)
        url = f"/v1/decompositions/{api.made(file, model='noop')}"
        assert np.array_equal(pixels_of(api.http.get(f"{url}/source.png").content)[:, :, :3], upright), number


def test_a_picture_of_8000_by_8000_is_more_than_is_taken(api: Api) -> None:
    answer = api.post(made.saved(Image.new("L", (8000, 8000), 77), "PNG"))
    assert (answer.status_code, answer.json()["code"]) == (413, "image-too-large")
    assert "40 million" in answer.json()["detail"]


def test_the_limits_are_those_of_the_settings(serve: Any) -> None:
    with serve(max_pixels=200, max_side=40) as api:
        sizes = {(20, 10): 202, (21, 10): 413, (40, 5): 202, (41, 1): 413}
        for size, status in sizes.items():
            assert api.post(made.saved(Image.new("RGB", size, "red"), "PNG")).status_code == status, size


def test_an_edit_makes_no_canvas_larger_than_what_may_be_uploaded(serve: Any) -> None:
    with serve(max_pixels=5000, max_side=90) as api:
        made_of = api.made()
        editor = Editor.of(api, made_of)
        for size, taken in {(90, 55): True, (91, 40): False, (90, 56): False}.items():
            canvas = {"op": "canvas", "width": size[0], "height": size[1]}
            answers = (
                editor.edit(canvas),
                api.http.post(f"/v1/decompositions/{made_of}/render", json={"operations": [canvas]}),
            )
            assert [answer.status_code for answer in answers] == [200 if taken else 422] * 2, size
            for problem in (answer.json() for answer in answers if not taken):
                assert "at most 5,000 are taken, and 90 along a side" in problem["detail"]
                assert problem["errors"][0]["pointer"] == "/operations/0"
        assert api.http.get(editor.url).json()["revision"] == 2


@pytest.mark.parametrize("claimed", ["text/plain", "image/gif", "application/octet-stream", "image/svg+xml"])
def test_the_bytes_say_what_a_picture_is_and_not_its_claimed_type(api: Api, claimed: str) -> None:
    files = {"image": ("poster.svg", cards_png(), claimed)}
    assert api.http.post("/v1/decompositions", files=files, data={"model": "noop"}).status_code == 202


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/poster.png",
        "http://localhost/poster.png",
        "http://[::1]/poster.png",
        "http://[::ffff:10.0.0.1]/poster.png",
        "http://10.1.2.3/poster.png",
        "http://169.254.169.254/latest/meta-data",
        "http://0x7f000001/poster.png",
        "file:///etc/passwd",
        "ftp://example.com/poster.png",
        "http://user:secret@example.com/poster.png",
        "http://example.com:6379/poster.png",
        "http://exa\x00mple.com/",
    ],
)
def test_an_address_that_is_not_public_is_not_fetched_from(api: Api, url: str) -> None:
    answer = api.http.post("/v1/decompositions", json={"image_url": url})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "url-not-allowed")
    assert problem["errors"][0]["pointer"] == "/image_url"


WRONG_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"max_layers": 0}, "/max_layers"),
    ({"max_layers": 17}, "/max_layers"),
    ({"max_layers": "many"}, "/max_layers"),
    ({"max_layers": 10**400}, "/max_layers"),
    ({"max_layers": 2.5}, "/max_layers"),
    ({"max_layers": True}, "/max_layers"),
    ({"min_alpha_area_ratio": 1.5}, "/min_alpha_area_ratio"),
    ({"min_alpha_area_ratio": float("nan")}, "/min_alpha_area_ratio"),
    ({"enable_residual": "perhaps"}, "/enable_residual"),
    ({"seed": -1}, "/seed"),
    ({"seed": 2**32}, "/seed"),
    ({"prompt": "a\x00b"}, "/prompt"),
    ({"prompt": "x" * 4001}, "/prompt"),
    ({"negative_prompt": ["a"]}, "/negative_prompt"),
    ({"resolution": 800}, "/resolution"),
    ({"num_inference_steps": 0}, "/num_inference_steps"),
    ({"guidance_scale": float("inf")}, "/guidance_scale"),
    ({"cache": "maybe"}, "/cache"),
    ({"model": "magic"}, "/model"),
    ({"webhook_url": "x" * 2049}, "/webhook_url"),
    ({"max_layer": 5}, "/max_layer"),
    ({"image_base64": "not base64!"}, "/image_base64"),
    ({"image_base64": 7}, "/image_base64"),
    ({"image_url": "http://example.com/a.png"}, "/image"),
]


@pytest.fixture
def post_json(api: Api) -> Callable[[dict[str, Any]], httpx.Response]:
    picture = "iVBORw0KGgo="

    def post(fields: dict[str, Any]) -> httpx.Response:
        body = json.dumps({"image_base64": picture, **fields})
        return api.http.post("/v1/decompositions", content=body, headers={"Content-Type": "application/json"})

    return post


def test_each_wrong_field_is_pointed_at(post_json: Callable[[dict[str, Any]], httpx.Response]) -> None:
    for fields, pointer in WRONG_FIELDS:
        answer = post_json(fields)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), fields
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer], fields


def test_all_wrong_fields_are_listed_at_once(post_json: Callable[[dict[str, Any]], httpx.Response]) -> None:
    problem = post_json({"max_layers": 0, "resolution": 800, "colour": "red"}).json()
    assert {error["pointer"] for error in problem["errors"]} == {"/max_layers", "/resolution", "/colour"}
    assert "/max_layers" in problem["detail"]


def test_an_answer_does_not_give_back_megabytes_of_nonsense(
    post_json: Callable[[dict[str, Any]], httpx.Response],
) -> None:
    answer = post_json({**{f"field {number}": 0 for number in range(5000)}, "y" * 500_000: 1})
    assert answer.status_code == 422
    assert len(answer.content) < 100_000


def test_a_form_is_checked_like_json(api: Api) -> None:
    for fields, pointer in [
        ({"resolution": 800}, "/resolution"),
        ({"max_layers": "x"}, "/max_layers"),
        ({"a": "b"}, "/a"),
    ]:
        answer = api.post(cards_png(), **fields)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    for twice, pointer in [
        ([("seed", "1"), ("seed", "1")], "/seed"),
        ([("seed", ""), ("seed", "2")], "/seed"),
        ([("image", "a word"), ("image", cards_png())], "/image"),
    ]:
        parts = [(name, ("a.png", value) if isinstance(value, bytes) else (None, value)) for name, value in twice]
        for files in (parts, parts[::-1]):
            files = files if pointer == "/image" else [*files, ("image", ("a.png", cards_png()))]
            answer = api.http.post("/v1/decompositions", files=files)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), files
    assert api.post(cards_png(), resolution=1024, enable_residual="false", prompt="").status_code == 202


def test_a_form_without_a_picture_says_what_is_missing(api: Api) -> None:
    for options in (
        {"files": {"other": ("a.png", b"")}},
        {"files": {"image": (None, "text")}},
        {"files": [("image", ("a.png", cards_png())), ("image", ("b.png", cards_png()))]},
        {"files": {"image": ("a.png", cards_png())}, "data": {"seed": ["1", "2"]}},
        {"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"hello", "headers": {"Content-Type": "multipart/form-data"}},
        {"json": {}},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
    ):
        answer = api.http.post("/v1/decompositions", **options)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), options


@pytest.mark.parametrize("content_type", [None, "text/plain", "image/png", "application/x-www-form-urlencoded"])
def test_a_body_of_another_kind_is_refused(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = api.http.post("/v1/decompositions", content=cards_png(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-image")
    assert "multipart/form-data" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json"])
def test_a_body_over_the_limit_is_refused_while_it_is_read(serve: Any, content_type: str) -> None:
    with serve(max_upload_bytes=100_000) as api:

        def chunks() -> Iterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
            for _ in range(20):
                yield b"x" * 10_000

        for content in (chunks(), b"x" * 200_000):  # without a length, and with one
            answer = api.http.post("/v1/decompositions", content=content, headers={"Content-Type": content_type})
            assert (answer.status_code, answer.json()["code"]) == (413, "image-too-large")
            assert "100000" in answer.json()["detail"]


def test_a_render_over_the_limit_is_refused_while_it_is_read(serve: Any) -> None:
    with serve(max_upload_bytes=100_000) as api:
        url = f"/v1/decompositions/{api.made()}/render"
        answer = api.http.post(url, json={"operations": [], "padding": "x" * 200_000})
        assert (answer.status_code, answer.json()["code"]) == (413, "image-too-large")


def test_a_length_that_lies_costs_nothing_but_its_own_request(api: Api) -> None:
    host, port = httpx.URL(api.url).host, httpx.URL(api.url).port
    assert port is not None
    head = b"POST /v1/decompositions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
    with socket.create_connection((host, port)) as short:  # promises more than it sends, and leaves
        short.sendall(head + b"1000\r\n\r\n{}")
    with socket.create_connection((host, port)) as huge:  # promises more than is taken
        huge.sendall(head + b"999999999999\r\n\r\n{}")
        assert b" 413 " in huge.makefile("rb").readline()
    with socket.create_connection((host, port)) as long:  # sends more than it promised
        long.sendall(head + b"2\r\n\r\n{}{}{}{}\r\n\r\n")
        assert re.match(rb"HTTP/1\.1 4\d\d ", long.makefile("rb").readline())
    assert api.http.get("/healthz").status_code == 200
    assert list((api.settings.data_dir / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing", "/v2/decompositions", "/v1/decompositions/", "/v1/jobs/a/b", "/v1/jobs/a%2Fb",
        "/v1/jobs/a%00b", "/v1/decompositions/%00", "/v1/assets/a%00",
        "/v1/decompositions/..%2f..%2fetc", "/v1/jobs/%ff",
        "/v1/jobs/" + "x" * 5000, "/v1/decompositions/dec_0/layers/0.png", "/v1/decompositions/dec_0/source.png",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_too(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/decompositions", {"GET", "POST"}),
        ("DELETE", "/v1/jobs", {"GET"}),
        ("GET", "/v1/jobs/job_1/cancel", {"POST"}),
        ("POST", "/healthz", {"GET"}),
        ("PATCH", "/v1/decompositions/dec_1", {"GET", "DELETE"}),
    ],
)
def test_another_method_is_told_which_are_allowed(api: Api, method: str, path: str, allowed: set[str]) -> None:
    answer = api.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert {name.strip() for name in answer.headers["Allow"].split(",")} >= allowed


def test_a_request_id_is_kept_where_it_is_sane_and_made_where_not(api: Api) -> None:
    given = api.http.get("/v1/nothing", headers={"X-Request-Id": "mine-1"})
    assert given.json()["request_id"] == given.headers["X-Request-Id"] == "mine-1"
    made_up = api.http.get("/v1/nothing", headers={"X-Request-Id": "x" * 500})
    assert made_up.json()["request_id"] == made_up.headers["X-Request-Id"] != "x" * 500


def test_two_frames_are_answered_by_the_first(api: Api) -> None:
    url = f"/v1/decompositions/{api.made(_animated_gif(), model='noop')}/source.png"
    with Image.open(io.BytesIO(api.http.get(url).content)) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)

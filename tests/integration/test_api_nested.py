"""A layer is split further over HTTP, and the layers of the whole picture still recompose to it."""

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.store import blobs
from model.layers import Pixels
from tests.api_in_thread import Api, cards_png, pixels_of

WIDTH, HEIGHT = 90, 60
GREEN = (20, 160, 90)
THINGS = {"Disc": (12, 14, 16), "Ring": (46, 22, 20)}
"""The left, the top and the diameter of two things that lie apart, and come as one layer at first."""


def things_pixels(alpha: int = 255) -> Pixels:
    """``(60, 90, 4)``: two discs with soft edges on a slope of grey, all of it of one alpha."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    pixels = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:, :, :3] = (80 + columns)[:, :, None]
    pixels[:, :, 3] = alpha
    for left, top, across in THINGS.values():
        away = np.hypot(columns - left - across / 2, rows - top - across / 2)
        share = np.clip(across / 2 - away, 0, 1)[:, :, None]
        pixels[:, :, :3] = np.rint((1 - share) * pixels[:, :, :3] + share * np.array(GREEN))
    return pixels


def png_of(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def things(serve: Any) -> Iterator[Api]:
    """A service with a model that finds what is green in a picture, and one that finds each thing that is."""
    nesting, plain = "tests.decomposers_for_nesting", "tests.decomposers_for_tests"
    told = f"greens={nesting}:Greens@1,things={nesting}:Things@1,noop={plain}:Noop@1"
    with serve(models="greens,things,noop", decomposers=told) as api:
        yield api


def split(api: Api, parent: str, index: int | str, **fields: Any) -> httpx.Response:
    return api.http.post(f"/v1/decompositions/{parent}/layers/{index}/decompositions", json=fields)


def was_split(api: Api, parent: str, index: int, **fields: Any) -> dict[str, Any]:
    """The manifest of what came of it."""
    answer = split(api, parent, index, **{"model": "things", **fields})
    assert answer.status_code in (200, 202), answer.text
    if answer.status_code == 202:
        api.work(fields.get("model", "things"))
    job = api.http.get(answer.headers["Location"]).json()
    assert job["status"] == "succeeded", job
    found: dict[str, Any] = api.http.get(job["urls"]["result"]).json()
    return found


def manifest(api: Api, decomposition_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get(f"/v1/decompositions/{decomposition_id}").json()
    return found


def recomposed(api: Api, of: dict[str, Any]) -> Pixels:
    """From the PNGs of a manifest, by Pillow."""
    canvas = Image.new("RGBA", (of["image"]["width"], of["image"]["height"]))
    for layer in of["layers"]:
        canvas = Image.alpha_composite(canvas, Image.fromarray(pixels_of(api.http.get(layer["url"]).content)))
    return np.array(canvas)


def test_the_parts_of_a_layer_take_its_place_and_all_recompose_to_the_picture(things: Api) -> None:
    picture = things_pixels()
    parent = manifest(things, things.made(png_of(picture), model="greens"))
    assert [layer["name"] for layer in parent["layers"]] == ["Ground", "Greens"]
    assert (parent["parent"], parent["urls"]["parent"]) == (None, None)

    answer = split(things, parent["id"], 1, model="things")
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == job["urls"]["self"]
    assert (answer.headers["Cache-Status"], answer.headers["Retry-After"]) == ("lamina; fwd=miss", "1")
    assert (job["kind"], job["status"]) == ("layer_decomposition", "queued")
    things.work("things")
    done = things.http.get(job["urls"]["self"]).json()
    assert (done["status"], done["progress"]["fraction"]) == ("succeeded", 1.0)

    found = manifest(things, done["result"]["decomposition_id"])
    assert np.array_equal(recomposed(things, found), picture)
    assert np.array_equal(pixels_of(things.http.get(found["urls"]["composite"]).content), picture)
    assert [layer["name"] for layer in found["layers"]] == ["Ground", *THINGS]
    assert [layer["depth"] for layer in found["layers"]] == [0, 0.5, 1]
    assert found["parent"] == {"decomposition_id": parent["id"], "layer_index": 1, "children": [1, 2]}
    assert found["urls"]["parent"] == parent["urls"]["self"]
    assert found["image"] == parent["image"]
    assert (found["max_error"], found["notes"]["separated"]) == (0, True)
    assert found["layers"][0]["sha256"] == parent["layers"][0]["sha256"]
    for layer, (left, top, across) in zip(found["layers"][1:], THINGS.values(), strict=True):
        x, y, width, height = layer["bbox"]
        assert left - 2 <= x
        assert top - 2 <= y
        assert x + width <= left + across + 2
        assert y + height <= top + across + 2


def test_what_a_model_sees_is_the_layer_at_its_own_size(things: Api) -> None:
    parent = things.made(png_of(things_pixels()), model="greens")
    found = was_split(things, parent, 1)
    left, _, width, height = manifest(things, parent)["layers"][1]["bbox"]
    assert found["notes"]["seen"] == [width + 16, height + 16]
    assert left > 8


def test_the_background_comes_apart_too(things: Api) -> None:
    picture = things_pixels()
    parent = things.made(png_of(picture), model="noop")
    found = was_split(things, parent, 0)
    assert [layer["name"] for layer in found["layers"]] == ["Background", *THINGS]
    assert [layer["kind"] for layer in found["layers"]] == ["background", "shape", "shape"]
    assert found["parent"]["children"] == [0, 2]
    assert np.array_equal(recomposed(things, found), picture)


def test_a_part_is_split_again(things: Api) -> None:
    picture = things_pixels()
    first = was_split(things, things.made(png_of(picture), model="noop"), 0, model="greens")
    second = was_split(things, first["id"], 1)
    third = was_split(things, second["id"], 2, seed=1)
    assert [layer["name"] for layer in second["layers"]] == ["Background", *THINGS]
    assert second["parent"] == {"decomposition_id": first["id"], "layer_index": 1, "children": [1, 2]}
    assert third["parent"] == {"decomposition_id": second["id"], "layer_index": 2, "children": [2, 2]}
    for found in (first, second, third):
        assert np.array_equal(recomposed(things, found), picture)


def test_a_layer_that_does_not_come_apart_gives_the_layers_as_they_were(things: Api) -> None:
    parent = manifest(things, things.made(png_of(things_pixels()), model="greens"))
    found = was_split(things, parent["id"], 1, model="noop")
    assert [layer["sha256"] for layer in found["layers"]] == [layer["sha256"] for layer in parent["layers"]]
    assert [layer["name"] for layer in found["layers"]] == [layer["name"] for layer in parent["layers"]]
    assert found["parent"] == {"decomposition_id": parent["id"], "layer_index": 1, "children": [1, 1]}
    assert found["notes"]["separated"] is False
    assert found["id"] != parent["id"]


def test_a_picture_with_an_alpha_of_its_own_stays_exact(things: Api) -> None:
    picture = things_pixels(alpha=140)
    picture[:, 60:, 3] = 255
    picture[:, :8] = 0
    parent = things.made(png_of(picture), model="greens")
    found = was_split(things, parent, 1)
    assert np.array_equal(recomposed(things, found), picture)
    assert found["parent"]["children"] == [1, 2]


def test_the_same_request_again_is_a_hit_and_no_model_runs(things: Api) -> None:
    parent = things.made(png_of(things_pixels()), model="greens")
    made = was_split(things, parent, 1)
    again = split(things, parent, 1, model="things", max_layers="auto")
    assert (again.status_code, again.headers["Cache-Status"]) == (200, "lamina; hit")
    assert "Retry-After" not in again.headers
    assert (again.json()["status"], again.json()["cached"]) == ("succeeded", True)
    assert again.json()["kind"] == "layer_decomposition"
    assert again.json()["result"]["decomposition_id"] == made["id"]
    assert split(things, parent, 1, model="things", cache="only").status_code == 200
    assert things.metric('lamina_model_calls_total{model="things"}') == 1


@pytest.mark.parametrize("changed", [{"seed": 1}, {"max_layers": 4}, {"model": "noop"}, {"prompt": "two"}], ids=str)
def test_another_request_is_no_hit(things: Api, changed: dict[str, Any]) -> None:
    parent = things.made(png_of(things_pixels()), model="greens")
    was_split(things, parent, 1)
    assert split(things, parent, 1, **{"model": "things", **changed}).status_code == 202
    assert split(things, parent, 0, model="things").status_code == 202


def test_only_what_is_known_is_answered_with_cache_only(api: Api) -> None:
    unknown = split(api, api.made(), 1, cache="only")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-cached")


def test_bypass_runs_the_model_again_and_says_whether_it_repeats_itself(things: Api) -> None:
    parent = things.made(png_of(things_pixels()), model="greens")
    made = was_split(things, parent, 1)
    again = split(things, parent, 1, model="things", cache="bypass")
    assert again.status_code == 202
    things.work("things")
    job = things.http.get(again.headers["Location"]).json()
    assert job["result"] == {"decomposition_id": made["id"], "identical": True}


def test_fifty_identical_requests_at_once_are_one_job(api: Api) -> None:
    parent = api.made()
    together = threading.Barrier(50)

    def post(_: int) -> tuple[int, str]:
        together.wait()
        answer = split(api, parent, 1)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(50) as crowd:
        answers = set(crowd.map(post, range(50)))
    ((status, job_id),) = answers
    assert status == 202
    while api.work() is not None:
        pass
    assert api.http.get(f"/v1/jobs/{job_id}").json()["status"] == "succeeded"
    assert api.metric('lamina_model_calls_total{model="cards"}') == 2


def test_a_key_gives_the_first_answer_again_and_is_of_one_layer(api: Api) -> None:
    parent = api.made()
    path = f"/v1/decompositions/{parent}/layers"
    key = {"Idempotency-Key": "once"}
    first = api.http.post(f"{path}/1/decompositions", headers=key)
    api.work()
    again = api.http.post(f"{path}/1/decompositions", headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    for other in (f"{path}/2/decompositions", f"{path}/1/decompositions?"):
        same = other.endswith("?")
        answer = api.http.post(other, headers=key, json={"seed": 1} if same else {})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-mismatch")


def test_a_key_that_was_used_for_a_picture_is_free_for_a_layer(api: Api) -> None:
    key = {"Idempotency-Key": "shared"}
    posted = api.http.post("/v1/decompositions", files={"image": cards_png()}, data={"model": "cards"}, headers=key)
    api.work()
    parent = api.http.get(posted.headers["Location"]).json()["result"]["decomposition_id"]
    answer = api.http.post(f"/v1/decompositions/{parent}/layers/1/decompositions", headers=key)
    assert (answer.status_code, answer.json()["kind"]) == (202, "layer_decomposition")


def test_the_answer_waits_for_the_job_where_that_is_preferred(api: Api) -> None:
    path = f"/v1/decompositions/{api.made()}/layers/1/decompositions"
    with ThreadPoolExecutor(1) as caller:
        waiting = caller.submit(api.http.post, path, headers={"Prefer": "wait=50"})
        while api.work() is None:
            assert not waiting.done()
        answer = waiting.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    assert answer.headers["Preference-Applied"] == "wait=50"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"json": {"max_layers": 3}},
        {"data": {"max_layers": "3", "image": "", "prompt": ""}},
        {"files": {"max_layers": (None, "3")}},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
        {"json": {"max_layers": 3, "image_url": None, "image_base64": None, "model": None}},
    ],
    ids=["none", "JSON", "a plain form", "a form", "nothing that says it is JSON", "JSON with null for a picture"],
)
def test_fields_come_as_json_or_as_a_form_or_not_at_all(api: Api, body: dict[str, Any]) -> None:
    parent = api.made()
    answer = api.http.post(f"/v1/decompositions/{parent}/layers/1/decompositions", **body)
    assert answer.status_code == 202, answer.text
    api.work()
    done = api.http.get(api.http.get(answer.headers["Location"]).json()["urls"]["result"]).json()
    assert done["parameters"]["max_layers"] == ("auto" if "content" in body or not body else 3)
    assert done["model"]["name"] == "cards"


def test_the_model_is_the_parents_where_that_is_offered(things: Api) -> None:
    parent = things.made(png_of(things_pixels()), model="noop")
    split(things, parent, 0)
    assert things.work("noop") is not None
    with things.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE image_layers SET model_name = 'retired'")
    split(things, parent, 0, seed=1)
    assert things.work("greens") is not None


def test_a_model_that_is_not_offered_is_unavailable(api: Api) -> None:
    answer = split(api, api.made(), 1, model="classic")
    assert (answer.status_code, answer.json()["code"]) == (503, "model-unavailable")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"json": {"colour": "red"}}, "/colour"),
        ({"json": {"max_layers": 17}}, "/max_layers"),
        ({"json": {"model": "unheard of"}}, "/model"),
        ({"json": {"image_url": "https://example.com/a.png"}}, "/image"),
        ({"json": {"image_base64": "iVBORw0KGgo="}}, "/image"),
        ({"files": {"image": cards_png()}}, "/image"),
        ({"json": []}, ""),
        ({"data": {"image": "poster.png"}}, "/image"),
        ({"files": {"image": (None, "poster.png")}}, "/image"),
        ({"data": {"max_layers": ["3", "4"]}}, "/max_layers"),
        ({"content": b"\xff=\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, ""),
        ({"data": {f"field{index}": "1" for index in range(40)}}, ""),
        ({"data": {"prompt": "p" * 70_000}}, ""),
    ],
    ids=["unknown", "too many layers", "no such model", "an address", "base64", "a file",
         "a word for a picture", "a field for a picture", "a list", "twice", "no UTF-8", "too many fields", "too long"],
)  # fmt: skip
def test_a_body_that_is_wrong_is_pointed_at(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api.http.post(f"/v1/decompositions/{api.made()}/layers/1/decompositions", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_body_of_another_type_is_not_taken(api: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    path = f"/v1/decompositions/{api.made()}/layers/1/decompositions"
    assert api.http.post(path, content=b"max_layers=3", headers=headers).status_code == 415
    assert api.http.post(path, content=iter([b"max_layers=3"])).status_code == 415


def test_what_is_not_there_is_not_found(api: Api) -> None:
    made = api.made()
    for parent, index in ((made, 3), (made, 10**12), ("dec_0", 0), ("dec_%00", 0)):
        answer = split(api, parent, index)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (parent, index)


@pytest.mark.parametrize("index", ["-1", "one", "1.5"])
def test_an_index_that_is_none_is_answered_as_by_the_other_routes_of_a_layer(api: Api, index: str) -> None:
    made = api.made()
    answer, other = split(api, made, index), api.http.get(f"/v1/decompositions/{made}/layers/{index}.png")
    assert (answer.status_code, answer.json()["errors"]) == (other.status_code, other.json()["errors"])
    assert answer.json()["code"] == "invalid-request"


def test_a_job_whose_parent_was_deleted_meanwhile_fails_and_says_so(api: Api) -> None:
    parent = api.made()
    job = split(api, parent, 1).json()
    assert api.http.delete(f"/v1/decompositions/{parent}").status_code == 204
    api.work()
    failed = api.http.get(job["urls"]["self"]).json()
    assert (failed["status"], failed["error"]["code"]) == ("failed", "decomposition-failed")
    assert parent in failed["error"]["detail"]
    assert split(api, parent, 1).status_code == 404


def test_a_decomposition_outlives_its_parent(things: Api) -> None:
    picture = things_pixels()
    parent = things.made(png_of(picture), model="greens")
    found = was_split(things, parent, 1)
    assert things.http.delete(f"/v1/decompositions/{parent}").status_code == 204
    with things.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE blobs SET touched_at = now() - interval '1 year'")
        connection.exec_driver_sql("UPDATE images SET touched_at = now() - interval '1 year'")
        assert blobs.collect(connection, 3600.0, 100) == 1
    for path in (things.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    assert np.array_equal(recomposed(things, found), picture)
    assert np.array_equal(pixels_of(things.http.get(found["urls"]["source"]).content), picture)
    assert things.http.get(found["urls"]["parent"]).status_code == 404


def test_parts_are_edited_as_any_layers_are(things: Api) -> None:
    picture = things_pixels()
    found = was_split(things, things.made(png_of(picture), model="greens"), 1)
    untouched = things.http.post(found["urls"]["render"], json={"operations": []})
    assert np.array_equal(pixels_of(untouched.content), picture)
    without = things.http.post(found["urls"]["render"], json={"operations": [{"op": "delete", "layer": "Disc"}]})
    shown = pixels_of(without.content)
    left, top, across = THINGS["Disc"]
    inside = slice(top + 4, top + across - 4), slice(left + 4, left + across - 4)
    assert (np.ptp(shown[inside][:, :, :3].astype(int), axis=2) <= 2).all()
    assert np.array_equal(shown[:, 44:], picture[:, 44:])


def test_it_is_canceled_as_any_job_is(api: Api) -> None:
    job = split(api, api.made(), 1).json()
    assert api.http.post(job["urls"]["cancel"]).json()["status"] == "canceled"
    assert api.work() is None

"""From a picture to its layers over HTTP, and never twice."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.api_in_thread import CARDS, HEIGHT, WIDTH, Api, cards_pixels, cards_png, picture_site, pixels_of

JOB_FIELDS = {
    "id", "kind", "status", "progress", "queue_position", "cached", "created_at", "started_at", "finished_at",
    "attempts", "error", "result", "urls",
}  # fmt: skip
MANIFEST_FIELDS = {"id", "image", "model", "parameters", "layer_count", "created_at", "layers", "urls"}
LAYER_FIELDS = {
    "index", "name", "kind", "text", "lines", "bbox", "area_ratio", "depth", "opacity", "blend", "sha256", "url",
    "thumbnail_url", "visible", "parent",
}  # fmt: skip


def test_a_picture_becomes_layers_that_recompose_to_it(api: Api) -> None:
    posted = api.post(cards_png())
    assert posted.status_code == 202
    assert posted.headers["Retry-After"]
    assert posted.headers["Cache-Status"] == "lamina; fwd=miss"
    job = posted.json()
    assert set(job) >= JOB_FIELDS
    assert (job["status"], job["queue_position"], job["cached"]) == ("queued", 1, False)
    assert set(job["progress"]) == {"fraction", "stage", "step", "steps", "eta_seconds"}
    assert posted.headers["Location"] == job["urls"]["self"] == f"/v1/jobs/{job['id']}"

    api.work()
    done = api.http.get(job["urls"]["self"]).json()
    assert (done["status"], done["progress"]["fraction"], done["attempts"]) == ("succeeded", 1.0, 1)
    manifest = api.http.get(done["urls"]["result"]).json()
    assert manifest["id"] == done["result"]["decomposition_id"]
    _check_manifest(manifest)
    canvas = Image.new("RGBA", (WIDTH, HEIGHT))
    for layer in manifest["layers"]:
        file = api.http.get(layer["url"]).content
        canvas = Image.alpha_composite(canvas, Image.fromarray(pixels_of(file)))
    assert np.array_equal(np.array(canvas), cards_pixels())


def _check_manifest(manifest: dict[str, Any]) -> None:
    assert set(manifest) >= MANIFEST_FIELDS
    assert set(manifest["image"]) == {"sha256", "width", "height"}
    assert (manifest["image"]["width"], manifest["image"]["height"]) == (WIDTH, HEIGHT)
    assert manifest["model"] == {"name": "cards", "revision": "1"}
    assert manifest["parameters"]["max_layers"] == "auto"
    assert manifest["layer_count"] == len(manifest["layers"]) == 3
    assert {"source", "composite"} <= set(manifest["urls"])
    for index, layer in enumerate(manifest["layers"]):
        assert set(layer) == LAYER_FIELDS
        assert layer["index"] == index
    assert [layer["name"] for layer in manifest["layers"]] == ["Ground", *CARDS]
    assert [tuple(layer["bbox"]) for layer in manifest["layers"][1:]] == list(CARDS.values())
    assert [layer["kind"] for layer in manifest["layers"]] == ["background", "shape", "shape"]


def test_the_same_request_again_is_a_hit_and_no_model_runs(api: Api) -> None:
    made = api.made()
    calls = api.metric('lamina_model_calls_total{model="cards"}')
    again = api.post(cards_png())
    assert (again.status_code, again.headers["Cache-Status"]) == (200, "lamina; hit")
    assert "Retry-After" not in again.headers
    job = again.json()
    assert (job["status"], job["cached"]) == ("succeeded", True)
    assert job["result"]["decomposition_id"] == made
    assert api.metric('lamina_model_calls_total{model="cards"}') == calls == 1
    assert api.metric('lamina_cache_hits_total{model="cards"}') == 1


def test_the_same_pixels_in_another_file_are_a_hit_too(api: Api) -> None:
    made = api.made()
    out = io.BytesIO()
    Image.fromarray(cards_pixels()).save(out, "WEBP", lossless=True)
    assert api.post(out.getvalue()).json()["result"]["decomposition_id"] == made


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"max_layers": 4}, {"model": "noop"}, {"prompt": "two cards"}], ids=str
)
def test_another_request_is_no_hit(api: Api, changed: dict[str, Any]) -> None:
    api.made()
    assert api.post(cards_png(), **changed).status_code == 202


def test_fifty_identical_requests_at_once_are_one_job(api: Api) -> None:
    together = threading.Barrier(50)

    def post(_: int) -> tuple[int, str]:
        together.wait()
        answer = api.post(cards_png())
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(50) as crowd:
        answers = set(crowd.map(post, range(50)))
    assert len(answers) == 1
    ((status, job_id),) = answers
    assert status == 202
    while api.work() is not None:
        pass
    assert api.http.get(f"/v1/jobs/{job_id}").json()["status"] == "succeeded"
    assert api.metric('lamina_model_calls_total{model="cards"}') == 1


def test_json_with_base64_is_the_same_request_as_a_form(api: Api) -> None:
    made = api.made(seed=3)
    body = {"image_base64": base64.b64encode(cards_png()).decode(), "model": "cards", "seed": 3}
    answer = api.http.post("/v1/decompositions", json=body)
    assert (answer.status_code, answer.json()["result"]["decomposition_id"]) == (200, made)


def test_a_large_picture_in_json_is_taken(api: Api) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    assert len(out.getvalue()) > 2 * 2**20
    body = {"image_base64": base64.b64encode(out.getvalue()).decode(), "model": "noop"}
    job = api.http.post("/v1/decompositions", json=body).json()
    api.work("noop")
    manifest = api.http.get(api.http.get(job["urls"]["self"]).json()["urls"]["result"]).json()
    assert (manifest["image"]["width"], manifest["image"]["height"]) == (900, 900)


def test_a_picture_is_fetched_from_its_address(serve: Any) -> None:
    with serve(allow_private_urls=True) as api, picture_site(cards_png()) as url:
        made = api.made()
        answer = api.http.post("/v1/decompositions", json={"image_url": url, "model": "cards"})
    assert (answer.status_code, answer.json()["result"]["decomposition_id"]) == (200, made)


def test_only_what_is_known_is_answered_with_cache_only(api: Api) -> None:
    unknown = api.post(cards_png(), cache="only")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-cached")
    assert api.http.get("/v1/jobs").json()["jobs"] == []
    made = api.made()
    known = api.post(cards_png(), cache="only")
    assert (known.status_code, known.json()["result"]["decomposition_id"]) == (200, made)


def test_bypass_runs_the_model_again_and_says_whether_it_repeats_itself(api: Api) -> None:
    made = api.made()
    again = api.post(cards_png(), cache="bypass")
    assert (again.status_code, again.headers["Cache-Status"]) == (202, "lamina; fwd=miss")
    api.work()
    job = api.http.get(again.headers["Location"]).json()
    assert job["result"] == {"decomposition_id": made, "identical": True}
    assert api.metric('lamina_model_calls_total{model="cards"}') == 2


def test_the_answer_waits_for_the_job_where_that_is_preferred(api: Api) -> None:
    with ThreadPoolExecutor(1) as caller:
        files = {"image": cards_png()}
        waiting = caller.submit(
            api.http.post,
            "/v1/decompositions",
            files=files,
            data={"model": "cards"},
            headers={"Prefer": "respond-async, wait=50"},
        )
        while api.work() is None:
            assert not waiting.done()
        answer = waiting.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    assert answer.headers["Preference-Applied"] == "wait=50"


def test_a_wait_that_is_over_is_answered_with_the_job_as_it_is(api: Api) -> None:
    answer = api.http.post(
        "/v1/decompositions", files={"image": cards_png()}, data={"model": "cards"}, headers={"Prefer": "wait=0.01"}
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert answer.headers["Retry-After"]


def test_decompositions_are_listed_in_pages_newest_first(api: Api) -> None:
    made = [api.made(seed=seed) for seed in range(3)]
    first = api.http.get("/v1/decompositions", params={"limit": 2})
    assert [one["id"] for one in first.json()["decompositions"]] == made[:0:-1]
    assert first.links["next"]["url"] == first.json()["next"]
    second = api.http.get(first.json()["next"]).json()
    assert ([one["id"] for one in second["decompositions"]], second["next"]) == (made[:1], None)


def test_a_manifest_that_is_known_is_not_sent_again(api: Api) -> None:
    url = f"/v1/decompositions/{api.made()}"
    etag = api.http.get(url).headers["ETag"]
    known = api.http.get(url, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)


def test_what_was_deleted_is_gone_and_is_made_again_when_asked_for(api: Api) -> None:
    made = api.made()
    assert api.http.delete(f"/v1/decompositions/{made}").status_code == 204
    for path in ("", "/layers/0.png", "/composite.png", "/source.png"):
        assert api.http.get(f"/v1/decompositions/{made}{path}").json()["code"] == "not-found"
    assert api.http.delete(f"/v1/decompositions/{made}").status_code == 404
    assert api.post(cards_png()).status_code == 202
    assert api.made() == made


def test_a_failed_job_says_why_as_a_problem(api: Api) -> None:
    job = api.post(cards_png(), model="noop").json()
    with api.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM images")
    api.work("noop")
    failed = api.http.get(job["urls"]["self"]).json()
    assert (failed["status"], failed["result"]) == ("failed", None)
    assert failed["error"]["code"] == "decomposition-failed"
    assert set(failed["error"]) >= {"type", "title", "status", "detail", "code", "request_id"}

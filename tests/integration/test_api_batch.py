"""A batch from its rows to its pictures, over HTTP."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.api_in_thread import BLUE, GREY, Api, cards_pixels, picture_site, pixels_of
from tests.batch_makers import CARDS, ended, listed, post, rendering, template_of

RED_AT, BLUE_AT = (16, 16), (20, 42)


def flat_png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def cards(api: Api) -> Api:
    """The service with a template of two cards."""
    template_of(api.http, api.made())
    return api


@pytest.fixture
def drawing(cards: Api, tmp_path: Path) -> Iterator[Api]:
    """The same, and a worker that draws."""
    with rendering(cards.settings.model_copy(update={"allow_private_urls": True}), cards.engine, tmp_path / "worker"):
        yield cards


def colour_at(http: httpx.Client, row: dict[str, Any], place: tuple[int, int]) -> tuple[int, ...]:
    answer = http.get(row["url"])
    assert answer.status_code == 200, answer.text
    return tuple(int(value) for value in pixels_of(answer.content)[place][:3])


def test_rows_become_pictures_and_bad_ones_are_listed_beside_them(drawing: Api) -> None:
    asset = drawing.http.post("/v1/assets", files={"image": flat_png((1, 200, 3))}).json()["sha256"]
    inline = base64.b64encode(flat_png((9, 8, 7))).decode()
    with picture_site(flat_png((250, 240, 1))) as site, picture_site(b"no picture") as broken:
        rows = [
            {"accent": "#00ff00", "name": "green"},
            {"product": asset, "shown": True},
            {"product.image_base64": inline, "accent": "#0000ff"},
            {"product": {"image_url": site}, "name": "green"},
            {"product.image_url": broken},
            {"acent": "red", "glow": 3},
            {"accent": "no colour"},
            {"product": "f" * 64},
            17,
            {},
        ]
        job = ended(drawing.http, post(drawing, rows))
    assert job["status"] == "succeeded"
    assert job["counts"] == {"total": 10, "succeeded": 5, "failed": 5} == job["result"]["counts"], job["result"]
    assert job["progress"] == {"fraction": 1.0, "stage": "done", "step": None, "steps": None, "eta_seconds": 0.0}
    found = listed(drawing.http, job)
    assert [row["status"] for row in found] == ["succeeded"] * 4 + ["failed"] * 5 + ["succeeded"]
    assert [row["name"] for row in found[:4]] == ["green.png", "00002.png", "00003.png", "green-2.png"]
    drawn = [(colour_at(drawing.http, row, RED_AT), colour_at(drawing.http, row, BLUE_AT)) for row in found[1:4]]
    assert [blue for _, blue in drawn] == [(1, 200, 3), (9, 8, 7), (250, 240, 1)]
    assert colour_at(drawing.http, found[0], RED_AT) != (220, 40, 30)
    assert pixels_of(drawing.http.get(found[9]["url"]).content).tobytes() == cards_pixels().tobytes()
    errors = {row["row"]: row["error"] for row in found if row["error"]}
    assert {n: (error["pointer"], error["code"]) for n, error in errors.items()} == {
        5: ("/product.image_url", "unsupported-image"),
        6: ("/acent", "invalid-request"),
        7: ("/accent", "invalid-request"),
        8: ("/product", "invalid-request"),
        9: ("", "invalid-request"),
    }
    assert "did you mean accent" in errors[6]["detail"]
    assert "/glow" in errors[6]["detail"]
    assert [error["row"] for error in job["result"]["errors"]] == [5, 6, 7, 8, 9]
    assert drawing.metric('lamina_batch_rows_total{state="succeeded"}') == 5
    assert drawing.metric('lamina_batch_rows_total{state="failed"}') == 5


def test_picture_at_an_address_is_fetched_once_for_all_rows(drawing: Api) -> None:
    with picture_site(flat_png((5, 6, 7)), flat_png((200, 0, 0))) as site:
        rows = [{"product.image_url": site, "glow": n / 10} for n in range(8)]
        found = listed(drawing.http, ended(drawing.http, post(drawing, rows)))
    assert {colour_at(drawing.http, row, BLUE_AT) for row in found} == {(5, 6, 7)}
    assert len({row["sha256"] for row in found}) == 8
    again = ended(drawing.http, post(drawing, rows[:2]))  # another batch, and the site has gone
    assert [error["pointer"] for error in again["result"]["errors"]] == ["/product.image_url"] * 2


def test_archive_holds_every_picture_and_the_list_and_can_be_resumed(drawing: Api) -> None:
    rows = [{"accent": f"#0000{n:02x}", "name": f"Größe {n}"} for n in range(30)] + [{"glow": 2}]
    job = ended(drawing.http, post(drawing, rows, output={"format": "webp"}))
    answer = drawing.http.get(job["urls"]["result"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert 'filename="cards.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        lines = [json.loads(line) for line in archive.read("rows.ndjson").splitlines()]
        assert all(one.compress_type == zipfile.ZIP_STORED for one in archive.infolist())
        first = archive.read("Größe 0.webp")
    assert names == [*(f"Größe {n}.webp" for n in range(30)), "rows.ndjson"]
    assert lines == listed(drawing.http, job)
    assert [row["row"] for row in listed(drawing.http, job, status="failed")] == [31]
    picture = drawing.http.get(f"/v1/jobs/{job['id']}/rows/1.webp")
    assert picture.content == first
    assert picture.headers["etag"] == f'"{lines[0]["sha256"]}"'
    etag, middle = answer.headers["etag"], len(answer.content) // 2
    half = {"Range": f"bytes={middle}-", "If-Range": etag}
    rest = drawing.http.get(job["urls"]["result"], headers=half)
    assert (rest.status_code, answer.content[middle:] == rest.content) == (206, True)
    assert drawing.http.get(job["urls"]["result"], headers={"If-None-Match": etag}).status_code == 304
    for wrong in ("rows/1.png", "rows/31.webp", "rows/32.webp"):
        assert drawing.http.get(f"/v1/jobs/{job['id']}/{wrong}").status_code == 404


@pytest.mark.parametrize("form", [False, True])
def test_csv_comes_as_the_body_or_as_a_file_of_a_form(drawing: Api, form: bool) -> None:
    body = "\ufeffname;accent;glow.opacity\r\nfirst;#00ff00;0.5\r\nsecond;;\r\n".encode()
    url = f"/v1/templates/{CARDS}/batch"
    if form:
        data = {"version": "1", "output": '{"width": 30}'}
        answer = drawing.http.post(url, files={"rows": ("Mappe1.csv", body, "application/vnd.ms-excel")}, data=data)
    else:
        answer = drawing.http.post(f"{url}?version=1&width=30", content=body, headers={"Content-Type": "text/csv"})
    job = ended(drawing.http, answer)
    found = listed(drawing.http, job)
    assert [(row["name"], row["status"]) for row in found] == [("first.png", "succeeded"), ("second.png", "succeeded")]
    assert pixels_of(drawing.http.get(found[0]["url"]).content).shape == (20, 30, 4)


def test_ndjson_of_which_some_lines_are_broken(drawing: Api) -> None:
    body = b'{"accent": "#123456"}\n{"accent": \n\n{"shown": false}\n'
    answer = drawing.http.post(
        f"/v1/templates/{CARDS}/batch", content=body, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.json()["counts"] == {"total": 3, "succeeded": 0, "failed": 1}
    found = listed(drawing.http, ended(drawing.http, answer))
    assert [row["status"] for row in found] == ["succeeded", "failed", "succeeded"]
    assert colour_at(drawing.http, found[2], RED_AT) == GREY
    assert colour_at(drawing.http, found[0], BLUE_AT) == BLUE


def test_batch_of_which_no_row_can_be_drawn_has_failed(drawing: Api) -> None:
    job = ended(drawing.http, post(drawing, [{"glow": 7}, {"nothing": 1}]))
    assert (job["status"], job["error"]["code"], job["urls"]["result"]) == ("failed", "batch-failed", None)
    assert job["counts"] == {"total": 2, "succeeded": 0, "failed": 2}
    assert drawing.http.get(f"/v1/jobs/{job['id']}/result.zip").status_code == 404


def test_files_of_a_worker_may_be_cleaned_away_at_any_time(cards: Api, tmp_path: Path) -> None:
    with rendering(cards.settings, cards.engine, tmp_path / "worker") as worker:
        first = ended(cards.http, post(cards, [{"glow": 0.1}, {"glow": 0.2}]))
        for file in [one for one in (tmp_path / "worker").rglob("*") if one.is_file()]:
            file.unlink()
        worker.wake()
        second = ended(cards.http, post(cards, [{"glow": 0.1}, {"glow": 0.2}]))
    shas = [[row["sha256"] for row in listed(cards.http, job)] for job in (first, second)]
    assert shas[0] == shas[1]


def test_row_that_kills_or_holds_up_its_process_ends_no_other(
    cards: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.renders.TASKS", "tests.misbehaving_rows")
    rows = [{"accent": "#112233"}, {"accent": "die"}, {"accent": "hang"}, {"accent": "defect"}, {"accent": "#445566"}]
    with rendering(cards.settings.model_copy(update={"stall_s": 5.0}), cards.engine, tmp_path / "worker"):
        job = ended(cards.http, post(cards, rows))
    assert job["counts"] == {"total": 5, "succeeded": 2, "failed": 3}
    assert [error["code"] for error in job["result"]["errors"]] == ["worker-lost", "stalled", "internal-error"]


def test_same_rows_are_the_same_bytes_as_when_rendered_by_themselves(drawing: Api) -> None:
    rows = [{"accent": "#00ff00", "glow": 0.5}, {"shown": False}, {"accent": "#00ff00", "glow": 0.5}]
    first = listed(drawing.http, ended(drawing.http, post(drawing, rows)))
    again = listed(drawing.http, ended(drawing.http, post(drawing, rows[::-1])))
    assert [row["sha256"] for row in first] == [row["sha256"] for row in again[::-1]]
    assert first[0]["sha256"] == first[2]["sha256"]
    alone = drawing.http.post(f"/v1/templates/{CARDS}/render", json={"values": rows[0]}).content
    assert drawing.http.get(first[0]["url"]).content == alone


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"rows": []}, 422, "/rows"),
        ({"rows": [1, 2]}, 422, "/rows/0"),
        ({"row": [{}]}, 422, "/rows"),
        ({"rows": [{}], "output": {"format": "gif"}}, 422, "/output/format"),
        ({"rows": [{}], "output": {"box": [500, 500, 5, 5]}}, 422, "/output/box"),
        ({"rows": [{}], "output": {"width": 16000}}, 422, "/output/width"),
        ({"rows": [{}], "webhook": "x"}, 422, "/webhook"),
        ({"rows": [{}], "version": 0}, 422, "/version"),
        ({"rows": [{}], "version": 9}, 404, None),
    ],
)
def test_requests_that_cannot_be_are_refused_with_the_place(
    cards: Api, body: dict[str, Any], status: int, pointer: str | None
) -> None:
    answer = cards.http.post(f"/v1/templates/{CARDS}/batch", json=body)
    assert answer.status_code == status, answer.text
    assert pointer is None or answer.json()["errors"][0]["pointer"] == pointer


def test_other_refusals(cards: Api) -> None:
    url = f"/v1/templates/{CARDS}/batch"
    assert cards.http.post("/v1/templates/none/batch", json={"rows": [{}]}).status_code == 404
    assert cards.http.post(url, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    csv = cards.http.post(url, content=b"acent\nred\n", headers={"Content-Type": "text/csv"})
    assert (csv.status_code, csv.json()["errors"][0]["pointer"]) == (422, "/acent")
    assert cards.http.post(url, files={"image": b"x"}).status_code == 422
    deep = cards.http.post(url, files={"rows": ("r.json", b'{"rows": [{}]}')}, data={"output": "[" * 60_000})
    assert (deep.status_code, deep.json()["errors"][0]["pointer"]) == (422, "/output")
    assert cards.http.post(f"{url}?colour=red", content=b"", headers={"Content-Type": "text/csv"}).status_code == 422


def test_key_replays_the_first_answer(cards: Api) -> None:
    answers = [
        cards.http.post(f"/v1/templates/{CARDS}/batch", json={"rows": rows}, headers={"Idempotency-Key": "k"})
        for rows in ([{}], [{}], [{}, {}])
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 422]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].json()["queue_position"] == 1
    assert len(cards.http.get("/v1/jobs", params={"status": "queued"}).json()["jobs"]) == 1


def test_waiting_batch_is_canceled_at_once(cards: Api) -> None:
    job = post(cards, [{}, {}]).json()
    answer = cards.http.post(job["urls"]["cancel"])
    assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert [row["status"] for row in listed(cards.http, job)] == ["canceled", "canceled"]
    assert cards.http.post(job["urls"]["cancel"]).status_code == 409


def test_result_before_the_end_is_to_be_waited_for(cards: Api) -> None:
    job = post(cards, [{}]).json()
    answer = cards.http.get(f"/v1/jobs/{job['id']}/result.zip")
    assert (answer.status_code, answer.json()["code"]) == (409, "job-not-finished")
    assert "Retry-After" in answer.headers
    assert [row["status"] for row in listed(cards.http, job)] == ["queued"]
    assert cards.metric('lamina_queue_depth{model="renders"}') == 1


def test_too_many_rows_are_refused_and_too_many_waiting_are_put_off(serve: Any) -> None:
    with serve(max_batch_rows=3, max_waiting_rows=4) as api:
        template_of(api.http, api.made())
        assert post(api, [{}] * 4).status_code == 422
        assert post(api, [{}] * 3).status_code == 202
        late = post(api, [{}] * 2)
        assert (late.status_code, late.json()["code"]) == (429, "quota-exceeded")
        assert "Retry-After" in late.headers
        assert len(api.http.get("/v1/jobs").json()["jobs"]) == 2  # the decomposition, and one batch

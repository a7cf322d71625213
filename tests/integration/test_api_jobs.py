"""Jobs over HTTP: how far they are, what changed, and how to stop them."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from tests.api_in_thread import Api, cards_png
from tests.worker_process import Puppets


@pytest.fixture
def puppets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Puppets]:
    with TemporaryDirectory(prefix="lamina") as folder:  # a short path, as sockets need
        puppets = Puppets(Path(folder) / "puppets")
        monkeypatch.setitem(os.environ, "PUPPET_SOCKET", str(puppets.path))
        yield puppets
        puppets.close()


def events_of(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Server-sent events: their fields, a comment as ``{"": …}``."""
    event: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")
        elif event:
            yield event
            event = {}


def statuses(events: list[dict[str, str]]) -> list[str]:
    return [json.loads(event["data"])["status"] for event in events if "data" in event]


def test_a_job_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    job = api.post(cards_png()).json()
    first = api.http.get(job["urls"]["self"])
    assert first.headers["Retry-After"]
    known = api.http.get(job["urls"]["self"], headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    api.http.post(job["urls"]["cancel"])
    changed = api.http.get(job["urls"]["self"], headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json()["status"]) == (200, "canceled")
    assert "Retry-After" not in changed.headers


def test_a_waiting_reader_is_answered_when_the_job_is_done(api: Api) -> None:
    job = api.post(cards_png()).json()
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(api.http.get, job["urls"]["self"], params={"wait": 50})
        api.work()
        assert waiting.result().json()["status"] == "succeeded"


def test_a_reader_who_knows_the_job_waits_for_any_change(api: Api, puppets: Puppets) -> None:
    job = api.post(cards_png(), model="puppet").json()
    etag = api.http.get(job["urls"]["self"]).headers["ETag"]
    with ThreadPoolExecutor(2) as threads:
        known = {"If-None-Match": etag}
        waiting = threads.submit(api.http.get, job["urls"]["self"], params={"wait": 50}, headers=known)
        working = threads.submit(api.work, "puppet")
        strings = puppets.next()
        assert waiting.result().json()["status"] == "running"
        strings.tell("finish")
        strings.wait_for_end()
        working.result()


def test_a_longer_wait_than_there_is_becomes_the_longest(api: Api) -> None:
    made = api.post(cards_png()).json()
    api.work()
    assert api.http.get(made["urls"]["self"], params={"wait": 86400}).json()["status"] == "succeeded"


def test_jobs_are_listed_newest_first_in_pages_and_by_status(api: Api) -> None:
    posted = [api.post(cards_png(), seed=seed).json()["id"] for seed in range(3)]
    api.work()
    first = api.http.get("/v1/jobs", params={"limit": 2}).json()
    second = api.http.get(first["next"]).json()
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == posted[::-1]
    queued = api.http.get("/v1/jobs", params={"status": "queued"}).json()["jobs"]
    assert [(job["id"], job["queue_position"]) for job in queued] == [(posted[2], 2), (posted[1], 1)]
    assert api.http.get("/v1/jobs", params={"status": "succeeded"}).json()["jobs"][0]["id"] == posted[0]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"status": "lost"}, "/status"),
        ({"cursor": "!"}, "/cursor"),
        ({"cursor": "MjAyNg=="}, "/cursor"),
    ],
)
def test_a_wrong_query_is_pointed_at(api: Api, query: dict[str, Any], pointer: str) -> None:
    answer = api.http.get("/v1/jobs", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_waiting_job_is_canceled_at_once_and_never_runs(api: Api) -> None:
    job = api.post(cards_png()).json()
    canceled = api.http.post(job["urls"]["cancel"])
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
    assert api.work() is None
    assert api.metric('lamina_model_calls_total{model="cards"}') == 0


def test_a_running_job_stops_at_its_next_step(api: Api, puppets: Puppets) -> None:
    job = api.post(cards_png(), model="puppet").json()
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(api.work, "puppet")
        strings = puppets.next()
        strings.tell("step until canceled")
        asked = api.http.post(job["urls"]["cancel"])
        assert (asked.status_code, asked.json()["status"]) == (202, "running")
        strings.wait_for_end()
        working.result()
    assert api.http.get(job["urls"]["self"]).json()["status"] == "canceled"


def test_a_finished_job_cannot_be_canceled(api: Api) -> None:
    job = api.post(cards_png()).json()
    api.work()
    late = api.http.post(job["urls"]["cancel"])
    assert (late.status_code, late.json()["code"]) == (409, "job-already-finished")


@pytest.mark.parametrize("path", ["", "/events", "/cancel"])
def test_an_unknown_job_is_not_found(api: Api, path: str) -> None:
    method = "POST" if path == "/cancel" else "GET"
    answer = api.http.request(method, f"/v1/jobs/job_unknown{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_events_tell_each_state_in_order_and_end_with_the_last(api: Api, puppets: Puppets) -> None:
    job = api.post(cards_png(), model="puppet").json()
    with ThreadPoolExecutor(1) as threads, api.http.stream("GET", job["urls"]["events"]) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-cache"
        events = events_of(stream.iter_lines())
        seen = [next(event for event in events if "data" in event)]
        working = threads.submit(api.work, "puppet")
        strings = puppets.next()
        seen.append(next(event for event in events if "data" in event))
        strings.tell("finish")
        strings.wait_for_end()
        working.result()
        seen += list(events)  # the stream ends by itself
    told = statuses(seen)
    assert (told[0], told[1], told[-1]) == ("queued", "running", "succeeded")
    assert set(told[1:-1]) == {"running"}
    versions = [int(event["id"]) for event in seen if "data" in event]
    assert versions == sorted(set(versions))
    fractions = [json.loads(event["data"])["progress"]["fraction"] for event in seen if "data" in event]
    assert fractions == sorted(fractions)
    last = json.loads(seen[-1]["data"])
    assert last == api.http.get(job["urls"]["self"]).json()


def test_events_go_on_after_the_last_one_that_was_seen(api: Api) -> None:
    job = api.post(cards_png()).json()
    with api.http.stream("GET", job["urls"]["events"]) as stream:
        first = next(event for event in events_of(stream.iter_lines()) if "data" in event)
    api.work()
    resumed = api.http.get(job["urls"]["events"], headers={"Last-Event-ID": first["id"]})
    events = list(events_of(iter(resumed.text.splitlines())))
    assert first["id"] not in [event.get("id") for event in events]
    assert statuses(events)[-1] == "succeeded"
    last_id = events[-1]["id"]
    assert api.http.get(job["urls"]["events"], headers={"Last-Event-ID": last_id}).status_code == 204


def test_a_last_event_id_that_is_none_of_ours_starts_anew(api: Api) -> None:
    job = api.post(cards_png()).json()
    api.work()
    for nonsense in ("abc", "-1", "9" * 40):
        answer = api.http.get(job["urls"]["events"], headers={"Last-Event-ID": nonsense})
        assert statuses(list(events_of(iter(answer.text.splitlines())))) == ["succeeded"]


def test_a_quiet_stream_is_kept_alive_by_comments(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.jobs.PING_S", 0.05)
    with serve() as api:
        job = api.post(cards_png()).json()
        with api.http.stream("GET", job["urls"]["events"]) as stream:
            comments = (event for event in events_of(stream.iter_lines()) if "" in event)
            assert next(comments)[""] == next(comments)[""] == "still here"


def test_comments_come_every_fifteen_seconds() -> None:
    from app.web import jobs

    assert jobs.PING_S == 15


def test_a_head_request_has_the_headers_and_no_body(api: Api) -> None:
    job = api.post(cards_png()).json()
    head = api.http.head(job["urls"]["self"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == api.http.get(job["urls"]["self"]).headers["ETag"]


def test_a_client_that_leaves_does_not_disturb_the_others(api: Api) -> None:
    job = api.post(cards_png()).json()
    with httpx.Client(base_url=api.url) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.get(job["urls"]["self"], params={"wait": 50}, timeout=0.2)
    api.work()
    assert api.http.get(job["urls"]["self"]).json()["status"] == "succeeded"

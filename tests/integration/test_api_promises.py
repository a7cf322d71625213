"""What the API promises when things go wrong: keys that replay, queues that are full, servers that are away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text

from tests.api_in_thread import Api, cards_png, picture_site

Serve: TypeAlias = Callable[..., AbstractContextManager[Api]]


def post(api: Api, key: str, **fields: object) -> httpx.Response:
    data = {"model": "cards", **{name: str(value) for name, value in fields.items()}}
    files = {"image": cards_png()}
    return api.http.post("/v1/decompositions", files=files, data=data, headers={"Idempotency-Key": key})


def test_a_repeated_key_gets_the_first_answer_again(api: Api) -> None:
    first = post(api, "key-1", cache="bypass")
    api.work()
    again = post(api, "key-1", cache="bypass")
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (202, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Retry-After"]
    assert len(api.http.get("/v1/jobs").json()["jobs"]) == 1
    assert post(api, "key-2", cache="bypass").json()["id"] != first.json()["id"]


def test_a_key_under_another_request_is_a_mismatch(api: Api) -> None:
    post(api, "key-1")
    other = post(api, "key-1", seed=9)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    assert len(api.http.get("/v1/jobs").json()["jobs"]) == 1


def test_many_requests_with_one_key_at_once_make_one_job(api: Api) -> None:
    together = threading.Barrier(8)

    def send(_: int) -> httpx.Response:
        together.wait()
        return post(api, "key-1", cache="bypass")

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(api.http.get("/v1/jobs").json()["jobs"]) == 1


def test_a_refused_request_does_not_use_up_its_key(api: Api) -> None:
    assert post(api, "key-1", cache="only").status_code == 404
    assert post(api, "key-1").status_code == 202


def test_a_key_is_replayed_although_the_address_has_gone(serve: Serve) -> None:
    headers = {"Idempotency-Key": "key-1"}
    with serve(allow_private_urls=True) as api:
        with picture_site(cards_png()) as url:
            first = api.http.post("/v1/decompositions", json={"image_url": url}, headers=headers)
        again = api.http.post("/v1/decompositions", json={"image_url": url}, headers=headers)
        assert (again.status_code, again.json()) == (202, first.json())
        other = api.http.post("/v1/decompositions", json={"image_url": url, "seed": 1}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


def test_a_replay_claims_no_wait(api: Api) -> None:
    headers = {"Idempotency-Key": "key-1", "Prefer": "wait=5"}
    post(api, "key-1")
    again = api.http.post("/v1/decompositions", files={"image": cards_png()}, data={"model": "cards"}, headers=headers)
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (202, "true"), again.text
    assert "Preference-Applied" not in again.headers


def test_a_key_that_is_too_long_is_pointed_at(api: Api) -> None:
    answer = post(api, "k" * 300)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/idempotency-key")


def test_a_tenant_over_its_share_is_told_when_to_come_back(serve: Serve) -> None:
    with serve(max_queued_per_tenant=2) as api:
        assert [api.post(cards_png(), seed=seed).status_code for seed in range(3)] == [202, 202, 429]
        refused = api.post(cards_png(), seed=4)
        assert refused.json()["code"] == "quota-exceeded"
        assert int(refused.headers["Retry-After"]) >= 1
        assert api.post(cards_png(), seed=1).status_code == 202  # joins what waits already
        assert len(api.http.get("/v1/jobs").json()["jobs"]) == 2
        api.work()
        assert api.post(cards_png(), seed=0).status_code == 200  # known, so nothing has to wait
        assert api.post(cards_png(), seed=5).status_code == 202


def test_a_full_queue_is_told_when_to_come_back(serve: Serve) -> None:
    with serve(max_queued=1) as api:
        api.post(cards_png())
        refused = api.post(cards_png(), seed=1)
        assert (refused.status_code, refused.json()["code"]) == (503, "queue-full")
        assert int(refused.headers["Retry-After"]) >= 1


def test_a_model_that_is_not_offered_is_unavailable(api: Api) -> None:
    answer = api.post(cards_png(), model="qwen-image-layered")
    assert (answer.status_code, answer.json()["code"]) == (503, "model-unavailable")
    assert answer.headers["Retry-After"]


def test_without_redis_jobs_are_taken_all_the_same(serve: Serve, tmp_path: Path) -> None:
    with serve(redis_url=f"unix://{tmp_path}/nobody") as api:
        job = api.post(cards_png())
        assert job.status_code == 202
        ready = api.http.get("/readyz")
        assert (ready.status_code, ready.json()["redis"]) == (200, "down")
        api.work()
        assert api.http.get(job.headers["Location"]).json()["status"] == "succeeded"


@contextmanager
def _closed(engine: Engine) -> Iterator[None]:
    """The database takes nobody in, and has thrown everybody out."""
    name = engine.url.database
    outside = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    outside.dispose()


def test_without_postgres_every_route_says_so_and_recovers_by_itself(serve: Serve) -> None:
    with serve() as api:
        _check_an_outage(api)


def _check_an_outage(api: Api) -> None:
    made = api.made()
    document = api.http.post("/v1/documents", json={"decomposition_id": made}).json()["urls"]["self"]
    paths = [document, f"{document}/revisions", f"{document}/render.png", "/v1/documents",
             "/v1/jobs", "/v1/jobs/job_1", "/v1/jobs/job_1?wait=1", "/v1/jobs/job_1/events", "/v1/decompositions",
             f"/v1/decompositions/{made}", f"/v1/decompositions/{made}/layers/0.png", "/readyz"]  # fmt: skip
    with _closed(api.engine):
        answers = [api.http.get(path) for path in paths] + [api.post(cards_png())]
        answers += [api.http.post(f"{document}/{step}") for step in ("undo", "freeze")]
        answers.append(api.http.post(f"{document}/operations", json={"operations": [{"op": "hide", "layer": 0}]}))
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable"), answer.url
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Retry-After"]
            assert "connection" not in answer.json()["detail"].lower()
        assert api.http.get("/healthz").status_code == 200
        assert api.metric("lamina_database_up") == 0
    assert api.post(cards_png()).status_code == 200
    ready = api.http.get("/readyz").json()
    assert (ready["status"], ready["database"], ready["models"]) == ("ready", "ok", ["cards", "noop", "puppet"])
    assert api.metric("lamina_database_up") == 1


def test_a_stream_of_events_ends_with_the_database_and_goes_on_with_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.jobs.PING_S", 0.05)
    with serve() as api:
        job = api.post(cards_png()).json()
        with api.http.stream("GET", job["urls"]["events"]) as stream:
            lines = stream.iter_lines()
            last_id = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
            with _closed(api.engine):
                assert "succeeded" not in "".join(lines)
        api.work()
        resumed = api.http.get(job["urls"]["events"], headers={"Last-Event-ID": last_id})
        assert '"succeeded"' in resumed.text


def test_a_database_without_the_tables_is_not_ready(serve: Serve) -> None:
    with serve() as api:
        with api.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM alembic_version")
        answer = api.http.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
        assert "lamina migrate" in answer.json()["detail"]


def test_metrics_tell_of_requests_jobs_and_models(api: Api) -> None:
    api.made()
    scraped = api.http.get("/metrics")
    assert scraped.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert api.metric('lamina_model_calls_total{model="cards"}') == 1
    assert api.metric('lamina_model_calls_total{model="noop"}') == 0
    assert api.metric('lamina_jobs{state="succeeded"}') == 1
    assert api.metric('lamina_queue_depth{model="cards"}') == 0
    assert api.metric('lamina_jobs_finished_total{state="succeeded"}') == 1
    counted = 'lamina_http_request_duration_seconds_count{method="GET",route="/v1/jobs/{job_id}",status="404"}'
    api.http.get("/v1/jobs/job_1")
    before = api.metric(counted)
    api.http.get("/v1/jobs/job_2")
    assert api.metric(counted) == before + 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_service_is_alive_and_ready(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert answer.status_code == 200
    assert answer.json()["status"] in ("ok", "ready")

"""Batches by real workers, which are killed and stopped in the middle; and by the service as a user starts it."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text

from app.store import workers
from tests.api_in_thread import Api, serving
from tests.batch_makers import ended, listed, post, template_of
from tests.worker_process import SHORT_LEASE, StartWorker, Watch, WorkerProcess

ROWS = [{"accent": f"#{n:06x}"} for n in range(1000)]


@pytest.fixture
def cards(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Api]:
    with serving(database_url, redis_url, tmp_path / "api") as api:
        template_of(api.http, api.made())
        yield api


def renders(start_worker: StartWorker, tmp_path: Path, name: str, **changed: str) -> WorkerProcess:
    data = str(tmp_path / name)
    return start_worker(LAMINA_RENDERS="true", LAMINA_DATA_DIR=data, LAMINA_RENDER_PROCESSES="1", **changed)


def begun(api: Api, answer: httpx.Response, rows: int) -> dict[str, Any]:
    """The job of a batch, as soon as so many of its rows are done."""
    job: dict[str, Any] = answer.json()
    etag = ""
    while job["counts"]["succeeded"] < rows:
        found = api.http.get(f"/v1/jobs/{job['id']}", params={"wait": 30}, headers={"If-None-Match": etag})
        job, etag = (found.json() if found.status_code == 200 else job), found.headers["ETag"]
        assert job["status"] in ("queued", "running"), job
    return job


def drawn(api: Api) -> dict[str, int]:
    """How rows came to be: how many there are, how often they were claimed, in how many a worker died."""
    query = "SELECT count(*) AS rows, sum(token) AS claims, sum(crashes) AS crashes FROM batch_rows"
    with api.engine.connect() as connection:
        return dict(connection.execute(text(query)).mappings().one())


def test_batch_goes_on_where_a_killed_worker_left_it(cards: Api, start_worker: StartWorker, tmp_path: Path) -> None:
    first = renders(start_worker, tmp_path, "first", **SHORT_LEASE)
    answer = post(cards, ROWS)
    before = begun(cards, answer, 20)
    kept = {row["row"] for row in listed(cards.http, before, status="succeeded")}
    first.signal_all(signal.SIGKILL)
    first.wait()
    renders(start_worker, tmp_path, "second")
    job = ended(cards.http, answer)
    assert job["counts"] == {"total": len(ROWS), "succeeded": len(ROWS), "failed": 0}
    found = drawn(cards)
    assert len(kept) >= 20
    assert 0 < found["crashes"] <= 12  # those that were in flight, and no others, were drawn again
    assert found["claims"] <= len(ROWS) + 2 * found["crashes"]
    assert len(listed(cards.http, job, status="succeeded")) == len(ROWS)


def test_two_workers_share_a_batch_and_one_that_is_told_to_stop_finishes_its_rows(
    cards: Api, start_worker: StartWorker, watch: Watch, tmp_path: Path
) -> None:
    first = renders(start_worker, tmp_path, "first")
    renders(start_worker, tmp_path, "second")
    watch.until("both workers live", lambda connection: len(workers.live(connection)) == 2)
    answer = post(cards, ROWS)
    watch.until("both have drawn", lambda connection: len(_who_drew(connection)) == 2)
    first.signal_main(signal.SIGTERM)
    assert first.wait() == 0
    job = ended(cards.http, answer)
    assert job["counts"]["succeeded"] == len(ROWS)
    assert drawn(cards) == {"rows": len(ROWS), "claims": len(ROWS), "crashes": 0}


def _who_drew(connection: Connection) -> set[str]:
    query = "SELECT DISTINCT worker_id FROM batch_rows WHERE state = 'succeeded'"
    return set(connection.scalars(text(query)))


def test_running_batch_stops_between_rows_and_keeps_its_pictures(
    cards: Api, start_worker: StartWorker, tmp_path: Path
) -> None:
    renders(start_worker, tmp_path, "first")
    answer = post(cards, ROWS)
    job = begun(cards, answer, 20)
    asked = cards.http.post(job["urls"]["cancel"])
    job = ended(cards.http, answer)
    assert (asked.status_code, job["status"]) == (202, "canceled")
    assert 20 <= job["counts"]["succeeded"] < len(ROWS)
    found = listed(cards.http, job)
    assert {row["status"] for row in found} == {"succeeded", "canceled"}
    picture = next(row["url"] for row in found if row["status"] == "succeeded")
    assert cards.http.get(picture).status_code == 200
    assert cards.http.get(job["urls"]["result"]).status_code == 200


def test_service_as_a_user_starts_it_draws_a_batch(http: httpx.Client, lettered_decomposition: str) -> None:
    layers = http.get(f"/v1/decompositions/{lettered_decomposition}").json()["layers"]
    words = next(layer["index"] for layer in layers if layer["kind"] == "text")
    template_of(http, lettered_decomposition, "lettered", {"headline": {"layer": words, "property": "text"}})
    body = b"name,headline\nerste,Zugabe\nzweite,Pause\n"
    answer = http.post("/v1/templates/lettered/batch", content=body, headers={"Content-Type": "text/csv"})
    job = ended(http, answer)
    assert job["counts"] == {"total": 2, "succeeded": 2, "failed": 0}
    assert len({row["sha256"] for row in listed(http, job)}) == 2
    with http.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
        assert any('"kind":"batch"' in line for line in events.iter_lines())

"""Rows of batches: each drawn once, in the fair order, whoever dies."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, text

from app.store import batch_claims, batch_results, batches, blobs, jobs
from app.store.batch_claims import Claimed, Done
from app.store.batches import NewBatch, NewRow
from app.store.jobs import Callback, Job
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import add_tenant, now_of

TEMPLATE = {"name": "t", "version": 1, "scene": {}, "layers": [], "variables": {}}
ERROR = {"pointer": "/x", "code": "invalid-request", "detail": "No."}


def ask(
    engine: Engine,
    count: int,
    *,
    bad: Sequence[int] = (),
    tenant: str = DEFAULT_TENANT,
    callback: Callback | None = None,
) -> Job:
    new = NewBatch(tenant, TEMPLATE, {"format": "png"}, count, len(bad), "req_1")
    rows = [NewRow(n, f"{n:05d}", {"x": n}, ERROR if n in bad else None) for n in range(1, count + 1)]
    with engine.begin() as connection:
        return batches.create(connection, new, rows, callback)


def claim(engine: Engine, most: int = 10, *, worker: str = "h/1-a/2", suspect: bool = False) -> list[Claimed]:
    with engine.begin() as connection:
        return batch_claims.claim(connection, worker_id=worker, most=most, lease_s=60.0, suspect=suspect)


def keep(engine: Engine, rows: Sequence[Claimed], error: dict[str, str] | None = None) -> int:
    """Each row's picture is a blob of its own number."""
    done = []
    with engine.begin() as connection:
        for row in rows:
            if error is None:
                data = f"{row.n}".encode()
                sha256 = blobs.put(connection, row.tenant_id, data, "image/png")
                done.append(Done(row, sha256, len(data), 7))
            else:
                done.append(Done(row, error=error))
        return batch_claims.keep(connection, done)


def states(engine: Engine, job: Job) -> list[str]:
    with engine.connect() as connection:
        return [row.state for row in batch_results.page(connection, job.tenant_id, job.id)]


def lost(engine: Engine, worker: str = "h/1-a/2", max_crashes: int = 3) -> tuple[int, int]:
    """The worker dies, and somebody sweeps."""
    with engine.begin() as connection:
        batch_claims.lose(connection, worker)
    with engine.begin() as connection:
        return batch_claims.sweep(connection, max_crashes)


def cancel(engine: Engine, job: Job) -> None:
    with engine.begin() as connection:
        jobs.request_cancel(connection, job.tenant_id, job.id)
        batches.settle_canceled(connection, job.tenant_id, job.id)


def test_job_goes_with_its_rows_from_queued_to_succeeded(engine: Engine) -> None:
    job = ask(engine, 5, bad=[2])
    assert (job.state, job.step, job.steps) == ("queued", 1, 5)
    first = claim(engine, 2)
    assert [row.n for row in first] == [1, 3]
    assert now_of(engine, job).state == "running"
    assert keep(engine, first) == 0
    half = now_of(engine, job)
    assert (half.fraction, half.step, half.steps, half.stage) == (0.6, 3, 5, "rows")
    keep(engine, claim(engine)[:1], ERROR)
    assert claim(engine) == []  # the last one is held
    with engine.begin() as connection:
        batch_claims.give_back(connection, "h/1-a/2")
    keep(engine, claim(engine))
    ended = now_of(engine, job)
    assert ended.state == "succeeded"
    assert ended.result == {
        "template": "t", "version": 1, "counts": {"total": 5, "succeeded": 3, "failed": 2},
        "errors": [{"row": 2, "name": "00002", **ERROR}, {"row": 4, "name": "00004", **ERROR}],
    }  # fmt: skip
    assert ended.attempt == 1


def test_many_that_claim_at_once_never_take_the_same_row(engine: Engine) -> None:
    job = ask(engine, 200)

    def work(worker: int) -> list[int]:
        taken: list[int] = []
        while rows := claim(engine, 7, worker=f"h/1-a/{worker}"):
            taken += [row.n for row in rows]
            keep(engine, rows)
        return taken

    with ThreadPoolExecutor(4) as workers:
        taken = [n for part in workers.map(work, range(4)) for n in part]
    assert sorted(taken) == list(range(1, 201))
    assert now_of(engine, job).state == "succeeded"


def test_tenant_with_fewest_rows_under_way_comes_first(engine: Engine) -> None:
    mine, theirs = ask(engine, 20), ask(engine, 20, tenant=add_tenant(engine, "other"))
    order = [claim(engine, 4)[0].job_id for _ in range(4)]
    assert order == [mine.id, theirs.id, mine.id, theirs.id]


def test_row_that_was_taken_away_is_not_written(engine: Engine) -> None:
    job = ask(engine, 1)
    (old,) = claim(engine)
    assert lost(engine) == (1, 0)
    assert keep(engine, [old]) == 1
    assert states(engine, job) == ["waiting"]
    (new,) = claim(engine, suspect=True)
    assert keep(engine, [old]) == 1
    assert keep(engine, [new]) == 0
    assert keep(engine, [new]) == 1
    ended = now_of(engine, job)
    assert (ended.state, ended.result and ended.result["counts"]["succeeded"]) == ("succeeded", 1)


def test_rows_of_a_dead_worker_are_drawn_alone_and_only_the_one_that_kills_fails(engine: Engine) -> None:
    job = ask(engine, 6)
    keep(engine, claim(engine, 1))
    assert len(claim(engine, 3)) == 3
    assert lost(engine) == (3, 0)
    assert [row.n for row in claim(engine)] == [5, 6]
    alone = [claim(engine, worker="h/2-b/3", suspect=True) for _ in range(2)]
    assert [[row.n for row in rows] for rows in alone] == [[2], [3]]
    keep(engine, alone[1])
    assert lost(engine, "h/2-b/3") == (1, 0)
    (again,) = claim(engine, worker="h/2-b/3", suspect=True)
    assert (again.n, again.crashes) == (2, 2)
    assert lost(engine, "h/2-b/3") == (0, 1)
    assert states(engine, job) == ["succeeded", "failed", "succeeded", "waiting", "running", "running"]
    counts = (now_of(engine, job).result or {})["counts"]
    assert counts == {"total": 6, "succeeded": 2, "failed": 1}


def test_worker_that_stops_gives_back_without_a_crash(engine: Engine) -> None:
    ask(engine, 2)
    claim(engine)
    with engine.begin() as connection:
        assert batch_claims.holders(connection, "h/1-a") == [("h/1-a/2", False)]
        assert batch_claims.give_back(connection, "h/1-a/2") == 2
    assert [row.crashes for row in claim(engine)] == [0, 0]


def test_heartbeat_keeps_rows_but_not_one_that_is_held_too_long(engine: Engine) -> None:
    ask(engine, 2)
    claim(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE batch_rows SET lease_until = now() - interval '1 second'"))
        connection.execute(text("UPDATE batch_rows SET claimed_at = now() - interval '1 hour' WHERE n = 2"))
        batch_claims.beat(connection, "h/1-a/2", 60.0, 900.0)
    with engine.begin() as connection:
        assert batch_claims.holders(connection, "h/1-a") == [("h/1-a/2", True)]
        assert batch_claims.sweep(connection, 3) == (1, 0)


def test_cancel_keeps_what_is_done_and_waits_for_what_is_being_drawn(engine: Engine) -> None:
    job = ask(engine, 5)
    keep(engine, claim(engine, 2))
    held = claim(engine, 1)
    cancel(engine, job)
    assert now_of(engine, job).state == "running"
    assert claim(engine) == []
    keep(engine, held)
    ended = now_of(engine, job)
    assert (ended.state, (ended.result or {})["counts"]["succeeded"]) == ("canceled", 3)
    assert states(engine, job) == ["succeeded"] * 3 + ["canceled"] * 2


def test_cancel_ends_a_batch_of_which_nothing_is_being_drawn(engine: Engine) -> None:
    begun = ask(engine, 3)
    keep(engine, claim(engine, 1))
    cancel(engine, begun)
    assert now_of(engine, begun).state == "canceled"
    dead = ask(engine, 3)
    claim(engine, 1)
    cancel(engine, dead)
    lost(engine)
    assert now_of(engine, dead).state == "canceled"
    assert states(engine, dead) == ["canceled"] * 3


def test_every_end_of_a_batch_is_told(engine: Engine) -> None:
    told = Callback("https://example.com/hook", "url:example.com")
    drawn, wrong, stopped = (ask(engine, 1, callback=told) for _ in range(3))
    keep(engine, claim(engine))
    keep(engine, claim(engine), ERROR)
    claim(engine)
    cancel(engine, stopped)
    lost(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT job_id, type FROM webhook_events")).all()
    assert sorted(map(tuple, found)) == sorted(
        [(drawn.id, "job.succeeded"), (wrong.id, "job.failed"), (stopped.id, "job.canceled")]
    )


def test_pictures_stay_as_long_as_their_rows(engine: Engine) -> None:
    job = ask(engine, 3)
    keep(engine, claim(engine))

    def collected(older_than_s: float) -> list[Any]:
        with engine.begin() as connection:
            purged = batches.purge(connection, older_than_s, 2)
            jobs.purge(connection, older_than_s)
            there = jobs.get(connection, job.tenant_id, job.id) is not None
        with engine.begin() as connection:
            return [purged, there, blobs.collect(connection, 0.0, 100)]

    assert collected(3600.0) == [0, True, 0]
    assert collected(0.0) == [2, True, 2]
    assert collected(0.0) == [1, False, 1]


def test_batch_counts_in_the_line_and_in_the_metrics(engine: Engine) -> None:
    first, second = ask(engine, 2), ask(engine, 2)
    with engine.connect() as connection:
        assert [jobs.queue_position(connection, job) for job in (first, second)] == [1, 2]
        assert batches.rows_waiting(connection, DEFAULT_TENANT) == 4
        assert jobs.load(connection, DEFAULT_TENANT).queued == 2

"""Claiming: each job once, in the fair order, and nobody else can write to what one has claimed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from app.store import jobs
from app.store.jobs import Fenced, Job
from tests.job_makers import MODEL, add_tenant, ask, claim, claimed, let_pass, now_of

PROBLEM = {"code": "decomposition-failed", "title": "It failed", "status": 422}
WRITES: dict[str, Callable[[Connection, Job], Any]] = {
    "heartbeat": lambda connection, job: jobs.heartbeat(connection, job, 60.0),
    "progress": lambda connection, job: jobs.progress(connection, job, "layers", 1, 2, 0.5),
    "succeed": lambda connection, job: jobs.succeed(connection, job, {"decomposition_id": "d"}),
    "fail": lambda connection, job: jobs.fail(connection, job, PROBLEM),
    "canceled": jobs.canceled,
    "retry": lambda connection, job: jobs.retry(connection, job, 1.0, PROBLEM),
    "release": jobs.release,
}


def test_a_claim_takes_the_job_and_raises_token_and_attempt(engine: Engine) -> None:
    asked = ask(engine, "d")
    job = claimed(engine, worker_id="host/1/2")
    assert (job.id, job.state, job.worker_id) == (asked.id, "running", "host/1/2")
    assert (job.token, job.attempt, job.version) == (asked.token + 1, 1, asked.version + 1)
    assert job.lease_until is not None
    assert job.deadline_at is not None
    assert job.lease_until < job.deadline_at
    assert claim(engine) is None


def test_no_job_is_claimed_for_another_model(engine: Engine) -> None:
    ask(engine, "d")
    assert claim(engine, models=("another", "third")) is None
    assert claimed(engine, models=("another", MODEL)).model_name == MODEL


def test_forty_jobs_claimed_by_ten_threads_are_each_claimed_once(engine: Engine) -> None:
    asked = {ask(engine, f"d{index}").id for index in range(40)}

    def take_all(_: int) -> list[str]:
        taken = []
        while (job := claim(engine)) is not None:
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(10) as threads:
        taken = [job_id for one in threads.map(take_all, range(10)) for job_id in one]
    assert len(taken) == 40
    assert set(taken) == asked


def test_a_claim_passes_over_a_row_that_is_locked_and_does_not_wait(engine: Engine) -> None:
    first, second = ask(engine, "first"), ask(engine, "second")
    with engine.begin() as other:
        taken = jobs.claim(other, worker_id="host/1/2", models=[MODEL], lease_s=60, deadline_s=600)
        assert taken is not None
        assert taken.id == first.id
        assert claimed(engine).id == second.id
        assert claim(engine) is None
        other.rollback()
    assert claimed(engine).id == first.id


def test_a_higher_priority_goes_first_then_the_longest_wait(engine: Engine) -> None:
    for name, priority in (("early", 0), ("late", 0), ("urgent", 5), ("idle", -1)):
        ask(engine, name, priority=priority)
    assert [claimed(engine).decomposition_id for _ in range(4)] == ["urgent", "early", "late", "idle"]


def test_a_tenant_with_many_jobs_does_not_hold_up_another(engine: Engine) -> None:
    add_tenant(engine, "small")
    for index in range(6):
        ask(engine, f"big{index}")
    for index in range(2):
        ask(engine, f"small{index}", tenant_id="small")
    order = [claimed(engine).tenant_id for _ in range(8)]
    assert order == ["default", "small", "default", "small"] + ["default"] * 4


def test_the_place_in_the_queue_is_when_a_claim_will_take_the_job(engine: Engine) -> None:
    add_tenant(engine, "small")
    ask(engine, "running")
    claimed(engine)
    asked = [ask(engine, "a"), ask(engine, "urgent", priority=1), ask(engine, "b", tenant_id="small")]
    with engine.begin() as connection:
        places = [jobs.queue_position(connection, job) for job in asked]
    assert places == [3, 1, 2]
    assert [claimed(engine).id for _ in range(3)] == [asked[index].id for index in (1, 2, 0)]
    with engine.begin() as connection:
        assert jobs.queue_position(connection, asked[0]) is None


def test_a_job_that_waits_for_its_time_is_left_alone(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine)
    with engine.begin() as connection:
        jobs.retry(connection, job, 60.0, PROBLEM)
    assert claim(engine) is None
    let_pass(engine, job, "run_at", 61)
    again = claimed(engine)
    assert (again.id, again.attempt, again.error) == (job.id, 2, PROBLEM)


@pytest.mark.parametrize("name", WRITES)
def test_an_attempt_that_lost_its_job_can_write_nothing(engine: Engine, name: str) -> None:
    ask(engine, "d")
    first = claimed(engine, lease_s=-1.0)
    with engine.begin() as connection:
        assert jobs.requeue_lost(connection, max_crashes=3).requeued == 1
    waiting = now_of(engine, first)
    with pytest.raises(Fenced), engine.begin() as connection:
        WRITES[name](connection, first)
    assert now_of(engine, first) == waiting
    second = claimed(engine)
    with pytest.raises(Fenced), engine.begin() as connection:
        WRITES[name](connection, first)
    assert now_of(engine, second) == second


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("end", ["succeed", "fail", "canceled"])
def test_nothing_leads_out_of_an_end(engine: Engine, name: str, end: str) -> None:
    ask(engine, "d")
    job = claimed(engine)
    with engine.begin() as connection:
        WRITES[end](connection, job)
    ended = now_of(engine, job)
    with pytest.raises(Fenced), engine.begin() as connection:
        WRITES[name](connection, job)
    assert now_of(engine, job) == ended


def test_each_end_says_what_it_is(engine: Engine) -> None:
    ended = {}
    for name in ("succeed", "fail", "canceled"):
        ask(engine, name)
        job = claimed(engine)
        with engine.begin() as connection:
            WRITES[name](connection, job)
        ended[name] = now_of(engine, job)
    assert [job.status for job in ended.values()] == ["succeeded", "failed", "canceled"]
    assert all(job.is_finished and job.finished_at and job.lease_until is None for job in ended.values())
    assert (ended["succeed"].result, ended["succeed"].fraction) == ({"decomposition_id": "d"}, 1.0)
    assert ended["fail"].error == PROBLEM


def test_a_heartbeat_moves_the_lease_and_nothing_that_users_see(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine, lease_s=1.0)
    with engine.begin() as connection:
        assert jobs.heartbeat(connection, job, 60.0) is False
    beaten = now_of(engine, job)
    assert beaten.lease_until is not None
    assert job.lease_until is not None
    assert beaten.lease_until > job.lease_until
    assert beaten.version == job.version


def test_the_fraction_never_falls(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine)
    for fraction in (0.5, 0.2):
        with engine.begin() as connection:
            jobs.progress(connection, job, "layers", 1, 2, fraction)
    with engine.begin() as connection:
        jobs.release(connection, job)
    again = claimed(engine)
    assert again.fraction == 0.5
    with engine.begin() as connection:
        jobs.progress(connection, again, "setup", 0, 1, 0.0)
    assert now_of(engine, again).fraction == 0.5


def test_a_job_that_goes_back_stays_running_for_users_and_counts_no_crash(engine: Engine) -> None:
    asked = ask(engine, "d")
    assert asked.status == "queued"
    job = claimed(engine)
    with engine.begin() as connection:
        jobs.release(connection, job)
    back = now_of(engine, job)
    assert (back.state, back.status, back.crashes, back.worker_id) == ("queued", "running", 0, None)
    with engine.begin() as connection:
        listed = {
            status: [one.id for one in jobs.list_(connection, asked.tenant_id, status=status, limit=9)]
            for status in ("queued", "running")
        }
    assert listed == {"queued": [], "running": [job.id]}

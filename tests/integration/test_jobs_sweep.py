"""Jobs that nobody looks after: taken back, given up after three crashes, rung for again, forgotten at last."""

import pytest
from sqlalchemy import Engine

from app.store import jobs, leases, workers
from app.store.jobs import Swept
from tests.job_makers import MODEL, ask, claim, claimed, let_pass, now_of

CHILD = "host/1-aa/7"


def sweep(engine: Engine, max_crashes: int = 3) -> Swept:
    with engine.begin() as connection:
        return jobs.requeue_lost(connection, max_crashes=max_crashes)


def test_a_job_whose_lease_runs_is_left_alone(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine, lease_s=60.0)
    assert sweep(engine) == Swept(0, 0, 0)
    assert now_of(engine, job) == job


@pytest.mark.parametrize("clock", ["lease_until", "deadline_at"])
def test_a_job_whose_clock_ran_out_goes_back_and_counts_a_crash(engine: Engine, clock: str) -> None:
    ask(engine, "d")
    job = claimed(engine)
    let_pass(engine, job, clock, 3600)
    assert sweep(engine) == Swept(1, 0, 0)
    back = now_of(engine, job)
    assert (back.state, back.crashes, back.worker_id, back.lease_until) == ("queued", 1, None, None)
    assert back.version > job.version
    assert claimed(engine).attempt == 2


def test_the_third_crash_is_the_last(engine: Engine) -> None:
    ask(engine, "d")
    swept = []
    for _ in range(3):
        claimed(engine, lease_s=-1.0)
        swept.append(sweep(engine))
    assert swept == [Swept(1, 0, 0), Swept(1, 0, 0), Swept(0, 1, 0)]
    assert claim(engine) is None
    with engine.begin() as connection:
        (job,) = jobs.list_(connection, "default", limit=9)
    assert (job.state, job.crashes, job.attempt) == ("failed", 3, 3)
    assert job.error is not None
    assert (job.error["code"], job.error["request_id"]) == ("worker-lost", "req_1")
    assert job.finished_at is not None


def test_a_sweep_passes_over_a_job_that_is_just_ending(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine, lease_s=-1.0)
    with engine.begin() as ending:
        jobs.succeed(ending, job, {})
        assert sweep(engine) == Swept(0, 0, 0)
    assert now_of(engine, job).state == "succeeded"


def test_one_worker_sweeps_at_a_time(engine: Engine) -> None:
    with engine.begin() as one, engine.begin() as other:
        assert leases.lock_sweep(one)
        assert not leases.lock_sweep(other)
        one.rollback()
        assert leases.lock_sweep(other)


def test_a_worker_sees_the_jobs_of_its_own_children_only(engine: Engine) -> None:
    for index, worker_id in enumerate((CHILD, "host/1-bb/7", "host/11-aa/7")):
        ask(engine, f"d{index}")
        claimed(engine, worker_id=worker_id)
    with engine.begin() as connection:
        assert [held.worker_id for held in leases.held(connection, "host/1-aa")] == [CHILD]
        assert leases.held(connection, "host/1_aa") == []  # an underscore is not any letter


def test_the_job_of_a_dead_child_is_lost_at_once(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine, worker_id=CHILD, lease_s=3600.0)
    with engine.begin() as connection:
        (held,) = leases.held(connection, "host/1-aa")
        assert not held.expired
        leases.end(connection, held)
    assert sweep(engine) == Swept(1, 0, 0)
    assert now_of(engine, job).crashes == 1


def test_a_job_handed_back_counts_no_crash_and_only_its_holder_can(engine: Engine) -> None:
    ask(engine, "d")
    claimed(engine, worker_id=CHILD)
    with engine.begin() as connection:
        (held,) = leases.held(connection, "host/1-aa")
        leases.hand_back(connection, held)
    again = claimed(engine)
    assert again.crashes == 0
    with engine.begin() as connection:
        leases.hand_back(connection, held)  # another worker has it by now
        leases.end(connection, held)
    assert now_of(engine, again) == again


def test_the_bell_is_rung_for_jobs_that_nobody_came_for(engine: Engine) -> None:
    def unrung(older_than_s: float) -> list[str]:
        with engine.begin() as connection:
            return [job_id for _, job_id, _ in jobs.unrung(connection, [MODEL], older_than_s, 10)]

    new, old, rung = ask(engine, "new"), ask(engine, "old"), ask(engine, "rung")
    urgent = ask(engine, "urgent", priority=1)
    for job in (old, rung, urgent):
        let_pass(engine, job, "created_at", 60)
    with engine.begin() as connection:
        jobs.mark_rung(connection, rung.tenant_id, rung.id)
    assert unrung(10) == [urgent.id, old.id]
    let_pass(engine, rung, "rung_at", 60)
    let_pass(engine, new, "created_at", 60)
    assert set(unrung(10)) == {new.id, urgent.id, old.id, rung.id}
    running = claimed(engine)
    assert running.id not in unrung(0)
    with engine.begin() as connection:
        jobs.release(connection, running)
    assert running.id in unrung(10)  # nobody else rings for one that goes back


def test_a_model_that_nobody_serves_does_not_silence_the_bell_of_another(engine: Engine) -> None:
    for index in range(5):
        let_pass(engine, ask(engine, f"d{index}", model_name="orphan"), "created_at", 120)
    served = ask(engine, "served")
    let_pass(engine, served, "created_at", 60)
    with engine.begin() as connection:
        assert jobs.unrung(connection, [MODEL], 10, 3) == [(served.tenant_id, served.id, MODEL)]
        assert jobs.unrung(connection, [], 10, 3) == []


def test_a_job_that_waits_for_its_time_is_not_rung_for(engine: Engine) -> None:
    ask(engine, "d")
    job = claimed(engine)
    with engine.begin() as connection:
        jobs.retry(connection, job, 60.0, {"code": "out-of-memory"})
        assert jobs.unrung(connection, [MODEL], 0, 10) == []
    let_pass(engine, job, "run_at", 61)
    with engine.begin() as connection:
        assert [job_id for _, job_id, _ in jobs.unrung(connection, [MODEL], 10, 10)] == [job.id]


def test_old_ends_are_forgotten_and_nothing_else(engine: Engine) -> None:
    ended = []
    for name in ("old", "older", "fresh"):
        ask(engine, name)
        ended.append(claimed(engine))
        with engine.begin() as connection:
            jobs.succeed(connection, ended[-1], {})
    for job in ended[:2]:
        let_pass(engine, job, "finished_at", 7200)
    waiting = ask(engine, "waiting")
    let_pass(engine, waiting, "created_at", 7200)
    with engine.begin() as connection:
        assert jobs.purge(connection, 3600, limit=1) == 1
        assert jobs.purge(connection, 3600) == 1
        assert jobs.purge(connection, 3600) == 0
        assert {job.id for job in jobs.list_(connection, "default", limit=9)} == {ended[2].id, waiting.id}


def test_workers_that_said_goodbye_or_fell_silent_do_not_count(engine: Engine) -> None:
    with engine.begin() as connection:
        for worker_id in ("host/1", "host/2"):
            workers.seen(connection, worker_id, ["classic"])
        workers.gone(connection, "host/1")
        assert [worker.id for worker in workers.live(connection, 30)] == ["host/2"]
    with engine.begin() as connection:
        assert workers.live(connection, 0) == []
        assert workers.purge(connection, 3600) == 0
        assert workers.purge(connection, 0) == 1

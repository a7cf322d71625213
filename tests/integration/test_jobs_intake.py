"""Asking for jobs and taking the wish back: one flight for one question, whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from app.store import jobs, workers
from tests.job_makers import NEW, add_tenant, ask, claim, claimed, let_pass, now_of


def test_fifty_who_ask_at_once_get_one_job(engine: Engine) -> None:
    all_here = Barrier(25)  # as many as the pool has connections for, twice

    def ask_together(_: int) -> tuple[str, bool]:
        all_here.wait()
        with engine.begin() as connection:
            job, created = jobs.submit(connection, NEW)
            return job.id, created

    with ThreadPoolExecutor(25) as threads:
        answers = list(threads.map(ask_together, range(50)))
    assert len({job_id for job_id, _ in answers}) == 1
    assert [created for _, created in answers].count(True) == 1


def test_a_running_job_is_joined_and_an_ended_one_is_not(engine: Engine) -> None:
    first = ask(engine, "d")
    running = claimed(engine)
    assert ask(engine, "d").id == first.id
    with engine.begin() as connection:
        jobs.succeed(connection, running, {})
    assert ask(engine, "d").id != first.id


def test_who_asks_while_a_job_ends_waits_for_the_end_and_asks_anew(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with ThreadPoolExecutor(1) as thread:
        with engine.begin() as ending:
            jobs.succeed(ending, running, {})
            asking = thread.submit(ask, engine, "d")
        assert asking.result(60).id != running.id
    assert now_of(engine, running).state == "succeeded"


def test_tenants_do_not_share_a_job(engine: Engine) -> None:
    add_tenant(engine, "other")
    assert ask(engine, "d").id != ask(engine, "d", tenant_id="other").id


def test_a_recomputation_joins_nobody_and_nobody_joins_it(engine: Engine) -> None:
    plain = ask(engine, "d")
    again = [ask(engine, "d", recompute=True).id for _ in range(2)]
    assert len({plain.id, *again}) == 3
    assert ask(engine, "d").id == plain.id


def test_an_answer_from_what_is_stored_is_a_job_that_ended(engine: Engine) -> None:
    with engine.begin() as connection:
        job = jobs.insert_cached(connection, NEW)
    assert (job.status, job.cached, job.result) == ("succeeded", True, {"decomposition_id": "d"})
    assert (job.attempt, job.started_at, job.finished_at) == (0, job.created_at, job.created_at)
    assert claim(engine) is None


def test_a_waiting_job_is_canceled_at_once(engine: Engine) -> None:
    asked = ask(engine, "d")
    with engine.begin() as connection:
        job, outcome = jobs.request_cancel(connection, asked.tenant_id, asked.id)
    assert (outcome, job.state, job.error) == ("canceled", "canceled", None)
    assert job.finished_at is not None
    assert claim(engine) is None
    assert ask(engine, "d").id != asked.id


def test_a_running_job_is_told_to_stop_at_its_next_beat(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with engine.begin() as connection:
        job, outcome = jobs.request_cancel(connection, running.tenant_id, running.id)
        assert (outcome, job.state, job.version) == ("requested", "running", running.version + 1)
        assert jobs.heartbeat(connection, running, 60.0) is True
        assert jobs.progress(connection, running, "layers", 1, 2, 0.5) is True
        jobs.canceled(connection, running)
    assert now_of(engine, running).state == "canceled"


@pytest.mark.parametrize("way", ["release", "retry", "lost"])
def test_a_job_that_is_to_stop_does_not_go_back_to_the_queue(engine: Engine, way: str) -> None:
    ask(engine, "d")
    running = claimed(engine, lease_s=-1.0)
    with engine.begin() as connection:
        jobs.request_cancel(connection, running.tenant_id, running.id)
        if way == "release":
            jobs.release(connection, running)
        elif way == "retry":
            jobs.retry(connection, running, 1.0, {"code": "out-of-memory"})
        else:
            assert jobs.requeue_lost(connection, max_crashes=1).canceled == 1
    ended = now_of(engine, running)
    assert ended.state == "canceled"
    assert ended.finished_at is not None
    assert claim(engine) is None


def test_a_cancel_that_comes_too_late_changes_nothing(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with engine.begin() as connection:
        jobs.succeed(connection, running, {})
    before = now_of(engine, running)
    with engine.begin() as connection:
        job, outcome = jobs.request_cancel(connection, running.tenant_id, running.id)
    assert (outcome, job) == ("finished", before)


def test_another_tenant_s_job_cannot_be_canceled_or_seen(engine: Engine) -> None:
    add_tenant(engine, "other")
    asked = ask(engine, "d")
    with engine.begin() as connection:
        with pytest.raises(LookupError):
            jobs.request_cancel(connection, "other", asked.id)
        assert jobs.get(connection, "other", asked.id) is None
        assert jobs.list_(connection, "other", limit=9) == []


def test_the_load_counts_what_waits_and_how_long_runs_took(engine: Engine) -> None:
    add_tenant(engine, "other")
    for index, took_s in enumerate((1.0, 2.0, 9.0)):
        ask(engine, f"done{index}")
        done = claimed(engine)
        with engine.begin() as connection:
            jobs.succeed(connection, done, {})
            workers.seen(connection, f"host/{index % 2}", ["classic"])
        let_pass(engine, done, "started_at", took_s)
    for index in range(3):
        ask(engine, f"mine{index}")
    ask(engine, "theirs", tenant_id="other")
    with engine.begin() as connection:
        jobs.insert_cached(connection, replace(NEW, decomposition_id="known"))
        load = jobs.load(connection, "default")
        assert (load.queued, load.queued_for_tenant, load.live_workers) == (4, 3, 2)
        assert load.median_run_s == pytest.approx(2.0, abs=0.9)
        assert jobs.load(connection, "other").queued_for_tenant == 1


def test_the_load_is_read_by_an_index_however_many_jobs_have_ended(engine: Engine) -> None:
    many = """
        INSERT INTO jobs (id, model_name, model_revision, parameters, image_id, decomposition_id, state, started_at,
                          finished_at)
        SELECT i, 'classic', '1', '{}', '', i, 'succeeded', now(), now() - i * interval '1 s'
        FROM generate_series(1, 5000) AS i
    """
    with engine.begin() as connection:
        connection.execute(text(many))
        connection.execute(text("ANALYZE jobs"))
    read = "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = 'jobs'"
    with engine.begin() as connection:
        load = jobs.load(connection, "default")
        assert connection.execute(text(read)).scalar_one() == 0
    assert load.median_run_s is not None


def test_before_the_first_run_the_load_knows_no_time(engine: Engine) -> None:
    with engine.begin() as connection:
        assert jobs.load(connection, "default") == jobs.Load(0, 0, None, 0)


def test_a_list_goes_from_new_to_old_page_by_page(engine: Engine) -> None:
    asked = [ask(engine, f"d{index}") for index in range(5)]
    newest_first = [job.id for job in sorted(asked, key=lambda job: (job.created_at, job.id), reverse=True)]
    seen: list[str] = []
    before = None
    with engine.begin() as connection:
        while page := jobs.list_(connection, "default", limit=2, before=before):
            seen += [job.id for job in page]
            before = (page[-1].created_at, page[-1].id)
        assert seen == newest_first
        assert jobs.list_(connection, "default", status="succeeded", limit=9) == []

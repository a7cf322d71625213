"""Whatever ends a job, what is to be told of it is written in the same transaction: never lost, never for nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.store import jobs, webhook_deliveries, webhook_log, webhooks
from app.store.jobs import Callback
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import NEW, add_tenant, ask, claimed, let_pass, now_of

CALLBACK = Callback("https://example.com/hook", "https://example.com:443")


def hook(engine: Engine, tenant: str = DEFAULT_TENANT, events: list[str] | None = None) -> str:
    with engine.begin() as connection:
        return webhooks.create(connection, tenant, "https://example.com/all", events, None).id


def told(engine: Engine) -> list[tuple[str, str | None, str | None]]:
    """``(type, webhook, url)`` of what is to be sent."""
    query = text("""
        SELECT e.type, d.webhook_id, d.url FROM webhook_deliveries d
        JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id ORDER BY e.type, d.webhook_id
    """)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def _succeed(engine: Engine) -> None:
    ask(engine, "d")
    _end(engine, claimed(engine))


def _fail(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with engine.begin() as connection:
        jobs.fail(connection, running, {"code": "stalled"})


def _stop(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with engine.begin() as connection:
        jobs.canceled(connection, running)


def _cancel_waiting(engine: Engine) -> None:
    job = ask(engine, "d")
    with engine.begin() as connection:
        jobs.request_cancel(connection, job.tenant_id, job.id)


def _cancel_then(end: Callable[[Engine, jobs.Job], None]) -> Callable[[Engine], None]:
    def canceled(engine: Engine) -> None:
        ask(engine, "d")
        running = claimed(engine)
        with engine.begin() as connection:
            jobs.request_cancel(connection, running.tenant_id, running.id)
        assert told(engine) == []
        end(engine, running)

    return canceled


def _release(engine: Engine, running: jobs.Job) -> None:
    with engine.begin() as connection:
        jobs.release(connection, running)


def _sweep(engine: Engine, running: jobs.Job, max_crashes: int = 1) -> None:
    let_pass(engine, running, "lease_until", 100)
    with engine.begin() as connection:
        jobs.requeue_lost(connection, max_crashes=max_crashes)


def _lose(engine: Engine) -> None:
    ask(engine, "d")
    _sweep(engine, claimed(engine))


def _know(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.insert_cached(connection, NEW)


ENDS = {
    "succeeded": (_succeed, "job.succeeded"),
    "failed": (_fail, "job.failed"),
    "stopped": (_stop, "job.canceled"),
    "canceled while it waits": (_cancel_waiting, "job.canceled"),
    "canceled and handed back": (_cancel_then(_release), "job.canceled"),
    "canceled and lost": (_cancel_then(_sweep), "job.canceled"),
    "its workers died": (_lose, "job.failed"),
    "known already": (_know, "job.succeeded"),
}


@pytest.mark.parametrize(("end", "type_"), ENDS.values(), ids=ENDS.keys())
def test_each_end_of_a_job_is_told_once_to_those_who_listen_for_it(
    engine: Engine, end: Callable[[Engine], None], type_: str
) -> None:
    all_, these = hook(engine), hook(engine, events=[type_])
    hook(engine, events=[other for other in ("job.succeeded", "job.failed", "job.canceled") if other != type_])
    hook(engine, tenant=add_tenant(engine, "other"))
    disabled = hook(engine)
    with engine.begin() as connection:
        webhooks.change(connection, DEFAULT_TENANT, disabled, {"enabled": False})
    end(engine)
    assert sorted(told(engine)) == sorted([(type_, all_, None), (type_, these, None)])


def test_an_attempt_that_goes_back_to_the_queue_is_no_end(engine: Engine) -> None:
    hook(engine)
    ask(engine, "d")
    running = claimed(engine)
    with engine.begin() as connection:
        jobs.retry(connection, running, 0.0, {"code": "out-of-memory"})
    _release(engine, claimed(engine))
    _sweep(engine, claimed(engine), max_crashes=3)
    assert told(engine) == []


def test_a_worker_killed_between_an_end_and_its_commit_leaves_neither(engine: Engine) -> None:
    hook(engine)
    ask(engine, "d")
    running = claimed(engine)
    with engine.connect() as connection, engine.connect() as other:
        jobs.succeed(connection, running, {})
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        assert other.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
        with pytest.raises(DBAPIError):
            connection.commit()
    assert now_of(engine, running).state == "running"
    assert told(engine) == []
    _sweep(engine, running, max_crashes=3)
    _end(engine, claimed(engine))
    assert [type_ for type_, _, _ in told(engine)] == ["job.succeeded"]


def test_each_who_was_answered_with_a_job_is_told_at_an_address_of_its_own(engine: Engine) -> None:
    other = Callback("https://other.example/", "https://other.example:443")
    with engine.begin() as connection:
        for callback in (CALLBACK, other, CALLBACK, None):
            jobs.submit(connection, NEW, callback)
    _end(engine, claimed(engine))
    with engine.begin() as connection:
        jobs.insert_cached(connection, NEW, CALLBACK)
    urls = [url for _, _, url in told(engine)]
    assert sorted(map(str, urls)) == [CALLBACK.url, CALLBACK.url, other.url]


def test_an_address_given_while_the_job_ends_is_told_of_that_end_or_of_the_next(engine: Engine) -> None:
    ask(engine, "d")
    running = claimed(engine)
    with ThreadPoolExecutor(1) as thread:
        with engine.begin() as ending:
            jobs.succeed(ending, running, {})
            asking = thread.submit(_ask_with_callback, engine)
        new = asking.result(60)
    assert new != running.id
    with ThreadPoolExecutor(1) as thread:
        taken = claimed(engine)
        with engine.begin() as joining:
            assert jobs.submit(joining, NEW, Callback("https://late.example/", "late"))[0].id == taken.id
            ending_late = thread.submit(_end, engine, taken)
        ending_late.result(60)
    assert sorted(str(url) for _, _, url in told(engine)) == [CALLBACK.url, "https://late.example/"]


def _ask_with_callback(engine: Engine) -> str:
    with engine.begin() as connection:
        return jobs.submit(connection, NEW, CALLBACK)[0].id


def _end(engine: Engine, job: jobs.Job) -> None:
    with engine.begin() as connection:
        jobs.succeed(connection, job, {})


def test_a_job_is_kept_until_its_end_was_written_down_and_the_log_until_all_was_sent(engine: Engine) -> None:
    hook(engine)
    _know(engine)
    with engine.begin() as connection:
        assert jobs.purge(connection, -1) == 0
        (claim,) = webhook_deliveries.claim(connection, most=9)
        webhook_deliveries.write_body(connection, claim.tenant_id, claim.event_id, "{}")
        assert (jobs.purge(connection, -1), webhook_log.purge(connection, -1)) == (1, 0)
        webhook_deliveries.succeed(connection, claim, webhook_deliveries.Attempt(200, None, 1))
        assert webhook_log.purge(connection, -1) == 1
    assert told(engine) == []


def test_two_senders_never_hold_the_same_and_no_receiver_gets_too_much_at_once(engine: Engine) -> None:
    first, second = hook(engine), hook(engine)
    for _ in range(6):
        _know(engine)
    with engine.begin() as one, engine.begin() as other:
        taken = [webhook_deliveries.claim(connection, most=64, per_target=2) for connection in (one, other)]
    held = [claim.webhook.id for claim in (*taken[0], *taken[1]) if claim.webhook]
    assert len({claim.id for claim in (*taken[0], *taken[1])}) == len(held)
    assert sorted({held.count(first), held.count(second)}) == [4]  # each saw no lease of the other, uncommitted then
    with engine.begin() as connection:
        assert webhook_deliveries.claim(connection, most=64, per_target=2) == []
        assert webhook_deliveries.next_due_s(connection) == pytest.approx(webhook_deliveries.LEASE_S, abs=30)

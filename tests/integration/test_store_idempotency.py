"""One answer for one key, whoever asks and however many at once; and numbers that count what was committed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from app.store import counters, figures, idempotency
from app.store.idempotency import ABANDONED_S, Begun, InFlight, Mismatch, Replay
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import add_tenant, ask, claimed, let_pass

ROUTE = "POST /v1/decompositions"
ANSWER = {"status": 202, "body": {"id": "job_1"}}


def begin(engine: Engine, key: str = "key", fingerprint: str = "f", tenant_id: str = DEFAULT_TENANT) -> Begun | Replay:
    with engine.begin() as connection:
        return idempotency.begin(connection, tenant_id, ROUTE, key, fingerprint)


def finish(engine: Engine) -> None:
    with engine.begin() as connection:
        idempotency.finish(connection, DEFAULT_TENANT, ROUTE, "key", ANSWER)


def grow_old(engine: Engine, seconds: float) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => :s)"), {"s": seconds}
        )


def test_the_first_answer_is_given_again(engine: Engine) -> None:
    assert begin(engine) == Begun()
    finish(engine)
    assert begin(engine) == Replay(ANSWER)


def test_another_request_under_the_same_key_is_refused(engine: Engine) -> None:
    begin(engine)
    with pytest.raises(Mismatch):
        begin(engine, fingerprint="other")
    finish(engine)
    with pytest.raises(Mismatch):
        begin(engine, fingerprint="other")


def test_tenants_and_keys_do_not_meet(engine: Engine) -> None:
    add_tenant(engine, "other")
    begin(engine)
    assert begin(engine, fingerprint="g", tenant_id="other") == Begun()
    assert begin(engine, key="another", fingerprint="g") == Begun()


def test_who_comes_while_the_first_is_at_work_is_told_so(engine: Engine) -> None:
    begin(engine)
    with pytest.raises(InFlight):
        begin(engine)


def test_a_request_that_was_abandoned_is_taken_over_once(engine: Engine) -> None:
    begin(engine)
    grow_old(engine, ABANDONED_S + 1)
    assert begin(engine) == Begun()
    with pytest.raises(InFlight):
        begin(engine)


def test_a_request_that_came_to_nothing_leaves_the_key_free(engine: Engine) -> None:
    begin(engine)
    with engine.begin() as connection:
        idempotency.forget(connection, DEFAULT_TENANT, ROUTE, "key")
    assert begin(engine, fingerprint="other") == Begun()


def test_an_answer_is_not_forgotten_by_mistake(engine: Engine) -> None:
    begin(engine)
    finish(engine)
    with engine.begin() as connection:
        idempotency.forget(connection, DEFAULT_TENANT, ROUTE, "key")
    assert begin(engine) == Replay(ANSWER)


def test_twenty_at_once_do_the_work_once_and_get_one_answer(engine: Engine) -> None:
    def request(_: int) -> tuple[bool, object]:
        with engine.begin() as connection:
            begun = idempotency.begin(connection, DEFAULT_TENANT, ROUTE, "key", "f")
            if isinstance(begun, Replay):
                return False, begun.response
            idempotency.finish(connection, DEFAULT_TENANT, ROUTE, "key", ANSWER)
            return True, ANSWER

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(request, range(20)))
    assert [first for first, _ in answers].count(True) == 1
    assert all(answer == ANSWER for _, answer in answers)


def test_a_transaction_that_failed_leaves_the_key_to_who_waited(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as thread:
        with engine.connect() as first:
            idempotency.begin(first, DEFAULT_TENANT, ROUTE, "key", "f")
            second = thread.submit(begin, engine)
            first.rollback()
        assert second.result(60) == Begun()


def test_old_keys_are_forgotten(engine: Engine) -> None:
    begin(engine, key="old")
    grow_old(engine, 7200)
    begin(engine, key="fresh")
    with engine.begin() as connection:
        assert idempotency.purge(connection, 3600) == 1
    assert begin(engine, key="old", fingerprint="anew") == Begun()


def test_forty_threads_count_to_forty(engine: Engine) -> None:
    def count(_: int) -> None:
        with engine.begin() as connection:
            counters.add(connection, "model_calls", "classic")

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(count, range(40)))
    with engine.begin() as connection:
        counters.add(connection, "model_calls", "other", 3)
        assert counters.all_(connection) == {("model_calls", "classic"): 40, ("model_calls", "other"): 3}


def test_what_was_not_committed_is_not_counted(engine: Engine) -> None:
    with engine.connect() as connection:
        counters.add(connection, "model_calls", "classic")
        connection.rollback()
        assert counters.all_(connection) == {}


def test_the_figures_tell_of_all_jobs_of_all_tenants(engine: Engine) -> None:
    add_tenant(engine, "other")
    ask(engine, "running", priority=1)
    claimed(engine)
    ask(engine, "waiting", tenant_id="other")
    oldest = ask(engine, "oldest", model_name="another")
    let_pass(engine, oldest, "run_at", 100)
    with engine.begin() as connection:
        counters.add(connection, "jobs_finished", "failed")
        found = figures.read(connection)
        assert figures.answers(connection)
    assert found.jobs == {"queued": 2, "running": 1, "succeeded": 0, "failed": 0, "canceled": 0}
    assert found.queued == {"classic": 1, "another": 1}
    assert found.oldest_queued_s >= 100
    assert found.counters == {"jobs_finished": {"failed": 1}}

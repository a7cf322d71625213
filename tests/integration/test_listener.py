"""Who waits for a job is woken by each of its changes, and by every new connection after an old one was lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Engine, text

from app.store import jobs
from app.store.listener import JobListener
from tests.job_makers import ask, claimed

PATIENCE_S = 60.0


@asynccontextmanager
async def listening(database_url: str) -> AsyncIterator[JobListener]:
    listener = JobListener(database_url)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def is_woken(changed: asyncio.Event) -> None:
    """Returns once it is set, and clears it; fails when that takes too long."""
    async with asyncio.timeout(PATIENCE_S):
        await changed.wait()
    changed.clear()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test()

    asyncio.run(whole())


def progress(engine: Engine, job: jobs.Job) -> None:
    with engine.begin() as connection:
        jobs.progress(connection, job, "layers", 1, 2, 0.5)


def hang_up_all(engine: Engine) -> int:
    """End every connection that listens in the test's own database; how many there were."""
    ours = "datname = current_database() AND query LIKE 'LISTEN%'"
    ending = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {ours}"
    with engine.begin() as connection:
        return int(connection.execute(text(ending)).scalar_one())


def test_each_change_of_a_job_wakes_those_who_wait_for_it_and_nobody_else(database_url: str, engine: Engine) -> None:
    async def test() -> None:
        ask(engine, "mine")
        mine = claimed(engine)
        async with (
            listening(database_url) as listener,
            listener.subscribe(mine.id) as first,
            listener.subscribe(mine.id) as second,
            listener.subscribe("job_other") as other,
        ):
            for changed in (first, second, other):
                await is_woken(changed)  # by the first connection
            await asyncio.to_thread(progress, engine, mine)
            await is_woken(first)
            await is_woken(second)
            with engine.begin() as connection:
                jobs.request_cancel(connection, mine.tenant_id, mine.id)
            await is_woken(first)
            with engine.begin() as connection:
                jobs.canceled(connection, mine)
            await is_woken(first)
            assert not other.is_set()

    run(test)


def test_what_is_rolled_back_wakes_nobody(database_url: str, engine: Engine) -> None:
    async def test() -> None:
        ask(engine, "mine")
        mine = claimed(engine)
        ask(engine, "after")
        after = claimed(engine)
        async with (
            listening(database_url) as listener,
            listener.subscribe(mine.id) as changed,
            listener.subscribe(after.id) as later,
        ):
            await is_woken(changed)
            await is_woken(later)
            with engine.connect() as connection:
                jobs.succeed(connection, mine, {})
                connection.rollback()
            await asyncio.to_thread(progress, engine, after)
            await is_woken(later)  # notices come in the order of their commits
            assert not changed.is_set()

    run(test)


def test_after_a_lost_connection_all_are_woken_and_hear_again(database_url: str, engine: Engine) -> None:
    async def test() -> None:
        ask(engine, "mine")
        mine = claimed(engine)
        async with listening(database_url) as listener, listener.subscribe(mine.id) as changed:
            await is_woken(changed)
            for _ in range(3):
                assert await asyncio.to_thread(hang_up_all, engine) == 1
                await is_woken(changed)  # by the new connection
                await asyncio.to_thread(progress, engine, mine)
                await is_woken(changed)

    run(test)


def test_a_database_that_is_away_holds_up_neither_start_nor_stop(tmp_path_factory: pytest.TempPathFactory) -> None:
    async def test() -> None:
        nowhere = f"postgresql:///none?host={tmp_path_factory.mktemp('nowhere')}"
        async with listening(nowhere) as listener, listener.subscribe("job_1") as changed:
            assert not changed.is_set()

    run(test)


def test_one_connection_serves_all_and_nobody_who_left_is_remembered(database_url: str, engine: Engine) -> None:
    async def test() -> None:
        async with listening(database_url) as listener:
            for index in range(100):
                async with listener.subscribe(f"job_{index % 7}") as changed:
                    await is_woken(changed) if index == 0 else None
            assert await asyncio.to_thread(hang_up_all, engine) == 1
        assert not listener._waiting

    run(test)

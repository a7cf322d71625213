"""Sends all that is due: many at once, a few to each receiver, so that a slow one holds up nobody else.

Any number of senders may run, each in a worker; Postgres gives a delivery to one of them.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.flow.public_address import Resolve, resolve_by_system
from app.flow.webhooks import signature
from app.flow.webhooks.address import policy_of
from app.flow.webhooks.body import event_body
from app.flow.webhooks.post import Answer, new_client, post
from app.flow.webhooks.schedule import PATIENCE_S, delay_s
from app.settings import Settings
from app.store import counters, webhook_deliveries
from app.store.jobs import Job
from app.store.webhook_deliveries import Claimed

IN_FLIGHT = 64
LOOK_EVERY_S = 30.0
"""Should a bell not be heard, or the sender who knew of a retry be gone."""
AWAY_S = 2.0
DATABASE_THREADS = 4

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class Sender:
    """Lives in one event loop. ``describe`` gives the object of a job, as JSON values."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        describe: Callable[[Job], Mapping[str, Any]],
        resolve: Resolve = resolve_by_system,
    ) -> None:
        self._settings, self._engine, self._describe, self._resolve = settings, engine, describe, resolve
        self._bell = asyncio.Event()
        self._stopping = False
        self._tasks: dict[asyncio.Task[None], Claimed] = {}
        self._begun = 0
        # A name server that hangs takes the loop's own threads, and must not keep us from the database.
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, "webhooks")

    def ring(self) -> None:
        """There may be something to send."""
        self._bell.set()

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()

    async def run(self, last_s: float = 5.0) -> None:
        """Until ``stop``; what is under way then has ``last_s`` seconds, and is handed back to other senders."""
        async with new_client() as client:
            while not self._stopping:
                self._bell.clear()
                pause_s = await self._start_due(client)
                try:
                    async with asyncio.timeout(pause_s):
                        await self._bell.wait()
                except TimeoutError:
                    pass
            await self._end(last_s)
        self._threads.shutdown()

    async def send_due(self) -> int:
        """Send what is due now, and no more; returns how many attempts were made."""
        before = self._begun
        async with new_client() as client:
            while True:
                await self._start_due(client)
                if not self._tasks:
                    return self._begun - before
                await asyncio.wait(list(self._tasks), return_when=asyncio.FIRST_COMPLETED)

    async def _start_due(self, client: httpx.AsyncClient) -> float:
        """Begin as much as there is room for; seconds until there may be more."""
        room = IN_FLIGHT - len(self._tasks)
        if room == 0:
            return LOOK_EVERY_S  # the next that is done rings
        try:
            claimed, next_s = await self._in_thread(lambda: self._claim(room))
        except SQLAlchemyError as error:
            _logger.warning("no webhooks are sent, as the database does not answer: %s", error)
            return AWAY_S
        for one in claimed:
            task = asyncio.create_task(self._send(client, one))
            self._tasks[task] = one
            self._begun += 1
            task.add_done_callback(self._done)
        return LOOK_EVERY_S if next_s is None else min(LOOK_EVERY_S, next_s + 0.01)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self._bell.set()
        if not task.cancelled() and task.exception() is not None:
            _logger.error("an attempt to send a webhook broke", exc_info=task.exception())

    def _claim(self, room: int) -> tuple[list[Claimed], float | None]:
        with self._engine.begin() as connection:
            claimed = webhook_deliveries.claim(connection, most=room)
        with self._engine.connect() as connection:
            return claimed, webhook_deliveries.next_due_s(connection)

    async def _send(self, client: httpx.AsyncClient, claimed: Claimed) -> None:
        body = claimed.body if claimed.body is not None else await self._in_thread(lambda: self._written(claimed))
        encoded = body.encode()
        headers = signature.headers(claimed.event_id, int(time.time()), encoded, claimed.secrets.live)
        timeout_s = self._settings.webhook_timeout_s
        policy = policy_of(self._settings)
        answer = await post(client, claimed.url, policy, headers, encoded, timeout_s, self._resolve)
        try:
            await self._in_thread(lambda: self._record(claimed, answer))
        except IntegrityError:
            pass  # the webhook was deleted meanwhile, and its log with it
        except SQLAlchemyError as error:  # the lease runs out, and it is sent again
            _logger.warning("what came of a webhook could not be written down: %s", error)

    def _written(self, claimed: Claimed) -> str:
        """A job that has ended does not change, so that the body is the same whoever writes it."""
        assert claimed.job is not None
        assert claimed.job.finished_at is not None
        body = event_body(claimed.event_type, claimed.job.finished_at, self._describe(claimed.job))
        with self._engine.begin() as connection:
            return webhook_deliveries.write_body(connection, claimed.tenant_id, claimed.event_id, body)

    def _record(self, claimed: Claimed, answer: Answer) -> None:
        with self._engine.begin() as connection:
            disabled = False
            if answer.is_success:
                webhook_deliveries.succeed(connection, claimed, answer.attempt)
            else:
                wait_s = None if answer.is_gone else delay_s(claimed.tries, answer.wait_s)
                disabled = webhook_deliveries.fail(
                    connection, claimed, answer.attempt, retry_s=wait_s, gone=answer.is_gone, patience_s=PATIENCE_S
                )
            counters.add(connection, "webhook_attempts", "succeeded" if answer.is_success else "failed")
        if disabled and claimed.webhook is not None:
            _logger.warning("a webhook is disabled", extra={"webhook_id": claimed.webhook.id, "gone": answer.is_gone})

    async def _end(self, last_s: float) -> None:
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=last_s)
        held = dict(self._tasks)
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        if held:
            await self._in_thread(lambda: self._hand_back(list(held.values())))

    def _hand_back(self, held: list[Claimed]) -> None:
        with self._engine.begin() as connection:
            webhook_deliveries.hand_back(connection, held)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

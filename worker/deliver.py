"""Sends webhooks from a thread of a worker's main process, whatever its child is at."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from app.flow.webhooks.sender import Sender
from app.settings import Settings
from app.store.jobs import Job
from app.store.webhook_bell import Ear, Lost
from app.web.job_schemas import JobOut

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
LAST_S = 3.0

_logger = logging.getLogger(__name__)


def described(job: Job) -> Mapping[str, Any]:
    """The job object, as the API gives it."""
    return JobOut.of(job, None).model_dump(mode="json")


class Delivery:
    """The thread; ``start`` once, ``stop`` at the worker's end. Postgres wakes it when something is to be sent."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sender: Sender | None = None
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._up = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way has a few seconds, and goes to another worker then."""
        if self._up.wait(1.0) and self._loop is not None and self._sender is not None:
            self._loop.call_soon_threadsafe(self._sender.stop)
        self._thread.join(2 * LAST_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except Exception:
            _logger.exception("this worker sends no more webhooks")

    async def _send(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sender = Sender(self._settings, self._engine, described)
        self._up.set()
        listening = asyncio.create_task(self._listen(self._sender))
        try:
            await self._sender.run(LAST_S)
        finally:
            listening.cancel()

    async def _listen(self, sender: Sender) -> None:
        """Ring the sender for each notice; a connection that is lost is dialled again, and may have missed some."""
        assert self._loop is not None
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                ear = await asyncio.to_thread(Ear, str(self._settings.database_url))
            except Lost as error:
                _logger.warning("the connection that tells of webhooks is away: %s", str(error).strip())
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, 2 * pause_s)
                continue
            pause_s = FIRST_PAUSE_S
            sender.ring()
            await self._hear(ear, sender)

    async def _hear(self, ear: Ear, sender: Sender) -> None:
        assert self._loop is not None
        lost, file = asyncio.Event(), ear.fileno()

        def look() -> None:
            try:
                if ear.heard():
                    sender.ring()
            except Lost:
                lost.set()

        self._loop.add_reader(file, look)
        try:
            await lost.wait()
        finally:
            self._loop.remove_reader(file)
            ear.close()
